"""Our encoder writes the very frames that Manim's does."""

from fractions import Fraction

import av
import numpy as np
import pytest
from manim._config.video_encoder import VideoEncoderSpec
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from mobjects.recording import FrameEncoder, changed


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


@pytest.mark.parametrize("size", [(36, 64), (90, 162)])
def test_same_frames_as_manims_encoder(tmp_path, size):
    frames = list(np.random.default_rng(0).integers(0, 256, (3, *size, 4), dtype=np.uint8))
    ours = decoded(FrameEncoder, tmp_path / "ours.mp4", frames)
    theirs = decoded(VideoSegmentEncoder, tmp_path / "theirs.mp4", frames)
    assert len(ours) == 6
    for (pts, image), (their_pts, their_image) in zip(ours, theirs, strict=True):
        assert pts == their_pts
        np.testing.assert_array_equal(image, their_image)


def test_frames_that_differ_in_places_are_the_same_as_manims(tmp_path):
    rng = np.random.default_rng(1)
    frames = [rng.integers(0, 256, (90, 162, 4), dtype=np.uint8)]
    for count in (1, 0, 3, 2, 5):
        frames.append(frames[-1].copy())
        for _ in range(count):
            top, left = rng.integers(0, 90), rng.integers(0, 162)
            patch = frames[-1][top : top + rng.integers(1, 12), left : left + rng.integers(1, 60)]
            patch[:] = rng.integers(0, 256, patch.shape, dtype=np.uint8)
    repeats = (1, 2, 1, 1, 3, 1)
    ours = decoded(FrameEncoder, tmp_path / "ours.mp4", frames, repeats)
    theirs = decoded(VideoSegmentEncoder, tmp_path / "theirs.mp4", frames, repeats)
    for (pts, image), (their_pts, their_image) in zip(ours, theirs, strict=True):
        assert pts == their_pts
        np.testing.assert_array_equal(image, their_image)


def test_boxes_hold_all_that_changed_and_little_more():
    before = np.zeros((200, 320, 4), np.uint8)
    after = before.copy()
    after[51, 101, 0] = after[150, 7, 3] = 1
    boxes = changed(before, after)
    assert boxes == [
        (slice(48, 54), slice(96, 128)),
        (slice(148, 154), slice(0, 32)),
    ]
    assert changed(after, after) == []


def test_wrong_frames_are_refused(tmp_path):
    writer = FrameEncoder(target=tmp_path / "x.mp4", spec=spec(64, 36))
    with pytest.raises(ValueError, match="shape"):
        writer.write_frame(np.zeros((10, 10, 4), np.uint8))
    writer.abort()
