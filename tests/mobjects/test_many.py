"""Thousands of marks at once: like few, one by one; and dots along lines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobjects import paint
from mobjects.batch import MARKERS
from mobjects.dotted import DottedLines, shifts
from mobjects.paint import disc_depth, paint_dots, paint_marks
from mobjects.stamps import PHASES, coverages

HEIGHT, WIDTH = 180, 320


def black() -> np.ndarray:
    frame = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    frame[..., 3] = 255
    return frame


def marks(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places on the frame and around it, colours, markers."""
    rng = np.random.default_rng(seed)
    xy = rng.uniform([-8, -8], [WIDTH + 8, HEIGHT + 8], (count, 2))
    return xy, rng.uniform(0, 1, (count, 4)), rng.integers(0, len(MARKERS), count).astype(np.int8)


def painted(monkeypatch, xy, rgbas, markers, *, trial: int, many: int, radius: float = 3.0):
    monkeypatch.setattr(paint, "_TRIAL", trial)
    monkeypatch.setattr(paint, "_laid", 0)
    monkeypatch.setattr(paint, "_MANY", many)
    frame = black()
    paint_marks(frame, xy, rgbas, radius, markers)
    return frame.astype(float)


def blocks(frame: np.ndarray) -> np.ndarray:
    """Means over 6 x 10 pixels, where subpixel places do not count."""
    return frame[..., :3].reshape(30, 6, 32, 10, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("opaque", [True, False])
def test_thousands_in_order_are_as_cairo_lays_them(monkeypatch, opaque):
    xy, rgbas, markers = marks(700)
    if opaque:
        rgbas[:, 3] = 1
    ours = painted(monkeypatch, xy, rgbas, markers, trial=0, many=10**9)
    cairos = painted(monkeypatch, xy, rgbas, markers, trial=10**9, many=10**9)
    assert cairos[..., :3].std() > 20
    np.testing.assert_array_equal(ours, cairos)


def test_a_medium_of_discs_is_like_a_few_one_by_one(monkeypatch):
    xy, rgbas, _ = marks(400)
    rgbas[:] = 1.0, 0.5, 0.2, 0.3
    discs = np.zeros(400, np.int8)
    few = blocks(painted(monkeypatch, xy, rgbas, discs, trial=10**9, many=10**9))
    many = blocks(painted(monkeypatch, xy, rgbas, discs, trial=0, many=0))
    assert few.max() > 60
    np.testing.assert_allclose(many, few, atol=9)
    assert many.sum() == pytest.approx(few.sum(), rel=0.06)


def medium_by_hand(xy, rgbas, markers, radius: float) -> np.ndarray:
    """Mark by mark, pixel by pixel: light through all, and the mean colour by depth."""
    sums = np.zeros((HEIGHT, WIDTH, 4))
    for place, rgba, marker in zip(xy, rgbas, markers, strict=True):
        fine = np.floor(place * PHASES + 0.5).astype(int)
        (x, y), (sub_x, sub_y) = fine // PHASES, fine % PHASES
        stamp = coverages(MARKERS[marker], radius)[sub_y * PHASES + sub_x] / 255
        half = len(stamp) // 2
        for row, column in np.argwhere(stamp > 0):
            down, across = y - half + row, x - half + column
            if 0 <= down < HEIGHT and 0 <= across < WIDTH:
                depth = -np.log1p(-min(stamp[row, column] * rgba[3], 0.999))
                sums[down, across] += depth * np.array([*rgba[:3], 1])
    depth = sums[..., 3:]
    color = sums[..., :3] / np.maximum(depth, 1e-12) * 255
    return color * (1 - np.exp(-depth))


@pytest.mark.parametrize("colors", [1, 3, 16])
def test_a_medium_of_any_marks_is_as_reckoned_by_hand(monkeypatch, colors):
    xy, rgbas, markers = marks(300)
    rgbas[:, :3] = rgbas[np.arange(300) % colors, :3]
    frame = painted(monkeypatch, xy, rgbas, markers, trial=0, many=0)
    wanted = medium_by_hand(xy, rgbas, markers, 3.0)
    assert wanted.std() > 15
    # opacities and colours are kept to 8 bits
    np.testing.assert_allclose(frame[..., :3], wanted, atol=2)


def test_a_medium_of_many_colours_lets_as_much_light_through(monkeypatch):
    xy, rgbas, markers = marks(300)
    rgbas[:, 1] = 0.5
    frame = painted(monkeypatch, xy, rgbas, markers, trial=0, many=0)
    wanted = medium_by_hand(xy, rgbas, markers, 3.0)
    np.testing.assert_allclose(frame[..., 1], wanted[..., 1], atol=8)


def test_a_medium_leaves_nothing_behind_for_the_next_frame(monkeypatch):
    xy, rgbas, markers = marks(300)
    first = painted(monkeypatch, xy, rgbas, markers, trial=0, many=0)
    again = painted(monkeypatch, xy, rgbas, markers, trial=0, many=0)
    np.testing.assert_array_equal(first, again)


def test_depth_of_many_discs_has_their_area_colour_and_opacity():
    xy = np.array([[50.3, 40.7], [20.5, 20.5]])
    rgbas = np.array([[1.0, 0, 0, 0.5], [0, 0, 1.0, 0.2]])
    depth, color = disc_depth(xy, rgbas, 3.3, (90, 100))
    area = np.pi * 3.3**2
    assert depth.sum() == pytest.approx(-area * np.log(0.5 * 0.8), rel=1e-4)
    assert depth[20, 20] == pytest.approx(-np.log(0.8), rel=1e-5)
    np.testing.assert_allclose(color[:, 40, 50], [depth[40, 50], 0, 0], atol=1e-6)
    np.testing.assert_allclose(color[:, 20, 20], [0, 0, depth[20, 20]], atol=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 99), st.floats(0.6, 6), st.integers(-9, 9), st.integers(-9, 9))
