"""A training run as a stack of planes shows it: some datapoints and a grid at every iterate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from model.checks import FloatArray
from model.datasets import Dataset
from model.geometry import grid_lines, square, trace_polylines
from model.layers import LeakyReLU, ReLU, Softmax
from model.lesson import Lesson
from model.lesson_layers import acting
from model.lesson_view import LessonView
from model.network import Network
from model.projection import Projection, fit_projections
from model.separation import parted

MOST_PLANES = 13
MOST_ITERATES = 750  # as many frames as the run takes at sixty a second
DRAWN = 200
GRID = 5
TOLERANCE = 0.004
_PLAIN = (0.5, 10.0)  # how far a plane reaches when its ticks count ones
_ROUND = 1.2  # how far the output's plane reaches in lengths of the simplex's corners
_TICKS = 8  # the most ticks on half of any other plane


@dataclass(frozen=True, eq=False)
class Picture:
    """What the planes show at one iterate, each by its projection.

    Attributes
    ----------
    data
        (n, 2) a plane.
    lines
        (k, 2) a plane: polylines, one behind the other; empty for an input that is no plane.
    offsets
        (m + 1,) where each polyline starts; the last one is the square's outline.
    """

    data: tuple[FloatArray, ...]
    lines: tuple[FloatArray, ...]
    offsets: Int[np.ndarray, " starts"]


class Run:
    """The run of a lesson; identities are passed over.

    Attributes
    ----------
    view
        Of which lesson.
    rows
        The recorded iterates that are shown: all, or :data:`MOST_ITERATES`
        spread evenly over them, the four checkpoints among them.
    checkpoints
        Where among ``rows`` the four checkpoints are.
    steps, losses, accuracies
        Of the iterates shown, the last two over all datapoints.
    chosen
        Which datapoints are drawn.
    projections
        How each representation is drawn.
    names
        Of the representations.

    Raises
    ------
    ValueError
        When there is no run to show, but trained weights alone; when there
        are too many layers, or the output is no softmax.
    """

    def __init__(self, view: LessonView) -> None:
        run, name = view.run, view.lesson.path or view.lesson.name
        if len(run) < 2:
            raise ValueError(
                f"{name}: has trained weights but no training run to show; the clips mlp, "
                f"classifier_goal and classifier_layers show it, or {_remedy(view.lesson)}"
            )
        nets = [acting(run.network(step)) for step in run.checkpoints]
        if len(nets[-1]) >= MOST_PLANES or not isinstance(nets[-1].layers[-1], Softmax):
            told = ", ".join(layer.name for layer in nets[-1])
            raise ValueError(
                f"{name}: has the layers {told}; this clip shows at most {MOST_PLANES - 1}, the "
                "last one a softmax"
            )
        self.view, self.data, self._nets = view, view.data, nets
        marks = np.searchsorted(run.steps, run.checkpoints)
        evenly = np.linspace(0, len(run) - 1, min(len(run), MOST_ITERATES)).round()
        self.rows = np.union1d(evenly.astype(np.int64), marks)
        self.checkpoints: tuple[int, ...] = tuple(np.searchsorted(self.rows, marks).tolist())
        self.steps, self.losses = run.steps[self.rows], run.losses[self.rows]
        self.accuracies = run.accuracies[self.rows]
        self.chosen = subset(self.data)
        self.names = nets[-1].names
        self.projections: tuple[Projection, ...] = fit_projections(nets, self.data.points)

    @property
    def planar(self) -> bool:
        """Whether the input is a plane, which alone has a grid."""
        return self.data.dim == 2

    @property
    def piecewise_linear(self) -> bool:
        """Whether all layers are, but the closing softmax."""
        return all(layer.piecewise_linear for layer in self._nets[-1].layers[:-1])

    @property
    def widest(self) -> int:
        """How many numbers stand for a datapoint on the widest plane."""
        return max(len(each.matrix) for each in self.projections)

    @cached_property
    def parted(self) -> tuple[tuple[bool, ...], ...]:
        """Whether a linear classifier could be right about all datapoints, on each plane.

        At the first checkpoint and at the last; empty where the data are too
        many to tell.
        """
        try:
            return tuple(
                tuple(parted(rows, self.data.labels) for rows in net.trace(self.data.points).points)
                for net in (self._nets[0], self._nets[-1])
            )
        except ValueError:
            return (), ()

    @cached_property
    def box(self) -> tuple[float, float, float, float]:
        """A square among the data: around the origin, unless they lie far from it."""
        low, high = self.data.points.min(axis=0), self.data.points.max(axis=0)
        reach, extent = float(np.abs([low, high]).max()), float((high - low).max())
        far = extent < reach / 2
        half = nice_below(extent / 2 if far else reach)
        x, y = (np.round((low + high) / 2 / half) * half if far else np.zeros(2)).tolist()
        return (x - half, x + half, y - half, y + half)

    @cached_property
    def pictures(self) -> tuple[Picture, ...]:
        """What is drawn at every iterate shown."""
        points, run = self.data.points[self.chosen], self.view.run
        found = []
        for row in self.rows:
            net = acting(run.network(int(run.steps[row])))
            lines, offsets = self._lines(net)
            found.append(Picture(self._seen(net.trace(points).points), self._seen(lines), offsets))
        return tuple(found)

    @cached_property
    def windows(self) -> Float[np.ndarray, "planes 2"]:
        """The smallest and largest coordinate on each plane, both ways, for the whole run.

        A plane reaches as far to all sides of the origin, unless its points
        lie far from there; one behind a relu as far as the one before it.
        """
        ends = np.array([[_ends(p, i) for i in range(len(self.names))] for p in self.pictures])
        low, high = ends[..., 0].min(axis=0), ends[..., 1].max(axis=0)
        for index, layer in enumerate(self._nets[-1].layers[:-1]):
            both = self.projections[index : index + 2]
            if isinstance(layer, ReLU | LeakyReLU) and all(each.exact for each in both):
                low[index : index + 2] = low[index : index + 2].min()
                high[index : index + 2] = high[index : index + 2].max()
        found = np.array([window(*each) for each in zip(low, high, strict=True)])
        half = np.ceil(_ROUND * np.linalg.norm(self.corners(), axis=1).max() * 10) / 10
        found[-1] = (-0.2, 1.2) if self.data.classes == 2 else (-half, half)
        return found

    @cached_property
    def ticks(self) -> Float[np.ndarray, " planes"]:
        """What one tick counts on each plane."""
        return np.array([tick(high - low) for low, high in self.windows])

    def spreads(self, checkpoint: int) -> Float[np.ndarray, " planes"]:
        """How wide the drawn data lie on each plane at one of the four checkpoints, 0 to 3.

        The sum of the standard deviations along both directions.
        """
        points = self._nets[checkpoint].trace(self.data.points[self.chosen]).points
        return np.array([rows.std(axis=0).sum() for rows in self._seen(points)])

    def corners(self) -> Float[np.ndarray, "classes 2"]:
        """The one-hot codes as the output's projection draws them."""
        return self.projections[-1](np.eye(self.data.classes))

    @cached_property
    def _polylines(self) -> list[FloatArray]:
        """The grid and the outline of the square, with the vertices that smooth layers ask for."""
        plain = [*grid_lines(self.box, GRID), square(self.box)]
        if self.piecewise_linear:
            return plain
        traces = [trace_polylines(net, plain, tolerance=TOLERANCE) for net in self._nets]
        refined = []
        for index, line in enumerate(plain):
            at = np.unique(np.concatenate([t.polyline(index).parameter for t in traces]))
            places = np.arange(len(line))
            refined.append(np.stack([np.interp(at, places, c) for c in line.T], axis=1))
        return refined

    def _lines(self, net: Network) -> tuple[tuple[FloatArray, ...], Int[np.ndarray, " starts"]]:
        if not self.planar:
            empty = tuple(np.zeros((0, len(each.matrix))) for each in self.projections)
            return empty, np.zeros(1, dtype=np.int64)
        if self.piecewise_linear:
            traced = trace_polylines(net, self._polylines, tolerance=TOLERANCE)
            return traced.points, traced.offsets
        offsets = np.cumsum([0, *map(len, self._polylines)])
        return net.trace(np.concatenate(self._polylines)).points, offsets

    def _seen(self, points: Sequence[FloatArray]) -> tuple[FloatArray, ...]:
        return tuple(
            rows if len(each.matrix) == 2 else rows @ each.matrix
            for each, rows in zip(self.projections, points, strict=True)
        )


