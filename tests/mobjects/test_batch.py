"""Batches behave like mobjects: they move, fade, transform, and refuse what does not fit."""

import numpy as np
import pytest
from manim import RIGHT, UP, FadeOut, Transform

from mobjects.batch import Cloud, Lines, Polygons, as_rgbas, as_scene_points

POINTS = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 2.0]])


def cloud(**kwargs):
    return Cloud(POINTS, "#ff0000", radius=0.1, **kwargs)


def play(animation, alpha):
    animation.begin()
    animation.interpolate(alpha)
    return animation.mobject


def test_points_are_lifted_to_space_and_copied():
    c = cloud()
    assert c.points.shape == (3, 3)
    c.points += 1
    assert POINTS[0, 0] == 0


def test_moves_and_scales():
    c = cloud().shift(2 * RIGHT + UP)
    np.testing.assert_allclose(c.points[:, :2], POINTS + [2, 1])
    np.testing.assert_allclose(cloud().scale(2, about_point=(0, 0, 0)).points[:, :2], POINTS * 2)


def test_colours_and_opacities():
    c = Cloud(POINTS, ["#ff0000", "#00ff00", "#0000ff"], radius=0.1, opacity=[0.1, 0.5, 1])
    np.testing.assert_allclose(c.rgbas[1], [0, 1, 0, 0.5])
    c.set_color("#ffffff").set_opacity(0.25)
    np.testing.assert_allclose(c.rgbas, [[1, 1, 1, 0.25]] * 3)


def test_transform_is_straight_in_between():
    one, other = cloud(opacity=1.0), cloud(opacity=0.0).shift(RIGHT).set_color("#0000ff")
    half = play(Transform(one, other, rate_func=lambda t: t), 0.5)
    np.testing.assert_allclose(half.points[:, 0], POINTS[:, 0] + 0.5)
    np.testing.assert_allclose(half.rgbas[0], [0.5, 0, 0.5, 0.5])


def test_transform_between_different_counts():
    more = Cloud(np.zeros((7, 2)), "#00ff00", radius=0.2)
    end = play(Transform(cloud(), more, rate_func=lambda t: t), 1.0)
    np.testing.assert_allclose(end.points, 0)
    assert len(end.rgbas) == len(end.markers) == 7
    assert end.radius == pytest.approx(0.2)


def test_animate_builds_a_target():
    c = cloud()
    moved = play(c.animate.shift(UP).set_opacity(0.5).build(), 1.0)
    np.testing.assert_allclose(moved.points[:, 1], POINTS[:, 1] + 1)
    np.testing.assert_allclose(moved.rgbas[:, 3], 0.5)


def test_fade_out_ends_invisible():
    assert play(FadeOut(cloud()), 1.0).rgbas[:, 3].max() == pytest.approx(0)


def test_become_and_copy():
    other = cloud().shift(UP)
    c = cloud().become(other)
    np.testing.assert_allclose(c.points, other.points)
    copy = c.copy()
    copy.points += 1
    np.testing.assert_allclose(c.points, other.points)


def test_updaters_move_it():
    c = cloud()
    c.add_updater(lambda m, dt: m.shift(dt * RIGHT))
    c.update(0.5)
    np.testing.assert_allclose(c.points[:, 0], POINTS[:, 0] + 0.5)


def test_lines_draw_on_from_their_starts():
    bundle = Lines.segments(POINTS, POINTS + [2, 0], colors="#ffffff", stroke_width=1)
    drawn = bundle.copy().pointwise_become_partial(bundle, 0, 0.25)
    np.testing.assert_allclose(drawn.points[1::2, 0], POINTS[:, 0] + 0.5)
    np.testing.assert_allclose(drawn.points[::2], bundle.points[::2])


def test_lines_of_other_vertex_counts_transform():
    two = Lines(POINTS[:2], colors="#ffffff", stroke_width=1)
    three = Lines(POINTS, colors="#ffffff", stroke_width=3)
    end = play(Transform(two, three, rate_func=lambda t: t), 1.0)
    np.testing.assert_allclose(end.points[:, :2], POINTS)
    assert end.stroke_width == pytest.approx(3)


def test_bundles_of_other_line_counts_are_refused():
    one = Lines(POINTS, colors="#ffffff", stroke_width=1)
    two = Lines.segments(POINTS[:2], POINTS[1:], colors="#ffffff", stroke_width=1)
    with pytest.raises(ValueError, match="bundles of 1 and 2 lines"):
        one.align_points(two)


def test_stroke_width_does_not_resize():
    lines = Lines(POINTS, colors="#ffffff", stroke_width=50)
    assert lines.width == pytest.approx(1)
    assert Polygons(POINTS, colors="#ffffff").height == pytest.approx(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: as_scene_points(np.zeros(3)), r"got shape \(3,\), want \(n, 2\) or \(n, 3\)"),
        (lambda: as_scene_points(np.full((2, 2), np.nan)), "not finite"),
        (lambda: as_rgbas(["#ffffff"] * 2, 3), "colors: got 2, want 1 or 3"),
        (lambda: as_rgbas("#ffffff", 3, 1.5), "opacity: got 1.5"),
        (lambda: Cloud(POINTS, "#ffffff", radius=0), "radius: got 0"),
        (lambda: cloud(markers="heart"), "markers: got 'heart', want one of disc"),
        (lambda: cloud(markers=["disc"]), "markers: got 1, want 1 or 3"),
        (lambda: cloud().set_points(np.zeros((2, 2))), "points: got 2, want 3"),
        (
            lambda: Lines(POINTS, [0, 2], colors="#ffffff", stroke_width=1),
            "offsets: got .*, want rising from 0 to 3",
        ),
        (
            lambda: Lines.segments(POINTS, POINTS[:2], colors="#ffffff", stroke_width=1),
            "ends: got 2 points, want 3",
        ),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
