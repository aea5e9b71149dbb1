"""The theme: chosen by the environment, legible on its own background."""

import numpy as np
import pytest
from manim.utils.color import ManimColor

from mobjects.theme import theme


def _luminance(color: str) -> float:
    rgb = np.array(ManimColor(color).to_rgb())
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one: str, other: str) -> float:
    """WCAG 2's contrast ratio, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=["dark", "light"])
def chosen(request, monkeypatch):
    monkeypatch.setenv("THEME", request.param)
    return theme()


def test_variable_chooses(chosen):
    assert chosen is theme()


def test_dark_without_variable(monkeypatch):
    monkeypatch.delenv("THEME", raising=False)
    assert theme().name == "dark"


def test_unknown_theme_lists_those_known(monkeypatch):
    monkeypatch.setenv("THEME", "blue")
    with pytest.raises(ValueError, match="THEME: got 'blue', want one of dark, light"):
        theme()


def test_text_colours_reach_4_5(chosen):
    parts = vars(chosen.parts).values()
    for color in (chosen.ink, chosen.muted, chosen.accent, chosen.data, *chosen.classes, *parts):
        assert contrast(color, chosen.background) >= 4.5, color


def test_grid_reaches_3(chosen):
    assert contrast(chosen.grid, chosen.background) >= 3


def test_ten_different_class_colours(chosen):
    assert len(set(chosen.classes)) == 10


def test_theme_is_frozen(chosen):
    with pytest.raises(AttributeError):
        chosen.ink = "#000000"
