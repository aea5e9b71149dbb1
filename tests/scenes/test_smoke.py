"""Every clip: it renders, its beats and captions keep the rules, its texts lie clear."""

import ast
from pathlib import Path

import av
import pytest
from beats import story_in
from playback import FRAME_RATE, HEIGHT, WIDTH, Playback, play
from tiny_story import Tidy, Untidy

from mobjects.story import Story, beat

SCENES = Path(__file__).parents[2] / "scenes"
CLIPS = sorted(path for path in SCENES.glob("*.py") if path.stem != "__init__")
FRAME = 1 / FRAME_RATE


def caption_faults(played: Playback) -> list[str]:
    """What is wrong with the captions: too fast, too long, over each other or past the end."""
    faults = []
    for caption in played.captions:
        seconds = (caption.end - caption.start).total_seconds()
        words = caption.content.replace("\n", " ")
        if len(words) > 17 * (seconds + 2e-3):
            faults.append(f"{words!r} takes {len(words) / seconds:.1f} characters a second")
        if caption.content.count("\n") > 1:
            faults.append(f"{words!r} takes more than two lines")
    for before, after in zip(played.captions, played.captions[1:], strict=False):
        if after.start < before.end:
            faults.append(f"{after.content!r} starts before {before.content!r} ends")
    if played.captions[-1].end.total_seconds() > sum(played.seconds) + FRAME:
        faults.append("the last caption outlasts the clip")
    return faults


@pytest.mark.parametrize("path", CLIPS, ids=lambda path: path.stem)
def test_clip_renders_and_keeps_the_rules(path, tmp_path):
    story = story_in(path)
    beats = story.beats()
    assert story.title
    assert story.figure
    assert 5 <= len(beats) <= 10
    assert any(each.question for each in beats)
    assert all(each.shows for each in beats)

    played = play(story, tmp_path)
    assert played.names == [each.name for each in beats]
    lengths = dict(zip(played.names, played.seconds, strict=True))
    assert {n: s for n, s in lengths.items() if not 2 - FRAME <= s <= 12 + FRAME} == {}
    assert 25 <= sum(played.seconds) <= 60
    assert caption_faults(played) == []
    assert played.remarks == []


@pytest.mark.parametrize("path", CLIPS, ids=lambda path: path.stem)
def test_beats_are_short_methods(path):
    methods = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    ]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in methods}
    assert {name: length for name, length in lengths.items() if length > 40} == {}


def test_playback_reads_sections_captions_and_video(tmp_path):
    played = play(Tidy, tmp_path)
    assert played.names == ["Points", "Question"]
    assert played.remarks == []
    assert caption_faults(played) == []
    assert played.captions[1].content == "Where do they go?"
    (video,) = (p for p in played.files if p.name == "Tidy.mp4")
    with av.open(video) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (WIDTH, HEIGHT)
        assert stream.frames == round(sum(played.seconds) * FRAME_RATE)


def test_layout_check_sees_overlap_and_cut(tmp_path):
    remarks = play(Untidy, tmp_path).remarks
    assert len(remarks) == 2
    assert remarks[0].startswith("Overlap: 'first' lies on 'second'")
    assert remarks[1].startswith("Outside: 'cut off at the side' leaves the frame")


@pytest.mark.parametrize("frames", [6, 14, 28])
def test_waiting_for_a_caption_loses_no_frame(frames, tmp_path):
    words = ("one " * 20)[: frames * 17 // FRAME_RATE].strip()

    class Waiting(Story):
        @beat("Only", shows="Nothing.")
        def only(self) -> None:
            self.say(words)
            self.say("Next.")

    played = play(Waiting, tmp_path)
    assert caption_faults(played) == []
