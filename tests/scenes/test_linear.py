"""What the linear clip shows, recomputed by hand: factors, lines, densities, the collapse."""

import numpy as np
import pytest
from scipy import integrate, stats

from scenes import linear as clip


def input_density(x):
    return 0.65 * stats.norm.pdf(x, -0.8, 0.4) + 0.35 * stats.norm.pdf(x, 0.8, 0.4)


@pytest.mark.parametrize(("w", "b"), [(2.0, 0.0), (0.5, -1.0), (-0.7, 1.0), (0.0, -1.0)])
def test_the_stage_shows_w_x_plus_b(w, b):
    stage = clip.Stage()
    stage.add(stage.braces)
    stage.set_layer(w, b)
    unit = 10.2 / 8
    drawn = stage.plot.lines.points[1::2, 0]
    np.testing.assert_allclose(drawn, -1.2 + unit * (w * clip.INPUTS + b), atol=1e-12)
    np.testing.assert_allclose(stage.arrivals.points[:, 0], drawn, atol=1e-12)
    assert (stage.weight.value, stage.bias.value) == (w, b)
    assert stage.reach.readout.value == abs(w)
    ends = stage.reach.outline.points[[0, -1], 0]
    expected = -1.2 + unit * np.sort([b, w + b])
    np.testing.assert_allclose(ends, expected, atol=2e-3)


@pytest.mark.parametrize(("w", "b"), [(2.0, 0.0), (0.5, 0.3), (-0.7, 1.0)])
def test_the_density_is_divided_by_the_factor_and_keeps_its_area(w, b):
    graph = clip.image(w, b).graph(256, mass=1 - 1e-5)
    expected = input_density((graph[:, 0] - b) / w) / abs(w)
    np.testing.assert_allclose(graph[:, 1], expected, rtol=1e-9)
    assert integrate.trapezoid(graph[:, 1], graph[:, 0]) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("w", [2.0, 0.5, -0.7])
def test_the_height_and_area_shown(w):
    stage = clip.Stage()
    stage.add(stage.densities)
    stage.set_layer(w, 0.0)
    assert stage.tall.value == pytest.approx(1 / abs(w))
    assert stage.area.value == pytest.approx(1)
    assert stage.atom.bar.rgbas[0, 3] == 0


def test_at_weight_zero_an_atom_of_mass_one_stands_on_the_bias():
    stage = clip.Stage()
    stage.add(stage.densities)
    stage.set_layer(0.0, 1.5)
    assert clip.image(0.0, 1.5).atoms == [(1.5, 1.0)]
    assert stage.mass.value == 1
    assert stage.above.curve.rgbas[:, 3].max() == 0
    height = np.ptp(stage.atom.bar.points[:, 1])
    assert height == pytest.approx(stage.above.height_per_density)
    assert stage.atom.bar.points[0, 0] == pytest.approx(-1.2 + 1.5 * 10.2 / 8)
