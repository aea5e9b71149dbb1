"""One representation of a classifier's plane: tinted regions, grid, data, boundary, and legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from manim import DOWN, RIGHT, Group

from mobjects.baseline import on_baseline
from mobjects.batch import Batch, Cloud, Lines, Polygons
from mobjects.classes import Classes
from mobjects.legend import fitted
from mobjects.ruled_plane import RuledPlane
from mobjects.text import Text
from mobjects.theme import theme

_FULL = 2000  # datapoints from which on marks shrink, so that as many still lie apart
_LEAST = 0.4
_ROWS = 5  # of a legend's column
_FOOT = -3.0
_BELOW = 0.08  # from a mark's middle to the line its name stands on
_UPRIGHT = 0.35  # cosine below which a corner has its name straight above or below
_ABOVE = 7.0  # room for such a name, shared by the classes
_SHARE = 0.45  # of the frame's width, the most for one of two names side by side


def draw_layer(
    plane: RuledPlane,
    drawn: Mapping[str, np.ndarray],
    offsets: Mapping[str, np.ndarray],
    classes: Classes,
    labels: np.ndarray,
) -> dict[str, Batch]:
    """The batches, in the order they lie over each other.

    Parameters
    ----------
    plane
        Where they stand.
    drawn
        Coordinates (k, 2): ``data``, and what there is of ``regions`` with
        their ``borders``, ``grid``, ``square`` and ``boundary``.
    offsets
        Where each polyline of them starts.
    classes, labels
        How the data look, and the class of each.
    """
    t, made = theme(), dict[str, Batch]()
    at = {key: plane.at(points) for key, points in drawn.items()}
    made.update(_plane_batches(at, offsets, classes))
    made["data"] = Cloud(
        at["data"],
        classes.colors_of(labels),
        radius=t.dot_radius * float(np.clip((_FULL / len(labels)) ** 0.5, _LEAST, 1)),
        opacity=1.0 if "regions" in drawn else t.cloud_opacity,
        markers=classes.markers_of(labels),
    )
    if "boundary" in drawn:
        color = boundary_color(classes)
        made["boundary"] = Lines(
            at["boundary"], offsets["boundary"], colors=color, stroke_width=t.curve_width
        )
    for height, batch in enumerate(made.values()):
        batch.set_z_index(height)
    return made


def _plane_batches(
    at: Mapping[str, np.ndarray], offsets: Mapping[str, np.ndarray], classes: Classes
) -> dict[str, Batch]:
    """Regions, grid and square, what there is of them."""
    t, made = theme(), dict[str, Batch]()
    if "regions" in at:
        made["regions"] = Polygons(
            at["regions"],
            offsets["regions"],
            colors=region_tints(classes, len(offsets["regions"]) - 1),
            opacity=t.quiet_opacity,
        )
        made["regions"].supports = "the borders between them"
        made["borders"] = Lines(
            at["borders"],
            offsets["borders"],
            colors=t.muted,
            stroke_width=t.line_width,
            opacity=t.muted_opacity,
        )
    if "grid" in at:
        made["grid"] = Lines(
            at["grid"],
            offsets["grid"],
            colors=t.grid,
            stroke_width=t.grid_width,
            opacity=t.grid_opacity,
        )
        made["grid"].supports = "the square around it"
        made["square"] = Lines(at["square"], colors=t.muted, stroke_width=t.axis_width)
        made["square"].supports = "the borders that it runs along" if "regions" in at else ""
    return made


def boundary_color(classes: Classes) -> str:
    """Accent between two classes; ink between more, one of which may look like the accent."""
    return theme().accent if len(classes) == 2 else theme().ink


def region_tints(classes: Classes, count: int) -> list[str]:
    """A colour for each region, none of them a class's."""
    t = theme()
    free = [color for color in (*t.classes, t.data) if color not in classes.colors]
    tints = free if len(free) > 1 else [t.data, t.muted, t.grid]
    return [tints[i % len(tints)] for i in range(count)]


