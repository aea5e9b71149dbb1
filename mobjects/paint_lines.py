"""Painting lines and polygons onto a frame, in pixels."""

from __future__ import annotations

from functools import lru_cache

import cairo
import numpy as np

from mobjects.paint import runs

_GRID = 256  # places a pixel, as cairo has them: what rounding leaves decides nothing
_STRAIGHT = 0.01  # pixels
_WORTH_IT = 1000  # inner vertices: fewer are drawn sooner than looked at


def paint_lines(
    ctx: cairo.Context,
    xy: np.ndarray,
    offsets: np.ndarray,
    rgbas: np.ndarray,
    width: float,
    *,
    dash: tuple[float, float] | None = None,
) -> None:
    """Stroke the polylines that ``offsets`` cut from ``xy`` (k, 2), ``width`` pixels wide.

    Sixteen samples a pixel: strokes look as with cairo's usual 255, in two
    thirds of the time.
    """
    ctx.set_antialias(cairo.Antialias.FAST)
    xy, offsets = straightened(np.rint(xy * _GRID) / _GRID, offsets)
    ctx.set_line_width(width)
    ctx.set_line_join(cairo.LineJoin.ROUND)
    ctx.set_line_cap(cairo.LineCap.ROUND)
    if dash is not None:
        ctx.set_dash(dash)
    rows = xy.tolist()
    for lines in _strokes(rgbas):
        r, g, b, a = rgbas[lines[0]].tolist()
        if a <= 1e-3:
            continue
        _path(ctx, rows, offsets[lines], offsets[lines + 1])
        ctx.set_source_rgba(b, g, r, a)
        ctx.stroke()
    ctx.set_dash(())


def straightened(xy: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Polylines without the vertices that lie straight between others; ends stay.

    ``xy`` (k, 2) are pixels, and straight is to 1/100 of one. A few hundred
    vertices stay as they are.
    """
    if len(xy) - 2 * (len(offsets) - 1) < _WORTH_IT:
        return xy, offsets
    from mobjects import loops

    keep = loops.bends(np.ascontiguousarray(xy), np.asarray(offsets), _STRAIGHT)
    return xy[keep], np.append(0, np.cumsum(keep))[offsets]


def paint_polygons(
    ctx: cairo.Context, xy: np.ndarray, offsets: np.ndarray, rgbas: np.ndarray, width: float
) -> None:
    """Fill the polygons that ``offsets`` cut from ``xy``; stroke them when ``width`` > 0."""
    ctx.set_line_width(width)
    ctx.set_line_join(cairo.LineJoin.ROUND)
    rows = xy.tolist()
    for i, (r, g, b, a) in enumerate(rgbas.tolist()):
        if a <= 1e-3:
            continue
        _path(ctx, rows, offsets[i : i + 1], offsets[i + 1 : i + 2])
        ctx.close_path()
        ctx.set_source_rgba(b, g, r, a)
        ctx.fill_preserve()
        if width > 0:
            ctx.stroke()
        ctx.new_path()


def _strokes(rgbas: np.ndarray) -> list[np.ndarray]:
    """Which lines to stroke together: those of a like colour that follow each other.

    Where only opacities differ, the order does not matter.
    """
    return _strokes_of(rgbas.tobytes())


@lru_cache(maxsize=32)
def _strokes_of(colors: bytes) -> list[np.ndarray]:
    rgbas = np.frombuffer(colors).reshape(-1, 4)
    same = (rgbas == rgbas[:1]).all(axis=0)
    if same.all():
        return [np.arange(len(rgbas))] if len(rgbas) else []
    if same[:3].all():
        return [np.flatnonzero(rgbas[:, 3] == opacity) for opacity in np.unique(rgbas[:, 3])]
    return [np.arange(first, last) for first, last in runs(rgbas)]


def _path(
    ctx: cairo.Context, rows: list[list[float]], starts: np.ndarray, stops: np.ndarray
) -> None:
    move_to, line_to = ctx.move_to, ctx.line_to
    for first, last in zip(starts.tolist(), stops.tolist(), strict=True):
        move_to(*rows[first])
        for x, y in rows[first + 1 : last]:
            line_to(x, y)
