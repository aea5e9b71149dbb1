"""Painting batches onto a frame: pixels and cairo, nothing of scenes.

Coordinates here are pixels, x to the right and y downwards; a frame is the
camera's (height, width, 4) array of bytes.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

import cairo
import numpy as np

from mobjects.batch import MARKERS

_PHASES = 4
_MANY = 6000
_CHUNK = 2_000_000


def paint_marks(
    frame: np.ndarray,
    xy: np.ndarray,
    rgbas: np.ndarray,
    radius: float,
    markers: np.ndarray,
) -> None:
    """Blend a mark of ``radius`` pixels at each of the positions ``xy`` (n, 2).

    Up to some thousand marks are laid one over the other in order; more are
    accumulated, without order, as an absorbing medium: opacity grows with
    the number of marks at a pixel and its colour is their weighted mean.
    """
    height, width = frame.shape[:2]
    reach = radius + 2
    seen = (
        (xy[:, 0] > -reach)
        & (xy[:, 0] < width + reach)
        & (xy[:, 1] > -reach)
        & (xy[:, 1] < height + reach)
        & (rgbas[:, 3] > 1e-3)
    )
    xy, rgbas, markers = xy[seen], rgbas[seen], markers[seen]
    if len(xy) <= _MANY:
        _stamp_in_order(_context(frame), xy, rgbas, radius, markers)
    else:
        _accumulate(frame, xy, rgbas, radius, markers)


def _context(frame: np.ndarray) -> cairo.Context:
    height, width = frame.shape[:2]
    surface = cairo.ImageSurface.create_for_data(frame.data, cairo.FORMAT_ARGB32, width, height)
    return cairo.Context(surface)


def _stamp_in_order(
    ctx: cairo.Context, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    corner, phase = _snap(xy)
    half = _half(radius)
    corner -= half
    changes = np.ones(len(xy), dtype=bool)
    changes[1:] = (rgbas[1:] != rgbas[:-1]).any(axis=1)
    stamps = [_surfaces(name, round(radius, 2)) for name in MARKERS]
    mask, set_source = ctx.mask_surface, ctx.set_source_rgba
    rows = zip(
        corner.tolist(),
        phase.tolist(),
        markers.tolist(),
        changes.tolist(),
        rgbas.tolist(),
        strict=True,
    )
    for (x, y), shift, marker, change, (r, g, b, a) in rows:
        if change:
            set_source(b, g, r, a)
        mask(stamps[marker][shift], x, y)


def _accumulate(
    frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    height, width = frame.shape[:2]
    half = _half(radius)
    corner, phase = _snap(xy)
    low = np.clip(corner.min(axis=0) - half, 0, [width, height])
    high = np.clip(corner.max(axis=0) + half + 1, 0, [width, height])
    columns, rows = (high - low).tolist()
    if columns <= 0 or rows <= 0:
        return
    depth = _optical_depth(corner - low, phase, rgbas, radius, markers, (rows, columns))
    patch = frame[low[1] : high[1], low[0] : high[0]]
    total = depth[0]
    through = np.exp(-total)[..., None]
    colour = np.moveaxis(depth[1:], 0, -1) / np.maximum(total, 1e-9)[..., None]
    opaque = np.concatenate([colour * 255, np.full((*total.shape, 1), 255.0)], axis=2)
    patch[:] = (patch * through + opaque * (1 - through) + 0.5).astype(np.uint8)


def _optical_depth(
    corner: np.ndarray,
    phase: np.ndarray,
    rgbas: np.ndarray,
    radius: float,
    markers: np.ndarray,
    shape: tuple[int, int],
) -> np.ndarray:
    """(4, rows, columns): the depth of all marks at each pixel, and depth times r, g, b."""
    rows, columns = shape
    half = _half(radius)
    coverage = np.stack([_coverages(name, round(radius, 2)) for name in MARKERS])
    depth = np.zeros((4, rows * columns))
    step = max(1, _CHUNK // (2 * half + 1) ** 2)
    offset = np.arange(-half, half + 1)
    for first in range(0, len(corner), step):
        part = slice(first, first + step)
        alpha = coverage[markers[part], phase[part]] * rgbas[part, 3, None, None]
        tau = -np.log1p(-np.minimum(alpha, 0.999))
        x = corner[part, 0, None, None] + offset[None, None, :]
        y = corner[part, 1, None, None] + offset[None, :, None]
        inside = (tau > 0) & (x >= 0) & (x < columns) & (y >= 0) & (y < rows)
        index = (y * columns + x)[inside]
        weight = tau[inside]
        owner = np.broadcast_to(np.arange(len(tau))[:, None, None], tau.shape)[inside]
        depth[0] += np.bincount(index, weight, rows * columns)
        for channel in range(3):
            colour = weight * rgbas[part, channel][owner]
            depth[1 + channel] += np.bincount(index, colour, rows * columns)
    return depth.reshape(4, rows, columns)


def _snap(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pixel that holds each position, and which of the 4 x 4 subpixels of it."""
    fine = np.floor(xy * _PHASES + 0.5).astype(np.int64)
    pixel, sub = np.divmod(fine, _PHASES)
    return pixel, sub[:, 1] * _PHASES + sub[:, 0]


