"""To torch and back again, and what is refused on the way."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from model import Identity, L2Norm, Layer, LeakyReLU, Linear, Network, ReLU, Sigmoid, Softmax, Tanh
from model.geometry import decision_boundary, linear_regions, trace_polyline
from model.torch_bridge import Normalize, to_torch

ACTIVATIONS = (
    nn.Identity,
    nn.ReLU,
    nn.Tanh,
    nn.Sigmoid,
    lambda: nn.Softmax(dim=-1),
    lambda: nn.LeakyReLU(0.3),
    Normalize,
)


@st.composite
def modules(draw) -> nn.Sequential:
    widths = draw(st.lists(st.integers(1, 5), min_size=2, max_size=4))
    torch.manual_seed(draw(st.integers(0, 999)))
    layers = []
    for d_in, d_out in pairwise(widths):
        linear = nn.Linear(d_in, d_out, bias=draw(st.booleans()), dtype=torch.float64)
        layers += [linear, draw(st.sampled_from(ACTIVATIONS))()]
    return nn.Sequential(*layers)


@given(module=modules(), seed=st.integers(0, 999))
@settings(max_examples=60, deadline=None)
def test_from_torch_and_back(module, seed):
    net = Network.from_torch(module)
    x = np.random.default_rng(seed).normal(size=(5, net.in_dim))
    with torch.no_grad():
        wanted = module(torch.from_numpy(x)).numpy()
        again = net.to_torch()(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(net(x), wanted, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(again, wanted, rtol=1e-12, atol=1e-12)


def test_layers_keep_type_and_parameters():
    layers = [
        Linear([[1, 2], [3, 4]], [5, 6]),
        *(ReLU(), LeakyReLU(0.3), Identity(), Tanh(), Sigmoid(), L2Norm(), Softmax()),
    ]
    back = Network.from_torch(Network(layers).to_torch())
    assert [type(layer) for layer in back] == [type(layer) for layer in layers]
    np.testing.assert_array_equal(back.layers[0].weight, layers[0].weight)
    np.testing.assert_array_equal(back.layers[0].bias, layers[0].bias)
    assert back.layers[2].slope == 0.3


def test_float32_weights_are_taken_over_exactly():
    module = nn.Linear(3, 2)
    net = Network.from_torch(module)
    assert net.layers[0].weight.dtype == np.float64
    np.testing.assert_array_equal(net.layers[0].weight, module.weight.detach().double().numpy())


def test_the_network_is_a_copy():
    module = nn.Linear(2, 2, dtype=torch.float64)
    net = Network.from_torch(module)
    before = net.layers[0].weight.copy()
    with torch.no_grad():
        module.weight += 1
        net.to_torch()[0].weight += 1
    np.testing.assert_array_equal(net.layers[0].weight, before)


def test_nested_sequentials_are_flattened():
    module = nn.Sequential(nn.Sequential(nn.Linear(2, 3), nn.ReLU()), nn.Linear(3, 1))
    assert repr(Network.from_torch(module)) == "Network(linear-relu-linear)"


@pytest.mark.parametrize("affine", [True, False])
def test_batch_norm_dropout_and_flatten_are_as_in_eval(affine):
    torch.manual_seed(0)
    inner = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4, affine=affine), nn.ReLU())
    module = nn.Sequential(
        nn.Flatten(), nn.BatchNorm1d(2), inner, nn.Dropout(0.9), nn.Linear(4, 3, bias=False)
    ).double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_()
        for _ in range(20):
            module(3 * torch.randn(50, 2, dtype=torch.float64) + 1)
        module.eval()
        x = torch.randn(30, 2, dtype=torch.float64)
        wanted = module(x).numpy()
    net = Network.from_torch(module)
    assert [layer.name for layer in net] == [
        *("identity", "linear", "linear", "relu", "identity", "linear")
    ]
    np.testing.assert_allclose(net(x.numpy()), wanted, rtol=1e-12, atol=1e-12)


class Rings(nn.Module):
    """A plain module of someone else's: radius and angle, float32 constants inside."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([2.0, 0.5]))

    def forward(self, x):
        radius = x.norm(dim=1, keepdim=True)
        return torch.cat([radius, torch.atan2(x[:, 1:], x[:, :1])], dim=1) * self.scale


class Net(nn.Module):
    """A whole network that is no Sequential."""

    def __init__(self, gives=lambda y: y) -> None:
        super().__init__()
        self.first, self.last, self.gives = nn.Linear(3, 4), nn.Linear(4, 2), gives

    def forward(self, x):
        return self.gives(self.last(torch.relu(self.first(x))))


