"""What a camera keeps from frame to frame: memory, and outlines that stay as they are."""

from __future__ import annotations

import ctypes
import math
import sys
from collections import deque
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary, finalize

import cairo
import numpy as np
from manim import VMobject

_SAME = 1e-9  # scene units: what a fade leaves of a difference
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_THRESHOLD = -1, -2, -3  # glibc's numbers for mallopt


@cache
def keep_freed_memory() -> None:
    """Ask the C library to keep what is freed for whoever asks next.

    Every segment's encoder takes a hundred megabytes; the system clears them
    page by page, at some 5 % of all CPU where two clips are rendered at once.
    Only glibc, which gives memory back early, is asked.
    """
    allocator = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if allocator is not None:
        allocator(_MMAP_THRESHOLD, 2**25)
        allocator(_TRIM_THRESHOLD, 2**31 - 1)
        allocator(_TOP_PAD, 2**26)


class Frames:
    """Memory for frames, used again when nobody holds the frame any more.

    Fresh memory for every frame costs more than the frame's copy.
    """

    def __init__(self) -> None:
        self._free: deque[np.ndarray] = deque()

    def take(self, like: np.ndarray) -> np.ndarray:
        """An array of the shape and type of ``like``, with anything in it."""
        memory = self._free.popleft() if self._free else np.empty_like(like)
        if memory.shape != like.shape:
            self._free.clear()
            memory = np.empty_like(like)
        frame = memory[:]
        finalize(frame, self._free.append, memory).atexit = False
        return frame


@dataclass
class Outline:
    """An outline at one place under one matrix: as cairo's path, and filled as a mask."""

    points: np.ndarray
    lens: cairo.Matrix
    path: cairo.Path | None = None
    _mask: tuple[cairo.ImageSurface, int, int] | None = None

    def is_of(self, points: np.ndarray, lens: cairo.Matrix) -> bool:
        """Whether these are the points, and this the matrix."""
        return (
            self.lens == lens
            and self.points.shape == points.shape
            and bool(np.abs(self.points - points).max() < _SAME)
        )

    def fill(self, ctx: cairo.Context, rgba: tuple[float, float, float, float]) -> None:
        """Fill it with a colour."""
        if self._mask is None:
            self._mask = self._drawn()
        ctx.save()
        ctx.identity_matrix()
        ctx.set_source_rgba(*rgba)
        ctx.mask_surface(*self._mask)
        ctx.restore()

    def _drawn(self) -> tuple[cairo.ImageSurface, int, int]:
        """The mask, and the pixel of its upper left corner."""
        assert self.path is not None
        scale, shift = [self.lens.xx, self.lens.yy], [self.lens.x0, self.lens.y0]
        pixels = self.points[:, :2] * scale + shift
        left, top = (math.floor(v) - 1 for v in pixels.min(axis=0))
        right, bottom = (math.ceil(v) + 1 for v in pixels.max(axis=0))
        mask = cairo.ImageSurface(cairo.FORMAT_A8, right - left, bottom - top)
        ctx = cairo.Context(mask)
        ctx.translate(-left, -top)
        ctx.transform(self.lens)
        ctx.append_path(self.path)
        ctx.fill()
        return mask, left, top


class Kept:
    """All that a camera keeps; in slots, which Manim's caching of segments does not look into."""

    __slots__ = ("context", "frames", "given", "lens", "outlines")

    def __init__(self) -> None:
        self.frames = Frames()
        self.given = False
        self.outlines: WeakKeyDictionary[VMobject, Outline] = WeakKeyDictionary()
        self.lens: tuple[np.ndarray, np.ndarray] | None = None
        self.context: cairo.Context | None = None
