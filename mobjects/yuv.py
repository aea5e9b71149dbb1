"""From pixels to the planes of a video: brightness, and colour at half the resolution.

As ITU-R BT.601 has it, in the limited range: brightness from 16 to 235, colour
from 16 to 240 about 128, each the mean of four pixels. The loop is compiled by
numba, as those of :mod:`mobjects.loops` are.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_CHUNK = 32  # pixels of a row: compared in one go
_SHIFT = 15
_LUMA_R, _LUMA_G, _LUMA_B = 8414, 16519, 3208  # 2**15 / 255 times 65.481, 128.553, 24.966
_BLUE_R, _BLUE_G, _BLUE_B = -4857, -9535, 14392  # -37.797, -74.203, 112
_RED_R, _RED_G, _RED_B = 14392, -12052, -2340  # 112, -93.786, -18.214
_LUMA_BASE = (16 << _SHIFT) + (1 << (_SHIFT - 1))
_CHROMA_BASE = (128 << (_SHIFT + 2)) + (1 << (_SHIFT + 1))


@njit(cache=True, nogil=True)
def update(
    before: np.ndarray,
    after: np.ndarray,
    luma: np.ndarray,
    blue: np.ndarray,
    red: np.ndarray,
) -> None:
    """Bring the planes of the picture ``before`` up to the picture ``after``.

    Both are (height, width), even, four bytes a pixel: red, green, blue and
    opacity, which is left out. ``luma`` has their size or is wider; ``blue``
    and ``red``, half of that, are how much of either the colour has.
    """
    height, width = after.shape
    for top in range(0, height - 1, 2):  # an odd size is the encoder's to refuse
        for start in range(0, width, _CHUNK):
            stop = min(start + _CHUNK, width)
            differ = np.uint32(0)
            for column in range(start, stop):
                differ |= before[top, column] ^ after[top, column]
                differ |= before[top + 1, column] ^ after[top + 1, column]
            if differ == 0:
                continue
            for left in range(start, stop - 1, 2):
                differ = before[top, left] ^ after[top, left]
                differ |= before[top, left + 1] ^ after[top, left + 1]
                differ |= before[top + 1, left] ^ after[top + 1, left]
                differ |= before[top + 1, left + 1] ^ after[top + 1, left + 1]
                if differ != 0:
                    _convert(after, top, left, luma, blue, red)


@njit(cache=True, nogil=True, inline="always")
def _convert(
    pixels: np.ndarray, top: int, left: int, luma: np.ndarray, blue: np.ndarray, red: np.ndarray
) -> None:
    """Convert two by two pixels."""
    reds = greens = blues = np.int64(0)
    for row in range(top, top + 2):
        for column in range(left, left + 2):
            pixel = np.int64(pixels[row, column])
            r, g, b = pixel & 255, pixel >> 8 & 255, pixel >> 16 & 255
            reds, greens, blues = reds + r, greens + g, blues + b
            level = _LUMA_R * r + _LUMA_G * g + _LUMA_B * b
            luma[row, column] = level + _LUMA_BASE >> _SHIFT
    more_blue = _BLUE_R * reds + _BLUE_G * greens + _BLUE_B * blues
    blue[top >> 1, left >> 1] = more_blue + _CHROMA_BASE >> _SHIFT + 2
    more_red = _RED_R * reds + _RED_G * greens + _RED_B * blues
    red[top >> 1, left >> 1] = more_red + _CHROMA_BASE >> _SHIFT + 2
