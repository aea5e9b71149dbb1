"""Pushforwards against closed forms, quadrature, deterministic grids and a million samples."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import tanhsinh

from model import (
    Identity,
    L2Norm,
    Layer,
    LeakyReLU,
    Linear,
    Network,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from model.density import (
    Distribution,
    Empirical,
    Gaussian,
    Mixture,
    Pushforward,
    Uniform,
    pushforward,
    pushforward_trace,
    stretch,
)

# beartype picks the entries it checks by `random`, which hypothesis notices and makes safe.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")


def linear(weight: float, bias: float = 0.0) -> Linear:
    return Linear([[weight]], [bias])


weights = st.floats(0.4, 1.5) | st.floats(-1.5, -0.4)
biases = st.integers(-1000, 1000).map(lambda thousandths: thousandths / 1000)
linears = st.builds(linear, weights | st.just(0.0), biases)
bends = st.sampled_from(
    [ReLU(), LeakyReLU(0.2), LeakyReLU(0.0), LeakyReLU(-0.6), Sigmoid(), Tanh(), Identity()]
)
stacks = st.lists(st.tuples(linears, bends), min_size=1, max_size=3).map(
    lambda pairs: Network([layer for pair in pairs for layer in pair])
)
gaussians = st.builds(Gaussian, st.floats(-1, 1), st.floats(0.3, 1.2))
uniforms = st.builds(lambda low, width: Uniform(low, low + width), st.floats(-2, 1), st.just(1.7))
mixtures = st.builds(lambda a, b: Mixture([0.3, 0.7], [a, b]), gaussians, uniforms | gaussians)
sources = gaussians | uniforms | mixtures


def area(p: Distribution, low: float, high: float) -> float:
    """The integral of the pdf by quadrature, which knows nothing of the cdf."""
    cuts = np.concatenate([p.kinks, p.quantile(np.linspace(0.0005, 0.9995, 40)), p.mesh(40)])
    cuts = np.unique(np.concatenate([[low, high], cuts[(cuts > low) & (cuts < high)]]))
    cuts = cuts[np.append(np.diff(cuts) > 1e-12, True)]
    result = tanhsinh(p.pdf, cuts[:-1], cuts[1:], atol=1e-13)
    return float(np.nansum(result.integral))


def kolmogorov_smirnov(p: Distribution, sample: np.ndarray) -> float:
    """The largest gap between the cdf and the sample's, on both sides of every value."""
    values, counts = np.unique(sample, return_counts=True)
    below = (np.cumsum(counts) - counts) / len(sample)
    above = np.abs(p.cdf(values) - np.cumsum(counts) / len(sample)).max()
    return max(float(above), float(np.abs(p.cdf_limit(values, -1) - below).max()))


@pytest.mark.parametrize(("mean", "std"), [(0, 1), (0.7, 1.3), (-2, 0.5), (9, 1), (-9, 1)])
def test_relu_of_a_gaussian(mean: float, std: float) -> None:
    out, normal = pushforward(ReLU(), Gaussian(mean, std)), stats.norm(mean, std)
    assert out.atoms == [(0.0, pytest.approx(stats.norm.cdf(-mean / std), rel=1e-13))]
    y = np.linspace(0.01, 5, 50)
    np.testing.assert_allclose(out.pdf(y), normal.pdf(y), rtol=1e-12)
    np.testing.assert_allclose(out.cdf(y), normal.cdf(y), atol=1e-15)
    assert out.cdf(-1e-300) == 0
    assert out.pdf(-1e-9) == 0
    assert out.pdf_limits(0.0) == (0.0, pytest.approx(normal.pdf(0)))
    assert out.kinks.tolist() == [0.0]
    assert out.support == (0.0, np.inf)


def test_linear_of_a_gaussian_is_gaussian() -> None:
    out, want = pushforward(linear(-2.5, 0.3), Gaussian(1, 0.4)), Gaussian(-2.2, 1.0)
    y = np.linspace(-6, 2, 101)
    np.testing.assert_allclose(out.pdf(y), want.pdf(y), rtol=1e-13)
    np.testing.assert_allclose(out.cdf(y), want.cdf(y), atol=1e-15)
    assert out.atoms == []


def test_sigmoid_and_tanh_of_a_gaussian() -> None:
    y = np.linspace(0.001, 0.999, 99)
    logits = np.log(y / (1 - y))
    out = pushforward(Sigmoid(), Gaussian(0.5, 2))
    want = stats.norm.pdf(logits, 0.5, 2) / (y * (1 - y))
    np.testing.assert_allclose(out.pdf(y), want, rtol=1e-12)
    out = pushforward(Tanh(), Gaussian(0.5, 2))
    want = stats.norm.pdf(np.arctanh(y), 0.5, 2) / (1 - y**2)
    np.testing.assert_allclose(out.pdf(y), want, rtol=1e-12)
    assert out.support == (-1.0, 1.0)
    assert out.pdf([-1.0, 1.0, 1.5]).tolist() == [0, 0, 0]


