"""The sigmoid clip's points, density and shares, recomputed from their definitions."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from mobjects.zoom import zoomed
from scenes import sigmoid as clip


def test_points_arrive_where_the_logistic_function_sends_them():
    np.testing.assert_allclose(clip.outputs(clip.INPUTS), special.expit(clip.INPUTS), rtol=1e-14)


@pytest.mark.parametrize("std", [clip.NARROW, 1.7, clip.WIDE])
def test_the_exact_density_is_the_logit_normal(std):
    y = np.linspace(0.01, 0.99, 99)
    expected = stats.norm.pdf(special.logit(y), scale=std) / (y * (1 - y))
    np.testing.assert_allclose(clip.image(std).pdf(y), expected, rtol=1e-10)


@pytest.mark.parametrize("std", [clip.NARROW, clip.WIDE])
def test_the_shares_at_the_ends(std):
    exact, counted = clip.near_ends(std)
    tail = integrate.quad(
        lambda u: stats.norm.pdf(u, scale=std), -np.inf, special.logit(clip.MARGIN)
    )[0]
    assert exact == pytest.approx(2 * tail, rel=1e-7)
    arrived = special.expit(clip.sample(std))
    assert counted == pytest.approx(np.mean(np.abs(arrived - 0.5) >= 0.5 - clip.MARGIN))
    assert counted == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / clip.COUNT))


def test_every_point_of_the_sample_is_in_the_picture():
    assert np.abs(clip.sample(clip.WIDE)).max() < clip.WINDOW[1]


def test_the_stage_follows_the_width():
    stage = clip.Stage()
    stage.zoom(1.0)
    world = clip.Distributions(stage.plot.lower, stage.upper)
    world.set_std(2.0)
    arrived = special.expit(clip.sample(2.0))
    unit = 9.7 / 1.2
    drawn = world.points_in_motion.points[:, 0]
    np.testing.assert_allclose(drawn, -1.5 + unit * (arrived - 0.5), atol=1e-9)
    bars = world.histogram.points.reshape(-1, 4, 3)
    heights = (bars[:, 1, 1] - bars[:, 0, 1]) / 0.5
    counts = [np.sum((arrived >= a) & (arrived < b)) for a, b in zip(clip.BINS, clip.BINS[1:])]  # noqa: B905
    np.testing.assert_allclose(heights, np.array(counts) / clip.COUNT / 0.025, atol=1e-9)
    assert world.exact_read.value == pytest.approx(100 * clip.near_ends(2.0)[0])


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_histogram_counts_the_points_that_are_there(share):
    stage = clip.Stage()
    stage.zoom(1.0)
    world = clip.Distributions(stage.plot.lower, stage.upper)
    world.arrive(share)
    top = np.isclose(world.points_in_motion.points[:, 1], stage.upper.at([0.0])[0, 1])
    bars = world.histogram.points.reshape(-1, 4, 3)
    heights = (bars[:, 1, 1] - bars[:, 0, 1]) / 0.5
    assert heights.sum() * 0.025 == pytest.approx(top.mean())
    assert top.mean() == pytest.approx({0.0: 0, 0.5: 1 / 3, 1.0: 1}[share], abs=1e-3)


@pytest.mark.parametrize("std", [clip.NARROW, clip.WIDE])
def test_the_exact_curve_is_closed_at_both_ends(std):
    graph = clip.graph(std)
    np.testing.assert_allclose(graph[[0, -1]], [[0, 0], [1, 0]])
    assert integrate.trapezoid(graph[:, 1], graph[:, 0]) == pytest.approx(1, abs=2e-3)


def test_the_zoom_starts_and_ends_at_its_windows_and_keeps_one_point():
    start, end = clip.WINDOW, clip.CLOSE
    assert zoomed(start, end, 0) == pytest.approx(start)
    assert zoomed(start, end, 1) == pytest.approx(end)
    windows = np.array([zoomed(start, end, s) for s in np.linspace(0, 1, 5)])
    widths = windows[:, 1] - windows[:, 0]
    np.testing.assert_allclose(widths[1:] / widths[:-1], widths[1] / widths[0])
    middle = start[0] + (end[0] - start[0]) / (18 - 1.2) * 18
    share = (middle - windows[:, 0]) / widths
    np.testing.assert_allclose(share, share[0], atol=1e-9)
