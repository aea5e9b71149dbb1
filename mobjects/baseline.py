"""Texts on a common line, whatever letters they have."""

from __future__ import annotations

from typing import TypeVar

from mobjects.text import Readout, Text

Line = TypeVar("Line", Text, Readout)


def on_baseline(text: Line, y: float) -> Line:
    """Set a text of one line on the line at height ``y``: what hangs below it hangs below ``y``."""
    return text.shift((0, y - text.descent - text.get_bottom()[1], 0))
