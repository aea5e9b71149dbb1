"""Where a classifier cannot decide: the exact segments on which its top two logits tie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from model.checks import ArrayLike
from model.geometry.kinks import ZERO, signs
from model.geometry.mesh import Mesh, box_mesh, cut, cut_at_kinks
from model.geometry.polylines import trace_polylines
from model.geometry.regions import polygonal_prefix
from model.geometry.shapes import as_box
from model.layers import Linear
from model.network import Network


@dataclass(frozen=True, eq=False)
class DecisionBoundary:
    """The segments on which the top two of some classes tie, and their images.

    Attributes
    ----------
    segments
        (s, 2, 2) segment, end, coordinate at the input. Walking from the first
        end to the second, class ``pairs[i, 0]`` wins on the left.
    pairs
        (s, 2) the two classes that tie on each segment.
    images
        One (s, 2, d_l) array for the input (``segments`` itself) and one for
        each layer.
    names
        One name for each entry of ``images``.
    areas
        The convex polygons (v, 2) throughout which the top two tie: none
        unless two logits are one and the same there, as in a dead network.
    exact
        True when the images at every layer are exact; False when smooth layers
        follow the logits. The segments at the input and at every
        piecewise-linear layer are exact in both cases.
    chord_error
        The largest distance found between an image and the curve it stands for.
    """

    segments: Float[np.ndarray, "s 2 2"]
    pairs: Int[np.ndarray, "s 2"]
    images: tuple[Float[np.ndarray, "s 2 _"], ...]
    names: tuple[str, ...]
    areas: tuple[Float[np.ndarray, "_ 2"], ...]
    exact: bool
    chord_error: float

    def __len__(self) -> int:
        return len(self.segments)

    def __getitem__(self, name: str) -> Float[np.ndarray, "s 2 _"]:
        """The segments' images at the representation called ``name``."""
        if name not in self.names:
            raise ValueError(f"name: got {name!r}, want one of {', '.join(self.names)}")
        return self.images[self.names.index(name)]


def decision_boundary(
    net: Network,
    box: ArrayLike,
    classes: ArrayLike | None = (0, 1),
    *,
    tolerance: float | int = 1e-3,
) -> DecisionBoundary:
    """Return the exact segments inside a box where the top two logits tie.

    The logits are what the last piecewise-linear layer gives: closing softmax,
    sigmoid, tanh and L2-norm layers keep the order of their inputs, so that a
    tie before them is a tie behind them.

    Parameters
    ----------
    net
        A network on a 2-D input; smooth layers may only close it.
    box
        ``((xmin, xmax), (ymin, ymax))`` or ``(xmin, xmax, ymin, ymax)``.
    classes
        The classes to choose among, as if there were no others; None for all.
        With two, the segments are where their logits tie; with more, where the
        two largest among theirs do.
    tolerance
        The largest distance allowed between a segment's image and the curve it
        stands for behind a smooth layer.

    Raises
    ------
    ValueError
        When the input is not 2-D, the box is no box, a class does not exist or
        comes twice, or a layer other than a smooth one follows a smooth one.
    """
    edges = as_box(box)
    prefix = polygonal_prefix(net)
    for index in range(len(prefix), len(net)):
        if isinstance(net.layers[index], Linear):
            raise ValueError(
                f"net: layers[{index}] (linear) follows a smooth layer, so the logits tie along "
                "curves; want smooth layers at the end only"
            )
    chosen = _classes(net, classes)
    mesh, _, sums = cut_at_kinks(prefix, box_mesh(edges))
    mesh = Mesh(mesh.points, mesh.values[:, chosen], mesh.loops, mesh.cells)
    mesh = _cut_at_ties(mesh, sums[chosen])
    ends, pairs, flat = _ties(mesh, sums[chosen])
    areas = tuple(mesh.points[mesh.loops[mesh.cells == cell]] for cell in np.flatnonzero(flat))
    return _trace(net, mesh.points[ends], chosen[pairs], areas, tolerance)


