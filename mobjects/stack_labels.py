"""What stands around a stack of planes: names, reaches, legend, targets; and where stacks stand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Group

from mobjects.baseline import on_baseline
from mobjects.batch import Cloud, Lines
from mobjects.classes import Classes
from mobjects.layer_stack import LayerStack, Pose
from mobjects.legend import fitted
from mobjects.text import Math, Text
from mobjects.theme import theme

_PLANES = 7  # of the chapter's network, which fills the height
_ROW = 0.55  # from row to row of a legend
_INDENT = 0.55  # of its words
_HIGHEST = 2.4  # where its upper edge may be
_A_COLUMN = 3  # as many classes have a row each
_ACROSS = 2.3  # from column to column of the others
_ROOM = 0.5  # between two planes, below which their names are smaller


def standing(pose: Pose, planes: int) -> Pose:
    """Where a stack of so many planes stands that fills the height of one of seven at ``pose``."""
    share = (_PLANES - 1) / (planes - 1)
    return Pose(pose.center, pose.side * min(1.0, share) ** 0.5, pose.gap * share, pose.view)


def plane_labels(
    stack: LayerStack,
    names: Sequence[str],
    left: float,
    right: float,
    notes: Sequence[str] | None = None,
) -> Group:
    """The name of every plane, and how far it reaches.

    Parameters
    ----------
    stack
        Whose planes.
    names
        Their Typst symbols, e.g. ``bold(z)_1``.
    left, right
        Where the names stand, and where the reaches start, in scene units.
    notes
        Typst markup in place of each reach.
    """
    t, made = theme(), Group()
    told = [reach(low, high) for low, high in stack.windows] if notes is None else notes
    size = t.label_size if stack.pose.gap > _ROOM else t.tick_size
    for name, note, y in zip(names, told, stack.middles(), strict=True):
        made.add(Math(name, size=size).move_to((left, y, 0)))
        text = Text(note, size=t.tick_size, color=t.muted)
        made.add(text.move_to((right, y, 0), aligned_edge=LEFT))
    return made.set_z_index(-1)


def reach(low: float, high: float) -> str:
    """How far a plane reaches, as Typst markup."""
    said = f"±{high:g}" if low == -high else f'{low:g} thick "to" thick {high:g}'
    return f"$ {said} $"


def stack_legend(
    classes: Classes, entries: Sequence[tuple[str, str]], corner: tuple[float, float]
) -> Group:
    """What the marks of a stack stand for.

    Parameters
    ----------
    classes
        How the classes look.
    entries
        For each row what its sign is (``data``, ``dots``, ``frame``, other
        words to be written as they are, or nothing) and Typst markup beside
        it. Where no row has the data's marks, each class has one of its own.
    corner
        Scene position of the upper left corner of one with five rows; longer
        ones reach higher and lower.
    """
    t, made = theme(), Group()
    named = all(kind != "data" for kind, _ in entries)
    above = _class_rows(classes, made) if named else 0
    signs = {"data": _marks(classes), "dots": _dots(), "frame": _square()}
    for line, (kind, words) in enumerate(entries, above):
        text = Text(words, size=t.tick_size).move_to((_INDENT, 0, 0), aligned_edge=LEFT)
        made.add(on_baseline(text, -_ROW * line))
        sign = signs.get(kind) or (Text(kind, size=t.tick_size, color=t.muted) if kind else None)
        if sign is not None:
            made.add(sign.move_to((0, -_ROW * line + 0.09, 0)))
    top = min(_HIGHEST, corner[1] + (above + len(entries) - 5) * _ROW / 2)
    return made.set_z_index(-1).next_to((corner[0], top, 0), DOWN, buff=0, aligned_edge=LEFT)


def _class_rows(classes: Classes, made: Group) -> int:
    """Add each class's mark and name, many in two columns; return how many rows there are."""
    t, count = theme(), len(classes)
    columns = 1 if count <= _A_COLUMN else 2
    rows = -(-count // columns)
    for k, name in enumerate(classes.names):
        x, y = k // rows * _ACROSS, -_ROW * (k % rows)
        words = fitted(name, (_ACROSS if columns > 1 else 2 * _ACROSS) - 0.7, size=t.tick_size)
        made.add(on_baseline(words.move_to((x + _INDENT, 0, 0), aligned_edge=LEFT), y))
        spot = np.array([[x, y + 0.09]])
        radius = t.big_dot_radius
        made.add(Cloud(spot, classes.colors[k], radius=radius, markers=classes.markers[k]))
    return rows


def _marks(classes: Classes) -> Cloud:
    spots = np.zeros((len(classes), 2))
    spots[:, 0] = 0.3 * np.arange(len(classes))
    return Cloud(
        spots, list(classes.colors), radius=theme().big_dot_radius, markers=classes.markers
    )


def _dots() -> Cloud:
    row = np.stack([np.linspace(0, 0.5, 9), np.zeros(9)], axis=1)
    return Cloud(row, theme().muted, radius=theme().dot_radius / 2.5)


def _square() -> Lines:
    corners = 0.16 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
    return Lines(corners, colors=theme().muted, stroke_width=theme().axis_width)


def target_marks(
    stack: LayerStack, corners: np.ndarray, classes: Classes, codes: Sequence[str]
) -> Group:
    """Rings around the targets on the top plane, and the simplex between them.

    Parameters
    ----------
    stack
        Whose top plane.
    corners
        (k, 2) the targets as drawn on it.
    classes, codes
        How the classes look, and what is written at the targets of two. More
        than two have no room for it.
    """
    t, spots = theme(), stack.on_screen(len(stack.windows) - 1, corners)
    outline = Lines(spots[[*range(len(spots)), 0]], colors=t.ink, stroke_width=t.curve_width)
    radius = (1.8 if len(spots) < 6 else 1.4) * t.big_dot_radius
    rings = Cloud(spots, classes.colors, radius=radius, markers="ring")
    if len(spots) > 2:
        return Group(outline, rings)
    names = [
        Text(code, size=t.label_size, color=color).next_to(spot, side, buff=0.12)
        for code, color, spot, side in zip(
            codes, classes.colors, spots, (RIGHT + UP / 2, LEFT + UP / 2), strict=True
        )
    ]
    return Group(outline, rings, *names)
