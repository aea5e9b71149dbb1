"""One frozen theme for every clip: colours, sizes, weights and timing.

The environment variable ``THEME`` chooses it (``dark`` or ``light``). Scene
code asks :func:`theme` when it draws, and writes no colour or size itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache

VARIABLE = "THEME"


@dataclass(frozen=True)
class Parts:
    """The colours of what relu does to a plane: one for each set of the image."""

    quadrant: str
    x_axis: str
    y_axis: str
    origin: str


@dataclass(frozen=True)
class Theme:
    """How everything looks.

    Colours are ``#rrggbb``; text sizes are Manim font sizes (48 gives capitals
    of about 0.45 units); strokes are Manim stroke widths (100 is one unit);
    radii and margins are scene units (the frame is 14.2 by 8); times are seconds.

    No text lies in the margins. Lines of ``line_opacity``, and muted things of
    ``muted_opacity``, reach a contrast of 3 : 1; grids need not, they only
    support. The class colours, and the colours of the parts, differ for
    dichromats too: see ``tools/look/colours.py``.
    """

    name: str
    background: str
    ink: str
    muted: str
    grid: str
    accent: str
    data: str
    classes: tuple[str, ...]
    parts: Parts

    title_size: float = 40
    body_size: float = 32
    label_size: float = 28
    tick_size: float = 22

    axis_width: float = 2.5
    grid_width: float = 1.4
    line_width: float = 1.8
    curve_width: float = 4.0
    dot_radius: float = 0.045
    big_dot_radius: float = 0.085

    density_opacity: float = 0.35
    line_opacity: float = 0.55
    grid_opacity: float = 0.55
    muted_opacity: float = 0.55
    cloud_opacity: float = 0.8
    quiet_opacity: float = 0.25

    margin_x: float = 0.6
    margin_y: float = 0.45

    quick: float = 0.6
    move: float = 1.5
    slow: float = 2.5
    hold: float = 1.0
    last_hold: float = 2.0
    reading_rate: float = 17.0


_DARK = Theme(
    name="dark",
    background="#11141b",
    ink="#eceef3",
    muted="#a3abbb",
    grid="#6a7284",
    accent="#ffcf5c",
    data="#5fd0c0",
    classes=(
        "#54aaff",
        "#ff6f61",
        "#ffd434",
        "#59d898",
        "#ce7dd5",
        "#ff960d",
        "#84eafa",
        "#f69cd3",
        "#b5cc5f",
        "#b29d8c",
    ),
    parts=Parts(quadrant="#5fd0c0", x_axis="#b79cff", y_axis="#ff9d5c", origin="#fff06d"),
)

_LIGHT = replace(
    _DARK,
    name="light",
    background="#fcfbf8",
    ink="#1a1d24",
    muted="#555d6d",
    grid="#7d838f",
    accent="#a45a00",
    data="#0b7f70",
    classes=(
        "#1656d5",
        "#c62940",
        "#7d4c00",
        "#086d3a",
        "#640ca9",
        "#b45a05",
        "#007e93",
        "#af2578",
        "#1f4200",
        "#86675d",
    ),
    parts=Parts(quadrant="#0b7f70", x_axis="#6f45d1", y_axis="#c04a00", origin="#5c4700"),
    density_opacity=0.3,
    line_opacity=0.8,
    grid_opacity=0.6,
    muted_opacity=0.75,
)

_THEMES = {each.name: each for each in (_DARK, _LIGHT)}


def theme() -> Theme:
    """The theme that the environment variable ``THEME`` names; dark when it is not set.

    Raises
    ------
    ValueError
        When ``THEME`` names no theme; the message lists those there are.
    """
    return named(os.environ.get(VARIABLE) or _DARK.name)


@cache
def named(name: str) -> Theme:
    """The theme called ``name``; raises as :func:`theme`."""
    try:
        return _THEMES[name]
    except KeyError:
        known = ", ".join(_THEMES)
        raise ValueError(f"{VARIABLE}: got {name!r}, want one of {known}") from None