def test_leaky_relu_jumps_at_its_bend() -> None:
    out = pushforward(LeakyReLU(0.1), Gaussian())
    below, above = out.pdf_limits(0.0)
    assert (below, above) == (pytest.approx(10 * above), pytest.approx(stats.norm.pdf(0)))
    assert out.kinks.tolist() == [0.0]
    assert pushforward(LeakyReLU(1.0), Gaussian()).kinks.tolist() == []


def test_negative_slope_folds_the_line() -> None:
    out = pushforward(LeakyReLU(-1), Gaussian())
    y = np.linspace(0.1, 3, 20)
    np.testing.assert_allclose(out.pdf(y), stats.halfnorm.pdf(y), rtol=1e-13)
    np.testing.assert_allclose(out.cdf(y), stats.halfnorm.cdf(y), atol=1e-15)
    assert out.atoms == []


def test_later_layers_move_an_atom() -> None:
    out = pushforward(Network([ReLU(), linear(-2, 0.5), Sigmoid()]), Gaussian(0.3, 1))
    place, mass = out.atoms[0]
    assert place == pytest.approx(1 / (1 + np.exp(-0.5)), abs=1e-15)
    assert mass == pytest.approx(stats.norm.cdf(-0.3), abs=1e-15)


def test_two_atoms_merge() -> None:
    clip = [ReLU(), linear(-1, 1), ReLU()]  # 1 - min(max(x, 0), 1): atoms at 1 and at 0
    atoms = pushforward(Network(clip), Gaussian()).atoms
    assert atoms == [
        (0.0, pytest.approx(stats.norm.sf(1), rel=1e-13)),
        (1.0, pytest.approx(0.5, rel=1e-13)),
    ]
    fold = [*clip, linear(2, -1), LeakyReLU(-1)]  # |2 y - 1| brings both to 1
    assert pushforward(Network(fold), Gaussian()).atoms == [
        (1.0, pytest.approx(0.5 + stats.norm.sf(1), rel=1e-13))
    ]


def test_weight_zero_gathers_everything() -> None:
    out = pushforward(Network([linear(0, 2), Tanh()]), Gaussian())
    assert out.atoms == [(np.tanh(2), pytest.approx(1.0))]
    assert out.continuous_mass() == 0
    assert out.mesh(10).size == 0


def test_an_image_below_rounding_is_an_atom() -> None:
    assert pushforward(Sigmoid(), Uniform(50, 60)).atoms == [(1.0, 1.0)]


def test_relu_keeps_its_tiny_masses() -> None:
    out = pushforward(Network([linear(-1), ReLU()]), Gaussian(-9, 1))
    assert out.point_masses.masses[0] == pytest.approx(stats.norm.sf(9), rel=1e-12)
    assert pushforward(ReLU(), Uniform(1, 2)).atoms == []


def test_empirical_sample_stays_atoms() -> None:
    values = np.random.default_rng(0).normal(size=500)
    net = Network([linear(-2, 0.5), ReLU()])
    places, counts = np.unique(net(values[:, None])[:, 0], return_counts=True)
    out = pushforward(net, Empirical(values))
    np.testing.assert_array_equal([place for place, _ in out.atoms], places)
    np.testing.assert_allclose([mass for _, mass in out.atoms], counts / 500, atol=1e-15)
    assert out.continuous_mass() == 0


@given(stacks, sources)
@settings(max_examples=40, deadline=None)
def test_mass_is_one_and_the_pdf_integrates_to_it(net: Network, source: Distribution) -> None:
    out = pushforward(net, source)
    assert abs(out.total_mass() - 1) < 1e-9
    low, high = (float(np.clip(end, -60, 60)) for end in out.support)
    assert abs(area(out, low, high) + out.point_masses.total - 1) < 1e-9


