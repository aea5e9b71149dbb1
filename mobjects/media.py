"""Marks laid without order, as an absorbing medium: compiled loops as in :mod:`mobjects.loops`.

The light that gets through falls with the number of marks at a pixel, and its
colour is their mean, each weighed by its optical depth, -log of the light let
through. A medium is (height * width, c) optical depths, one for each of c
colours, all 0 where nothing was laid, and (height, 2) spans: the columns
between which something was.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numba import njit

_ROUND = np.float32(0.5)
_WHITE = np.float32(255)
_PER_DEPTH, _OPAQUE = 512, 12  # entries of the table below for a depth of 1, and its end
_THROUGH = np.exp(-(np.arange(_PER_DEPTH * _OPAQUE) + 0.5) / _PER_DEPTH).astype(np.float32)


@lru_cache(maxsize=4)
def medium(height: int, width: int, colors: int) -> tuple[np.ndarray, np.ndarray]:
    """An empty medium of so many colours over a frame's pixels."""
    return np.zeros((height * width, colors), np.float32), np.tile([width, 0], (height, 1))


@njit(cache=True, inline="always")
def _immerse(
    light: np.ndarray,
    size: tuple[int, int],
    spans: np.ndarray,
    place: tuple[int, int],
    owner: int,
    kind: int,
    stamps: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int],
) -> None:
    """Lay a mark of a colour whose middle is in the pixel ``place`` (x, y) into a flat medium.

    ``size`` are the pixels in a row and the colours of a pixel.
    """
    x, y = place
    width, colors = size
    cells, depths, steps, counts, reach = stamps
    height = len(spans)
    first, last = max(0, x - reach), min(width, x + reach + 1)
    if first >= last:
        return
    for row in range(max(0, y - reach), min(height, y + reach + 1)):
        spans[row, 0] = min(spans[row, 0], first)
        spans[row, 1] = max(spans[row, 1], last)
    if reach <= x < width - reach and reach <= y < height - reach:
        start = np.uint64((y * width + x) * colors + owner)
        for i in range(counts[kind]):
            light[start + steps[kind, i]] += depths[kind, i]
        return
    for i in range(counts[kind]):
        column, row = x + cells[kind, i, 0], y + cells[kind, i, 1]
        if 0 <= column < width and 0 <= row < height:
            light[(row * width + column) * colors + owner] += depths[kind, i]


