"""Figure 1.2's picture of a function: each input joined to its output."""

from __future__ import annotations

import numpy as np
from manim import Group

from mobjects.axis import Axis
from mobjects.batch import Cloud, Lines
from mobjects.theme import theme


class MappingPlot(Group):
    """Input axis below, output axis above, a line from each input to its output.

    Parameters
    ----------
    lower, upper
        The two axes.
    inputs, outputs
        (n,) values; the caller computes ``outputs``.
    colors
        One colour, or one for each line and its point.
    markers
        One of :data:`mobjects.batch.MARKERS`, or one for each point.
    radius
        Of the points, in scene units.
    opacity
        Of the lines; when it is given, there are so many that each is faint and
        only supports the point that travels along it.
    """

    def __init__(
        self,
        lower: Axis,
        upper: Axis,
        inputs: np.ndarray,
        outputs: np.ndarray,
        *,
        colors: str | list[str] | None = None,
        markers: str | list[str] = "disc",
        radius: float | None = None,
        opacity: float | None = None,
    ) -> None:
        super().__init__()
        t = theme()
        self.lower, self.upper = lower, upper
        self.inputs, self.outputs = np.asarray(inputs, float), np.asarray(outputs, float)
        colors = colors or t.data
        self.lines = Lines.segments(
            lower.at(self.inputs),
            upper.at(self.outputs),
            colors=colors,
            stroke_width=t.line_width,
            opacity=t.line_opacity if opacity is None else opacity,
        )
        if opacity is not None:
            self.lines.supports = "the points that travel along them"
        self.dots = Cloud(
            lower.at(self.inputs), colors, radius=radius or t.big_dot_radius, markers=markers
        )
        self.add(lower, upper, self.lines, self.dots)

    def travelled(self, share: float) -> np.ndarray:
        """Positions (n, 3) of the points that ``share`` of the way, 0 to 1, along their lines."""
        start, end = self.lower.at(self.inputs), self.upper.at(self.outputs)
        return start + share * (end - start)

    def set_outputs(self, outputs: np.ndarray) -> MappingPlot:
        """Send the lines to new ``outputs`` (n,); the points stay where they are."""
        self.outputs = np.asarray(outputs, float)
        self.lines.set_ends(self.lower.at(self.inputs), self.upper.at(self.outputs))
        return self
