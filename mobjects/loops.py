"""The loops over marks and pixels that numpy cannot do in one go, compiled by numba.

A frame here is (height, width, 4) bytes and places are pixels, x to the right
and y downwards. The first call on a machine compiles, and keeps the outcome
beside this file; importing this module costs half a second, so that only what
paints thousands of marks does.

Marks *in a medium* are laid without order: the light that gets through falls
with the number of marks at a pixel, and its colour is their mean, each weighed
by its optical depth, -log of the light let through. A medium is
(height * width, c) optical depths, one for each of c colours, all 0 where
nothing was laid, and (height, 2) spans: the columns between which something was.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numba import njit

_ROUND = np.float32(0.5)
_WHITE = np.float32(255)
_FAINT = 1e-3  # opacities up to this are not drawn
_FINE = 256  # places a pixel
_RUN = 64  # vertices looked back on
_EVEN, _HALVES = 0x00FF00FF, 0x00800080  # every other byte


_PER_DEPTH, _OPAQUE = 512, 12  # entries of the table below for a depth of 1, and its end
_THROUGH = np.exp(-(np.arange(_PER_DEPTH * _OPAQUE) + 0.5) / _PER_DEPTH).astype(np.float32)


@lru_cache(maxsize=4)
def medium(height: int, width: int, colors: int) -> tuple[np.ndarray, np.ndarray]:
    """An empty medium of so many colours over a frame's pixels."""
    return np.zeros((height * width, colors), np.float32), np.tile([width, 0], (height, 1))


