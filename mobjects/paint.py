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

PHASES = 4
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
    x, y = xy.T
    seen = (x > -reach) & (x < width + reach) & (y > -reach) & (y < height + reach)
    seen &= rgbas[:, 3] > 1e-3
    few = np.count_nonzero(seen) <= _MANY
    if (few or markers.any()) and not seen.all():
        xy, rgbas, markers = xy[seen], rgbas[seen], markers[seen]
    if few:
        _stamp_in_order(pixel_context(frame), xy, rgbas, radius, markers)
    else:
        _accumulate(frame, xy, rgbas, radius, markers)


def pixel_context(frame: np.ndarray) -> cairo.Context:
    """A context that draws on ``frame``, (height, width, 4) bytes, in pixels, y downwards."""
    height, width = frame.shape[:2]
    surface = cairo.ImageSurface.create_for_data(frame.data, cairo.FORMAT_ARGB32, width, height)
    return cairo.Context(surface)


def _stamp_in_order(
    ctx: cairo.Context, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    if not len(xy):
        return
    corner, phase = snap(xy)
    x, y = (corner - _half(radius)).T.tolist()
    kinds = (markers.astype(np.int64) * PHASES**2 + phase).tolist()
    stamps = _stamps(round(radius, 2))
    stretches, mask = runs(rgbas), ctx.mask_surface
    colours = rgbas[[first for first, _ in stretches]].tolist()
    for (first, last), (r, g, b, a) in zip(stretches, colours, strict=True):
        ctx.set_source_rgba(b, g, r, a)
        for i in range(first, last):
            mask(stamps[kinds[i]], x[i], y[i])


def _accumulate(
    frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    height, width = frame.shape[:2]
    half = _half(radius)
    least, most = ([end(values) for values in xy.T] for end in (np.min, np.max))
    low = np.clip(np.floor(least).astype(int) - half - 1, 0, [width, height])
    high = np.clip(np.ceil(most).astype(int) + half + 2, 0, [width, height])
    columns, rows = (high - low).tolist()
    if columns <= 0 or rows <= 0:
        return
    shape = (rows, columns)
    patch = frame[low[1] : high[1], low[0] : high[0]]
    if (markers == 0).all():
        depth, colour = disc_depth((xy.T - low[:, None]).T, rgbas, radius, shape)
    else:
        corner, phase = snap(xy)
        sums = _optical_depth(corner - low, phase, rgbas, radius, markers, shape)
        depth, colour = sums[0], sums[1:] / np.maximum(sums[0], 1e-9)
    _blend(patch, depth, colour)


def _blend(patch: np.ndarray, depth: np.ndarray, colour: np.ndarray) -> None:
    """Let a medium of optical ``depth`` (h, w) and ``colour`` (3, h or 1, w or 1) absorb."""
    through = np.exp(-depth.astype(np.float32, copy=False))
    for channel in range(3 if patch[..., 3].min() == 255 else 4):
        own = np.float32(255) if channel == 3 else (colour[channel] * 255).astype(np.float32)
        patch[..., channel] = (patch[..., channel] - own) * through + (own + np.float32(0.5))


def disc_depth(
    xy: np.ndarray, rgbas: np.ndarray, radius: float, shape: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """The optical depth of many discs, (rows, columns), and its colour, (3, rows, columns).

    Every disc is spread over the four pixels around its centre and then
    summed over its rows by running sums: the cost grows with the number of
    discs and with their radius, not with the product of both.

    Parameters
    ----------
    xy
        (n, 2) pixel positions.
    rgbas
        (n, 4) from 0 to 1.
    radius
        In pixels.
    shape
        Rows and columns of the picture; what lies outside is left out.

    Returns
    -------
    The depth, -log of the light let through, and the mean colour at each
    pixel, (3, 1, 1) when all discs have the same.
    """
    taps = _taps(xy, shape)
    if all((values == values[0]).all() for values in rgbas.T):
        one = -np.log1p(-min(rgbas[0, 3], 0.999))
        return _sum_over_disc(_splat(taps, None, shape), radius) * one, rgbas[0, :3, None, None]
    tau = -np.log1p(-np.minimum(rgbas[:, 3], 0.999))
    depth = _sum_over_disc(_splat(taps, tau, shape), radius)
    sums = [_sum_over_disc(_splat(taps, tau * rgbas[:, c], shape), radius) for c in range(3)]
    return depth, np.stack(sums) / np.maximum(depth, 1e-9)


def _taps(xy: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, list[np.ndarray]]:
    """The pixel before each position, as flat index of a margined picture, and four shares.

    The shares are those of that pixel, the next, the one below, and the next of that.
    """
    rows, columns = shape
    x = np.clip(xy[:, 0] + 0.5, 0, columns + 1)
    y = np.clip(xy[:, 1] + 0.5, 0, rows + 1)
    column, row = x.astype(np.int64), y.astype(np.int64)
    right, below = (x - column).astype(np.float32), (y - row).astype(np.float32)
    row *= columns + 2
    row += column
    both = right * below
    right -= both
    below -= both
    return row, [1 - right - below - both, right, below, both]


def _splat(
    taps: tuple[np.ndarray, list[np.ndarray]], weight: np.ndarray | None, shape: tuple[int, int]
) -> np.ndarray:
    index, shares = taps
    rows, columns = shape
    size = (rows + 2) * (columns + 2)
    total = np.zeros(size + columns + 3, dtype=np.float32)
    for share, step in zip(shares, (0, 1, columns + 2, columns + 3), strict=True):
        np.add.at(total[step:], index, share if weight is None else share * weight)
    return total[:size].reshape(rows + 2, columns + 2)[1:-1, 1:-1]


def _sum_over_disc(picture: np.ndarray, radius: float) -> np.ndarray:
    """Correlate with a disc: row by row, each a difference of running sums."""
    rows, columns = picture.shape
    chords = _chords(round(radius, 3))
    pad = int(np.ceil(chords[0] + 0.5)) + 1
    running = np.zeros((rows, columns + 2 * pad + 1), dtype=np.float32)
    np.cumsum(picture, axis=1, out=running[:, pad + 1 : pad + 1 + columns])
    running[:, pad + 1 + columns :] = running[:, pad + columns, None]
    total = np.zeros((rows, columns), dtype=np.float32)
    box, outer = np.empty_like(total), np.empty_like(total)
    for dy, half_chord in enumerate(chords):
        _between(running, pad, half_chord, box, outer)
        if dy == 0:
            total += box
        elif dy < rows:
            total[dy:] += box[:-dy]
            total[:-dy] += box[dy:]
    return total


def _between(
    running: np.ndarray, pad: int, half: float, box: np.ndarray, outer: np.ndarray
) -> None:
    """Put into ``box`` the sums over ``half`` to either side, ends weighed by coverage."""
    columns = box.shape[1]
    first, rest = divmod(np.float32(0.5 + half), 1)
    low, high = pad + 1 - int(first), pad + int(first)
    np.subtract(running[:, high : high + columns], running[:, low : low + columns], out=box)
    if rest > 0:
        ends = running[:, high + 1 : high + 1 + columns], running[:, low - 1 : low - 1 + columns]
        np.subtract(*ends, out=outer)
        outer -= box
        outer *= rest
        box += outer


@lru_cache(maxsize=64)
def _chords(radius: float) -> tuple[float, ...]:
    """Half the disc's mean width in the pixel rows 0, 1, 2, ... away from its centre."""
    edges = np.minimum(np.arange(0, math.ceil(radius + 0.5) + 1) - 0.5, radius)
    edges[0] = -edges[1]
    primitive = edges * np.sqrt(radius**2 - edges**2) + radius**2 * np.arcsin(edges / radius)
    areas = np.diff(primitive) / 2
    return tuple(float(a) for a in areas if a > 1e-6)


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


def snap(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pixel that holds each position, and which of the 4 x 4 subpixels of it."""
    fine = np.floor(xy * PHASES + 0.5).astype(np.int64)
    pixel, sub = np.divmod(fine, PHASES)
    return pixel, sub[:, 1] * PHASES + sub[:, 0]


def _half(radius: float) -> int:
    return math.ceil(radius * 1.35) + 1


@lru_cache(maxsize=256)
def _surfaces(marker: str, radius: float) -> list[cairo.ImageSurface]:
    """One A8 mask of the mark for each subpixel phase."""
    return [_draw_mark(marker, radius, i % PHASES, i // PHASES) for i in range(PHASES**2)]


@lru_cache(maxsize=64)
def _stamps(radius: float) -> list[cairo.ImageSurface]:
    """The masks of all marks, one behind the other."""
    return [mask for name in MARKERS for mask in _surfaces(name, radius)]


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


def runs(rgbas: np.ndarray) -> list[tuple[int, int]]:
    """Stretches [first, last) of lines with the same colour: one stroke each."""
    cuts = np.flatnonzero((rgbas[1:] != rgbas[:-1]).any(axis=1)) + 1
    edges = [0, *cuts.tolist(), len(rgbas)]
    return list(pairwise(edges))
