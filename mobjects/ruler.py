"""Ticks and numerals along two edges of a frame, at the multiples of one power of ten."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from manim import DOWN, LEFT, Group

from mobjects.batch import Lines
from mobjects.text import Text
from mobjects.theme import theme

_TICK = 0.1
_NUMERAL_GAP = 0.13
_CLOSEST = 0.7  # scene units between two numerals below which the finer ones fade
_ROOMY = 1.0  # the same for numerals of several digits
_FADE = 0.04
_STEPS = (10, 5, 1)
_REACH = 30  # marks on either side of 0
_REACH_AWAY = 10  # marks on either side of the middle, where a ruler does not count in ones from 0
_CLOSE_BY = 20  # ones from 0 up to which the middle may lie
_UNITS = (0.12, 7.0)  # lengths of a unit at which the ruler counts in ones
_PLAIN = 4  # powers of ten up to which numerals are written out


class Scale(NamedTuple):
    """What a ruler counts: ``marks`` multiples of ``step * 10^power``, from ``first`` on."""

    step: int
    power: int
    first: tuple[int, int]
    marks: int


def scale_for(unit: float, middle: np.ndarray) -> Scale:
    """The scale that serves a view in which a unit is ``unit`` long, around the values ``middle``.

    Ones around 0 as long as they serve, so that the view may zoom without the
    scale changing; else one, two or five of a power of ten.
    """
    if _UNITS[0] <= unit <= _UNITS[1] and (np.abs(middle) <= _CLOSE_BY).all():
        return Scale(1, 0, (-_REACH, -_REACH), 2 * _REACH + 1)
    power = math.floor(math.log10(_ROOMY / unit))
    step = next(s for s in (1, 2, 5, 10) if s * 10.0**power * unit >= _ROOMY)
    first = np.round(middle / (step * 10.0**power)).astype(np.int64) - _REACH_AWAY
    return Scale(step, power, (int(first[0]), int(first[1])), 2 * _REACH_AWAY + 1)


class Ruler(Group):
    """Ticks and numerals inside a frame's lower and left edge.

    Parameters
    ----------
    scale
        What it counts.
    center, size
        The frame's middle and extent, in scene units.
    axes
        Whether each of the two axes is ruled.
    """

    def __init__(
        self,
        scale: Scale,
        center: np.ndarray,
        size: np.ndarray,
        axes: tuple[bool, bool] = (True, True),
    ) -> None:
        super().__init__()
        self._center, self._size, self._ruled = center, size, axes
        self._base = scale.step * 10.0**scale.power
        self._marks = [first + np.arange(scale.marks) for first in scale.first]
        near = scale.marks == 2 * _REACH + 1
        self._numbered = [m[(m % 5 == 0) | (np.abs(m) < 10)] if near else m for m in self._marks]
        ticks = np.zeros((sum(map(len, self._marks)), 3))
        t = theme()
        self.ticks = Lines.segments(ticks, ticks, colors=t.muted, stroke_width=t.axis_width)
        written = [
            numeral(int(mark) * scale.step, scale.power) for m in self._numbered for mark in m
        ]
        self.numerals = Group(*(Text(each, size=t.tick_size, color=t.muted) for each in written))
        self.add(self.ticks, self.numerals)

    def set_view(self, unit: float, origin: np.ndarray) -> Ruler:
        """Put every mark at its place in a view, and show those that are in the frame."""
        low = self._center - self._size / 2
        self._set_ticks(unit, origin, low)
        self._set_numerals(unit, origin, low)
        return self

    def hide(self) -> Ruler:
        """Show nothing."""
        self.ticks.set_opacity(0)
        for each in self.numerals:
            each.set_opacity(0)
        return self

    def _places(self, marks: np.ndarray, axis: int, unit: float, origin: np.ndarray) -> np.ndarray:
        return np.asarray(origin[axis] + marks * self._base * unit)

    def _opacity(self, places: np.ndarray, marks: np.ndarray, axis: int, unit: float) -> np.ndarray:
        """1 for marks that are inside the frame and far enough from their like, else 0."""
        offset = np.abs(places - self._center[axis])
        step = np.select([marks % s == 0 for s in _STEPS], _STEPS)
        room = (step * self._base * unit - _CLOSEST) / _FADE
        inside = (self._size[axis] / 2 + 1e-9 - offset) / _FADE
        return np.clip(np.minimum(room, inside), 0, 1) * self._ruled[axis]

    def _set_ticks(self, unit: float, origin: np.ndarray, low: np.ndarray) -> None:
        starts, opacities = [], []
        for axis, marks in enumerate(self._marks):
            foot = np.zeros((len(marks), 3))
            foot[:, axis] = self._places(marks, axis, unit, origin)
            foot[:, 1 - axis] = low[1 - axis]
            starts.append(foot)
            opacities.append(self._opacity(foot[:, axis], marks, axis, unit))
        ends = [foot + _TICK * np.array([axis, 1 - axis, 0]) for axis, foot in enumerate(starts)]
        self.ticks.set_ends(np.concatenate(starts), np.concatenate(ends))
        self.ticks.set_opacity(np.concatenate(opacities))

    def _set_numerals(self, unit: float, origin: np.ndarray, low: np.ndarray) -> None:
        texts = iter(self.numerals)
        for axis, side in ((0, DOWN), (1, LEFT)):
            places = self._places(self._numbered[axis], axis, unit, origin)
            opacities = self._opacity(places, self._numbered[axis], axis, unit)
            for place, opacity in zip(places, opacities, strict=True):
                text = next(texts)
                text.set_opacity(float(opacity))
                if opacity > 0:
                    foot = np.array([low[0], low[1], 0.0])
                    foot[axis] = place
                    text.next_to(foot, side, buff=_NUMERAL_GAP)


def numeral(mark: int, power: int) -> str:
    """``mark`` times 10^``power`` as Typst markup, written out where that is short."""
    if power >= 0 and len(str(mark)) + power <= _PLAIN + 1:
        return f"${mark * 10**power}$"
    if -_PLAIN <= power < 0 and abs(mark) < 10**_PLAIN:
        text = f"{mark / 10**-power:.{-power}f}"
        return f"${text.replace('0.', '.', 1) if power < -2 and abs(mark) < 10**-power else text}$"
    while mark and mark % 10 == 0:
        mark, power = mark // 10, power + 1
    return f"${mark}$e${power}$" if mark else "$0$"
