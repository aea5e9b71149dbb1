"""The names beside a stack of planes: distributions on the planes, layers between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from manim import LEFT, RIGHT, UP, Group

from mobjects.arrows import Arrows
from mobjects.layer_stack import LayerStack
from mobjects.text import Math, Text, left_aligned
from mobjects.theme import theme

_MARGIN = 0.3  # of the distance between two planes, that an arrow leaves free at either end


def distribution_names(stack: LayerStack, names: Sequence[str], x: float) -> Group:
    """Typst mathematics for each plane, the input first, centred at ``x``."""
    size = theme().title_size
    return Group(
        *(
            Math(name, size=size).move_to((x, y, 0))
            for name, y in zip(names, stack.middles().tolist(), strict=True)
        )
    )


def layer_names(stack: LayerStack, names: Sequence[Sequence[str]], x: float) -> Group:
    """From each plane to the next an upward arrow at ``x``, and right of it its layers' names.

    Parameters
    ----------
    stack
        Whose planes.
    names
        For each step the layers in the order in which they act: the first one is lowest.
    x
        In scene units.
    """
    made = Group()
    for layers, (low, high) in zip(names, pairwise(stack.middles().tolist()), strict=True):
        margin = _MARGIN * (high - low)
        made.add(upward(layers, x, low + margin, high - margin))
    return made


def upward(layers: Sequence[str], x: float, low: float, high: float) -> Group:
    """An arrow at ``x`` from ``low`` to ``high``; beside it the layers' names, the first lowest."""
    t = theme()
    words = left_aligned(*(Text(f"`{name}`", size=t.label_size) for name in reversed(layers)))
    words.move_to(RIGHT * (x + 0.3) + UP * (low + high) / 2, aligned_edge=LEFT)
    return Group(Arrows(np.array([[x, low]]), np.array([[x, high]]), colors=t.muted), words)