def _remedy(lesson: Lesson) -> str:
    """What to change in a lesson so that there is a run to show."""
    if lesson.coded:
        return "give it layers, widths and a [training] section in place of network.entry"
    return "give it a [training] section in place of weights"


def subset(data: Dataset) -> Int[np.ndarray, " n"]:
    """Which datapoints are drawn: the first of each class, :data:`DRAWN` in all."""
    most = max(DRAWN // data.classes, 1)
    first = [np.flatnonzero(data.labels == k)[:most] for k in range(data.classes)]
    return np.sort(np.concatenate(first))


def nice_below(length: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is at most ``length``; 1 for 0."""
    if not length > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(length))
    return float(max(step for step in (1, 2, 5) if step * power <= length * (1 + 1e-12)) * power)


def nice_above(length: float) -> float:
    """The smallest of 1, 2, 4 and 5 times a power of ten that is at least ``length``; 1 for 0."""
    if not length > 0:
        return 1.0
    power = 10.0 ** np.floor(np.log10(length))
    steps = (step for step in (1, 2, 4, 5, 10) if step * power >= length * (1 - 1e-12))
    return round(float(next(steps) * power), 12)


def window(low: float, high: float) -> tuple[float, float]:
    """Round ends around ``low`` and ``high``: as far from 0 both ways unless 0 is far away."""
    reach = max(abs(low), abs(high))
    if reach == 0:
        return -1.0, 1.0
    if high - low < reach / 2 and low * high > 0 and high > low:
        step = nice_below(high - low) / 2
        return float(np.floor(low / step) * step), float(np.ceil(high / step) * step)
    step = 0.5 if _PLAIN[0] < reach <= _PLAIN[1] else tick(2 * reach)
    half = float(np.ceil(reach / step) * step)
    return -half, half


def tick(length: float) -> float:
    """What one tick counts on a plane that is ``length`` across: 1 where that serves."""
    if 2 * _PLAIN[0] <= length <= 2 * _PLAIN[1]:
        return 1.0
    step = nice_below(length / 2 / _TICKS)
    return step if length / 2 / step <= _TICKS else nice_below(2.5 * step)


def _ends(picture: Picture, plane: int) -> tuple[float, float]:
    parts = [picture.data[plane], picture.lines[plane]]
    rows = np.concatenate([part for part in parts if len(part)])
    return float(rows.min()), float(rows.max())
