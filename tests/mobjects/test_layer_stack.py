"""What a stack of planes draws, read back from its batches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobjects.baseline import on_baseline
from mobjects.layer_stack import Drawn, LayerStack, Pose
from mobjects.loss_plot import LossPlot
from mobjects.stack_labels import plane_labels
from mobjects.text import Readout, Text
from mobjects.theme import theme
from mobjects.view import View

PLANES, POINTS = 4, 30
WINDOWS = np.array([[-1.0, 1.0], [-4.0, 4.0], [-2.0, 6.0], [-0.2, 1.2]])
POSE = Pose((-2.0, 0.5), 2.0, 0.9, View(25, 17))


def drawn(seed: int = 0) -> Drawn:
    rng = np.random.default_rng(seed)
    low, high = WINDOWS[:, :1, None], WINDOWS[:, 1:, None]
    data = low + (high - low) * rng.random((PLANES, POINTS, 2))
    lines = low + (high - low) * rng.random((PLANES, 9, 2))
    return Drawn(list(data), list(lines), np.array([0, 2, 4, 9]))


def stack(**changes) -> LayerStack:
    given = {"pose": POSE, "drawn": drawn(), "windows": WINDOWS} | changes
    colors = ["#ff0000", "#0000ff"] * (POINTS // 2)
    return LayerStack(**given, colors=colors, markers=["disc", "diamond"] * (POINTS // 2))


def camera_matrix(view: View) -> np.ndarray:
    """The eye's axes as rows, by two rotations: an independent reading of the view."""
    a, e = np.radians(view.azimuth), np.radians(view.elevation)
    turn = np.array([[np.cos(a), np.sin(a), 0], [-np.sin(a), np.cos(a), 0], [0, 0, 1]])
    tilt = np.array([[1, 0, 0], [0, np.sin(e), np.cos(e)], [0, np.cos(e), -np.sin(e)]])
    return tilt @ turn


@settings(max_examples=30, deadline=None)
@given(st.floats(-180, 180), st.floats(5, 80), st.floats(4, 50), st.floats(-1, 1))
def test_view_is_two_rotations_and_a_division_by_depth(azimuth, elevation, distance, height):
    view = View(azimuth, elevation, distance)
    space = np.random.default_rng(1).uniform(-1, 1, (20, 3))
    space[:, 2] = height
    seen = space @ camera_matrix(view).T
    expected = seen[:, :2] / (1 + seen[:, 2:] / distance)
    np.testing.assert_allclose(view.project(space), expected, atol=1e-12)
    np.testing.assert_allclose(view.seen(space)[1], seen[:, 2], atol=1e-12)
    np.testing.assert_allclose(view.unproject(expected, height), space, atol=1e-9)


def test_every_datapoint_stands_where_its_coordinates_say():
    figure = stack()
    positions = figure.data_positions()
    low, high = WINDOWS[:, :1, None], WINDOWS[:, 1:, None]
    space = np.empty((PLANES, POINTS, 3))
    space[..., :2] = (np.stack(figure.drawn.data) - low) / (high - low) - 0.5
    space[..., 2] = ((np.arange(PLANES) - 1.5) * 0.45)[:, None]
    seen = space @ camera_matrix(POSE.view).T
    expected = seen[..., :2] / (1 + seen[..., 2:] / POSE.view.distance) * 2.0 + [-2.0, 0.5]
    np.testing.assert_allclose(positions[..., :2], expected, atol=1e-12)
    for plane in range(PLANES):
        back = figure.value(plane, positions[plane])
        np.testing.assert_allclose(back, figure.drawn.data[plane], atol=1e-9)


def test_data_are_drawn_plane_by_plane_from_the_back_with_their_own_colours():
    figure = stack()
    flat = figure.data_positions().reshape(-1, 3)
    order = [int(np.flatnonzero((flat == p).all(axis=1))[0]) for p in figure.data.points]
    plane = np.array(order) // POINTS
    assert (np.diff(plane) >= 0).all()
    for each in range(PLANES):
        # on one plane, what lies further behind stands higher in the picture
        space = POSE.view.unproject(
            (figure.data.points[plane == each, :2] - POSE.center) / POSE.side,
            (each - 1.5) * 0.45,
        )
        assert (np.diff(POSE.view.seen(space)[1]) <= 1e-9).all()
    red = np.array(order) % 2 == 0
    np.testing.assert_array_equal(figure.data.rgbas[:, 0], red)
    np.testing.assert_array_equal(figure.data.markers == 0, red)


def test_dotted_lines_run_from_datapoint_to_datapoint():
    figure = stack()
    starts, ends = figure.dotted_ends()
    positions = figure.data_positions()
    np.testing.assert_allclose(starts, positions[:-1], atol=1e-12)
    np.testing.assert_allclose(ends, positions[1:], atol=1e-12)


def test_the_grid_and_the_outline_are_the_polylines_given():
    figure = stack()
    shown = figure.drawn
    grid = figure.grid.points.reshape(PLANES, 4, 3)
    outline = figure.outline.points.reshape(PLANES, 5, 3)
    for plane in range(PLANES):
        np.testing.assert_allclose(
            figure.value(plane, grid[plane]), shown.lines[plane][:4], atol=1e-9
        )
        np.testing.assert_allclose(
            figure.value(plane, outline[plane]), shown.lines[plane][4:], atol=1e-9
        )
    np.testing.assert_array_equal(figure.grid.offsets, np.arange(0, 17, 2))
    np.testing.assert_array_equal(figure.outline.offsets, np.arange(0, 21, 5))


