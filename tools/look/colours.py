"""Contrast as WCAG 2 measures it, and colours as colour-blind viewers see them."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from colorspacious import cspace_convert, deltaE
from manim.utils.color import ManimColor

from look.finding import Finding
from mobjects.theme import Theme

VISIONS = {
    "no colour blindness": None,
    "protanopia": "protanomaly",
    "deuteranopia": "deuteranomaly",
    "tritanopia": "tritanomaly",
}
APART = 9.0
FAR_APART = 30.0
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)

_SRGB = np.arange(256) / 255
_LINEAR = np.where(_SRGB <= 0.04045, _SRGB / 12.92, ((_SRGB + 0.055) / 1.055) ** 2.4)
_LINEAR = _LINEAR.astype(np.float32)


def linear(pixels: np.ndarray) -> np.ndarray:
    """sRGB bytes (..., 3) as light, 0 to 1."""
    return _LINEAR[pixels[..., :3]]


def luminance(pixels: np.ndarray) -> np.ndarray:
    """The relative luminance (...), 0 to 1, of sRGB bytes (..., 3) (WCAG 2)."""
    return linear(pixels) @ LUMINANCE


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The contrast ratio (...), 1 to 21, of sRGB bytes (..., 3) (WCAG 2)."""
    first, second = luminance(one), luminance(other)
    return (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)


def bytes_of(color: str) -> np.ndarray:
    """``#rrggbb`` as three bytes."""
    return np.rint(np.array(ManimColor(color).to_rgb()) * 255).astype(np.uint8)


def distances(colors: tuple[str, ...], vision: str) -> np.ndarray:
    """How far apart (n, n) colours look: CAM02-UCS after Machado et al. (2009).

    ``vision`` is one of :data:`VISIONS`; the deficiency is complete.
    """
    rgb = np.array([bytes_of(color) for color in colors]) / 255
    deficiency = VISIONS[vision]
    if deficiency is not None:
        space = {"name": "sRGB1+CVD", "cvd_type": deficiency, "severity": 100}
        rgb = np.clip(cspace_convert(rgb, space, "sRGB1"), 0, 1)
    return np.asarray(deltaE(rgb[:, None], rgb[None], input_space="sRGB1"))


def theme_colours(theme: Theme) -> list[Finding]:
    """Colours that are used together and cannot be told apart under some vision.

    Ten class colours that are also dark (or light) enough to write with cannot
    all be far apart for a dichromat, who has lightness and one hue axis left:
    a search over such colours ended at about 12 on the light background and 15
    on the dark one, with hues that are nobody's blue and red. So :data:`APART`
    it is, about ten times what can just be told side by side, with the markers
    as second cue; the two classes of most clips are :data:`FAR_APART`.
    """
    parts = (theme.parts.quadrant, theme.parts.x_axis, theme.parts.y_axis, theme.parts.origin)
    return [
        *_too_close(theme.name, "classes", theme.classes),
        *_too_close(theme.name, "parts", parts),
        *_too_close(theme.name, "classes (first two)", theme.classes[:2], FAR_APART),
        *_too_close(theme.name, "accent and data", (theme.accent, theme.data)),
    ]


def _too_close(
    theme: str, name: str, colors: tuple[str, ...], want: float = APART
) -> list[Finding]:
    found = []
    for vision in VISIONS:
        apart = distances(colors, vision)
        for i, j in combinations(range(len(colors)), 2):
            if apart[i, j] < want:
                remark = f"{apart[i, j]:.1f} apart with {vision}, want {want:g} (CAM02-UCS)"
                found.append(
                    Finding("colours apart", theme, f"{name} {colors[i]}, {colors[j]}", remark)
                )
    return found
