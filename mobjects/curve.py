"""Measured values joined by straight lines, with their axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import LEFT, Group

from mobjects.axis import Axis
from mobjects.batch import Cloud, Lines
from mobjects.text import Text
from mobjects.theme import theme

_TICK = 0.09


class CurvePlot(Group):
    """Series of values measured at the same places, growing from the left.

    The lines between the marks only guide the eye: nothing is measured there.

    Parameters
    ----------
    places
        (l,) rising: where something was measured.
    series
        (m, l): the values.
    colors, markers
        One a series.
    window, height_window
        The values shown along and across.
    length, height
        In scene units.
    corner
        Scene position of the lower left corner.
    ticks
        Values that carry a tick and a numeral on the vertical axis.
    label
        Typst mathematics at the right end of the horizontal axis.

    Raises
    ------
    ValueError
        When the shapes do not fit or the places do not rise.
    """

    def __init__(
        self,
        places: np.ndarray,
        series: np.ndarray,
        *,
        colors: Sequence[str],
        markers: Sequence[str],
        window: tuple[float, float],
        height_window: tuple[float, float],
        length: float,
        height: float,
        corner: Sequence[float] = (0.0, 0.0),
        ticks: Sequence[float] = (),
        label: str = "",
    ) -> None:
        super().__init__()
        self.places = np.asarray(places, dtype=np.float64)
        self.series = np.asarray(series, dtype=np.float64)
        if self.series.shape != (len(colors), len(self.places)):
            want = (len(colors), len(self.places))
            raise ValueError(f"series: got shape {self.series.shape}, want {want}")
        if not (np.diff(self.places) > 0).all():
            raise ValueError(f"places: got {self.places.tolist()}, want rising numbers")
        self.height_window, self._height = height_window, height
        center = (corner[0] + length / 2, corner[1])
        self.axis = Axis(window, length, center, ticks=self.places.tolist(), label=label)
        self.rise = self._draw_rise(ticks)
        self.numerals = Group(*map(self._numeral, ticks))
        t = theme()
        self.lines = [
            Lines(self.at(self.places, s), colors=c, stroke_width=t.curve_width)
            for s, c in zip(self.series, colors, strict=True)
        ]
        self.marks = [
            Cloud(self.at(self.places, s), c, radius=t.big_dot_radius, markers=m)
            for s, c, m in zip(self.series, colors, markers, strict=True)
        ]
        self.moving = Group(*self.lines, *self.marks).set_z_index(1)
        self.add(self.axis, self.rise, self.numerals, self.moving)
        self.set_reach(0.0)

    def at(self, places: np.ndarray, values: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of ``values`` (n,) at ``places`` (n,)."""
        positions = self.axis.at(places)
        positions[:, 1] += self._lift(values)
        return positions

    def set_reach(self, reach: float) -> CurvePlot:
        """Show the curves as far as the ``reach``-th place, 0 being the first; may be between."""
        index = np.arange(len(self.places), dtype=np.float64)
        steps = np.minimum(index, reach)
        places = np.interp(steps, index, self.places)
        for values, line, marks in zip(self.series, self.lines, self.marks, strict=True):
            line.points = self.at(places, np.interp(steps, index, values))
            marks.set_opacity((index <= reach + 1e-9).astype(np.float64))
        return self

    def _lift(self, values: np.ndarray | Sequence[float]) -> np.ndarray:
        low, high = self.height_window
        return (np.asarray(values, dtype=np.float64) - low) / (high - low) * self._height

    def _foot(self) -> np.ndarray:
        return self.axis.at([self.axis.window[0]])[0]

    def _draw_rise(self, ticks: Sequence[float]) -> Lines:
        foot = self._foot()
        marks = np.tile(foot, (len(ticks), 1))
        marks[:, 1] += self._lift(ticks)
        starts = np.concatenate([[foot], marks - [_TICK, 0, 0]])
        ends = np.concatenate([[foot + [0, self._height, 0]], marks + [_TICK, 0, 0]])
        return Lines.segments(starts, ends, colors=theme().muted, stroke_width=theme().axis_width)

    def _numeral(self, value: float) -> Text:
        spot = self._foot() + np.array([0.0, self._lift([value])[0], 0.0])
        numeral = Text(f"${value:g}$", size=theme().tick_size, color=theme().muted)
        return numeral.next_to(spot, LEFT, buff=0.2)
