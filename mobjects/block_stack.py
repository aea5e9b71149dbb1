"""A network's blocks as slabs, one over the other, above the row of what goes in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import LEFT, Group

from mobjects.batch import Cloud, Lines
from mobjects.joint_map import rectangle
from mobjects.text import Text
from mobjects.theme import theme

_FILL = 0.76


class BlockStack(Group):
    """Slabs from the input, at the bottom, to the output, at the top.

    Parameters
    ----------
    names
        Of the blocks, the first at the bottom.
    marked
        Which blocks carry a mark on the edge where the data enter.
    size
        Width and height of the whole stack in scene units.
    center
        Scene position of its middle.
    """

    def __init__(
        self,
        names: Sequence[str],
        marked: Sequence[bool],
        *,
        size: tuple[float, float],
        center: Sequence[float],
    ) -> None:
        super().__init__()
        pitch = size[1] / len(names)
        height = center[1] - size[1] / 2 + pitch * (np.arange(len(names)) + 0.5)
        slab = np.array([size[0], pitch * _FILL])
        self.slabs = [
            self._slab(name, np.array([center[0], y]), slab, mark)
            for name, y, mark in zip(names, height.tolist(), marked, strict=True)
        ]
        self.add(*self.slabs)

    @staticmethod
    def _slab(name: str, center: np.ndarray, size: np.ndarray, mark: bool) -> Group:
        t = theme()
        left, foot = center[0] - size[0] / 2, center[1] - size[1] / 2
        edge = Lines(
            rectangle(center, size),
            colors=t.muted if mark else t.grid,
            stroke_width=t.axis_width if mark else t.grid_width,
        )
        text = Text(f"`{name}`", size=t.tick_size, color=t.ink if mark else t.muted)
        text.move_to(np.array([left + 0.3, center[1], 0.0]), aligned_edge=LEFT)
        parts = Group(edge, text)
        if mark:
            ends = np.array([[left, foot], [left + size[0], foot]])
            parts.add(
                Lines(ends, colors=t.accent, stroke_width=t.curve_width),
                Cloud(ends[1:], t.accent, radius=t.big_dot_radius),
            )
        return parts
