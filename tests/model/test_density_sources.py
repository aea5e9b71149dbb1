"""Sources against scipy.stats, and what every distribution promises."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from model import ReLU
from model.density import Distribution, Empirical, Gaussian, Mixture, Uniform, pushforward

Y = np.linspace(-6, 6, 401)
MIXED = Mixture(
    [0.2, 0.3, 0.5], [Uniform(-1, 2), Empirical([0.5, 3.0]), pushforward(ReLU(), Gaussian(0.2, 1))]
)
ALL: list[Distribution] = [
    Gaussian(),
    Gaussian(-1.5, 0.3),
    Uniform(-2, 3),
    Mixture([0.25, 0.75], [Gaussian(-1, 0.5), Gaussian(2, 0.1)]),
    Empirical([0.0, 1.0, 1.0, 4.0]),
    MIXED,
]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Gaussian(0.3, 1.7), stats.norm(0.3, 1.7)),
        (Gaussian(), stats.norm()),
        (Uniform(-1.5, 2.25), stats.uniform(-1.5, 3.75)),
    ],
)
def test_sources_agree_with_scipy(ours: Distribution, theirs: stats.rv_continuous) -> None:
    np.testing.assert_allclose(ours.pdf(Y), theirs.pdf(Y), rtol=1e-13)
    np.testing.assert_allclose(ours.cdf(Y), theirs.cdf(Y), atol=1e-15)
    q = np.linspace(0.001, 0.999, 99)
    np.testing.assert_allclose(ours.quantile(q), theirs.ppf(q), atol=1e-12)
    np.testing.assert_array_equal(ours.ppf(q), ours.quantile(q))


def test_log_density_outlives_underflow() -> None:
    assert Gaussian().pdf(50.0) == 0
    np.testing.assert_allclose(Gaussian().logpdf(50.0), stats.norm.logpdf(50.0), rtol=1e-14)


def test_mixture_is_the_weighted_sum() -> None:
    parts = [Gaussian(-1, 0.5), Uniform(0, 2)]
    mixture = Mixture([0.25, 0.75], parts)
    for name in ("pdf", "cdf"):
        want = 0.25 * getattr(parts[0], name)(Y) + 0.75 * getattr(parts[1], name)(Y)
        np.testing.assert_allclose(getattr(mixture, name)(Y), want, atol=1e-15)
    assert mixture.kinks.tolist() == [0.0, 2.0]


def test_mixture_gathers_atoms() -> None:
    assert MIXED.atoms[0] == (0.0, pytest.approx(0.5 * stats.norm.cdf(-0.2), abs=1e-15))
    assert MIXED.atoms[1:] == [(0.5, pytest.approx(0.15)), (3.0, pytest.approx(0.15))]
    weightless = Mixture([1, 0], [Gaussian(), Empirical([1.0])])
    assert weightless.atoms == []
    assert np.isfinite(weightless.logpdf(1.0))


def test_empirical_is_its_sample() -> None:
    sample = Empirical([2.0, 0.0, 1.0, 1.0])
    assert sample.atoms == [(0.0, 0.25), (1.0, 0.5), (2.0, 0.25)]
    np.testing.assert_array_equal(sample.cdf([-1, 0, 0.5, 1, 2]), [0, 0.25, 0.25, 0.75, 1])
    np.testing.assert_array_equal(sample.pdf(Y), 0)
    assert set(sample.sample(100, seed=0)) == {0.0, 1.0, 2.0}
    np.testing.assert_array_equal(Empirical([[1.0], [2.0]]).values, [1.0, 2.0])


@pytest.mark.parametrize("n", [10, 1000])
def test_empirical_quantiles_meet_every_value(n: int) -> None:
    sample = Empirical(np.arange(n))
    np.testing.assert_array_equal(sample.quantile(np.arange(1, n + 1) / n), np.arange(n))


@pytest.mark.parametrize("p", ALL, ids=repr)
def test_total_mass_and_ends(p: Distribution) -> None:
    assert p.total_mass() == pytest.approx(1, abs=1e-14)
    assert p.cdf(np.inf) == pytest.approx(1, abs=1e-14)
    assert p.cdf(-np.inf) == 0
    assert p.pdf([-np.inf, np.inf]).tolist() == [0, 0]
    assert tuple(p.quantile([0.0, 1.0])) == p.support
    low, high = p.window(0.9)
    assert p.cdf_limit(np.array([high]), 1) - p.cdf_limit(np.array([low]), -1) >= 0.9 - 1e-12


@pytest.mark.parametrize("p", ALL, ids=repr)
def test_samples_follow_the_cdf(p: Distribution) -> None:
    values, counts = np.unique(p.sample(100_000, seed=3), return_counts=True)
    assert np.abs(np.cumsum(counts) / 100_000 - p.cdf(values)).max() < 6e-3
    np.testing.assert_array_equal(p.sample(5, seed=3), p.sample(5, seed=3))
    assert (p.sample(5, seed=3) != p.sample(5, seed=4)).any()


@given(st.sampled_from(ALL), st.floats(1e-12, 1 - 1e-12))
@settings(max_examples=60, deadline=None)
def test_quantile_inverts_the_cdf(p: Distribution, q: float) -> None:
    y = p.quantile([q])
    assert p.cdf(y)[0] >= q - 1e-12
    assert p.cdf_limit(y, -1)[0] <= q + 1e-12


@pytest.mark.parametrize("shape", [(), (3,), (2, 4), (0,)])
def test_shapes_are_kept(shape: tuple[int, ...]) -> None:
    for p in ALL:
        for answer in (p.pdf(np.ones(shape)), p.cdf(np.ones(shape)), p.quantile(np.ones(shape))):
            assert answer.shape == shape


def test_graph_has_upright_jumps() -> None:
    vertices = Uniform(0, 2).graph(4)
    assert vertices[:2].tolist() == [[0, 0.5], [0.5, 0.5]] or vertices[0].tolist() == [0.001, 0.5]
    vertices = Mixture([0.5, 0.5], [Uniform(-1, 1), Uniform(0, 2)]).graph(10)
    at_zero = vertices[vertices[:, 0] == 0]
    np.testing.assert_allclose(at_zero[:, 1], [0.25, 0.5])
    assert (np.diff(vertices[:, 0]) >= 0).all()


def test_a_window_is_never_empty() -> None:
    assert Empirical([3.0]).window() == (2.5, 3.5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gaussian(0, 0), r"std: got 0, want a number above 0"),
        (lambda: Gaussian(np.nan, 1), r"mean: 1 of 1 values are not finite"),
        (lambda: Gaussian([0, 1], 1), r"mean: got shape \(2,\), want 0 axes"),
        (lambda: Uniform(1, 1), r"low, high: got 1 and 1, want low below high"),
        (lambda: Uniform(-1e308, 1e308), r"finite distance"),
        (lambda: Empirical([]), r"values: got shape \(0,\), want \(n,\)"),
        (lambda: Empirical([[1, 2]]), r"values: got shape \(1, 2\)"),
        (lambda: Mixture([0.5, 0.6], [Gaussian(), Gaussian()]), r"weights: .*sum 1.1.*add up to 1"),
        (lambda: Mixture([-0.5, 1.5], [Gaussian(), Gaussian()]), r"weights: .*at least 0"),
        (lambda: Mixture([1.0], [Gaussian(), Gaussian()]), r"weights: got 1 for 2 components"),
        (lambda: Mixture([], []), r"at least one"),
        (lambda: Gaussian().quantile(1.5), r"q: got values from 1.5 to 1.5, want prob.* \[0, 1\]"),
        (lambda: Gaussian().pdf([0, np.nan]), r"y: 1 of 2 values are not finite"),
        (lambda: Gaussian().cdf("high"), r"y: got values of type"),
        (lambda: Gaussian().pdf([[1], [2, 3]]), r"y: got ragged data"),
        (lambda: Gaussian().sample(0, seed=1), r"n: got 0, want a whole number of at least 1"),
        (lambda: Gaussian().window(1), r"mass: got 1, want a share above 0 and below 1"),
    ],
)
def test_bad_input_is_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
