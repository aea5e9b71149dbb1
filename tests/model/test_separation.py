"""Straight cuts between classes, against what geometry and other programs say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import ConvexHull, Delaunay

from model import separation
from model.separation import parted


def test_interlocking_classes_are_not_parted_and_far_ones_are():
    points = np.array([[0.0, 0], [1, 1], [1, 0], [0, 1]])
    assert not parted(points, np.array([0, 0, 1, 1]))
    assert parted(points, np.array([0, 1, 1, 1]))
    assert parted(1e-9 * points + 7, np.array([0, 1, 0, 1]))


def test_three_classes_may_be_parted_in_pairs_but_not_by_one_classifier():
    rows = [[0.0], [1.0], [2.0]]
    assert parted(np.array(rows), np.array([0, 1, 2]))
    assert not parted(np.array([*rows, [3.0]]), np.array([0, 1, 2, 0]))
    angles = np.linspace(0, 2 * np.pi, 9, endpoint=False)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    assert parted(ring, np.arange(9) // 3)
    assert not parted(ring, np.arange(9) % 3)


@given(st.integers(0, 2**32), st.floats(0, 4), st.integers(4, 12))
@settings(max_examples=60, deadline=None)
def test_two_classes_are_parted_where_their_hulls_do_not_meet(seed, gap, count):
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(2, count, 2))
    other[:, 0] += gap
    points, labels = np.concatenate([one, other]), np.repeat([0, 1], count)
    assert parted(points, labels) != hulls_meet(one, other)


def hulls_meet(one, other) -> bool:
    """Whether two polygons share a point: one holds a corner of the other, or edges cross."""
    if any((Delaunay(a).find_simplex(b) >= 0).any() for a, b in ((one, other), (other, one))):
        return True
    edges = [points[ConvexHull(points).simplices] for points in (one, other)]
    return any(cross(*a, *b) for a in edges[0] for b in edges[1])


def cross(a, b, c, d) -> bool:
    def side(p, q, r):
        return np.sign((q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]))

    return side(a, b, c) != side(a, b, d) and side(c, d, a) != side(c, d, b)


def test_a_multiclass_answer_agrees_with_the_classifier_that_made_the_classes():
    rng = np.random.default_rng(0)
    points = rng.normal(size=(300, 3))
    scores = points @ rng.normal(size=(3, 4)) + rng.normal(size=4)
    first, second = np.sort(scores, axis=1)[:, -1], np.sort(scores, axis=1)[:, -2]
    clear = first - second > 0.05
    labels = scores.argmax(axis=1)
    assert parted(points[clear], labels[clear])
    labels[clear.argmax()] = scores[clear.argmax()].argmin()
    assert not parted(points[clear], labels[clear])


def test_what_would_take_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(separation, "MOST_NUMBERS", 23)
    with pytest.raises(ValueError, match="points: got 4 of 2 classes in 2 dimensions"):
        parted(np.zeros((4, 2)), np.array([0, 0, 1, 1]))
