"""The loops over marks and pixels that numpy cannot do in one go, compiled by numba.

A frame here is (height, width, 4) bytes and places are pixels, x to the right
and y downwards. The first call on a machine compiles, and keeps the outcome
beside this file; importing this module costs half a second, so that only what
paints thousands of marks does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_FAINT = 1e-3  # opacities up to this are not drawn
_RUN = 64  # vertices looked back on
_AT_ONCE = 1024  # numbers compared in one go
_FINE = np.uint32(256)  # places a pixel
_EVEN, _ODD, _HALVES = np.uint32(0x00FF00FF), np.uint32(0xFF00FF00), np.uint32(0x00800080)
_FULL, _BYTE, _OPACITY = np.uint32(255), np.uint32(8), np.uint32(24)  # bits to shift by


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
    """Whether all rows (n, 4) are the same to the bit."""
    bits = np.ascontiguousarray(rgbas).reshape(-1).view(np.uint64)
    for start in range(4, len(bits), _AT_ONCE):
        stop, differ = min(start + _AT_ONCE, len(bits)), np.uint64(0)
        here, before = bits[start:stop], bits[start - 4 : stop - 4]
        for i in range(len(here)):
            differ |= here[i] ^ before[i]
        if differ:
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


@njit(cache=True, inline="always")
def _scaled(pixel: Any, share: Any) -> Any:
    """All four bytes of a pixel times ``share`` / 255, each rounded, as pixman does it."""
    even = (pixel & _EVEN) * share + _HALVES
    odd = (pixel >> _BYTE & _EVEN) * share + _HALVES
    even = (even + (even >> _BYTE & _EVEN)) >> _BYTE & _EVEN
    odd = odd + (odd >> _BYTE & _EVEN) & _ODD
    return even | odd


@njit(cache=True, inline="always")
def _over(pixel: Any, color: Any, share: Any) -> Any:
    """A pixel under a colour of which ``share`` / 255 is there."""
    own = _scaled(color, share)
    return own + _scaled(pixel, _FULL - (own >> _OPACITY))


@njit(cache=True, inline="always")
def _blend(pixels: np.ndarray, color: Any, shares: np.ndarray) -> None:
    """Lay a colour over a row of pixels, each with a share of its own."""
    for i in range(len(pixels)):
        pixels[i] = _over(pixels[i], color, np.uint32(shares[i]))


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
        x, y, kind, color = corners[i, 0], corners[i, 1], kinds[i], colors[i]
        for row in range(max(0, -y), min(side, height - y)):
            first, last = max(filled[kind, row, 0], -x), min(filled[kind, row, 1], width - x)
            if first < last:
                _blend(pixels[y + row, x + first : x + last], color, stamps[kind, row, first:last])


@njit(cache=True, inline="always")
def _blend_between(
    pixels: np.ndarray, color: Any, upper: np.ndarray, lower: np.ndarray, right: Any, below: Any
) -> None:
    """Lay a colour over a row of pixels through two rows, one longer, of an image between them."""
    left, above, half = _FINE - right, _FINE - below, _FINE * _FINE // np.uint32(2)
    for i in range(len(pixels)):
        before = lower[i] * above + upper[i] * below
        after = lower[i + 1] * above + upper[i + 1] * below
        share = before * right + after * left + half >> np.uint32(16)
        pixels[i] = _over(pixels[i], color, share)


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
        x, y = int(np.floor(corners[i, 0])), int(np.floor(corners[i, 1]))
        right = np.uint32((corners[i, 0] - x) * _FINE + 0.5)
        below = np.uint32((corners[i, 1] - y) * _FINE + 0.5)
        first, last = max(1, 1 - x), min(columns, width + 1 - x)
        if first >= last:
            continue
        for row in range(max(1, 1 - y), min(rows, height + 1 - y)):
            under = pixels[y + row - 1, x + first - 1 : x + last - 1]
            upper, lower = images[i, row - 1, first - 1 : last], images[i, row, first - 1 : last]
            _blend_between(under, colors[i], upper, lower, right, below)
