"""Densities over a number line: a filled graph, and bars for atoms."""

from __future__ import annotations

import numpy as np
from manim import Group

from mobjects.axis import Axis
from mobjects.batch import Cloud, Lines, Polygons
from mobjects.theme import theme


class DensityPlot(Group):
    """The graph of a density standing on an axis.

    Parameters
    ----------
    axis
        The line it stands on.
    graph
        (n, 2): values, rising, and the density there.
    height
        Scene units for a density of 1.
    color
        ``#rrggbb``; the theme's data colour when left out.
    below
        Hang it below the axis instead.
    """

    def __init__(
        self,
        axis: Axis,
        graph: np.ndarray,
        height: float,
        *,
        color: str | None = None,
        below: bool = False,
    ) -> None:
        super().__init__()
        t = theme()
        self.axis, self.height_per_density, self.below = axis, height, below
        color = color or t.data
        outline = self.outline(graph)
        self.area = Polygons(self._closed(outline), colors=color, opacity=t.density_opacity)
        self.area.supports = "the curve along its edge"
        self.curve = Lines(outline, colors=color, stroke_width=t.curve_width)
        self.add(self.area, self.curve)

    def outline(self, graph: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of the graph's vertices, cut at the axis's ends."""
        low, high = self.axis.window
        inside = (graph[:, 0] >= low - 1e-12) & (graph[:, 0] <= high + 1e-12)
        kept = graph[inside]
        if len(kept) < 2:
            raise ValueError(f"graph: got no two vertices within the axis's window {low} to {high}")
        lift = kept[:, 1] * self.height_per_density * (-1 if self.below else 1)
        return self.axis.at(kept[:, 0]) + np.stack([0 * lift, lift, 0 * lift], axis=1)

    def set_graph(self, graph: np.ndarray) -> DensityPlot:
        """Show another density; any number of vertices."""
        outline = self.outline(graph)
        self.area.points = self._closed(outline)
        self.area.offsets = np.array([0, len(self.area.points)])
        self.curve.points = outline
        self.curve.offsets = np.array([0, len(outline)])
        return self

    def _closed(self, outline: np.ndarray) -> np.ndarray:
        feet = self.axis.at(np.array(self.axis.window))
        first, last = outline[0].copy(), outline[-1].copy()
        first[1] = last[1] = feet[0, 1]
        return np.concatenate([[first], outline, [last]])


class AtomBar(Group):
    """An atom: a bar on an axis whose height is its mass, with a dot on top.

    Parameters
    ----------
    axis
        The line it stands on.
    location
        Value where the atom sits.
    mass
        From 0 to 1.
    height
        Scene units for a mass of 1.
    hollow
        A thin bar up to a ring, for a target: another atom can stand in it.
        The ring's middle is as high as the mass.
    """

    def __init__(
        self,
        axis: Axis,
        location: float,
        mass: float,
        height: float,
        *,
        color: str | None = None,
        hollow: bool = False,
    ) -> None:
        super().__init__()
        t = theme()
        color, marker = color or t.accent, "ring" if hollow else "disc"
        width, radius = (0.5, 2.2) if hollow else (2.0, 1.3)
        self.axis, self.location, self.height_per_mass = axis, location, height
        self.hollow = hollow
        ends = self._ends(mass)
        self.bar = Lines(ends, colors=color, stroke_width=t.curve_width * width)
        self.tip = Cloud(ends[1:], color, radius=t.big_dot_radius * radius, markers=marker)
        self.add(self.bar, self.tip)
        self.set_mass(mass)

    def _ends(self, mass: float) -> np.ndarray:
        foot = self.axis.at([self.location])[0]
        return np.array([foot, foot + [0, mass * self.height_per_mass, 0]])

    def set_mass(self, mass: float) -> AtomBar:
        """Grow or shrink to ``mass``."""
        self.mass = mass
        foot, top = self._ends(mass)
        under = self.tip.radius if self.hollow else 0.0
        self.bar.set_points(np.array([foot, [top[0], max(foot[1], top[1] - under), top[2]]]))
        self.tip.set_points(top[None])
        return self