@njit(cache=True)
def _stepping(
    light: np.ndarray, spans: np.ndarray, cells: np.ndarray, depths: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Stamps with the steps (k, n) from their middles to their cells in a flat medium.

    Steps are modulo 2**64. With them come how many cells each stamp has, and its reach.
    """
    width = len(light) // len(spans)
    steps = (cells[..., 1] * width + cells[..., 0]) * light.shape[1]
    counts = (depths > 0).sum(axis=1)
    return cells, depths, steps.astype(np.uint64), counts, np.abs(cells).max()


@njit(cache=True)
def immerse(
    light: np.ndarray,
    spans: np.ndarray,
    places: np.ndarray,
    owners: np.ndarray,
    kinds: np.ndarray,
    cells: np.ndarray,
    depths: np.ndarray,
) -> None:
    """Lay marks into a medium.

    Mark i has the colour ``owners[i]`` and its middle in the pixel ``places[i]``.
    It covers the pixels ``cells[kinds[i]]`` (n, 2), x and y from there, with the
    optical depths ``depths[kinds[i]]`` (n,); those of 0 come last.
    """
    flat, stamps = light.reshape(-1), _stepping(light, spans, cells, depths)
    size = (len(light) // len(spans), light.shape[1])
    for i in range(len(places)):
        place = (places[i, 0], places[i, 1])
        _immerse(flat, size, spans, place, owners[i], kinds[i], stamps)


@njit(cache=True)
def immerse_dots(
    light: np.ndarray,
    spans: np.ndarray,
    ends: np.ndarray,
    shifts: np.ndarray,
    pitch: float,
    phases: int,
    owners: np.ndarray,
    kinds: np.ndarray,
    cells: np.ndarray,
    depths: np.ndarray,
) -> None:
    """Lay dots along segments into a medium.

    Segment i runs from ``ends[2 * i]`` to ``ends[2 * i + 1]``. A dot is at both,
    and others at most ``pitch`` pixels apart, the first of them ``shifts[i]`` of
    their distance away. Its dots have the cells and depths from ``kinds[i]`` on,
    as for :func:`immerse`: phases * phases discs, one for each subpixel place,
    row by row.
    """
    flat, stamps = light.reshape(-1), _stepping(light, spans, cells, depths)
    size = (len(light) // len(spans), light.shape[1])
    for i in range(len(kinds)):
        x, y = ends[2 * i, 0], ends[2 * i, 1]
        across, down = ends[2 * i + 1, 0] - x, ends[2 * i + 1, 1] - y
        spaces = max(np.ceil(np.hypot(across, down) / pitch), 1.0)
        for rank in range(int(spaces) + 2):
            share = min(max((rank - 1 + shifts[i]) / spaces, 0.0), 1.0)
            column = int(np.floor((x + share * across) * phases + 0.5))
            row = int(np.floor((y + share * down) * phases + 0.5))
            place = (column // phases, row // phases)
            disc = kinds[i] + row % phases * phases + column % phases
            _immerse(flat, size, spans, place, owners[i], disc, stamps)


@njit(cache=True)
def _absorbed(level: np.uint8, own: np.float32, through: np.float32) -> np.uint8:
    """What is left of a pixel's level behind a medium of a level of its own."""
    return np.uint8(np.int32((np.float32(level) - own) * through + own + _ROUND))


@njit(cache=True)
def absorb(frame: np.ndarray, light: np.ndarray, spans: np.ndarray, colors: np.ndarray) -> None:
    """Lay a medium of ``colors`` (c, 3), from 0 to 255, over ``frame``, and empty it."""
    height, width = frame.shape[:2]
    for row in range(height):
        for column in range(spans[row, 0], spans[row, 1]):
            pixel = row * width + column
            depth = np.float32(0)
            for i in range(len(colors)):
                depth += light[pixel, i]
            if depth == 0:
                continue
            through = _THROUGH[min(int(depth * _PER_DEPTH), len(_THROUGH) - 1)]
            red = green = blue = np.float32(0)
            for i in range(len(colors)):
                share = light[pixel, i] / depth
                red += share * colors[i, 0]
                green += share * colors[i, 1]
                blue += share * colors[i, 2]
                light[pixel, i] = 0
            under = frame[row, column]
            under[0] = _absorbed(under[0], red, through)
            under[1] = _absorbed(under[1], green, through)
            under[2] = _absorbed(under[2], blue, through)
            under[3] = _absorbed(under[3], _WHITE, through)
        spans[row, 0], spans[row, 1] = width, 0


@njit(cache=True)
def spread(
    places: np.ndarray, corner: tuple[int, int], weights: np.ndarray, total: np.ndarray
) -> None:
    """Share ``weights`` (n or 1, k) out to the four pixels around each of ``places`` (2, n).

    ``total`` is (k, rows, columns), from the pixel ``corner`` (x, y) on;
    places in its outermost half pixels and beyond are left out.
    """
    rows, columns = total.shape[1:]
    step = min(len(weights) - 1, 1)
    for i in range(places.shape[1]):
        x, y = places[0, i] - 0.5 - corner[0], places[1, i] - 0.5 - corner[1]
        if not (0 <= x < columns - 1 and 0 <= y < rows - 1):
            continue
        column, row = int(x), int(y)
        right, below = np.float32(x - column), np.float32(y - row)
        both = right * below
        for k in range(len(total)):
            weight = weights[step * i, k]
            total[k, row, column] += (1 - right - below + both) * weight
            total[k, row, column + 1] += (right - both) * weight
            total[k, row + 1, column] += (below - both) * weight
            total[k, row + 1, column + 1] += both * weight


@njit(cache=True)
def sum_over_disc(picture: np.ndarray, chords: np.ndarray) -> np.ndarray:
    """Correlate ``picture`` (rows, columns) with a disc: each row a difference of running sums.

    ``chords`` are half the disc's widths in pixels, 0, 1, 2 ... rows from its centre.
    """
    rows, columns = picture.shape
    pad = int(chords[0] + 0.5) + 2
    running = np.zeros(columns + 2 * pad + 1)
    total = np.zeros((rows, columns), np.float32)
    for row in range(rows):
        for column in range(columns):
            running[pad + 1 + column] = running[pad + column] + picture[row, column]
        for beyond in range(pad + 1 + columns, len(running)):
            running[beyond] = running[pad + columns]
        if running[-1] == 0:
            continue
        for away in range(len(chords)):
            whole = int(chords[away] + 0.5)
            rest = chords[away] + 0.5 - whole
            if row + away < rows:
                _add_boxes(total[row + away], running, pad, whole, rest)
            if 0 < away <= row:
                _add_boxes(total[row - away], running, pad, whole, rest)
    return total


@njit(cache=True, inline="always")
def _add_boxes(total: np.ndarray, running: np.ndarray, pad: int, whole: int, rest: float) -> None:
    """Add sums over ``whole + rest`` to either side to a row."""
    low, high = running[pad + 1 - whole :], running[pad + whole :]
    lower, higher = running[pad - whole :], running[pad + whole + 1 :]
    for column in range(len(total)):
        inner = high[column] - low[column]
        total[column] += inner + rest * (higher[column] - lower[column] - inner)


@njit(cache=True)
def absorb_patch(
    frame: np.ndarray, corner: tuple[int, int], depth: np.ndarray, colors: np.ndarray
) -> None:
    """Lay a medium of ``depth`` (rows, columns) over ``frame`` from the pixel ``corner`` (x, y) on.

    ``colors`` are (3, rows, columns) from 0 to 1 times depth, or (3, 1, 1) from 0 to 1.
    """
    x, y = corner
    height, width = frame.shape[:2]
    rows, columns = depth.shape
    single = colors.shape[1] == 1 and colors.shape[2] == 1
    for row in range(max(0, -y), min(rows, height - y)):
        for column in range(max(0, -x), min(columns, width - x)):
            at = depth[row, column]
            if at > 1e-6:
                under = frame[y + row, x + column]
                through = _THROUGH[min(int(at * _PER_DEPTH), len(_THROUGH) - 1)]
                for channel in range(3):
                    own = colors[channel, 0, 0]
                    if not single:
                        own = colors[channel, row, column] / at
                    under[channel] = _absorbed(under[channel], own * _WHITE, through)
                under[3] = _absorbed(under[3], _WHITE, through)
