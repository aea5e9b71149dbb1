"""What the edges of a network's graph mean, and what of it is not drawn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, Group

from mobjects.network_graph import NetworkGraph, signed_line
from mobjects.text import Text
from mobjects.theme import theme

_LENGTH, _WIDTH = 0.9, 5.0
_APART, _CLOSE = 0.3, 0.17


def network_key(
    graph: NetworkGraph, linear: Sequence[int], left_out: int, *, height: float
) -> Group:
    """A key in rows.

    Parameters
    ----------
    graph
        The graph.
    linear
        Which of its gaps show weights.
    left_out
        How many columns are not drawn.
    height
        Scene units that there are for it.
    """
    key = _rows(_remarks(graph, linear, left_out), theme().label_size)
    if key.height <= height:
        return key
    return _rows(_remarks(graph, linear, left_out), theme().tick_size)


def _rows(remarks: Sequence[str], size: float) -> Group:
    rows = Group()
    for number, words in ((1.0, "positive weight"), (-1.0, "negative weight")):
        line = signed_line(np.zeros(3), np.array([_LENGTH, 0, 0]), number, _WIDTH)
        text = Text(words, size=size)
        rows.add(Group(line, text.next_to(line, RIGHT, buff=0.3)))
    rows.add(*(Text(words, size=size) for words in remarks))
    buff = _APART if len(rows) == 3 else _CLOSE
    return rows.arrange(DOWN, buff=buff, aligned_edge=LEFT)


def _remarks(graph: NetworkGraph, linear: Sequence[int], left_out: int) -> list[str]:
    bundled = {graph.is_bundled(gap) for gap in linear}
    stubs = {graph.has_stubs(gap) for gap in linear}
    how = "wider or stronger" if len(bundled) == 2 else "stronger" if True in bundled else "wider"
    also = "stubs are biases" if True in stubs else "biases are not drawn"
    if len(stubs) == 2:
        also = "stubs are biases, where they fit"
    larger = "larger in its layer" if True in bundled else "larger"
    lines = [f"the {how}, the {larger}; {also}"]
    if any(hole is not None for hole in graph.holes):
        lines.append("dots: here are more units than are drawn")
    if left_out:
        columns = "one column is" if left_out == 1 else f"{left_out} columns are"
        lines.append(f"in the middle, {columns} left out")
    return lines
