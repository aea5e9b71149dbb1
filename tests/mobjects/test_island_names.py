"""Names beside islands of points."""

from __future__ import annotations

import numpy as np

from mobjects.island_names import beside

LOW, HIGH = np.array([-5.0, -3.0]), np.array([5.0, 3.0])
SIZES = np.full((3, 2), [1.0, 0.4])


def test_names_stand_outwards_where_there_is_room() -> None:
    middles = np.array([[-2.0, 0.0], [2.0, 0.0], [0.0, 2.0]])
    around = np.stack(np.meshgrid(*2 * [np.linspace(-0.3, 0.3, 5)]), axis=-1).reshape(-1, 2)
    points = np.concatenate([middle + around for middle in middles])
    spots = beside(middles, np.full((3, 2), 0.4), points, LOW, HIGH)
    assert spots[0, 0] < -2.3
    assert spots[1, 0] > 2.3
    assert spots[2, 1] > 2.3


def test_names_stay_inside_and_apart_and_clear_of_points() -> None:
    rng = np.random.default_rng(3)
    middles = np.array([[4.5, 2.8], [4.4, 2.6], [0.0, 0.0]])
    points = np.concatenate([m + 0.2 * rng.normal(size=(40, 2)) for m in middles])
    spots = beside(middles, SIZES, points, LOW, HIGH)
    assert (spots - SIZES / 2 >= LOW).all()
    assert (spots + SIZES / 2 <= HIGH).all()
    assert (np.abs(spots[:, None] - points) >= SIZES[:, None] / 2).any(axis=2).all()
    for i in range(3):
        for j in range(i):
            assert (np.abs(spots[i] - spots[j]) >= SIZES[0] - 1e-9).any()
