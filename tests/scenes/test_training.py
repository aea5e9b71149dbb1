"""The training clip shows what the recorded networks compute, in every shipped lesson."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from mobjects.layer_stack import LayerStack
from mobjects.theme import theme
from mobjects.view import View
from model import assets, lesson, run_words
from model.lesson_run import Run
from scenes import training as clip

TRAJECTORY = assets.load("classifier")
LESSONS = [None, *lesson.shipped()]
TORCH = {"relu": torch.relu, "tanh": torch.tanh, "softmax": lambda z: torch.softmax(z, dim=1)}


def show(path: Path | None, monkeypatch: pytest.MonkeyPatch) -> Run:
    if path is None:
        monkeypatch.delenv("LESSON", raising=False)
    else:
        monkeypatch.setenv("LESSON", str(path))
    return clip.run()


@pytest.fixture(params=LESSONS, ids=lambda path: path.stem if path else "chapter")
def run(request, monkeypatch) -> Run:
    return show(request.param, monkeypatch)


@pytest.fixture
def chapter(monkeypatch) -> Run:
    return show(None, monkeypatch)


def torch_forward(run: Run, row: int, points: np.ndarray) -> list[np.ndarray]:
    """Every representation by torch, from the recorded parameters alone."""
    trajectory = run.view.run
    z = torch.from_numpy(np.array(points))
    found, parameters = [z], zip(trajectory.weights, trajectory.biases, strict=True)
    for name in trajectory.layers:
        if name == "linear":
            weight, bias = (torch.from_numpy(array[row].copy()) for array in next(parameters))
            z = torch.nn.functional.linear(z, weight, bias)
        else:
            z = TORCH[name](z)
        found.append(z)
    return [each.numpy() for each in found]


def seen(run: Run, row: int, points: np.ndarray) -> list[np.ndarray]:
    """The same as drawn: two-wide layers as they are, others by their one projection."""
    maps = [each.matrix for each in run.projections]
    return [
        values if values.shape[1] == 2 else values @ matrix
        for values, matrix in zip(torch_forward(run, row, points), maps, strict=True)
    ]


def some_rows(run: Run) -> list[int]:
    return [*run.checkpoints, len(run.rows) // 2]


def shown_stack(row: int, view: View = clip.SIDE) -> LayerStack:
    return clip.layer_stack(row, clip.big().seen_from(view))


def test_every_plane_of_every_checkpoint_shows_the_forward_pass(run):
    for row in some_rows(run):
        expected = seen(run, row, run.data.points[run.chosen])
        figure = shown_stack(row)
        positions = figure.data_positions()
        starts, ends = figure.dotted_ends()
        assert len(expected) == len(positions) == len(run.names)
        for plane, wanted in enumerate(expected):
            assert np.abs(figure.value(plane, positions[plane]) - wanted).max() < 1e-8
        for plane in range(len(expected) - 1):
            assert np.abs(figure.value(plane, starts[plane]) - expected[plane]).max() < 1e-8
            assert np.abs(figure.value(plane + 1, ends[plane]) - expected[plane + 1]).max() < 1e-8


def test_the_grid_and_its_outline_are_images_of_the_square(run):
    half = run.box[1]
    assert run.box == (-half, half, -half, half)
    for row in some_rows(run):
        drawn = clip.iterates()[row]
        assert np.abs(drawn.lines[0]).max() == half
        for shown, wanted in zip(drawn.lines, seen(run, row, drawn.lines[0]), strict=True):
            np.testing.assert_allclose(shown, wanted, atol=1e-12)
        cut = drawn.offsets[-2]
        assert np.allclose(np.abs(drawn.lines[0][cut:]).max(axis=1), half)
        figure = shown_stack(row)
        part = figure.outline.points.reshape(len(run.names), -1, 3)
        for plane in range(len(run.names)):
            wanted = drawn.lines[plane][cut:]
            assert np.abs(figure.value(plane, part[plane]) - wanted).max() < 1e-8


def test_lines_between_vertices_lie_on_the_image_too(run):
    tolerance = 1e-9 if run.piecewise_linear else 0.02
    for row in run.checkpoints:
        drawn = clip.iterates()[row]
        inner = np.setdiff1d(np.arange(1, len(drawn.lines[0])), drawn.offsets)
        middles = [(lines[inner - 1] + lines[inner]) / 2 for lines in drawn.lines]
        for shown, wanted in zip(middles[:-1], seen(run, row, middles[0])[:-1], strict=True):
            assert np.abs(shown - wanted).max() < tolerance


def test_as_many_of_each_class_are_drawn_the_first_ones(run):
    labels, classes = run.data.labels, run.data.classes
    assert np.bincount(labels[run.chosen]).tolist() == [200 // classes] * classes
    for k in range(classes):
        mine = run.chosen[labels[run.chosen] == k]
        np.testing.assert_array_equal(mine, np.flatnonzero(labels == k)[: 200 // classes])


def test_the_numbers_under_the_stacks_are_those_of_all_datapoints(run):
    points, labels = run.data.points, run.data.labels
    assert tuple(run.steps[list(run.checkpoints)]) == run.view.run.checkpoints
    for row in run.checkpoints:
        y = torch_forward(run, int(run.rows[row]), points)[-1]
        loss = -np.log(y[np.arange(len(y)), labels]).mean()
        accuracy = (y.argmax(axis=1) == labels).mean()
        assert clip.caption_numbers(row) == (
            f"{run.steps[row]:,}",
            f"{loss:.3f}" if loss >= 0.0005 else "$<$ 0.001",
            f"{100 * accuracy:.1f} %",
        )


def test_what_is_said_follows_from_the_numbers(run):
    y = torch_forward(run, int(run.rows[-1]), run.data.points)[-1]
    right = (y.argmax(axis=1) == run.data.labels).mean()
    assert right == 1  # of every shipped lesson
    assert "nearest" in run_words.arrived(run) or " at $(0, 1)$, " in run_words.arrived(run)
    spread = [
        [z.std(axis=0).sum() for z in seen(run, row, run.data.points[run.chosen])][1:-1]
        for row in run.checkpoints[2:]
    ]
    wider = np.mean(np.array(spread[1]) > spread[0]) > 0.5
    nears_zero = run.losses[-1] < min(0.05, run.losses[run.checkpoints[2]])
    assert ("spread wider" in run_words.finish(run)) == (wider and nears_zero)


@pytest.mark.filterwarnings("ignore:Solver terminated early")
def test_where_straight_cuts_part_the_classes_is_what_a_support_vector_machine_finds(run):
    svm = make_pipeline(StandardScaler(), SVC(kernel="linear", C=1e8, max_iter=20_000))
    for row, told in zip((run.rows[0], run.rows[-1]), run.parted, strict=True):
        for points, cut in zip(torch_forward(run, int(row), run.data.points), told, strict=True):
            right = svm.fit(points, run.data.labels).score(points, run.data.labels)
            assert right == 1 if cut else right < 1 or run.data.classes > 2


def test_the_planes_told_are_those_where_straight_cuts_part_the_classes(chapter):
    untrained, done = chapter.parted
    assert untrained == (False,) * 7
    assert done == (False, False, False, False, True, True, True)
    assert run_words.compare(chapter) == "Untrained: on none. Done: from h2 on."
    assert run_words.answer(chapter) == "Done: from $bold(h)_2$ on, a straight line parts them"


def test_at_the_end_each_class_stands_at_its_corner(chapter):
    assert clip.caption_numbers(379)[2] == "100.0 %"
    drawn = clip.iterates()[-1]
    nearest = np.linalg.norm(drawn.data[-1][:, None] - np.eye(2), axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, chapter.data.labels[chapter.chosen])
    assert run_words.arrived(chapter) == "Red at $(0, 1)$, blue at $(1, 0)$"


def test_every_window_holds_all_that_is_ever_drawn_on_its_plane(run):
    for plane, (low, high) in enumerate(run.windows):
        for drawn in clip.iterates():
            for points in (drawn.data[plane], drawn.lines[plane]):
                assert low <= points.min()
                assert points.max() <= high


def test_windows_and_ticks_of_the_chapter(chapter):
    assert chapter.windows[:, 1].tolist() == [1.5, 4, 4, 6, 6, 8.5, 1.2]
    assert chapter.ticks.tolist() == [1] * 7


def test_at_sixty_frames_a_second_no_recorded_iterate_is_left_out(chapter):
    rows, slow = chapter.checkpoints, theme().slow
    assert len(chapter.rows) == len(TRAJECTORY) == 380
    for first, last, seconds in zip(rows, rows[1:], (slow, slow, 3 * slow), strict=False):
        frames = round(60 * seconds)
        shares = np.append(np.arange(frames) / frames, 1.0)  # as Manim steps through a motion
        found = [clip.iterates_shown(first, last, share) for share in shares]
        assert sorted(set(found)) == list(range(first, last + 1))


def test_the_run_moves_stack_curve_and_numbers_together(run):
    figure = shown_stack(0, clip.FRONT), clip.loss_plot(), clip.live_numbers()
    rows = run.checkpoints
    clip.playing(figure, rows[1:3], (clip.FRONT, clip.SIDE))(figure[0], 0.5)
    stack, plot, (step, loss, accuracy) = figure
    row = clip.iterates_shown(rows[1], rows[2], 0.5)
    assert stack.drawn is clip.iterates()[row]
    assert (step.value, loss.value) == (run.steps[row], run.losses[row])
    assert accuracy.value == pytest.approx(100 * run.accuracies[row])
    np.testing.assert_allclose(plot.head.points, plot.at(np.array([row]), run.losses[[row]]))
    assert stack.pose.view == clip.FRONT.toward(clip.SIDE, 0.5)


def test_the_rings_of_the_end_stand_at_the_one_hot_codes(run):
    figure, top = shown_stack(len(run.rows) - 1, clip.FRONT), len(run.names) - 1
    simplex, rings, *_ = clip.targets(figure)
    codes = np.eye(run.data.classes)
    wanted = codes if len(codes) == 2 else codes @ run.projections[-1].matrix
    assert np.abs(figure.value(top, rings.points) - wanted).max() < 1e-9
    assert np.abs(figure.value(top, simplex.points)[: len(codes)] - wanted).max() < 1e-9