def _classes(net: Network, classes: ArrayLike | None) -> Int[np.ndarray, " classes"]:
    """The classes to choose among, once they are known to exist."""
    out_dim = net.out_dim or 2
    chosen = np.arange(out_dim) if classes is None else np.asarray(classes)
    if chosen.ndim != 1 or len(chosen) < 2 or chosen.dtype.kind not in "iu":
        raise ValueError(
            f"classes: got {classes!r} for a network of {out_dim} outputs, "
            "want at least two of its classes by index"
        )
    for index in chosen:
        if not 0 <= index < out_dim:
            raise ValueError(
                f"classes: got {index}, but the network has {out_dim} outputs; "
                f"want indices from 0 to {out_dim - 1}"
            )
    if len(np.unique(chosen)) < len(chosen):
        raise ValueError(f"classes: got {classes!r}, want each class once")
    return chosen.astype(np.int64)


def _cut_at_ties(mesh: Mesh, sums: Float[np.ndarray, " classes"]) -> Mesh:
    """Cut the mesh where each class overtakes the best of those before it."""
    for rival in range(1, mesh.values.shape[1]):
        height = mesh.values[:, rival] - mesh.values[:, :rival].max(axis=1)
        scale = sums[rival : rival + 1] + sums[:rival].max()
        mesh, _, _ = cut(mesh, height, signs(height[:, None], scale)[:, 0])
    return mesh


def _ties(
    mesh: Mesh, sums: Float[np.ndarray, " classes"]
) -> tuple[Int[np.ndarray, "s 2"], Int[np.ndarray, "s 2"], Bool[np.ndarray, " cells"]]:
    """The edges on which the top two tie, who ties there, and the cells in which they do."""
    logits = mesh.values
    top = logits.max(axis=1, keepdims=True) - logits <= 2 * ZERO * 2 * sums.max()
    winners = np.logical_and.reduceat(top[mesh.loops], mesh.starts)
    flat = winners.sum(axis=1) > 1
    edge = np.stack([mesh.loops, mesh.following], axis=1)
    tied = top[edge].all(axis=1)
    winner = winners.argmax(axis=1)[mesh.cells]
    low, high = edge.min(axis=1), edge.max(axis=1)
    key = low * len(logits) + high
    wanted = (tied.sum(axis=1) > 1) & ~np.isin(key, key[flat[mesh.cells]])
    edge, key, winner, tied = edge[wanted], key[wanted], winner[wanted], tied[wanted]
    order = np.lexsort((winner, key))  # of the two sides, that of the smaller class
    _, first = np.unique(key[order], return_index=True)
    chosen = order[first]
    left = winner[chosen]
    others = tied[chosen]
    others[np.arange(len(left)), left] = False
    return edge[chosen], np.stack([left, others.argmax(axis=1)], axis=1), flat


def _trace(
    net: Network,
    segments: Float[np.ndarray, "s 2 2"],
    pairs: Int[np.ndarray, "s 2"],
    areas: tuple[np.ndarray, ...],
    tolerance: float,
) -> DecisionBoundary:
    """The boundary's images at every layer, split further where a smooth layer bends them."""
    if len(segments) == 0:
        widths = [points.shape[1] for points in net.trace(np.zeros((1, 2))).points]
        nothing = tuple(np.empty((0, 2, width)) for width in widths)
        exact = all(layer.piecewise_linear for layer in net)
        return DecisionBoundary(nothing[0], pairs, nothing, net.names, areas, exact, 0.0)
    trace = trace_polylines(net, segments, tolerance=tolerance)
    start = np.delete(np.arange(len(trace.points[0])), trace.offsets[1:] - 1)
    images = tuple(np.stack([points[start], points[start + 1]], axis=1) for points in trace.points)
    owner = np.searchsorted(trace.offsets, start, side="right") - 1
    return DecisionBoundary(
        images[0], pairs[owner], images, trace.names, areas, trace.exact, trace.chord_error
    )
