"""Every shipped lesson through every clip that takes one, at ``-ql``; and other lessons."""

from __future__ import annotations

import logging
from pathlib import Path

import av
import numpy as np
import pytest
from look.layout import marks_in_frame, text_sizes, texts_lie_clear
from look.pace import pace
from look.playing import clips, play, story_of
from manim import tempconfig
from questions import question_faults

from mobjects.story import Beat, Story
from model import lesson
from model.lesson import Lesson

CLIPS = ("mlp", "classifier_goal", "classifier_layers", "training")
CHECKS = (texts_lie_clear, marks_in_frame, text_sizes)


class Watched:
    """What is amiss at the end of each beat."""

    def __init__(self) -> None:
        self.findings: list[object] = []

    def __call__(self, story: Story, beat: Beat) -> None:
        self.findings += [each for check in CHECKS for each in check(story, beat.name)]


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("path", lesson.shipped(), ids=lambda path: path.stem)
def test_shipped_lesson_renders_at_low_quality(path, clip, tmp_path, monkeypatch):
    monkeypatch.setenv("LESSON", str(path))
    watched = Watched()
    settings = {
        "quality": "low_quality",
        "media_dir": str(tmp_path),
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
    }
    with tempconfig(settings):
        story = story_of(clip)()
        story.on_beat_end.append(watched)
        story.render()
    check_told(story)
    assert watched.findings == []
    frames = story.timeline.spans[-1].end
    assert 25 * 15 <= frames <= 60 * 15
    (video,) = tmp_path.rglob(f"{type(story).__name__}.mp4")
    with av.open(video) as container:
        stream = container.streams.video[0]
        assert (stream.width, stream.height) == (854, 480)
        assert stream.frames == frames


def check_told(story: Story) -> None:
    """The beats keep the rules, and say what they announce."""
    beats, timeline = story.beats(), story.timeline
    assert [span.name for span in timeline.spans] == [each.name for each in beats]
    assert all(each.shows and "{" not in each.shows + each.name + each.question for each in beats)
    assert 5 <= len(beats) <= 10
    assert question_faults(beats, timeline) == []
    assert pace(timeline) == []


def write(folder: Path, layers: list[str], widths: list[int], classes: int, dim: int) -> Path:
    """A lesson of blobs in a CSV, trained for a few steps."""
    rng = np.random.default_rng(0)
    labels = np.arange(30 * classes) % classes
    middles = rng.normal(size=(classes, dim)) * 60
    points = middles[labels] + rng.normal(size=(len(labels), dim)) * 10
    columns = [f"c{i}" for i in range(dim)]
    rows = [",".join([*map(str, x), f"kind {k}"]) for x, k in zip(points, labels, strict=True)]
    (folder / "own.csv").write_text("\n".join([",".join([*columns, "label"]), *rows]))
    path = folder / "own.toml"
    path.write_text(
        f'name = "Own"\n[network]\nlayers = {layers}\nwidths = {widths}\n[data]\n'
        f'file = "own.csv"\ncolumns = {columns}\n[training]\nsteps = 30\nframes = 12\nseed = 1\n'
    )
    Lesson.load(path).train()
    return path


@pytest.mark.parametrize("clip", ["classifier_layers", "training"])
@pytest.mark.parametrize(
    ("hidden", "widths", "classes"),
    [
        (["linear", "relu"], [2, 6, 10], 10),
        (["linear", "relu"], [2, 64, 2], 2),
        (["linear", "relu"], [2, 200, 2], 2),
        (["linear", "relu"], [5, 3, 4], 4),
        (["linear", "sigmoid", "linear", "relu"], [2, 3, 2, 3], 3),
        (["linear", "leaky relu", "linear", "tanh"] * 2, [1, 2, 3, 2, 2, 2], 2),
    ],
    ids=[
        "ten classes",
        "64 wide",
        "200 wide",
        "five inputs",
        "sigmoid, then relu",
        "one input, ten layers",
    ],
)
def test_lessons_of_other_kinds_play(hidden, widths, classes, clip, tmp_path, monkeypatch):
    path = write(tmp_path, [*hidden, "linear", "softmax"], widths, classes, widths[0])
    monkeypatch.setenv("LESSON", str(path))
    watched = Watched()
    story = play(story_of(clip), frame_rate=4, on_beat=watched)
    check_told(story) if clip == "training" else None
    assert watched.findings == []


@pytest.fixture(scope="module")
def marked_up(tmp_path_factory) -> Path:
    """Two moons whose names are markup, trained until all are right: names stand in headings."""
    path = tmp_path_factory.mktemp("lesson") / "moons.toml"
    names = "".join(f"[[classes]]\nname = {name!r}\n" for name in ("#panic()", "$x_[y *"))
    path.write_text(f"{(lesson.FOLDER / path.name).read_text()}\n{names}")
    Lesson.load(path).train()
    assert Lesson.load(path).trajectory.accuracies[-1] == 1
    return path


@pytest.mark.parametrize("clip", CLIPS)
def test_names_that_look_like_markup_are_written_as_they_are(clip, marked_up, monkeypatch):
    monkeypatch.setenv("LESSON", str(marked_up))
    watched = Watched()
    play(story_of(clip), frame_rate=4, on_beat=watched)
    assert watched.findings == []


def test_a_clip_that_shows_no_lesson_says_so(monkeypatch):
    told = []
    monkeypatch.setattr(logging.getLogger("manim"), "warning", told.append)
    play(story_of("sigmoid"), frame_rate=4)
    assert told == []
    monkeypatch.setenv("LESSON", "mine.toml")
    play(story_of("sigmoid"), frame_rate=4)
    assert [each[:33] for each in told] == ["LESSON: this clip shows no lesson"]
    assert {clip for clip in clips() if story_of(clip).shows_lessons} == set(CLIPS)


@pytest.mark.parametrize("clip", CLIPS)
def test_an_untrained_lesson_ends_in_one_line(clip, tmp_path, monkeypatch):
    path = write(tmp_path, ["linear", "relu", "linear", "softmax"], [2, 3, 2], 2, 2)
    path.with_suffix(".safetensors").unlink()
    monkeypatch.setenv("LESSON", str(path))
    with pytest.raises(SystemExit) as ended:
        play(story_of(clip), frame_rate=4)
    assert str(ended.value) == f"Own is not trained yet; run `python -m model train {path}`"


def test_weights_without_a_run_are_no_training(tmp_path, monkeypatch):
    from safetensors.numpy import save_file

    path = tmp_path / "given.toml"
    path.write_text(
        'name = "Given"\nweights = "given.safetensors"\n[network]\n'
        'layers = ["linear", "softmax"]\nwidths = [2, 2]\n[data]\ngenerator = "moons"\n'
    )
    save_file({"0.weight": np.eye(2), "0.bias": np.zeros(2)}, tmp_path / "given.safetensors")
    monkeypatch.setenv("LESSON", str(path))
    with pytest.raises(SystemExit, match="no training run to show; the clips mlp, class"):
        play(story_of("training"), frame_rate=4)


@pytest.mark.parametrize("clip", ["classifier_layers", "training"])
def test_too_many_layers_are_refused(clip, tmp_path, monkeypatch):
    layers = ["linear", "relu"] * 6 + ["linear", "softmax"]
    path = write(tmp_path, layers, [2] * 8, 2, 2)
    monkeypatch.setenv("LESSON", str(path))
    with pytest.raises(SystemExit, match="this clip shows at most 12, the last one a softmax"):
        play(story_of(clip), frame_rate=4)
