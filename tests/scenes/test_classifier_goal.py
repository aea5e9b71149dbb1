"""What the clip of the classifier's goal shows, worked out another way."""

from __future__ import annotations

import numpy as np
import pytest

from mobjects.arrows import Arrows
from scenes import classifier_goal as clip


@pytest.fixture
def story() -> clip.ClassifierGoal:
    made = clip.ClassifierGoal()
    made.prepare()
    return made


def test_points_and_targets_are_drawn_where_they_are(story: clip.ClassifierGoal) -> None:
    data = clip.trajectory().dataset
    shown = story.source.view.value(story.cloud.points)
    np.testing.assert_allclose(shown, data.points, rtol=0, atol=1e-9)
    ends = story.goal.view.value(story.segment.points)
    np.testing.assert_allclose(ends, [[1, 0], [0, 1]], rtol=0, atol=1e-9)
    for label, target in enumerate(([1, 0], [0, 1])):
        ring = story.goal.view.value(story.rings[label].points)
        np.testing.assert_allclose(ring, [target], rtol=0, atol=1e-9)
    assert data.class_names == ("blue", "red")


def test_sliding_point_is_a_logistic_curve_on_the_segment() -> None:
    path = clip.sliding()
    np.testing.assert_allclose(path[:, 0], 1 / (1 + np.exp(-clip.SLIDE)), atol=1e-12)
    np.testing.assert_allclose(path.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(path[[0, -1]], 0.5)


@pytest.mark.parametrize("index", [0, -1])
def test_outputs_loss_and_accuracy_by_hand(index: int) -> None:
    run = clip.trajectory()
    h = run.dataset.points
    for layer in range(3):
        z = h @ run.weights[layer][index].T + run.biases[layer][index]
        h = np.maximum(z, 0)
    margin = z[:, 1] - z[:, 0]
    second = 1 / (1 + np.exp(-margin))
    shown = clip.outputs(index)
    np.testing.assert_allclose(shown, np.stack([1 - second, second], axis=1), rtol=0, atol=1e-9)
    of_its_class = np.where(run.dataset.labels == 1, second, 1 - second)
    assert run.losses[index] == pytest.approx(-np.log(of_its_class).mean(), abs=1e-9)
    assert run.accuracies[index] == pytest.approx((of_its_class > 0.5).mean())


def test_flight_ends_at_the_outputs(story: clip.ClassifierGoal) -> None:
    story.moved = story.cloud.copy()
    flight = story.through(clip.outputs(-1))
    flight.begin()
    flight.finish()
    shown = story.goal.view.value(story.moved.points)
    np.testing.assert_allclose(shown, clip.outputs(-1), rtol=0, atol=1e-9)


def test_arrows_start_at_datapoints_and_point_at_their_targets(
    story: clip.ClassifierGoal,
) -> None:
    data, chosen = clip.trajectory().dataset, clip.journeys()
    assert len(set(chosen.tolist())) == 2 * clip.JOURNEYS
    assert np.bincount(data.labels[chosen]).tolist() == [clip.JOURNEYS] * 2
    arrows = story.draw_arrows()
    starts = arrows.shafts.points[::2]
    np.testing.assert_allclose(
        story.source.view.value(starts), data.points[chosen], rtol=0, atol=1e-9
    )
    goals = np.where(data.labels[chosen, None] == 1, [[0.0, 1.0]], [[1.0, 0.0]])
    left = story.goal.at(goals) - arrows.heads.points[::3]
    np.testing.assert_allclose(np.linalg.norm(left, axis=1), 4 * story.theme.dot_radius, atol=1e-9)
    whole = story.goal.at(goals) - starts
    np.testing.assert_allclose(np.cross(left, whole), 0, atol=1e-9)


def test_too_short_an_arrow_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ends: got an arrow 0\.1 long"):
        Arrows(np.zeros((1, 2)), np.array([[0.1, 0.0]]), colors="#ffffff")
