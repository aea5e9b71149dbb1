"""Captions and chapters, read back by parsers that know nothing of how they were written."""

import io
from html import unescape
from itertools import pairwise

import pytest
import srt as subrip
import webvtt
from hypothesis import given, settings
from hypothesis import strategies as st

from publish import captions
from publish.manifest import Beat, Caption

WORDS = st.text("abc<>&-\n\r .{}é−", min_size=1, max_size=40).filter(str.strip)


def told(*spans: tuple[float, float, str]) -> list[Beat]:
    """One beat that says these words."""
    spoken = tuple(Caption(start=a, end=b, text=text) for a, b, text in spans)
    return [Beat(name="One & <two>", start=0, end=9, shows="Nothing.", captions=spoken)]


@st.composite
def beats(draw):
    """Captions one after the other, some without a pause between, on frames of 1/60 s."""
    frame, spans = 0, []
    for text in draw(st.lists(WORDS, max_size=6)):
        frame += draw(st.integers(0, 30))
        end = frame + draw(st.integers(1, 300))
        spans.append((frame / 60, end / 60, text))
        frame = end
    return told(*spans)


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def read(text: str) -> list[tuple[float, float, str]]:
    """The cues of a WebVTT file."""
    found = webvtt.from_buffer(io.StringIO(text))
    return [(seconds(cue.start), seconds(cue.end), unescape(cue.text)) for cue in found]


def seconds(time: str) -> float:
    hours, minutes, rest = time.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


@settings(max_examples=60, deadline=None)
@given(beats())
def test_other_parsers_read_what_was_said(found):
    said = [(c.start, c.end, lines(c.text)) for beat in found for c in beat.captions]
    in_srt = list(subrip.parse(captions.srt(found)))
    in_vtt = read(captions.vtt(found))
    assert [lines(c.content) for c in in_srt] == [text for _, _, text in said]
    assert [lines(text) for _, _, text in in_vtt] == [text for _, _, text in said]
    for cue, caption in zip(in_vtt, said, strict=True):
        assert cue[:2] == pytest.approx(caption[:2], abs=6e-4)
    assert all(before.end <= after.start for before, after in pairwise(in_srt))


def test_markup_is_escaped():
    text = captions.vtt(told((0, 1, "0 < w & w > 0 --> 1")))
    assert "0 &lt; w &amp; w &gt; 0 --&gt; 1" in text
    assert text.count("-->") == 1


def test_hours_minutes_milliseconds():
    assert "\n01:01:01.250 --> 01:01:02.000\n" in captions.vtt(told((3661.25, 3662, "late")))
    assert "\n01:01:01,250 --> 01:01:02,000\n" in captions.srt(told((3661.25, 3662, "late")))


def test_overlap_is_cut():
    assert captions.cues([(0, 2.5, "a"), (2, 3, "b")]) == [(0, 2000, "a"), (2000, 3000, "b")]


@pytest.mark.parametrize(
    "spans",
    [[(1, 1, "a")], [(2, 1, "a")], [(-1, 1, "a")], [(2, 3, "a"), (1, 2, "b")]],
)
def test_impossible_times_are_refused(spans):
    with pytest.raises(ValueError, match=r"times: got .* ms for '.', want each to end after"):
        captions.cues(spans)


def test_a_chapter_a_beat():
    names = ("First", "A density & its <image>")
    found = [Beat(name=n, start=i, end=i + 1.5, shows="") for i, n in enumerate(names)]
    assert read(captions.chapters(found)) == [(0, 1, names[0]), (1, 2.5, names[1])]
