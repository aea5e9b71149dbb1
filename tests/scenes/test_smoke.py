"""Every clip in both themes: it plays, keeps the rules, and looks as it did when last looked at."""

import ast
from itertools import pairwise
from pathlib import Path

import av
import pytest
import srt
from look.golden import compare, kept_at
from look.playing import SCENES, THEMES, clips, play, story_of
from look.watching import glance
from manim import tempconfig
from questions import question_faults
from tiny_story import Tidy

from mobjects.story import Story, beat


@pytest.mark.parametrize("theme_name", THEMES)
@pytest.mark.parametrize("clip", clips())
def test_clip_keeps_the_rules_and_its_looks(clip, theme_name):
    """One play serves both; ``make golden`` renews the looks, ``make look`` looks closer."""
    story = story_of(clip)
    beats = story.beats()
    assert story.title
    assert story.figure
    assert 5 <= len(beats) <= 10
    assert all(each.shows for each in beats)

    seen = glance(story, theme_name)
    assert [span.name for span in seen.timeline.spans] == [each.name for each in beats]
    assert question_faults(beats, seen.timeline) == []
    assert seen.findings == []
    compare(seen.frames, kept_at(clip, theme_name))


@pytest.mark.parametrize("clip", clips())
def test_beats_are_short_methods(clip):
    methods = [
        node
        for node in ast.walk(ast.parse((SCENES / f"{clip}.py").read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in methods}
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def test_what_is_played_is_what_is_written(tmp_path):
    played = play(Tidy, frame_rate=10)
    settings = {
        "pixel_width": 160,
        "pixel_height": 90,
        "frame_rate": 10,
        "media_dir": str(tmp_path),
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
    }
    with tempconfig(settings):
        Tidy().render()
    video, captions = (next(tmp_path.rglob(f"Tidy.{suffix}")) for suffix in ("mp4", "srt"))
    with av.open(video) as container:
        assert container.streams.video[0].frames == played.timeline.now
    written = list(srt.parse(Path(captions).read_text(encoding="utf-8")))
    told = [caption for span in played.timeline.spans for caption in span.captions]
    assert [each.content for each in written] == [each.text for each in told]
    for one, other in zip(written, told, strict=True):
        assert one.start.total_seconds() == pytest.approx(other.start / 10, abs=2e-3)
        assert one.end.total_seconds() == pytest.approx(other.end / 10, abs=2e-3)


@pytest.mark.parametrize("frames", [6, 14, 28])
def test_waiting_for_a_caption_loses_no_frame(frames):
    words = ("one " * 20)[: frames * 17 // 10].strip()

    class Waiting(Story):
        @beat("Only", shows="Nothing.")
        def only(self) -> None:
            self.say(words)
            self.say("Next.")

    (span,) = play(Waiting, frame_rate=10).timeline.spans
    for caption in span.captions:
        assert len(caption.text) <= 17 * (caption.end - caption.start) / 10 + 1e-6
    assert all(before.end <= after.start for before, after in pairwise(span.captions))
