"""Painting marks onto a frame: pixels and cairo, nothing of scenes.

Coordinates here are pixels, x to the right and y downwards; a frame is the
camera's (height, width, 4) array of bytes. What takes many marks is compiled
(:mod:`mobjects.loops`, :mod:`mobjects.media`), and imported only then.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import cairo
import numpy as np

from mobjects.batch import MARKERS
from mobjects.stamps import PHASES, coverages, half_side, masks, packed, snap

_TRIAL = 50_000  # so many marks cairo lays before numba is imported: stills do without
_laid = 0
_MANY = 6000
_AT_ONCE = 16  # colours of a medium; those of more lie over them
_DEEPEST = 0.999  # of opacity: nothing absorbs all light


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
    seen = _seen(xy, rgbas, radius + 2, frame.shape[1::-1])
    count = np.count_nonzero(seen)
    if (count <= _MANY or markers.any()) and count < len(xy):
        xy, rgbas, markers = xy[seen], rgbas[seen], markers[seen]
    if not count:
        return
    if count <= _MANY:
        _in_order(frame, xy, rgbas, radius, markers)
    elif markers.any():
        _immerse_marks(frame, xy, rgbas, radius, markers)
    else:
        _immerse_discs(frame, xy, rgbas, radius)


def _seen(xy: np.ndarray, rgbas: np.ndarray, reach: float, size: tuple[int, int]) -> np.ndarray:
    """Which marks are not transparent and touch the frame."""
    low, high = np.array([-reach, -reach]), np.array(size) + reach
    if len(xy) > _MANY:
        from mobjects import loops

        return loops.inside(np.ascontiguousarray(xy.T), rgbas[:, 3], low, high)
    return ((xy > low) & (xy < high)).all(axis=1) & (rgbas[:, 3] > 1e-3)


def pixel_context(frame: np.ndarray) -> cairo.Context:
    """A context that draws on ``frame``, (height, width, 4) bytes, in pixels, y downwards."""
    height, width = frame.shape[:2]
    surface = cairo.ImageSurface.create_for_data(frame.data, cairo.FORMAT_ARGB32, width, height)
    return cairo.Context(surface)


def _in_order(
    frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    """Lay marks one over the other: both ways to the same bits, with numba when it is worth it."""
    global _laid
    _laid += len(xy)
    way = _mask_in_order if _laid <= _TRIAL else _stamp_in_order
    way(frame, xy, rgbas, radius, markers)


def _mask_in_order(
    frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    ctx = pixel_context(frame)
    corner, phase = snap(xy)
    x, y = (corner - half_side(radius)).T.tolist()
    kinds = (markers.astype(np.int64) * PHASES**2 + phase).tolist()
    stamps = masks(round(radius, 2))
    stretches, mask = runs(rgbas), ctx.mask_surface
    colours = rgbas[[first for first, _ in stretches]].tolist()
    for (first, last), (r, g, b, a) in zip(stretches, colours, strict=True):
        ctx.set_source_rgba(b, g, r, a)
        for i in range(first, last):
            mask(stamps[kinds[i]], x[i], y[i])


def _stamp_in_order(
    frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    from mobjects import loops

    corner, phase = snap(xy)
    kinds = markers.astype(np.int64) * PHASES**2 + phase
    pixels, size = frame.view(np.uint32)[..., 0], round(radius, 2)
    corners = corner - half_side(radius)
    loops.stamp(pixels, corners, kinds, packed(rgbas), _stamps(size), _filled(size))


@lru_cache(maxsize=64)
def _stamps(radius: float) -> np.ndarray:
    """(markers * phases, side, side) bytes, one marker behind the other."""
    return np.concatenate([coverages(name, radius) for name in MARKERS])


@lru_cache(maxsize=64)
def _filled(radius: float) -> np.ndarray:
    """(markers * phases, side, 2): from which column to which each row of a stamp is not empty."""
    filled = _stamps(radius) > 0
    first, beyond = filled.argmax(axis=2), filled.shape[2] - filled[..., ::-1].argmax(axis=2)
    return np.stack([first, np.where(filled.any(axis=2), beyond, 0)], axis=2)


def _single(values: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(values, dtype=np.float32)


def _immerse_marks(
    frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float, markers: np.ndarray
) -> None:
    """Accumulate marks of any kind."""
    from mobjects import media

    places, phase = snap(xy)
    stamp = markers.astype(np.int64) * PHASES**2 + phase
    alpha = np.rint(rgbas[:, 3] * 255).astype(np.int64)
    known, kinds = np.unique(stamp * 256 + alpha, return_inverse=True)
    depths = _depths(_stamps(round(radius, 2))[known // 256], known % 256 / 255)
    cells, listed = _listed(depths)
    for chosen, owners, colors in _by_color(rgbas):
        light, spans = media.medium(*frame.shape[:2], len(colors))
        media.immerse(light, spans, places[chosen], owners, kinds[chosen], cells, listed)
        media.absorb(frame, light, spans, colors)


def _by_color(rgbas: np.ndarray) -> Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """A few of the different colours at a time: whose they are, each one's place, (c, 3) to 255."""
    return _colors_of(np.rint(rgbas[:, :3] * 255).astype(np.uint8).tobytes())


