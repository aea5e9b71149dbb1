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
_FINE = 256  # places a pixel
_RUN = 64  # vertices looked back on
_EVEN, _HALVES = 0x00FF00FF, 0x00800080  # every other byte


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
