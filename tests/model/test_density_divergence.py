"""Divergences against closed forms, invariances, scipy and torch."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad

from model import Layer, LeakyReLU, Linear, Network, ReLU, Sigmoid, Softmax, Tanh
from model.density import (
    Distribution,
    Empirical,
    Gaussian,
    Mixture,
    Uniform,
    cross_entropy,
    entropy,
    kl_divergence,
    pushforward,
    softmax_cross_entropy,
    total_variation,
    wasserstein,
)

gaussians = st.builds(Gaussian, st.floats(-2, 2), st.floats(0.2, 3))
HALF_TANH = Network([Tanh(), Linear([[0.5]], [0.5])])  # sigmoid(2 x), computed another way
A, B = Gaussian(0.3, 1.2), Gaussian(-1, 0.7)


def gaussian_kl(p: Gaussian, q: Gaussian) -> float:
    ratio = p.std / q.std
    return float((ratio**2 + ((p.mean - q.mean) / q.std) ** 2 - 1) / 2 - np.log(ratio))


@given(gaussians, gaussians)
@settings(max_examples=40, deadline=None)
def test_gaussians_have_closed_forms(p: Gaussian, q: Gaussian) -> None:
    want = gaussian_kl(p, q)
    assert kl_divergence(p, q) == pytest.approx(want, abs=1e-10, rel=1e-10)
    assert entropy(p) == pytest.approx(stats.norm.entropy(p.mean, p.std), abs=1e-10)
    own = float(stats.norm.entropy(p.mean, p.std))
    assert cross_entropy(p, q) == pytest.approx(own + want, abs=1e-10, rel=1e-10)
    shift, widen = p.mean - q.mean, abs(p.std - q.std)
    if widen > 1e-9:  # E|shift + widen Z|, as the quantile functions are in order
        folded = stats.foldnorm(abs(shift) / widen, scale=widen).mean()
        assert wasserstein(p, q) == pytest.approx(folded, abs=1e-10)


@given(gaussians, st.floats(-3, 3))
@settings(max_examples=20, deadline=None)
def test_total_variation_of_shifted_gaussians(p: Gaussian, shift: float) -> None:
    q = Gaussian(p.mean + shift, p.std)
    want = 2 * stats.norm.cdf(abs(shift) / 2 / p.std) - 1
    assert total_variation(p, q) == pytest.approx(want, abs=1e-12)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (Gaussian(0, 1), Gaussian(0.3, 2)),
        (Mixture([0.4, 0.6], [Gaussian(-1, 0.2), Uniform(0, 2)]), Gaussian(0, 2)),
        (pushforward(LeakyReLU(0.3), Gaussian()), pushforward(LeakyReLU(-0.5), Gaussian(1, 1))),
        (pushforward(Sigmoid(), Gaussian(1, 1)), Uniform(0, 1)),
        (Uniform(0, 1), Uniform(0.25, 2)),
    ],
)
def test_total_variation_and_wasserstein_by_quadrature(p: Distribution, q: Distribution) -> None:
    cuts = np.unique(np.concatenate([p.edges, q.edges, np.linspace(-12, 12, 60)]))
    variation = transport = 0.0
    for low, high in pairwise(cuts):
        variation += quad(lambda y: abs(float(p.pdf(y) - q.pdf(y))), low, high)[0] / 2
        transport += quad(lambda y: abs(float(p.cdf(y) - q.cdf(y))), low, high)[0]
    assert total_variation(p, q) == pytest.approx(variation, abs=1e-7)
    assert wasserstein(p, q) == pytest.approx(transport, abs=1e-7)


@pytest.mark.parametrize("layer", [Sigmoid(), Tanh(), LeakyReLU(0.1), Linear([[-3.0]], [1.0])])
def test_monotone_layers_change_no_divergence(layer: Layer) -> None:
    p, q = pushforward(layer, A), pushforward(layer, B)
    assert kl_divergence(p, q) == pytest.approx(gaussian_kl(A, B), abs=1e-10)
    assert total_variation(p, q) == pytest.approx(total_variation(A, B), abs=1e-12)


def test_divergence_through_layers_that_differ() -> None:
    p, q = pushforward(Sigmoid(), A), pushforward(HALF_TANH, Gaussian(-0.5, 0.35))
    assert kl_divergence(p, q) == pytest.approx(gaussian_kl(A, B), abs=1e-9)
    assert total_variation(p, q) == pytest.approx(total_variation(A, B), abs=1e-9)


def test_layers_only_lose_divergence() -> None:
    for layer in (ReLU(), LeakyReLU(-1.0), Network([Linear([[2.0]], [-1.0]), ReLU(), Tanh()])):
        p, q = pushforward(layer, A), pushforward(layer, B)
        assert 0 < kl_divergence(p, q) < gaussian_kl(A, B)
        assert 0 < total_variation(p, q) < total_variation(A, B)


def test_relu_splits_into_atom_and_density() -> None:
    p, q = pushforward(ReLU(), A), pushforward(ReLU(), B)
    (_, left), (_, right) = p.atoms[0], q.atoms[0]
    tail, _ = quad(lambda y: A.pdf(y) * (A.logpdf(y) - B.logpdf(y)), 0, 15, epsabs=1e-13)
    assert kl_divergence(p, q) == pytest.approx(left * np.log(left / right) + tail, abs=1e-10)


def test_wide_saturation_is_resolved() -> None:
    wide = pushforward(Sigmoid(), Gaussian(0, 30))  # 22 % of it rounds to 0 or 1
    mean_size = 30 * np.sqrt(2 / np.pi)
    spread, _ = quad(lambda x: 2 * np.log1p(np.exp(-abs(x))) * stats.norm.pdf(x, 0, 30), -300, 300)
    want = stats.norm.entropy(0, 30) - mean_size - spread
    assert entropy(wide) == pytest.approx(want, abs=1e-8)
    assert kl_divergence(wide, Uniform(0, 1)) == pytest.approx(-want, abs=1e-8)


def test_unresolved_saturation_is_refused() -> None:
    with pytest.raises(ValueError, match=r"p: got .* of its mass within rounding of .*saturates"):
        kl_divergence(pushforward(Sigmoid(), Gaussian(0, 30)), pushforward(HALF_TANH, Gaussian()))


def test_uniform_against_a_logit_normal() -> None:
    want = np.pi**2 / 6 + 0.5 * np.log(2 * np.pi) - 2  # E logit^2 / 2 = pi^2/6, E log y(1-y) = -2
    out = pushforward(Sigmoid(), Gaussian())
    assert kl_divergence(Uniform(0, 1), out) == pytest.approx(want, abs=1e-10)


def test_tails_do_not_underflow() -> None:
    want = (51**3 - 50**3) / 6 + 0.5 * np.log(2 * np.pi)
    assert kl_divergence(Uniform(50, 51), Gaussian()) == pytest.approx(want, rel=1e-12)


@pytest.mark.parametrize(
    ("p", "q"),
    [
        (Gaussian(), Uniform(-20, 20)),
        (Uniform(0, 1), Mixture([0.5, 0.5], [Uniform(0, 0.4), Uniform(0.6, 1)])),
        (Uniform(0, 1), Empirical([0.5])),
        (Empirical([0.5]), Gaussian()),
        (Empirical([0.0, 1.0]), Empirical([0.0])),
        (pushforward(ReLU(), Gaussian()), Gaussian()),
    ],
)
def test_kl_is_infinite_where_the_target_has_nothing(p: Distribution, q: Distribution) -> None:
    assert kl_divergence(p, q) == np.inf
    assert cross_entropy(p, q) == np.inf


@pytest.mark.parametrize(
    "p",
    [
        A,
        Uniform(-1, 3),
        Empirical([0.0, 0.0, 2.0]),
        pushforward(Network([ReLU(), Tanh()]), A),
        pushforward(LeakyReLU(-0.5), Mixture([0.5, 0.5], [A, Uniform(0, 1)])),
    ],
    ids=repr,
)
def test_everything_vanishes_between_equals(p: Distribution) -> None:
    same = pushforward(Linear([[1.0]]), p)
    for one, other in ((p, p), (p, same), (same, p)):
        assert kl_divergence(one, other) == pytest.approx(0, abs=1e-10)
        assert total_variation(one, other) == pytest.approx(0, abs=1e-12)
        assert wasserstein(one, other) == pytest.approx(0, abs=1e-12)


def test_discrete_distributions() -> None:
    p, q = Empirical([0.0, 0.0, 1.0]), Empirical([0.0, 1.0])
    want = 2 / 3 * np.log(4 / 3) + 1 / 3 * np.log(2 / 3)
    assert kl_divergence(p, q) == pytest.approx(want, abs=1e-15)
    assert entropy(p) == pytest.approx(np.log(3) - 2 / 3 * np.log(2), abs=1e-15)
    assert total_variation(p, q) == pytest.approx(1 / 6, abs=1e-15)
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=300), rng.normal(0.4, 2, size=200)
    want = stats.wasserstein_distance(x, y)
    assert wasserstein(Empirical(x), Empirical(y)) == pytest.approx(want, abs=1e-12)


def test_atoms_against_densities() -> None:
    out = pushforward(ReLU(), Gaussian())
    assert total_variation(out, Gaussian()) == pytest.approx(0.5, abs=1e-12)
    assert total_variation(Empirical([0.0, 1.0]), out) == pytest.approx(0.5, abs=1e-12)
    assert wasserstein(Empirical([0.0]), out) == pytest.approx(1 / np.sqrt(2 * np.pi), abs=1e-12)
    assert wasserstein(Empirical([0.0]), Empirical([7.5])) == pytest.approx(7.5)
    assert total_variation(Uniform(0, 1), Uniform(5, 6)) == 1


def test_a_sample_closes_in_on_its_source() -> None:
    distances = [wasserstein(Empirical(A.sample(n, seed=0)), A) for n in (100, 10_000)]
    assert distances[1] < distances[0] / 3


@given(st.integers(0, 10**6), st.integers(2, 5))
@settings(max_examples=20, deadline=None)
def test_softmax_loss_is_torchs(seed: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 3, size=(6, classes))
    for targets in (np.eye(classes)[rng.integers(classes, size=6)], Softmax()(logits[::-1])):
        loss = softmax_cross_entropy(Softmax()(logits), targets)
        want = torch.nn.functional.cross_entropy(
            torch.from_numpy(logits), torch.from_numpy(targets.copy()), reduction="none"
        ).numpy()
        np.testing.assert_allclose(loss.total, want, rtol=1e-12, atol=1e-13)
        assert loss.mean == pytest.approx(want.mean(), rel=1e-12)
        want = [stats.entropy(t, y) for t, y in zip(targets, Softmax()(logits), strict=True)]
        np.testing.assert_allclose(loss.divergence, want, atol=1e-12)
        np.testing.assert_allclose(loss.entropy, stats.entropy(targets, axis=1), atol=1e-12)


def test_one_hot_targets_have_no_entropy() -> None:
    loss = softmax_cross_entropy([[0.2, 0.8], [1, 0], [0, 1]], [[0, 1], [1, 0], [1, 0]])
    np.testing.assert_array_equal(loss.entropy, 0)
    np.testing.assert_allclose(loss.total, [-np.log(0.8), 0, np.inf])


@pytest.mark.parametrize(
    ("outputs", "targets", "message"),
    [
        ([[2.0, -1.0]], [[0, 1]], r"outputs: got \[2.0, -1.0\] in row 0, want numbers of at least"),
        ([[0.5, 0.5]], [[1, 1]], r"targets: got \[1.0, 1.0\] in row 0"),
        ([[0.5, 0.5]], [[1, 0], [0, 1]], r"targets: got shape \(2, 2\), want that of outputs"),
        ([[1.0]], [[1]], r"outputs: got shape \(1, 1\), want \(n, c\) with c at least 2"),
    ],
)
def test_bad_losses_are_named(outputs: object, targets: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        softmax_cross_entropy(outputs, targets)  # type: ignore[arg-type]
