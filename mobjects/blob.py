"""A cloud on its grid with contours: the figure's blob, as one thing that moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from manim import Animation, Group

from mobjects.axis import Plane
from mobjects.batch import Cloud
from mobjects.grid import plane_lines
from mobjects.motion import Through
from mobjects.theme import theme


class Parts(NamedTuple):
    """Data coordinates of the three parts: each (n, 2), or keyframes (k, n, 2)."""

    grid: np.ndarray
    contours: np.ndarray
    points: np.ndarray


class Blob(Group):
    """Datapoints, the grid below them and contours over them, drawn on a plane.

    Parameters
    ----------
    plane
        Where.
    parts
        (n, 2) data coordinates.
    grid_offsets, contour_offsets
        Where each line begins, as of a traced bundle.
    radius
        Of a datapoint, in scene units.
    colors
        Of the datapoints: one, or one for each; the theme's data colour when left out.
    """

    def __init__(
        self,
        plane: Plane,
        parts: Parts,
        grid_offsets: np.ndarray,
        contour_offsets: np.ndarray,
        *,
        radius: float | None = None,
        colors: str | Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        t = theme()
        self.plane = plane
        self.grid = plane_lines(plane, parts.grid, grid_offsets)
        self.contours = plane_lines(
            plane,
            parts.contours,
            contour_offsets,
            color=t.ink,
            stroke_width=t.line_width * 1.4,
            opacity=1.0,
        )
        self.cloud = Cloud(
            plane.at(parts.points),
            colors or t.data,
            radius=radius or t.dot_radius * 0.7,
            opacity=t.cloud_opacity,
        )
        self.add(self.grid, self.cloud, self.contours)

    def through(
        self, frames: Parts, target: Plane | None = None, **kwargs: Any
    ) -> Sequence[Animation]:
        """Animations along keyframes (k, n, 2), gliding to the plane ``target`` on the way."""
        return [
            Through(batch, self._placed(part, target), **kwargs)
            for batch, part in zip((self.grid, self.contours, self.cloud), frames, strict=True)
        ]

    def _placed(self, frames: np.ndarray, target: Plane | None) -> np.ndarray:
        here = np.stack([self.plane.at(frame) for frame in frames])
        if target is None:
            return here
        there = np.stack([target.at(frame) for frame in frames])
        share = np.linspace(0, 1, len(frames))[:, None, None]
        return (1 - share) * here + share * there
