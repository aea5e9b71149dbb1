"""A table of shares: exact beside counted, one row a coloured part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import LEFT, Group

from mobjects.batch import Cloud
from mobjects.text import Readout, Text
from mobjects.theme import theme


class MassTable(Group):
    """Rows of a mark, a name, an exact mass and a counted one.

    Parameters
    ----------
    names
        Typst markup, one a row.
    colors
        One a row.
    exact, counted
        Shares from 0 to 1, one a row.
    heads
        What stands over the two columns of numbers.
    """

    def __init__(
        self,
        names: Sequence[str],
        colors: Sequence[str],
        exact: Sequence[float],
        counted: Sequence[float],
        *,
        heads: tuple[str, str] = ("exact", "counted"),
        pitch: float = 0.68,
        columns: tuple[float, float, float] = (0.35, 3.0, 4.65),
    ) -> None:
        super().__init__()
        t = theme()
        rows = -pitch * np.arange(len(names))
        marks = np.stack([np.zeros(len(names)), rows], axis=1)
        self.marks = Cloud(marks, list(colors), radius=t.big_dot_radius * 1.4)
        self.heads = Group(
            *(
                Text(head, size=t.tick_size, color=t.muted).move_to((x + 0.4, pitch, 0.0))
                for head, x in zip(heads, columns[1:], strict=True)
            )
        )
        self.names = Group(
            *(
                Text(name, size=t.label_size).move_to((columns[0], y, 0.0), aligned_edge=LEFT)
                for name, y in zip(names, rows, strict=True)
            )
        )
        self.exact = self._column(exact, columns[1], rows, t.ink)
        self.counted = self._column(counted, columns[2], rows, t.muted)
        self.add(self.marks, self.heads, self.names, self.exact, self.counted)

    @staticmethod
    def _column(values: Sequence[float], x: float, rows: np.ndarray, color: str) -> Group:
        size = theme().label_size
        return Group(
            *(
                Readout(value, decimals=4, size=size, color=color).move_to(
                    (x, y, 0.0), aligned_edge=LEFT
                )
                for value, y in zip(values, rows, strict=True)
            )
        )

    def set_values(self, exact: Sequence[float], counted: Sequence[float]) -> MassTable:
        """Show other shares."""
        for column, values in ((self.exact, exact), (self.counted, counted)):
            for readout, value in zip(column, values, strict=True):
                readout.set_value(value)
        return self
