"""A framed piece of the plane that can zoom: ticks and numerals slide along its edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from manim import DOWN, LEFT, Group, smooth

from mobjects.batch import Batch, Lines
from mobjects.motion import Change, Through
from mobjects.text import Text
from mobjects.theme import theme

_TICK = 0.1
_NUMERAL_GAP = 0.13
_CLOSEST = 0.7  # scene units between two numerals below which the finer ones fade
_FADE = 0.04
_STEPS = (10, 5, 1)
_LARGEST = 30


class View(NamedTuple):
    """Which piece is seen: the length of a unit and the scene position of the origin."""

    unit: float
    origin: tuple[float, float]

    def towards(self, other: View, share: float) -> View:
        """The view ``share`` (0 to 1) of the way to another: every point moves straight."""
        mixed = (1 - share) * self.as_array() + share * other.as_array()
        return View(float(mixed[0]), (float(mixed[1]), float(mixed[2])))

    def as_array(self) -> np.ndarray:
        """The three numbers: unit, origin's x, origin's y."""
        return np.array([self.unit, *self.origin])

    def at(self, values: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of ``values`` (n, 2)."""
        placed = np.zeros((len(values), 3))
        placed[:, :2] = np.asarray(self.origin) + self.unit * np.asarray(values)
        return placed

    def value(self, positions: np.ndarray) -> np.ndarray:
        """The values (n, 2) at scene ``positions`` (n, 3): the inverse of :meth:`at`."""
        return (np.asarray(positions)[:, :2] - self.origin) / self.unit


class RuledPlane(Group):
    """A frame, the two axes inside it, and rulers along its lower and left edge.

    Parameters
    ----------
    center
        Scene position of the frame's middle.
    size
        The frame's width and height in scene units.
    values
        (n, 2) what the first view has to hold.

    Attributes
    ----------
    view
        What is seen now; a unit is as long both ways.
    """

    def __init__(
        self, center: Sequence[float], size: tuple[float, float], values: np.ndarray
    ) -> None:
        super().__init__()
        t = theme()
        self._center, self._size = np.array(center[:2], dtype=float), np.array(size, dtype=float)
        self._marks = np.arange(-_LARGEST, _LARGEST + 1)
        count = len(self._marks)
        zeros = np.zeros((2, 3))
        self.edge = Lines(
            self._outline(), colors=t.grid, stroke_width=t.grid_width, opacity=t.line_opacity
        )
        self.axes = Lines.segments(zeros, zeros, colors=t.muted, stroke_width=t.axis_width)
        ticks = np.zeros((2 * count, 3))
        self.ticks = Lines.segments(ticks, ticks, colors=t.muted, stroke_width=t.axis_width)
        numbered = [int(m) for m in self._marks if m % 5 == 0 or abs(m) < 10]
        self._numbered = np.array(numbered)
        self.numerals = Group(*(self._numeral(m) for m in numbered * 2))
        self.add(self.edge, self.axes, self.ticks, self.numerals)
        self.set_view(self.fit(values))

    def at(self, values: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of ``values`` (n, 2) in the present view."""
        return self.view.at(values)

    def fit(self, values: np.ndarray, *, room: float = 0.06) -> View:
        """The view that holds ``values`` (n, 2), with a share ``room`` of the frame left free.

        Raises
        ------
        ValueError
            When all values are one point.
        """
        low, high = np.min(values, axis=0), np.max(values, axis=0)
        if not (high > low).any():
            raise ValueError("values: got a single point, want values with some extent")
        unit = float(((1 - 2 * room) * self._size / np.maximum(high - low, 1e-9)).min())
        origin = self._center - unit * (low + high) / 2
        return View(unit, (float(origin[0]), float(origin[1])))

    def window(self) -> np.ndarray:
        """The values at the frame's lower left and upper right corner, (2, 2)."""
        reach = np.array([[-0.5], [0.5]]) * self._size
        return self.view.value(self._center + reach)

    def holds(self, values: np.ndarray) -> bool:
        """Whether all ``values`` (n, 2) lie within the frame in the present view."""
        offset = np.abs(self.at(values)[:, :2] - self._center)
        return bool((offset <= self._size / 2 + 1e-9).all())

    def set_view(self, view: View) -> RuledPlane:
        """Show another piece of the plane."""
        self.view = view
        low, high = self._center - self._size / 2, self._center + self._size / 2
        x, y = np.clip(view.origin, low, high)
        inside = [low[0] <= view.origin[0] <= high[0], low[1] <= view.origin[1] <= high[1]]
        self.axes.points = np.array(
            [[low[0], y, 0], [high[0], y, 0], [x, low[1], 0], [x, high[1], 0]]
        )
        self.axes.set_opacity(np.array([inside[1], inside[0]]) * theme().line_opacity)
        self._set_ticks(low)
        self._set_numerals(low)
        return self

    def zoom(self, view: View, batches: Sequence[Batch] = ()) -> list[Change | Through]:
        """Animations to another view, of the rulers and of ``batches`` drawn on the plane."""
        before = self.view

        def rule(plane: RuledPlane, share: float, first: View = before, last: View = view) -> None:
            plane.set_view(first.towards(last, share))

        carried = [
            Through(batch, [batch.points, view.at(before.value(batch.points))]) for batch in batches
        ]
        return [Change(self, rule, rate_func=smooth), *carried]

    def _outline(self) -> np.ndarray:
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
        return self._center + corners * self._size

    def _numeral(self, value: int) -> Text:
        return Text(f"${value}$", size=theme().tick_size, color=theme().muted)

    def _opacity(self, marks: np.ndarray, axis: int) -> np.ndarray:
        """1 for marks that are inside the frame and far enough from their like, else 0."""
        offset = np.abs(self.view.origin[axis] + marks * self.view.unit - self._center[axis])
        step = np.select([marks % s == 0 for s in _STEPS], _STEPS)
        room = (step * self.view.unit - _CLOSEST) / _FADE
        inside = (self._size[axis] / 2 + 1e-9 - offset) / _FADE
        return np.clip(np.minimum(room, inside), 0, 1)

    def _set_ticks(self, low: np.ndarray) -> None:
        starts, opacities = [], []
        for axis in (0, 1):
            foot = np.zeros((len(self._marks), 3))
            foot[:, axis] = self.view.origin[axis] + self._marks * self.view.unit
            foot[:, 1 - axis] = low[1 - axis]
            starts.append(foot)
            opacities.append(self._opacity(self._marks, axis))
        ends = [foot + _TICK * np.array([axis, 1 - axis, 0]) for axis, foot in enumerate(starts)]
        self.ticks.set_ends(np.concatenate(starts), np.concatenate(ends))
        self.ticks.set_opacity(np.concatenate(opacities))

    def _set_numerals(self, low: np.ndarray) -> None:
        count = len(self._numbered)
        for axis, side in ((0, DOWN), (1, LEFT)):
            opacities = self._opacity(self._numbered, axis)
            numerals = self.numerals.submobjects[axis * count : (axis + 1) * count]
            for numeral, mark, opacity in zip(numerals, self._numbered, opacities, strict=True):
                numeral.set_opacity(float(opacity))
                if opacity > 0:
                    foot = np.array([low[0], low[1], 0.0])
                    foot[axis] = self.view.origin[axis] + mark * self.view.unit
                    numeral.next_to(foot, side, buff=_NUMERAL_GAP)
