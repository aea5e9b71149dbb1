"""The picture of a moment, painted whole or in parts, at any size."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

import numpy as np
from manim import Mobject
from PIL import Image
from scipy.ndimage import binary_dilation

from look.stage import Piece, box, camera_of, pieces
from mobjects.camera import FlatCamera
from mobjects.story import Story

FULL = (1920, 1080)
HALF = (960, 540)
_PAD = 8
_INK = 0.3

Patch = tuple[slice, slice]


class Moment:
    """What stands on a story's stage now, and pictures of it: (height, width, 4) bytes.

    Parameters
    ----------
    story
        While it plays.
    size
        Width and height of the pictures in pixels.
    """

    def __init__(self, story: Story, size: tuple[int, int] = HALF) -> None:
        self.camera = FlatCamera(
            frame=camera_of(story).frame,
            pixel_width=size[0],
            pixel_height=size[1],
            background_color=story.theme.background,
        )
        assert self.camera.background is not None
        self.background = np.asarray(self.camera.background)
        self.pieces = pieces(story)
        self.texts = [piece for piece in self.pieces if piece.is_text]
        self.marks = [piece for piece in self.pieces if not piece.is_text]
        self.boxes = {id(piece): box(piece, self.camera) for piece in self.pieces}

    def paint(
        self,
        members: Iterable[Mobject],
        below: np.ndarray | None = None,
        patch: Patch = np.s_[:, :],
    ) -> np.ndarray:
        """The picture of ``members``, over the picture ``below``; a patch of it when given."""
        self.camera.set_pixel_array(self.background if below is None else below)
        members = list(members)
        if members:
            self.camera.capture_mobjects(members, include_submobjects=False)
        return self.camera.pixel_array[patch].copy()

    @cached_property
    def whole(self) -> np.ndarray:
        """The picture as viewers see it."""
        return self.paint(m for piece in self.pieces for m in piece.members)

    @cached_property
    def without_texts(self) -> np.ndarray:
        """The picture of everything but the texts."""
        return self.paint(m for piece in self.marks for m in piece.members)

    def patch(self, piece: Piece) -> Patch:
        """The rows and columns of the picture around a piece."""
        frame = np.array([self.camera.frame_width, self.camera.frame_height])
        size = np.array([self.camera.pixel_width, self.camera.pixel_height])
        first, last = (np.array(self.boxes[id(piece)]) / frame + 0.5) * size
        start = np.clip(np.floor(first) - _PAD, 0, size).astype(int)
        stop = np.clip(np.ceil(last) + _PAD, 0, size).astype(int)
        rows = slice(int(size[1] - stop[1]), int(size[1] - start[1]))
        return rows, slice(int(start[0]), int(stop[0]))

    def near(self, text: Piece) -> list[Piece]:
        """The marks that may lie on a text, by their boxes."""
        low, high = self.boxes[id(text)]
        found = []
        for mark in self.marks:
            other_low, other_high = self.boxes[id(mark)]
            if (np.minimum(high, other_high) > np.maximum(low, other_low) - 0.1).all():
                found.append(mark)
        return found

    def coverage(self, text: Piece) -> np.ndarray:
        """How much (rows, columns), 0 to 1, the glyphs cover of each pixel of their patch."""
        painted = self.paint(text.members, patch=self.patch(text)).astype(np.int16)
        step = np.abs(painted - self.background[0, 0]).max(axis=2)
        return step / max(int(step.max(initial=0)), 1)

    def surroundings(self, text: Piece) -> np.ndarray:
        """The pixels of a text's patch in and close around its glyphs: (rows, columns) of bool."""
        reach = max(1, round(self.camera.pixel_height / 240))
        return binary_dilation(self.coverage(text) > _INK, iterations=reach)


def picture(story: Story, size: tuple[int, int]) -> Image.Image:
    """The story's stage as it is now."""
    return Image.fromarray(Moment(story, size).whole).convert("RGB")
