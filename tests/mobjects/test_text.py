"""Text by Typst: sizes, colours, live numbers, errors."""

import numpy as np
import pytest

from mobjects.text import Math, Readout, Text, left_aligned, plain
from mobjects.theme import theme


def test_capitals_have_manims_size():
    assert Text("H", size=48).height == pytest.approx(0.45, rel=0.02)
    assert Text("H", size=24).height == pytest.approx(0.225, rel=0.02)


def test_smallest_text_is_two_percent_of_the_frame():
    assert Text("H", size=theme().tick_size).height >= 0.02 * 8


def test_one_mobject_a_colour():
    text = Text('plain #text(fill: rgb("#ff0000"))[red] plain')
    assert len(text) == 2
    assert {part.fill_color.to_hex().lower() for part in text} == {theme().ink, "#ff0000"}


def test_fraction_bar_is_drawn():
    with_bar, without = Math("frac(1, 2)"), Math("1 quad 2")
    bars = len(with_bar[0].points) - len(without[0].points)
    assert bars > 0


def test_bad_markup_is_quoted():
    with pytest.raises(ValueError, match=r"markup: '\$ x'"):
        Text("$ x")


def test_empty_markup_is_refused():
    with pytest.raises(ValueError, match="shows nothing"):
        Text(" ")


def test_readout_keeps_its_left_end_and_baseline():
    number = Readout(0.25, decimals=2).shift([1.0, 2.0, 0.0])
    left, bottom = number.get_left()[0], number.get_bottom()[1]
    number.set_value(0.88)
    assert number.get_left()[0] == pytest.approx(left, abs=0.02)
    assert number.get_bottom()[1] == pytest.approx(bottom, abs=0.01)


def test_readout_shows_what_it_is_given():
    number = Readout(3.14159, decimals=3)
    expected = Math("3.142").width * 1.0
    assert number.width * Math("1").height / number.height == pytest.approx(
        expected * Math("1").height / Math("3.142").height, rel=0.05
    )
    assert number.set_value(-2).value == -2


def test_readout_writes_no_negative_zero():
    np.testing.assert_allclose(
        Readout(-0.0001, decimals=2).glyphs.points, Readout(0.0, decimals=2).glyphs.points
    )


def test_left_aligned():
    group = left_aligned(Text("short"), Text("a longer line"))
    assert group[0].get_left()[0] == pytest.approx(group[1].get_left()[0])


def test_plain():
    assert plain("`relu` keeps *what* is $x$") == "relu keeps what is x"
