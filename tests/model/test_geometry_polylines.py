"""Polylines through networks: exact arithmetic, dense sampling and hand-made cases as referees."""

import exact
import nets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import L2Norm, LeakyReLU, Linear, Network, ReLU, Sigmoid, Softmax, Tanh
from model.geometry import grid_lines, trace_polyline, trace_polylines

SMOOTH = (Tanh, Sigmoid, Softmax, L2Norm)
CLASSIFIER = nets.gaussian((2, 2, 2, 2), 3)


def chord_errors(net, trace, samples=200):
    """The distance from every chord to the true curve, by dense sampling: (layers, k - 1)."""
    t = (np.arange(samples) + 0.5)[:, None, None] / samples
    chords = [points[:-1] + t * np.diff(points, axis=0) for points in trace.points]
    true = net.trace(chords[0].reshape(-1, chords[0].shape[2])).points
    return np.array(
        [
            np.linalg.norm(image.reshape(chord.shape) - chord, axis=2).max(axis=0)
            for image, chord in zip(true, chords, strict=True)
        ]
    )


@given(net=nets.networks(), seed=st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_every_kink_and_no_other_as_in_exact_arithmetic(net, seed):
    rng = np.random.default_rng(seed)
    line = rng.integers(-2, 3, size=(3, 2)) if seed % 2 else rng.normal(size=(3, 2))
    trace = trace_polyline(net, line)
    wanted = exact.trace_polyline(net, line)
    assert trace.points[0].shape == (len(wanted), 2)
    images = [exact.forward(net, point) for point in wanted]
    for layer, points in enumerate(trace.points):
        true = np.array([[float(value) for value in image[layer]] for image in images])
        np.testing.assert_allclose(points, true, rtol=1e-12, atol=1e-12 * max(1, abs(true).max()))


@given(net=nets.networks(d_in=3, max_width=12), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_chords_are_the_true_images(net, seed):
    line = np.random.default_rng(seed).normal(size=(5, 3))
    trace = trace_polyline(net, line)
    scale = max(1, *(np.abs(points).max() for points in trace.points))
    assert chord_errors(net, trace).max() <= 1e-9 * scale
    assert trace.exact
    assert trace.chord_error == 0
    assert not trace.jumps.any()


@given(net=nets.networks(makes=(nets.gaussian,)), seed=st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_vertices_are_the_given_ones_and_the_places_where_units_switch(net, seed):
    line = np.random.default_rng(seed).normal(size=(4, 2))
    trace = trace_polyline(net, line)
    assert len(trace) == len(net) + 1
    assert trace.names == net.names
    given_ = trace.parameter == np.round(trace.parameter)
    np.testing.assert_array_equal(trace.points[0][given_], line)
    np.testing.assert_array_equal(trace.parameter[given_], np.arange(4))
    assert (np.diff(trace.parameter) > 0).all()
    at = np.minimum(trace.parameter.astype(int), 2)
    t = (trace.parameter - at)[:, None]
    np.testing.assert_allclose(
        trace.points[0], line[at] + t * (line[at + 1] - line[at]), atol=1e-14
    )
    kinked = [
        points for layer, points in zip(net, trace.points, strict=False) if "relu" in layer.name
    ]
    if kinked:
        smallest = np.min([np.abs(points).min(axis=1) for points in kinked], axis=0)
        assert (smallest[~given_] < 1e-12).all()


@given(net=nets.networks(), tail=st.sampled_from(SMOOTH), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_curves_lie_within_the_tolerance(net, tail, seed):
    net = Network([*net, tail(), Linear(np.ones((2, net.out_dim))), ReLU()])
    line = np.random.default_rng(seed).normal(size=(3, 2))
    trace = trace_polyline(net, line, tolerance=1e-2)
    assert not trace.exact
    errors = chord_errors(net, trace)
    assert errors[~trace.jumps[:, :-1]].max(initial=0.0) <= 1e-2
    scale = max(1, *(np.abs(points).max() for points in trace.points))
    assert errors[: len(net) - 2].max() <= 1e-9 * scale  # before the smooth layer


def test_a_smaller_tolerance_gives_more_vertices():
    net = Network([Linear([[3, 1], [1, -2]]), Tanh()])
    counts = [
        len(trace_polyline(net, [[-1, -1], [1, 1]], tolerance=t).parameter) for t in (1, 0.1, 1e-4)
    ]
    assert counts[0] <= counts[1] < counts[2]


def test_l2_norm_tears_a_line_through_the_origin():
    trace = trace_polyline(Network([L2Norm()]), [[-1, -1], [1, 1]])
    jumps = np.flatnonzero(trace.jumps[1])
    assert not trace.jumps[0].any()
    assert len(jumps) == 2  # into the origin and out of it
    np.testing.assert_allclose(trace.points[0][jumps], 0, atol=1e-11)
    drawn = trace.points[1][:-1][~trace.jumps[1, :-1]]
    np.testing.assert_allclose(np.abs(drawn), np.sqrt(0.5), rtol=1e-12)
    missing = trace_polyline(Network([L2Norm()]), [[-1, 0.01], [1, 0.01]])
    assert not missing.jumps.any()


def test_relu_on_a_diagonal_by_hand():
    trace = trace_polyline(Network([ReLU()]), [[-1, -2], [2, 1]])
    np.testing.assert_array_equal(trace["x"], [[-1, -2], [0, -1], [1, 0], [2, 1]])
    np.testing.assert_array_equal(trace["h0"], [[0, 0], [0, 0], [1, 0], [2, 1]])
    np.testing.assert_allclose(trace.parameter, [0, 1 / 3, 2 / 3, 1], rtol=1e-15)


@pytest.mark.parametrize(
    ("net", "line", "wanted"),
    [
        pytest.param([ReLU()], [[-1, 1], [0, 1], [1, 1]], 3, id="vertex on a zero line"),
        pytest.param([ReLU()], [[0, 1], [0, 3]], 2, id="segment along a zero line"),
        pytest.param([ReLU()], [[0, -1], [0, 1]], 3, id="along one, across the other"),
        pytest.param([ReLU()], [[-1, -1], [1, 1]], 3, id="through the corner of two zero lines"),
        pytest.param([ReLU()], [[1, 1], [1, 1]], 2, id="no length"),
        pytest.param(
            [Linear([[0, 0], [0, 0]], [-1, 0]), ReLU()], [[-1, -1], [1, 2]], 2, id="dead units"
        ),
        pytest.param(
            [Linear([[1, 0], [3, 0], [-0.7, 0]]), ReLU()], [[-1, 1], [2, 1]], 3, id="one zero line"
        ),
        pytest.param(
            [Linear([[1, 0], [1, 0]], [0, -1]), ReLU()], [[-1, 1], [2, 1]], 4, id="parallel units"
        ),
        pytest.param(
            [Linear([[1, 0], [1, 0]], [0, -1e-9]), ReLU()], [[-1, 1], [2, 1]], 4, id="nearly equal"
        ),
        pytest.param([LeakyReLU(1)], [[-1, -2], [2, 1]], 2, id="leaky relu without a kink"),
        pytest.param([ReLU(), ReLU()], [[-1, -2], [2, 1]], 4, id="relu twice"),
    ],
)
def test_coincidences(net, line, wanted):
    trace = trace_polyline(Network(net), line)
    assert len(trace.parameter) == wanted
    assert chord_errors(Network(net), trace).max() < 1e-15


def test_a_line_along_a_rotated_zero_line_stays_whole():
    for angle in np.linspace(0.1, 3, 50):
        along = np.array([np.cos(angle), np.sin(angle)])
        net = Network([Linear([[-along[1], along[0]]], [0]), ReLU()])
        assert len(trace_polyline(net, [-2.3 * along, 1.7 * along]).parameter) == 2


def test_a_bundle_is_its_lines_one_by_one():
    net = nets.gaussian((2, 8, 8, 2), 5, tail=(Softmax(),))
    lines = [[[-2, -1], [2, 1.5]], [[0, 0], [1, 1], [-1, 2]], [[1, 1], [1, 1]]]
    bundle = trace_polylines(net, lines)
    assert bundle.offsets[0] == 0
    assert bundle.offsets[-1] == len(bundle.parameter)
    for index, line in enumerate(lines):
        alone, part = trace_polyline(net, line), bundle.polyline(index)
        assert len(alone) == len(part)
        for a, b in zip(alone.points, part.points, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(alone.parameter, part.parameter, rtol=1e-13)
        np.testing.assert_array_equal(part["y"], part.points[-1])


def test_arrays_and_lists_give_the_same_bundle():
    lines = grid_lines(nets.BOX, 5)
    a, b = trace_polylines(CLASSIFIER, lines), trace_polylines(CLASSIFIER, list(lines))
    np.testing.assert_array_equal(a.points[-1], b.points[-1])
    assert trace_polyline(Network([ReLU()]), np.ones((2, 7))).points[1].shape == (2, 7)


def test_the_input_is_left_alone_and_not_shared():
    line = np.array([[1.0, 1.0], [2.0, 2.0]])
    trace = trace_polyline(Network([ReLU()]), line)
    line[0, 0] = 9
    assert trace.points[0][0, 0] == 1


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([], "polylines: got none"),
        ([[[0, 0]]], "vertices: got 1 vertex, want at least 2"),
        ([[[0, 0], [1, np.nan]]], "vertices: 1 of 4 values are not finite"),
        ([[[0, 0, 0], [1, 1, 1]]], r"vertices: got shape \(2, 3\), want \(n, 2\)"),
        ([[[0, 0], [1, 1]], [[0, 0]]], r"polylines\[1\]: got 1 vertex"),
        ([[[0, 0], [1, 1]], [[0, 0, 0], [1, 1, 1]]], r"polylines\[1\]: got shape \(2, 3\)"),
    ],
)
def test_refused_polylines(lines, message):
    with pytest.raises(ValueError, match=message):
        trace_polylines(CLASSIFIER, lines)


def test_polylines_of_different_widths_are_refused():
    with pytest.raises(ValueError, match=r"polylines\[1\]: got shape \(2, 3\), want \(n, 2\)"):
        trace_polylines(Network([ReLU()]), [np.ones((2, 2)), np.ones((2, 3))])


@pytest.mark.parametrize("tolerance", [0.0, -1.0, 0])
def test_refused_tolerances(tolerance):
    with pytest.raises(ValueError, match=r"tolerance: got .*, want a positive distance"):
        trace_polyline(CLASSIFIER, [[0, 0], [1, 1]], tolerance=tolerance)
    with pytest.raises(ValueError, match="tolerance: 1 of 1 values are not finite"):
        trace_polyline(CLASSIFIER, [[0, 0], [1, 1]], tolerance=np.nan)


def test_a_tolerance_below_rounding_is_refused(monkeypatch):
    monkeypatch.setattr("model.geometry.polylines.MAX_VERTICES", 1000)
    with pytest.raises(ValueError, match="asks for more than 1,000 new vertices, want a larger"):
        trace_polyline(Network([Tanh()]), [[-1, 0], [1, 1]], tolerance=1e-15)


def test_an_unknown_representation_is_refused():
    with pytest.raises(ValueError, match="name: got 'z9', want one of x, h0"):
        trace_polyline(Network([ReLU()]), [[0, 0], [1, 1]])["z9"]
