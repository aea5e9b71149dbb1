"""The training clip shows what the trained network computes."""

import numpy as np
import pytest
import torch

from mobjects.layer_stack import LayerStack
from mobjects.theme import theme
from mobjects.view import View
from model import assets
from scenes import training as clip

TRAJECTORY = assets.load("classifier")
NETWORK_ROWS = (0, 39, 88, 200, 379)


def torch_forward(row: int, points: np.ndarray) -> list[np.ndarray]:
    """Every representation by torch, from the recorded parameters alone."""
    z = torch.from_numpy(np.array(points))
    found = [z]
    for layer, (w, b) in enumerate(zip(TRAJECTORY.weights, TRAJECTORY.biases, strict=True)):
        weight, bias = torch.from_numpy(w[row].copy()), torch.from_numpy(b[row].copy())
        z = torch.nn.functional.linear(z, weight, bias)
        found.append(z)
        z = torch.relu(z) if layer < 2 else torch.softmax(z, dim=1)
        found.append(z)
    return [each.numpy() for each in found]


def shown_stack(row: int, view: View = clip.SIDE) -> LayerStack:
    return clip.layer_stack(row, clip.BIG.seen_from(view))


@pytest.mark.parametrize("row", NETWORK_ROWS)
def test_every_plane_of_every_checkpoint_shows_the_forward_pass(row):
    expected = torch_forward(row, TRAJECTORY.dataset.points[clip.subset(TRAJECTORY)])
    figure = shown_stack(row)
    positions = figure.data_positions()
    starts, ends = figure.dotted_ends()
    assert len(expected) == len(positions) == 7
    for plane, wanted in enumerate(expected):
        assert np.abs(figure.value(plane, positions[plane]) - wanted).max() < 1e-9
    for plane in range(6):
        assert np.abs(figure.value(plane, starts[plane]) - expected[plane]).max() < 1e-9
        assert np.abs(figure.value(plane + 1, ends[plane]) - expected[plane + 1]).max() < 1e-9


@pytest.mark.parametrize("row", NETWORK_ROWS)
def test_the_grid_and_its_outline_are_images_of_the_square(row):
    drawn = clip.run().iterates[row]
    source = drawn.lines[0]
    assert np.abs(source).max() == 1.0
    for shown, wanted in zip(drawn.lines, torch_forward(row, source), strict=True):
        np.testing.assert_allclose(shown, wanted, atol=1e-12)
    outline = source[drawn.offsets[-2] :]
    assert np.allclose(np.abs(outline).max(axis=1), 1)
    figure = shown_stack(row)
    part = figure.outline.points.reshape(7, -1, 3)
    for plane in range(7):
        wanted = drawn.lines[plane][drawn.offsets[-2] :]
        assert np.abs(figure.value(plane, part[plane]) - wanted).max() < 1e-9


def test_the_first_hundred_of_each_class_are_drawn():
    chosen = clip.subset(TRAJECTORY)
    labels = TRAJECTORY.dataset.labels
    assert len(chosen) == 200
    assert np.bincount(labels[chosen]).tolist() == [100, 100]
    assert (np.bincount(labels[: chosen[-1] + 1]) >= 100).all()


def test_the_numbers_under_the_stacks_are_those_of_all_datapoints():
    points, labels = TRAJECTORY.dataset.points, TRAJECTORY.dataset.labels
    assert tuple(clip.run().steps[list(clip.run().rows)]) == TRAJECTORY.checkpoints
    for row in clip.run().rows:
        y = torch_forward(row, points)[-1]
        loss = -np.log(y[np.arange(len(y)), labels]).mean()
        accuracy = (y.argmax(axis=1) == labels).mean()
        assert clip.caption_numbers(row) == (
            str(TRAJECTORY.steps[row]),
            f"{loss:.3f}",
            f"{100 * accuracy:.1f} %",
        )


def test_the_final_accuracy_is_all_of_it_and_each_class_stands_at_its_corner():
    assert clip.caption_numbers(379)[2] == "100.0 %"
    drawn = clip.run().iterates[-1]
    nearest = np.linalg.norm(drawn.data[-1][:, None] - clip.TARGETS, axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, clip.run().labels)


def test_every_window_holds_all_that_is_ever_drawn_on_its_plane():
    iterates = clip.run().iterates
    for plane, (low, high) in enumerate(clip.windows(iterates)):
        for drawn in iterates:
            for points in (drawn.data[plane], drawn.lines[plane]):
                assert low <= points.min()
                assert points.max() <= high


def test_at_sixty_frames_a_second_no_recorded_iterate_is_left_out():
    rows, slow = clip.run().rows, theme().slow
    for first, last, seconds in zip(rows, rows[1:], (slow, slow, 3 * slow), strict=False):
        frames = round(60 * seconds)
        shares = np.append(np.arange(frames) / frames, 1.0)  # as Manim steps through a motion
        seen = [clip.iterates_shown(first, last, share) for share in shares]
        assert sorted(set(seen)) == list(range(first, last + 1))


def test_the_run_moves_stack_curve_and_numbers_together():
    figure = shown_stack(0, clip.FRONT), clip.loss_plot(), clip.live_numbers()
    rows = clip.run().rows
    clip.playing(figure, rows[1:3], (clip.FRONT, clip.SIDE))(figure[0], 0.5)
    stack, plot, (step, loss, accuracy) = figure
    row = clip.iterates_shown(rows[1], rows[2], 0.5)
    assert stack.drawn is clip.run().iterates[row]
    assert (step.value, loss.value) == (TRAJECTORY.steps[row], TRAJECTORY.losses[row])
    assert accuracy.value == pytest.approx(100 * TRAJECTORY.accuracies[row])
    np.testing.assert_allclose(plot.head.points, plot.at(np.array([row]), TRAJECTORY.losses[[row]]))
    assert stack.pose.view == clip.FRONT.toward(clip.SIDE, 0.5)


def test_the_rings_of_the_end_stand_at_the_one_hot_codes():
    figure = shown_stack(379, clip.FRONT)
    simplex, rings, *_ = clip.target_marks(figure)
    for marks in (simplex, rings):
        assert np.abs(figure.value(6, marks.points) - [[1, 0], [0, 1]]).max() < 1e-9