def test_depth_is_the_same_wherever_the_picture_begins(seed, radius, x, y):
    xy = np.random.default_rng(seed).uniform(30, 60, (40, 2))
    rgbas = np.full((40, 4), 0.4)
    whole, _ = disc_depth(xy, rgbas, radius, (90, 90))
    moved, _ = disc_depth(xy, rgbas, radius, (90, 90), (x, y))
    core = slice(20, 70)
    part = moved[20 - y : 70 - y, 20 - x : 70 - x]
    np.testing.assert_allclose(part, whole[core, core], atol=1e-4)


def test_discs_reach_in_over_the_edge_of_the_frame(monkeypatch):
    xy = np.array([[-1.0, 90.0], [160.0, HEIGHT + 1.0], [WIDTH + 40.0, 20.0]])
    rgbas, discs = np.tile([1.0, 1.0, 1.0, 0.3], (3, 1)), np.zeros(3, np.int8)
    ways = [(10**9, 10**9), (0, 10**9), (0, 0)]
    one, two, three = (
        painted(monkeypatch, xy, rgbas, discs, trial=trial, many=many, radius=4.0)[..., 0]
        for trial, many in ways
    )
    assert one[90, 0] > 60
    assert one[HEIGHT - 1, 160] > 60
    assert one.sum() == pytest.approx(two.sum(), rel=0.02)
    assert one.sum() == pytest.approx(three.sum(), rel=0.1)


def dots(ends, pitch: float, radius: float, *, alpha: float = 0.5) -> np.ndarray:
    frame = black()
    count = len(ends) // 2
    rgbas = np.tile([1.0, 0.5, 0, alpha], (count, 1))
    paint_dots(frame, np.asarray(ends, float), shifts(count), rgbas, radius, pitch)
    return frame


def test_dots_have_the_area_and_colour_of_their_discs():
    frame = dots([[9.0, 90], [9.0, 90], [20.25, 30.5], [120.0, 30.5]], 200.0, 3.0)[:60]
    np.testing.assert_allclose(frame[..., 0].sum() / 255, 3 * 0.5 * np.pi * 9, rtol=0.03)
    np.testing.assert_allclose(frame[30, 19], [128, 64, 0, 255], atol=1)
    columns = np.nonzero(frame[..., 0])[1]
    assert columns[columns < 40].mean() + 0.5 == pytest.approx(20.25, abs=0.2)
    assert columns[columns > 100].mean() + 0.5 == pytest.approx(120, abs=0.2)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.floats(6, 60))
def test_dots_lie_on_their_segment_no_further_apart_than_the_pitch(seed, pitch):
    start, end = np.random.default_rng(seed).uniform([10, 10], [310, 170], (2, 2))
    frame = dots([start, end], pitch, 1.0, alpha=1.0)
    rows, columns = np.nonzero(frame[..., 0] > 60)
    along = np.stack([columns, rows], axis=1) + 0.5 - start
    length = np.linalg.norm(end - start)
    way = along @ (end - start) / length
    assert np.abs(along @ [-(end - start)[1], (end - start)[0]] / length).max() < 2
    way = np.sort(way)
    assert way[0] < 1
    assert way[-1] > length - 1
    assert np.diff(way).max() <= pitch + 1


@pytest.mark.parametrize("radius", [0.004, 0.1, 0.4, 2.7])
def test_dots_of_any_size_cover_their_area(radius):
    places = np.random.default_rng(3).uniform([9, 9], [311, 171], (60, 1, 2)).repeat(2, axis=1)
    frame = dots(places.reshape(-1, 2), 5.0, radius, alpha=0.02)
    wanted = 3 * 60 * 0.02 * np.pi * radius**2
    assert frame[..., 0].sum() / 255 == pytest.approx(wanted, rel=0.2, abs=0.7)


def test_dots_of_neighbours_do_not_line_up():
    lines = [[[40.0, y], [280.0, y]] for y in range(20, 160, 10)]
    frame = dots(np.reshape(lines, (-1, 2)), 24.0, 1.5)
    inner = frame[..., 0].astype(float)[:, 60:260].sum(axis=0)
    assert inner.max() < 3 * inner.mean()


def test_dots_off_the_frame_are_left_out_and_those_at_its_edge_cut():
    assert dots([[-50.0, 20], [-20.0, 400]], 5.0, 2.0)[..., :3].max() == 0
    assert dots([[-1.0, 20], [-1.0, 20]], 5.0, 3.0)[20, 0, 0] > 60


def test_dotted_lines_say_what_is_wrong():
    nowhere = np.zeros((1, 2))
    with pytest.raises(ValueError, match="pitch: got 0, want a positive number of scene units"):
        DottedLines(nowhere, nowhere, colors="#ffffff", radius=0.1, pitch=0)
    with pytest.raises(ValueError, match="radius: got -1, want a positive number"):
        DottedLines(nowhere, nowhere, colors="#ffffff", radius=-1, pitch=1)
