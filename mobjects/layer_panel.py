"""What belongs to a layer: its name and its measures, and panels of all layers in a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import LEFT, RIGHT, Group

from mobjects.baseline import Line, on_baseline
from mobjects.batch import MARKERS, Cloud, Lines
from mobjects.joint_map import Window, rectangle
from mobjects.text import Readout, Text
from mobjects.theme import theme

_MARK = 0.3
_LINE = 0.1  # from the middle of a mark down to the line of the words beside it


class Measures(Group):
    """The name of the layer shown, and a row for each measure: mark, name, value.

    Parameters
    ----------
    layers
        (l,) names.
    measures
        Names of the m measures, Typst markup.
    values
        (m, l): what was measured.
    colors, markers
        One a measure.
    title_at, rows_at
        Scene positions of the left ends of the name, and of the first row.
    """

    def __init__(
        self,
        layers: Sequence[str],
        measures: Sequence[str],
        values: np.ndarray,
        *,
        colors: Sequence[str],
        markers: Sequence[str],
        title_at: Sequence[float],
        rows_at: Sequence[float],
        pitch: float = 0.36,
        column: float = 2.75,
    ) -> None:
        super().__init__()
        t = theme()
        self.values = np.asarray(values, dtype=np.float64)
        self.titles = [
            _from(Text(f"`{name}`", size=t.label_size), np.array([*title_at, 0.0]))
            for name in layers
        ]
        spots = np.array(rows_at) - pitch * np.outer(np.arange(len(measures)), [0, 1])
        places = [np.array([x, y, 0.0]) for x, y in spots.tolist()]
        marks = [
            Cloud(spot[None], color, radius=t.big_dot_radius, markers=marker)
            for spot, color, marker in zip(places, colors, markers, strict=True)
        ]
        names = [
            _from(Text(name, size=t.tick_size), spot + RIGHT * 0.25)
            for spot, name in zip(places, measures, strict=True)
        ]
        self.readouts = [
            _from(Readout(value, size=t.tick_size), spot + RIGHT * column)
            for spot, value in zip(places, self.values[:, 0], strict=True)
        ]
        self.add(*marks, *names, *self.readouts, self.titles[0])

    def show_layer(self, layer: int) -> Measures:
        """Show the name and the measures of ``layer``, counted from 0."""
        self.remove(*self.titles)
        self.add(self.titles[layer])
        for readout, value in zip(self.readouts, self.values[:, layer], strict=True):
            readout.set_value(value)
        return self


class SmallMultiples(Group):
    """One row of square panels, each with its own window on its own points.

    Parameters
    ----------
    layers
        (L, n, 2) points, one set a panel.
    colors, markers
        One a point.
    centers
        Scene x of the middle of each panel.
    middle
        Scene y of the row's middle.
    side
        Of a panel, in scene units.
    """

    def __init__(
        self,
        layers: np.ndarray,
        colors: Sequence[str],
        markers: Sequence[str],
        *,
        centers: Sequence[float],
        middle: float,
        side: float,
    ) -> None:
        super().__init__()
        t = theme()
        self.windows, self.clouds = [], []
        for x, points in zip(centers, layers, strict=True):
            window = Window((side, side), (x, middle))
            placed = window.at(points, window.around(points))
            cloud = Cloud(
                placed, colors, radius=t.dot_radius * 0.55, opacity=t.cloud_opacity, markers=markers
            )
            self.windows.append(window)
            self.clouds.append(cloud)
        self.add(*(Group(*pair) for pair in zip(self.windows, self.clouds, strict=True)))


class Legend(Group):
    """Marks and names of the classes, evenly spaced in a row.

    Parameters
    ----------
    names, colors, markers
        One a class.
    width
        Of the row, in scene units.
    middle
        Scene position of the row's middle.
    """

    def __init__(
        self,
        names: Sequence[str],
        colors: Sequence[str],
        markers: Sequence[str],
        *,
        width: float,
        middle: Sequence[float],
    ) -> None:
        super().__init__()
        t = theme()
        words = [Text(name, size=t.tick_size) for name in names]
        spans = _MARK + np.array([word.width for word in words])
        gap = (width - spans.sum()) / max(1, len(names) - 1)
        x = middle[0] - width / 2 + np.concatenate([[0], np.cumsum(spans + gap)[:-1]])
        spots = np.stack([x, np.full(len(names), middle[1]), np.zeros(len(names))], axis=1)
        self.marks = Cloud(
            spots + RIGHT * t.big_dot_radius,
            list(colors),
            radius=t.big_dot_radius,
            markers=list(markers),
        )
        for word, spot in zip(words, spots, strict=True):
            _from(word, spot + RIGHT * _MARK)
        self.names = Group(*words)
        self.add(self.marks, self.names)


def _from(text: Line, spot: np.ndarray) -> Line:
    """A text from ``spot`` to the right, on the line of the words beside a mark there."""
    text.move_to(spot, aligned_edge=LEFT)
    return on_baseline(text, spot[1] - _LINE)


def class_colors(labels: np.ndarray) -> list[str]:
    """The theme's colour of each label, over and over when there are more labels than colours."""
    colors = theme().classes
    return [colors[label % len(colors)] for label in labels.tolist()]


def class_markers(labels: np.ndarray) -> list[str]:
    """The marker of each label, over and over when there are more labels than markers."""
    return [MARKERS[label % len(MARKERS)] for label in labels.tolist()]


def squares(centers: np.ndarray, side: float, *, marked: bool = False) -> Lines:
    """A square around each of ``centers`` (n, 2), as one bundle: thin and grey unless marked."""
    t = theme()
    corners = [rectangle(center, np.full(2, side)) for center in centers[:, :2]]
    return Lines(
        np.concatenate(corners),
        np.arange(len(corners) + 1) * 5,
        colors=t.accent if marked else t.grid,
        stroke_width=t.axis_width if marked else t.grid_width,
    )
