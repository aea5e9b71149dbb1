"""Dotted lines by the thousand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mobjects.batch import Lines, joined

_GOLDEN = (5**0.5 - 1) / 2


class DottedLines(Lines):
    """Segments drawn as dots a few pixels wide, painted in no order.

    A dot is at both ends of a segment and others at most a pitch apart. Each
    segment's dots are shifted by another share of their distance, so that
    those of neighbours do not line up as bands. Where dots overlap, opacity
    grows as in an absorbing medium and colours mix.

    Parameters
    ----------
    starts, ends
        (m, 2) or (m, 3) scene coordinates.
    colors
        One colour, or one for each segment.
    radius, pitch
        Of a dot, and the largest distance from dot to dot, in scene units.
    opacity
        0 to 1; one number, or one for each segment.

    Raises
    ------
    ValueError
        When shapes do not fit, a coordinate is not finite, or the radius or
        the pitch is not positive.
    """

    def __init__(
        self,
        starts: np.ndarray,
        ends: np.ndarray,
        *,
        colors: str | Sequence[str] | np.ndarray,
        radius: float,
        pitch: float,
        opacity: float | np.ndarray = 1.0,
        **kwargs: Any,
    ) -> None:
        kwargs.update(colors=colors, opacity=opacity, stroke_width=0.0)
        super().__init__(*joined(starts, ends), **kwargs)
        for name, size in (("radius", radius), ("pitch", pitch)):
            if not size > 0:
                raise ValueError(f"{name}: got {size}, want a positive number of scene units")
        self.radius, self.pitch = radius, pitch


def shifts(count: int) -> np.ndarray:
    """How far (0 to 1 of their distance) the dots of each of ``count`` segments are shifted."""
    return np.arange(count) * _GOLDEN % 1