@njit(cache=True)
def inside(places: np.ndarray, alphas: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Which of ``places`` (2, n) lie between ``low`` and ``high`` (2,) and are not transparent."""
    found = np.empty(places.shape[1], np.bool_)
    for i in range(len(found)):
        x, y = places[0, i], places[1, i]
        found[i] = low[0] < x < high[0] and low[1] < y < high[1] and alphas[i] > _FAINT
    return found


@njit(cache=True)
def alike(rgbas: np.ndarray) -> bool:
    """Whether all rows are the same."""
    for row in rgbas:
        for channel in range(4):
            if row[channel] != rgbas[0, channel]:
                return False
    return True


@njit(cache=True)
def bends(xy: np.ndarray, offsets: np.ndarray, most: float) -> np.ndarray:
    """Which vertices of polylines to keep (k,), so that all others are ``most`` pixels aside.

    ``xy`` (k, 2) are the vertices; line i has those from ``offsets[i]`` to ``offsets[i + 1]``.
    """
    keep = np.ones(len(xy), np.bool_)
    for line in range(len(offsets) - 1):
        anchor = offsets[line]
        for i in range(anchor + 1, offsets[line + 1] - 1):
            keep[i] = i - anchor > _RUN or not _is_straight(xy, anchor, i + 1, most)
            if keep[i]:
                anchor = i
    return keep


@njit(cache=True)
def _is_straight(xy: np.ndarray, first: int, last: int, most: float) -> bool:
    """Whether the vertices between two lie on the way from one to the other."""
    across, down = xy[last, 0] - xy[first, 0], xy[last, 1] - xy[first, 1]
    limit = most * most * (across * across + down * down)
    for i in range(first + 1, last):
        x, y = xy[i, 0] - xy[first, 0], xy[i, 1] - xy[first, 1]
        aside, along = x * down - y * across, x * across + y * down
        back = (xy[i, 0] - xy[i - 1, 0]) * across + (xy[i, 1] - xy[i - 1, 1]) * down
        if aside * aside > limit or along < 0 or back < 0:
            return False
        if (xy[last, 0] - xy[i, 0]) * across + (xy[last, 1] - xy[i, 1]) * down < 0:
            return False
    return True


@njit(cache=True)
def _scaled(pixel: Any, share: Any) -> Any:
    """All four bytes of a pixel times ``share`` / 255, each rounded, as pixman does it."""
    even = (pixel & _EVEN) * share + _HALVES
    odd = (pixel >> 8 & _EVEN) * share + _HALVES
    even = (even + (even >> 8 & _EVEN)) >> 8 & _EVEN
    odd = (odd + (odd >> 8 & _EVEN)) >> 8 & _EVEN
    return even | odd << 8


@njit(cache=True)
def stamp(
    pixels: np.ndarray,
    corners: np.ndarray,
    kinds: np.ndarray,
    colors: np.ndarray,
    stamps: np.ndarray,
    filled: np.ndarray,
) -> None:
    """Blend stamps into a frame, one over the other: to the bit what cairo makes of masks.

    ``pixels`` (height, width) hold four bytes each, as do ``colors`` (n,), which
    are multiplied by their opacity. ``corners`` (n, 2) are the upper left pixels,
    ``kinds`` (n,) which of the ``stamps`` (k, side, side) of coverages to 255 it is;
    ``filled`` (k, side, 2) are the columns between which a row of it is not empty.
    """
    height, width = pixels.shape
    side = stamps.shape[1]
    for i in range(len(corners)):
        x, y, kind, color = corners[i, 0], corners[i, 1], kinds[i], np.int64(colors[i])
        for row in range(max(0, -y), min(side, height - y)):
            first, last = filled[kind, row]
            for column in range(max(first, -x), min(last, width - x)):
                share = np.int64(stamps[kind, row, column])
                if share:
                    own = color if share == 255 else _scaled(color, share)
                    if own >> 24 < 255:
                        own += _scaled(np.int64(pixels[y + row, x + column]), 255 - (own >> 24))
                    pixels[y + row, x + column] = own


@njit(cache=True)
def stencil(
    pixels: np.ndarray, corners: np.ndarray, colors: np.ndarray, images: np.ndarray
) -> None:
    """Blend colours through images (n, h, w) of coverages to 255, one over the other.

    The images have an empty rim, one pixel wide. ``pixels`` and ``colors`` are
    as for :func:`stamp`; ``corners`` (n, 2) are any places, between which the
    images are interpolated.
    """
    height, width = pixels.shape
    count, rows, columns = images.shape
    for i in range(count):
        x, y, color = (
            int(np.floor(corners[i, 0])),
            int(np.floor(corners[i, 1])),
            np.int64(colors[i]),
        )
        right = int((corners[i, 0] - x) * _FINE + 0.5)
        below = int((corners[i, 1] - y) * _FINE + 0.5)
        for row in range(max(1, 1 - y), min(rows, height + 1 - y)):
            first = max(1, 1 - x)
            before = np.int64(images[i, row, first - 1]) * (_FINE - below)
            before += np.int64(images[i, row - 1, first - 1]) * below
            for column in range(first, min(columns, width + 1 - x)):
                after = np.int64(images[i, row, column]) * (_FINE - below)
                after += np.int64(images[i, row - 1, column]) * below
                share = before * right + after * (_FINE - right) + _FINE**2 // 2 >> 16
                before = after
                if share:
                    own = color if share == 255 else _scaled(color, share)
                    at = y + row - 1, x + column - 1
                    if own >> 24 < 255:
                        own += _scaled(np.int64(pixels[at]), 255 - (own >> 24))
                    pixels[at] = own


@njit(cache=True, inline="always")
def _immerse(
    light: np.ndarray,
    spans: np.ndarray,
    place: tuple[int, int],
    owner: int,
    cells: np.ndarray,
    depths: np.ndarray,
    kind: int,
    reach: int,
) -> None:
    """Lay a mark of a colour whose middle is in the pixel ``place`` (x, y)."""
    x, y = place
    height = len(spans)
    width = len(light) // height
    first, last = max(0, x - reach), min(width, x + reach + 1)
    if first >= last:
        return
    for row in range(max(0, y - reach), min(height, y + reach + 1)):
        spans[row, 0] = min(spans[row, 0], first)
        spans[row, 1] = max(spans[row, 1], last)
    whole = reach <= x < width - reach and reach <= y < height - reach
    for i in range(depths.shape[1]):
        column, row = x + cells[kind, i, 0], y + cells[kind, i, 1]
        if whole or (0 <= column < width and 0 <= row < height):
            light[row * width + column, owner] += depths[kind, i]


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
    optical depths ``depths[kinds[i]]`` (n,).
    """
    reach = np.abs(cells).max()
    for i in range(len(places)):
        place = (places[i, 0], places[i, 1])
        _immerse(light, spans, place, owners[i], cells, depths, kinds[i], reach)


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
    reach = np.abs(cells).max()
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
            _immerse(light, spans, place, owners[i], cells, depths, disc, reach)


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
            below = row + away if row + away < rows else rows
            above = row - away if 0 < away <= row else rows
            _add_boxes(total, below, above, running, pad, whole, rest)
    return total


@njit(cache=True)
def _add_boxes(
    total: np.ndarray,
    below: int,
    above: int,
    running: np.ndarray,
    pad: int,
    whole: int,
    rest: float,
) -> None:
    """Add sums over ``whole + rest`` to either side to two rows of ``total``, if it has them."""
    rows, columns = total.shape
    for column in range(columns):
        low, high = pad + 1 - whole + column, pad + whole + column
        inner = running[high] - running[low]
        box = inner + rest * (running[high + 1] - running[low - 1] - inner)
        if below < rows:
            total[below, column] += box
        if above < rows:
            total[above, column] += box


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
