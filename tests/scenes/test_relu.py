"""The numbers the relu clip shows, recomputed another way."""

import numpy as np
import pytest
from scipy import stats

from scenes import relu


def test_ramp_and_spaced_points_are_relu():
    np.testing.assert_array_equal(relu.ramp(), [[-3, 0], [0, 0], [3, 3]])
    x, y = relu.spaced()
    np.testing.assert_array_equal(y, np.where(x > 0, x, 0))


def test_atom_mass_is_phi_of_minus_mu_over_sigma():
    assert relu.atom_mass() == pytest.approx(stats.norm.cdf(-0.5 / 1.0), abs=1e-12)


def test_wave_points_stand_for_equal_masses():
    x, y = relu.quantiles(160)
    np.testing.assert_allclose(stats.norm.cdf(x, 0.5, 1), (np.arange(160) + 0.5) / 160, atol=1e-12)
    assert (y == 0).mean() == pytest.approx(relu.atom_mass(), abs=1 / 160)


@pytest.mark.parametrize("gaussian", [relu.CENTRED, relu.SHIFTED])
def test_masses_against_scipy_and_the_sample(gaussian):
    exact, counted = relu.masses(gaussian)
    normal = stats.multivariate_normal(-gaussian.mean, gaussian.cov)
    assert exact.quadrant == pytest.approx(normal.cdf([0, 0]), abs=1e-6)
    origin = stats.multivariate_normal(gaussian.mean, gaussian.cov).cdf([0, 0])
    assert exact.origin == pytest.approx(origin, abs=1e-6)
    z, h = relu.sample(gaussian)
    assert len(z) >= 2000
    np.testing.assert_array_equal(h, np.maximum(z, 0))
    assert counted.quadrant == pytest.approx((h > 0).all(axis=1).mean())
    assert counted.origin == pytest.approx((h == 0).all(axis=1).mean())
    np.testing.assert_allclose(counted, exact, atol=5 * 0.5 / np.sqrt(len(z)))


def test_centred_blob_has_quarters():
    np.testing.assert_allclose(relu.masses(relu.CENTRED)[0], 0.25, atol=1e-12)


def test_parts_are_counted_as_coloured():
    z, _ = relu.sample(relu.SHIFTED)
    shares = np.bincount(relu.relu_parts(z), minlength=4) / len(z)
    np.testing.assert_allclose(shares, relu.masses(relu.SHIFTED)[1])


def test_grid_image_is_relu_of_the_grid():
    trace = relu.clamped_grid()
    np.testing.assert_allclose(trace.points[1], np.maximum(trace.points[0], 0), atol=1e-12)


@pytest.mark.parametrize("gaussian", [relu.CENTRED, relu.SHIFTED])
def test_the_humps_hold_the_masses_of_the_axes(gaussian):
    exact = relu.masses(gaussian)[0]
    for axis, mass in enumerate((exact.x_axis, exact.y_axis)):
        t, density = relu.along(gaussian, axis).T
        assert np.trapezoid(density, t) == pytest.approx(mass, abs=2e-3)
