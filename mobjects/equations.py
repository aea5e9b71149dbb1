"""A linear layer's numbers in its equation, cut to what can be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from manim import Mobject

_Placed = TypeVar("_Placed", bound=Mobject)


def affine(
    after: str, weight: Sequence[Sequence[str]], before: str, bias: Sequence[str], most: int = 4
) -> str:
    """``after = weight before + bias`` in Typst mathematics.

    Parameters
    ----------
    after, before
        Symbols, in Typst mathematics.
    weight, bias
        Written numbers, (d_out, d_in) and (d_out,).
    most
        Rows and columns at most, at least 3; of more, the first ones, dots
        and the last one.
    """
    rows = [", ".join(_cut(row, most, "dots.c")) for row in weight]
    dotted = ", ".join(["dots.v"] * len(_cut(weight[0], most, "")))
    matrix = "; ".join(_cut(rows, most, dotted))
    column = ", ".join(_cut(bias, most, "dots.v"))
    return f"{after} = mat({matrix}) {before} + vec({column})"


def is_cut(rows: int, columns: int, most: int = 4) -> bool:
    """Whether :func:`affine` leaves numbers of a matrix out."""
    return max(rows, columns) > most


def centred_within(text: _Placed, x: float, y: float, reach: float) -> _Placed:
    """``text`` around (x, y), moved sideways as far as it takes to lie within +-``reach``."""
    text.move_to(np.array([x, y, 0]))
    room = max(reach - text.width / 2, 0.0)
    text.set_x(float(np.clip(x, -room, room)))
    return text


def _cut(items: Sequence[str], most: int, dots: str) -> list[str]:
    if len(items) <= most:
        return list(items)
    return [*items[: most - 2], dots, items[-1]]
