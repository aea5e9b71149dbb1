"""A framed piece of the plane that can zoom: ticks and numerals slide along its edges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group, smooth

from mobjects.batch import Batch, Lines
from mobjects.motion import Change, Through
from mobjects.ruler import Ruler, Scale, View, scale_for
from mobjects.theme import theme


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
    ruled
        Whether the x- and the y-axis are drawn and numbered.

    Attributes
    ----------
    view
        What is seen now; a unit is as long both ways.
    ticks, numerals
        The marks of the present view's scale: ones, or another power of ten
        where the values are much larger, much smaller, or far from 0.
    """

    def __init__(
        self,
        center: Sequence[float],
        size: tuple[float, float],
        values: np.ndarray,
        *,
        ruled: tuple[bool, bool] = (True, True),
    ) -> None:
        super().__init__()
        t = theme()
        self._center, self._size = np.array(center[:2], dtype=float), np.array(size, dtype=float)
        self._ruled, self._rulers = np.array(ruled, dtype=float), dict[Scale, Ruler]()
        zeros = np.zeros((2, 3))
        self.edge = Lines(
            self._outline(), colors=t.grid, stroke_width=t.grid_width, opacity=t.grid_opacity
        )
        self.edge.supports = "the axes and what lies within"
        self.axes = Lines.segments(zeros, zeros, colors=t.muted, stroke_width=t.axis_width)
        self.add(self.edge, self.axes)
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

    def across(self, points: np.ndarray) -> np.ndarray:
        """The part in the frame of the line through two ``points``, (2, 2); (0, 2) for none."""
        start, along, window = points[0], points[1] - points[0], self.window()
        runs = along != 0
        shares = np.sort((window[:, runs] - start[runs]) / along[runs], axis=0)
        first, last = shares[0].max(), shares[1].min()
        beside = ((start < window[0]) | (start > window[1]))[~runs].any()
        if beside or first >= last:
            return np.zeros((0, 2))
        return start + np.array([[first], [last]]) * along

    def set_view(self, view: View, rests: Sequence[View] = ()) -> RuledPlane:
        """Show another piece of the plane; between two ``rests`` while it zooms."""
        self.view = view
        low, high = self._center - self._size / 2, self._center + self._size / 2
        x, y = np.clip(view.origin, low, high)
        inside = [low[0] <= view.origin[0] <= high[0], low[1] <= view.origin[1] <= high[1]]
        self.axes.points = np.array(
            [[low[0], y, 0], [high[0], y, 0], [x, low[1], 0], [x, high[1], 0]]
        )
        seen = np.array([inside[1], inside[0]]) * self._ruled
        self.axes.set_opacity(seen * theme().line_opacity)
        ruler = self._ruler(view)
        for each in self._rulers.values():
            each.hide() if each is not ruler else each.set_view(view, self._ruled, rests)
        self.ticks, self.numerals = ruler.ticks, ruler.numerals
        return self

    def drop_rulers(self) -> Change:
        """Fade out axes and rulers for good: for what has no coordinates of its own."""
        before = self._ruled.copy()

        def fade(plane: RuledPlane, share: float, before: np.ndarray = before) -> None:
            plane._ruled = (1 - share) * before
            plane.set_view(plane.view)

        return Change(self, fade)

    def zoom(self, view: View, batches: Sequence[Batch] = ()) -> list[Change | Through]:
        """Animations to another view, of the rulers and of ``batches`` drawn on the plane."""
        before = self.view
        self._ruler(view).hide()
        self.set_view(before)

        def rule(plane: RuledPlane, share: float, first: View = before, last: View = view) -> None:
            plane.set_view(first.towards(last, share), (first, last))

        carried = [
            Through(batch, [batch.points, view.at(before.value(batch.points))]) for batch in batches
        ]
        return [Change(self, rule, rate_func=smooth), *carried]

    def _outline(self) -> np.ndarray:
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
        return self._center + corners * self._size

    def _ruler(self, view: View) -> Ruler:
        """The ruler that serves ``view``, added when it is the first of its scale."""
        scale = scale_for(view.unit, view.value(np.array([self._center]))[0])
        if scale not in self._rulers:
            self._rulers[scale] = Ruler(scale, self._center, self._size)
            self.add(self._rulers[scale])
        return self._rulers[scale]
