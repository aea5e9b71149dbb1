"""Names stay beside their corners and in the frame; the boundary looks like no class."""

import numpy as np
import pytest

from mobjects.classes import Classes, looks
from mobjects.layer_picture import boundary_color, corner_names
from mobjects.text import Text
from mobjects.theme import theme
from model.lesson_view import simplex_axes

EDGES = (-1.6, 6.0)
MIDDLE, RADIUS = np.array([2.2, -0.2]), 1.9


def corners(count: int) -> np.ndarray:
    at = simplex_axes(count) - simplex_axes(count).mean(axis=0)
    return np.pad(MIDDLE + RADIUS * at / np.linalg.norm(at[0]), ((0, 0), (0, 1)))


def named(word: str, count: int) -> Classes:
    return looks([f"{word} {k}" for k in range(count)], [None] * count)


@pytest.mark.parametrize("word", ["a", "inner", "a name with no end to it"])
@pytest.mark.parametrize("count", range(2, 11))
def test_names_of_corners_stay_in_the_frame_and_apart(count: int, word: str) -> None:
    names = corner_names(corners(count), named(word, count), [""] * count, EDGES)
    boxes = [(n.get_left()[0], n.get_right()[0], n.get_bottom()[1], n.get_top()[1]) for n in names]
    for left, right, _, _ in boxes:
        assert left >= EDGES[0] - 1e-6
        assert right <= EDGES[1] + 1e-6
    for k, (left, right, bottom, top) in enumerate(boxes):
        for other in boxes[:k]:
            beside = other[1] <= left or right <= other[0]
            assert beside or other[3] <= bottom or top <= other[2]


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("length", [1, 40])
def test_codes_stand_behind_names_even_where_these_are_cut(count: int, length: int) -> None:
    classes = named(length * "b", count)
    code = outline(Text("$(1, 0)$", size=theme().label_size))
    for text in corner_names(corners(count), classes, [" $(1, 0)$"] * count, EDGES):
        last = outline(text)[-len(code) :]
        np.testing.assert_allclose(last - last[0], code - code[0], atol=1e-3)


def outline(text: Text) -> np.ndarray:
    """The vertices of all glyphs, in their order."""
    return np.concatenate([glyph.points for glyph in text.family_members_with_points()])


def test_the_boundary_is_an_accent_between_two_classes_and_ink_between_more() -> None:
    assert boundary_color(named("a", 2)) == theme().accent
    for count in range(3, 11):
        assert boundary_color(named("a", count)) == theme().ink
