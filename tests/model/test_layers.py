"""The layers: torch as oracle, and what they refuse."""

from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from model import Identity, L2Norm, LeakyReLU, Linear, ReLU, Sigmoid, Softmax, Tanh
from model.checks import as_float_array, as_points
from model.layers import Layer

FUNCTIONS = {
    "identity": (Identity(), lambda x: x),
    "relu": (ReLU(), torch.relu),
    "leaky": (LeakyReLU(0.2), lambda x: torch.nn.functional.leaky_relu(x, 0.2)),
    "leaky, negative": (LeakyReLU(-0.5), lambda x: torch.nn.functional.leaky_relu(x, -0.5)),
    "tanh": (Tanh(), torch.tanh),
    "sigmoid": (Sigmoid(), torch.sigmoid),
    "softmax": (Softmax(), lambda x: torch.softmax(x, dim=1)),
    "L2-norm": (L2Norm(), lambda x: torch.nn.functional.normalize(x, dim=1)),
}
numbers = st.floats(-1e3, 1e3, allow_subnormal=False)
points = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=numbers)


@pytest.mark.parametrize("name", FUNCTIONS)
@given(x=points)
@settings(max_examples=40, deadline=None)
def test_as_torch(name, x):
    layer, oracle = FUNCTIONS[name]
    wanted = oracle(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(layer(x), wanted, rtol=1e-12, atol=1e-12)


@given(x=points, d_out=st.integers(1, 4), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_linear_as_torch(x, d_out, seed):
    rng = np.random.default_rng(seed)
    weight, bias = rng.normal(size=(d_out, x.shape[1])), rng.normal(size=d_out)
    wanted = torch.nn.functional.linear(*map(torch.from_numpy, (x, weight, bias))).numpy()
    np.testing.assert_allclose(Linear(weight, bias)(x), wanted, rtol=1e-12, atol=1e-9)


def test_extreme_inputs_stay_finite():
    x = np.array([[-1e308, 1e308], [800.0, -800.0]])
    for layer in (Sigmoid(), Tanh(), Softmax()):
        with np.errstate(over="ignore"):
            assert np.isfinite(layer(x)).all()
    np.testing.assert_array_equal(Sigmoid()([[-1e4, 1e4]]), [[0.0, 1.0]])
    np.testing.assert_array_equal(L2Norm()([[0.0, 0.0]]), [[0.0, 0.0]])


@pytest.mark.parametrize(
    "x", [[[1, -2]], np.array([[1, -2]], dtype=np.float32), ((1.0, -2.0),), np.array([[1, -2]])]
)
def test_lists_integers_and_narrow_floats_are_converted(x):
    for layer in (Linear(np.eye(2, dtype=np.float32), [0, 1]), ReLU(), Softmax()):
        assert layer(x).dtype == np.float64
    np.testing.assert_array_equal(ReLU()(x), [[1.0, 0.0]])


def test_bias_is_zero_when_left_out():
    layer = Linear([[1, 2], [3, 4], [5, 6]])
    np.testing.assert_array_equal(layer.bias, np.zeros(3))
    assert (layer.in_dim, layer.out_dim) == (2, 3)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_inputs_are_left_alone(name):
    x = np.array([[-1.0, 2.0]])
    out = FUNCTIONS[name][0](x)
    out += 1
    np.testing.assert_array_equal(x, [[-1.0, 2.0]])


def test_layers_cannot_be_changed():
    weight = np.eye(2)
    layer = Linear(weight)
    weight[0, 0] = 5
    assert layer.weight[0, 0] == 1
    with pytest.raises(ValueError, match="read-only"):
        layer.weight[0, 0] = 5
    with pytest.raises(FrozenInstanceError):
        layer.weight = weight
    with pytest.raises(FrozenInstanceError):
        LeakyReLU().slope = 3.0
    assert LeakyReLU(0.1) == LeakyReLU(0.1) != LeakyReLU(0.2)


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        ([1, 2], None, r"weight: got shape \(2,\), want 2 axes"),
        (np.empty((0, 2)), None, r"weight: got shape \(0, 2\), want \(d_out, d_in\), both at"),
        (
            [[1, np.nan]],
            None,
            r"weight: 1 of 2 values are not finite \(the first at index \(0, 1\)",
        ),
        ([[1, 2], [3]], None, "weight: got ragged data"),
        ([["a", "b"]], None, "weight: got values of type <U1, want real numbers"),
        ([[1j, 2]], None, "weight: got values of type complex128, want real numbers"),
        ([[1, 2]], [1, 2], r"bias: got shape \(2,\), want \(1,\) to fit weight \(1, 2\)"),
        ([[1, 2]], [[1]], r"bias: got shape \(1, 1\), want 1 axes"),
        ([[1, 2]], [np.inf], "bias: 1 of 1 values are not finite"),
    ],
)
def test_linear_refuses(weight, bias, message):
    with pytest.raises(ValueError, match=message):
        Linear(weight, bias)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        ([1.0, 2.0], r"x: got shape \(2,\), want 2 axes"),
        ([[1.0, 2.0, 3.0]], r"x: got shape \(1, 3\), want \(n, 2\)"),
        (np.empty((0, 2)), r"x: got an empty array of shape \(0, 2\), want at least 1 row"),
        ([[1.0, np.inf]], "x: 1 of 2 values are not finite"),
        ([[None, 1.0]], "x: got values of type object, want real numbers"),
        ("points", "x: got values of type <U6, want real numbers"),
    ],
)
def test_layers_refuse_points(x, message):
    with pytest.raises(ValueError, match=message):
        Linear(np.eye(2))(x)


def test_leaky_relu_refuses_slopes():
    with pytest.raises(ValueError, match="slope: 1 of 1 values are not finite"):
        LeakyReLU(np.nan)
    with pytest.raises(ValueError, match=r"slope: got shape \(2,\), want 0 axes"):
        LeakyReLU([1, 2])


def test_a_bare_layer_has_no_forward():
    with pytest.raises(NotImplementedError):
        Layer()([[1.0]])


def test_checks_do_not_copy_what_is_good():
    array = np.ones((2, 2))
    assert as_points(array) is array
    assert as_float_array(True, "flag") == 1.0
