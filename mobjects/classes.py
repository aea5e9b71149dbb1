"""How classes are told apart: a colour and a marker for each, up to ten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mobjects.batch import MARKERS
from mobjects.theme import theme

SHAPED = 6000  # the most datapoints whose marks are large enough for their shapes to be seen


@dataclass(frozen=True)
class Classes:
    """The look of each class.

    Attributes
    ----------
    names
        What they are called.
    colors
        ``#rrggbb`` for each.
    markers
        One of :data:`mobjects.batch.MARKERS` for each.
    """

    names: tuple[str, ...]
    colors: tuple[str, ...]
    markers: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def colors_of(self, labels: np.ndarray) -> list[str]:
        """The colour of each datapoint, by its label (n,)."""
        return [self.colors[label] for label in labels]

    def markers_of(self, labels: np.ndarray) -> list[str]:
        """The marker of each datapoint, by its label (n,)."""
        return [self.markers[label] for label in labels]

    def for_many(self, count: int) -> Classes:
        """The same where ``count`` datapoints have room for shapes; discs alone where not.

        Marks a few pixels wide look alike whatever their shape, and discs are
        drawn several times as fast.
        """
        if count <= SHAPED:
            return self
        return replace(self, markers=(MARKERS[0],) * len(self))


def looks(names: Sequence[str], colors: Sequence[str | None]) -> Classes:
    """The look of classes: the colours given, the theme's for those that are None.

    Raises
    ------
    ValueError
        When there are more classes than markers, or not a colour for each.
    """
    most = len(MARKERS)
    if not len(names) == len(colors) <= most:
        raise ValueError(f"colors: got {len(colors)} for {len(names)} classes, at most {most}")
    own = tuple(given or theme().classes[k] for k, given in enumerate(colors))
    return Classes(tuple(names), own, MARKERS[: len(names)])
