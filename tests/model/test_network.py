"""Networks and traces: torch as oracle, the book's names, and what they refuse."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Identity, L2Norm, LeakyReLU, Linear, Network, ReLU, Sigmoid, Softmax, Tanh

KINDS = (Identity, ReLU, LeakyReLU, Tanh, Sigmoid, Softmax, L2Norm)


@st.composite
def stacks(draw) -> Network:
    """Any known layers in any order, a linear one first."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    width, layers = draw(st.integers(1, 4)), []
    for kind in [None, *draw(st.lists(st.sampled_from([None, *KINDS]), max_size=6))]:
        if kind is None:
            new = draw(st.integers(1, 5))
            layers.append(Linear(rng.normal(size=(new, width)), rng.normal(size=new)))
            width = new
        else:
            layers.append(kind())
    return Network(layers)


@given(net=stacks(), n=st.integers(1, 6), seed=st.integers(0, 999))
@settings(max_examples=100, deadline=None)
def test_every_layer_as_torch(net, n, seed):
    x = np.random.default_rng(seed).normal(size=(n, net.in_dim))
    module, wanted = net.to_torch(), torch.from_numpy(x)
    trace = net.trace(x)
    assert len(trace) == len(net) + 1 == len(trace.names) == len(set(trace.names))
    for layer, found in zip(module, trace.points[1:], strict=True):
        wanted = layer(wanted).detach()
        np.testing.assert_allclose(found, wanted.numpy(), rtol=1e-12, atol=1e-12)
        wanted = torch.from_numpy(found)  # an L2-norm near the origin magnifies rounding
    np.testing.assert_array_equal(net(x), trace.points[-1])
    assert [points.shape[1] for points in trace.points] == list(net.widths)


def test_classifier_trace_by_hand():
    net = Network(
        [Linear([[1, 0], [0, -1]], [0, 1]), ReLU(), Linear([[1, 1], [0, 0]], [0, 0]), Softmax()]
    )
    trace = net.trace([[1, 3], [-2, 0]])
    assert trace.names == ("x", "z1", "h1", "z2", "y")
    np.testing.assert_array_equal(trace["z1"], [[1, -2], [-2, 1]])
    np.testing.assert_array_equal(trace["h1"], [[1, 0], [0, 1]])
    np.testing.assert_array_equal(trace["z2"], [[1, 0], [1, 0]])
    np.testing.assert_allclose(trace["y"][0], [np.e / (1 + np.e), 1 / (1 + np.e)], rtol=1e-15)


@pytest.mark.parametrize(
    ("layers", "names"),
    [
        ([ReLU()], ("x", "h0")),
        ([Softmax()], ("x", "y")),
        ([Linear([[1.0]]), ReLU(), Linear([[1.0]])], ("x", "z1", "h1", "z2")),
        ([Linear([[1.0]]), ReLU(), Tanh()], ("x", "z1", "h1", "h1.2")),
        ([Linear([[1.0]]), Softmax(), ReLU(), Softmax()], ("x", "z1", "h1", "h1.2", "y")),
    ],
)
def test_names(layers, names):
    assert Network(layers).names == names


def test_widths_and_iteration():
    net = Network([ReLU(), Linear(np.ones((3, 2))), Tanh()])
    assert net.widths == (2, 2, 3, 3)
    assert (net.in_dim, net.out_dim, len(net)) == (2, 3, 3)
    assert [layer.name for layer in net] == ["relu", "linear", "tanh"]
    assert repr(net) == "Network(relu-linear-tanh)"
    assert Network([ReLU()]).in_dim is None
    assert Network([ReLU()])([[1.0, -1.0, 2.0]]).shape == (1, 3)


def test_a_trace_is_its_own():
    x = np.array([[1.0, -2.0]])
    trace = Network([ReLU()]).trace(x)
    x[0, 0] = 7.0
    assert trace["x"][0, 0] == 1.0
    with pytest.raises(FrozenInstanceError):
        trace.names = ()


def test_layers_may_come_from_any_iterable():
    assert len(Network(layer for layer in (ReLU(), Tanh()))) == 2


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ([], "layers: got none, want at least one layer"),
        ([ReLU(), "relu"], r"layers\[1\]: got str, want a layer of model.layers"),
        (
            [Linear(np.ones((3, 2))), ReLU(), Linear(np.ones((1, 2)))],
            r"layers\[2\] \(linear\): takes 2 coordinates, but layers\[0\] \(linear\) gives 3; "
            "want layers that chain",
        ),
    ],
)
def test_refused_stacks(layers, message):
    with pytest.raises(ValueError, match=message):
        Network(layers)


@pytest.mark.parametrize("use", ["__call__", "trace"])
@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([[1.0, 2.0, 3.0]], r"x: got shape \(1, 3\), want \(n, 2\)"),
        ([[np.nan, 0.0]], "x: 1 of 2 values are not finite"),
        (np.empty((0, 2)), r"x: got an empty array of shape \(0, 2\)"),
    ],
)
def test_refused_points(use, x, message):
    with pytest.raises(ValueError, match=message):
        getattr(Network([Linear(np.eye(2))]), use)(x)


def test_an_unknown_name_is_refused():
    with pytest.raises(ValueError, match="name: got 'h9', want one of x, h0"):
        Network([ReLU()]).trace([[1.0]])["h9"]
