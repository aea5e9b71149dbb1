"""A network drawn as a graph: columns of units, edges that show the weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from mobjects.batch import Cloud, Lines
from mobjects.text import Text
from mobjects.theme import theme

_RADIUS = 0.48
_STUB = 0.3
_THINNEST, _THICKEST = 1.5, 10.0
_DASH = (0.1, 0.12)
_CORNERS = 64


class NetworkGraph(Group):
    """Columns of units from left to right, joined from column to column.

    Parameters
    ----------
    columns
        The number of units of each column.
    weights
        One entry for each gap between columns: a (d_out, d_in) matrix, whose
        numbers the edges show; or a matrix of booleans, which says only which
        unit depends on which.
    biases
        One entry for each gap: (d_out,), or None.
    size
        Width between the first and the last column, height between the first
        and the last unit of the tallest, in scene units.
    center
        Scene position of the middle.

    Attributes
    ----------
    centers
        For each column, the units' scene positions (d, 3).
    edges
        For each gap, its edges; behind them, for a gap with biases, a stub for
        each bias. A line's width grows with the number's size; a negative
        number's line is dashed and of another colour.

    Raises
    ------
    ValueError
        When the matrices do not fit the columns.
    """

    def __init__(
        self,
        columns: Sequence[int],
        weights: Sequence[np.ndarray],
        biases: Sequence[np.ndarray | None],
        *,
        size: tuple[float, float],
        center: Sequence[float] = (0.0, 0.0),
    ) -> None:
        super().__init__()
        for i, weight in enumerate(weights):
            if weight.shape != (columns[i + 1], columns[i]):
                raise ValueError(
                    f"weights[{i}]: got shape {weight.shape}, "
                    f"want {(columns[i + 1], columns[i])} between its columns"
                )
        self.centers = _centers(columns, size, center)
        numbers = [w for w in weights if w.dtype != bool]
        numbers += [b for b in biases if b is not None]
        self._largest = max((float(np.abs(n).max()) for n in numbers), default=1.0)
        self.edges = [
            self._edges(i, weight, bias)
            for i, (weight, bias) in enumerate(zip(weights, biases, strict=True))
        ]
        self.wired = [int(np.count_nonzero(weight)) for weight in weights]
        self.units = [self._units(centers) for centers in self.centers]
        self.add(*self.edges, *self.units)

    def stroke_width(self, number: float) -> float:
        """The width of the line that shows ``number``: in proportion to its size, from a least."""
        return _THINNEST + (_THICKEST - _THINNEST) * abs(number) / self._largest

    def place(self, texts: Sequence[Text], column: int) -> Group:
        """``texts``, one for each unit of ``column``, put into the units."""
        return Group(
            *(text.move_to(at) for text, at in zip(texts, self.centers[column], strict=True))
        )

    def pulses(self, gap: int, color: str) -> tuple[Cloud, np.ndarray]:
        """A dot for each edge of ``gap`` at its lower end, and where the upper ends are."""
        lines = self.edges[gap].submobjects[: self.wired[gap]]
        starts = np.array([line.points[0] for line in lines])
        ends = np.array([line.points[-1] for line in lines])
        return Cloud(starts, color, radius=theme().big_dot_radius), ends

    def _edges(self, gap: int, weight: np.ndarray, bias: np.ndarray | None) -> Group:
        made = Group()
        for j, i in zip(*np.nonzero(weight), strict=True):
            start, end = self.centers[gap][i], self.centers[gap + 1][j]
            along = (end - start) / np.linalg.norm(end - start) * _RADIUS
            number = None if weight.dtype == bool else float(weight[j, i])
            made.add(self._line(start + along, end - along, number))
        for j, shift in enumerate([] if bias is None else bias):
            end = self.centers[gap + 1][j]
            away = np.array([0, 1 if end[1] >= self.centers[gap + 1][:, 1].mean() else -1, 0])
            tip, tail = end + _RADIUS * away, end + (_RADIUS + _STUB) * away
            made.add(self._line(tail, tip, float(shift)))
        return made

    def _line(self, start: np.ndarray, end: np.ndarray, number: float | None) -> Lines:
        if number is not None:
            return signed_line(start, end, number, self.stroke_width(number))
        t = theme()
        return Lines(np.stack([start, end]), colors=t.muted, stroke_width=t.axis_width)

    def _units(self, centers: np.ndarray) -> Group:
        t = theme()
        inside = Cloud(centers, t.background, radius=_RADIUS)
        angles = np.linspace(0, 2 * np.pi, _CORNERS + 1)
        circle = _RADIUS * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
        outline = Lines(
            (centers[:, None] + circle).reshape(-1, 3),
            np.arange(len(centers) + 1) * len(circle),
            colors=t.ink,
            stroke_width=t.axis_width,
        )
        return Group(inside, outline)


def signed_line(start: np.ndarray, end: np.ndarray, number: float, width: float) -> Lines:
    """A line in the colour of ``number``'s sign, dashed when it is negative."""
    t = theme()
    return Lines(
        np.stack([start, end]),
        colors=t.data if number >= 0 else t.parts.y_axis,
        stroke_width=width,
        dash=None if number >= 0 else _DASH,
    )


def _centers(
    columns: Sequence[int], size: tuple[float, float], center: Sequence[float]
) -> list[np.ndarray]:
    gap_y = size[1] / max(max(columns) - 1, 1)
    placed = []
    for x, count in zip(np.linspace(-size[0] / 2, size[0] / 2, len(columns)), columns, strict=True):
        y = (np.arange(count)[::-1] - (count - 1) / 2) * gap_y
        placed.append(np.stack([0 * y + x + center[0], y + center[1], 0 * y], axis=1))
    return placed
