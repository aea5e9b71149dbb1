"""An axis that shows another window while it is on screen."""

from __future__ import annotations

import numpy as np

from mobjects.axis import Axis


class ZoomAxis(Axis):
    """An :class:`mobjects.axis.Axis` whose window can change; its ticks and numerals follow."""

    def __init__(
        self,
        window: tuple[float, float],
        length: float,
        center: tuple[float, float] = (0.0, 0.0),
        *,
        ticks: tuple[float, ...] = (),
        label: str = "",
        numerals_above: bool = False,
    ) -> None:
        super().__init__(
            window, length, center, ticks=ticks, label=label, numerals_above=numerals_above
        )
        self.ticks = np.asarray(ticks, dtype=np.float64)
        self.numeral_opacity = np.ones(len(ticks))

    def set_window(self, window: tuple[float, float]) -> ZoomAxis:
        """Show ``window``; ticks outside it, and numerals that are switched off, disappear."""
        self.window = (float(window[0]), float(window[1]))
        inside = (self.ticks >= window[0]) & (self.ticks <= window[1])
        places = self.at(np.clip(self.ticks, *window))
        self.line.points[2:, 0] = np.repeat(places[:, 0], 2)
        self.line.rgbas[1:, 3] = inside
        for numeral, place, seen in zip(
            self.numerals, places, inside * self.numeral_opacity, strict=True
        ):
            numeral.set_x(place[0]).set_opacity(float(seen))
        return self


def zoomed(
    start: tuple[float, float], end: tuple[float, float], share: float
) -> tuple[float, float]:
    """The window ``share`` (0 to 1) of the way from ``start`` to ``end``, at a steady zoom. Pure.

    Widths follow a geometric sequence, and one point of the line stays put.
    """
    wide, narrow = start[1] - start[0], end[1] - end[0]
    width = wide * (narrow / wide) ** share
    weight = share if wide == narrow else (wide - width) / (wide - narrow)
    low = (1 - weight) * start[0] + weight * end[0]
    return low, low + width
