"""The datasets: what they promise, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from sklearn import datasets as sk

from model.datasets import DATASETS, MAX_POINTS, Dataset, blobs, circles, make_dataset, moons


def separable(dataset: Dataset) -> bool:
    """Whether a line has the two classes strictly on its two sides, by a linear program."""
    sign = 2.0 * dataset.labels - 1
    rows = -sign[:, None] * np.column_stack([dataset.points, np.ones(len(dataset))])
    found = linprog(np.zeros(3), rows, -np.ones(len(dataset)), bounds=[(None, None)] * 3)
    return bool(found.success)


@pytest.mark.parametrize("name", DATASETS)
@given(n=st.integers(6, 300), seed=st.integers(0, 2**40))
@settings(max_examples=15, deadline=None)
def test_each_is_balanced_bounded_and_reproducible(name: str, n: int, seed: int) -> None:
    data, again = make_dataset(name, n, seed=seed), make_dataset(name, n, seed=seed)
    assert data.points.shape == (n, 2)
    assert data.points.dtype == np.float64
    assert data.name == name
    assert np.array_equal(data.points, again.points)
    assert np.array_equal(data.labels, again.labels)
    assert np.ptp(np.bincount(data.labels, minlength=data.classes)) <= 1
    assert np.abs(data.points).max() < 2.6


@pytest.mark.parametrize("name", DATASETS)
def test_seeds_differ_and_points_lie_around_the_origin(name: str) -> None:
    data = make_dataset(name)
    assert not np.array_equal(data.points, make_dataset(name, seed=1).points)
    assert np.abs(data.points.mean(axis=0)).max() < 0.3
    assert 1.0 < np.abs(data.points).max() < 2.0


def test_order_tells_nothing_of_the_class() -> None:
    labels = make_dataset("horseshoe").labels
    assert 0.4 < labels[:300].mean() < 0.6


@pytest.mark.parametrize(
    "name", ["stripes", "wedge", "ring", "horseshoe", "moons", "circles", "spirals"]
)
def test_no_line_separates_them(name: str) -> None:
    assert not separable(make_dataset(name))


def test_the_linear_program_knows_a_separable_set() -> None:
    assert separable(blobs(classes=2, spread=0.1))


def test_the_horseshoe_holds_a_blue_point_within_its_red_hull() -> None:
    data = make_dataset("horseshoe")
    red, centre = data.points[data.labels == 1], data.points[data.labels == 0].mean(axis=0)
    found = linprog(
        np.zeros(len(red)), A_eq=np.vstack([red.T, np.ones(len(red))]), b_eq=[*centre, 1.0]
    )
    assert found.success
    assert np.allclose(found.x @ red, centre)


@pytest.mark.parametrize(
    ("mine", "theirs", "shift", "scale"),
    [
        (moons(500, noise=0.0), sk.make_moons(4000)[0], [0.5, 0.25], 1.0),
        (circles(500, noise=0.0), sk.make_circles(4000, factor=0.5)[0], [0.0, 0.0], 1 / 1.2),
    ],
)
def test_curves_are_those_of_scikit_learn(
    mine: Dataset, theirs: np.ndarray, shift: list[float], scale: float
) -> None:
    points = mine.points * scale + shift
    gap = np.linalg.norm(points[:, None] - theirs[None], axis=2).min(axis=1)
    assert gap.max() < 2e-3


def test_one_hot_targets_are_the_book_s() -> None:
    data = Dataset([[0, 0], [1, 1]], [0, 1])
    assert data.class_names == ("blue", "red")
    assert data.one_hot.tolist() == [[1, 0], [0, 1]]


def test_dataset_is_its_own_copy_and_cannot_be_changed() -> None:
    points = np.zeros((2, 2))
    data = Dataset(points, [0, 1])
    points[:] = 7
    assert not data.points.any()
    for array in (data.points, data.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([[0.0, np.nan]], [0]), "points: 1 of 2 values are not finite"),
        (([1.0, 2.0], [0, 1]), r"points: got shape \(2,\), want 2 axes"),
        (([[0, 0]], [0, 1]), "labels: got 2 for 1 points, want one each"),
        (([[0, 0]], [2]), "labels: got 2, want integers 0 to 1"),
        (([[0, 0]], [-1]), "labels: got -1, want integers 0 to 1"),
        (([[0, 0]], [0.5]), "labels: got 0.5, want integers 0 to 1"),
        (([[0, 0]], [1e300]), "labels: got 1e.300, want integers 0 to 1"),
        (([[0, 0]], [0], ("blue",)), "class_names: .* at least two different names"),
        (([[0, 0]], [0], ("blue", "blue")), "class_names: .* at least two different names"),
    ],
)
def test_dataset_refuses(arguments: tuple, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Dataset(*arguments)


@pytest.mark.parametrize(
    ("name", "n", "seed", "message"),
    [
        ("moon", 10, 0, "name: got 'moon', want one of stripes, wedge"),
        ("moons", 1, 0, "n: got 1, want 2"),
        ("moons", MAX_POINTS + 1, 0, "n: got 1000001, want 2"),
        ("moons", 10, -1, "seed: got -1, want 0 or more"),
    ],
)
def test_make_dataset_refuses(name: str, n: int, seed: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_dataset(name, n, seed=seed)


def test_too_many_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="classes: got 7, want 2 to 6"):
        blobs(classes=7)
