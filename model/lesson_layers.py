"""What a trained network's layers do to its data and to its plane, ready to be drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Int

from model.checks import FloatArray
from model.geometry import (
    Collapse,
    collapse,
    decision_boundary,
    grid_lines,
    sampled_boundary,
    square,
    trace_polylines,
)
from model.layers import Identity, Linear, Softmax
from model.lesson_view import LessonView
from model.motion import Move, linear_moves
from model.network import Network
from model.projection import Projection, fit_projections

MOST_LAYERS = 12
MOST_REGIONS = 600  # finer ones could not be told apart
MOST_UNITS = 150  # that bend: of more, the regions are tens of thousands and not computed
GRID = 15
KEYFRAMES = 16
_KEEP_ORDER = {"softmax", "tanh", "sigmoid", "L2-norm"}


@dataclass(frozen=True, eq=False)
class Carried:
    """Points or polylines on their way through the layers.

    Attributes
    ----------
    points
        (k, d_l) at the input and behind each layer.
    drawn
        The same, each through its projection: (k, 2).
    offsets
        (m + 1,) where each polyline starts; each point for itself when there are none.
    """

    points: tuple[FloatArray, ...]
    drawn: tuple[Float[np.ndarray, "k 2"], ...]
    offsets: Int[np.ndarray, " starts"]


class Layers:
    """The trained network of a lesson, layer by layer; identities are passed over.

    Attributes
    ----------
    view
        Of which lesson.
    data
        What it classifies.
    net
        The network at the last of the four checkpoints.
    projections
        How each representation is drawn.

    Raises
    ------
    ValueError
        When it has too many layers to show one after another, or its output
        is not a softmax.
    """

    def __init__(self, view: LessonView) -> None:
        self.view, self.data = view, view.data
        nets = [acting(view.run.network(step)) for step in view.run.checkpoints]
        self.net: Network = nets[-1]
        if len(self.net) > MOST_LAYERS or not isinstance(self.net.layers[-1], Softmax):
            told = ", ".join(layer.name for layer in self.net)
            raise ValueError(
                f"{view.lesson.path or view.lesson.name}: has the layers {told}; this clip shows "
                f"at most {MOST_LAYERS}, the last one a softmax"
            )
        self.projections: tuple[Projection, ...] = fit_projections(nets, self.data.points)

    @property
    def planar(self) -> bool:
        """Whether the input is a plane, which alone has a grid, regions and a boundary."""
        return self.data.dim == 2

    @property
    def piecewise_linear(self) -> bool:
        """Whether all layers are, but the closing softmax."""
        return all(layer.piecewise_linear for layer in self.net.layers[:-1])

    @property
    def folds(self) -> bool:
        """Whether any layer is more than linear, but the closing softmax."""
        return any(layer.name not in ("linear", "identity") for layer in self.net.layers[:-1])

    @property
    def units(self) -> int:
        """How many units bend: each cuts the plane into more regions."""
        bending = (i for i, layer in enumerate(self.net) if "relu" in layer.name)
        return sum(self.net.widths[i] or 0 for i in bending)

    @property
    def exact_boundary(self) -> bool:
        """Whether the boundary is computed as straight pieces, and not found by sampling."""
        return self.piecewise_linear and self.units <= MOST_UNITS

    @property
    def last_linear(self) -> int:
        """The index of the linear layer that gives the logits.

        Only layers that keep their order may follow; -1 where others do.
        """
        found = max(
            (i for i, layer in enumerate(self.net) if isinstance(layer, Linear)), default=-1
        )
        behind = {layer.name for layer in self.net.layers[found + 1 :]}
        return found if behind <= _KEEP_ORDER else -1

    @cached_property
    def box(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """A square that holds the data: around the origin, unless the data lie far from it."""
        low, high = (edge(self.data.points, axis=0) for edge in (np.min, np.max))
        half, middle = float(max(np.abs(low).max(), np.abs(high).max())), np.zeros(2)
        if (high - low).max() < half / 2:
            half, middle = float((high - low).max()) / 2, (low + high) / 2
        step = 10.0 ** (np.floor(np.log10(half)) - 1) if half > 0 else 1.0
        half = max(float(np.ceil(half / step - 1e-9) * step), step)
        centre = np.round(middle / step) * step
        half += step * bool((np.abs(self.data.points - centre) > half).any())
        half = round(half, 12)
        (x, y) = centre.tolist()
        return (x - half, x + half), (y - half, y + half)

    @cached_property
    def collapsed(self) -> Collapse | None:
        """The linear regions and what each layer flattens; None for none, or too many."""
        if not (self.planar and self.piecewise_linear and self.units <= MOST_UNITS):
            return None
        return collapse(self.net, self.box, self.data.points)

    @property
    def tinted(self) -> bool:
        """Whether there are regions, and few enough to be told apart."""
        return self.collapsed is not None and len(self.collapsed.regions) <= MOST_REGIONS

    @cached_property
    def carried(self) -> dict[str, Carried]:
        """All that is drawn, as it lies: regions, their borders, grid, square, data, boundary."""
        found: dict[str, Carried] = {}
        if self.tinted:
            assert self.collapsed is not None
            polygons = [region.polygon for region in self.collapsed.regions]
            found["regions"] = self._lines([np.concatenate([p, p[:1]]) for p in polygons])
            found["borders"] = found["regions"]
        if self.planar:
            found["grid"] = self._lines(list(grid_lines(self.box, GRID)))
            found["square"] = self._lines([square(self.box)])
        points = self.net.trace(self.data.points).points
        found["data"] = self._carried(points, np.arange(len(points[0]) + 1))
        if self.planar and len(self._ties[0]):
            found["boundary"] = self._carried(self._ties, np.arange(0, len(self._ties[0]) + 1, 2))
        return found

    @cached_property
    def accuracy(self) -> float:
        """The share of the data whose largest output is that of its class, 0 to 1."""
        data = self.data
        return float((self.net(data.points).argmax(axis=1) == data.labels).mean())

    def flattened(self, name: str) -> list[tuple[int, float]]:
        """How many regions, and which share of the data, are a point, a segment, a polygon.

        Raises
        ------
        ValueError
            When the network has no linear regions, or none at that representation.
        """
        if self.collapsed is None or name not in self.collapsed.names:
            raise ValueError(f"name: {name!r} has no linear regions in {self.net!r}")
        index = self.collapsed.names.index(name)
        counts = np.bincount(self.collapsed.ranks[index], minlength=3)
        return list(zip(counts.tolist(), self.collapsed.data_share[index].tolist(), strict=True))

    def tie_line(self) -> Float[np.ndarray, "2 2"] | None:
        """The line on which two logits tie where the last linear layer starts, if it is drawn.

        Two points of it; None unless there are two classes on a plane.
        """
        last = self.net.layers[self.last_linear]
        if not isinstance(last, Linear):
            return None
        exact = self.projections[self.last_linear].exact
        if last.weight.shape != (2, 2) or not exact or not self.planar:
            return None
        normal, shift = last.weight[0] - last.weight[1], last.bias[0] - last.bias[1]
        if not normal.any():
            return None
        foot = -shift * normal / (normal @ normal)
        along = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
        return np.array([foot - along, foot + along])

    def moves(self, index: int) -> dict[str, list[Move]]:
        """How layer ``index`` carries each of :attr:`carried` across the drawing.

        A linear layer that starts on a plane shown as it is does on screen
        what a 2 by 2 matrix does, and is taken apart as that one; any other
        carries all straight from picture to picture.
        """
        layer = self.net.layers[index]
        before, after = self.projections[index : index + 2]
        if isinstance(layer, Linear) and before.matrix.shape == (2, 2):
            seen = Linear(after.matrix.T @ layer.weight, layer.bias @ after.matrix)
            return {
                key: _ending(
                    linear_moves(seen, each.drawn[index], KEYFRAMES), each.drawn[index + 1]
                )
                for key, each in self.carried.items()
            }
        return {
            key: [Move("move", np.stack(each.drawn[index : index + 2]))]
            for key, each in self.carried.items()
        }

    def corners(self) -> Float[np.ndarray, "classes 2"]:
        """The one-hot codes as the output's projection draws them."""
        return self.projections[-1](np.eye(self.data.classes))

    @cached_property
    def _ties(self) -> tuple[FloatArray, ...]:
        """The ends of the boundary's segments, (2s, d_l), at the input and behind each layer."""
        if self.exact_boundary:
            classes = (0, 1) if self.data.classes == 2 else None
            images = decision_boundary(self.net, self.box, classes).images
            return tuple(image.reshape(-1, image.shape[2]) for image in images)
        ends = sampled_boundary(self.net, self.box).reshape(-1, 2)
        return self.net.trace(ends).points if len(ends) else (ends,)

    def _lines(self, polylines: Sequence[FloatArray]) -> Carried:
        trace = trace_polylines(self.net, polylines)
        return self._carried(trace.points, trace.offsets)

    def _carried(self, points: tuple[FloatArray, ...], offsets: np.ndarray) -> Carried:
        seen = tuple(each(rows) for each, rows in zip(self.projections, points, strict=True))
        return Carried(points, seen, offsets)


def acting(net: Network) -> Network:
    """The same network without its identities, which dropout and flatten leave behind."""
    layers = [layer for layer in net if not isinstance(layer, Identity)]
    return Network(layers or net)


def _ending(moves: list[Move], end: FloatArray) -> list[Move]:
    """The same moves, the last keyframe set to what the network itself gives."""
    moves[-1].frames[-1] = end
    return moves
