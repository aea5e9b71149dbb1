"""A clip in words."""

from itertools import pairwise

import pytest
from tiny_build import tiny_build

from publish.manifest import clips
from publish.pauses import pieces
from publish.transcript import passages, source, transcript


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    first, _ = clips(tiny_build(tmp_path_factory.mktemp("build")))
    return first


def test_each_beat_says_what_is_seen_asked_and_said(cloud):
    assert transcript(cloud).splitlines() == [
        "A cloud & its way",
        "Figure 0.1. Length 0:11.",
        "",
        "[0:00] Points",
        "  Seen: A few hundred points <in the middle>.",
        "  Said: Three hundred points, drawn in one go.",
        "",
        "[0:04] Question",
        "  Seen: The points move down.",
        "  Asked: Where do they go?",
        "  Said: They go down.",
        "",
        "[0:07] Answer",
        "  Seen: A note under the points.",
    ]


def test_long_lines_are_folded_and_nothing_is_lost(cloud):
    long = " ".join(f"word{i}" for i in range(60))
    beat = cloud.beats[0].model_copy(update={"shows": long})
    text = transcript(cloud.model_copy(update={"beats": (beat,)}))
    assert max(map(len, text.splitlines())) <= 88
    assert long in " ".join(text.split())


def test_passages_hold_the_same_for_pages(cloud):
    assert [p.question for p in passages(cloud)] == ["", "Where do they go?", ""]
    assert [p.said for p in passages(cloud)][1] == "They go down."


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("1.8", "Figure 1.8"),
        ("1.1, 1.2", "Figures 1.1, 1.2"),
        ("1.3, top row", "Figure 1.3, top row"),
        ("text of 1.3", "Text of 1.3"),
        ("", ""),
    ],
)
def test_source_in_words(figure, words):
    assert source(figure) == words


def test_a_lecture_pauses_on_the_question_before_the_answer_moves(cloud):
    found = pieces(cloud)
    rate = cloud.frame_rate
    assert [p.label for p in found] == ["Points", "Question", "Question: the answer", "Answer"]
    assert found[1].notes == "Ask: Where do they go?"
    assert found[2].notes == "They go down."
    assert found[2].start == round(cloud.beats[1].reveal * rate)
    assert found[0].start == 0
    assert all(a.end == b.start for a, b in pairwise(found))
    assert found[-1].end == cloud.frames


def test_no_pause_where_a_question_ends_its_beat(cloud):
    asked = cloud.beats[1]
    rest = round((asked.end - asked.reveal) * cloud.frame_rate)
    before = round(asked.reveal * cloud.frame_rate)
    plays = (*_until(cloud.plays, before), rest, *_from(cloud.plays, before + rest))
    still = cloud.model_copy(update={"plays": plays})
    assert [p.label for p in pieces(still)] == ["Points", "Question", "Answer"]
    assert pieces(still)[1].notes == "They go down.\nAsk: Where do they go?"


def _until(plays, frame):
    return [n for i, n in enumerate(plays) if sum(plays[: i + 1]) <= frame]


def _from(plays, frame):
    return [n for i, n in enumerate(plays) if sum(plays[:i]) >= frame]