@pytest.mark.parametrize(
    ("module", "names", "width"),
    [
        (nn.Sequential(nn.Linear(2, 3), nn.GELU(), nn.Linear(3, 2)), "linear module linear", 2),
        (nn.Sequential(Rings(), nn.Linear(2, 5)), "module linear", 2),
        (Net(), "module", 3),
        (nn.Sequential(nn.Linear(2, 4), nn.LayerNorm(4), nn.ReLU()), "linear module relu", 2),
        (
            nn.Sequential(
                *(nn.Linear(2, 16), nn.Unflatten(1, (1, 4, 4)), nn.Conv2d(1, 2, 3), nn.ReLU()),
                *(nn.Flatten(), nn.Linear(8, 2)),
            ),
            "linear module linear",
            2,
        ),
    ],
)
def test_other_modules_are_captured_by_their_output(module, names, width):
    torch.manual_seed(1)
    module = module.eval()
    net = Network.from_torch(module)
    assert [layer.name for layer in net] == names.split()
    x = np.random.default_rng(0).normal(size=(40, width))
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float()).numpy()
    np.testing.assert_allclose(net(x), wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(net.trace(x).points[-1], wanted, rtol=1e-4, atol=1e-5)
    again = net.to_torch()(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(again, net(x), rtol=1e-12, atol=1e-12)


def test_a_captured_module_is_a_copy_and_not_piecewise_linear():
    module = nn.Sequential(nn.Linear(2, 2), nn.GELU())
    net = Network.from_torch(module)
    assert not net.layers[1].piecewise_linear
    assert (net.layers[1].in_dim, net.layers[1].out_dim) == (2, 2)
    before = net([[1.0, 2.0]])
    with torch.no_grad():
        module[0].weight += 1
    np.testing.assert_array_equal(net([[1.0, 2.0]]), before)


def test_exact_geometry_through_a_captured_module_is_refused():
    net = Network.from_torch(nn.Sequential(nn.Linear(2, 2), nn.GELU(), nn.Linear(2, 2)))
    box = ((-1.0, 1.0), (-1.0, 1.0))
    with pytest.raises(ValueError, match=r"is a module of which only the output"):
        linear_regions(net, box)
    with pytest.raises(ValueError, match="only the output is known"):
        decision_boundary(net, box)
    assert not trace_polyline(net, [[0, 0], [1, 1]]).exact


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (
            nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.AlphaDropout(0.5))),
            r"module\[1\]\[0\]: AlphaDropout gives a row other numbers in other company.*eval\(\)",
        ),
        (nn.GELU(), "module: GELU does not tell how wide its input is; pass in_dim"),
        (nn.Sequential(nn.Linear(2, 2), nn.RNN(2, 2)), r"module\[1\]: RNN gives tuple, want a t"),
        (
            nn.Sequential(nn.Linear(2, 4), nn.Unflatten(1, (2, 2))),
            r"shape \(7, 2, 2\), want \(n, d",
        ),
        (nn.Sequential(nn.Linear(2, 4), Net()), r"module\[1\]: Net does not run on \(7, 4\): "),
        (Net(lambda y: y[:1]), r"module: Net gives shape \(1, 2\), want a tensor"),
        (Net(lambda y: y - y.mean(0)), "gives a row other numbers in other company"),
        (Net(lambda y: y / 0), "module: Net gave shape .* 14 numbers that are not finite"),
        (nn.Dropout(), r"got Dropout in training mode, want eval\(\)"),
        (nn.Sequential(nn.BatchNorm1d(2)), "got BatchNorm1d in training mode"),
        (nn.BatchNorm1d(2, track_running_stats=False).eval(), "without running statistics"),
        (nn.Flatten(0), "got Flatten from dim 0 to -1, want 1 to -1"),
        (
            nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(2)).eval(),
            r"module\[1\]: takes 2 coordinates, but the layer before gives 3",
        ),
        (nn.Sequential(), "layers: got none"),
        (nn.Softmax(dim=0), "module: got Softmax over dim 0, want dim -1 or 1"),
        (nn.Sequential(nn.Linear(2, 3), nn.Linear(2, 3)), "want layers that chain"),
    ],
)
def test_refused_modules(module, message):
    with pytest.raises(ValueError, match=message):
        Network.from_torch(module)


def test_weights_that_are_not_finite_are_refused():
    module = nn.Linear(2, 1)
    with torch.no_grad():
        module.weight[0, 1] = float("nan")
    with pytest.raises(ValueError, match="weight: 1 of 2 values are not finite"):
        Network.from_torch(module)


def test_a_layer_unknown_to_torch_is_refused():
    class Cube(Layer):
        name = "cube"

    with pytest.raises(ValueError, match="Cube has no counterpart in torch"):
        to_torch(Network([Cube()]))
