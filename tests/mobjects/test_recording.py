"""Our encoder writes the very frames that Manim's does."""

from fractions import Fraction

import av
import numpy as np
import pytest
from manim._config.video_encoder import VideoEncoderSpec
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from mobjects.recording import FrameEncoder


def spec(width, height):
    options = (("crf", "18"), ("preset", "veryfast"))
    return VideoEncoderSpec("mp4", "libx264", "yuv420p", width, height, Fraction(30), options)


def decoded(encoder, target, frames):
    writer = encoder(target=target, spec=spec(frames[0].shape[1], frames[0].shape[0]))
    for frame, repeat in zip(frames, (1, 4, 1), strict=True):
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


def test_wrong_frames_are_refused(tmp_path):
    writer = FrameEncoder(target=tmp_path / "x.mp4", spec=spec(64, 36))
    with pytest.raises(ValueError, match="shape"):
        writer.write_frame(np.zeros((10, 10, 4), np.uint8))
    writer.abort()
