"""The three blobs' numbers, computed another way."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import multivariate_normal

from scenes import gaussian_blobs as clip

NORMAL = multivariate_normal(clip.SOURCE.mean, clip.SOURCE.cov)


@pytest.mark.parametrize("layer", clip.LAYERS, ids=lambda layer: layer.name)
def test_what_is_drawn_begins_at_the_input_and_ends_at_the_layer(layer) -> None:
    steps = clip.moves(layer)
    for part in range(3):
        first, last = steps[0][1][part][0], steps[-1][1][part][-1]
        np.testing.assert_array_equal(layer(first), last)
    np.testing.assert_array_equal(steps[0][1].points[0], clip.sample())
    assert len(clip.sample()) >= 2000


@pytest.mark.parametrize("layer", clip.LAYERS, ids=lambda layer: layer.name)
def test_grid_lines_are_not_torn(layer) -> None:
    trace = clip.grid(layer)
    assert not trace.jumps.any()
    assert trace.chord_error <= 1e-3


def test_the_linear_layer_is_turned_stretched_turned_and_shifted_without_collapse() -> None:
    steps = clip.moves(clip.LINEAR)
    assert [name for name, _ in steps] == ["turn", "stretch", "turn", "shift"]
    before, stretch, after = clip.factors()
    np.testing.assert_allclose(
        stretch**2, np.linalg.eigvalsh(clip.LINEAR.weight @ clip.LINEAR.weight.T)[::-1]
    )
    a, b = np.radians(clip.angle(before)), np.radians(clip.angle(after))
    spin = np.exp(1j * np.array([a, b]))
    e1 = stretch[0] * spin[0].real * spin[1] + stretch[1] * spin[0].imag * 1j * spin[1]
    np.testing.assert_allclose([e1.real, e1.imag], clip.LINEAR.weight[:, 0], atol=1e-12)
    w = clip.LINEAR.weight
    assert clip.area_factor() == pytest.approx(abs(w[0, 0] * w[1, 1] - w[0, 1] * w[1, 0]))
    assert f"determinant of W, {clip.area_factor():.2f}" in clip.GaussianBlobs.shift.beat.shows
    ring = steps[1][1].contours
    x, y = ring[..., 0], ring[..., 1]
    areas = np.abs((x[:, :-1] * y[:, 1:] - x[:, 1:] * y[:, :-1]).sum(axis=1))
    assert areas.min() >= areas[-1] * 0.999


def test_contours_are_level_lines_before_and_behind() -> None:
    rings, image = clip.contours(clip.LINEAR), clip.SOURCE.through(clip.LINEAR)
    assert rings.level.all()
    for k, first, last in zip(clip.CONTOURS, rings.offsets[:-1], rings.offsets[1:], strict=True):
        level = NORMAL.pdf(clip.SOURCE.mean) * np.exp(-k * k / 2)
        np.testing.assert_allclose(NORMAL.pdf(rings.before[first:last]), level)
        behind = image.pdf(rings.behind[first:last])
        np.testing.assert_allclose(behind, level / clip.area_factor())


def test_behind_relu_contours_are_kept_in_the_open_quadrant_only() -> None:
    before, behind, offsets, level = clip.contours(clip.LAYERS[1])
    assert len(level) == len(offsets) - 1 > 2
    for kept, first, last in zip(level, offsets[:-1], offsets[1:], strict=True):
        if kept:
            np.testing.assert_array_equal(before[first:last], behind[first:last])
            assert (behind[first + 1 : last - 1] > 0).all()
        else:
            assert (behind[first:last].min(axis=1) == 0).all()
    whole = clip.contours(clip.LINEAR).before
    length = np.linalg.norm(np.diff(before, axis=0), axis=1)
    inner = np.delete(length, offsets[1:-1] - 1).sum()
    rings = np.delete(np.linalg.norm(np.diff(whole, axis=0), axis=1), 96).sum()
    assert inner == pytest.approx(rings, rel=1e-9)
    assert not clip.contours(clip.LAYERS[2]).level.any()


def test_relu_masses_by_the_normal_cdf_and_by_the_count() -> None:
    exact, counted = clip.masses()
    origin = NORMAL.cdf([0, 0])
    left, low = NORMAL.cdf([0, 50]), NORMAL.cdf([50, 0])
    expected = [1 - left - low + origin, low - origin, left - origin, origin]
    np.testing.assert_allclose(exact, expected, atol=1e-5)
    error = np.sqrt(np.array(exact) * (1 - np.array(exact)) / clip.POINTS)
    assert (np.abs(np.subtract(exact, counted)) < 4 * error).all()


def test_the_band_is_the_density_along_each_ray() -> None:
    circle, outside = clip.ring(2.0)
    np.testing.assert_allclose(np.linalg.norm(circle, axis=1), 1)
    for i in (0, 97, 200, 300):
        u = circle[i]
        along = quad(lambda r, u=u: r * NORMAL.pdf(r * u), 0, 20)[0]
        assert np.linalg.norm(outside[i]) == pytest.approx(1 + 2 * along, rel=1e-6)


def test_the_humps_hold_the_masses_of_the_axes() -> None:
    exact, _ = clip.masses()
    for axis, mass in enumerate((exact.x_axis, exact.y_axis)):
        t, density = clip.along(axis).T
        assert np.trapezoid(density, t) == pytest.approx(mass, abs=1e-3)
