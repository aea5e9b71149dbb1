"""What the clip of the trained layers shows is what the network gives."""

from __future__ import annotations

import numpy as np
import pytest
from manim import Animation
from scipy.special import softmax

from mobjects.ruled_plane import RuledPlane
from model import Linear
from model.trajectory import Trajectory
from scenes import classifier_layers as clip


def forward(x: np.ndarray) -> list[np.ndarray]:
    """The six layers written out anew, from the arrays of the trajectory."""
    trajectory, _ = clip.trained()
    found = [x]
    for index in range(3):
        weight, bias = trajectory.weights[index][-1], trajectory.biases[index][-1]
        z = np.einsum("ij,nj->ni", weight, found[-1]) + bias
        found += [z, softmax(z, axis=1) if index == 2 else np.where(z > 0, z, 0.0)]
    return found


def test_uses_the_whole_dataset_and_the_last_iterate() -> None:
    trajectory, net = clip.trained()
    assert isinstance(trajectory, Trajectory)
    assert len(trajectory.dataset) >= 500
    assert trajectory.steps[-1] == trajectory.checkpoints[-1]
    assert isinstance(net.layers[0], Linear)
    np.testing.assert_array_equal(net.layers[0].weight, trajectory.weights[0][-1])


def test_square_is_around_the_origin_and_holds_the_data() -> None:
    (x0, x1), (y0, y1) = clip.box()
    assert x0 == -x1 == y0 == -y1
    assert np.abs(clip.trained()[0].dataset.points).max() <= x1


@pytest.mark.parametrize("key", ["regions", "grid", "square", "data", "boundary"])
def test_every_vertex_is_the_forward_pass(key: str) -> None:
    path = clip.paths()[key]
    for drawn, wanted in zip(path, forward(path[0]), strict=True):
        np.testing.assert_allclose(drawn, wanted, rtol=0, atol=1e-9)


def test_lines_between_vertices_are_the_forward_pass_too() -> None:
    bundle = clip.bundles()["grid"]
    for start, end in zip(bundle.offsets[:-1], bundle.offsets[1:], strict=True):
        middles = [(p[start : end - 1] + p[start + 1 : end]) / 2 for p in bundle.points]
        for drawn, wanted in zip(middles[:6], forward(middles[0])[:6], strict=True):
            np.testing.assert_allclose(drawn, wanted, rtol=0, atol=1e-9)


def test_drawn_coordinates_map_back_to_the_forward_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    story = clip.ClassifierLayers()
    story.prepare()
    monkeypatch.setattr(story, "play", finish)
    wanted = {key: forward(path[0]) for key, path in clip.paths().items()}
    for index in range(6):
        story.layer(index)
        for key, batch in story.batches.items():
            shown = story.plane.view.value(batch.points)
            np.testing.assert_allclose(shown, wanted[key][index + 1], rtol=0, atol=1e-9)
        assert story.plane.holds(story.values["data"][index + 1])


def finish(*animations: Animation, **_: float) -> None:
    """Bring animations to their end."""
    for animation in animations:
        animation.begin()
        animation.finish()


def test_boundary_lies_on_the_dashed_line_behind_the_second_relu() -> None:
    foot, end = clip.tie_line(1.0)
    along = (end - foot) / np.linalg.norm(end - foot)
    offset = clip.paths()["boundary"][4] - foot
    np.testing.assert_allclose(offset[:, 0] * along[1] - offset[:, 1] * along[0], 0, atol=1e-9)


def test_boundary_is_equal_logits_then_a_half() -> None:
    boundary = clip.paths()["boundary"]
    np.testing.assert_allclose(boundary[5][:, 0], boundary[5][:, 1], atol=1e-9)
    np.testing.assert_allclose(boundary[6], 0.5, atol=1e-9)


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_shares_of_what_is_flattened_by_counting_active_units(name: str) -> None:
    """The rank of the map at a datapoint, from its own Jacobian."""
    trajectory, _ = clip.trained()
    layers = forward(trajectory.dataset.points)
    ranks = []
    for first, second in zip(layers[1] > 0, layers[3] > 0, strict=True):
        jacobian = first[:, None] * trajectory.weights[0][-1]
        if name == "h2":
            jacobian = second[:, None] * (trajectory.weights[1][-1] @ jacobian)
        ranks.append(np.linalg.matrix_rank(jacobian, tol=1e-9))
    shares = np.bincount(ranks, minlength=3) / len(ranks)
    shown = clip.flattened(name)
    np.testing.assert_allclose([share for _, share in shown], shares, atol=1e-12)
    assert sum(count for count, _ in shown) == len(clip.bundles()["regions"].offsets) - 1


def test_accuracy_is_recounted() -> None:
    trajectory, _ = clip.trained()
    y = forward(trajectory.dataset.points)[-1]
    right = (y[:, 1] > y[:, 0]) == (trajectory.dataset.labels == 1)
    assert clip.accuracy() == right.mean() == trajectory.accuracies[-1]


def test_a_plane_that_zooms_keeps_values_and_rulers_together() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 2))
    plane = RuledPlane((1.0, -0.5), (8.0, 5.0), values)
    assert plane.holds(values)
    first, last = plane.view, plane.fit(5 * values)
    half = first.towards(last, 0.5)
    np.testing.assert_allclose(half.at(values), (first.at(values) + last.at(values)) / 2)
    plane.set_view(last)
    np.testing.assert_allclose(plane.view.value(plane.at(values)), values, atol=1e-12)
    seen = plane.ticks.rgbas[:, 3] > 0
    feet = plane.view.value(plane.ticks.points[::2])[:61][seen[:61], 0]
    np.testing.assert_allclose(feet, np.round(feet), atol=1e-9)
    assert len(feet) >= 2


def test_a_plane_of_one_point_is_refused() -> None:
    with pytest.raises(ValueError, match="values: got a single point"):
        RuledPlane((0.0, 0.0), (4.0, 4.0), np.ones((3, 2)))