@lru_cache(maxsize=8)
def _colors_of(levels: bytes) -> Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    rows = np.frombuffer(levels, np.uint8).reshape(-1, 3).astype(np.float64)
    _, first_of, owners = np.unique(
        rows @ [1 << 16, 1 << 8, 1], return_index=True, return_inverse=True
    )
    colors, found = rows[first_of], []
    for first in range(0, len(colors), _AT_ONCE):
        some = colors[first : first + _AT_ONCE]
        chosen = np.flatnonzero((owners >= first) & (owners < first + len(some)))
        found.append((chosen, owners[chosen] - first, _single(some)))
    return found


def paint_dots(
    frame: np.ndarray,
    ends: np.ndarray,
    shifts: np.ndarray,
    rgbas: np.ndarray,
    radius: float,
    pitch: float,
) -> None:
    """Blend dots of ``radius`` pixels along segments, in no order, as an absorbing medium.

    Segment i runs from row 2 * i of ``ends`` (2 * m, 2) to the next; its dots
    are at most ``pitch`` pixels apart and shifted by ``shifts[i]`` of their
    distance. ``rgbas`` are (m, 4).
    """
    from mobjects import media

    alphas, kinds = _opacities_of(rgbas[:, 3].tobytes())
    cells, depths = _dots(round(radius, 2), alphas)
    pairs = ends.reshape(-1, 2, 2)
    for chosen, owners, colors in _by_color(rgbas):
        own = np.ascontiguousarray(pairs[chosen]).reshape(-1, 2)
        light, spans = media.medium(*frame.shape[:2], len(colors))
        media.immerse_dots(
            light, spans, own, shifts[chosen], pitch, PHASES, owners, kinds[chosen], cells, depths
        )
        media.absorb(frame, light, spans, colors)


@lru_cache(maxsize=8)
def _opacities_of(alphas: bytes) -> tuple[tuple[float, ...], np.ndarray]:
    """The different opacities, in steps of 1/255, and where among their discs each one's begin."""
    levels = np.rint(np.frombuffer(alphas) * 255) / 255
    different, kinds = np.unique(levels, return_inverse=True)
    return tuple(different.tolist()), kinds * PHASES**2


def _depths(covered: np.ndarray, alphas: np.ndarray) -> np.ndarray:
    """Optical depths (k, side, side) of coverages (k, side, side) to 255, each with an opacity."""
    alpha = np.minimum(covered * (alphas[:, None, None] / 255), _DEEPEST)
    return _single(-np.log1p(-alpha))