def test_ticks_stand_at_every_whole_number_and_axes_cross_at_the_origin():
    figure = stack()
    first = 5  # behind the frame
    axis = figure.value(0, figure.axes.points[first : first + 4])
    np.testing.assert_allclose(axis, [[-1, 0], [1, 0], [0, -1], [0, 1]], atol=1e-9)
    lines = np.split(figure.axes.points, figure.axes.offsets[1:-1])
    per_plane = [1 + 2 + 2 * len(w) for w in ([-1, 1], range(8), range(8), [1])]
    assert len(lines) == sum(per_plane)
    last = [figure.value(3, line).mean(axis=0) for line in lines[-2:]]
    np.testing.assert_allclose(last, [[1, 0], [0, 1]], atol=1e-9)


def test_half_way_up_the_data_wait_between_two_planes():
    figure = stack().reveal(1.5)
    whole = stack()
    held = figure.data_positions()
    np.testing.assert_allclose(held[:2], whole.data_positions()[:2], atol=1e-12)
    np.testing.assert_allclose(held[2], held[3], atol=1e-12)
    assert figure.panes.rgbas[0, 3] > 0
    assert figure.panes.rgbas[2, 3] == pytest.approx(figure.panes.rgbas[0, 3] / 2)
    assert figure.panes.rgbas[3, 3] == 0
    np.testing.assert_allclose(figure.reveal(3).data_positions(), whole.data_positions())


def test_a_stack_is_a_handful_of_mobjects():
    assert len(stack().get_family()) <= 8


def test_turning_leaves_the_middles_of_the_planes_where_they_are():
    figure = stack()
    before = figure.middles()
    figure.place(POSE.seen_from(View(70, 17)))
    np.testing.assert_allclose(figure.middles(), before, atol=1e-12)


def test_pose_and_view_blend_from_one_to_the_other():
    other = Pose((2.0, 0.0), 1.0, 0.5, View(65, 37, 10))
    assert POSE.toward(other, 0) == POSE
    assert POSE.toward(other, 1) == other
    assert POSE.toward(other, 0.5) == Pose((0.0, 0.25), 1.5, 0.7, View(45, 27, 15))


def test_bad_input_is_refused_by_name():
    with pytest.raises(ValueError, match=r"windows: got .*want rows \(low, high\)"):
        stack(windows=WINDOWS[:, ::-1])
    with pytest.raises(ValueError, match="drawn: got 4 planes of data and 4 of lines, want 3"):
        stack(windows=WINDOWS[:3])
    with pytest.raises(ValueError, match="elevation: got 90, want degrees between"):
        View(0, 90)
    with pytest.raises(ValueError, match="distance: got 0, want a positive number"):
        View(distance=0)
    with pytest.raises(ValueError, match="puts points behind the eye"):
        View(0, 10, 1).project(np.array([[0.0, -3.0, 0.0]]))
    with pytest.raises(ValueError, match="steps: got 2, want 3, one for each loss"):
        LossPlot(np.ones(3), np.ones(2), (0, 0), (1, 1), top=1, marked=[0], loss_ticks=[])


def test_the_loss_is_drawn_up_to_an_iterate():
    losses, steps = np.array([0.8, 0.5, 0.3, 0.1]), np.array([0, 1, 5, 50])
    plot = LossPlot(
        losses, steps, (1.0, -1.0), (3.0, 2.0), top=1.0, marked=[0, 2, 3], loss_ticks=[0, 1]
    )
    plot.draw_to(2)
    np.testing.assert_allclose(plot.curve.points[:3, 0], [1, 2, 3])
    np.testing.assert_allclose(plot.curve.points[:, 1], [0.6, 0, -0.4, -0.4])
    np.testing.assert_allclose(plot.head.points[0], [3, -0.4, 0])
    np.testing.assert_array_equal(plot.markers.rgbas[:, 3], [1, 1, 0])


def test_words_with_and_without_descenders_share_a_baseline():
    size = theme().tick_size
    plain, *deep = (
        on_baseline(Text(w, size=size), -1.0) for w in ("nine", "ninp", "(nine", "nine,")
    )
    assert plain.get_bottom()[1] == pytest.approx(-1, abs=0.01)
    first, last = (each.get_top()[1] for each in (deep[0], deep[2]))
    assert first == pytest.approx(plain.get_top()[1], abs=1e-6)
    assert last == pytest.approx(plain.get_top()[1], abs=1e-6)
    assert len({each.get_bottom()[1] for each in deep}) == 3


def test_a_readout_with_thousands_stands_on_the_line_of_one_without():
    few, many = (on_baseline(Readout(n, decimals=0), 0.5) for n in (147, 2147))
    assert few.get_top()[1] == pytest.approx(many.get_top()[1], abs=0.01)


def test_planes_are_named_and_their_reach_is_told_at_their_height():
    figure = stack()
    labels = plane_labels(figure, ["bold(x)", "bold(z)_1", "bold(h)_1", "bold(y)"], -5.0, 2.0)
    np.testing.assert_allclose(
        [label.get_center()[1] for label in labels], np.repeat(figure.middles(), 2), atol=1e-9
    )
    assert ["bold(z)_1" in label.markup for label in labels][2]
    assert [label.markup.strip("$ ") for label in labels[1::2]] == [
        "±1",
        "±4",
        '-2 thick "to" thick 6',
        '-0.2 thick "to" thick 1.2',
    ]
