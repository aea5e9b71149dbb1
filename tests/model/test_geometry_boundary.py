"""Decision boundaries: exact arithmetic, the forward pass and hand-made cases as referees."""

import exact
import nets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import L2Norm, LeakyReLU, Linear, Network, ReLU, Sigmoid, Softmax, Tanh
from model.geometry import decision_boundary

CLASSES = st.integers(2, 4)


def lengths(boundary):
    return np.linalg.norm(boundary.segments[:, 1] - boundary.segments[:, 0], axis=1)


def areas(boundary):
    total = 0.0
    for polygon in boundary.areas:
        x, y = polygon.T
        total += (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2
    return total


@given(net=nets.networks(d_out=CLASSES), every=st.booleans())
@settings(max_examples=60, deadline=None)
def test_length_and_area_as_in_exact_arithmetic(net, every):
    boundary = decision_boundary(net, nets.BOX, None if every else (0, 1))
    length, area = exact.tied(net, nets.BOX, range(net.out_dim) if every else (0, 1))
    assert lengths(boundary).sum() == pytest.approx(length, abs=1e-9)
    assert areas(boundary) == pytest.approx(area, abs=1e-9)


@given(net=nets.networks(d_out=CLASSES, max_width=10), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_the_top_two_tie_all_along_and_part_on_either_side(net, seed):
    boundary = decision_boundary(net, nets.BOX, None)
    rng = np.random.default_rng(seed)
    start, end = boundary.segments[:, 0], boundary.segments[:, 1]
    for t in rng.uniform(size=5):
        if len(boundary):
            z = net(start + t * (end - start))
            pair = np.take_along_axis(z, boundary.pairs, axis=1)
            scale = max(1, np.abs(z).max())
            np.testing.assert_allclose(pair, z.max(axis=1)[:, None] * [1, 1], atol=1e-9 * scale)
    long = lengths(boundary) > 1e-4
    if long.any():
        along = (end - start)[long] / lengths(boundary)[long, None]
        left = (start + end)[long] / 2 + 1e-7 * np.stack([-along[:, 1], along[:, 0]], axis=1)
        pair = np.take_along_axis(net(left), boundary.pairs[long], axis=1)
        assert (pair[:, 0] >= pair[:, 1] - 1e-12).all()


@given(seed=st.integers(0, 2**32 - 1), d_out=CLASSES)
@settings(max_examples=30, deadline=None)
def test_wherever_the_decision_changes_a_segment_is_crossed(seed, d_out):
    net = nets.gaussian((2, 6, 6, d_out), seed)
    boundary = decision_boundary(net, nets.BOX, None)
    rng = np.random.default_rng(seed)
    a = rng.uniform((-2, -1), (2, 1.5), size=(150, 2))
    b = rng.uniform((-2, -1), (2, 1.5), size=(150, 2))
    winner_a, winner_b = net(a).argmax(axis=1), net(b).argmax(axis=1)
    crossed = _crosses(a, b, boundary.segments).any(axis=1)
    assert crossed[winner_a != winner_b].all()
    assert not boundary.areas


def _crosses(a, b, segments):
    """Whether each segment from a to b meets each of ``segments``."""

    def side(p, q, r):
        return np.sign(
            (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1])
            - (q[..., 1] - p[..., 1]) * (r[..., 0] - p[..., 0])
        )

    a, b, p, q = a[:, None], b[:, None], segments[None, :, 0], segments[None, :, 1]
    return (side(a, b, p) * side(a, b, q) <= 0) & (side(p, q, a) * side(p, q, b) <= 0)


@pytest.mark.parametrize("tail", [Softmax, Sigmoid, Tanh, L2Norm])
def test_a_closing_smooth_layer_moves_no_tie(tail):
    plain, closed = nets.gaussian((2, 5, 2), 6), nets.gaussian((2, 5, 2), 6, tail=(tail(),))
    a, b = decision_boundary(plain, nets.BOX), decision_boundary(closed, nets.BOX)
    assert len(a)
    assert a.exact
    assert not b.exact
    assert lengths(a).sum() == pytest.approx(lengths(b).sum(), rel=1e-12)
    y = b.images[-1]
    np.testing.assert_allclose(y[..., 0], y[..., 1], atol=1e-12)


def test_images_at_every_layer():
    net = nets.gaussian((2, 5, 4, 3), 8, tail=(Softmax(),))
    boundary = decision_boundary(net, nets.BOX, None)
    assert len(boundary.images) == len(net) + 1
    assert boundary.names == net.names
    np.testing.assert_array_equal(boundary["x"], boundary.segments)
    true = net.trace(boundary.segments.reshape(-1, 2))
    for image, points in zip(boundary.images, true.points, strict=True):
        np.testing.assert_allclose(image.reshape(points.shape), points, rtol=1e-12, atol=1e-12)
    middle = net.trace(boundary.segments.mean(axis=1))
    for name in ("z1", "h1", "z2", "h2", "z3"):
        np.testing.assert_allclose(boundary[name].mean(axis=1), middle[name], atol=1e-12)
    y = boundary["y"].mean(axis=1)
    assert np.linalg.norm(y - middle["y"], axis=1).max() <= 1e-3
    assert boundary.chord_error <= 1e-3


def test_xor_by_hand():
    net = Network([Linear([[1, 0], [0, 1]]), LeakyReLU(-1), Linear([[1, 0], [0, 1]])])  # |x|, |y|
    boundary = decision_boundary(net, (-1, 1, -1, 1))
    found = {frozenset(map(tuple, segment)) for segment in boundary.segments.tolist()}
    corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
    assert found == {frozenset([(0.0, 0.0), corner]) for corner in corners}
    assert boundary.pairs.tolist() == [[0, 1]] * 4


def test_three_classes_meet_in_a_point():
    net = Network([Linear([[1, 0], [-1, 1], [-1, -1]])])
    all_three = decision_boundary(net, (-1, 1, -1, 1), None)
    ends = [tuple(sorted(map(tuple, segment))) for segment in all_three.segments.tolist()]
    assert sorted(ends) == [
        ((-1.0, 0.0), (0.0, 0.0)),
        ((0.0, 0.0), (0.5, -1.0)),
        ((0.0, 0.0), (0.5, 1.0)),
    ]
    assert sorted(map(tuple, np.sort(all_three.pairs).tolist())) == [(0, 1), (0, 2), (1, 2)]
    two = decision_boundary(net, (-1, 1, -1, 1), (0, 1))  # as if there were no class 2
    assert lengths(two).sum() == pytest.approx(2 * np.hypot(0.5, 1))


@pytest.mark.parametrize(
    ("layers", "length", "area"),
    [
        pytest.param([Linear(np.zeros((2, 2)))], 0, 4, id="zero weights: a tie everywhere"),
        pytest.param([Linear(np.zeros((2, 2)), [1, 0])], 0, 0, id="zero weights: no tie"),
        pytest.param([Linear(np.eye(2)), ReLU()], np.sqrt(2), 1, id="relu last"),
        pytest.param([Linear([[1, 0], [0, 0]], [1, 0])], 2, 0, id="along an edge of the box"),
        pytest.param([Linear([[1, 1], [0, 0]], [2, 0])], 0, 0, id="through a corner of the box"),
        pytest.param(
            [ReLU(), Linear([[1, -1], [0, 0]])], np.sqrt(2), 1, id="along a region's edge"
        ),
    ],
)
def test_coincidences(layers, length, area):
    boundary = decision_boundary(Network(layers), (-1, 1, -1, 1))
    assert lengths(boundary).sum() == pytest.approx(length, abs=1e-12)
    assert areas(boundary) == pytest.approx(area, abs=1e-12)
    assert [image.shape[:2] for image in boundary.images] == [boundary.pairs.shape] * len(
        boundary.images
    )


def test_a_touching_tie_counts_once():
    net = Network([Linear([[1, 0]]), LeakyReLU(-1), Linear([[1], [0]])])  # |x| against 0
    boundary = decision_boundary(net, (-1, 1, -1, 1))
    assert lengths(boundary).tolist() == [2.0]


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ((0, 3), "classes: got 3, but the network has 3 outputs; want indices from 0 to 2"),
        ((-1, 1), "classes: got -1, but the network has 3 outputs"),
        ((1, 1), r"classes: got \(1, 1\), want each class once"),
        ((0,), r"classes: got \(0,\) for a network of 3 outputs, want at least two"),
        ((0.0, 1.0), "want at least two of its classes by index"),
        ("ab", "want at least two of its classes by index"),
    ],
)
def test_refused_classes(classes, message):
    with pytest.raises(ValueError, match=message):
        decision_boundary(nets.gaussian((2, 4, 3), 0), nets.BOX, classes)


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (nets.gaussian((3, 4, 2), 0), "net: got a network on a 3-D input, want a 2-D input"),
        (nets.gaussian((2, 4, 1), 0), "classes: got 1, but the network has 1 outputs"),
        (
            Network([Linear(np.eye(2)), Tanh(), Linear(np.eye(2))]),
            r"net: layers\[2\] \(linear\) follows a smooth layer, so the logits tie along curves",
        ),
        (Network([Tanh(), ReLU()]), r"net: layers\[1\] \(relu\) follows the smooth layers\[0\]"),
    ],
)
def test_refused_networks(net, message):
    with pytest.raises(ValueError, match=message):
        decision_boundary(net, nets.BOX)


def test_refused_box_and_name():
    with pytest.raises(ValueError, match="box: got y from 1 to 0, which is empty"):
        decision_boundary(Network([ReLU()]), (0, 1, 1, 0))
    with pytest.raises(ValueError, match="name: got 'z1', want one of x, h0"):
        decision_boundary(Network([ReLU()]), (0, 1, 0, 1))["z1"]
