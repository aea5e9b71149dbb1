"""A curve over a training run that draws itself, iterate by iterate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, Group

from mobjects.batch import Cloud, Lines
from mobjects.text import Text
from mobjects.theme import theme

_ROOM = 0.12  # between two numerals
_ROW = 0.3


class LossPlot(Group):
    """The loss at every recorded iterate, drawn up to one of them.

    Across runs the recorded iterate, so that time passes evenly; the ticks
    carry the steps, which do not. Steps too close to be written side by side
    are written in two rows.

    Parameters
    ----------
    losses
        (t,) at every recorded iterate.
    steps
        (t,) the number of updates behind each iterate.
    corner
        Scene position (x, y) of the axes' corner.
    size
        Width and height in scene units.
    top
        The loss at the upper end of the axis, which starts at 0.
    marked
        The iterates that carry a marker and a tick.
    loss_ticks
        The losses that carry a tick.
    across
        What is written below the steps.

    Raises
    ------
    ValueError
        When the losses and the steps differ in number.
    """

    def __init__(
        self,
        losses: np.ndarray,
        steps: np.ndarray,
        corner: tuple[float, float],
        size: tuple[float, float],
        *,
        top: float,
        marked: Sequence[int],
        loss_ticks: Sequence[float],
        across: str = "recorded steps, not to scale",
    ) -> None:
        super().__init__()
        if len(losses) != len(steps):
            raise ValueError(f"steps: got {len(steps)}, want {len(losses)}, one for each loss")
        self._low = np.array(corner)
        self._unit = np.array([size[0] / (len(losses) - 1), size[1] / top])
        self._path = self.at(np.arange(len(losses)), losses)
        self.marked = np.unique(marked)
        t = theme()
        self.axes = self._draw_axes(size, loss_ticks)
        self.numerals = self._numerals(steps, loss_ticks, across)
        self.curve = Lines(self._path, colors=t.ink, stroke_width=t.curve_width)
        spots = self._path[self.marked]
        self.markers = Cloud(spots, t.ink, radius=t.big_dot_radius)
        self.head = Cloud(self._path[:1], t.accent, radius=1.9 * t.big_dot_radius, markers="ring")
        self.add(self.axes, self.numerals, self.curve, self.head, self.markers)
        self.draw_to(0)

    def at(self, iterates: np.ndarray, losses: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of losses at iterates, counted from 0."""
        placed = np.zeros((len(iterates), 3))
        placed[:, :2] = self._low + np.stack([iterates, losses], axis=1) * self._unit
        return placed

    def draw_to(self, iterate: int) -> Self:
        """Show the curve up to an iterate, and the markers it has passed."""
        reach = np.minimum(np.arange(len(self._path)), iterate)
        self.curve.points = self._path[reach]
        self.head.points = self._path[iterate : iterate + 1].copy()
        self.markers.set_opacity((self.marked <= iterate).astype(float))
        return self

    def _draw_axes(self, size: tuple[float, float], loss_ticks: Sequence[float]) -> Lines:
        t = theme()
        x, y = self._low
        feet, sides = self._feet(), self._sides(loss_ticks)
        starts = np.concatenate([[[x, y, 0], [x, y, 0]], feet, sides])
        ends = np.concatenate(
            [[[x + size[0], y, 0], [x, y + size[1], 0]], feet - [0, 0.09, 0], sides - [0.09, 0, 0]]
        )
        return Lines.segments(starts, ends, colors=t.muted, stroke_width=t.axis_width)

    def _feet(self) -> np.ndarray:
        return self.at(self.marked, np.zeros(len(self.marked)))

    def _sides(self, loss_ticks: Sequence[float]) -> np.ndarray:
        return self.at(np.zeros(len(loss_ticks)), np.array(loss_ticks))

    def _numerals(self, steps: np.ndarray, loss_ticks: Sequence[float], words: str) -> Group:
        t = theme()
        made = Group()
        for step, foot in zip(steps[self.marked].tolist(), self._feet(), strict=True):
            numeral = Text(f'$"{step:,}"$', size=t.tick_size, color=t.muted)
            made.add(numeral.next_to(foot, DOWN, buff=0.2))
        _stagger(made)
        for loss, side in zip(loss_ticks, self._sides(loss_ticks), strict=True):
            numeral = Text(f"${loss:g}$", size=t.tick_size, color=t.muted)
            made.add(numeral.next_to(side, LEFT, buff=0.27))
        middle = (self._path[0] + self._path[-1]) / 2
        across = Text(words, size=t.tick_size, color=t.muted)
        made.add(across.move_to((middle[0], made.get_bottom()[1] - 0.3, 0)))
        above = Text("loss", size=t.tick_size, color=t.muted)
        made.add(above.next_to(self.axes.points[3], RIGHT, buff=0.2))
        return made.set_z_index(-1)


def _stagger(numerals: Group) -> None:
    """Lower those in a row that would touch the one before them, or the last one."""
    *others, last = numerals.submobjects
    ends = [-np.inf, -np.inf]
    for each in others:
        left, right = each.get_left()[0] - _ROOM, each.get_right()[0] + _ROOM
        if left >= ends[0] and right <= last.get_left()[0]:
            ends[0] = right - _ROOM
        elif left >= ends[1]:
            ends[1] = right - _ROOM
            each.shift(_ROW * DOWN)
        else:
            numerals.remove(each)
