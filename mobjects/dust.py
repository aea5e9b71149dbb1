"""Tens of thousands of tiny dots a frame: dotted lines by the thousand."""

from __future__ import annotations

from functools import lru_cache

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
    Dots that touch the frame's edge are left out.
    """
    rows, columns = frame.shape[:2]
    reach = radius + 2
    inside = ((xy > reach) & (xy < np.array([columns, rows]) - reach)).all(axis=1)
    inside &= rgbas[:, 3] > 1e-3
    if not inside.any():
        return
    index, weights = _contributions(xy[inside], rgbas[inside], radius, columns)
    total = np.bincount(index, weights[0])
    hit = np.flatnonzero(total)
    through = np.exp(-total[hit])[:, None]
    mixed = [np.bincount(index, part)[hit] / total[hit] for part in weights[1:]]
    opaque = np.stack([*mixed, np.ones(len(hit))], axis=1) * 255
    pixels = frame.reshape(-1, 4)
    pixels[hit] = (pixels[hit] * through + opaque * (1 - through) + 0.5).astype(np.uint8)


def _contributions(
    xy: np.ndarray, rgbas: np.ndarray, radius: float, columns: int
) -> tuple[np.ndarray, np.ndarray]:
    """Which pixels are touched, and (4, k) the optical depth there, and depth times r, g, b."""
    pixel, sub = np.divmod(np.floor(xy * _PHASES + 0.5).astype(np.int64), _PHASES)
    alphas, which = np.unique(rgbas[:, 3], return_inverse=True)
    kind = (which * _PHASES + sub[:, 1]) * _PHASES + sub[:, 0]
    order = np.argsort(kind, kind="stable")
    home = (pixel[:, 1] * columns + pixel[:, 0])[order]
    edges = np.searchsorted(kind[order], np.arange(len(alphas) * _PHASES**2 + 1))
    tints = np.concatenate([np.ones((len(rgbas), 1)), rgbas[:, :3]], axis=1)[order].T
    indices, weights = [], []
    for each in np.flatnonzero(np.diff(edges)).tolist():
        dots = slice(edges[each], edges[each + 1])
        alpha, phase = alphas[each // _PHASES**2], each % _PHASES**2
        x, y, coverage = _disc(round(radius, 2), phase)
        depth = -np.log1p(-np.minimum(coverage * alpha, 0.999))
        indices.append(np.add.outer(y * columns + x, home[dots]).ravel())
        weights.append((tints[:, None, dots] * depth[None, :, None]).reshape(4, -1))
    return np.concatenate(indices), np.concatenate(weights, axis=1)


@lru_cache(maxsize=256)
def _disc(radius: float, phase: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The pixels around its own that a disc covers at a subpixel phase, and how much of each."""
    half = int(np.ceil(radius)) + 1
    y, x = np.mgrid[-half : half + 1, -half : half + 1]
    distance = np.hypot(x + 0.5 - phase % _PHASES / _PHASES, y + 0.5 - phase // _PHASES / _PHASES)
    coverage = np.clip(radius + 0.5 - distance, 0, 1)
    touched = coverage > 0.02
    return x[touched], y[touched], coverage[touched]
