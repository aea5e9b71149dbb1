"""Gaussians in several dimensions, and their orthants, against quadrature and counting."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import tanhsinh
from scipy.special import ndtr

from model import Identity, Linear, Network, ReLU
from model.density import (
    Gaussian,
    GaussianND,
    ReluMasses,
    counted_masses,
    orthant_masses,
    pushforward,
    relu_masses,
    relu_parts,
    strictly_positive_mass,
)


def covariance(one: float, two: float, corr: float) -> np.ndarray:
    return np.array([[one**2, corr * one * two], [corr * one * two, two**2]])


def quadrant_by_quadrature(mean: np.ndarray, one: float, two: float, corr: float) -> float:
    """P(X1 > 0, X2 > 0) as the integral over z1 of phi(z1) P(X2 > 0 | z1)."""
    root = np.sqrt((1 - corr) * (1 + corr))

    def density(z: np.ndarray) -> np.ndarray:
        height = (mean[1] / two + corr * z) / root
        return np.exp(-z * z / 2) / np.sqrt(2 * np.pi) * ndtr(height)

    start, step = -mean[0] / one, -mean[1] / two / corr if abs(corr) > 1e-6 else 0.0
    end = max(start + 1, 12.0)
    around = step + root * np.array([-30, -8, -2, 0, 2, 8, 30])  # where the inner cdf rises
    cuts = np.unique(np.clip(np.append(around, np.linspace(start, end, 9)), start, end))
    cuts = cuts[np.append(True, np.diff(cuts) > 1e-300)]  # none so narrow that it has no inside
    return float(tanhsinh(density, cuts[:-1], cuts[1:], atol=1e-15).integral.sum())


means = st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(np.array)
stds = st.floats(0.2, 3)
corrs = st.floats(-0.999, 0.999) | st.sampled_from([-1 + 1e-7, 1 - 1e-7, 0.0, 1e-12])


@example(np.array([5e-324, 0.0]), 1.0, 1.0, 0.0)
@given(means, stds, stds, corrs)
@settings(max_examples=150, deadline=None)
def test_quadrant_against_quadrature(mean: np.ndarray, one: float, two: float, corr: float) -> None:
    masses = relu_masses(GaussianND(mean, covariance(one, two, corr)))
    assert abs(masses.quadrant - quadrant_by_quadrature(mean, one, two, corr)) < 1e-10
    assert abs(sum(masses) - 1) < 1e-10
    assert min(masses) >= 0
    flip_x = relu_masses(GaussianND(mean * [-1, 1], covariance(one, two, -corr)))
    np.testing.assert_allclose(flip_x, [masses[i] for i in (2, 3, 0, 1)], atol=1e-10)
    assert abs(masses.quadrant + masses.x_axis - ndtr(mean[0] / one)) < 1e-10


@given(stds, stds, st.floats(-1, 1))
@settings(max_examples=50, deadline=None)
def test_centred_masses_are_arcsines(one: float, two: float, corr: float) -> None:
    masses = relu_masses(GaussianND([0, 0], covariance(one, two, corr)))
    lean = np.arcsin(corr) / (2 * np.pi)
    np.testing.assert_allclose(masses, 0.25 + lean * np.array([1, -1, -1, 1]), atol=1e-7)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("mean", [(5e-324, 0.0), (5e-324, 5e-324), (-5e-324, 1e-310)])
def test_means_next_to_nothing_are_none(mean: tuple[float, float]) -> None:
    masses = relu_masses(GaussianND(mean, covariance(1.0, 2.0, 0.5)))
    np.testing.assert_allclose(masses, relu_masses(GaussianND([0, 0], covariance(1, 2, 0.5))))


def test_isotropic_blob_is_quartered() -> None:
    assert relu_masses(GaussianND([0, 0], 4 * np.eye(2))) == (0.25, 0.25, 0.25, 0.25)


def test_independent_coordinates_multiply() -> None:
    masses = relu_masses(GaussianND([0.5, -1.2], np.diag([4.0, 0.25])))
    right, up = stats.norm.cdf([0.25, -2.4])
    want = [right * up, right * (1 - up), (1 - right) * up, (1 - right) * (1 - up)]
    np.testing.assert_allclose(masses, want, rtol=1e-13)


@pytest.mark.parametrize("mean", [[0.0, 0.0], [0.5, -0.2], [-1.0, 1.0], [0.0, 1.0]])
@pytest.mark.parametrize(
    "cov",
    [[[1, 1], [1, 1]], [[1, -2], [-2, 4]], [[0, 0], [0, 1]], [[2, 0], [0, 0]], [[0, 0], [0, 0]]],
)
def test_flat_gaussians(mean: list[float], cov: list[list[float]]) -> None:
    gaussian = GaussianND(mean, cov)
    assert gaussian.singular
    masses, sample = relu_masses(gaussian), gaussian.sample(200_000, seed=2)
    np.testing.assert_allclose(masses, counted_masses(sample), atol=5e-3)
    assert abs(sum(masses) - 1) < 1e-15


def test_perfect_correlation_is_the_limit() -> None:
    for sign in (-1, 1):
        flat = relu_masses(GaussianND([0.4, -0.3], covariance(1, 2, sign)))
        near = relu_masses(GaussianND([0.4, -0.3], covariance(1, 2, sign * (1 - 1e-9))))
        np.testing.assert_allclose(flat, near, atol=1e-4)


def test_counting_is_the_same_before_and_behind_relu() -> None:
    points = GaussianND([0.2, -0.4], covariance(1, 0.7, 0.5)).sample(100_000, seed=0)
    counted = counted_masses(points)
    assert counted == counted_masses(ReLU()(points))
    exact = relu_masses(GaussianND([0.2, -0.4], covariance(1, 0.7, 0.5)))
    np.testing.assert_allclose(counted, exact, atol=5e-3)
    assert counted_masses([[1, 1], [1, -1], [0, 2], [0, 0]]) == ReluMasses(0.25, 0.25, 0.25, 0.25)


def test_each_point_lands_on_the_part_where_relu_leaves_it():
    points = np.array([[1, 1], [1, -1], [-1, 2], [-3, -1], [0, 2], [0, 0], [2, 0]])
    np.testing.assert_array_equal(relu_parts(points), [0, 1, 2, 3, 2, 3, 1])
    np.testing.assert_array_equal(relu_parts(ReLU()(points)), relu_parts(points))


def test_one_dimension_is_the_atom_of_relu() -> None:
    masses = orthant_masses(GaussianND([0.7], [[2.0]]))
    atom = pushforward(ReLU(), Gaussian(0.7, np.sqrt(2))).atoms[0][1]
    np.testing.assert_allclose(masses.masses, [1 - atom, atom], atol=1e-15)
    assert masses.positive.tolist() == [[True], [False]]


@pytest.mark.parametrize("dim", [1, 2, 5, 12])
def test_one_in_two_to_the_n_stays_positive(dim: int) -> None:
    result = orthant_masses(GaussianND(np.zeros(dim), np.diag(np.arange(1.0, dim + 1))))
    assert result.exact
    assert "independent" in result.method
    assert len(result.masses) == 2**dim
    np.testing.assert_allclose(result.masses, strictly_positive_mass(dim), rtol=1e-13)


def test_orthants_are_in_the_order_of_relu_masses() -> None:
    gaussian = GaussianND([0.3, -0.8], covariance(1, 2, 0.4))
    result = orthant_masses(gaussian)
    assert tuple(result.masses) == relu_masses(gaussian)
    assert result.positive.tolist() == [[True, True], [True, False], [False, True], [False, False]]


def test_three_centred_dimensions_by_arcsines() -> None:
    cov = np.array([[1, 0.5, -0.2], [0.5, 2, 0.3], [-0.2, 0.3, 0.5]])
    result = orthant_masses(GaussianND(np.zeros(3), cov))
    assert result.exact
    assert "arcsine" in result.method
    for positive, mass in zip(result.positive, result.masses, strict=True):
        sign = np.where(positive, 1, -1)
        want = stats.multivariate_normal.cdf(
            np.zeros(3), cov=np.outer(sign, sign) * cov, abseps=1e-7, rng=1
        )
        assert abs(mass - want) < 1e-5


def test_blocks_multiply_and_say_what_they_are() -> None:
    cov = np.zeros((4, 4))
    cov[np.ix_([0, 2], [0, 2])] = covariance(1, 2, 0.6)
    cov[np.ix_([1, 3], [1, 3])] = covariance(1, 0.5, -0.3)
    mean = np.array([0.1, -0.2, 0.3, 0.4])
    result = orthant_masses(GaussianND(mean, cov))
    assert result.exact
    assert "Owen" in result.method
    one = relu_masses(GaussianND(mean[[0, 2]], cov[np.ix_([0, 2], [0, 2])]))
    two = relu_masses(GaussianND(mean[[1, 3]], cov[np.ix_([1, 3], [1, 3])]))
    assert result.masses[0] == pytest.approx(one.quadrant * two.quadrant, rel=1e-13)
    assert result.masses.sum() == pytest.approx(1, abs=1e-14)


def test_larger_blocks_go_to_scipy_and_say_so() -> None:
    cov = 0.5 * np.eye(3) + 0.5
    wanted = np.array([[True, True, True], [True, False, True]])
    result = orthant_masses(GaussianND([0.2, -0.1, 0.3], cov), wanted)
    assert not result.exact
    assert "SciPy" in result.method
    sample = GaussianND([0.2, -0.1, 0.3], cov).sample(400_000, seed=0) > 0
    counted = [(sample == row).all(axis=1).mean() for row in wanted]
    np.testing.assert_allclose(result.masses, counted, atol=3e-3)
    again = orthant_masses(GaussianND([0.2, -0.1, 0.3], cov), wanted)
    np.testing.assert_array_equal(result.masses, again.masses)


def test_equicorrelated_half_has_a_closed_form() -> None:
    # Centred with all correlations 1/2: the all-positive orthant of n coordinates holds 1/(n + 1).
    result = orthant_masses(GaussianND(np.zeros(4), 0.5 * np.eye(4) + 0.5), np.ones((1, 4), bool))
    assert result.masses[0] == pytest.approx(1 / 5, abs=1e-5)
    assert not result.exact


def test_gaussian_pdf_and_sample() -> None:
    mean, cov = np.array([1.0, -2, 0.5]), np.array([[2, 0.3, 0], [0.3, 1, -0.4], [0, -0.4, 0.5]])
    gaussian = GaussianND(mean, cov)
    points = gaussian.sample(200_000, seed=1)
    np.testing.assert_allclose(points.mean(axis=0), mean, atol=0.02)
    np.testing.assert_allclose(np.cov(points.T), cov, atol=0.03)
    want = stats.multivariate_normal(mean, cov).pdf(points[:100])
    np.testing.assert_allclose(gaussian.pdf(points[:100]), want, rtol=1e-12)
    np.testing.assert_allclose(gaussian.root @ gaussian.root, cov, atol=1e-14)
    assert gaussian.marginal(1) == Gaussian(-2, 1)


def test_ellipse_is_a_contour() -> None:
    gaussian = GaussianND([1, 2], covariance(1, 0.5, 0.7))
    np.testing.assert_allclose(gaussian.distance(gaussian.ellipse(1.5, 40)), 1.5, rtol=1e-13)
    flat = GaussianND([1, 2], [[1, 2], [2, 4]]).ellipse(2, 40) - [1, 2]
    np.testing.assert_allclose(flat[:, 1], 2 * flat[:, 0], atol=1e-12)
    np.testing.assert_allclose(np.abs(flat[:, 0]).max(), 2, rtol=1e-3)


def test_linear_layers_keep_it_gaussian() -> None:
    gaussian = GaussianND([0.5, -1], covariance(1, 0.5, 0.3))
    net = Network([Linear([[1, 2], [0, -1], [1, 1]], [0, 1, 2]), Identity()])
    image = gaussian.through(net)
    assert image.dim == 3
    assert image.rank == 2
    assert image.singular
    points = net(gaussian.sample(200_000, seed=4))
    np.testing.assert_allclose(image.mean, points.mean(axis=0), atol=0.02)
    np.testing.assert_allclose(image.cov, np.cov(points.T), atol=0.03)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GaussianND([0, 0], np.eye(3)), r"mean, cov: got shapes \(2,\) and \(3, 3\)"),
        (lambda: GaussianND([], np.empty((0, 0))), r"d at least 1"),
        (lambda: GaussianND([0, 0], [[1, 2], [0, 1]]), r"cov: .*not symmetric"),
        (lambda: GaussianND([0, 0], [[1, 2], [2, 1]]), r"cov: .*negative eigenvalue -1"),
        (lambda: GaussianND([0, np.inf], np.eye(2)), r"mean: 1 of 2 values are not finite"),
        (lambda: GaussianND([0, 0], np.ones((2, 2))).pdf([[0, 0]]), r"cov: it has rank 1 in 2"),
        (lambda: GaussianND([0], [[1]]).ellipse(1), r"ellipse: got a Gaussian in 1 dimensions"),
        (lambda: GaussianND([0, 0], np.eye(2)).ellipse(-1.0), r"k: got -1, want"),
        (lambda: GaussianND([0, 0], np.eye(2)).marginal(2), r"index: got 2, want 0 to 1"),
        (lambda: GaussianND([0], [[1]]).through(ReLU()), r"layers\[0\] is relu, want linear"),
        (lambda: GaussianND([0], [[1]]).through(Linear(np.eye(2))), r"takes 2 .*want 1"),
        (lambda: relu_masses(GaussianND([0], [[1]])), r"gaussian: got 1 dimensions, want 2"),
        (lambda: counted_masses([[1, 2, 3]]), r"points: got shape \(1, 3\), want \(n, 2\)"),
        (lambda: orthant_masses(GaussianND(np.zeros(13), np.eye(13))), r"got 13 .*at most 12"),
        (lambda: orthant_masses(GaussianND([0], [[1]]), [[1]]), r"positive: got int64 of shape"),
        (lambda: strictly_positive_mass(0), r"n: got 0, want a whole number of at least 1"),
    ],
)
def test_bad_input_is_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
