"""The graph of a function whose y-axis can swing down: from figure 1.1 to figure 1.2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from mobjects.axis import Axis
from mobjects.batch import Cloud, Lines
from mobjects.theme import theme

_NUMERAL_GAP = 0.42
_LABEL_GAP = 0.46


class SwingingGraph(Group):
    """A graph with its samples, each joined to its value on the y-axis by way of the curve.

    Both axes have the same window and length. The y-axis starts upright on the
    left end of the x-axis; :meth:`swing` lays it down above the x-axis.

    Parameters
    ----------
    window
        The values shown on both axes.
    length
        Of either axis, in scene units.
    corner
        Scene position of the left end of the x-axis.
    curve
        (k, 2): the vertices of the function's graph.
    inputs, outputs
        (n,) values of the samples; the caller computes ``outputs``.
    rise
        How far above the x-axis the y-axis comes to lie, in scene units.
    ticks
        Values with a numeral on both axes.
    labels
        Typst mathematics at the ends of the x-axis and the y-axis.
    colors
        One for each sample, or one for all.
    """

    def __init__(
        self,
        window: tuple[float, float],
        length: float,
        corner: Sequence[float],
        *,
        curve: np.ndarray,
        inputs: np.ndarray,
        outputs: np.ndarray,
        rise: float,
        ticks: Sequence[float] = (),
        labels: tuple[str, str] = ('x_"in"', 'x_"out"'),
        colors: str | list[str] | None = None,
    ) -> None:
        super().__init__()
        t = theme()
        colors = colors or t.data
        self.corner = np.array([corner[0], corner[1], 0.0])
        self.length, self.rise, self.ticks = length, rise, np.asarray(ticks, float)
        self.inputs, self.outputs = np.asarray(inputs, float), np.asarray(outputs, float)
        middle = (corner[0] + length / 2, corner[1])
        above = (middle[0], middle[1] + rise)
        self.x_axis = Axis(window, length, middle, ticks=ticks, label=labels[0])
        self.y_axis = Axis(window, length, above, ticks=ticks, label=labels[1], numerals_above=True)
        self._flat = self.y_axis.line.points - self.corner - [0, rise, 0]
        self._share, self._way = 0.0, 0.0
        self.curve = Lines(
            self._place(curve[:, 0], curve[:, 1]), colors=t.ink, stroke_width=t.curve_width
        )
        self.sources = Cloud(self.x_axis.at(self.inputs), colors, radius=t.big_dot_radius)
        self.images = self.sources.copy()
        count = len(self.inputs)
        self.paths = Lines(
            np.repeat(self.sources.points, 3, axis=0),
            np.arange(count + 1) * 3,
            colors=colors,
            stroke_width=t.line_width,
            opacity=t.line_opacity,
        )
        self.axes = Group(self.x_axis, self.y_axis)
        self.add(self.axes, self.curve, self.paths, self.sources, self.images)
        self.swing(0.0)

    def _place(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of points of the graph, the y-axis standing upright."""
        placed = self.x_axis.at(x)
        low, high = self.x_axis.window
        placed[:, 1] += (y - low) / (high - low) * self.length
        return placed

    def travel(self, way: float) -> SwingingGraph:
        """Send the samples up to the curve (``way`` 0 to 1), then across to the y-axis (to 2)."""
        self._way = way
        return self._redraw()

    def swing(self, share: float) -> SwingingGraph:
        """Turn the y-axis from upright (0) by 90 degrees to parallel to the x-axis (1).

        Its foot rises late, so that its tip only ever falls.
        """
        self._share = share
        angle = np.pi / 2 * (1 - share)
        along = np.array([np.cos(angle), np.sin(angle), 0.0])
        across = np.array([-along[1], along[0], 0.0])
        foot = self.corner + [0, self.rise * share**2, 0]
        flat = self._flat
        self.y_axis.line.points = foot + flat[:, :1] * along + flat[:, 1:2] * across
        for numeral, place in zip(self.y_axis.numerals, self.y_axis.at(self.ticks), strict=True):
            numeral.move_to(place + _NUMERAL_GAP * across)
        for label in self.y_axis.label:
            label.move_to(foot + (self.length + _LABEL_GAP) * along)
        return self._redraw()

    def _redraw(self) -> SwingingGraph:
        """Samples and their paths, as far as they have travelled and the axis has swung."""
        start = self.x_axis.at(self.inputs)
        end = self.y_axis.at(self.outputs)
        bend = self._place(self.inputs, self.outputs)
        bend += self._share * ((start + end) / 2 - bend)
        up, across = min(self._way, 1.0), max(self._way - 1.0, 0.0)
        middle = start + up * (bend - start)
        tip = middle + across * (end - middle)
        self.images.points = tip
        self.paths.points = np.stack([start, middle, tip], axis=1).reshape(-1, 3)
        return self
