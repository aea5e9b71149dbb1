"""The blob: its parts stand where the plane says, and glide to another plane."""

from __future__ import annotations

import numpy as np

from mobjects.axis import Plane
from mobjects.blob import Blob, Parts

HERE = Plane((-2, 2), (-2, 2), 4.0, (-3, 0))
THERE = Plane((-2, 2), (-2, 2), 2.0, (3, 1))
GRID = np.array([[-1.0, 0], [1, 0], [0, -1], [0, 1]])
RING = np.array([[1.0, 0], [0, 1], [-1, 0], [1, 0]])
POINTS = np.array([[0.5, 0.25], [-1, 1]])
PARTS = Parts(GRID, RING, POINTS)


def blob() -> Blob:
    return Blob(HERE, PARTS, np.array([0, 2, 4]), np.array([0, 4]))


def batches(drawn: Blob) -> tuple:
    return drawn.grid, drawn.contours, drawn.cloud


def test_parts_stand_on_the_plane() -> None:
    for batch, part in zip(batches(blob()), PARTS, strict=True):
        np.testing.assert_allclose(batch.points, HERE.at(part))


def test_keyframes_run_on_the_plane_and_from_plane_to_plane() -> None:
    frames = Parts(*(np.stack([part, 1.5 * part, 2 * part]) for part in PARTS))
    for target in (None, THERE):
        drawn = blob()
        runs = drawn.through(frames, target)
        for run, batch, part in zip(runs, batches(drawn), PARTS, strict=True):
            run.rate_func = lambda share: share
            run.interpolate_mobject(0.5)
            middle = HERE.at(1.5 * part)
            if target is not None:
                middle = (middle + target.at(1.5 * part)) / 2
            np.testing.assert_allclose(batch.points, middle)
            run.interpolate_mobject(1.0)
            np.testing.assert_allclose(batch.points, (target or HERE).at(2 * part))
