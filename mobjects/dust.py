"""Tens of thousands of tiny dots a frame: dotted lines by the thousand."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from mobjects.batch import Cloud

_PHASES = 4  # subpixel positions a pixel, each way


class Dust(Cloud):
    """A cloud of dots a few pixels wide, painted without order and without markers.

    Where dots overlap, opacity grows as in an absorbing medium and colours mix.
    """


def paint_dust(frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float) -> None:
    """Blend an antialiased disc of ``radius`` pixels into ``frame`` at each of ``xy`` (n, 2).

    ``frame`` is (height, width, 4) bytes; x runs rightwards and y downwards.
    Dots that touch the frame's edge are left out. Quick for a few colours.
    """
    height, width = frame.shape[:2]
    reach = np.ceil(radius) + 2
    inside = ((xy > reach) & (xy < np.array([width, height]) - reach)).all(axis=1)
    inside &= rgbas[:, 3] > 1e-3
    if not inside.any():
        return
    pixel, sub = np.divmod(np.floor(xy[inside] * _PHASES + 0.5).astype(np.int64), _PHASES)
    low = pixel.min(axis=0) - int(reach)
    columns, rows = (pixel.max(axis=0) + int(reach) + 1 - low).tolist()
    home = (pixel[:, 1] - low[1]) * columns + pixel[:, 0] - low[0]
    phase = sub[:, 1] * _PHASES + sub[:, 0]
    colors, owner = _colors(rgbas[inside])
    depths = [
        _depth(home[owner == i], phase[owner == i], radius, alpha, (rows, columns))
        for i, alpha in enumerate(colors[:, 3].tolist())
    ]
    patch = frame[low[1] : low[1] + rows, low[0] : low[0] + columns]
    _blend(patch, np.array(depths), colors[:, :3])


def _colors(rgbas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different colours (c, 4) to 8 bits, and which of them each row has."""
    packed = (np.rint(rgbas * 255).astype(np.int64) * [1 << 24, 1 << 16, 1 << 8, 1]).sum(axis=1)
    _, first, owner = np.unique(packed, return_index=True, return_inverse=True)
    return rgbas[first], owner


def _depth(
    home: np.ndarray, phase: np.ndarray, radius: float, alpha: float, shape: tuple[int, int]
) -> np.ndarray:
    """The optical depth (rows * columns,) of dots of one colour at each pixel."""
    order = np.argsort(phase.astype(np.int8), kind="stable")
    home = home[order]
    edges = np.searchsorted(phase[order], np.arange(_PHASES**2 + 1)).tolist()
    index, weights = [], []
    for each, (start, stop) in enumerate(pairwise(edges)):
        x, y, coverage = _disc(round(radius, 2), each)
        index.append(np.add.outer(y * shape[1] + x, home[start:stop]).ravel())
        depth = -np.log1p(-np.minimum(coverage * alpha, 0.999))
        weights.append(np.repeat(depth, stop - start))
    return np.bincount(np.concatenate(index), np.concatenate(weights), shape[0] * shape[1])


def _blend(patch: np.ndarray, depths: np.ndarray, colors: np.ndarray) -> None:
    """Lay media of the depths (c, pixels) and colours (c, 3) over a patch of the frame."""
    total = depths.sum(axis=0)
    hit = np.flatnonzero(total)
    through = np.exp(-total[hit])[:, None]
    opaque = np.ones((len(hit), 4))
    opaque[:, :3] = (depths[:, hit] / total[hit]).T @ colors
    row, column = np.divmod(hit, patch.shape[1])
    below = patch[row, column]
    patch[row, column] = (below * through + 255 * opaque * (1 - through) + 0.5).astype(np.uint8)


@lru_cache(maxsize=256)
def _disc(radius: float, phase: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pixels around its own that a disc covers at a subpixel phase, and how much of each."""
    half = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    distance = np.hypot(x + 0.5 - phase % _PHASES / _PHASES, y + 0.5 - phase // _PHASES / _PHASES)
    coverage = np.clip(radius + 0.5 - distance, 0, 1)
    touched = coverage > 0.02
    return x[touched], y[touched], coverage[touched]
