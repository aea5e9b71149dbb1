"""The stacked layers' values, masses and kink, another way."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from scipy.stats import norm

from scenes import linear_relu_stack as clip


def test_points_pass_the_layers_as_torch_says() -> None:
    x, z, h = clip.spaced()
    line = torch.tensor(x) * 1.4 - 0.7
    np.testing.assert_allclose(z, line.numpy(), atol=1e-12)
    np.testing.assert_allclose(h, torch.relu(line).numpy(), atol=1e-12)


def test_densities_and_the_atom() -> None:
    x, z, h = clip.densities()
    y = np.linspace(0.1, 2.0, 6)
    np.testing.assert_allclose(x.pdf(y), norm.pdf(y, 0, 0.7))
    np.testing.assert_allclose(z.pdf(y), norm.pdf(y, -0.7, 1.4 * 0.7))
    np.testing.assert_allclose(h.pdf(y), z.pdf(y))
    ((place, mass),) = h.atoms
    assert place == 0
    assert mass == pytest.approx(norm.cdf(0.5 / 0.7))
    said = re.search(r"mass (0\.\d{4})", clip.LinearReluStack.density.beat.shows)
    assert said is not None
    assert said[1] == f"{mass:.4f}"


def test_equal_masses_are_quantiles() -> None:
    x, _, h = clip.equal_masses(50)
    np.testing.assert_allclose(norm.cdf(x, 0, 0.7), (np.arange(50) + 0.5) / 50)
    np.testing.assert_allclose(h, np.maximum(1.4 * x - 0.7, 0), atol=1e-12)


@pytest.mark.parametrize("share", np.linspace(0, 1, 11))
def test_the_map_bends_at_the_kink_and_nowhere_else(share: float) -> None:
    weight, bias = clip.setting(share)
    bend = clip.kink(weight, bias)
    assert weight > 0
    assert abs(bend) < clip.REACH
    assert clip.outputs(np.array([clip.REACH]), weight, bias)[0] < clip._WINDOW[1]
    left, right = np.linspace(-4, bend, 9), np.linspace(bend, 4, 9)
    np.testing.assert_allclose(clip.outputs(left, weight, bias), 0, atol=1e-12)
    slopes = np.diff(clip.outputs(right, weight, bias)) / np.diff(right)
    np.testing.assert_allclose(slopes, weight)


@pytest.mark.parametrize(("weight", "bias"), clip.TOUR)
def test_the_graph_is_exact(weight: float, bias: float) -> None:
    vertices = clip.graph(weight, bias)
    x = np.linspace(-clip.REACH, clip.REACH, 101)
    expected = [max(weight * v + bias, 0) for v in x.tolist()]
    np.testing.assert_allclose(np.interp(x, *vertices.T), expected, atol=1e-12)


def test_the_tour_moves_the_bias_and_then_the_weight() -> None:
    assert clip.setting(0) == (clip.WEIGHT, clip.BIAS)
    assert clip.setting(0.25) == pytest.approx((1.4, -0.14))
    assert clip.setting(0.75) == pytest.approx((1.05, 0.42))
    assert clip.setting(1) == (0.7, 0.42)


def test_the_last_map_is_told() -> None:
    weight, bias = clip.TOUR[-1]
    told = clip.LinearReluStack.as_graph.beat.shows
    assert f"h = relu({weight:g} x + {bias:g})" in told
    assert f"x = {clip.kink(weight, bias):g}, then a ramp of slope {weight:g}" in told
    assert clip.composed(1.4, -0.7) == 'h = mono("relu")(1.4 x - 0.7)'
