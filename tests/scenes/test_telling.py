"""What is told to those who cannot see; questions are looked at where the clips are played."""

from itertools import pairwise

import pytest
from look.playing import clips, story_of
from questions import question_faults

from mobjects.story import Beat
from mobjects.timeline import Caption, Span, Timeline


@pytest.mark.parametrize("clip", clips())
def test_pictures_are_told_in_whole_sentences(clip):
    beats = story_of(clip).beats()
    assert len({each.name for each in beats}) == len(beats)
    assert all(a.shows != b.shows for a, b in pairwise(beats))
    for each in beats:
        assert each.shows.endswith(".")
        assert 40 <= len(each.shows) <= 480, each.name
        assert "as before" not in each.shows
        assert "{" not in each.name + each.shows + each.question
        assert each.shows == " ".join(each.shows.split())


def played(*spans: Span) -> Timeline:
    return Timeline(10, [10] * 9, list(spans))


ASKED = Span("One", 0, 40, 20, [Caption("Where do\nthey go?", 5, 30)])
SILENT = Span("Two", 40, 80)


def beats(first: str, second: str = "") -> list[Beat]:
    return [Beat("One", "", first, "one"), Beat("Two", "", second, "two")]


def test_faults_in_questions_are_seen():
    good = played(ASKED, SILENT)
    assert question_faults(beats("Where do they go?"), good) == []
    assert question_faults(beats("And now?"), good) == [
        "One: announces 'And now?', asks ['Where do\\nthey go?']"
    ]
    assert question_faults(beats("Where do they go?", "Why?"), good) == [
        "Two: 'Why?' is not asked",
        "'Why?' is never answered",
    ]
    assert question_faults(beats(""), played(SILENT, SILENT)) == ["nothing is asked"]
    late = played(Span("One", 0, 20, 20, ASKED.captions), SILENT)
    assert question_faults(beats("Where do they go?"), late) == [
        "One: the answer moves outside the beat"
    ]
