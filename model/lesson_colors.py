"""Colours of classes: they must be seen on the backgrounds of both themes."""

from __future__ import annotations

BACKGROUNDS = {"dark": "#11141b", "light": "#fcfbf8"}  # those of mobjects.theme
LEAST_CONTRAST = 1.2


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#rrggbb``, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def check_color(color: str) -> str:
    """Return a colour ``#rrggbb`` that can be seen on both backgrounds.

    The themes' own class colours have a contrast of 3 to 1 at least; what a
    lesson sets may have less in the theme it is not meant for.

    Raises
    ------
    ValueError
        When its contrast with one of them is below :data:`LEAST_CONTRAST`.
    """
    for theme, background in BACKGROUNDS.items():
        found = contrast(color, background)
        if found < LEAST_CONTRAST:
            other = {"dark": "lighter", "light": "darker"}[theme]
            raise ValueError(
                f"want a {other} one: its contrast with the {theme} theme's background is "
                f"{found:.1f} : 1, so it cannot be seen"
            )
    return color


def _luminance(color: str) -> float:
    """The relative luminance of ``#rrggbb``, 0 to 1 (WCAG 2.2)."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
