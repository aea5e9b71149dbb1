"""Texts on a common line, whatever letters they have."""

from __future__ import annotations

from manim import Mobject

from mobjects.theme import theme

DESCENT = 0.0034  # of a letter below its baseline, in scene units for a font size of 1
_DESCENDING = set("gjpqy,(")


def on_baseline(text: Mobject, words: str, y: float) -> Mobject:
    """Set ``text``, of the theme's tick size and saying ``words``, on a line at height ``y``."""
    below = DESCENT * theme().tick_size if set(words) & _DESCENDING else 0.0
    return text.shift((0, y - below - text.get_bottom()[1], 0))
