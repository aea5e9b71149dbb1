"""The linear regions of a network: the convex polygons on which it is one affine map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from model.checks import ArrayLike
from model.geometry.kinks import bends, straight_prefix
from model.geometry.mesh import Mesh, box_mesh, cut_at_kinks
from model.geometry.polylines import trace_polylines
from model.geometry.shapes import as_box
from model.layers import MODULE, Layer, LeakyReLU, Linear
from model.network import Network

COLLAPSED = 1e-12
"""A direction is lost when its stretch is below this part of what a layer adds up."""


@dataclass(frozen=True, eq=False)
class Region:
    """A convex polygon of the input on which every unit keeps its side of zero.

    Attributes
    ----------
    pattern
        One (d_l,) array of booleans for each relu or leaky relu: True where
        the unit is active, its input above zero.
    polygon
        (v, 2) the corners at the input, counter-clockwise.
    maps
        ``(A, c)`` with A (d_l, 2) and c (d_l,) for the input and behind each
        piecewise-linear layer: ``A x + c`` is the representation of every x in
        the polygon. There are none behind the first smooth layer.
    images
        The polygon's outline at the input and behind every layer: (v, d_l),
        corner by corner; behind a smooth layer more vertices, refined.
    area
        The polygon's area, in the input's units squared.
    rank
        The rank of each A: 2 keeps the polygon a polygon, 1 maps it to a
        segment, 0 to a point.
    """

    pattern: tuple[Bool[np.ndarray, " _"], ...]
    polygon: Float[np.ndarray, "v 2"]
    maps: tuple[tuple[Float[np.ndarray, "_ 2"], Float[np.ndarray, " _"]], ...]
    images: tuple[Float[np.ndarray, "_ _"], ...]
    area: float
    rank: tuple[int, ...]


def linear_regions(
    net: Network, box: ArrayLike, *, tolerance: float | int = 1e-3
) -> tuple[Region, ...]:
    """Return the convex polygons that tile a box and on each of which ``net`` is affine.

    The box is cut along the zero line of one unit after another; a unit's line
    bends where the earlier layers bend (Montufar et al. 2014, "On the number of
    linear regions of deep neural networks", section 2). Neighbouring polygons
    share their corners exactly.

    Parameters
    ----------
    net
        A network on a 2-D input whose smooth layers, if any, come after every
        relu and leaky relu.
    box
        ``((xmin, xmax), (ymin, ymax))`` or ``(xmin, xmax, ymin, ymax)``.
    tolerance
        The largest distance allowed between an image's chord and the curve it
        stands for behind a smooth layer.

    Returns
    -------
    The regions. Their areas sum to the box's; no two overlap; each pattern
    comes once.

    Raises
    ------
    ValueError
        When the input is not 2-D, the box is no box, or a layer with kinks
        follows a smooth one (its kinks lie along curves, so the regions are no
        polygons).
    """
    edges = as_box(box)
    prefix = polygonal_prefix(net)
    mesh, patterns, _ = cut_at_kinks(prefix, box_mesh(edges))
    maps, ranks = affine_maps(prefix, patterns, int(mesh.cells[-1]) + 1)
    areas = cell_areas(mesh)
    outlines = _outlines(net, prefix, mesh, tolerance)
    for array in [*patterns, *(part for pair in maps for part in pair)]:
        array.flags.writeable = False
    return tuple(
        Region(
            tuple(pattern[k] for pattern in patterns),
            outlines[0][k],
            tuple((weight[k], bias[k]) for weight, bias in maps),
            tuple(images[k] for images in outlines),
            float(areas[k]),
            tuple(int(rank[k]) for rank in ranks),
        )
        for k in range(len(areas))
    )


def polygonal_prefix(net: Network) -> tuple[Layer, ...]:
    """The layers before the first smooth one, once nothing behind it bends.

    Raises
    ------
    ValueError
        When the input is not 2-D, a layer with kinks follows a smooth one, or
        there is a module of which only the output is known.
    """
    if net.in_dim not in (2, None):
        raise ValueError(f"net: got a network on a {net.in_dim}-D input, want a 2-D input")
    prefix = straight_prefix(net)
    for index in range(len(prefix), len(net)):
        if net.layers[index].name == MODULE:
            raise ValueError(
                f"net: layers[{index}] is a module of which only the output is known, so where it "
                "bends is not; want layers of known kinds (trace_polyline takes this network)"
            )
        if bends(net.layers[index]):
            raise ValueError(
                f"net: layers[{index}] ({net.layers[index].name}) follows the smooth layers"
                f"[{len(prefix)}] ({net.layers[len(prefix)].name}), so its kinks lie along curves "
                "and the regions are no polygons; want every relu before the first smooth layer "
                "(trace_polyline takes this network)"
            )
    return prefix


def affine_maps(
    layers: Sequence[Layer], patterns: Sequence[Bool[np.ndarray, "cells _"]], n: int
) -> tuple[list[tuple[np.ndarray, np.ndarray]], list[Int[np.ndarray, " cells"]]]:
    """The maps (A, c) of n cells at the input and behind every layer, and the ranks of A."""
    weight, bias = np.tile(np.eye(2), (n, 1, 1)), np.zeros((n, 2))
    sums = np.ones(n)
    maps, ranks = [(weight, bias)], [np.full(n, 2)]
    waiting = iter(patterns)
    for layer in layers:
        if isinstance(layer, Linear):
            sums = (np.abs(layer.weight) @ np.abs(weight)).max(axis=(1, 2))
            weight, bias = layer.weight @ weight, bias @ layer.weight.T + layer.bias
        elif bends(layer):
            slope = layer.slope if isinstance(layer, LeakyReLU) else 0.0
            factor = np.where(next(waiting), 1.0, slope)
            weight, bias = factor[:, :, None] * weight, factor * bias
        maps.append((weight, bias))
        stretch = np.linalg.svd(weight, compute_uv=False)
        rank = (stretch > COLLAPSED * sums[:, None]).sum(axis=1)
        ranks.append(np.minimum(rank, ranks[-1]))  # what is lost stays lost
    return maps, ranks


def cell_areas(mesh: Mesh) -> Float[np.ndarray, " cells"]:
    """The area of each cell (the shoelace formula about its first corner)."""
    starts = mesh.starts
    origin = mesh.points[mesh.loops[starts]][mesh.cells]
    a, b = mesh.points[mesh.loops] - origin, mesh.points[mesh.following] - origin
    return np.add.reduceat(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], starts) / 2


def _outlines(
    net: Network, prefix: Sequence[Layer], mesh: Mesh, tolerance: float
) -> list[list[np.ndarray]]:
    """The outline of every cell at the input and behind every layer of ``net``."""
    straight = len(prefix) + 1
    corners = [points[mesh.loops] for points in net.trace(mesh.points).points[:straight]]
    outlines = [_split(points, mesh.starts) for points in corners]
    if straight <= len(net):
        closed = [np.concatenate([polygon, polygon[:1]]) for polygon in outlines[0]]
        bundle = trace_polylines(net, closed, tolerance=tolerance)
        for points in bundle.points[straight:]:
            outlines.append([part[:-1] for part in _split(points, bundle.offsets[:-1])])
    return outlines


def _split(points: np.ndarray, starts: np.ndarray) -> list[np.ndarray]:
    """Stacked rows as one read-only array for each start."""
    points.flags.writeable = False
    return np.split(points, starts[1:])
