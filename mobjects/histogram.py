"""A histogram on an axis, as one batch of bars."""

from __future__ import annotations

import numpy as np

from mobjects.axis import Axis
from mobjects.batch import Polygons
from mobjects.theme import theme


class Histogram(Polygons):
    """Bars whose areas are shares: each as high as the density counted in its bin.

    Parameters
    ----------
    axis
        The line it stands on.
    edges
        (m + 1,) values, rising: the bins' ends.
    values
        (n,) what is counted; what lies outside the bins counts in ``n`` only.
    height
        Scene units for a density of 1.
    """

    def __init__(
        self,
        axis: Axis,
        edges: np.ndarray,
        values: np.ndarray,
        height: float,
        *,
        color: str | None = None,
    ) -> None:
        self.axis, self.edges, self.height_per_density = axis, np.asarray(edges, float), height
        t = theme()
        bars = len(self.edges) - 1
        super().__init__(
            self._bars(values),
            np.arange(bars + 1) * 4,
            colors=color or t.muted,
            opacity=t.muted_opacity,
        )

    def set_values(self, values: np.ndarray) -> Histogram:
        """Count other values."""
        self.points = self._bars(values)
        return self

    def _bars(self, values: np.ndarray) -> np.ndarray:
        heights = counted_density(values, self.edges) * self.height_per_density
        feet = self.axis.at(self.edges)
        bars = np.stack([feet[:-1], feet[:-1], feet[1:], feet[1:]], axis=1)
        bars[:, 1:3, 1] += heights[:, None]
        return bars.reshape(-1, 3)


def counted_density(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """The share of ``values`` (n,) in each bin of ``edges`` (m + 1,), per unit of width: (m,)."""
    counts, _ = np.histogram(values, edges)
    return counts / (len(values) * np.diff(edges))