@given(stacks, sources, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
@settings(max_examples=30, deadline=None)
def test_cdf_is_the_integral_of_the_pdf(
    net: Network, source: Distribution, one: float, two: float
) -> None:
    out = pushforward(net, source)
    low, high = out.quantile(sorted([one, two]))
    inside = [mass for place, mass in out.atoms if low < place <= high]
    assert abs(out.cdf(high) - out.cdf(low) - sum(inside) - area(out, low, high)) < 1e-9


@given(stacks, sources)
@settings(max_examples=60, deadline=None)
def test_cdf_against_a_grid_of_equal_masses(net: Network, source: Distribution) -> None:
    n = 4000
    grid = source.quantile((np.arange(n) + 0.5) / n)
    out = pushforward(net, source)
    assert isinstance(out, Pushforward)
    gap = kolmogorov_smirnov(out, net(grid[:, None])[:, 0])
    assert gap <= (len(out.branches) + 1) / n


@given(stacks, stacks, sources)
@settings(max_examples=30, deadline=None)
def test_composition_is_the_whole_stack(one: Network, two: Network, source: Distribution) -> None:
    steps = pushforward(two, pushforward(one, source))
    whole = pushforward(Network([*one, *two]), source)
    assert steps.atoms == whole.atoms
    y = whole.quantile(np.linspace(0.05, 0.95, 7))
    np.testing.assert_array_equal(steps.pdf(y), whole.pdf(y))


DEEP = Network([linear(-2, 0.5), ReLU(), linear(-1.5, 0.3), LeakyReLU(0.1), Sigmoid(), Tanh()])


@pytest.mark.parametrize(
    ("net", "source"),
    [
        (ReLU(), Gaussian(0.3, 1.2)),
        (DEEP, Mixture([0.3, 0.7], [Gaussian(-1, 0.3), Uniform(0, 2)])),
        (Sigmoid(), Gaussian(0, 5)),
        (ReLU(), Empirical(np.random.default_rng(5).normal(size=200))),
    ],
)
def test_a_million_samples(net: Network | Layer, source: Distribution) -> None:
    out = pushforward(net, source)
    sample = out.sample(10**6, seed=11)
    assert kolmogorov_smirnov(out, sample) < 2e-3
    np.testing.assert_array_equal(sample, net(source.sample(10**6, seed=11)[:, None])[:, 0])


def test_mixture_of_pushforwards() -> None:
    mixture = Mixture([0.5, 0.5], [pushforward(ReLU(), Gaussian(m, 1)) for m in (-1, 1)])
    direct = pushforward(ReLU(), Mixture([0.5, 0.5], [Gaussian(-1, 1), Gaussian(1, 1)]))
    y = np.linspace(-1, 4, 51)
    np.testing.assert_allclose(mixture.pdf(y), direct.pdf(y), atol=1e-15)
    np.testing.assert_allclose(mixture.cdf(y), direct.cdf(y), atol=1e-15)
    again = pushforward(linear(-2, 1), mixture)
    assert again.atoms == [(1.0, pytest.approx(0.5))]
    np.testing.assert_allclose(again.cdf(-2 * y + 1 - 1e-9), 1 - direct.cdf(y), atol=1e-8)


def test_trace_has_every_representation() -> None:
    trace = pushforward_trace(DEEP, Gaussian())
    assert len(trace) == len(DEEP) + 1
    assert trace[0] == Gaussian()
    for depth in range(1, len(trace)):
        want = pushforward(Network(DEEP.layers[:depth]), Gaussian())
        assert trace[depth].atoms == want.atoms
        assert trace[depth].window() == want.window()


@given(stacks, st.lists(st.floats(-3, 3), min_size=1, max_size=5))
@settings(max_examples=40, deadline=None)
def test_stretch_is_torchs_derivative(net: Network, values: list[float]) -> None:
    x = torch.tensor(values, dtype=torch.float64)[:, None].requires_grad_()
    module = torch.nn.Sequential(*[_torch_layer(layer) for layer in net]).double()
    module(x).sum().backward()
    assert x.grad is not None
    want = np.abs(x.grad.numpy()[:, 0])
    np.testing.assert_allclose(stretch(net, values), want, rtol=1e-10, atol=1e-12)


def _torch_layer(layer: Layer) -> torch.nn.Module:
    return Network([layer]).to_torch()[0]


def test_density_is_one_over_stretch() -> None:
    net, source = Network([linear(2, -0.5), Tanh(), linear(-3)]), Gaussian(0.2, 0.4)
    x = np.linspace(-0.7, 1.1, 13)
    density = pushforward(net, source).pdf(net(x[:, None])[:, 0])
    np.testing.assert_allclose(density, source.pdf(x) / stretch(net, x), rtol=1e-11)
    assert stretch(linear(-2.5), 7).shape == ()
    assert stretch(linear(-2.5), 7) == 2.5


def test_graph_follows_a_steep_layer() -> None:
    out = pushforward(Network([linear(1000), Sigmoid()]), Gaussian())
    vertices = out.graph(64, mass=0.02)
    assert np.diff(vertices[:, 0]).max() < 0.1
    np.testing.assert_allclose(vertices[1:-1, 1], out.pdf(vertices[1:-1, 0]))


@pytest.mark.parametrize(
    ("net", "message"),
    [
        (Softmax(), r"layers\[0\] is softmax \(over one coordinate it is constant\)"),
        (Network([ReLU(), L2Norm()]), r"layers\[1\] is L2-norm, want layers of width 1"),
        (Linear(np.ones((2, 1))), r"layers\[0\] \(linear\) has weight \(2, 1\), want \(1, 1\)"),
        (Network([Linear(np.ones((1, 2)))]), r"has weight \(1, 2\)"),
    ],
)
def test_other_layers_are_refused(net: Network | Layer, message: str) -> None:
    for function in (pushforward, pushforward_trace):
        with pytest.raises(ValueError, match=message):
            function(net, Gaussian())
    with pytest.raises(ValueError, match=message):
        stretch(net, 0.0)
