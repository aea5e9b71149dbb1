"""What our encoder is given, and what it makes of it."""

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim._config.video_encoder import VideoEncoderSpec
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from mobjects.recording import FrameEncoder
from mobjects.yuv import update


def spec(width, height):
    options = (("crf", "18"), ("preset", "veryfast"))
    return VideoEncoderSpec("mp4", "libx264", "yuv420p", width, height, Fraction(30), options)


def decoded(encoder, target, frames, repeats=(1, 4, 1)):
    writer = encoder(target=target, spec=spec(frames[0].shape[1], frames[0].shape[0]))
    for frame, repeat in zip(frames, repeats, strict=True):
        writer.write_frame(frame, repeat=repeat)
    writer.finish()
    with av.open(str(target)) as container:
        return [(f.pts, f.to_ndarray()) for f in container.decode(video=0)]


def smooth(size, seed=0):
    """Frames (3, h, w, 4) without fine detail, which encoders keep."""
    coarse = np.random.default_rng(seed).integers(0, 256, (3, 9, 16, 4), dtype=np.uint8)
    rows, columns = (np.arange(n) * m // n for n, m in zip(size, (9, 16), strict=True))
    return coarse[:, rows][:, :, columns]


@pytest.mark.parametrize("size", [(36, 64), (90, 162)])
def test_frames_look_and_last_as_those_of_manims_encoder(tmp_path, size):
    frames = [np.ascontiguousarray(frame) for frame in smooth(size)]
    ours = decoded(FrameEncoder, tmp_path / "ours.mp4", frames)
    theirs = decoded(VideoSegmentEncoder, tmp_path / "theirs.mp4", frames)
    assert len(ours) == 6
    for (pts, image), (their_pts, their_image) in zip(ours, theirs, strict=True):
        assert pts == their_pts
        assert np.abs(image.astype(int) - their_image).mean() < 3


def planes_of(pixels):
    """The planes as BT.601 defines them, in whole numbers only at the end."""
    kr, kg, kb = 0.299, 0.587, 0.114
    r, g, b = np.moveaxis(pixels[..., :3] / 255, -1, 0)
    luma = kr * r + kg * g + kb * b
    means = [
        each.reshape(len(each) // 2, 2, -1, 2).mean(axis=(1, 3)) for each in (b - luma, r - luma)
    ]
    blue, red = means[0] / (2 - 2 * kb), means[1] / (2 - 2 * kr)
    return 16 + 219 * luma, 128 + 224 * blue, 128 + 224 * red


def updated(before, after, planes):
    views = (np.ascontiguousarray(each).view(np.uint32)[..., 0] for each in (before, after))
    update(*views, *planes)
    return planes


def empty(height, width):
    halves = (height // 2, width // 2)
    return [np.zeros(shape, np.uint8) for shape in ((height, width), halves, halves)]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 40), st.integers(1, 50), st.integers(0, 99))
def test_planes_are_those_of_the_standard(rows, columns, seed):
    size = 2 * rows, 2 * columns
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 4), dtype=np.uint8)
    for found, wanted in zip(
        updated(~pixels, pixels, empty(*size)), planes_of(pixels), strict=True
    ):
        np.testing.assert_allclose(found, wanted, atol=0.51)


@pytest.mark.parametrize(
    ("color", "planes"),
    [("#000000", (16, 128, 128)), ("#ffffff", (235, 128, 128)), ("#ff0000", (81, 90, 240))],
)
def test_planes_of_plain_colours(color, planes):
    pixels = np.full((4, 6, 4), 255, np.uint8)
    pixels[..., :3] = list(bytes.fromhex(color[1:]))
    found = updated(~pixels, pixels, empty(4, 6))
    assert [set(plane.ravel().tolist()) for plane in found] == [{level} for level in planes]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9999), st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_what_differs_in_places_is_brought_up_to_date(seed, counts):
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (90, 162, 4), dtype=np.uint8)
    planes = updated(~pixels, pixels, empty(90, 162))
    for count in counts:
        before = pixels.copy()
        for _ in range(count):
            top, left = rng.integers(0, 90), rng.integers(0, 162)
            patch = pixels[top : top + rng.integers(1, 12), left : left + rng.integers(1, 60)]
            patch[:] = rng.integers(0, 256, patch.shape, dtype=np.uint8)
        planes = updated(before, pixels, planes)
    for found, wanted in zip(planes, updated(~pixels, pixels, empty(90, 162)), strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_what_does_not_differ_is_not_converted():
    pixels = np.zeros((90, 162, 4), np.uint8)
    planes = updated(pixels, pixels, empty(90, 162))
    assert not any(plane.any() for plane in planes)


def test_wrong_frames_are_refused(tmp_path):
    writer = FrameEncoder(target=tmp_path / "x.mp4", spec=spec(64, 36))
    with pytest.raises(ValueError, match="shape"):
        writer.write_frame(np.zeros((10, 10, 4), np.uint8))
    writer.abort()
