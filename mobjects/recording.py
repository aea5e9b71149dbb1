"""Handing frames to the encoder at less cost than Manim does.

Manim copies each frame into freshly allocated memory and converts it to the
video's pixel format once for every time it is shown. Here only the pixels that
differ from the frame before are converted, into the picture that the encoder
had last.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from manim._config.video_encoder import VideoEncoderSpec
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene.scene_file_writer import SceneFileWriter
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from mobjects.camera import FlatCamera
from mobjects.keeping import keep_freed_memory


class FrameEncoder(VideoSegmentEncoder):
    """Encodes the frames of one segment."""

    _pixels: np.ndarray | None = None
    _frame: av.VideoFrame
    _planes: list[np.ndarray]

    def __init__(self, *, target: Path, spec: VideoEncoderSpec) -> None:
        keep_freed_memory()
        super().__init__(target=target, spec=spec)

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Encode ``pixels``, (height, width, 4) bytes, ``repeat`` times in a row.

        They must not change before the next frame is written.
        """
        from mobjects.yuv import update  # compiled: stills do without

        self._validate_frame(pixels, repeat)
        try:
            if self._pixels is None:
                self._pixels = ~pixels
                self._frame = av.VideoFrame(pixels.shape[1], pixels.shape[0], "yuv420p")
                self._planes = [_rows(plane) for plane in self._frame.planes]
            update(_whole(self._pixels), _whole(pixels), *self._planes)
            self._pixels = pixels
            self._encode(self._frame, repeat)
        except BaseException as error:
            raise self._operation_error("encode", error) from error

    def _encode(self, frame: av.VideoFrame, repeat: int) -> None:
        rate = self.spec.frame_rate
        for _ in range(repeat):
            frame.pts = self._next_pts
            frame.time_base = Fraction(rate.denominator, rate.numerator)
            self._next_pts += 1
            for packet in self._stream.encode(frame):  # type: ignore[union-attr, arg-type]
                self._container.mux(packet)


def _whole(pixels: np.ndarray) -> np.ndarray:
    """The pixels (height, width, 4) as one number each."""
    return pixels.view(np.uint32)[..., 0]


def _rows(plane: Any) -> np.ndarray:
    """A plane of a frame with one byte a sample, and what lies beside it in memory."""
    return np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)


class StoryWriter(SceneFileWriter):
    """Manim's file writer with this module's encoder, where the video is of its kind."""

    def _create_segment_encoder(self, target: Path) -> VideoSegmentEncoder:
        spec = self.video_encoder
        if spec is None or (spec.codec, spec.pixel_format) != ("libx264", "yuv420p"):
            return super()._create_segment_encoder(target)
        return FrameEncoder(target=target, spec=spec)


class StoryRenderer(CairoRenderer):
    """Manim's renderer, handing on the very frames that were drawn instead of copies."""

    def get_frame(self) -> np.ndarray:
        """The frame as it was drawn last; it does not change any more."""
        camera = self.camera
        return camera.give_frame() if isinstance(camera, FlatCamera) else super().get_frame()
