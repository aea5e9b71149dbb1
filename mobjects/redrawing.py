"""What has to be drawn anew in every frame of an animation: what moves, and what lies over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from manim import Create, FadeIn, FadeOut, Mobject, config

from mobjects.motion import Through

EVERYWHERE = np.array([[-np.inf, -np.inf], [np.inf, np.inf]])
_PIXELS = 2  # that antialiasing may reach beyond an outline
_UNITS_PER_STROKE = 0.01

Box = np.ndarray
"""(2, 2): the lowest and the highest x and y, in scene units."""


def redrawn(family: Sequence[Mobject], boxes: dict[Mobject, Box]) -> list[Mobject]:
    """Those of a family that are to be drawn in every frame.

    All others can stand in the still picture under them: they lie below what
    moves, or beside it.

    Parameters
    ----------
    family
        All that is drawn, the lowest first.
    boxes
        What moves, and within which box it stays.
    """
    found, busy = [], np.zeros((0, 2, 2))
    for mobject in family:
        box = boxes.get(mobject)
        if box is None:
            if not len(busy) or not len(mobject.points):
                continue
            box = extent(mobject)
            if not _meets(box, busy):
                continue
        found.append(mobject)
        busy = np.concatenate([busy, box[None]])
    return found


def reached(animations: Iterable[Any]) -> dict[Mobject, Box]:
    """What animations that have begun move, and within which boxes: everywhere if not known."""
    boxes: dict[Mobject, Box] = {}
    for each in _leaves(animations):
        for mobject, box in _reach(each):
            boxes[mobject] = _around(box, boxes[mobject]) if mobject in boxes else box
    return boxes


def extent(mobject: Any, points: np.ndarray | None = None) -> Box:
    """The box that a mobject's drawing fills, without its family; with other ``points``."""
    points = mobject.points if points is None else points
    if not len(points):
        return np.array([[np.inf, np.inf], [-np.inf, -np.inf]])
    flat = points[..., :2].reshape(-1, 2)
    room = _PIXELS * config.frame_height / config.pixel_height + _thickness(mobject)
    return np.array([flat.min(axis=0) - room, flat.max(axis=0) + room])


def _thickness(mobject: Any) -> float:
    """How far a drawing may reach beyond its points, generously."""
    sizes = (getattr(mobject, name, 0.0) for name in ("radius", "side"))
    stroke = _UNITS_PER_STROKE * float(np.max(getattr(mobject, "stroke_width", 0.0), initial=0.0))
    return 2 * max(stroke, *(float(np.max(size, initial=0.0)) for size in sizes))


def _leaves(animations: Iterable[Any]) -> Iterator[Any]:
    for each in animations:
        inner = getattr(each, "animations", None)
        if inner:
            yield from _leaves(inner)
        elif each.mobject is not None:
            yield each


def _reach(animation: Any) -> Iterator[tuple[Any, Box]]:
    family = animation.mobject.get_family()
    if isinstance(animation, Through):
        yield animation.mobject, extent(animation.mobject, animation.frames)
    elif _only_fades(animation):
        yield from ((mobject, extent(mobject)) for mobject in family)
    elif isinstance(animation, Create):
        whole = animation.starting_mobject.get_family()
        yield from zip(family, map(extent, whole), strict=True)
    else:
        yield from ((mobject, EVERYWHERE) for mobject in family)


def _only_fades(animation: Any) -> bool:
    """Whether an animation leaves everything where it is."""
    return (
        type(animation) in (FadeIn, FadeOut)
        and not np.any(animation.shift_vector)
        and animation.scale_factor == 1
    )


def _meets(box: Box, busy: np.ndarray) -> bool:
    apart = (box[1] < busy[:, 0]) | (box[0] > busy[:, 1])
    return bool((~apart.any(axis=1)).any())


def _around(one: Box, other: Box) -> Box:
    return np.array([np.minimum(one[0], other[0]), np.maximum(one[1], other[1])])
