"""Axes and planes put values where they say, and follow when moved."""

import numpy as np
import pytest

from mobjects.axis import Axis, Plane
from mobjects.density import AtomBar, DensityPlot
from mobjects.mapping_plot import MappingPlot
from mobjects.masses import MassTable


def test_axis_is_linear_and_follows():
    axis = Axis((-2, 2), 8, (1, -1), ticks=(-1, 0, 1))
    np.testing.assert_allclose(axis.at([-2, 0, 2])[:, 0], [-3, 1, 5])
    axis.shift([0, 2, 0])
    np.testing.assert_allclose(axis.at([0])[0], [1, 1, 0])
    assert axis.scale_factor == pytest.approx(2)
    axis.rotate(np.pi / 2, about_point=axis.at([0])[0])
    np.testing.assert_allclose(axis.at([1])[0], [1, 3, 0], atol=1e-12)


def test_plane_and_back():
    plane = Plane((-1, 3), (0, 2), 8, (1, 1), ticks=(0, 1, 2, 3))
    points = np.array([[0.0, 0.0], [2.5, 1.25]])
    np.testing.assert_allclose(plane.value(plane.at(points)), points, atol=1e-12)
    np.testing.assert_allclose(plane.middle, [1, 1, 0])
    assert len(plane.numerals) == 4 + 3


def test_empty_windows_are_refused():
    with pytest.raises(ValueError, match=r"window: got \(1, 1\)"):
        Axis((1, 1), 3)
    with pytest.raises(ValueError, match="y_window"):
        Plane((0, 1), (2, 1), 3)


def test_density_has_its_area():
    axis = Axis((-3, 3), 6)
    x = np.linspace(-1, 1, 201)
    plot = DensityPlot(axis, np.stack([x, np.full(201, 0.5)], axis=1), 2.0)
    outline = plot.curve.points
    assert np.trapezoid(outline[:, 1], outline[:, 0]) == pytest.approx(2.0)
    np.testing.assert_allclose(plot.area.points[[0, -1], 1], 0)
    with pytest.raises(ValueError, match="no two vertices"):
        plot.set_graph(np.array([[5.0, 1.0], [6.0, 1.0]]))


def test_atom_is_as_high_as_its_mass():
    atom = AtomBar(Axis((-3, 3), 6), 1.0, 0.25, 4.0).set_mass(0.75)
    np.testing.assert_allclose(atom.bar.points[:, :2], [[1, 0], [1, 3]])


def test_mapping_plot_joins_inputs_to_outputs():
    lower, upper = Axis((-2, 2), 4, (0, -1)), Axis((-2, 2), 4, (0, 1))
    plot = MappingPlot(lower, upper, np.array([-1.0, 1]), np.array([0.0, 1]))
    np.testing.assert_allclose(plot.lines.points[:, :2], [[-1, -1], [0, 1], [1, -1], [1, 1]])
    np.testing.assert_allclose(plot.travelled(0.5)[:, :2], [[-0.5, 0], [1, 0]])
    plot.set_outputs(np.array([2.0, -2]))
    np.testing.assert_allclose(plot.lines.points[1::2, 0], [2, -2])


def test_table_changes_its_numbers():
    table = MassTable(["a", "b"], ["#ff0000", "#00ff00"], [0.25, 0.75], [0.2, 0.8])
    table.set_values([0.1, 0.9], [0.5, 0.5])
    assert [r.value for r in table.exact] == [0.1, 0.9]
    assert [r.value for r in table.counted] == [0.5, 0.5]
