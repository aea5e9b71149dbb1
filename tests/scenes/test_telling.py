"""What every clip tells: its questions before their answers, its pictures in words."""

from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from beats import story_in
from manim import tempconfig

from mobjects.timeline import Timeline

SCENES = Path(__file__).parents[2] / "scenes"
STEMS = sorted(path.stem for path in SCENES.glob("*.py") if path.stem != "__init__")
UNDRAWN = {
    "pixel_width": 160,
    "pixel_height": 90,
    "frame_rate": 10,
    "dry_run": True,
    "from_animation_number": 10**6,
    "progress_bar": "none",
    "verbosity": "ERROR",
}

story = cache(lambda stem: story_in(SCENES / f"{stem}.py"))


@cache
def told(stem: str) -> Timeline:
    """When everything happens in a clip, of which nothing is drawn."""
    with tempconfig(UNDRAWN):
        played = story(stem)()
        played.render()
    return played.timeline


@pytest.mark.parametrize("stem", STEMS)
def test_questions_are_asked_and_held_before_the_answer_moves(stem):
    beats, spans = story(stem).beats(), told(stem).spans
    assert any(each.question for each in beats)
    assert not beats[-1].question, "the last question is never answered"
    for each, span in zip(beats, spans, strict=True):
        assert (span.reveal is not None) is bool(each.question), each.name
        if span.reveal is not None:
            assert span.start < span.reveal < span.end
            (caption,) = (c for c in span.captions if c.start < span.reveal <= c.end)
            assert caption.text.replace("\n", " ") == each.question
            assert caption.text.endswith("?")


@pytest.mark.parametrize("stem", STEMS)
def test_pictures_are_told_in_whole_sentences(stem):
    beats = story(stem).beats()
    assert len({each.name for each in beats}) == len(beats)
    assert all(a.shows != b.shows for a, b in pairwise(beats))
    for each in beats:
        assert each.shows.endswith(".")
        assert 40 <= len(each.shows) <= 480, each.name
        assert "as before" not in each.shows
        assert "{" not in each.shows + each.question
        assert each.shows == " ".join(each.shows.split())
