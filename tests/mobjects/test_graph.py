"""The swinging graph keeps its lengths, its samples on its axis, and its curve in place."""

import numpy as np
import pytest

from mobjects.graph import SwingingGraph


@pytest.fixture
def graph() -> SwingingGraph:
    x = np.linspace(-1, 1, 21)
    return SwingingGraph(
        (-1, 1),
        4.0,
        (-2.0, -1.0),
        curve=np.stack([x, x**2], axis=1),
        inputs=np.array([-1.0, 0.5]),
        outputs=np.array([1.0, 0.25]),
        rise=3.0,
        ticks=(-1, 0, 1),
    )


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 1.0])
def test_the_axis_turns_without_changing_its_length(graph, share):
    graph.swing(share)
    start, end = graph.y_axis.line.points[:2]
    angle = np.arctan2(*(end - start)[1::-1])
    assert np.linalg.norm(end - start) == pytest.approx(4)
    assert angle == pytest.approx(np.pi / 2 * (1 - share))


@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_samples_ride_on_the_axis(graph, share):
    graph.travel(2).swing(share)
    np.testing.assert_allclose(graph.images.points, graph.y_axis.at([1.0, 0.25]), atol=1e-12)


def test_samples_pass_the_curve_on_their_way(graph):
    graph.travel(1)
    np.testing.assert_allclose(graph.images.points[1], [1.0, -1 + 4 * (1.25 / 2), 0], atol=1e-12)
    np.testing.assert_allclose(graph.images.points[0], graph.curve.points[0], atol=1e-12)


def test_the_tip_only_falls(graph):
    heights = [graph.swing(s).y_axis.line.points[1, 1] for s in np.linspace(0, 1, 50)]
    assert (np.diff(heights) < 1e-9).all()
