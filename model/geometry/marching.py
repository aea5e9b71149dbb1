"""Where a smooth classifier cannot decide: points found on a fine mesh, each to rounding.

The mesh only finds where to look. Every vertex is then brought onto the tie by
bisection through the network itself; between vertices the line is a chord.
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Bool, Float, Int

from model.checks import ArrayLike
from model.geometry.shapes import as_box
from model.network import Network

_HALVINGS = 48
_LEVELS = 12  # how often a triangle in which three classes meet is quartered


def sampled_boundary(
    net: Network, box: ArrayLike, *, cells: int = 120
) -> Float[np.ndarray, "s 2 2"]:
    """Segments along which the largest output of any network changes hands.

    Marching triangles (as marching squares, without their ambiguous case) on
    a mesh of ``cells`` squares each way, every one cut in two. A triangle in
    which three classes meet is quartered, again and again.

    Parameters
    ----------
    net
        Any network on a 2-D input.
    box
        ``((xmin, xmax), (ymin, ymax))`` or ``(xmin, xmax, ymin, ymax)``.
    cells
        Squares of the mesh each way, at least 2.

    Returns
    -------
    (s, 2, 2) segment, end, coordinate. The two largest outputs tie at every
    end to rounding. What is thinner than a cell may be missed.

    Raises
    ------
    ValueError
        When the input is not 2-D, the box is no box, or ``cells`` is below 2.
    """
    edges = as_box(box)
    if net.in_dim not in (2, None):
        raise ValueError(f"net: got a network on a {net.in_dim}-D input, want a 2-D input")
    if cells < 2:
        raise ValueError(f"cells: got {cells}, want at least 2")
    axes = [np.linspace(low, high, cells + 1) for low, high in edges]
    mesh = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    winner, triangles = net(mesh).argmax(axis=1), _triangles(cells)
    corners, classes = mesh[triangles], winner[triangles]
    found = [_crossed(net, corners, classes)]
    for _ in range(_LEVELS):
        corners = _quarters(corners[_meeting(classes)])
        if not len(corners):
            break
        classes = net(corners.reshape(-1, 2)).argmax(axis=1).reshape(-1, 3)
        found.append(_crossed(net, corners, classes))
    return np.concatenate(found)


def _crossed(
    net: Network, corners: Float[np.ndarray, "t 3 2"], classes: Int[np.ndarray, "t 3"]
) -> Float[np.ndarray, "s 2 2"]:
    """One segment through every triangle with two classes."""
    odd = _odd_corner(classes)
    cut = np.flatnonzero(odd >= 0)
    apex, winner = corners[cut, odd[cut]], classes[cut, odd[cut]]
    ends = [_tie(net, apex, corners[cut, (odd[cut] + turn) % 3], winner) for turn in (1, 2)]
    return np.stack(ends, axis=1)


def _meeting(classes: Int[np.ndarray, "t 3"]) -> Bool[np.ndarray, " t"]:
    """Whether all three corners have different classes."""
    return np.all([classes[:, i] != classes[:, (i + 1) % 3] for i in range(3)], axis=0)


def _quarters(corners: Float[np.ndarray, "t 3 2"]) -> Float[np.ndarray, "q 3 2"]:
    """The four halves-sized triangles of each."""
    middles = (corners + np.roll(corners, -1, axis=1)) / 2
    tips = [np.stack([corners[:, i], middles[:, i], middles[:, i - 1]], axis=1) for i in range(3)]
    return np.concatenate([middles, *tips])


def _triangles(cells: int) -> Int[np.ndarray, "t 3"]:
    """The corners of both halves of every square, by index into the mesh."""
    at = np.arange((cells + 1) ** 2).reshape(cells + 1, cells + 1)
    a, b, c, d = at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]
    halves = [np.stack(corners, axis=-1).reshape(-1, 3) for corners in ((a, b, c), (a, c, d))]
    return np.concatenate(halves)


def _odd_corner(classes: Int[np.ndarray, "t 3"]) -> Int[np.ndarray, " t"]:
    """Which corner has another class than the other two, that are alike; -1 for none."""
    alike = [classes[:, (i + 1) % 3] == classes[:, (i + 2) % 3] for i in range(3)]
    odd = [alike[i] & (classes[:, i] != classes[:, (i + 1) % 3]) for i in range(3)]
    return np.where(np.any(odd, axis=0), np.argmax(odd, axis=0), -1)


def _tie(
    net: Network,
    start: Float[np.ndarray, "s 2"],
    end: Float[np.ndarray, "s 2"],
    winner: Int[np.ndarray, " s"],
) -> Float[np.ndarray, "s 2"]:
    """The places between starts and ends where ``winner`` stops winning."""
    low, high = np.zeros(len(start)), np.ones(len(start))
    if not len(start):
        return start
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        same = net(start + middle[:, None] * (end - start)).argmax(axis=1) == winner
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return start + ((low + high) / 2)[:, None] * (end - start)
