"""Thumbnails: where each pixel lands, in which colour, and what is refused."""

from __future__ import annotations

import cairo
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import tempconfig

from mobjects.camera import FlatCamera
from mobjects.motion import Change
from mobjects.paint import pixel_context
from mobjects.paint_images import paint_images
from mobjects.thumbnails import Thumbnails, lattice, patches, towards

RNG = np.random.default_rng(5)
GREY = RNG.integers(0, 256, (3, 8, 8), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)


def black(width: int = 400, height: int = 200) -> np.ndarray:
    frame = np.zeros((height, width, 4), np.uint8)
    frame[..., 3] = 255
    return frame


def painted(
    images: np.ndarray, xy: list[list[float]], rgba: list[float], side: float
) -> np.ndarray:
    frame = black()
    count = len(xy)
    rgbas = np.tile(rgba, (count, 1))
    paint_images(frame, np.array(xy), rgbas, side, images[:count])
    return frame.astype(int)


def test_a_grey_image_is_a_stencil_of_its_colour() -> None:
    frame = painted(GREY, [[100, 100]], [1.0, 0.5, 0.0, 0.8], 80)
    centres = 60 + 10 * np.arange(8) + 5
    seen = frame[np.ix_(centres, centres)]
    expected = GREY[0][..., None] * np.array([1.0, 0.5, 0.0]) * 0.8
    np.testing.assert_allclose(seen[..., :3], expected, rtol=0, atol=2)
    outside = frame.copy()
    outside[60:140, 60:140] = [0, 0, 0, 255]
    assert (outside == black()).all()


@settings(max_examples=40, deadline=None)
@given(st.floats(-20, 420), st.floats(-20, 220), st.floats(0, 1), st.sampled_from([5, 8, 21, 80]))
def test_a_stencil_lies_where_cairo_lays_it(x: float, y: float, alpha: float, side: int) -> None:
    frame, cairos = painted(GREY[:1], [[x, y]], [0.2, 1.0, 0.6, alpha], side), black()
    whole = painted(GREY[:1], [[200 + side / 2, 100 + side / 2]], [1.0, 1.0, 1.0, 1.0], side)
    stride = cairo.FORMAT_A8.stride_for_width(side)
    mask = np.zeros((side, stride), np.uint8)
    mask[:, :side] = whole[100 : 100 + side, 200 : 200 + side, 0]
    stencil = cairo.ImageSurface.create_for_data(mask.data, cairo.FORMAT_A8, side, side, stride)
    ctx = pixel_context(cairos)
    ctx.set_source_rgba(0.6, 1.0, 0.2, alpha)
    ctx.mask_surface(stencil, x - side / 2, y - side / 2)
    np.testing.assert_allclose(frame, cairos, rtol=0, atol=4)


def test_a_colour_image_is_drawn_as_it_is_in_a_frame() -> None:
    frame = painted(COLOUR, [[300, 100]], [0.0, 1.0, 0.0, 1.0], 80)
    rows, columns = 60 + 10 * np.arange(8) + 5, 260 + 10 * np.arange(8) + 5
    np.testing.assert_allclose(frame[np.ix_(rows, columns)][..., :3], COLOUR[0], rtol=0, atol=1)
    np.testing.assert_array_equal(frame[100, 257, :3], [0, 255, 0])


def test_small_images_keep_their_mean_and_later_ones_lie_above() -> None:
    frame = painted(np.full((2, 8, 8), 255, np.uint8), [[50, 50], [150, 50]], [1, 1, 1, 1], 5)
    assert frame[..., 0].sum() == pytest.approx(2 * 25 * 255, rel=0.02)
    assert frame[50, 50, 0] == frame[50, 150, 0] == 255


def test_the_camera_draws_thumbnails_where_they_are() -> None:
    with tempconfig({"pixel_width": 400, "pixel_height": 224}):
        camera = FlatCamera()
        full = np.full((1, 4, 4), 255, np.uint8)
        tile = Thumbnails(np.array([[2.0, 1.0]]), full, side=1.0, colors="#ff0000")
        camera.capture_mobjects([tile])
        red = camera.pixel_array[..., 0].astype(float)
    scale = 400 / camera.frame_width
    rows, columns = np.nonzero(red > 128)
    assert columns.mean() + 0.5 == pytest.approx(200 + 2 * scale, abs=0.6)
    assert rows.mean() + 0.5 == pytest.approx(112 - 1 * scale, abs=0.6)
    assert np.ptp(columns) + 1 == pytest.approx(scale, abs=1.1)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 5), st.booleans())
@settings(max_examples=40, deadline=None)
def test_patches_put_together_again_are_the_image(
    rows: int, columns: int, side: int, colour: bool
) -> None:
    shape = (rows * side, columns * side, 3)[: 3 if colour else 2]
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    cut = patches(image, side)
    again = np.concatenate(
        [np.concatenate(list(cut[r * columns : (r + 1) * columns]), axis=1) for r in range(rows)]
    )
    np.testing.assert_array_equal(again, image)


@given(st.integers(1, 60), st.integers(1, 9))
@settings(max_examples=40, deadline=None)
def test_a_lattice_is_centred_and_evenly_spaced(count: int, columns: int) -> None:
    places = lattice(count, columns, 0.5)
    np.testing.assert_allclose(places.min(axis=0), -places.max(axis=0), atol=1e-12)
    assert len(np.unique(places.round(9), axis=0)) == count
    if count > 1:
        gaps = np.linalg.norm(places[1:] - places[:-1], axis=1)
        assert gaps.min() == pytest.approx(0.5)


def test_towards_moves_and_resizes() -> None:
    tiles = Thumbnails(np.zeros((3, 2)), GREY, side=1.0, colors="#ffffff")
    ends = np.array([[1.0, 0], [2, 0], [3, 4]])
    move = Change(tiles, towards(tiles, ends, 3.0))
    move.interpolate_mobject(0.5)
    np.testing.assert_allclose(tiles.points[:, :2], ends / 2)
    assert tiles.side == 2.0
    move.interpolate_mobject(1.0)
    np.testing.assert_allclose(tiles.points[:, :2], ends)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"side": 0.0}, "side: got 0.0, want a positive number"),
        ({"images": GREY.astype(float)}, "images: got float64, want uint8"),
        ({"images": GREY[:2]}, r"images: got shape \(2, 8, 8\), want \(3, h, w\)"),
        ({"images": COLOUR[..., :2]}, "images: got shape"),
        ({"points": np.full((3, 2), np.nan)}, "points: got coordinates that are not finite"),
    ],
)
def test_bad_input_is_refused(changes: dict[str, object], words: str) -> None:
    good = {"points": np.zeros((3, 2)), "images": GREY, "side": 1.0, "colors": "#ffffff"}
    with pytest.raises(ValueError, match=words):
        Thumbnails(**{**good, **changes})  # type: ignore[arg-type]


def test_uneven_patches_are_refused() -> None:
    with pytest.raises(ValueError, match="side: got 3, want a divisor of 8 and 8"):
        patches(GREY[0], 3)
