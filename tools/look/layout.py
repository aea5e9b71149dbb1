"""Where texts and marks lie: on each other, in the frame, large enough."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from manim import Mobject, config

from look.finding import Finding
from look.stage import Piece, box, camera_of, pieces
from mobjects.story import Story
from mobjects.text import Readout, Text
from mobjects.theme import theme

CAP_HEIGHT = 0.02
_CAP_OF_SIZE = 0.45 / 48  # scene units of a capital for a font size of 1
_TOUCH = 0.02
_SLACK = 0.03

Placed = tuple[Piece, np.ndarray, np.ndarray]


def texts_lie_clear(story: Story, beat: str) -> list[Finding]:
    """Texts on each other, and outside the title-safe area.

    The title-safe area is the frame less the theme's margins: 4.2 % of the
    width and 5.6 % of the height at each side, about what EBU R 95 asks for
    (5 % for graphics on 16 : 9).
    """
    texts = [piece for piece in pieces(story) if piece.is_text]
    placed = [(piece, *box(piece, camera_of(story))) for piece in texts]
    safe = _half_frame(story) - [theme().margin_x, theme().margin_y]
    return [*_overlaps(placed, beat), *_outside(placed, safe, "safe area", beat)]


def marks_in_frame(story: Story, beat: str) -> list[Finding]:
    """What the frame cuts off."""
    marks = [piece for piece in pieces(story) if not piece.is_text]
    placed = [(piece, *box(piece, camera_of(story))) for piece in marks]
    return _outside(placed, _half_frame(story), "frame", beat)


def _half_frame(story: Story) -> np.ndarray:
    camera = camera_of(story)
    return np.array([camera.frame_width, camera.frame_height]) / 2


def _overlaps(texts: list[Placed], beat: str) -> list[Finding]:
    found = []
    for (a, low_a, high_a), (b, low_b, high_b) in combinations(texts, 2):
        common = np.minimum(high_a, high_b) - np.maximum(low_a, low_b)
        if (common > _TOUCH).all():
            remark = f"lies on {b.name} by {common[0]:.2f} x {common[1]:.2f} units"
            found.append(Finding("text on text", beat, a.name, remark))
    return found


def _outside(placed: list[Placed], limit: np.ndarray, check: str, beat: str) -> list[Finding]:
    found = []
    for piece, low, high in placed:
        over = np.maximum(-low, high) - limit
        if (over > _SLACK).any():
            remark = f"lies {over.max():.2f} units outside"
            found.append(Finding(check, beat, piece.name, remark))
    return found


def text_sizes(story: Story, beat: str) -> list[Finding]:
    """Texts smaller than the theme's smallest, or with capitals below 2 % of the frame's height.

    The size is that of a text's letters on the line as they are drawn, after
    any scaling; indices and exponents follow from it, as type has it.
    """
    zoom = config.frame_height / camera_of(story).frame_height
    least = max(theme().tick_size, CAP_HEIGHT * config.frame_height / _CAP_OF_SIZE)
    found = []
    for piece in pieces(story):
        if piece.is_text:
            size = drawn_size(piece.mobject) * zoom
            if size < least - 0.1:
                remark = f"size {size:.1f}, want {least:.1f} or more"
                found.append(Finding("text size", beat, piece.name, remark))
    return found


def drawn_size(text: Mobject) -> float:
    """The font size at which a text or readout is drawn, after any scaling."""
    assert isinstance(text, Text | Readout)
    if isinstance(text, Readout):
        fresh: Mobject = text.copy().set_value(text.value)
    else:
        fresh = Text(text.markup, size=text.size)
    return text.size * _across(text) / _across(fresh)


def _across(mobject: Mobject) -> float:
    points = mobject.get_all_points()
    return float(np.linalg.norm(np.ptp(points, axis=0)))
