"""One map of many layers: a large window that moves over it, and the whole beside."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from mobjects.batch import Batch, Cloud, Lines
from mobjects.motion import keyframe
from mobjects.theme import theme

_MARGIN = 0.08


class Window(Group):
    """A framed rectangle of the screen that shows a part of a plane, equally scaled both ways.

    Parameters
    ----------
    size
        Width and height in scene units.
    center
        Scene position of the middle.
    """

    def __init__(self, size: tuple[float, float], center: Sequence[float]) -> None:
        super().__init__()
        self.size, self.middle = np.array(size), np.array(center, dtype=np.float64)
        self.border = Lines(
            rectangle(self.middle, self.size),
            colors=theme().grid,
            stroke_width=theme().grid_width,
        )
        self.add(self.border)

    @property
    def left(self) -> float:
        """Scene x of the left edge."""
        return float(self.middle[0] - self.size[0] / 2)

    def around(self, points: np.ndarray) -> tuple[np.ndarray, float]:
        """The part that holds all ``points`` (n, 2): its middle (2,), and scene units a unit."""
        low, high = points.min(axis=0), points.max(axis=0)
        unit = (self.size * (1 - _MARGIN) / np.maximum(high - low, 1e-9)).min()
        return (low + high) / 2, float(unit)

    def at(self, points: np.ndarray, part: tuple[np.ndarray, float]) -> np.ndarray:
        """Scene positions (n, 3) of ``points`` (n, 2) when the window shows ``part``."""
        middle, unit = part
        placed = np.zeros((len(points), 3))
        placed[:, :2] = self.middle + (points - middle) * unit
        return placed


class JointMap(Group):
    """The same n points at L layers of one plane, travelling from layer to layer.

    The large window frames the points that it shows; the overview shows the
    whole plane, where the window is, and the same points within it.

    Parameters
    ----------
    layers
        (L, n, 2) positions in the one plane.
    batch
        What is drawn at the n points in the large window.
    window, overview
        Where on the screen.
    """

    def __init__(self, layers: np.ndarray, batch: Batch, window: Window, overview: Window) -> None:
        super().__init__()
        t = theme()
        self.layers, self.batch, self.window, self.overview = layers, batch, window, overview
        self.parts = [window.around(points) for points in layers]
        every = layers.reshape(-1, 2)
        seen = [rectangle(middle, window.size / unit) for middle, unit in self.parts]
        self.whole = overview.around(np.concatenate([every, *seen]))
        radius = t.dot_radius / 3
        self.all = Cloud(
            overview.at(every, self.whole), t.grid, radius=radius, opacity=t.quiet_opacity
        )
        self.all.supports = "the points shown now, which are among them"
        self.now = Cloud(overview.at(layers[0], self.whole), t.ink, radius=radius)
        self.sight = Lines(np.zeros((5, 2)), colors=t.accent, stroke_width=t.axis_width)
        self.moving = Group(self.now, self.sight, batch).set_z_index(1)
        self.add(window, overview, self.all, self.moving)
        self.set_place(0.0)

    def part(self, place: float) -> tuple[np.ndarray, float]:
        """What the window shows at ``place``: between two layers, its edges move evenly."""
        share = place / max(1, len(self.parts) - 1)
        middle = keyframe([middle for middle, _ in self.parts], share)
        reach = keyframe([np.array([1 / unit]) for _, unit in self.parts], share)
        return middle, float(1 / reach[0])

    def points_at(self, place: float) -> np.ndarray:
        """(n, 2) positions at ``place``: a layer's own at 0, 1, ..., straight in between."""
        return keyframe(self.layers, place / max(1, len(self.layers) - 1))

    def set_place(self, place: float) -> JointMap:
        """Show layer ``place``, counted from 0; between whole numbers, points are under way."""
        points, part = self.points_at(place), self.part(place)
        self.batch.set_points(self.window.at(points, part))
        self.now.set_points(self.overview.at(points, self.whole))
        middle, unit = part
        size = self.window.size / unit
        corners = rectangle(middle, size)
        self.sight.set_points(self.overview.at(corners, self.whole))
        return self


def rectangle(center: np.ndarray, size: np.ndarray) -> np.ndarray:
    """(5, 2) closed outline of a rectangle."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
    return center + corners * size
