"""A density on its way through a layer: it appears where the front of a wave has passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
from manim import Animation, Group, linear

from mobjects.density import AtomBar, DensityPlot
from mobjects.mapping_plot import MappingPlot
from mobjects.motion import Change, Through
from mobjects.text import Readout
from mobjects.wave import arriving

_LEAD, _STEPS = 1.2, 240  # how far ahead of the front points set out; keyframes


class DensityWave(Group):
    """The output's density and its atom, over the upper axis of a mapping plot.

    They appear from left to right, while the plot's points travel along their lines.

    Parameters
    ----------
    plot
        The layer, its inputs in rising order.
    graph
        (n, 2): values, rising, and the output's density there.
    arrived
        The mass of the atom that inputs up to a value have brought.
    location
        Where the atom sits.
    height
        Scene units for a density of 1, and for a mass of 1.
    """

    def __init__(
        self,
        plot: MappingPlot,
        graph: np.ndarray,
        arrived: Callable[[float], float],
        location: float,
        height: float,
    ) -> None:
        super().__init__()
        self.plot, self.graph, self.arrived = plot, graph, arrived
        self.front = np.linspace(plot.inputs[0] - _LEAD, plot.upper.window[1], _STEPS)
        self.density = DensityPlot(plot.upper, left_of(graph, self.front[0]), height)
        self.atom = AtomBar(plot.upper, location, 0.0, height)
        self.add(self.density, self.atom)

    def set_share(self, share: float) -> Self:
        """Show what has arrived when the front is ``share`` (0 to 1) of its way."""
        edge = self._edge(share)
        self.density.set_graph(left_of(self.graph, edge))
        self.atom.set_mass(self.arrived(edge))
        return self

    def run(self, run_time: float) -> list[Animation]:
        """Animations of the points, and of what they bring."""
        plot = self.plot
        ends = plot.travelled(0), plot.travelled(1)
        ways = arriving(*ends, plot.inputs, self.front, lead=_LEAD)
        return [
            Through(plot.dots, ways, rate_func=linear, run_time=run_time),
            Change(self, DensityWave.set_share, run_time=run_time),
        ]

    def count(self, number: Readout, run_time: float) -> Animation:
        """An animation of ``number``: the mass at the atom so far. Play it beside :meth:`run`."""

        def count(shown: Readout, share: float) -> Readout:
            return shown.set_value(self.arrived(self._edge(share)))

        return Change(number, count, run_time=run_time)

    def _edge(self, share: float) -> float:
        return float(self.front[0] + share * (self.front[-1] - self.front[0]))


def left_of(graph: np.ndarray, edge: float) -> np.ndarray:
    """The part of a graph (n, 2) left of ``edge``, closed there; at least two vertices. Pure."""
    edge = max(edge, float(graph[0, 0]))
    kept = graph[graph[:, 0] < edge]
    top = np.interp(edge, graph[:, 0], graph[:, 1]) if len(kept) else 0.0
    return np.concatenate([graph[:1] * [1, 0], kept, [[edge, top], [edge, 0.0]]])
