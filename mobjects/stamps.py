"""The masks of marks, drawn once for each place that a mark can have within a pixel."""

from __future__ import annotations

import math
from functools import lru_cache

import cairo
import numpy as np

from mobjects.batch import MARKERS

PHASES = 4


def snap(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pixel that holds each position, and which of the 4 x 4 subpixels of it."""
    fine = np.floor(xy * PHASES + 0.5).astype(np.int64)
    pixel, sub = np.divmod(fine, PHASES)
    return pixel, sub[:, 1] * PHASES + sub[:, 0]


def packed(rgbas: np.ndarray) -> np.ndarray:
    """Colours (n, 4) from 0 to 1 as one number each (n,): four bytes, multiplied by opacity."""
    premultiplied = np.append(rgbas[:, :3] * rgbas[:, 3:], rgbas[:, 3:], axis=1)
    levels = (premultiplied * 65535 + 0.5).astype(np.uint16) >> 8
    return levels.astype(np.uint8).view(np.uint32)[:, 0]


def half_side(radius: float) -> int:
    """Pixels from the one that holds a mark's centre to the edge of its mask."""
    return math.ceil(radius * 1.35) + 1


@lru_cache(maxsize=256)
def surfaces(marker: str, radius: float) -> list[cairo.ImageSurface]:
    """One A8 mask of the mark for each subpixel phase."""
    return [_draw_mark(marker, radius, i % PHASES, i // PHASES) for i in range(PHASES**2)]


@lru_cache(maxsize=64)
def masks(radius: float) -> list[cairo.ImageSurface]:
    """The masks of all marks, one behind the other."""
    return [mask for name in MARKERS for mask in surfaces(name, radius)]


@lru_cache(maxsize=256)
def coverages(marker: str, radius: float) -> np.ndarray:
    """The same masks as bytes, (phases, size, size)."""
    size = 2 * half_side(radius) + 1
    arrays = []
    for surface in surfaces(marker, radius):
        rows = np.frombuffer(surface.get_data(), np.uint8).reshape(size, surface.get_stride())
        arrays.append(rows[:, :size])
    return np.stack(arrays)


def _draw_mark(marker: str, radius: float, phase_x: int, phase_y: int) -> cairo.ImageSurface:
    half = half_side(radius)
    size = 2 * half + 1
    surface = cairo.ImageSurface(cairo.FORMAT_A8, size, size)
    ctx = cairo.Context(surface)
    ctx.translate(half + phase_x / PHASES, half + phase_y / PHASES)
    ctx.set_source_rgba(0, 0, 0, 1)
    match marker:
        case "disc":
            ctx.arc(0, 0, radius, 0, 2 * math.pi)
            ctx.fill()
        case "ring":
            ctx.set_line_width(radius * 0.45)
            ctx.arc(0, 0, radius * 0.85, 0, 2 * math.pi)
            ctx.stroke()
        case "cross" | "plus" | "bar":
            _strokes(ctx, radius, {"cross": (45, 135), "plus": (0, 90), "bar": (0,)}[marker])
        case _:
            _polygon(ctx, marker, radius)
    surface.flush()
    return surface


def _strokes(ctx: cairo.Context, radius: float, degrees: tuple[int, ...]) -> None:
    ctx.set_line_width(radius * 0.6)
    for angle in np.radians(degrees):
        x, y = 1.15 * radius * math.cos(angle), 1.15 * radius * math.sin(angle)
        ctx.move_to(-x, -y)
        ctx.line_to(x, y)
    ctx.stroke()


def _polygon(ctx: cairo.Context, marker: str, radius: float) -> None:
    corners, start, size = {
        "diamond": (4, -90, 1.25),
        "square": (4, 45, 1.25),
        "triangle": (3, -90, 1.3),
        "down": (3, 90, 1.3),
        "star": (10, -90, 1.35),
    }[marker]
    for i in range(corners):
        angle = math.radians(start + 360 * i / corners)
        reach = size * radius * (0.45 if marker == "star" and i % 2 else 1)
        ctx.line_to(reach * math.cos(angle), reach * math.sin(angle))
    ctx.close_path()
    ctx.fill()
