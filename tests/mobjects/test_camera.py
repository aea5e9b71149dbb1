"""What the cameras paint: place, area, colour and opacity, flat and in space."""

from itertools import pairwise

import numpy as np
import pytest
from manim import DEGREES, OUT, RIGHT, Dot3D, tempconfig

from mobjects.batch import MARKERS, Cloud, Lines, Polygons
from mobjects.camera import FlatCamera, SpaceCamera
from mobjects.paint_lines import straightened
from scenes.sigmoid import graph

SIZE = {"pixel_width": 320, "pixel_height": 180, "frame_width": 16, "frame_height": 9}


@pytest.fixture(autouse=True)
def small():
    with tempconfig({**SIZE, "background_color": "#000000"}):
        yield


def picture(*mobjects, camera=None):
    camera = camera or FlatCamera()
    camera.capture_mobjects(mobjects)
    return camera.pixel_array[..., :3].astype(float) / 255


def centroid(image):
    weight = image.sum(axis=2)
    rows, columns = np.indices(weight.shape) + 0.5
    return np.array([(columns * weight).sum(), (rows * weight).sum()]) / weight.sum()


@pytest.mark.parametrize("place", [(0, 0), (3.03, -2.21), (-5.5, 3.017)])
def test_a_disc_lies_where_it_should_with_its_area(place):
    image = picture(Cloud(np.array([place]), "#ffffff", radius=0.3))
    np.testing.assert_allclose(
        centroid(image), [160 + 20 * place[0], 90 - 20 * place[1]], atol=0.15
    )
    assert image[..., 0].sum() == pytest.approx(np.pi * 6**2, rel=0.02)


def test_colours_are_not_swapped_and_opacity_blends():
    image = picture(Cloud(np.zeros((1, 2)), "#ff8000", radius=1, opacity=0.5))
    np.testing.assert_allclose(image[90, 160], [0.5, 0.25, 0], atol=0.01)


def test_later_marks_lie_over_earlier_ones_and_opacity_accumulates():
    image = picture(Cloud(np.zeros((2, 2)), ["#ff0000", "#0000ff"], radius=1, opacity=0.5))
    np.testing.assert_allclose(image[90, 160], [0.25, 0, 0.5], atol=0.01)


@pytest.mark.parametrize("marker", MARKERS)
def test_markers_differ_and_are_of_like_size(marker):
    image = picture(Cloud(np.zeros((1, 2)), "#ffffff", radius=0.5, markers=marker))
    assert 40 < image[..., 0].sum() < 550
    disc = picture(Cloud(np.zeros((1, 2)), "#ffffff", radius=0.5))
    assert marker == "disc" or np.abs(image - disc).max() > 0.5


def test_marks_off_the_frame_are_left_out():
    assert picture(Cloud(np.array([[100.0, 0], [0, -50]]), "#ffffff", radius=0.3)).sum() == 0


def test_the_frame_moves_and_zooms():
    camera = FlatCamera()
    camera.frame.scale(0.5).shift(2 * RIGHT)
    image = picture(Cloud(np.array([[3.0, 0]]), "#ffffff", radius=0.3), camera=camera)
    np.testing.assert_allclose(centroid(image), [160 + 40, 90], atol=0.1)
    assert image[..., 0].sum() == pytest.approx(np.pi * 12**2, rel=0.02)


def test_in_space_a_cloud_lies_where_manims_own_dot_does():
    camera = SpaceCamera(phi=60 * DEGREES, theta=30 * DEGREES)
    place = np.array([[1.0, 2.0, 1.5]])
    ours = centroid(picture(Cloud(place, "#ffffff", radius=0.2), camera=camera))
    other = SpaceCamera(phi=60 * DEGREES, theta=30 * DEGREES)
    theirs = centroid(picture(Dot3D(place[0], radius=0.2, color="#ffffff"), camera=other))
    np.testing.assert_allclose(ours, theirs, atol=0.7)
    assert np.abs(ours - [160, 90]).max() > 5


def test_in_space_batches_turn_with_the_camera():
    cloud = Cloud(np.array([[0, 0, 2.0]]), "#ffffff", radius=0.2)
    assert centroid(picture(cloud, camera=SpaceCamera()))[1] == pytest.approx(90, abs=0.2)
    tilted = centroid(picture(cloud, camera=SpaceCamera(phi=90 * DEGREES)))
    assert tilted[1] < 60
    cloud.shift(-4 * OUT)
    assert centroid(picture(cloud, camera=SpaceCamera(phi=90 * DEGREES)))[1] > 120


def test_lines_cover_their_length_times_width():
    ends = np.array([[-2.0, 0]]), np.array([[2.0, 0]])
    image = picture(Lines.segments(*ends, colors="#ffffff", stroke_width=20))
    assert image[90, 160, 0] == 1
    assert image[..., 0].sum() == pytest.approx(80 * 4 + np.pi * 2**2, rel=0.05)


def test_vertices_on_straight_stretches_are_left_out_and_kinks_are_not():
    share = np.linspace(0, 1, 121)[:, None]
    corners = np.array([[10.0, 20], [90, 25], [40, 80], [40, 10], [40, 60]])
    line = np.concatenate([a + share * (b - a) for a, b in pairwise(corners)])
    bundle = np.concatenate([line, line + 7, line - 3])
    xy, offsets = straightened(bundle, np.arange(4) * len(line))
    assert len(xy) < 3 * 2 * len(corners)
    for i, shift in enumerate((0, 7, -3)):
        left = xy[offsets[i] : offsets[i + 1]]
        np.testing.assert_allclose(left[[0, -1]], corners[[0, -1]] + shift)
        gap = np.linalg.norm(left[:, None] - (corners + shift), axis=2).min(axis=0)
        assert gap.max() < 0.05
    angle = np.linspace(0, 7, 1201)
    circle = 50 + 800 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    kept, _ = straightened(circle, np.array([0, len(circle)]))
    np.testing.assert_array_equal(kept, circle)


def test_what_rounding_leaves_of_a_curve_changes_no_pixel():
    """The same arithmetic ends in other last bits on other processors."""
    outline = graph(2.5)
    curve = np.stack([-6.35 + 9.7 * outline[:, 0], 0.75 + 0.5 * outline[:, 1]], axis=1)
    noise = np.random.default_rng(0).standard_normal((5, *curve.shape))
    with tempconfig({"pixel_width": 160, "pixel_height": 90}):
        clean = picture(Lines(curve, colors="#ffffff", stroke_width=4))
        for each in noise:
            shaken = picture(Lines(curve + 1e-12 * each, colors="#ffffff", stroke_width=4))
            np.testing.assert_array_equal(shaken, clean)


def test_line_colours_and_dashes():
    ends = np.array([[-2.0, 0], [-2, 1]]), np.array([[2.0, 0], [2, 1]])
    image = picture(Lines.segments(*ends, colors=["#ff0000", "#0000ff"], stroke_width=20))
    np.testing.assert_allclose(image[90, 160], [1, 0, 0], atol=0.01)
    np.testing.assert_allclose(image[70, 160], [0, 0, 1], atol=0.01)
    whole = image.sum()
    dotted = Lines.segments(*ends, colors="#ff0000", stroke_width=10, dash=(0.0, 0.4))
    assert 0 < picture(dotted).sum() < 0.4 * whole


def test_polygons_cover_their_area():
    corners = np.array([[-1.0, -1], [2, -1], [2, 1], [-1, 1]])
    image = picture(Polygons(corners, colors="#ffffff", opacity=0.5))
    assert image[..., 0].sum() == pytest.approx(0.5 * 60 * 40, rel=0.01)
