"""A brace over a stretch of an axis that reads a live number."""

from __future__ import annotations

import numpy as np
from manim import Group

from mobjects.axis import Axis
from mobjects.batch import Lines
from mobjects.text import Readout
from mobjects.theme import theme

_DEPTH = 0.22
_GAP = 0.14
_LEAST = 1e-3


class LiveBrace(Group):
    """A curly brace from one value of an axis to another, with a number at its tip.

    Parameters
    ----------
    axis
        The line it belongs to.
    low, high
        The values it spans, in either order.
    offset
        Scene units from the axis to the brace's ends, positive upwards; the
        brace opens towards the axis.
    value
        The number shown.
    prefix, suffix, decimals
        As for :class:`mobjects.text.Readout`.
    """

    def __init__(
        self,
        axis: Axis,
        low: float,
        high: float,
        offset: float,
        value: float,
        *,
        prefix: str = "",
        suffix: str = "",
        decimals: int = 2,
    ) -> None:
        super().__init__()
        t = theme()
        self.axis, self.offset = axis, offset
        self.outline = Lines(self._curve(low, high), colors=t.accent, stroke_width=t.axis_width)
        self.readout = Readout(
            value,
            decimals=decimals,
            prefix=prefix,
            suffix=suffix,
            size=t.label_size,
            color=t.accent,
        )
        self.add(self.outline, self.readout)
        self.set_span(low, high, value)

    def set_span(self, low: float, high: float, value: float) -> LiveBrace:
        """Span from ``low`` to ``high`` and read ``value``."""
        side = np.sign(self.offset)
        self.outline.points = self._curve(low, high)
        tip = self.axis.at([(low + high) / 2])[0]
        tip[1] += self.offset + side * (_DEPTH + _GAP)
        self.readout.set_value(value)
        edge = self.readout.get_bottom() if side > 0 else self.readout.get_top()
        self.readout.shift(tip - edge)
        return self

    def _curve(self, low: float, high: float) -> np.ndarray:
        """The brace's outline (n, 3): two quarter turns at each half, straight in between."""
        left, right = sorted(self.axis.at([low, high])[:, 0])
        half = max((right - left) / 2, _LEAST)
        round_ = min(_DEPTH / 2, half / 2)
        turn = np.linspace(0, np.pi / 2, 12)
        outer = np.stack([-half + round_ * (1 - np.cos(turn)), np.sin(turn)], axis=1)
        inner = np.stack([-round_ * (1 - np.sin(turn)), 2 - np.cos(turn)], axis=1)
        left_half = np.concatenate([outer, inner])
        right_half = left_half[::-1] * [-1, 1]
        flat = np.concatenate([left_half, right_half])
        level = self.axis.at([low])[0, 1] + self.offset
        points = np.zeros((len(flat), 3))
        points[:, 0] = (left + right) / 2 + flat[:, 0]
        points[:, 1] = level + np.sign(self.offset) * flat[:, 1] * _DEPTH / 2
        return points