@lru_cache(maxsize=256)
def _dots(radius: float, alphas: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """The cells and depths of discs of each opacity at each subpixel place."""
    discs = coverages("disc", radius)
    depths = np.concatenate([_depths(discs, np.full(len(discs), alpha)) for alpha in alphas])
    return _listed(depths)


def _listed(depths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pixels (k, n, 2) that stamps (k, side, side) fill, from the middle; and (k, n) depths.

    Those that fill less are filled up with depths of 0.
    """
    filled = depths > 0
    most = max(1, filled.sum(axis=(1, 2)).max())
    cells = np.zeros((len(depths), most, 2), np.int64)
    listed = np.zeros((len(depths), most), np.float32)
    stamp, row, column = np.nonzero(filled)
    rank = np.arange(len(stamp)) - np.searchsorted(stamp, stamp)
    cells[stamp, rank] = np.stack([column, row], axis=1) - depths.shape[1] // 2
    listed[stamp, rank] = depths[filled]
    return cells, listed


def _immerse_discs(frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, radius: float) -> None:
    """Accumulate discs, at a cost that hardly depends on their radius."""
    from mobjects import media

    reach = math.ceil(radius) + 2
    size = np.array(frame.shape[1::-1])
    least, most = ([end(values) for values in xy.T] for end in (np.min, np.max))
    low = np.clip(np.floor(least).astype(int) - reach, -reach, size + reach)
    high = np.clip(np.ceil(most).astype(int) + reach, -reach, size + reach)
    columns, rows = (high - low).tolist()
    if columns > 0 and rows > 0:
        depth, colors = disc_depth(xy, rgbas, radius, (rows, columns), tuple(low.tolist()))
        media.absorb_patch(frame, tuple(low.tolist()), depth, colors)


def disc_depth(
    xy: np.ndarray,
    rgbas: np.ndarray,
    radius: float,
    shape: tuple[int, int],
    corner: tuple[int, int] = (0, 0),
) -> tuple[np.ndarray, np.ndarray]:
    """The optical depth of many discs, (rows, columns), and its colour.

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
        Rows and columns of the picture; discs with centres outside are left out.
    corner
        The picture's upper left pixel, x and y.

    Returns
    -------
    The depth, -log of the light let through, and its colour: (3, 1, 1) from 0
    to 1 when all discs have the same, else (3, rows, columns) times depth.
    """
    from mobjects import loops, media

    single = loops.alike(rgbas)
    rgbas = rgbas[:1] if single else rgbas
    weights = -np.log1p(-np.minimum(rgbas[:, 3:], _DEEPEST))
    if not single:
        weights = np.hstack([weights, weights * rgbas[:, :3]])
    total = np.zeros((weights.shape[1], *shape), np.float32)
    media.spread(np.ascontiguousarray(xy.T), corner, _single(weights), total)
    chords = _chords(round(radius, 3))
    depth, *sums = (media.sum_over_disc(each, chords) for each in total)
    return depth, _single(rgbas[0, :3, None, None]) if single else np.stack(sums)


@lru_cache(maxsize=64)
def _chords(radius: float) -> np.ndarray:
    """Half the disc's mean width in the pixel rows 0, 1, 2, ... away from its centre."""
    edges = np.minimum(np.arange(0, math.ceil(radius + 0.5) + 1) - 0.5, radius)
    edges[0] = -edges[1]
    primitive = edges * np.sqrt(radius**2 - edges**2) + radius**2 * np.arcsin(edges / radius)
    areas = np.diff(primitive) / 2
    return areas[areas > 1e-6]


def runs(rgbas: np.ndarray) -> list[tuple[int, int]]:
    """Stretches [first, last) of lines with the same colour: one stroke each."""
    cuts = np.flatnonzero((rgbas[1:] != rgbas[:-1]).any(axis=1)) + 1
    edges = [0, *cuts.tolist(), len(rgbas)]
    return list(pairwise(edges))
