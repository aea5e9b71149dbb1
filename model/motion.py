"""How a layer acts, as movements: keyframes of datapoints on their way through it.

A linear layer is taken apart by its singular value decomposition, W = U S V^T:
turn by V^T, stretch along the axes by S, turn by U, then shift by b. Only the
first and the last keyframe are the network's; what lies between is display.
"""

from __future__ import annotations

from itertools import permutations, product
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.linalg import schur

from model.checks import ArrayLike, FloatArray, as_points
from model.layers import Layer, Linear

_SMALL = 1e-12
_MOST_AXES = 4  # up to which every order and sign of the singular vectors is tried


class Move(NamedTuple):
    """One part of a layer's action.

    Attributes
    ----------
    name
        ``turn``, ``stretch``, ``flip``, ``shift``, or ``move`` where the layer
        is not linear.
    frames
        Keyframes (k, n, d) of the datapoints; a move begins where the one
        before it ended.
    """

    name: str
    frames: Float[np.ndarray, "k n d"]


class Factors(NamedTuple):
    """W = after @ diag(stretch) @ before, with proper turns (determinant +1) on both sides.

    Attributes
    ----------
    before, after
        (d, d) rotations: V^T and U, their signs and order chosen so that they
        turn as little as may be.
    stretch
        (d,) factors along the axes. All are at least 0 unless W turns the
        space over (det W < 0): then the smallest in size is negative.
    """

    before: Float[np.ndarray, "d d"]
    stretch: Float[np.ndarray, " d"]
    after: Float[np.ndarray, "d d"]


def linear_factors(weight: ArrayLike) -> Factors:
    """Take a square matrix apart into turn, stretch, turn.

    Raises
    ------
    ValueError
        When ``weight`` is not a finite square matrix.
    """
    matrix = as_points(weight, "weight")
    if matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"weight: got shape {matrix.shape}, want a square matrix (d, d)")
    u, s, vt = np.linalg.svd(matrix)
    s = s.copy()
    for turn in (u.T, vt):
        if np.linalg.det(turn) < 0:
            turn[-1] *= -1
            s[-1] *= -1
    if abs(s[-1]) <= _SMALL * max(s[0], _SMALL):
        s[-1] = 0.0
    return _least_turning(Factors(vt, s, u))


def linear_moves(layer: Linear, points: ArrayLike, n_frames: int = 16) -> list[Move]:
    """The parts of a linear layer's action, in order; parts that move nothing are left out.

    On the way the space never collapses unless W collapses it, with one
    exception that no path in the plane avoids: a W of negative determinant
    turns the space over. This is its own move, ``flip``: a half turn about an
    axis *through one more dimension*, of which the keyframes are the shadow.
    Halfway the space is seen edge-on; it is not collapsed.

    Where the layer changes the dimension, all keyframes have the greater of
    the two, the missing coordinates being 0.

    Parameters
    ----------
    layer
        The linear layer.
    points
        (n, d_in) datapoints, or vertices of lines.
    n_frames
        Keyframes of each move, its first and last included; at least 2.

    Raises
    ------
    ValueError
        When the layer is not linear, the points do not fit it, or
        ``n_frames`` is below 2.
    """
    if not isinstance(layer, Linear):
        raise ValueError(f"layer: got {layer!r}, want a Linear layer")
    rows = _checked(layer, points, n_frames)
    start, weight, bias = _padded(layer, rows)
    before, stretch, after = linear_factors(weight)
    share = np.linspace(0, 1, n_frames)
    size = np.abs(stretch)
    stretched, flipped = size[:, None] * before, stretch[:, None] * before
    scales = 1 + share[:, None] * (size - 1)
    flips = np.where(stretch < 0, np.cos(np.pi * share)[:, None], 1.0)
    parts = [
        ("turn", _turns(before, share)),
        ("stretch", scales[:, :, None] * before),
        ("flip", flips[:, :, None] * stretched),
        ("turn", _turns(after, share) @ flipped),
    ]
    moves = [Move(name, start @ np.swapaxes(maps, 1, 2)) for name, maps in parts if _acts(maps)]
    moves.append(Move("shift", start @ weight.T + share[:, None, None] * bias))
    return _joined(moves, start, _widened(layer.forward(rows), len(weight)))


def linear_path(
    layer: Linear, points: ArrayLike, n_frames: int = 16
) -> list[Float[np.ndarray, "n d"]]:
    """The keyframes of :func:`linear_moves` in one list, each (n, d), shared ends once.

    The first is the points, the last exactly ``layer(points)`` (coordinates
    that one side lacks being 0).

    Raises
    ------
    ValueError
        As :func:`linear_moves`.
    """
    moves = linear_moves(layer, points, n_frames)
    return [moves[0].frames[0], *(frame for move in moves for frame in move.frames[1:])]


