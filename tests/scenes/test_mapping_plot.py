"""The mapping plot's numbers, recomputed by hand, and where they are drawn."""

import numpy as np
import pytest

from scenes import mapping_plot as clip


def test_the_identity_gives_back_its_input():
    np.testing.assert_array_equal(clip.outputs(clip.identity(), clip.INPUTS), clip.INPUTS)
    assert [slope for _, slope in clip.slopes(clip.identity())] == [1, 1, 1]


def test_the_bent_curve_is_the_one_its_formula_says():
    expected = 1.8 * np.tanh(1.4 * clip.INPUTS)
    np.testing.assert_allclose(clip.outputs(clip.bent(), clip.INPUTS), expected, atol=1e-14)
    assert clip.formula() == '$x_"out" = 1.8 tanh(1.4 x_"in")$'


def test_the_slopes_shown_are_difference_quotients():
    for x, slope in clip.slopes(clip.bent()):
        low, high = clip.outputs(clip.bent(), np.array([x - 1e-5, x + 1e-5]))
        assert slope == pytest.approx((high - low) / 2e-5, rel=1e-6)


def test_the_picked_pair_is_what_the_curve_gives():
    shown = clip.pair(clip.bent()).strip("$").split("arrow.r.bar")
    x, y = map(float, shown)
    assert y == pytest.approx(1.8 * np.tanh(1.4 * x), abs=0.006)
    assert f"{x:.2f} to {x:.2f}, right to {y:.2f}" in clip.MappingPlot.compare.beat.shows


@pytest.mark.parametrize("net", [clip.identity(), clip.bent()])
def test_lines_end_at_the_outputs_when_the_axis_lies_flat(net):
    graph = clip.graph_of(net, (0.0, 0.0)).travel(2).swing(1)
    starts, ends = graph.paths.points[::3], graph.paths.points[2::3]
    unit = graph.length / 4
    np.testing.assert_allclose(starts[:, 0], (clip.INPUTS + 2) * unit, atol=1e-12)
    np.testing.assert_allclose(ends[:, 0], (clip.outputs(net, clip.INPUTS) + 2) * unit, atol=1e-12)
    np.testing.assert_allclose(ends[:, 1], graph.rise, atol=1e-12)
    np.testing.assert_allclose(graph.paths.points[1::3], (starts + ends) / 2, atol=1e-12)
