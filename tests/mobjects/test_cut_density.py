"""Cutting a density at a ceiling, and the brace."""

import numpy as np
import pytest

from mobjects.axis import Axis
from mobjects.brace import LiveBrace
from mobjects.cut_density import CutDensity, run_offsets, with_crossings


def test_crossings_are_on_the_segments():
    graph = np.array([[0.0, 0.0], [1.0, 2.0], [2.0, 2.0], [4.0, 0.0]])
    cut = with_crossings(graph, 1.0)
    np.testing.assert_allclose(cut[[1, 4]], [[0.5, 1.0], [3.0, 1.0]])
    np.testing.assert_allclose(np.delete(cut, [1, 4], axis=0), graph)


def test_runs_are_found():
    shown = np.array([True, True, False, True, True, True, False])
    assert run_offsets(shown).tolist() == [0, 2, 5]


def test_what_is_above_the_ceiling_is_not_drawn():
    axis = Axis((0, 4), 4.0, (2.0, 0.0))
    plot = CutDensity(axis, np.array([[0, 0], [1, 2], [2, 2], [4, 0.0]]), 1.0, 1.0)
    assert plot.area.points[:, 1].max() == pytest.approx(1)
    assert plot.curve.offsets.tolist() == [0, 2, 4]
    np.testing.assert_allclose(plot.curve.points[:, 0], [0, 0.5, 3, 4])
    plot.set_graph(np.array([[0, 0], [2, 0.5], [4, 0.0]]))
    assert plot.curve.offsets.tolist() == [0, 3]


@pytest.mark.parametrize("offset", [0.5, -0.5])
def test_a_brace_spans_its_values_and_points_away(offset):
    axis = Axis((-2, 2), 8.0)
    brace = LiveBrace(axis, 1.0, -0.5, offset, 1.5)
    ends = brace.outline.points[[0, -1]]
    np.testing.assert_allclose(ends[:, 0], [-1, 2], atol=1e-12)
    np.testing.assert_allclose(ends[:, 1], offset)
    tip = brace.outline.points[np.argmax(np.abs(brace.outline.points[:, 1]))]
    assert abs(tip[1]) > abs(offset)
    assert brace.readout.get_center()[1] * np.sign(offset) > abs(tip[1])
    assert brace.readout.value == 1.5
