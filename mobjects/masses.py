"""A table of shares: exact beside counted, one row a coloured part."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import LEFT, RIGHT, Group

from mobjects.baseline import Line, on_baseline
from mobjects.batch import Cloud
from mobjects.text import Readout, Text
from mobjects.theme import theme

_PITCH, _NOTE_PITCH = 0.68, 0.42
_COLUMNS = (0.35, 3.2, 4.65)  # left edges, from the middle of the marks
_BELOW_MARK = 0.13  # baselines lie this far below the marks' middles


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
    notes
        Small lines below the rows.
    """

    def __init__(
        self,
        names: Sequence[str],
        colors: Sequence[str],
        exact: Sequence[float],
        counted: Sequence[float],
        *,
        heads: tuple[str, str] = ("exact", "counted"),
        notes: Sequence[str] = (),
    ) -> None:
        super().__init__()
        t = theme()
        rows = -_PITCH * np.arange(len(names))
        marks = np.stack([np.zeros(len(names)), rows], axis=1)
        self.marks = Cloud(marks, list(colors), radius=t.big_dot_radius * 1.4)
        self.names = _lines([Text(name, size=t.label_size) for name in names], _COLUMNS[0], rows)
        self.exact = self._column(exact, _COLUMNS[1], rows, t.ink)
        self.counted = self._column(counted, _COLUMNS[2], rows, t.muted)
        self.heads = Group(*map(self._head, heads, (self.exact, self.counted)))
        small = [Text(note, size=t.tick_size, color=t.muted) for note in notes]
        below = rows[-1] - 1.3 * _PITCH - _NOTE_PITCH * np.arange(len(notes))
        self.notes = _lines(small, _COLUMNS[0], below)
        self.add(self.marks, self.heads, self.names, self.exact, self.counted, self.notes)

    @staticmethod
    def _column(values: Sequence[float], x: float, rows: np.ndarray, color: str) -> Group:
        size = theme().label_size
        return _lines([Readout(v, decimals=4, size=size, color=color) for v in values], x, rows)

    @staticmethod
    def _head(words: str, column: Group) -> Text:
        """Over a column, flush with the right edge of its numbers."""
        head = Text(words, size=theme().tick_size, color=theme().muted)
        head.move_to((column.get_right()[0], 0.0, 0.0), aligned_edge=RIGHT)
        return on_baseline(head, _PITCH - _BELOW_MARK)

    def set_values(self, exact: Sequence[float], counted: Sequence[float]) -> MassTable:
        """Show other shares."""
        for column, values in ((self.exact, exact), (self.counted, counted)):
            for readout, value in zip(column, values, strict=True):
                readout.set_value(value)
        return self


def _lines(texts: Sequence[Line], x: float, rows: np.ndarray) -> Group:
    """Texts of one line with a common left edge, one a row."""
    for text, y in zip(texts, rows, strict=True):
        on_baseline(text.move_to((x, 0.0, 0.0), aligned_edge=LEFT), y - _BELOW_MARK)
    return Group(*texts)
