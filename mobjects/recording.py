"""Handing frames to the encoder at less cost than Manim does, to the same effect.

Manim copies each frame into freshly allocated memory and converts it to the
video's pixel format once for every time it is shown. Here only what differs
from the frame before is converted, into the picture that the encoder had last.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from manim.renderer.cairo_renderer import CairoRenderer
from manim.scene.scene_file_writer import SceneFileWriter
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from mobjects.camera import FlatCamera

Box = tuple[slice, slice]

_NEAR = 32  # rows: changes nearer than that are converted in one go
_REACH = 2  # rows: as far as a pixel's colour is felt in the halved colour planes
_ALIGNED = 32  # columns: what the conversion's vector code takes at a time


class FrameEncoder(VideoSegmentEncoder):
    """Encodes the frames of one segment."""

    _pixels: np.ndarray | None = None
    _frame: av.VideoFrame

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        """Encode ``pixels``, (height, width, 4) bytes, ``repeat`` times in a row.

        They must not change before the next frame is written.
        """
        self._validate_frame(pixels, repeat)
        try:
            if self._pixels is None:
                self._reformatter = VideoReformatter()
                self._frame = self._converted(pixels)
            else:
                for box in changed(self._pixels, pixels):
                    self._patch(pixels, box)
            self._pixels = pixels
            self._encode(self._frame, repeat)
        except BaseException as error:
            raise self._operation_error("encode", error) from error

    def _converted(self, pixels: np.ndarray) -> av.VideoFrame:
        frame = av.VideoFrame.from_numpy_buffer(pixels, format="rgba")
        return self._reformatter.reformat(frame, format=self.spec.pixel_format, threads=1)

    def _patch(self, pixels: np.ndarray, box: Box) -> None:
        """Convert what lies in a box, and lay it into the frame."""
        rows, columns = box
        seen = slice(max(rows.start - _REACH, 0), min(rows.stop + _REACH, len(pixels)))
        skipped = rows.start - seen.start
        patch = self._converted(pixels[seen, columns])
        for own, new in zip(_planes(self._frame), _planes(patch), strict=True):
            part = 1 if own.shape == pixels.shape[:2] else 2
            top, height = skipped // part, (rows.stop - rows.start) // part
            target = own[rows.start // part :, columns.start // part : columns.stop // part]
            target[:height] = new[top : top + height]

    def _encode(self, frame: av.VideoFrame, repeat: int) -> None:
        rate = self.spec.frame_rate
        for _ in range(repeat):
            frame.pts = self._next_pts
            frame.time_base = Fraction(rate.denominator, rate.numerator)
            self._next_pts += 1
            for packet in self._stream.encode(frame):  # type: ignore[union-attr, arg-type]
                self._container.mux(packet)


def changed(before: np.ndarray, after: np.ndarray) -> list[Box]:
    """Boxes, one below the other, outside which two frames (h, w, 4) of bytes are the same.

    Their edges are even, and such that what was halved in height and width
    for the colour planes is the same outside, too.
    """
    height, width = after.shape[:2]
    pairs = (height, width // 2)
    differ = before.reshape(height, -1).view(np.uint64) != after.reshape(height, -1).view(np.uint64)
    assert differ.shape == pairs
    rows = np.flatnonzero(differ.any(axis=1))
    boxes = []
    for part in np.split(rows, np.flatnonzero(np.diff(rows) > _NEAR) + 1):
        if len(part):
            columns = 2 * np.flatnonzero(differ[part[0] : part[-1] + 1].any(axis=0))
            top = max(int(part[0]) // 2 * 2 - _REACH, 0)
            bottom = min(int(part[-1]) // 2 * 2 + 2 + _REACH, height)
            left = int(columns[0]) // _ALIGNED * _ALIGNED
            right = min(int(columns[-1]) // _ALIGNED * _ALIGNED + _ALIGNED, width)
            boxes.append((slice(top, bottom), slice(left, right)))
    return boxes


def _planes(frame: av.VideoFrame) -> list[np.ndarray]:
    """Views (rows, columns) of the planes of a frame with one byte a sample."""
    return [
        np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]  # type: ignore[call-overload]
        for plane in frame.planes
    ]


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
