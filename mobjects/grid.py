"""A square grid over a plane, as one bundle that folds with the layer."""

from __future__ import annotations

import numpy as np

from mobjects.axis import Plane
from mobjects.batch import Lines
from mobjects.theme import theme


def plane_lines(
    plane: Plane,
    points: np.ndarray,
    offsets: np.ndarray,
    *,
    color: str | None = None,
    stroke_width: float | None = None,
    opacity: float | None = None,
) -> Lines:
    """Polylines of data coordinates drawn on a plane.

    Parameters
    ----------
    plane
        Where.
    points, offsets
        (k, 2) data coordinates and (m + 1,) starts, as of a traced bundle.
    color
        ``#rrggbb``; when left out they are a grid, which only supports what lies on it.
    """
    t = theme()
    lines = Lines(
        plane.at(points),
        offsets,
        colors=color or t.grid,
        stroke_width=t.grid_width if stroke_width is None else stroke_width,
        opacity=t.grid_opacity if opacity is None else opacity,
    )
    if color is None:
        lines.supports = "the points that lie on it"
    return lines
