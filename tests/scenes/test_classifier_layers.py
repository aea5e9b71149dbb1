"""What the clip of the trained layers shows is what the network gives, in every shipped lesson."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from manim import Animation
from scipy.special import softmax

from mobjects.batch import Cloud
from mobjects.ruled_plane import RuledPlane
from model import layer_words as words
from model import lesson
from model.lesson_layers import Layers
from model.lesson_view import accuracy_written
from model.trajectory import Trajectory
from scenes import classifier_layers as clip

LESSONS = [None, *lesson.shipped()]
BENDS = {"relu": lambda z: np.where(z > 0, z, 0.0), "tanh": np.tanh}


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem if path else "chapter")
def layers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Layers:
    show(request.param, monkeypatch)
    return clip.layers()


@pytest.fixture
def chapter(monkeypatch: pytest.MonkeyPatch) -> Layers:
    show(None, monkeypatch)
    return clip.layers()


def show(path: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if path is None:
        monkeypatch.delenv("LESSON", raising=False)
    else:
        monkeypatch.setenv("LESSON", str(path))


def forward(run: Trajectory, x: np.ndarray) -> list[np.ndarray]:
    """The layers written out anew, from the arrays of the trajectory."""
    found, parameters = [x], zip(run.weights, run.biases, strict=True)
    for name in run.layers:
        if name == "linear":
            weight, bias = (array[-1] for array in next(parameters))
            found.append(np.einsum("ij,nj->ni", weight, found[-1]) + bias)
        else:
            bend = BENDS.get(name, lambda z: softmax(z, axis=1))
            found.append(bend(found[-1]))
    return found


def test_all_data_pass_through_the_last_iterate(layers: Layers) -> None:
    run = layers.view.run
    assert len(layers.carried["data"].drawn[0]) == len(run.dataset) >= 500
    assert run.steps[-1] == run.checkpoints[-1]
    np.testing.assert_array_equal(layers.net.layers[0].weight, run.weights[0][-1])  # type: ignore[attr-defined]


def test_the_square_is_around_the_origin_and_holds_the_data(layers: Layers) -> None:
    (x0, x1), (y0, y1) = layers.box
    assert x0 == -x1 == y0 == -y1
    assert np.abs(layers.data.points).max() <= x1 <= np.abs(layers.data.points).max() + 0.1


def test_every_vertex_is_the_forward_pass(layers: Layers) -> None:
    for carried in layers.carried.values():
        wanted = forward(layers.view.run, carried.points[0])
        for points, right, drawn, seen in zip(
            carried.points, wanted, carried.drawn, layers.projections, strict=True
        ):
            np.testing.assert_allclose(points, right, rtol=0, atol=1e-9)
            np.testing.assert_allclose(drawn, right @ seen.matrix, rtol=0, atol=1e-9)
            if right.shape[1] == 2:
                np.testing.assert_allclose(drawn, right, rtol=0, atol=1e-9)


def test_lines_between_vertices_are_the_forward_pass_too(layers: Layers) -> None:
    grid = layers.carried["grid"]
    exact = len(layers.net) if layers.piecewise_linear else 2
    tolerance = 1e-9 if layers.piecewise_linear else 1e-3
    for start, end in zip(grid.offsets[:-1], grid.offsets[1:], strict=True):
        middles = [(p[start : end - 1] + p[start + 1 : end]) / 2 for p in grid.points]
        wanted = forward(layers.view.run, middles[0])
        for index, (drawn, right) in enumerate(zip(middles[:-1], wanted[:-1], strict=True)):
            bound = tolerance if index >= exact else 1e-9
            np.testing.assert_allclose(drawn, right, rtol=0, atol=bound)


def test_what_is_drawn_maps_back_to_the_forward_pass(
    layers: Layers, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = clip.ClassifierLayers()
    story.prepare()
    monkeypatch.setattr(story, "play", finish)
    for index in range(len(layers.net)):
        story.layer(index)
        for key, batch in story.batches.items():
            wanted = forward(layers.view.run, layers.carried[key].points[0])[index + 1]
            shown = story.plane.view.value(batch.points)
            seen = wanted @ layers.projections[index + 1].matrix
            np.testing.assert_allclose(shown, seen, rtol=0, atol=1e-8)
        assert story.plane.holds(layers.carried["data"].drawn[index + 1])


def finish(*animations: Animation, **_: float) -> None:
    """Bring animations to their end."""
    for animation in animations:
        animation.begin()
        animation.finish()


def test_moves_start_and_end_at_the_network(layers: Layers) -> None:
    for index in range(len(layers.net)):
        for key, moves in layers.moves(index).items():
            first, last = layers.carried[key].drawn[index : index + 2]
            np.testing.assert_allclose(moves[0].frames[0], first, atol=1e-12)
            np.testing.assert_array_equal(moves[-1].frames[-1], last)
            for before, after in pairwise(moves):
                np.testing.assert_allclose(before.frames[-1], after.frames[0], atol=1e-9)


def test_at_the_boundary_the_two_largest_outputs_tie(layers: Layers) -> None:
    x = layers.carried["boundary"].points[0]
    *_, logits, outputs = forward(layers.view.run, x)
    for values in (logits, outputs):
        ordered = np.sort(values, axis=1)
        np.testing.assert_allclose(ordered[:, -1], ordered[:, -2], atol=1e-8)


def test_classes_change_across_the_boundary_and_nowhere_else(layers: Layers) -> None:
    """Along every line of a fine grid the winner changes as often as the line is crossed."""
    ends = layers.carried["boundary"].points[0].reshape(-1, 2, 2)
    (low, high), _ = layers.box
    run = np.linspace(low, high, 4001)
    for height in np.linspace(low, high, 11)[1:-1] + 1e-4:
        line = np.stack([run, np.full_like(run, height)], axis=1)
        winners = forward(layers.view.run, line)[-1].argmax(axis=1)
        changes = int((np.diff(winners) != 0).sum())
        crossed = (ends[:, 0, 1] < height) != (ends[:, 1, 1] < height)
        assert crossed.sum() == changes


def test_the_boundary_lies_on_the_dashed_line_before_the_last_linear_layer(layers: Layers) -> None:
    ends = layers.tie_line()
    index = layers.last_linear
    weight, bias = (array[-1][-1] for array in (layers.view.run.weights, layers.view.run.biases))
    if weight.shape != (2, 2):
        assert ends is None
        return
    assert ends is not None
    np.testing.assert_allclose((ends @ weight.T + bias) @ [1, -1], 0, atol=1e-9)
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(2)
    boundary = layers.carried["boundary"].points[index]
    np.testing.assert_allclose((boundary @ weight.T + bias) @ [1, -1], 0, atol=1e-7)


def test_shares_of_what_is_flattened_by_the_jacobian_at_each_datapoint(layers: Layers) -> None:
    if not layers.piecewise_linear:
        assert layers.collapsed is None
        with pytest.raises(ValueError, match="'h1' has no linear regions"):
            layers.flattened("h1")
        return
    run, found = layers.view.run, forward(layers.view.run, layers.data.points)
    jacobians = np.broadcast_to(np.eye(2), (len(layers.data), 2, 2))
    depth = 0
    for index, name in enumerate(layers.net.names[1:-1]):
        if name.startswith("z"):
            jacobians = run.weights[depth][-1] @ jacobians
            depth += 1
            continue
        jacobians = (found[index] > 0)[:, :, None] * jacobians
        ranks = np.linalg.matrix_rank(jacobians, tol=1e-9)
        shares = np.bincount(ranks, minlength=3) / len(ranks)
        shown = layers.flattened(name)
        np.testing.assert_allclose([share for _, share in shown], shares, atol=1e-12)
        regions = len(layers.carried["regions"].offsets) - 1
        assert sum(count for count, _ in shown) == regions


def test_accuracy_is_recounted(layers: Layers) -> None:
    y = forward(layers.view.run, layers.data.points)[-1]
    right = (np.argsort(y, axis=1)[:, -1] == layers.data.labels).mean()
    assert layers.accuracy == right == layers.view.run.accuracies[-1]


def test_corners_are_as_far_apart_as_one_hot_codes(layers: Layers) -> None:
    corners = layers.corners()
    assert len(corners) == layers.data.classes <= 3
    for k in range(1, len(corners)):
        assert np.linalg.norm(corners[k] - corners[0]) == pytest.approx(np.sqrt(2))


def test_headings_are_the_chapters_equations(chapter: Layers) -> None:
    headings = [clip.equation(index).split("$")[1] for index in range(len(chapter.net))]
    assert headings == [
        "bold(z)_1 = bold(W)_1 bold(x) + bold(b)_1",
        "bold(h)_1 = max(bold(z)_1, bold(0))",
        "bold(z)_2 = bold(W)_2 bold(h)_1 + bold(b)_2",
        "bold(h)_2 = max(bold(z)_2, bold(0))",
        "bold(z)_3 = bold(W)_3 bold(h)_2 + bold(b)_3",
        "bold(y) = e^(bold(z)_3) \\/ (e^(z_(3,1)) + e^(z_(3,2)))",
    ]


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


def test_only_a_boundary_too_short_to_be_seen_is_ringed(
    layers: Layers, monkeypatch: pytest.MonkeyPatch
) -> None:
    if layers.data.classes > 2:
        pytest.skip("its logits are no plane")
    story = clip.ClassifierLayers()
    story.prepare()
    monkeypatch.setattr(story, "play", finish)
    for index in range(layers.last_linear + 1):
        story.layer(index)
    story.tell_diagonal("")
    rings = [each for each in story.passing if isinstance(each, Cloud)]
    points = story.batches["boundary"].points
    assert len(rings) == (np.ptp(points, axis=0).max() < 0.3)
    for ring in rings:
        np.testing.assert_allclose(ring.points[0], points.mean(axis=0))


def test_words_of_a_relu_say_what_the_drawing_shows(layers: Layers) -> None:
    for index, layer in enumerate(layers.net.layers):
        if layer.name == "relu":
            _, shows = words.beat_words(layers, [index])
            assert ("onto the axes" in shows) == layers.projections[index + 1].exact


def test_the_share_at_the_output_is_written_as_in_other_clips(layers: Layers) -> None:
    note, caption = words.ending(layers)
    assert note.startswith(accuracy_written(layers.accuracy))
    assert caption.startswith(f"{100 * layers.accuracy:.1f} percent")
