"""Densities behind relu and L2-norm in the plane, against quadrature and samples."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import quad, tanhsinh

from model import L2Norm, Linear
from model.density import (
    GaussianND,
    direction_mass,
    direction_pdf,
    relu_axis_pdf,
    relu_masses,
    relu_quadrant_pdf,
)

means = st.tuples(st.floats(-2, 2), st.floats(-2, 2)).map(np.array)
factors = st.tuples(st.floats(0.3, 2), st.floats(-1, 1), st.floats(0.3, 2))
gaussians = st.builds(
    lambda mean, f: GaussianND(mean, np.outer(f[:2], f[:2]) + np.diag([0, f[2] ** 2])),
    means,
    factors,
)
# beartype picks the entries it checks by `random`, which hypothesis notices and makes safe.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")


@given(gaussians)
@settings(max_examples=30, deadline=None)
def test_axis_densities_integrate_to_the_axis_masses(gaussian: GaussianND) -> None:
    masses = relu_masses(gaussian)
    for axis, want in ((0, masses.x_axis), (1, masses.y_axis)):
        cuts = np.linspace(0, 40, 81)
        panels = tanhsinh(
            lambda x, axis=axis: relu_axis_pdf(gaussian, x, axis=axis), cuts[:-1], cuts[1:]
        )
        assert abs(panels.integral.sum() - want) < 1e-10


def test_axis_density_is_that_of_the_samples() -> None:
    gaussian = GaussianND([0.4, -0.2], [[1, -0.5], [-0.5, 2]])
    points = gaussian.sample(10**6, seed=8)
    kept = points[(points[:, 0] <= 0) & (points[:, 1] > 0), 1]
    edges = np.linspace(0, 3, 13)
    counts, _ = np.histogram(kept, edges)
    centres = (edges[1:] + edges[:-1]) / 2
    density = relu_axis_pdf(gaussian, centres, axis=1)
    np.testing.assert_allclose(counts / len(points) / np.diff(edges), density, rtol=0.04)


def test_axis_density_of_a_flat_gaussian() -> None:
    flat = GaussianND([0.5, -0.5], [[1, 1], [1, 1]])  # x2 = x1 - 1: flattened where x1 <= 1
    x = np.array([-0.5, 0.0, 0.5, 0.99, 1.01, 2.0])
    want = stats.norm.pdf(x, 0.5, 1) * [0, 0, 1, 1, 0, 0]
    np.testing.assert_allclose(relu_axis_pdf(flat, x, axis=0), want, rtol=1e-12)


def test_quadrant_density_is_the_gaussians_own() -> None:
    gaussian = GaussianND([0.4, -0.2], [[1, -0.5], [-0.5, 2]])
    points = np.array([[0.5, 0.5], [1.0, 2.0], [-0.1, 1.0], [0.0, 1.0]])
    want = stats.multivariate_normal([0.4, -0.2], [[1, -0.5], [-0.5, 2]]).pdf(points)
    np.testing.assert_allclose(relu_quadrant_pdf(gaussian, points), want * [1, 1, 0, 0])


@given(gaussians, st.floats(-4, 4), st.floats(0, 2 * np.pi))
@settings(max_examples=40, deadline=None)
def test_direction_density_integrates_to_wedges(
    gaussian: GaussianND, low: float, width: float
) -> None:
    cuts = np.linspace(low, low + width, 65)
    if width > 1e-3:
        panels = tanhsinh(lambda t: direction_pdf(gaussian, t), cuts[:-1], cuts[1:])
        assert abs(panels.integral.sum() - direction_mass(gaussian, low, cuts[-1])) < 1e-10
    assert direction_mass(gaussian, low, low + 2 * np.pi) == pytest.approx(1, abs=1e-12)
    assert direction_mass(gaussian, low, low) == 0


def test_direction_density_is_the_radial_integral() -> None:
    gaussian = GaussianND([0.8, -0.5], [[1.2, 0.4], [0.4, 0.6]])
    for theta in (-2.0, 0.0, 0.7, 3.0):
        ray = np.array([np.cos(theta), np.sin(theta)])
        want, _ = quad(lambda r, ray=ray: r * gaussian.pdf([r * ray])[0], 0, 30, epsabs=1e-13)
        assert direction_pdf(gaussian, theta) == pytest.approx(want, abs=1e-11)


def test_direction_density_is_that_of_normalised_samples() -> None:
    gaussian = GaussianND([0.8, -0.5], [[1.2, 0.4], [0.4, 0.6]])
    unit = L2Norm()(gaussian.sample(400_000, seed=5))
    angles = np.arctan2(unit[:, 1], unit[:, 0])
    counts, edges = np.histogram(angles, np.linspace(-np.pi, np.pi, 25))
    want = [direction_mass(gaussian, a, b) for a, b in pairwise(edges)]
    np.testing.assert_allclose(counts / len(angles), want, atol=3e-3)


def test_isotropic_directions_are_uniform() -> None:
    blob = GaussianND([0, 0], 3 * np.eye(2))
    np.testing.assert_allclose(direction_pdf(blob, np.linspace(0, 6, 7)), 1 / (2 * np.pi))


def test_far_means_do_not_overflow() -> None:
    density = direction_pdf(GaussianND([60, 0], np.eye(2)), [0.0, 0.01, np.pi])
    spread = stats.norm(0, 1 / 60)
    np.testing.assert_allclose(density[:2], spread.pdf([0, 0.01]), rtol=1e-2)
    assert density[2] == 0


FLAT = GaussianND([0, 1], [[1, 1], [1, 1]])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: direction_pdf(FLAT, 0.0), r"gaussian: its covariance is singular"),
        (lambda: direction_mass(FLAT, 0.0, 1.0), r"gaussian: its covariance is singular"),
        (lambda: direction_pdf(GaussianND([0], [[1]]), 0), r"gaussian: got 1 dimensions, want 2"),
        (
            lambda: direction_mass(GaussianND([0, 0], np.eye(2)), 1.0, 0.0),
            r"low, high: got 1 and 0",
        ),
        (lambda: relu_axis_pdf(FLAT, 1.0, axis=2), r"axis: got 2, want 0"),
        (lambda: relu_axis_pdf(FLAT, np.nan, axis=0), r"x: 1 of 1 values are not finite"),
        (lambda: relu_quadrant_pdf(FLAT, [[1, 1]]), r"cov: it has rank 1"),
        (
            lambda: relu_axis_pdf(FLAT.through(Linear([[0, 0], [0, 1]])), 1.0, axis=0),
            r"std: got 0",
        ),
    ],
)
def test_bad_input_is_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
