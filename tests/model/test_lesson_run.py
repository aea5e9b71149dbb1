"""Which iterates, datapoints and windows a run is shown with; and boundaries that are found."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Linear, Network, Softmax, Tanh
from model.datasets import Dataset
from model.geometry import decision_boundary, sampled_boundary
from model.lesson import Lesson
from model.lesson_layers import Layers
from model.lesson_run import MOST_ITERATES, Run, nice_above, nice_below, subset, tick, window
from model.lesson_view import LessonView
from model.trajectory import Trajectory

LENGTHS = st.floats(1e-6, 1e6)


def view(steps: int, layers: tuple[str, ...] = ("linear", "softmax"), dim: int = 2) -> LessonView:
    rng = np.random.default_rng(0)
    data = Dataset(rng.normal(size=(60, dim)), np.arange(60) % 3, ["a", "b", "c"], "own")
    count = layers.count("linear")
    widths = [dim, *[3] * count]
    weights = [rng.normal(size=(steps, b, a)) for a, b in pairwise(widths)]
    biases = [np.zeros((steps, 3))] * count
    marks = [0, steps // 3, steps // 2, steps - 1]
    run = Trajectory(
        layers,
        weights,
        biases,
        np.arange(steps),
        np.ones(steps),
        np.ones(steps),
        data,
        marks,
    )
    return LessonView(Lesson("Own", "", None, data, (None,) * 3, None, None), run)


def test_long_runs_are_thinned_out_evenly_and_keep_their_checkpoints():
    run = Run(view(5000))
    assert MOST_ITERATES <= len(run.rows) <= MOST_ITERATES + 4
    assert run.steps[list(run.checkpoints)].tolist() == [0, 1666, 2500, 4999]
    assert np.diff(run.rows).max() <= 8


def test_identities_are_passed_over():
    found = Run(view(3, ("linear", "identity", "softmax")))
    assert found.names == ("x", "z1", "y")
    assert Layers(view(3, ("linear", "identity", "softmax"))).net.names == ("x", "z1", "y")


def test_an_input_that_is_no_plane_has_data_alone():
    run = Run(view(4, dim=5))
    assert not run.planar
    assert all(len(lines) == 0 for lines in run.pictures[0].lines)
    layers = Layers(view(4, dim=5))
    assert list(layers.carried) == ["data"]
    assert layers.collapsed is None


def test_layers_behind_the_logits_must_keep_their_order():
    assert Layers(view(2, ("linear", "tanh", "softmax"))).last_linear == 0
    assert Layers(view(2, ("linear", "relu", "softmax"))).last_linear == -1
    assert Layers(view(2, ("linear", "relu", "softmax"))).tie_line() is None


def test_refused():
    with pytest.raises(ValueError, match="no training run to show"):
        Run(view(1))
    with pytest.raises(ValueError, match="has the layers linear; this clip shows at most 12, the"):
        Run(view(3, ("linear",)))
    with pytest.raises(ValueError, match="at most 12, the last one a softmax"):
        Layers(view(3, (*("linear",) * 12, "softmax")))


def test_what_helps_a_lesson_without_a_run(tmp_path):
    one = view(1)
    with pytest.raises(ValueError, match=r"or give it a \[training\] section in place of weights$"):
        Run(one)
    text = 'name = "C"\nallow_code = true\n[network]\nentry = "net.py:net"\n'
    path = tmp_path / "c.toml"
    path.write_text(f'{text}[data]\ngenerator = "moons"\n')
    (tmp_path / "net.py").touch()
    coded = LessonView(Lesson.load(path, confirm_code=True), one.run)
    with pytest.raises(
        ValueError, match=r"give it layers, widths and a \[training\] section in place of network\."
    ):
        Run(coded)


def test_subset_takes_the_first_of_each_class_and_all_of_small_ones():
    labels = np.repeat([0, 1, 2], [5, 300, 300])
    data = Dataset(np.zeros((605, 2)), labels, ["a", "b", "c"], "own")
    chosen = subset(data)
    assert np.bincount(labels[chosen]).tolist() == [5, 66, 66]
    assert chosen.tolist() == [*range(71), *range(305, 371)]


@given(length=LENGTHS)
@settings(max_examples=60, deadline=None)
def test_nice_numbers_bracket_a_length(length):
    below, above = nice_below(length), nice_above(length)
    assert below <= length * (1 + 1e-9) < 2.6 * below
    assert above >= length * (1 - 1e-9) > 0.39 * above
    for value in (below, above):
        digits = f"{value:.6e}".partition("e")[0].rstrip("0").rstrip(".")
        assert digits in ("1", "2", "4", "5")


@given(low=st.floats(-1e5, 1e5), extent=st.floats(1e-3, 1e5))
@settings(max_examples=100, deadline=None)
def test_a_window_holds_its_points_and_has_few_ticks(low, extent):
    least, most = window(low, low + extent)
    slack = 1e-9 * max(abs(least), abs(most))
    assert least - slack <= low
    assert low + extent <= most + slack
    assert 0 not in (most - least,)
    assert (most - least) / tick(most - least) <= 20.0001


def test_windows_of_a_dead_plane():
    assert window(0.0, 0.0) == (-1.0, 1.0)
    assert nice_below(0.0) == nice_above(0.0) == 1.0


def test_a_sampled_boundary_is_the_exact_one_where_there_is_one():
    rng = np.random.default_rng(3)
    weights = rng.normal(size=(3, 2)), rng.normal(size=3)
    net = Network([Linear(*weights), Softmax()])
    found = sampled_boundary(net, (-2, 2, -2, 2), cells=40)
    exact = decision_boundary(net, (-2, 2, -2, 2), None)
    lengths = [np.linalg.norm(s[:, 1] - s[:, 0], axis=1).sum() for s in (found, exact.segments)]
    assert lengths[0] == pytest.approx(lengths[1], rel=1e-3)
    top = np.sort(net(found.reshape(-1, 2)), axis=1)
    np.testing.assert_allclose(top[:, -1], top[:, -2], atol=1e-12)


def test_a_sampled_circle_has_its_circumference():
    class Round(Tanh):
        def forward(self, x):
            return np.stack([np.square(x).sum(axis=1), np.full(len(x), 1.0)], axis=1)

    found = sampled_boundary(Network([Round()]), (-2, 2, -2, 2))
    np.testing.assert_allclose(np.linalg.norm(found, axis=2), 1, atol=1e-12)
    assert np.linalg.norm(found[:, 1] - found[:, 0], axis=1).sum() == pytest.approx(
        2 * np.pi, rel=1e-3
    )


def test_sampled_boundaries_refuse_other_inputs():
    net = Network([Linear(np.ones((2, 3)))])
    with pytest.raises(ValueError, match="3-D input, want a 2-D input"):
        sampled_boundary(net, (-1, 1, -1, 1))
    with pytest.raises(ValueError, match="cells: got 1, want at least 2"):
        sampled_boundary(Network([Softmax()]), (-1, 1, -1, 1), cells=1)
    one = Network([Linear(np.array([[1.0, 0], [1, 0]]), np.array([1.0, 0]))])
    assert sampled_boundary(one, (-1, 1, -1, 1)).shape == (0, 2, 2)
