"""Many straight arrows as two batches: shafts and heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from mobjects.batch import Lines, Polygons, as_scene_points
from mobjects.theme import theme

_HEAD = 0.2
_HALF_WIDTH = 0.075


class Arrows(Group):
    """An arrow from each row of ``starts`` towards the same row of ``ends``.

    Parameters
    ----------
    starts, ends
        (n, 2) or (n, 3) scene coordinates, flat.
    colors
        One colour, or one for each arrow.
    gap
        Scene units that each arrow stops short of its end.

    Raises
    ------
    ValueError
        When an arrow is shorter than its gap and its head.
    """

    def __init__(
        self,
        starts: np.ndarray,
        ends: np.ndarray,
        *,
        colors: str | Sequence[str],
        gap: float = 0.0,
        opacity: float = 1.0,
    ) -> None:
        super().__init__()
        first, last = as_scene_points(starts), as_scene_points(ends)
        length = np.linalg.norm(last - first, axis=1, keepdims=True)
        if len(length) and length.min() <= gap + _HEAD:
            raise ValueError(
                f"ends: got an arrow {length.min():.3g} long, want more than {gap + _HEAD:.3g}"
            )
        along = (last - first) / length
        across = np.stack([-along[:, 1], along[:, 0], 0 * along[:, 0]], axis=1)
        tips = last - gap * along
        feet = tips - _HEAD * along
        corners = np.stack([tips, feet + _HALF_WIDTH * across, feet - _HALF_WIDTH * across], 1)
        self.shafts = Lines.segments(
            first, feet, colors=colors, stroke_width=theme().axis_width, opacity=opacity
        )
        self.heads = Polygons(
            corners.reshape(-1, 3),
            np.arange(len(first) + 1) * 3,
            colors=colors,
            opacity=opacity,
        )
        self.add(self.shafts, self.heads)
