"""A box cut into convex cells that share their vertices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int, Int8

from model.geometry.kinks import bends, largest_sums, signs
from model.geometry.shapes import square
from model.layers import Layer


@dataclass(frozen=True, eq=False)
class Mesh:
    """Convex cells that tile a box.

    A continuous map has one value at a vertex whatever the cell, so the values
    are kept by vertex, and neighbours share every vertex of their common edge.

    Attributes
    ----------
    points
        (n, 2) the vertices at the input.
    values
        (n, d) the vertices at the layer reached.
    loops
        (e,) the vertices of each cell counter-clockwise, cell by cell.
    cells
        (e,) the cell each entry of ``loops`` belongs to, rising from 0.
    """

    points: Float[np.ndarray, "n 2"]
    values: Float[np.ndarray, "n d"]
    loops: Int[np.ndarray, " e"]
    cells: Int[np.ndarray, " e"]

    @property
    def starts(self) -> Int[np.ndarray, " cells"]:
        """Where each cell's loop starts."""
        return np.flatnonzero(np.diff(self.cells, prepend=-1))

    @property
    def following(self) -> Int[np.ndarray, " e"]:
        """The vertex that follows each entry of ``loops`` around its cell."""
        return self.loops[_next_entry(self.cells)]


def box_mesh(box: Float[np.ndarray, "2 2"]) -> Mesh:
    """The box as a single cell."""
    corners = square(box)[:-1]
    return Mesh(corners, corners, np.arange(4), np.zeros(4, dtype=np.int64))


def cut(
    mesh: Mesh, height: Float[np.ndarray, " n"], side: Int8[np.ndarray, " n"]
) -> tuple[Mesh, Int[np.ndarray, " cells"], Bool[np.ndarray, " cells"]]:
    """Cut every cell along the line where ``height`` is zero.

    Parameters
    ----------
    mesh
        The cells.
    height
        A value for each vertex, affine within every cell.
    side
        Its sign, 0 where it counts as zero.

    Returns
    -------
    The new mesh; the old cell each new one is part of; whether the height is
    positive in it.
    """
    entry_side = side[mesh.loops]
    above = np.maximum.reduceat(entry_side, mesh.starts) > 0
    below = np.minimum.reduceat(entry_side, mesh.starts) < 0
    crossed = above & below
    if not crossed.any():
        return mesh, np.arange(len(above)), above
    inside = crossed[mesh.cells]
    loops, cells = mesh.loops[inside], mesh.cells[inside]
    edge = np.stack([loops, loops[_next_entry(cells)]], axis=1)
    split = np.flatnonzero(side[edge].prod(axis=1) < 0)
    ends, index = _unique_edges(edge[split], len(side))
    fraction = (height[ends[:, 0]] / (height[ends[:, 0]] - height[ends[:, 1]]))[:, None]
    loops = np.insert(loops, split + 1, len(side) + index)
    cells = np.insert(cells, split + 1, cells[split])
    entry_side = np.concatenate([side, np.zeros(len(ends), dtype=np.int8)])[loops]
    upper, lower = entry_side >= 0, entry_side <= 0
    label = np.cumsum(crossed) - 1 + len(crossed)  # of the part below
    all_loops = np.concatenate([mesh.loops[~inside], loops[upper], loops[lower]])
    all_cells = np.concatenate([mesh.cells[~inside], cells[upper], label[cells[lower]]])
    order = np.argsort(all_cells, kind="stable")
    parent = np.concatenate([np.arange(len(crossed)), np.flatnonzero(crossed)])
    positive = np.concatenate([above, np.zeros(int(crossed.sum()), dtype=bool)])
    new = Mesh(
        _with_points_between(mesh.points, ends, fraction),
        _with_points_between(mesh.values, ends, fraction),
        all_loops[order],
        all_cells[order],
    )
    return new, parent, positive


def cut_at_kinks(
    layers: tuple[Layer, ...], mesh: Mesh
) -> tuple[Mesh, list[Bool[np.ndarray, "cells _"]], Float[np.ndarray, " d"]]:
    """Cut the mesh wherever a unit of piecewise-linear layers switches.

    Returns the mesh with the values behind the last layer, the active units of
    every cell at each layer that bends, and the last layer's largest sums.
    """
    sums = np.abs(mesh.points).max(axis=0)
    patterns: list[np.ndarray] = []
    for layer in layers:
        sums = largest_sums(layer, mesh.values, sums)
        if bends(layer):
            mesh, patterns = _cut_at_units(mesh, patterns, sums)
        mesh = Mesh(mesh.points, layer.forward(mesh.values), mesh.loops, mesh.cells)
    return mesh, patterns, sums


def _cut_at_units(
    mesh: Mesh, patterns: list[np.ndarray], sums: Float[np.ndarray, " d"]
) -> tuple[Mesh, list[np.ndarray]]:
    """Cut the mesh at the zero line of each unit and note the cells' patterns."""
    pattern = np.zeros((int(mesh.cells[-1]) + 1, len(sums)), dtype=bool)
    for unit in range(len(sums)):
        height = mesh.values[:, unit]
        mesh, parent, active = cut(
            mesh, height, signs(height[:, None], sums[unit : unit + 1])[:, 0]
        )
        patterns = [earlier[parent] for earlier in patterns]
        pattern = pattern[parent]
        pattern[:, unit] = active
    return mesh, [*patterns, pattern]


def _next_entry(cells: Int[np.ndarray, " e"]) -> Int[np.ndarray, " e"]:
    """For each entry of loops, the index of the entry that follows around its cell."""
    start = np.flatnonzero(np.diff(cells, prepend=-1))
    following = np.arange(1, len(cells) + 1)
    following[np.append(start[1:], len(cells)) - 1] = start
    return following


def _unique_edges(
    edge: Int[np.ndarray, "e 2"], n: int
) -> tuple[Int[np.ndarray, "unique 2"], Int[np.ndarray, " e"]]:
    """The edges without regard to direction, and which of them each one is."""
    low, high = edge.min(axis=1), edge.max(axis=1)
    key, index = np.unique(low * n + high, return_inverse=True)
    return np.stack([key // n, key % n], axis=1), index


def _with_points_between(
    values: Float[np.ndarray, "n d"],
    ends: Int[np.ndarray, "e 2"],
    fraction: Float[np.ndarray, "e 1"],
) -> Float[np.ndarray, "m d"]:
    """``values``, followed by those that far along the edges."""
    start, end = values[ends[:, 0]], values[ends[:, 1]]
    return np.concatenate([values, start + fraction * (end - start)])
