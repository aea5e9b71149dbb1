"""Coordinate axes: a line with ticks for one coordinate, a plane for two."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Group

from mobjects.batch import Lines
from mobjects.text import Math, Text
from mobjects.theme import theme

_TICK = 0.09


class Axis(Group):
    """A horizontal number line.

    Parameters
    ----------
    window
        The smallest and largest value shown.
    length
        In scene units.
    center
        Scene position of the middle of the line.
    ticks
        The values that carry a tick and a numeral.
    label
        Typst mathematics beside the right end; none when empty.
    numerals_above
        Set the numerals above the line (for an output axis at the top).

    Raises
    ------
    ValueError
        When the window is empty.
    """

    def __init__(
        self,
        window: tuple[float, float],
        length: float,
        center: Sequence[float] = (0.0, 0.0),
        *,
        ticks: Sequence[float] = (),
        label: str = "",
        numerals_above: bool = False,
    ) -> None:
        super().__init__()
        if not window[0] < window[1]:
            raise ValueError(f"window: got {window}, want (low, high) with low < high")
        self.window = (float(window[0]), float(window[1]))
        self._anchors = np.zeros((2, 3))
        self._anchors[:, 0] = center[0] + np.array([-length / 2, length / 2])
        self._anchors[:, 1] = center[1]
        self.line = self._draw_line(ticks)
        self.numerals = Group(*(self._numeral(t, above=numerals_above) for t in ticks))
        self.label = Group()
        if label:
            name = Math(label, size=theme().label_size)
            self.label = Group(name.next_to(self._anchors[1], RIGHT, buff=0.2))
        self.add(self.line, self.numerals, self.label)

    def _draw_line(self, ticks: Sequence[float]) -> Lines:
        marks = self.at(ticks) if len(ticks) else np.zeros((0, 3))
        starts = np.concatenate([self._anchors[:1], marks - [0, _TICK, 0]])
        ends = np.concatenate([self._anchors[1:], marks + [0, _TICK, 0]])
        return Lines.segments(starts, ends, colors=theme().muted, stroke_width=theme().axis_width)

    def _numeral(self, value: float, *, above: bool) -> Text:
        side = UP if above else DOWN
        numeral = Text(f"${value:g}$", size=theme().tick_size, color=theme().muted)
        return numeral.next_to(self.at([value])[0], side, buff=0.2)

    @property
    def scale_factor(self) -> float:
        """Scene units for one unit of value."""
        ends = self.line.points[:2]
        return float(np.linalg.norm(ends[1] - ends[0]) / (self.window[1] - self.window[0]))

    def at(self, values: np.ndarray | Sequence[float]) -> np.ndarray:
        """Scene positions (n, 3) of ``values`` (n,), wherever the axis has moved."""
        left, right = self.line.points[:2] if hasattr(self, "line") else self._anchors
        low, high = self.window
        share = (np.asarray(values, dtype=np.float64) - low) / (high - low)
        return left + share[:, None] * (right - left)


class Plane(Group):
    """A square or rectangular piece of the plane, with axes through the origin.

    Parameters
    ----------
    x_window, y_window
        The values shown.
    width
        In scene units; the height follows, so that a unit is as long both ways
        unless ``height`` is given.
    center
        Scene position of the middle of the piece.
    ticks
        Values that carry a tick and a numeral on both axes.
    labels
        Typst mathematics at the positive ends of the axes.
    """

    def __init__(
        self,
        x_window: tuple[float, float],
        y_window: tuple[float, float],
        width: float,
        center: Sequence[float] = (0.0, 0.0),
        *,
        height: float | None = None,
        ticks: Sequence[float] = (),
        labels: tuple[str, str] = ("", ""),
    ) -> None:
        super().__init__()
        for name, window in (("x_window", x_window), ("y_window", y_window)):
            if not window[0] < window[1]:
                raise ValueError(f"{name}: got {window}, want (low, high) with low < high")
        self.x_window, self.y_window = x_window, y_window
        unit_x = width / (x_window[1] - x_window[0])
        unit_y = unit_x if height is None else height / (y_window[1] - y_window[0])
        self.units = np.array([unit_x, unit_y])
        middle = np.array([sum(x_window) / 2, sum(y_window) / 2])
        self._origin = np.array([center[0], center[1]]) - middle * self.units
        self.axes = self._draw_axes(ticks)
        self.numerals = Group(*self._numerals(ticks))
        self.labels = Group(*self._labels(labels))
        self.add(self.axes, self.numerals, self.labels)

    def at(self, points: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of data ``points`` (n, 2)."""
        placed = np.zeros((len(points), 3))
        placed[:, :2] = self._origin + np.asarray(points, dtype=np.float64) * self.units
        return placed

    def value(self, positions: np.ndarray) -> np.ndarray:
        """The data points (n, 2) drawn at scene ``positions`` (n, 3): the inverse of :meth:`at`."""
        return (np.asarray(positions)[:, :2] - self._origin) / self.units

    @property
    def middle(self) -> np.ndarray:
        """Scene position of the middle of the piece."""
        middle = [[sum(self.x_window) / 2, sum(self.y_window) / 2]]
        return self.at(np.array(middle))[0]

    def corner(self, right: bool, top: bool) -> np.ndarray:
        """Scene position of a corner of the piece."""
        return self.at(np.array([[self.x_window[right], self.y_window[top]]]))[0]

    def _draw_axes(self, ticks: Sequence[float]) -> Lines:
        (x0, x1), (y0, y1) = self.x_window, self.y_window
        zero_x, zero_y = float(np.clip(0, x0, x1)), float(np.clip(0, y0, y1))
        ends = self.at(np.array([[x0, zero_y], [x1, zero_y], [zero_x, y0], [zero_x, y1]]))
        starts, stops = [ends[0], ends[2]], [ends[1], ends[3]]
        for place, side in self._ticks(ticks):
            across = np.array([0, 1, 0] if side is DOWN else [1, 0, 0]) * _TICK / 2
            starts.append(place - across)
            stops.append(place + across)
        return Lines.segments(
            np.array(starts), np.array(stops), colors=theme().muted, stroke_width=theme().axis_width
        )

    def _numerals(self, ticks: Sequence[float]) -> list[Text]:
        marked = [
            t for t in ticks for window in (self.x_window, self.y_window) if _within(t, window)
        ]
        return [
            Text(f"${t:g}$", size=theme().tick_size, color=theme().muted).next_to(
                place, side, buff=0.12
            )
            for t, (place, side) in zip(marked, self._ticks(ticks), strict=True)
        ]

    def _ticks(self, ticks: Sequence[float]) -> list[tuple[np.ndarray, np.ndarray]]:
        """Where the ticks inside the windows are, and on which side their numerals go."""
        zero_x = float(np.clip(0, *self.x_window))
        zero_y = float(np.clip(0, *self.y_window))
        found = []
        for t in ticks:
            if _within(t, self.x_window):
                found.append((self.at(np.array([[t, zero_y]]))[0], DOWN))
            if _within(t, self.y_window):
                found.append((self.at(np.array([[zero_x, t]]))[0], LEFT))
        return found

    def _labels(self, labels: tuple[str, str]) -> list[Math]:
        ends = self.at(np.array([[self.x_window[1], 0.0], [0.0, self.y_window[1]]]))
        return [
            Math(text, size=theme().label_size).next_to(end, side, buff=0.15)
            for text, end, side in zip(labels, ends, (RIGHT, UP), strict=True)
            if text
        ]


def _within(value: float, window: tuple[float, float]) -> bool:
    return window[0] <= value <= window[1]
