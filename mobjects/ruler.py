"""Ticks and numerals along two edges of a frame, at the multiples of one power of ten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from manim import DOWN, LEFT, Group

from mobjects.batch import Lines
from mobjects.text import Text
from mobjects.theme import theme

_TICK = 0.1
_NUMERAL_GAP = 0.13
_CLOSEST = 0.7  # scene units between two numerals from which on the finer ones are seen
_ROOMY = 1.0  # the same for numerals of several digits
_FADE = 0.04
_STEPS = (10, 5, 1)
_REACH = 30  # marks on either side of 0
_REACH_AWAY = 10  # marks on either side of the middle, where a ruler does not count in ones from 0
_CLOSE_BY = 20  # ones from 0 up to which the middle may lie
_UNITS = (0.12, 7.0)  # lengths of a unit at which the ruler counts in ones
_PLAIN = 4  # powers of ten up to which numerals are written out


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


class Scale(NamedTuple):
    """What a ruler counts: ``marks`` multiples of ``step * 10^power``, from ``first`` on."""

    step: int
    power: int
    first: tuple[int, int]
    marks: int


def scale_for(unit: float, middle: np.ndarray) -> Scale:
    """The scale that serves a view in which a unit is ``unit`` long, around the values ``middle``.

    Ones around 0 as long as they serve, so that the view may zoom without the
    scale changing; else one, two or five of a power of ten.
    """
    if _UNITS[0] <= unit <= _UNITS[1] and (np.abs(middle) <= _CLOSE_BY).all():
        return Scale(1, 0, (-_REACH, -_REACH), 2 * _REACH + 1)
    power = math.floor(math.log10(_ROOMY / unit))
    step = next(s for s in (1, 2, 5, 10) if s * 10.0**power * unit >= _ROOMY)
    first = np.round(middle / (step * 10.0**power)).astype(np.int64) - _REACH_AWAY
    return Scale(step, power, (int(first[0]), int(first[1])), 2 * _REACH_AWAY + 1)


class Ruler(Group):
    """Ticks and numerals inside a frame's lower and left edge.

    Parameters
    ----------
    scale
        What it counts.
    center, size
        The frame's middle and extent, in scene units.
    """

    def __init__(self, scale: Scale, center: np.ndarray, size: np.ndarray) -> None:
        super().__init__()
        self._center, self._size = center, size
        self._base = scale.step * 10.0**scale.power
        self._marks = [first + np.arange(scale.marks) for first in scale.first]
        near = scale.marks == 2 * _REACH + 1
        self._numbered = [(m % 5 == 0) | (np.abs(m) < 10) | (not near) for m in self._marks]
        ticks = np.zeros((sum(map(len, self._marks)), 3))
        t = theme()
        self.ticks = Lines.segments(ticks, ticks, colors=t.muted, stroke_width=t.axis_width)
        written = [
            numeral(int(mark) * scale.step, scale.power)
            for marks, numbered in zip(self._marks, self._numbered, strict=True)
            for mark in marks[numbered]
        ]
        self.numerals = Group(*(Text(each, size=t.tick_size, color=t.muted) for each in written))
        self.add(self.ticks, self.numerals)

    def set_view(self, view: View, ruled: np.ndarray, rests: Sequence[View] = ()) -> Ruler:
        """Put every mark at its place in a view, and show those that are in the frame.

        Parameters
        ----------
        view
            Which piece of the plane is seen.
        ruled
            How strongly the marks of each of the two axes are drawn, 0 to 1.
        rests
            The two views between which a zoom is on its way. Marks fade in
            between alone: wherever a view comes to rest, they are seen or not.
        """
        low = self._center - self._size / 2
        shown = [
            ruled[axis] * self._opacity(marks, axis, view, rests or (view,))
            for axis, marks in enumerate(self._marks)
        ]
        self._set_ticks(view, shown, low)
        self._set_numerals(view, shown, low)
        return self

    def hide(self) -> Ruler:
        """Show nothing."""
        self.ticks.set_opacity(0)
        for each in self.numerals:
            each.set_opacity(0)
        return self

    def _places(self, marks: np.ndarray, axis: int, view: View) -> np.ndarray:
        return np.asarray(view.origin[axis] + marks * self._base * view.unit)

    def _opacity(
        self, marks: np.ndarray, axis: int, view: View, rests: Sequence[View]
    ) -> np.ndarray:
        """How far each mark's clearance is above what it has in the rests that hide it."""
        hidden = [np.where(c < 1, c, 0) for c in (self._clear(marks, axis, v) for v in rests)]
        least = np.max(hidden, axis=0)
        return np.clip((self._clear(marks, axis, view) - least) / (1 - least), 0, 1)

    def _clear(self, marks: np.ndarray, axis: int, view: View) -> np.ndarray:
        """1 for marks that are inside the frame and far enough from their like, down to 0."""
        offset = np.abs(self._places(marks, axis, view) - self._center[axis])
        step = np.select([marks % s == 0 for s in _STEPS], _STEPS)
        room = (step * self._base * view.unit - _CLOSEST) / _FADE + 1
        inside = (self._size[axis] / 2 - offset) / _FADE
        return np.clip(np.minimum(room, inside), 0, 1)

    def _set_ticks(self, view: View, shown: Sequence[np.ndarray], low: np.ndarray) -> None:
        starts = []
        for axis, marks in enumerate(self._marks):
            foot = np.zeros((len(marks), 3))
            foot[:, axis] = self._places(marks, axis, view)
            foot[:, 1 - axis] = low[1 - axis]
            starts.append(foot)
        ends = [foot + _TICK * np.array([axis, 1 - axis, 0]) for axis, foot in enumerate(starts)]
        self.ticks.set_ends(np.concatenate(starts), np.concatenate(ends))
        self.ticks.set_opacity(np.concatenate(shown))

    def _set_numerals(self, view: View, shown: Sequence[np.ndarray], low: np.ndarray) -> None:
        texts = iter(self.numerals)
        for axis, side in ((0, DOWN), (1, LEFT)):
            numbered = self._numbered[axis]
            places = self._places(self._marks[axis][numbered], axis, view)
            for place, opacity in zip(places, shown[axis][numbered], strict=True):
                text = next(texts)
                text.set_opacity(float(opacity))
                if opacity > 0:
                    foot = np.array([low[0], low[1], 0.0])
                    foot[axis] = place
                    text.next_to(foot, side, buff=_NUMERAL_GAP)


def numeral(mark: int, power: int) -> str:
    """``mark`` times 10^``power`` as Typst markup, written out where that is short."""
    if power >= 0 and len(str(mark)) + power <= _PLAIN + 1:
        return f"${mark * 10**power}$"
    if -_PLAIN <= power < 0 and abs(mark) < 10**_PLAIN:
        text = f"{mark / 10**-power:.{-power}f}"
        return f"${text.replace('0.', '.', 1) if power < -2 and abs(mark) < 10**-power else text}$"
    while mark and mark % 10 == 0:
        mark, power = mark // 10, power + 1
    return f"${mark}$e${power}$" if mark else "$0$"
