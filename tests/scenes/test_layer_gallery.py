"""Every panel of the gallery shows its layer: points, densities and the atom, recomputed."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from scenes import layer_gallery as clip

BY_HAND = {
    "stretch $1.5 x$": lambda x: 1.5 * x,
    "squash $0.5 x$": lambda x: 0.5 * x,
    "shift $x + 1$": lambda x: x + 1,
    "flip $-x$": lambda x: -x,
    "`relu`": lambda x: np.where(x > 0, x, 0),
    "`leaky relu`, $0.3$": lambda x: np.where(x > 0, x, 0.3 * x),
    "`sigmoid`": special.expit,
    "`tanh`": np.tanh,
}


@pytest.mark.parametrize("exhibit", clip.exhibits(), ids=lambda each: each.name)
def test_each_layer_does_what_its_name_says(exhibit):
    expected = BY_HAND[exhibit.name](clip.INPUTS)
    np.testing.assert_allclose(clip.outputs(exhibit.layer, clip.INPUTS), expected, atol=1e-14)


@pytest.mark.parametrize("exhibit", clip.exhibits(), ids=lambda each: each.name)
@pytest.mark.parametrize("mean", [-clip.SLIDE, 0.3])
def test_each_distribution_by_its_own_inverse(exhibit, mean):
    out = clip.image(exhibit.layer, mean)
    x = np.linspace(-2, 2, 41) + 0.01
    y = BY_HAND[exhibit.name](x)
    below = stats.norm.cdf(x, loc=mean)
    if exhibit.name == "flip $-x$":
        below = 1 - below
    if exhibit.name == "`relu`":
        below = np.maximum(below, stats.norm.cdf(0, loc=mean))
    np.testing.assert_allclose(out.cdf(y), below, atol=1e-9)


def test_only_relu_has_an_atom_and_it_weighs_what_was_below_zero():
    for exhibit in clip.exhibits():
        atoms = clip.image(exhibit.layer, 0.3).atoms
        if exhibit.name == "`relu`":
            tail, _ = integrate.quad(lambda x: stats.norm.pdf(x, loc=0.3), -np.inf, 0)
            assert atoms == [(0.0, pytest.approx(tail, rel=1e-7))]
        else:
            assert atoms == []


def test_the_panels_draw_it_in_step():
    gallery = clip.Gallery()
    gallery.travel(1.0)
    for panel in gallery.panels:
        panel.add_densities()
    gallery.set_mean(0.4)
    unit = 2.75 / 8
    for exhibit, panel in zip(clip.exhibits(), gallery.panels, strict=True):
        expected = BY_HAND[exhibit.name](clip.INPUTS + 0.4)
        middle = panel.upper.at([0.0])[0, 0]
        np.testing.assert_allclose(panel.images.points[:, 0], middle + unit * expected, atol=1e-12)
        np.testing.assert_allclose(panel.lines.points[1::2], panel.images.points, atol=1e-12)
    mass = gallery.panels[4].atoms[1].value
    assert mass == pytest.approx(stats.norm.cdf(-0.4))


@pytest.mark.parametrize("mean", [-clip.SLIDE, 0.0, clip.SLIDE])
def test_no_point_and_no_density_leaves_its_panel(mean):
    for exhibit in clip.exhibits():
        arrived = clip.outputs(exhibit.layer, clip.INPUTS + mean)
        assert np.abs(arrived).max() <= clip.WINDOW[1]
        assert clip.image(exhibit.layer, mean).graph(96)[:, 1].max() * 0.7 < 1.5
