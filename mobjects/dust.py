"""Tens of thousands of tiny dots a frame: dotted lines by the thousand."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from mobjects.batch import Cloud
from mobjects.paint import PHASES, snap


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
    pixel, phase = snap(xy[inside])
    home = pixel[:, 1] * width + pixel[:, 0]
    colors, owner = _colors(rgbas[inside])
    parts = [
        _covered(home[owner == i], phase[owner == i], radius, alpha, width)
        for i, alpha in enumerate(colors[:, 3].tolist())
    ]
    hit, place = _places([index for index, _ in parts], height * width)
    depths = [np.bincount(place[index], depth, len(hit)) for index, depth in parts]
    _blend(frame.reshape(-1, 4), hit, np.array(depths, np.float32), colors[:, :3])


def _colors(rgbas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different colours (c, 4) to 8 bits, and which of them each row has."""
    packed = (rgbas * 255 + 0.5).astype(np.uint8).view(np.uint32)[:, 0]
    _, first, owner = np.unique(packed, return_index=True, return_inverse=True)
    return rgbas[first], owner


def _covered(
    home: np.ndarray, phase: np.ndarray, radius: float, alpha: float, width: int
) -> tuple[np.ndarray, np.ndarray]:
    """Every pixel under every dot of one colour, and the optical depth that the dot has there."""
    order = np.argsort(phase.astype(np.int8), kind="stable")
    home = home[order]
    edges = np.searchsorted(phase[order], np.arange(PHASES**2 + 1)).tolist()
    index, depths = [], []
    for each, (start, stop) in enumerate(pairwise(edges)):
        x, y, coverage = _disc(round(radius, 2), each)
        index.append(np.add.outer(y * width + x, home[start:stop]).ravel())
        depth = -np.log1p(-np.minimum(coverage * alpha, 0.999))
        depths.append(np.repeat(depth, stop - start))
    return np.concatenate(index), np.concatenate(depths)


def _places(indices: list[np.ndarray], size: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixels that occur, rising, and for each pixel of the frame its place among them."""
    seen, place = _scratch(size)
    for index in indices:
        seen[index] = True
    hit = np.flatnonzero(seen)
    seen[hit] = False
    place[hit] = np.arange(len(hit), dtype=place.dtype)
    return hit, place


@lru_cache(maxsize=1)
def _scratch(size: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(size, dtype=bool), np.empty(size, dtype=np.int32)


def _blend(pixels: np.ndarray, hit: np.ndarray, depths: np.ndarray, colors: np.ndarray) -> None:
    """Lay media of the depths (c, hits) and colours (c, 3) over some of the pixels (n, 4)."""
    total = depths.sum(axis=0)
    through = np.exp(-total)
    own = (255 * colors.T).astype(np.float32) @ (depths / total)
    flat = pixels.view(np.uint32)[:, 0]
    mixed = flat[hit].view(np.uint8).reshape(-1, 4)
    for channel, level in enumerate([*own, np.float32(255)]):
        mixed[:, channel] = (mixed[:, channel] - level) * through + level + np.float32(0.5)
    flat[hit] = mixed.view(np.uint32)[:, 0]


@lru_cache(maxsize=256)
def _disc(radius: float, phase: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pixels around its own that a disc covers at a subpixel phase, and how much of each."""
    half = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    distance = np.hypot(x + 0.5 - phase % PHASES / PHASES, y + 0.5 - phase // PHASES / PHASES)
    coverage = np.clip(radius + 0.5 - distance, 0, 1)
    touched = coverage > 0.02
    return x[touched], y[touched], coverage[touched]
