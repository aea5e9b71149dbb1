"""Where a classifier's outputs are to go: the plane of two classes, or the simplex of more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Group, Mobject

from mobjects.batch import Cloud, Lines
from mobjects.classes import Classes
from mobjects.legend import fitted
from mobjects.motion import Change
from mobjects.ruled_plane import RuledPlane
from mobjects.simplex import Simplex
from mobjects.text import Readout, Text
from mobjects.theme import theme

_WINDOW = np.array([[-0.2, -0.2], [1.2, 1.2]])
_RING = 3.0
_LABEL_GAP = 0.25
_FOOT = 0.62  # of the frame, for what is written under a simplex
_NAME, _SCORE = 3.2, 2.9  # room for a name with its code, and for what a network reached
_APART, _LINE = 0.35, 0.2
_ASIDE = 0.1  # from the segment
_BESIDE = np.array([0.15, 1.3, 0.0])  # from the frame's upper right corner


class SegmentGoal:
    """Two classes: the plane of both shares, in which the simplex is a segment.

    Attributes
    ----------
    ground
        What lies under everything.
    edges
        The segment, one bundle of lines.
    rings, labels
        A target and a text for each class.
    """

    def __init__(
        self,
        classes: Classes,
        codes: Sequence[str],
        center: tuple[float, float],
        size: tuple[float, float],
    ) -> None:
        t = theme()
        self.plane = self.ground = RuledPlane(center, size, _WINDOW)
        ends = self.at(np.eye(2))
        self.edges = [Lines(ends, colors=t.ink, stroke_width=t.axis_width)]
        self.rings: list[Mobject] = [
            Cloud(ends[[k]], color, radius=_RING * t.dot_radius, markers="ring")
            for k, color in enumerate(classes.colors)
        ]
        self._right = center[0] + size[0] / 2
        self.labels: list[Text] = [
            self._label(*each)
            for each in zip(classes.names, codes, classes.colors, ends, (DOWN, RIGHT), strict=True)
        ]

    def at(self, shares: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of shares (n, 2)."""
        return self.plane.at(shares)

    def cleared(self) -> list[Any]:
        """Animations that make way for what crosses the plane's numerals."""
        return [Change(self.plane, _clear_numerals)]

    def restore(self) -> None:
        """Show again what :meth:`cleared` took away."""
        self.plane.set_view(self.plane.view)

    def aside(self, labels: np.ndarray) -> np.ndarray:
        """Steps (n, 3) to the two sides of the segment, so that no class hides the other."""
        (x, y, _), (a, b, _) = self.at(np.eye(2))
        across = np.array([b - y, x - a, 0.0]) / np.hypot(b - y, x - a)
        return _ASIDE * np.where(labels[:, None] == 0, -1, 1) * across

    def notes(self) -> list[Text]:
        """That this step is for the eye alone."""
        words = r"all on \ the segment; \ drawn side by side"
        text = Text(words, size=theme().tick_size, color=theme().muted)
        return [text.move_to(self.at(np.array([[0.05, 0.05]]))[0], aligned_edge=DOWN + LEFT)]

    def put_readouts(self, readouts: Sequence[Readout]) -> list[Readout]:
        """The two readouts, in the upper right of the plane."""
        for readout, y in zip(readouts, (1.0, 0.45), strict=True):
            readout.shift(np.array([self._right - 2.05, y, 0]) - readout.get_corner(-RIGHT))
        return list(readouts)

    def put_score(self, parts: Sequence[str]) -> Text:
        """What a network reached, in the upper right of the plane."""
        text = Text(" \\ ".join(parts), size=theme().label_size)
        return text.move_to(np.array([self._right - 0.15, 0.5, 0]), aligned_edge=RIGHT)

    def _label(self, name: str, code: str, color: str, end: np.ndarray, side: np.ndarray) -> Text:
        """A class's name beside its target; over it, where it is too long to stand beside."""
        edge = self._right - 0.1
        text = fitted(name, _NAME, size=theme().label_size, color=color, suffix=code)
        text.next_to(end, side, buff=_LABEL_GAP)
        if side is DOWN:
            return text.shift(np.array([min(0.0, edge - text.get_right()[0]), 0, 0]))
        if text.get_right()[0] > self._right - _SCORE:
            text.next_to(end, UP, buff=_LABEL_GAP).shift(
                np.array([end[0] + _LABEL_GAP - text.get_left()[0], 0, 0])
            )
        return text


class SimplexGoal:
    """Three classes or more: the simplex drawn flat, in a frame.

    Attributes are those of :class:`SegmentGoal`.
    """

    def __init__(
        self,
        axes: np.ndarray,
        classes: Classes,
        codes: Sequence[str],
        center: tuple[float, float],
        size: tuple[float, float],
    ) -> None:
        t = theme()
        corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]) / 2
        self.ground = Lines(
            np.array(center) + corners * size,
            colors=t.grid,
            stroke_width=t.grid_width,
            opacity=t.line_opacity,
        )
        self._beside = len(classes) == 3
        middle, room = (center[0], center[1] + _FOOT / 2), (size[0], size[1] - _FOOT)
        self.simplex = Simplex(axes, classes, codes, middle, room)
        self.edges = self.simplex.edges
        self.rings: list[Mobject] = list(self.simplex.rings)
        self.labels: list[Text] = self.simplex.labels
        self._corner = np.array([center[0] + size[0] / 2, center[1] + size[1] / 2, 0])
        self._foot = np.array([center[0], center[1] - size[1] / 2 + _FOOT / 2, 0])
        self._most = size[0] - 0.3

    def at(self, shares: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of shares (n, k)."""
        return self.simplex.at(shares)

    def cleared(self) -> list[Any]:
        """Animations that make way for what crosses the labels."""
        return [label.animate.set_opacity(0) for label in self.labels]

    def restore(self) -> None:
        """Show again what :meth:`cleared` took away."""
        for label in self.labels:
            label.set_opacity(1)

    def aside(self, labels: np.ndarray) -> np.ndarray:
        """No steps: the simplex has room for all."""
        return np.zeros((len(labels), 3))

    def notes(self) -> list[Text]:
        """Nothing to be said of them."""
        return []

    def put_readouts(self, readouts: Sequence[Readout]) -> list[Readout]:
        """The readouts beside the triangle's tip, or in a row under a larger simplex."""
        row = Group(*readouts)
        if self._beside:
            row.arrange(DOWN, buff=_LINE, aligned_edge=LEFT)
            row.move_to(self._corner - _BESIDE, aligned_edge=RIGHT)
        else:
            row.arrange(RIGHT, buff=_APART).move_to(self._foot)
        return list(readouts)

    def put_score(self, parts: Sequence[str]) -> Text:
        """What a network reached, in a row under the simplex."""
        row = " #h(0.6em) ".join(parts)
        text = Text(row, size=theme().label_size)
        if text.width > self._most:
            text = Text(row, size=theme().tick_size)
        return text.move_to(self._foot)


def _clear_numerals(plane: RuledPlane, share: float) -> None:
    """Fade the numerals that are still seen."""
    for numeral in plane.numerals:
        if numeral[0].get_fill_opacity() > 0:
            numeral.set_opacity(1 - share)
