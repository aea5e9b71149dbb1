"""A density that arrives in a wave, and the names beside a stack of planes."""

import numpy as np
import pytest

from mobjects.axis import Axis
from mobjects.density_wave import DensityWave, left_of
from mobjects.mapping_plot import MappingPlot
from mobjects.text import Readout

TENT = np.array([[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])


def test_left_of_keeps_the_area_up_to_the_edge():
    for edge, area in ((-2.0, 0.0), (-1.0, 0.0), (0.0, 0.5), (0.5, 0.875), (1.0, 1.0)):
        part = left_of(TENT, edge)
        assert np.trapezoid(part[:, 1], part[:, 0]) == pytest.approx(area)
        assert part[-1, 1] == 0
        assert (np.diff(part[:, 0]) >= 0).all()


def wave() -> DensityWave:
    lower, upper = (Axis((-2, 2), 8.0, (0.0, y)) for y in (-2.0, 1.0))
    x = np.linspace(-1, 1, 21)
    plot = MappingPlot(lower, upper, x, np.maximum(x, 0))
    return DensityWave(plot, TENT, lambda edge: min(max(edge + 1, 0), 1) / 2, 0.0, 2.0)


def test_density_and_atom_show_what_has_arrived():
    made = wave()
    number = Readout(0)
    number = made.count(number, 1.0)
    for share in (0.0, 0.4, 1.0):
        made.set_share(share)
        number.interpolate_mobject(share)
        edge = made.front[0] + share * (made.front[-1] - made.front[0])
        mass = min(max(edge + 1, 0), 1) / 2
        height = np.ptp(made.atom.bar.points[:, 1])
        assert height == pytest.approx(2 * mass)
        assert number.mobject.value == pytest.approx(mass)
        reach = made.plot.upper.at([max(edge, -1.0)])[0, 0]
        assert made.density.curve.points[:, 0].max() <= reach + 1e-9


def test_points_end_at_their_outputs():
    made = wave()
    points, _ = made.run(1.0)
    np.testing.assert_allclose(points.frames[0], made.plot.travelled(0), atol=1e-9)
    np.testing.assert_allclose(points.frames[-1], made.plot.travelled(1), atol=1e-9)
