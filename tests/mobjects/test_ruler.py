"""Rulers at rest show marks or hide them; only a zoom fades."""

import numpy as np
import pytest

from mobjects.ruled_plane import RuledPlane
from mobjects.ruler import View


def plane() -> RuledPlane:
    return RuledPlane((2.2, -0.2), (7.8, 5.9), np.array([[-1.0, -1.0], [1.0, 1.0]]))


def opacities(shown: RuledPlane) -> np.ndarray:
    """Of the ticks, then of the numerals."""
    numerals = [each[0].get_fill_opacity() for each in shown.numerals]
    return np.concatenate([shown.ticks.rgbas[:, 3], numerals])


def test_resting_views_show_marks_fully_or_not_at_all() -> None:
    shown, rng = plane(), np.random.default_rng(0)
    crowded = [0.7 / step + over for step in (1, 5, 10) for over in (-0.004, -0.002, 0.002)]
    for unit in [*crowded, *np.geomspace(0.13, 6.9, 60)]:
        x, y = rng.uniform((-1.7, -3.15), (6.1, 2.75))
        seen = opacities(shown.set_view(View(unit, (x, y))))
        assert set(seen) <= {0.0, 1.0}
        assert seen.any()


@pytest.mark.parametrize(("first", "last"), [(1.2, 0.69), (0.69, 1.2), (0.68, 0.67), (2.0, 0.139)])
def test_marks_fade_from_one_rest_to_the_next(first: float, last: float) -> None:
    shown, views = plane(), (View(first, (1.0, -1.0)), View(last, (0.6, -0.9)))
    rests = [opacities(shown.set_view(view)) for view in views]
    for share, rest, most in (
        (0, rests[0], 0),
        (1e-5, rests[0], 0.05),
        (1 - 1e-5, rests[1], 0.05),
        (1, rests[1], 0),
    ):
        seen = opacities(shown.set_view(views[0].towards(views[1], share), views))
        np.testing.assert_allclose(seen, rest, rtol=0, atol=most)


def test_dropped_rulers_stay_away() -> None:
    shown = plane()
    fade = shown.drop_rulers()
    fade.interpolate_mobject(0.5)
    assert set(opacities(shown)) == {0.0, 0.5}
    fade.interpolate_mobject(1.0)
    for unit in (shown.view.unit, 0.5, 0.01):
        assert not opacities(shown.set_view(View(unit, (1.0, -1.0)))).any()
        assert not shown.axes.rgbas[:, 3].any()


def test_a_line_is_cut_to_the_frame() -> None:
    shown = RuledPlane((0.0, 0.0), (4.0, 4.0), np.array([[-1.0, -1.0], [1.0, 1.0]]))
    low, high = shown.window()
    for reach in (0.1, 9.0):
        ends = shown.across(np.array([[-reach, -reach], [reach, reach]]))
        np.testing.assert_allclose(ends, [low, high])
    level = shown.across(np.array([[-0.5, 0.2], [0.5, 0.2]]))
    np.testing.assert_allclose(level, [[low[0], 0.2], [high[0], 0.2]])
    upright = shown.across(np.array([[0.3, 5.0], [0.3, 9.0]]))
    np.testing.assert_allclose(upright, [[0.3, low[1]], [0.3, high[1]]])
    assert len(shown.across(np.array([[-9.0, 5.0], [9.0, 5.0]]))) == 0
    assert len(shown.across(np.array([[5.0, 0.0], [9.0, 4.5]]))) == 0
