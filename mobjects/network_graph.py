"""A network drawn as a graph: columns of units, edges that show the weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import Group, Mobject

from mobjects.batch import Cloud, Lines, Polygons
from mobjects.text import Text
from mobjects.theme import theme

_RADIUS = 0.48
_STUB = 0.3
_THINNEST, _THICKEST = 1.5, 10.0
_DASH = (0.1, 0.12)
_CORNERS = 64
_SHARES = (
    0.36,
    0.44,
)  # of the distance between two units, that a radius takes: with stubs, without
_NUMBER = (0.14, 0.96)  # half the height and the width that a unit needs to hold a number
_FEW = 4  # units up to which biases are drawn, and inputs times outputs up to which edges are wide
_FAINTEST = 0.1
_WIDEST = 1.75  # between two units of one column


class NetworkGraph(Group):
    """Columns of units from left to right, joined from column to column.

    Parameters
    ----------
    columns
        The number of units of each column.
    weights
        One entry for each gap between columns: a (d_out, d_in) matrix, whose
        numbers the edges show; or a matrix of booleans, which says only which
        unit depends on which; or None where columns are left out: three dots.
    biases
        One entry for each gap: (d_out,), or None.
    size
        Width between the first and the last column, height between the first
        and the last unit of the tallest, in scene units.
    center
        Scene position of the middle.
    holes
        For each column, how many units stand before a gap with dots; None for
        columns drawn whole.
    top
        How high the units may reach, instead of the middle's height.

    Attributes
    ----------
    centers
        For each column, the units' scene positions (d, 3).
    radii
        For each column, half the height of a unit.
    edges
        For each gap, its edges; behind them, for a gap with biases, a stub for
        each bias. A line's width grows with the number's size; a negative
        number's line is dashed and of another colour. Where there are many,
        the positive ones are one bundle and the negative ones another, and
        the opacity grows instead, and each gap has its own scale.
    strengths
        For each mobject of ``edges``, the opacity at which its lines are lit.
    holes
        As given.
    ends
        For each gap, where its edges start and end, (m, 3) each.

    Raises
    ------
    ValueError
        When the matrices do not fit the columns.
    """

    def __init__(
        self,
        columns: Sequence[int],
        weights: Sequence[np.ndarray | None],
        biases: Sequence[np.ndarray | None],
        *,
        size: tuple[float, float],
        center: Sequence[float] = (0.0, 0.0),
        holes: Sequence[int | None] | None = None,
        top: float | None = None,
    ) -> None:
        super().__init__()
        for i, weight in enumerate(weights):
            if weight is not None and weight.shape != (columns[i + 1], columns[i]):
                raise ValueError(
                    f"weights[{i}]: got shape {weight.shape}, "
                    f"want {(columns[i + 1], columns[i])} between its columns"
                )
        self.holes = list(holes or [None] * len(columns))
        self.centers = _centers(columns, self.holes, size, center)
        self.radii = [_radius(centers) for centers in self.centers]
        if top is not None:
            heights = [c[0, 1] + r for c, r in zip(self.centers, self.radii, strict=True)]
            self.centers = [c + [0, top - max(heights), 0] for c in self.centers]
        self._largest = _scales(weights, biases)
        self.strengths: list[list[float | np.ndarray]] = []
        self.ends: list[tuple[np.ndarray, np.ndarray]] = []
        self.edges = [
            self._edges(i, weight, bias)
            for i, (weight, bias) in enumerate(zip(weights, biases, strict=True))
        ]
        self.wired = [len(starts) for starts, _ in self.ends]
        self.units = [self._units(i) for i in range(len(self.centers))]
        self.add(*self.edges, *self.units)

    def stroke_width(self, number: float, gap: int) -> float:
        """The width of the line that shows ``number``: in proportion to its size, from a least."""
        return _THINNEST + (_THICKEST - _THINNEST) * abs(number) / self._largest[gap]

    def holds_numbers(self, column: int) -> bool:
        """Whether the units of a column are large enough to write a number in."""
        return self.radii[column] >= _NUMBER[0]

    def has_stubs(self, gap: int) -> bool:
        """Whether there is room for the biases of a gap."""
        few = len(self.centers[gap + 1]) <= _FEW and self.holes[gap + 1] is None
        return few and not self.is_bundled(gap)

    def is_bundled(self, gap: int) -> bool:
        """Whether a gap has many edges, which opacity tells apart instead of width."""
        return len(self.ends[gap][0]) > _FEW**2

    def lowest(self) -> float:
        """The height of the lowest that is drawn."""
        gaps = range(len(self.edges))
        stubs = [0.0, *(self.has_stubs(gap) * self._stub_length(gap) for gap in gaps)]
        return min(
            float(centers[:, 1].min()) - radius - stub
            for centers, radius, stub in zip(self.centers, self.radii, stubs, strict=True)
        )

    def dimmed(self, gap: int, share: float) -> list[tuple[Mobject, float | np.ndarray]]:
        """The mobjects of a gap's edges, each with its opacity at ``share`` of its light."""
        strengths = self.strengths[gap]
        return [(line, share * s) for line, s in zip(self.edges[gap], strengths, strict=True)]

    def place(self, texts: Sequence[Text], column: int) -> Group:
        """``texts``, one for each unit of ``column``, put into the units."""
        return Group(
            *(text.move_to(at) for text, at in zip(texts, self.centers[column], strict=True))
        )

    def shaded(self, shares: np.ndarray, column: int) -> Cloud:
        """Discs in a column's units: the fuller, the larger ``shares`` (d,), from -1 to 1."""
        t = theme()
        colors = [t.data if share >= 0 else t.parts.y_axis for share in shares]
        radius = 0.9 * self.radii[column]
        return Cloud(self.centers[column], colors, radius=radius, opacity=np.abs(shares))

    def pulses(self, gap: int, color: str) -> tuple[Cloud, np.ndarray]:
        """A dot for each edge of ``gap`` at its lower end, and where the upper ends are."""
        starts, ends = self.ends[gap]
        radius = theme().dot_radius if self.is_bundled(gap) else theme().big_dot_radius
        return Cloud(starts, color, radius=radius), ends

    def _half_width(self, column: int) -> float:
        radius = self.radii[column]
        stretched = _NUMBER[0] <= radius < _NUMBER[1] / 2
        return _NUMBER[1] / 2 if stretched else radius

    def _edges(self, gap: int, weight: np.ndarray | None, bias: np.ndarray | None) -> Group:
        if weight is None:
            self.ends.append((np.zeros((0, 3)), np.zeros((0, 3))))
            self.strengths.append([1.0])
            return self._left_out(gap)
        after, before = np.nonzero(weight)
        starts, ends = self._joints(gap, before, after)
        self.ends.append((starts, ends))
        if self.is_bundled(gap):
            return self._bundles(gap, weight[after, before])
        numbers = [None] * len(starts) if weight.dtype == bool else weight[after, before].tolist()
        made = Group(*(self._line(gap, *each) for each in zip(starts, ends, numbers, strict=True)))
        if bias is not None and self.has_stubs(gap):
            made.add(*(self._stub(gap, j, float(b)) for j, b in enumerate(bias)))
        self.strengths.append([1.0] * len(made))
        return made

    def _joints(
        self, gap: int, before: np.ndarray, after: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Where edges leave the units ``before`` and reach the units ``after``."""
        starts, ends = self.centers[gap][before], self.centers[gap + 1][after]
        along = (ends - starts) / np.linalg.norm(ends - starts, axis=1, keepdims=True)
        right = np.array([1.0, 0.0, 0.0])
        out, into = (
            self.radii[i] * along if self._is_round(i) else self._half_width(i) * right
            for i in (gap, gap + 1)
        )
        return starts + out, ends - into

    def _is_round(self, column: int) -> bool:
        return self._half_width(column) == self.radii[column]

    def _bundles(self, gap: int, numbers: np.ndarray) -> Group:
        """Many edges as one bundle of each sign."""
        t, made, (starts, ends) = theme(), Group(), self.ends[gap]
        self.strengths.append([])
        if numbers.dtype == bool:
            made.add(
                Lines.segments(starts, ends, colors=t.muted, stroke_width=t.grid_width, opacity=0.5)
            )
            self.strengths[-1].append(0.5)
            return made
        size = np.abs(numbers) / self._largest[gap]
        for chosen, sign in ((numbers >= 0, 1.0), (numbers < 0, -1.0)):
            if chosen.any():
                strength = np.maximum(size[chosen], _FAINTEST)
                line = Lines.segments(
                    starts[chosen],
                    ends[chosen],
                    opacity=strength,
                    **signed_look(sign, 2 * _THINNEST),
                )
                made.add(line)
                self.strengths[-1].append(strength)
        return made

    def _stub(self, gap: int, unit: int, shift: float) -> Lines:
        """The line of a bias, outside its unit."""
        centers, radius = self.centers[gap + 1], self.radii[gap + 1]
        end = centers[unit]
        away = np.array([0, 1 if end[1] >= centers[:, 1].mean() else -1, 0])
        length = self._stub_length(gap)
        return self._line(gap, end + (radius + length) * away, end + radius * away, shift)

    def _stub_length(self, gap: int) -> float:
        centers, radius = self.centers[gap + 1], self.radii[gap + 1]
        if len(centers) <= 2:
            return _STUB
        return min(_STUB, 0.75 * (abs(float(centers[0, 1] - centers[1, 1])) - 2 * radius))

    def _line(self, gap: int, start: np.ndarray, end: np.ndarray, number: float | None) -> Lines:
        if number is not None:
            return signed_line(start, end, number, self.stroke_width(number, gap))
        t = theme()
        return Lines(np.stack([start, end]), colors=t.muted, stroke_width=t.axis_width)

    def _left_out(self, gap: int) -> Group:
        """Three dots between two columns."""
        left, right = (self.centers[i].mean(axis=0) for i in (gap, gap + 1))
        places = left + (right - left) * np.linspace(0.4, 0.6, 3)[:, None]
        return Group(Cloud(places, theme().muted, radius=theme().dot_radius))

    def _units(self, column: int) -> Group:
        t, centers, radius = theme(), self.centers[column], self.radii[column]
        inside: Mobject = Cloud(centers, t.background, radius=radius)
        shape = _stadium(radius, self._half_width(column) - radius)
        corners = (centers[:, None] + shape).reshape(-1, 3)
        offsets = np.arange(len(centers) + 1) * len(shape)
        if not self._is_round(column):
            inside = Polygons(corners, offsets, colors=t.background)
        width = t.axis_width if self.holds_numbers(column) else t.grid_width
        outline = Lines(corners, offsets, colors=t.ink, stroke_width=width)
        made = Group(inside, outline)
        hole = self.holes[column]
        if hole is not None:
            gap = centers[hole] + (centers[hole - 1] - centers[hole]) * (
                np.array([[0.42], [0.5], [0.58]])
            )
            made.add(Cloud(gap, t.muted, radius=t.dot_radius))
        return made


def signed_line(start: np.ndarray, end: np.ndarray, number: float, width: float) -> Lines:
    """A line in the colour of ``number``'s sign, dashed when it is negative."""
    return Lines(np.stack([start, end]), **signed_look(number, width))


def signed_look(number: float, width: float) -> dict[str, Any]:
    """Colour, width and dash of a line that shows ``number``."""
    t = theme()
    return {
        "colors": t.data if number >= 0 else t.parts.y_axis,
        "stroke_width": width,
        "dash": None if number >= 0 else _DASH,
    }


def _scales(
    weights: Sequence[np.ndarray | None], biases: Sequence[np.ndarray | None]
) -> list[float]:
    """The number that is drawn widest in each gap: the network's largest, or else the gap's own.

    The gap's own where some gap has many edges, for there the numbers differ more.
    """
    own = []
    for weight, bias in zip(weights, biases, strict=True):
        both = [each for each in (weight, bias) if each is not None and each.dtype != bool]
        own.append(max((float(np.abs(each).max()) for each in both), default=0.0) or 1.0)
    numbers = [w for w in weights if w is not None]
    if any(w.dtype != bool and w.size > _FEW**2 for w in numbers):
        return own
    with_numbers = [
        o for o, w in zip(own, weights, strict=True) if w is not None and w.dtype != bool
    ]
    return [max(with_numbers, default=1.0)] * len(own)


def _stadium(radius: float, straight: float) -> np.ndarray:
    """The outline (m, 3) of a circle, stretched sideways by ``straight`` on either side."""
    angles = np.linspace(0, 2 * np.pi, _CORNERS + 1)
    circle = radius * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    circle[:, 0] += straight * np.sign(np.round(circle[:, 0], 12))
    return circle


def _radius(centers: np.ndarray) -> float:
    if len(centers) == 1:
        return _RADIUS
    share = _SHARES[len(centers) > _FEW]
    return min(_RADIUS, share * float(np.abs(np.diff(centers[:, 1])).min()))


def _centers(
    columns: Sequence[int],
    holes: Sequence[int | None],
    size: tuple[float, float],
    center: Sequence[float],
) -> list[np.ndarray]:
    placed = []
    largest = max(count + (hole is not None) for count, hole in zip(columns, holes, strict=True))
    widest = size[1] if largest < 3 else min(size[1], _WIDEST)
    places = np.linspace(-size[0] / 2, size[0] / 2, len(columns))
    for x, count, hole in zip(places, columns, holes, strict=True):
        slots = np.arange(count) + (0 if hole is None else np.arange(count) >= hole)
        last = slots[-1]
        pitch = min(widest, size[1] / max(last, 1))
        y = (last / 2 - slots) * pitch
        placed.append(np.stack([0 * y + x + center[0], y + center[1], 0 * y], axis=1))
    return placed