def layer_moves(layer: Layer, points: ArrayLike, n_frames: int = 16) -> list[Move]:
    """:func:`linear_moves` of a linear layer; of any other, one straight move to the image.

    Behind relu and L2-norm the straight way is along the axes and along the
    rays; in no case is what lies between the ends a value of the network.

    Raises
    ------
    ValueError
        When the points do not fit or ``n_frames`` is below 2.
    """
    if isinstance(layer, Linear):
        return linear_moves(layer, points, n_frames)
    rows = _checked(layer, points, n_frames)
    share = np.linspace(0, 1, n_frames)[:, None, None]
    frames = (1 - share) * rows + share * layer.forward(rows)
    return [Move("move", frames)]


def _checked(layer: Layer, points: ArrayLike, n_frames: int) -> FloatArray:
    if n_frames < 2:
        raise ValueError(f"n_frames: got {n_frames}, want at least 2")
    return as_points(points, "points", dim=layer.in_dim)


def _padded(layer: Linear, rows: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Points, weight and bias in the greater of the layer's two dimensions."""
    d = max(layer.weight.shape)
    weight, bias = np.zeros((d, d)), np.zeros(d)
    weight[: layer.out_dim, : layer.in_dim] = layer.weight
    bias[: layer.out_dim] = layer.bias
    return _widened(rows, d), weight, bias


def _widened(rows: FloatArray, d: int) -> FloatArray:
    return np.pad(rows, ((0, 0), (0, d - rows.shape[1])))


def _least_turning(factors: Factors) -> Factors:
    """The same matrix with its axes in the order and signs that turn least in sum."""
    before, stretch, after = factors
    if len(stretch) > _MOST_AXES:
        return factors
    swaps = _signed_orders(len(stretch))
    turned = np.trace(swaps @ before, axis1=1, axis2=2)
    turned = turned + np.trace(after @ np.swapaxes(swaps, 1, 2), axis1=1, axis2=2)
    swap = swaps[np.argmax(np.round(turned, 12))]
    return Factors(swap @ before, np.abs(swap) @ stretch, after @ swap.T)


def _signed_orders(d: int) -> FloatArray:
    """All (d, d) signed permutation matrices of determinant +1."""
    signs = np.array(list(product([1.0, -1.0], repeat=d)))
    orders = np.eye(d)[np.array(list(permutations(range(d))))]
    every = (signs[:, None, :, None] * orders).reshape(-1, d, d)
    return every[np.linalg.det(every) > 0]


def _turns(rotation: FloatArray, share: FloatArray) -> FloatArray:
    """The rotation carried out in steps, (k, d, d): each plane of it at a constant rate."""
    blocks, basis = schur(rotation, output="real")
    angles = _plane_angles(blocks)
    steps = np.tile(np.eye(len(rotation)), (len(share), 1, 1))
    for i, j, angle in angles:
        turn = angle * share
        steps[:, i, i] = steps[:, j, j] = np.cos(turn)
        steps[:, j, i] = np.sin(turn)
        steps[:, i, j] = -np.sin(turn)
    return basis @ steps @ basis.T


def _plane_angles(blocks: FloatArray) -> list[tuple[int, int, float]]:
    """The planes (two axes) of a rotation in Schur form and the angle in each."""
    d, i, planes, halves = len(blocks), 0, [], []
    while i < d:
        if i + 1 < d and abs(blocks[i + 1, i]) > _SMALL:
            planes.append((i, i + 1, float(np.arctan2(blocks[i + 1, i], blocks[i, i]))))
            i += 2
            continue
        if blocks[i, i] < 0:
            halves.append(i)
        i += 1
    pairs = zip(halves[::2], halves[1::2], strict=True)
    return [*planes, *((a, b, float(np.pi)) for a, b in pairs)]


def _acts(maps: FloatArray) -> bool:
    return bool(np.abs(maps[-1] - maps[0]).max() > 1e-9)


def _joined(moves: list[Move], start: FloatArray, end: FloatArray) -> list[Move]:
    """The moves whose last keyframe differs from their first, ends set exactly."""
    *parts, shift = moves
    kept = [*parts, shift] if _acts(shift.frames) or not parts else parts
    kept[0].frames[0], kept[-1].frames[-1] = start, end
    return kept
