"""Beats, captions and their timing."""

from itertools import pairwise

import av
import pytest
from manim import Square, tempconfig

from mobjects.batch import Cloud
from mobjects.story import Story, beat, caption_lines
from mobjects.text import Text

QUICK = {
    "pixel_width": 64,
    "pixel_height": 36,
    "frame_rate": 10,
    "disable_caching": True,
    "progress_bar": "none",
    "verbosity": "ERROR",
}


class Two(Story):
    title = "two"

    @beat("First", shows="nothing", question="What next?")
    def first(self):
        self.say("A caption that takes longer to read than nothing takes to draw.")

    @beat("Second", shows="a heading")
    def second(self):
        self.ask("What next?")
        self.heading("Heading")
        self.say("Short.")


@pytest.fixture
def told(tmp_path):
    with tempconfig({**QUICK, "media_dir": str(tmp_path)}):
        story = Two()
        seen = []
        story.on_beat_end.append(lambda s, b: seen.append((b.name, s.renderer.time)))
        story.render()
        yield story, seen


def test_beats_are_known_without_playing():
    assert [b.name for b in Two.beats()] == ["First", "Second"]
    assert Two.beats()[0].question == "What next?"


def test_beats_become_sections(told):
    story, seen = told
    assert [name for name, _ in seen] == ["First", "Second"]
    assert [s.name for s in story.renderer.file_writer.sections] == ["First", "Second"]


def test_captions_can_be_read_and_do_not_overlap(told):
    captions = told[0].renderer.file_writer.subcaptions
    assert len(captions) == 3
    for caption in captions:
        length = (caption.end - caption.start).total_seconds()
        assert len(caption.content) / length <= 17 + 1e-6
    for one, other in pairwise(captions):
        assert one.end <= other.start


def test_captions_have_at_most_two_lines():
    assert caption_lines("short") == "short"
    lines = caption_lines("relu folds the whole plane onto the positive quadrant.").split("\n")
    assert len(lines) == 2
    assert max(map(len, lines)) <= 42
    with pytest.raises(ValueError, match="longer than two lines"):
        caption_lines("word " * 30)


@pytest.mark.parametrize("other", ["xyz", "$p_1 -> p_2$", "$(1, 0)$, brackets", "*Bold* `relu`"])
def test_headings_stand_on_one_line(other):
    story = Two()
    lines = []
    for markup in ("A heading", other):
        text = Text(markup, size=story.theme.title_size)
        story.place_heading(text)
        lines.append(text.get_bottom()[1] + text.descent)
        assert text.get_left()[0] == pytest.approx(-64 / 9 + story.theme.margin_x)
    assert lines[1] == pytest.approx(lines[0], abs=1e-9)


@pytest.mark.parametrize("markup", ["$1 slash 2^N$", "One line \\ and another"])
def test_tall_headings_stay_in_the_safe_area(markup):
    story = Two()
    text = Text(markup, size=story.theme.title_size)
    story.place_heading(text)
    assert 0 <= text.get_top()[1] - (4 - story.theme.margin_y) < 0.03


def test_texts_do_not_move_with_what_lies_over_them(tmp_path):
    with tempconfig({**QUICK, "media_dir": str(tmp_path)}):
        story = Two()
        cloud, low = Cloud([[0.0, 0.0]], "#ffffff", radius=0.1), Square().set_z_index(-1)
        story.add(cloud, low)
        moving = story.get_moving_mobjects(cloud.animate.shift([1, 0, 0]).build())
        assert cloud in moving
        assert low not in moving
        below = story.get_moving_mobjects(low.animate.shift([1, 0, 0]).build())
        assert set(below) == {low, cloud}


def test_unknown_theme_is_one_line(monkeypatch):
    monkeypatch.setenv("THEME", "blue")
    with pytest.raises(SystemExit, match="THEME: got 'blue'"):
        Two()


def test_timeline_counts_the_frames_of_the_video(told):
    story, _ = told
    timeline = story.timeline
    with av.open(story.renderer.file_writer.movie_file_path) as video:
        assert video.streams.video[0].frames == timeline.now == sum(timeline.plays)
    first, second = timeline.spans
    assert (first.start, first.end, second.end) == (0, second.start, timeline.now)
    assert first.reveal is None
    assert second.reveal == second.start + 10  # a breath of one second
    captions = [caption for span in timeline.spans for caption in span.captions]
    written = story.renderer.file_writer.subcaptions
    assert [(c.text, c.start, c.end) for c in captions] == [
        (s.content, round(s.start.total_seconds() * 10), round(s.end.total_seconds() * 10))
        for s in written
    ]


@pytest.mark.parametrize("first", [1, 3])
def test_skipped_animations_leave_the_timeline_as_it_is(told, first, tmp_path):
    settings = {**QUICK, "media_dir": str(tmp_path), "from_animation_number": first}
    with tempconfig(settings):
        story = Two()
        story.render()
    assert story.timeline == told[0].timeline
