"""The simplex of shares that add to one, drawn flat, with a target at each corner."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Group

from mobjects.batch import Cloud, Lines
from mobjects.classes import Classes
from mobjects.legend import fitted
from mobjects.text import Text
from mobjects.theme import theme

_LABEL_GAP = 0.25
_LABEL_ROOM = 0.72  # above and below, for a label each
_RING = 3.0  # radii of a dot
_SLANT = 0.2  # cosine below which a corner counts as straight above or below
_SIDE = 1.15  # least room for a label at a side
_UNDER = 2.55  # most room for one above or below
_EDGE = 0.1


class Simplex(Group):
    """Corners, edges and labels of a simplex seen through a linear map.

    Parameters
    ----------
    axes
        (k, 2): where each one-hot code falls; shares y (n, k) fall on ``y @ axes``.
    classes
        How the k classes look.
    codes
        Typst markup behind each class's name.
    center, size
        Scene position and extent of the room for the drawing and its labels.

    Attributes
    ----------
    edges
        The outline last; under it, fainter, the other edges, if there are any.
    rings, labels
        A target and a text for each class.
    """

    def __init__(
        self,
        axes: np.ndarray,
        classes: Classes,
        codes: Sequence[str],
        center: Sequence[float],
        size: tuple[float, float],
    ) -> None:
        super().__init__()
        self._axes = np.asarray(axes, dtype=np.float64)
        self._fit(np.array(center[:2], dtype=float), np.array(size, dtype=float))
        corners = self.at(np.eye(len(classes)))
        t = theme()
        self.edges = _edges(corners)
        self.rings = [
            Cloud(corners[[k]], color, radius=_RING * t.dot_radius, markers="ring")
            for k, color in enumerate(classes.colors)
        ]
        half = float(center[0]), size[0] / 2
        self.labels = [
            self._label(name, code, color, corners[k], half)
            for k, (name, code, color) in enumerate(
                zip(classes.names, codes, classes.colors, strict=True)
            )
        ]
        self.add(*self.edges, *self.rings, *self.labels)

    def at(self, shares: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of shares (n, k)."""
        placed = np.zeros((len(shares), 3))
        placed[:, :2] = self._origin + self._unit * (np.asarray(shares) @ self._axes)
        return placed

    def _fit(self, center: np.ndarray, size: np.ndarray) -> None:
        low, high = self._axes.min(axis=0), self._axes.max(axis=0)
        sides = 2 * _LABEL_ROOM if len(self._axes) == 3 else 2 * (_SIDE + _LABEL_GAP)
        room = size - [sides, 2 * _LABEL_ROOM]
        self._unit = float((room / (high - low)).min())
        self._origin = center - self._unit * (low + high) / 2

    def _label(
        self, name: str, code: str, color: str, corner: np.ndarray, span: tuple[float, float]
    ) -> Text:
        """A class's name beside its corner, on the outer side."""
        away = corner[:2] - self._origin
        size, gap = theme().label_size, _LABEL_GAP
        upright = abs(away[0]) < _SLANT * np.linalg.norm(away) or len(self._axes) == 3
        if upright:
            text = fitted(name, _UNDER, size=size, color=color, suffix=code)
            text.next_to(corner, UP if away[1] > 0 else DOWN, buff=gap)
            reach = span[1] - _EDGE - text.width / 2
            return text.set_x(float(np.clip(corner[0], span[0] - reach, span[0] + reach)))
        room = span[1] - abs(corner[0] - span[0]) - gap
        text = fitted(name, room, size=size, color=color, suffix=code)
        return text.next_to(corner, RIGHT if away[0] > 0 else LEFT, buff=gap)


def _edges(corners: np.ndarray) -> list[Lines]:
    """The outline through the corners in order, over all other edges."""
    t, count = theme(), len(corners)
    pairs = [(a, b) for a, b in combinations(range(count), 2) if b - a not in (1, count - 1)]
    outline = Lines(corners[[*range(count), 0]], colors=t.ink, stroke_width=t.axis_width)
    if not pairs:
        return [outline]
    first, last = np.array(pairs).T
    faint = Lines.segments(
        corners[first],
        corners[last],
        colors=t.grid,
        stroke_width=t.grid_width,
        opacity=t.line_opacity,
    )
    return [faint, outline]
