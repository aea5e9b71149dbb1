"""Names from outside as text, cut to the room there is, and a legend of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import RIGHT, Group

from mobjects.batch import Cloud
from mobjects.classes import Classes
from mobjects.text import Text
from mobjects.theme import theme

_LONGEST = 80
_CLASS = "class "
_TEXT_GAP = 0.5


def verbatim(words: str) -> str:
    """Typst markup that shows ``words`` as they are, whatever signs they hold."""
    kept = "".join(letter if letter.isprintable() else "?" for letter in words)
    escaped = kept.replace("\\", "\\\\").replace('"', '\\"')
    return f'#"{escaped}";'


def shortened(words: str, most: int) -> str:
    """``words`` with at most ``most`` letters, dots in place of what is cut off."""
    return words if len(words) <= most else f"{words[: max(most - 1, 1)].rstrip()}…"


def fitted(
    words: str,
    width: float,
    *,
    size: float,
    color: str | None = None,
    prefix: str = "",
    suffix: str = "",
) -> Text:
    """``words`` as they are between two pieces of markup, the words cut to fit in ``width``.

    A class that is called by its number loses the word "class" first.
    """
    most = min(len(words), _LONGEST)
    while True:
        markup = prefix + verbatim(shortened(words, most)) + suffix
        text = Text(markup, size=size, color=color)
        if text.width <= width or most <= 1:
            return text
        if words.startswith(_CLASS):
            words = words.removeprefix(_CLASS)
            most = min(len(words), _LONGEST)
            continue
        most = max(1, min(most - 1, int(most * width / text.width)))


class Legend(Group):
    """A row for each class: its mark, and how many points it has.

    Parameters
    ----------
    classes
        How they look.
    counts
        How many points each class has.
    top
        Scene position of the first mark.
    width
        The most room for a text, in scene units; longer ones are cut.
    pitch
        From row to row, in scene units.
    """

    def __init__(
        self,
        classes: Classes,
        counts: Sequence[int],
        top: Sequence[float],
        *,
        width: float,
        pitch: float = 1.0,
    ) -> None:
        super().__init__()
        t = theme()
        size = t.body_size if pitch > 0.7 else t.label_size
        radius = min(2 * t.big_dot_radius, 0.3 * pitch)
        for row, (name, count) in enumerate(zip(classes.names, counts, strict=True)):
            place = np.array([[top[0], top[1] - pitch * row, 0.0]])
            mark = Cloud(place, classes.colors[row], radius=radius, markers=classes.markers[row])
            text = fitted(name, width, size=size, prefix=f"{count:,} ", suffix=" points")
            self.add(mark, text.next_to(place[0], RIGHT, buff=_TEXT_GAP))