def _half(radius: float) -> int:
    return math.ceil(radius * 1.35) + 1


@lru_cache(maxsize=256)
def _surfaces(marker: str, radius: float) -> list[cairo.ImageSurface]:
    """One A8 mask of the mark for each subpixel phase."""
    return [_draw_mark(marker, radius, i % _PHASES, i // _PHASES) for i in range(_PHASES**2)]


@lru_cache(maxsize=256)
def _coverages(marker: str, radius: float) -> np.ndarray:
    """The same masks as numbers from 0 to 1, (phases, size, size)."""
    size = 2 * _half(radius) + 1
    arrays = []
    for surface in _surfaces(marker, radius):
        rows = np.frombuffer(surface.get_data(), np.uint8).reshape(size, surface.get_stride())
        arrays.append(rows[:, :size] / 255.0)
    return np.stack(arrays)


def _draw_mark(marker: str, radius: float, phase_x: int, phase_y: int) -> cairo.ImageSurface:
    half = _half(radius)
    size = 2 * half + 1
    surface = cairo.ImageSurface(cairo.FORMAT_A8, size, size)
    ctx = cairo.Context(surface)
    ctx.translate(half + phase_x / _PHASES, half + phase_y / _PHASES)
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


def paint_lines(
    ctx: cairo.Context,
    xy: np.ndarray,
    offsets: np.ndarray,
    rgbas: np.ndarray,
    width: float,
    *,
    dash: tuple[float, float] | None = None,
) -> None:
    """Stroke the polylines that ``offsets`` cut from ``xy`` (k, 2), ``width`` pixels wide."""
    ctx.set_line_width(width)
    ctx.set_line_join(cairo.LineJoin.ROUND)
    ctx.set_line_cap(cairo.LineCap.ROUND)
    if dash is not None:
        ctx.set_dash(dash)
    for first, last in _runs(rgbas):
        r, g, b, a = rgbas[first].tolist()
        if a <= 1e-3:
            continue
        _path(ctx, xy, offsets[first : last + 1])
        ctx.set_source_rgba(b, g, r, a)
        ctx.stroke()
    ctx.set_dash(())


def paint_polygons(
    ctx: cairo.Context, xy: np.ndarray, offsets: np.ndarray, rgbas: np.ndarray, width: float
) -> None:
    """Fill the polygons that ``offsets`` cut from ``xy``; stroke them when ``width`` > 0."""
    ctx.set_line_width(width)
    ctx.set_line_join(cairo.LineJoin.ROUND)
    for i, (r, g, b, a) in enumerate(rgbas.tolist()):
        if a <= 1e-3:
            continue
        _path(ctx, xy, offsets[i : i + 2])
        ctx.close_path()
        ctx.set_source_rgba(b, g, r, a)
        ctx.fill_preserve()
        if width > 0:
            ctx.stroke()
        ctx.new_path()


def _runs(rgbas: np.ndarray) -> list[tuple[int, int]]:
    """Stretches [first, last) of lines with the same colour: one stroke each."""
    cuts = np.flatnonzero((rgbas[1:] != rgbas[:-1]).any(axis=1)) + 1
    edges = [0, *cuts.tolist(), len(rgbas)]
    return list(pairwise(edges))


def _path(ctx: cairo.Context, xy: np.ndarray, offsets: np.ndarray) -> None:
    edges = offsets.tolist()
    rows = xy[edges[0] : edges[-1]].tolist()
    base = edges[0]
    move_to, line_to = ctx.move_to, ctx.line_to
    for first, last in pairwise(edges):
        move_to(*rows[first - base])
        for x, y in rows[first - base + 1 : last - base]:
            line_to(x, y)
