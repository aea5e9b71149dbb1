"""A cube seen from any side, drawn by the flat camera: the projection is done here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from manim import Group

from mobjects.batch import Cloud, Lines, Polygons
from mobjects.theme import theme

_CORNERS = np.array(list(product((0.0, 1.0), repeat=3)))
_EDGES = np.array(
    [(i, j) for i in range(8) for j in range(i, 8) if np.abs(_CORNERS[i] - _CORNERS[j]).sum() == 1]
)
_FACES = np.array(
    [[0, 1, 3, 2], [4, 5, 7, 6], [0, 1, 5, 4], [2, 3, 7, 6], [0, 2, 6, 4], [1, 3, 7, 5]]
)


def seen(
    points: np.ndarray, azimuth: float, elevation: float, *, distance: float = 9.0
) -> np.ndarray:
    """Points of space as a viewer sees them, in perspective. Pure.

    Parameters
    ----------
    points
        (n, 3); the third coordinate points up.
    azimuth, elevation
        Where the viewer stands, in radians: round the third axis, and above
        the plane of the first two.
    distance
        Of the viewer from the origin.

    Returns
    -------
    (n, 3): to the right, upwards, and towards the viewer; the first two are
    enlarged by nearness.
    """
    ca, sa = np.cos(azimuth), np.sin(azimuth)
    ce, se = np.cos(elevation), np.sin(elevation)
    axes = np.array([[-sa, ca, 0], [-ca * se, -sa * se, ce], [ca * ce, sa * ce, se]])
    turned = np.asarray(points, dtype=np.float64) @ axes.T
    near = distance / (distance - turned[:, 2:])
    return np.concatenate([turned[:, :2] * near, turned[:, 2:]], axis=1)


class OctantCube(Group):
    """The cube from -1 to 1 with points inside; the positive octant stands out.

    Parameters
    ----------
    points
        (n, 3) in the cube.
    colors
        One for each point.
    center
        Scene position of the origin.
    unit
        Scene units for a length of 1.
    azimuth, elevation
        Of the viewer, in radians.
    color
        Of the octant.
    """

    def __init__(
        self,
        points: np.ndarray,
        colors: Sequence[str],
        center: Sequence[float],
        unit: float,
        *,
        azimuth: float,
        elevation: float,
        color: str,
    ) -> None:
        super().__init__()
        t = theme()
        self.inside = np.asarray(points, dtype=np.float64)
        self.middle, self.unit, self.elevation = np.asarray(center, float), unit, elevation
        edges, axes = self._segments(2 * _CORNERS - 1), np.zeros((6, 3))
        axes[1::2] = 1.35 * np.eye(3)
        self.solid = {"edges": edges, "axes": axes, "frame": self._segments(_CORNERS)}
        pairs = np.arange(0, 25, 2)
        self.edges = Lines(edges, pairs, colors=t.grid, stroke_width=t.grid_width)
        self.axes = Lines(axes, pairs[:4], colors=t.muted, stroke_width=t.axis_width)
        self.frame = Lines(edges, pairs, colors=color, stroke_width=t.axis_width)
        self.faces = Polygons(
            np.zeros((24, 3)), np.arange(0, 25, 4), colors=color, opacity=t.density_opacity / 3
        )
        self.faces.supports = "the frame along their edges"
        self.cloud = Cloud(self.inside, colors, radius=t.dot_radius)
        self.tints = self.cloud.rgbas.copy()
        self.add(self.edges, self.axes, self.faces, self.cloud, self.frame)
        self.set_view(azimuth)

    def set_view(self, azimuth: float) -> OctantCube:
        """Look from another side; nearer points are drawn over farther ones."""
        self.edges.points = self._placed(self.solid["edges"], azimuth)
        self.axes.points = self._placed(self.solid["axes"], azimuth)
        self.frame.points = self._placed(self.solid["frame"], azimuth)
        self.faces.points = self._placed(_CORNERS[_FACES].reshape(-1, 3), azimuth)
        order = np.argsort(seen(self.inside, azimuth, self.elevation)[:, 2], kind="stable")
        self.cloud.points = self._placed(self.inside[order], azimuth)
        self.cloud.rgbas[:, :3] = self.tints[order, :3]
        return self

    @staticmethod
    def _segments(corners: np.ndarray) -> np.ndarray:
        return corners[_EDGES].reshape(-1, 3)

    def _placed(self, points: np.ndarray, azimuth: float) -> np.ndarray:
        flat = seen(points, azimuth, self.elevation) * [1, 1, 0]
        return self.middle + self.unit * flat
