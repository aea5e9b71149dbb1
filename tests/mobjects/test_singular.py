"""Humps, disc and band: as high, large and wide as the densities and the mass that they show."""

from __future__ import annotations

import numpy as np

from mobjects.axis import Plane
from mobjects.singular import AroundCircle, OnTheAxes, part_colors, parts_table

PLANE = Plane((-2, 2), (-2, 2), 8.0, (1, -1))
T = np.linspace(0.01, 3, 300)
GRAPHS = np.stack([T, np.exp(-T)], axis=1), np.stack([T, 0.5 * np.exp(-2 * T)], axis=1)


def humps(drawn: OnTheAxes) -> list[np.ndarray]:
    return [PLANE.value(hump[1].points) for hump in drawn[:2]]


def test_humps_lie_outside_the_quadrant_to_one_scale_and_end_with_the_plane() -> None:
    drawn = humps(OnTheAxes(PLANE, *GRAPHS, 0.2))
    for axis, (hump, graph) in enumerate(zip(drawn, GRAPHS, strict=True)):
        kept = graph[graph[:, 0] <= 2]
        np.testing.assert_allclose(hump[:, axis], kept[:, 0])
        np.testing.assert_allclose(hump[:, 1 - axis], -3.5 * kept[:, 1])


def test_the_area_of_the_disc_goes_with_the_mass_and_the_plane() -> None:
    small = Plane((-2, 2), (-2, 2), 4.0)
    one, four, less = (
        OnTheAxes(plane, *GRAPHS, mass)[2]
        for plane, mass in ((PLANE, 0.2), (PLANE, 0.8), (small, 0.2))
    )
    np.testing.assert_allclose(one.points, PLANE.at(np.zeros((1, 2))))
    np.testing.assert_allclose([four.radius / one.radius, less.radius / one.radius], [2, 0.5])


def test_the_band_runs_from_the_circle_to_its_edge() -> None:
    angle = np.linspace(-np.pi, np.pi, 9)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    ((area, edge),) = AroundCircle(PLANE, circle, 1.5 * circle)
    np.testing.assert_allclose(PLANE.value(edge.points), 1.5 * circle, atol=1e-12)
    np.testing.assert_allclose(PLANE.value(area.points)[9:], circle[::-1], atol=1e-12)


def test_heads_end_where_their_numbers_do() -> None:
    table = parts_table([0.4, 0.3, 0.2, 0.1], [0.41, 0.29, 0.2, 0.1], 2000)
    for head, column in zip(table.heads, (table.exact, table.counted), strict=True):
        np.testing.assert_allclose(head.get_right()[0], column.get_right()[0])
    assert len(set(part_colors())) == len(table.names) == 4
    assert "2,000 points" in table.notes[-1].markup
