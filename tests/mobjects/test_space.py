"""The projection of the cube, and the cube drawn by it."""

from __future__ import annotations

import numpy as np

from mobjects.space import OctantCube, seen


def test_the_view_is_a_rotation_seen_in_perspective() -> None:
    points = np.random.default_rng(1).normal(size=(20, 3))
    flat = seen(points, 0.7, 0.3, distance=1e9)
    np.testing.assert_allclose(np.linalg.norm(flat, axis=1), np.linalg.norm(points, axis=1))
    np.testing.assert_allclose(seen(np.eye(3), 0.0, 0.0)[1:], [[1, 0, 0], [0, 1, 0]], atol=1e-12)
    near = seen(np.array([[1.0, 0.5, 0.0]]), 0.0, 0.0, distance=3.0)
    np.testing.assert_allclose(near, [[0.5 * 3 / 2, 0, 1]])
    np.testing.assert_allclose(seen(points, 0.7 + 2 * np.pi, 0.3), seen(points, 0.7, 0.3))


def test_the_cube_draws_its_points_where_they_are_seen() -> None:
    points = np.random.default_rng(2).uniform(-1, 1, (50, 3))
    cube = OctantCube(
        points, "#ffffff", (1, 2, 0), 0.5, azimuth=0.0, elevation=0.4, color="#00ff00"
    ).set_view(1.1)
    place = [1, 2, 0] + 0.5 * seen(points, 1.1, 0.4) * [1, 1, 0]
    order = np.lexsort(place.T)
    np.testing.assert_allclose(cube.cloud.points[np.lexsort(cube.cloud.points.T)], place[order])
    assert len(cube.edges.offsets) - 1 == len(cube.frame.offsets) - 1 == 12
