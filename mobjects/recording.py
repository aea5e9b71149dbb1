"""Handing frames to the encoder at less cost than Manim does, to the same effect.

Manim copies each frame into freshly allocated memory and converts it to the
video's pixel format once for every time it is shown. Here one buffer serves
all frames of a segment, and a frame that is held is converted once.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from manim.scene.scene_file_writer import SceneFileWriter
from manim.scene.video_segment_encoder import VideoSegmentEncoder


class FrameEncoder(VideoSegmentEncoder):
    """Encodes the frames of one segment."""

    _buffer: av.VideoFrame | None = None

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Encode ``pixels``, (height, width, 4) bytes, ``repeat`` times in a row."""
        self._validate_frame(pixels, repeat)
        try:
            if self._buffer is None:
                self._buffer = av.VideoFrame(self.spec.width, self.spec.height, "rgba")
            plane = self._buffer.planes[0]
            if plane.line_size == 4 * self.spec.width:
                plane.update(pixels.data)  # type: ignore[arg-type]
                frame = self._buffer
            else:
                frame = av.VideoFrame.from_ndarray(pixels, format="rgba")
            self._encode(frame.reformat(format=self.spec.pixel_format), repeat)
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


class StoryWriter(SceneFileWriter):
    """Manim's file writer with this module's encoder."""

    def _create_segment_encoder(self, target: Path) -> VideoSegmentEncoder:
        if self.video_encoder is None or self.output_spec.is_gif:
            return super()._create_segment_encoder(target)
        return FrameEncoder(target=target, spec=self.video_encoder)
