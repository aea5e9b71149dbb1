"""The movements of a layer: right ends, proper turns, no collapse on the way."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model import L2Norm, Linear, ReLU
from model.motion import layer_moves, linear_factors, linear_moves, linear_path

ENTRIES = st.floats(-3, 3, width=32)
FEW = settings(max_examples=60, deadline=None)


def matrices(rows: int, columns: int):
    return arrays(np.float64, (rows, columns), elements=ENTRIES)


def determinants(frames: np.ndarray) -> np.ndarray:
    """Of the affine map at each keyframe, from the images of the corners (0, 1, 0), ..."""
    return np.linalg.det(np.swapaxes(frames[:, 1:] - frames[:, :1], 1, 2))


@FEW
@given(st.integers(1, 4).flatmap(lambda d: matrices(d, d)))
def test_factors_give_the_matrix_back_by_proper_turns(weight: np.ndarray) -> None:
    before, stretch, after = linear_factors(weight)
    np.testing.assert_allclose(after @ np.diag(stretch) @ before, weight, atol=1e-10)
    for turn in (before, after):
        np.testing.assert_allclose(turn @ turn.T, np.eye(len(weight)), atol=1e-10)
        assert np.linalg.det(turn) == pytest.approx(1)
    assert (stretch < 0).sum() <= 1


@FEW
@given(
    st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(lambda s: matrices(*s)),
    st.integers(2, 7),
)
def test_a_path_begins_at_the_points_and_ends_at_the_image(weight: np.ndarray, n: int) -> None:
    rng = np.random.default_rng(0)
    layer = Linear(weight, rng.normal(size=len(weight)))
    points = rng.normal(size=(5, weight.shape[1]))
    path = linear_path(layer, points, n)
    d = max(weight.shape)
    assert all(frame.shape == (5, d) for frame in path)
    np.testing.assert_array_equal(path[0][:, : weight.shape[1]], points)
    np.testing.assert_array_equal(path[-1][:, : len(weight)], layer(points))
    assert not path[0][:, weight.shape[1] :].any()
    assert not path[-1][:, len(weight) :].any()


@FEW
@given(st.integers(1, 4).flatmap(lambda d: matrices(d, d)))
def test_each_move_begins_where_the_last_ended_and_keeps_what_its_name_says(
    weight: np.ndarray,
) -> None:
    d = len(weight)
    corners = np.vstack([np.zeros(d), np.eye(d)])
    moves = linear_moves(Linear(weight, np.ones(d)), corners, 9)
    for one, two in pairwise(moves):
        np.testing.assert_allclose(one.frames[-1], two.frames[0], atol=1e-8)
    for move in moves:
        if move.name in ("turn", "shift"):
            gram = move.frames[:, 1:] - move.frames[:, :1]
            lengths = np.linalg.norm(gram, axis=2)
            np.testing.assert_allclose(lengths, lengths[:1].repeat(9, 0), atol=1e-8)


@FEW
@given(st.integers(1, 3).flatmap(lambda d: matrices(d, d)))
def test_nothing_collapses_that_the_weight_does_not_collapse(weight: np.ndarray) -> None:
    det = float(np.linalg.det(weight))
    d = len(weight)
    corners = np.vstack([np.zeros(d), np.eye(d)])
    moves = linear_moves(Linear(weight), corners, 15)
    flips = [move for move in moves if move.name == "flip"]
    if det > 1e-9:
        assert not flips
    if det < -1e-9:
        assert len(flips) == 1
    for move in moves:
        seen = np.abs(determinants(move.frames))
        if move.name != "flip":
            assert seen.min() >= min(1, abs(det)) - 1e-9


def test_a_pure_rotation_is_one_turn_and_a_mirror_is_one_flip() -> None:
    a = np.pi / 3
    rotation = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    moves = linear_moves(Linear(rotation), corners, 3)
    assert [move.name for move in moves] == ["turn"]
    half = [[np.cos(a / 2), np.sin(a / 2)], [-np.sin(a / 2), np.cos(a / 2)]]
    np.testing.assert_allclose(moves[0].frames[1][1:], half)
    assert [m.name for m in linear_moves(Linear(np.diag([1.0, -1.0])), corners)] == ["flip"]
    assert [m.name for m in linear_moves(Linear(-np.eye(2)), corners)] == ["turn"]


def test_the_identity_and_a_pure_shift() -> None:
    points = np.array([[1.0, 2.0]])
    still = linear_path(Linear(np.eye(2)), points, 4)
    np.testing.assert_array_equal(still, np.tile(points, (4, 1, 1)))
    shifted = linear_moves(Linear(np.eye(2), [1, 0]), points, 3)
    assert [move.name for move in shifted] == ["shift"]
    np.testing.assert_allclose(shifted[0].frames[:, 0], [[1, 2], [1.5, 2], [2, 2]])


def test_layers_that_are_not_linear_move_straight() -> None:
    points = np.array([[-2.0, 1.0], [3.0, -4.0]])
    (relu,) = layer_moves(ReLU(), points, 3)
    np.testing.assert_allclose(relu.frames[1], [[-1, 1], [3, -2]])
    np.testing.assert_array_equal(relu.frames[-1], ReLU()(points))
    (norm,) = layer_moves(L2Norm(), points, 5)
    cross = norm.frames[..., 0] * points[:, 1] - norm.frames[..., 1] * points[:, 0]
    np.testing.assert_allclose(cross, 0, atol=1e-12)
    assert layer_moves(Linear(2 * np.eye(2)), points)[0].name == "stretch"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear_factors(np.ones((2, 3))), r"weight: got shape \(2, 3\), want a square"),
        (lambda: linear_path(Linear(np.eye(2)), [[1.0, 2.0, 3.0]]), r"points: got shape \(1, 3\)"),
        (lambda: linear_path(Linear(np.eye(2)), [[1.0, 2.0]], 1), "n_frames: got 1, want at least"),
    ],
)
def test_bad_input_is_named(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()
