"""The numbers the recap shows, recomputed another way."""

import numpy as np
import pytest
import torch
from scipy import stats

from mobjects.layer_panel import Measures
from model import assets
from scenes import recap as clip

TRAJECTORY = assets.load("classifier")
ROWS = (0, 44, 200, len(TRAJECTORY.steps) - 1)


def torch_forward(row: int, points: np.ndarray) -> list[np.ndarray]:
    """x, h1, h2 and y by torch, from the recorded parameters alone."""
    h = torch.from_numpy(np.array(points))
    found = [h]
    for layer, (w, b) in enumerate(zip(TRAJECTORY.weights, TRAJECTORY.biases, strict=True)):
        z = torch.nn.functional.linear(
            h, torch.from_numpy(w[row].copy()), torch.from_numpy(b[row].copy())
        )
        h = torch.relu(z) if layer < 2 else torch.softmax(z, dim=1)
        found.append(h)
    return [each.numpy() for each in found]


def test_points_of_the_line_stand_for_equal_masses():
    x, y = clip.equal_masses()
    np.testing.assert_allclose(stats.norm.cdf(x, 0.5, 1), (np.arange(160) + 0.5) / 160, atol=1e-12)
    np.testing.assert_array_equal(y, np.maximum(x, 0))


@pytest.mark.parametrize(("edge", "wanted"), [(-1.0, -1.0), (0.0, 0.0), (3.0, 0.0)])
def test_mass_that_has_arrived_is_that_of_the_normal_left_of_the_edge(edge, wanted):
    assert clip.arrived(edge) == pytest.approx(stats.norm.cdf(wanted, 0.5, 1), abs=1e-12)


def test_the_cloud_and_its_grid_are_folded_by_relu():
    drawn = clip.sheet()
    z, h = drawn.data
    assert len(z) == clip.POINTS
    assert stats.kstest(z.ravel(), "norm").pvalue > 0.01
    np.testing.assert_array_equal(h, np.maximum(z, 0))
    np.testing.assert_allclose(drawn.lines[1], np.maximum(drawn.lines[0], 0), atol=1e-12)


@pytest.mark.parametrize("row", ROWS)
def test_every_plane_shows_the_forward_pass(row):
    expected = torch_forward(row, TRAJECTORY.dataset.points)
    figure = clip.stack(row, clip._LOW)
    for plane, (wanted, seen) in enumerate(zip(expected, figure.data_positions(), strict=True)):
        assert len(wanted) == len(TRAJECTORY.dataset)
        assert np.abs(figure.value(plane, seen) - wanted).max() < 1e-9
    lines = clip.run().iterates[row].lines
    for shown, wanted in zip(lines, torch_forward(row, lines[0]), strict=True):
        np.testing.assert_allclose(shown, wanted, atol=1e-12)


def test_windows_hold_all_that_is_drawn():
    run = clip.run()
    for drawn in run.iterates:
        for (low, high), *shown in zip(run.windows, drawn.data, drawn.lines, strict=True):
            assert all(low < part.min() and part.max() < high for part in shown)


def test_the_grid_holds_the_data():
    half = clip.half_width()
    assert np.abs(TRAJECTORY.dataset.points).max() <= half
    assert np.abs(clip.run().iterates[0].lines[0]).max() == pytest.approx(half)


def test_layers_between_the_planes_are_those_of_the_network():
    names = [type(layer).__name__.lower() for layer in TRAJECTORY.network(0)]
    assert [name for step in clip.run().layers for name in step] == names
    assert clip.run().layers[-1] == ("linear", "softmax")


def test_training_passes_every_recorded_iterate_in_order():
    shown = [clip.iterate_at(share) for share in np.linspace(0, 1, 5000)]
    assert sorted(set(shown)) == list(range(len(TRAJECTORY.steps)))
    assert shown == sorted(shown)


def test_the_training_beat_ends_with_the_trained_network():
    first, plot = clip.stack(0, clip._LEFT), clip.loss_plot()
    clip.train([first, plot], 1.0)
    wanted = torch_forward(-1, TRAJECTORY.dataset.points)[-1]
    assert np.abs(first.value(3, first.data_positions()[3]) - wanted).max() < 1e-9
    assert (wanted.argmax(axis=1) == TRAJECTORY.dataset.labels).all()
    last = np.array([len(TRAJECTORY.steps) - 1])
    np.testing.assert_allclose(plot.head.points, plot.at(last, TRAJECTORY.losses[-1:]))


def test_the_data_rise_to_the_top_plane_and_the_eye_ends_in_front():
    untrained, trained = clip.stack(0, clip._ABOVE).reveal(0), clip.stack(-1, clip._LEFT).reveal(0)
    clip.rising(untrained, 1.0)
    clip.rising_again([trained, clip.Recap()._names(trained)], 1.0)
    for figure, row in ((untrained, 0), (trained, -1)):
        wanted = torch_forward(row, TRAJECTORY.dataset.points)
        for plane, seen in enumerate(figure.data_positions()):
            assert np.abs(figure.value(plane, seen) - wanted[plane]).max() < 1e-9
    assert trained.pose.view == clip._FRONT


@pytest.mark.parametrize("level", [0, 0.5, 1, 2.25, 3])
def test_names_come_with_their_planes(level):
    figure = clip.stack(-1, clip._LEFT)
    names, layers = both = clip.Recap()._names(figure)
    clip.reveal([figure, both], level)
    planes = figure.panes.rgbas[:, 3] / figure.panes.rgbas[0, 3]
    for plane, name in enumerate(names):
        assert name[0].get_fill_opacity() == pytest.approx(planes[plane])
    for (arrow, words), plane in zip(layers, planes[1:], strict=True):
        assert arrow.family_members_with_points()[0].rgbas[0, 3] == pytest.approx(plane)
        assert words[0][0].get_fill_opacity() == pytest.approx(plane)


def test_the_loss_is_marked_at_every_checkpoint():
    plot = clip.loss_plot()
    assert [TRAJECTORY.steps[i] for i in plot.marked] == list(TRAJECTORY.checkpoints)


def test_images_travel_from_layer_to_layer_on_their_map():
    images, measures, _ = clip.layer_view()
    e = clip.embeddings()
    for layer in range(1, len(e.layers)):
        clip.towards(layer)(images, 1.0)
        measures.show_layer(layer)
        middle, unit = images.part(layer)
        seen = (images.batch.points[:, :2] - images.window.middle) / unit + middle
        np.testing.assert_allclose(seen, e.points[layer], atol=1e-9)
        assert isinstance(measures, Measures)
        assert measures.readouts[0].value == e.knn_accuracy[layer]
