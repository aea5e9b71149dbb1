"""A density that may grow out of the picture: cut at a ceiling, its curve left open there."""

from __future__ import annotations

import numpy as np

from mobjects.axis import Axis
from mobjects.density import DensityPlot


class CutDensity(DensityPlot):
    """A :class:`mobjects.density.DensityPlot` that shows only what lies under a ceiling.

    The area ends at the ceiling; the curve leaves through it and comes back,
    so that a density too tall for the picture is not mistaken for a flat one.

    Parameters
    ----------
    axis, graph, height, color, below
        As for :class:`mobjects.density.DensityPlot`.
    ceiling
        Scene units above (or below) the axis where the picture ends.
    """

    def __init__(
        self,
        axis: Axis,
        graph: np.ndarray,
        height: float,
        ceiling: float,
        *,
        color: str | None = None,
        below: bool = False,
    ) -> None:
        self.ceiling = ceiling
        super().__init__(axis, with_crossings(graph, ceiling / height), height, color=color)
        if below:
            self.below = True
        self.set_graph(graph)

    def set_graph(self, graph: np.ndarray) -> CutDensity:
        """Show another density; any number of vertices, at least one of them under the ceiling."""
        limit = self.ceiling / self.height_per_density
        graph = with_crossings(graph, limit)
        outline = self.outline(np.column_stack([graph[:, 0], np.minimum(graph[:, 1], limit)]))
        full = self.outline(graph)
        self.area.points = self._closed(outline)
        self.area.offsets = np.array([0, len(self.area.points)])
        foot = self.axis.at([0.0])[0, 1]
        shown = np.abs(full[:, 1] - foot) <= self.ceiling + 1e-9
        if shown.sum() < 2:
            shown[[0, -1]] = True
        self.curve.points = outline[shown]
        self.curve.offsets = run_offsets(shown)
        self.curve.rgbas = np.repeat(self.curve.rgbas[:1], len(self.curve.offsets) - 1, axis=0)
        return self


def with_crossings(graph: np.ndarray, limit: float) -> np.ndarray:
    """``graph`` (n, 2) with a vertex (m more) wherever it passes the height ``limit``."""
    x, y = graph[:, 0], graph[:, 1]
    before = np.flatnonzero((y[1:] - limit) * (y[:-1] - limit) < 0)
    share = (limit - y[before]) / (y[before + 1] - y[before])
    crossing = x[before] + share * (x[before + 1] - x[before])
    return np.insert(graph, before + 1, np.column_stack([crossing, 0 * crossing + limit]), axis=0)


def run_offsets(shown: np.ndarray) -> np.ndarray:
    """Where each run of True starts among the kept elements, and their count at the end."""
    place = np.flatnonzero(shown)
    starts = np.flatnonzero(np.diff(place, prepend=-2) > 1)
    return np.append(starts, len(place))
