"""From pixels to the planes of a video: brightness, and colour at half the resolution.

As ITU-R BT.601 has it, in the limited range: brightness from 16 to 235, colour
from 16 to 240 about 128, each the mean of four pixels. The loops are compiled by
numba, as those of :mod:`mobjects.loops` are. Each runs along a piece of a row in
numbers of 32 bits, so that the processor takes many pixels at a time.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_CHUNK = 128  # pixels of a row: compared in one go
_INT = np.int32
_FULL, _GREEN, _BLUE = _INT(255), _INT(8), _INT(16)  # red comes first in a pixel
_SHIFT, _SHIFT_OF_FOUR = _INT(15), _INT(17)
_LUMA_R, _LUMA_G, _LUMA_B = _INT(8414), _INT(16519), _INT(3208)  # 65.481, 128.553, 24.966
_BLUE_R, _BLUE_G, _BLUE_B = _INT(-4857), _INT(-9535), _INT(14392)  # -37.797, -74.203, 112
_RED_R, _RED_G, _RED_B = _INT(14392), _INT(-12052), _INT(-2340)  # 112, -93.786, -18.214
_LUMA_BASE = _INT((16 << 15) + (1 << 14))  # all times 2**15 / 255
_CHROMA_BASE = _INT((128 << 17) + (1 << 16))


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
        for start in range(0, width - 1, _CHUNK):
            stop = min(start + _CHUNK, width - width % 2)
            upper, lower = after[top, start:stop], after[top + 1, start:stop]
            if _same(before[top, start:stop], upper) and _same(before[top + 1, start:stop], lower):
                continue
            _lighten(upper, luma[top, start:stop])
            _lighten(lower, luma[top + 1, start:stop])
            half = slice(start >> 1, stop >> 1)
            _tint(upper, lower, blue[top >> 1, half], red[top >> 1, half])


@njit(cache=True, nogil=True, inline="always")
def _same(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two rows of pixels are alike."""
    differ = np.uint32(0)
    for i in range(len(one)):
        differ |= one[i] ^ other[i]
    return differ == 0


@njit(cache=True, nogil=True, inline="always")
def _lighten(pixels: np.ndarray, luma: np.ndarray) -> None:
    """The brightness of a row of pixels."""
    for i in range(len(luma)):
        pixel = _INT(pixels[i])
        r, g, b = pixel & _FULL, pixel >> _GREEN & _FULL, pixel >> _BLUE & _FULL
        luma[i] = _LUMA_R * r + _LUMA_G * g + _LUMA_B * b + _LUMA_BASE >> _SHIFT


@njit(cache=True, nogil=True, inline="always")
def _tint(upper: np.ndarray, lower: np.ndarray, blue: np.ndarray, red: np.ndarray) -> None:
    """The colour of each two by two pixels of two rows."""
    for i in range(len(blue)):
        r = g = b = _INT(0)
        for pixel in (upper[2 * i], upper[2 * i + 1], lower[2 * i], lower[2 * i + 1]):
            r += _INT(pixel) & _FULL
            g += _INT(pixel) >> _GREEN & _FULL
            b += _INT(pixel) >> _BLUE & _FULL
        blue[i] = _BLUE_R * r + _BLUE_G * g + _BLUE_B * b + _CHROMA_BASE >> _SHIFT_OF_FOUR
        red[i] = _RED_R * r + _RED_G * g + _RED_B * b + _CHROMA_BASE >> _SHIFT_OF_FOUR