def foot_legend(classes: Classes, boundary: str, left: float, width: float) -> Group:
    """Marks and names of the classes, and of the boundary, at the foot of a column.

    Parameters
    ----------
    classes
        How they look.
    boundary
        What the boundary is called; empty when there is none.
    left, width
        Of the column, in scene units.
    """
    t, count = theme(), len(classes)
    columns = 1 if count < _ROWS else 2
    rows = -(-count // columns)
    pitch = 0.45 if rows < _ROWS else 0.4
    top = _FOOT + pitch * (rows - (not boundary))
    legend = Group()
    for k in range(count):
        spot = np.array([left + 0.14 + k // rows * width / columns, top - pitch * (k % rows), 0])
        mark = Cloud(
            spot[None], classes.colors[k], radius=t.big_dot_radius, markers=classes.markers[k]
        )
        room = width / columns - 0.6
        legend.add(*_entry(mark, fitted(classes.names[k], room, size=t.tick_size, color=t.muted)))
    if boundary:
        ends = np.array([[left, _FOOT], [left + 0.28, _FOOT]])
        stroke = Lines(ends, colors=boundary_color(classes), stroke_width=t.curve_width)
        legend.add(*_entry(stroke, Text(boundary, size=t.tick_size, color=t.muted)))
    return legend


def _entry(mark: Batch, words: Text) -> tuple[Batch, Text]:
    spot = mark.get_center()
    return mark, on_baseline(words.next_to(spot, RIGHT, buff=0.3), spot[1] - _BELOW)


def corner_names(
    corners: np.ndarray, classes: Classes, codes: Sequence[str], edges: tuple[float, float]
) -> list[Text]:
    """The classes' names beside the corners of the drawn simplex, outwards.

    Parameters
    ----------
    corners
        (k, 3) scene positions.
    classes
        How they look.
    codes
        Typst markup behind each name.
    edges
        How far to the left and to the right a name may reach.
    """
    middle, made = corners.mean(axis=0), []
    for k, corner in enumerate(corners):
        away = (corner - middle) / np.linalg.norm(corner - middle)
        side = np.sign(away) * (np.abs(away) > _UPRIGHT)
        if away[1] < 0 and len(corners) <= 3:
            side = DOWN
        elif len(corners) == 2:
            side = RIGHT
        buff = 0.3 if (side == RIGHT).all() else 0.15
        text = fitted(
            classes.names[k],
            _room(corner, side, edges, len(corners)) - buff,
            size=theme().label_size,
            color=classes.colors[k],
            suffix=codes[k],
        ).next_to(corner, side, buff=buff)
        over = max(edges[0] - text.get_left()[0], 0) + min(edges[1] - text.get_right()[0], 0)
        made.append(text.shift(over * RIGHT))
    return made


def _room(corner: np.ndarray, side: np.ndarray, edges: tuple[float, float], count: int) -> float:
    """How wide the name of a corner may be: one above or below it may reach past it inwards."""
    beside = float(abs(edges[int(side[0] > 0)] - corner[0]))
    shared = min(_ABOVE / max(count - 2, 1), _SHARE * (edges[1] - edges[0]))
    if not side[1]:
        return beside
    return max(shared, beside) if side[0] else shared


def simplex_edges(corners: np.ndarray) -> Lines:
    """Every edge between corners (k, 3): the outline strong, what crosses it faint."""
    t, count = theme(), len(corners)
    height = 3.5 if count == 2 else -0.5  # two: over the grid, which lies on the segment
    first, last = np.triu_indices(count, 1)
    outer = (last - first == 1) | (last - first == count - 1)
    opacity = np.where(outer, 1.0, t.line_opacity / 2)
    return Lines.segments(
        corners[first],
        corners[last],
        colors=t.ink,
        stroke_width=t.axis_width,
        opacity=opacity,
    ).set_z_index(height)


def collapse_table(found: Sequence[tuple[int, float]], gutter: float = 0.7) -> str:
    """Typst markup of how many regions, and how much data, became a point, a segment, a polygon."""
    head = ("became", "regions", "data")
    cells = [f"[#text(size: 0.8em)[{word}]]" for word in head]
    for word, (count, share) in zip(("point", "segment", "polygon"), found, strict=True):
        cells += [f"[{word}]", f"[{count:,}]", f"[{100 * share:.1f} %]"]
    return (
        f"#grid(columns: 3, column-gutter: {gutter}em, row-gutter: 0.75em, "
        f"align: (left, right, right), {', '.join(cells)})"
    )
