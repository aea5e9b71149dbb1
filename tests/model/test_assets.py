"""The chapter's trained classifier: what the clips say of it is so."""

import tomllib

import numpy as np
import pytest

from model import assets
from model.geometry import decision_boundary, linear_regions
from model.trajectory import Trajectory

BOX = (-1.6, 1.6, -1.6, 1.6)


@pytest.fixture(scope="module")
def run() -> Trajectory:
    return assets.load("classifier")


def test_its_origin_describes_it(run: Trajectory) -> None:
    origin = tomllib.loads(assets.origin_of(assets.path_of("classifier")).read_text())
    assert origin["sha256"] == run.digest
    assert origin["recipe"] == {k: v for k, v in run.recipe.items() if v is not None}
    assert tuple(origin["checkpoints"]["steps"]) == run.checkpoints
    assert dict(run.recipe) == assets.ASSETS["classifier"].recipe.as_dict()


def test_its_data_are_the_named_ones(run: Trajectory) -> None:
    data = assets.ASSETS["classifier"].dataset()
    assert np.array_equal(run.dataset.points, data.points)
    assert np.array_equal(run.dataset.labels, data.labels)
    assert len(data) >= 500


def test_it_is_the_chapter_s_network(run: Trajectory) -> None:
    assert run.layers == ("linear", "relu", "linear", "relu", "linear", "softmax")
    assert run.names == ("x", "z1", "h1", "z2", "h2", "z3", "y")
    assert run.widths == (2,) * 7
    assert run.dataset.class_names == ("blue", "red")
    assert 300 <= len(run) <= 400


def test_it_reaches_the_one_hot_targets(run: Trajectory) -> None:
    y = run.network(2000)(run.dataset.points)
    assert run.accuracies[-1] == 1.0
    assert (y.argmax(axis=1) == run.dataset.labels).all()
    assert run.losses[-1] < 0.005
    gap = np.abs(y - run.dataset.one_hot).max(axis=1)
    assert gap.max() < 0.15
    assert np.quantile(gap, 0.99) < 0.05


def test_its_checkpoints_tell_a_story(run: Trajectory) -> None:
    assert run.checkpoints[0] == 0
    rows = np.searchsorted(run.steps, run.checkpoints)
    assert run.losses[0] == pytest.approx(np.log(2), abs=0.01)
    assert (np.diff(run.losses[rows]) < -0.05).all()
    assert (np.diff(run.accuracies[rows]) > 0).all()
    untrained, progress, nearly, done = run.accuracies[rows]
    assert untrained < 0.65 < progress < 0.9 < nearly < done == 1.0


def test_no_unit_dies_on_the_way_and_no_layer_collapses(run: Trajectory) -> None:
    traced = dict(zip(run.names, run.trace_all(), strict=True))
    for name in ("h1", "h2"):
        assert (traced[name] > 0).mean(axis=1).min() > 0.2
        centred = traced[name] - traced[name].mean(axis=1, keepdims=True)
        stretch = np.linalg.svd(centred, compute_uv=False)
        assert (stretch[:, 1] / stretch[:, 0]).min() > 0.15


def test_its_representations_stay_drawable_and_move_smoothly(run: Trajectory) -> None:
    largest = {"x": 1.4, "z1": 4.0, "h1": 4.0, "z2": 6.0, "h2": 6.0, "z3": 8.0, "y": 1.0}
    for name, traced in zip(run.names, run.trace_all(), strict=True):
        assert np.abs(traced).max() <= largest[name]
        assert np.abs(np.diff(traced, axis=0)).max() < 0.06 * np.abs(traced).max()


def test_its_boundary_bends_into_an_open_horseshoe(run: Trajectory) -> None:
    net = run.network(run.checkpoints[-1])
    assert len(linear_regions(net, BOX)) >= 8
    ends = decision_boundary(net, BOX).segments
    along = ends[:, 1] - ends[:, 0]
    long = np.linalg.norm(along, axis=1) > 0.4
    turns = np.unique(np.degrees(np.arctan2(along[long, 1], along[long, 0])).round())
    assert len(turns) >= 5
    assert (np.diff(turns) > 2).all()


def test_it_can_be_made_again(run: Trajectory) -> None:
    """To the same story on any machine; to the same bytes on the same one (``--check``)."""
    again = assets.train("classifier")
    assert np.array_equal(again.steps, run.steps)
    assert again.losses[0] == pytest.approx(run.losses[0], abs=1e-12)
    assert again.accuracies[-1] >= 0.99
    assert again.losses[-1] < 0.03
