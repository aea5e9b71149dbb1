"""Encoding each animation twice while it is drawn: at full size, and smaller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import VideoReformatter
from manim._config.video_encoder import VideoEncoderSpec
from manim.scene.video_segment_encoder import VideoSegmentEncoder

from mobjects.recording import FrameEncoder, StoryWriter

# For slow lines: at the clip's own quality it would be two thirds as large as the clip.
SMALL_OPTIONS = {"crf": "20"}


class TwinEncoder(FrameEncoder):
    """Encodes the frames of one segment, and the same frames smaller, to a file beside it."""

    def __init__(self, *, target: Path, spec: VideoEncoderSpec, small: tuple[int, int]) -> None:
        super().__init__(target=target, spec=spec)
        options = tuple(sorted({**dict(spec.options), **SMALL_OPTIONS}.items()))
        reduced = replace(spec, width=small[0], height=small[1], options=options)
        self._twin = FrameEncoder(target=twin_of(target), spec=reduced)
        self._scaler = VideoReformatter()

    def _encode(self, frame: av.VideoFrame, repeat: int) -> None:
        twin = self._twin.spec
        small = self._scaler.reformat(
            frame, twin.width, twin.height, interpolation="AREA", threads=1
        )
        super()._encode(frame, repeat)
        self._twin._encode(small, repeat)

    def finish(self) -> None:
        super().finish()
        self._twin.finish()

    def abort(self) -> None:
        self._twin.abort()
        super().abort()


class Recorder(StoryWriter):
    """Writes the segments of a clip at two sizes, tells how many frames there are, joins nothing.

    Parameters
    ----------
    settings
        Manim's.
    small
        Width and height of the smaller copy.
    tell
        Called with the number of frames whenever some were drawn.
    """

    def __init__(
        self, settings: Any, *, small: tuple[int, int], tell: Callable[[int], None]
    ) -> None:
        super().__init__(settings)
        self._small, self._tell = small, tell

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        super().write_frame(pixels, repeat=repeat)
        self._tell(repeat)

    def finish(self) -> None:
        self.join_all_encode_jobs()

    @property
    def segments(self) -> list[Path]:
        """The segments that were drawn, in order."""
        return [Path(path) for path in self.partial_movie_files if path is not None]

    def _create_segment_encoder(self, target: Path) -> VideoSegmentEncoder:
        if self.video_encoder is None:
            return super()._create_segment_encoder(target)
        return TwinEncoder(target=target, spec=self.video_encoder, small=self._small)


def twin_of(segment: Path) -> Path:
    """The file of the smaller copy of a segment."""
    return segment.with_name(f"{segment.stem}-small{segment.suffix}")
