"""The shares of the sparsity clip, and the projection of its cube, another way."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import binom, multivariate_normal

from scenes import sparsity as clip


@pytest.mark.parametrize("n", clip.SHOWN)
def test_points_fill_the_cube_and_relu_spares_the_positive_ones(n: int) -> None:
    points = clip.cube_points(n)
    assert points.shape == (clip.SHOWN[n], n)
    assert np.abs(points).max() <= 1
    expected = [all(value > 0 for value in row) for row in points.tolist()]
    np.testing.assert_array_equal(clip.positive(points), expected)
    assert 1e-3 < binom.cdf(sum(expected), len(points), 0.5**n) < 1 - 1e-3


def test_counts_agree_with_the_formula() -> None:
    counts = np.array(clip.counts())
    shares = 0.5 ** np.arange(1, clip.DIMENSIONS + 1)
    np.testing.assert_array_equal(clip.formula(), shares)
    assert (np.diff(counts) <= 0).all()
    tails = binom.cdf(counts, clip.DRAWN, shares), binom.sf(counts - 1, clip.DRAWN, shares)
    assert min(tails[0].min(), tails[1].min()) > 1e-4


def test_none_is_found_from_where_the_words_say() -> None:
    none = int(np.flatnonzero(np.array(clip.counts()) == 0)[0]) + 1
    told = {each.method: each.shows for each in clip.Sparsity.beats()}
    assert f"up to N = {none - 1}; from N = {none} none is found" in told["grow"]


def test_the_random_layer_makes_independent_symmetric_units() -> None:
    net = clip.random_layer(clip.DIMENSIONS)
    weight = net.layers[0].weight
    np.testing.assert_allclose(weight @ weight.T, np.eye(clip.DIMENSIONS), atol=1e-12)
    x = np.random.default_rng(0).standard_normal((100, clip.DIMENSIONS))
    np.testing.assert_allclose(net(x), torch.relu(torch.tensor(x @ weight.T)).numpy(), atol=1e-12)


@pytest.mark.parametrize("name", clip.CASES)
def test_quadrant_masses_by_scipy_and_by_the_count(name: str) -> None:
    source = clip.CASES[name]
    exact, counted = clip.case_shares(name)
    flipped = multivariate_normal(-source.mean, source.cov).cdf([0, 0])
    assert exact == pytest.approx(flipped, abs=1e-5)
    assert counted == np.mean([x > 0 and y > 0 for x, y in clip.case_points(name).tolist()])
    assert abs(counted - exact) < 4 * np.sqrt(exact * (1 - exact) / clip.CASE_POINTS)


def test_the_wide_layer_zeroes_about_half() -> None:
    z, h = clip.activations()
    np.testing.assert_array_equal(h, np.where(z > 0, z, 0))
    assert 1e-3 < binom.cdf((h == 0).sum(), clip.WIDE, 0.5) < 1 - 1e-3
