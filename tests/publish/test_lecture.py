"""The joined lecture, and the pieces that slides are cut into: the clips' own frames."""

import io
import json
import shutil

import av
import numpy as np
import pytest
import srt
import webvtt
from decoded import frames, times
from tiny_build import tiny_build

from publish import files, manifest, video
from publish.cutting import cut
from publish.lecture import Lecture, join
from publish.manifest import Chapter


@pytest.fixture
def build(tmp_path):
    return tiny_build(tmp_path / "build")


def parts(build, theme="dark"):
    clips = manifest.clips(build)
    return [build / "clips" / clip.stem / clip.video(theme).file for clip in clips]


def test_lecture_holds_every_frame_of_every_clip(build):
    target = join(build, "dark")
    assert target == build / "lecture" / "lecture-dark.mp4"
    assert np.array_equal(frames(target), frames(*parts(build)))
    shown = times(target)
    assert shown == pytest.approx(np.arange(len(shown)) / 10, abs=1e-6)


def test_index_comes_before_the_pictures(build):
    content = join(build, "dark").read_bytes()
    assert 0 < content.index(b"moov") < content.index(b"mdat")


def test_chapters_and_captions_run_on(build):
    target = join(build, "dark")
    one, two = manifest.clips(build)
    with av.open(str(target)) as container:
        marks = container.chapters()
    assert [mark["metadata"]["title"] for mark in marks] == [one.title, two.title]
    assert [mark["start"] * mark["time_base"] for mark in marks] == [0, one.frames / 10]
    folder = target.parent
    named = webvtt.from_buffer(io.StringIO((folder / "lecture.chapters.vtt").read_text()))
    assert [cue.start for cue in named] == ["00:00:00.000", "00:00:11.000"]
    spoken = list(srt.parse((folder / "lecture.srt").read_text()))
    said = [
        (start + caption.start, caption.text)
        for clip, start in ((one, 0.0), (two, one.duration))
        for beat in clip.beats
        for caption in beat.captions
    ]
    assert [s.content for s in spoken] == [text for _, text in said]
    assert [s.start.total_seconds() for s in spoken] == pytest.approx(
        [t for t, _ in said], abs=1e-3
    )
    assert len(webvtt.from_buffer(io.StringIO((folder / "lecture.vtt").read_text()))) == len(said)


def test_manifest_tells_the_beats_on_the_lectures_clock(build):
    join(build, "dark")
    join(build, "light")
    told = Lecture.load(build / "lecture" / "manifest.json")
    one, two = manifest.clips(build)
    assert [part.stem for part in told.parts] == [one.stem, two.stem]
    assert told.frames == one.frames + two.frames
    assert told.parts[1].beats[1].reveal == pytest.approx(one.duration + two.beats[1].reveal)
    assert {video.theme for video in told.videos} == {"dark", "light"}
    assert Chapter.load(build / "manifest.json").lecture.themes == ("dark", "light")


def test_what_is_up_to_date_is_left_alone(build):
    target = join(build, "dark")
    before = target.stat().st_mtime_ns
    assert join(build, "dark").stat().st_mtime_ns == before
    target.write_bytes(target.read_bytes()[:-5])
    join(build, "dark")
    assert np.array_equal(frames(target), frames(*parts(build)))
    assert not list(build.rglob("*.tmp"))


def test_another_clip_joins_anew(build):
    first = join(build, "dark").read_bytes()
    chapter = Chapter.load(build / "manifest.json")
    chapter.model_copy(update={"clips": chapter.clips[::-1]}).save(build / "manifest.json")
    target = join(build, "dark")
    assert target.read_bytes() != first
    assert np.array_equal(frames(target), frames(*parts(build)))


def test_missing_themes_and_odd_sizes_are_said(build):
    path = build / "clips" / "ring" / "manifest.json"
    told = json.loads(path.read_text())
    kept = dict(told)
    told["videos"] = [v for v in told["videos"] if v["theme"] == "dark"]
    path.write_text(json.dumps(told))
    with pytest.raises(ValueError, match=r"theme: no light video of ring; run .*--theme light"):
        join(build, "light")
    kept["frame_rate"] = 15
    path.write_text(json.dumps(kept))
    with pytest.raises(
        ValueError, match=r"clips: ring is 160x90 at 15 .* but cloud is 160x90 at 10"
    ):
        join(build, "dark")
    shutil.rmtree(build / "clips" / "ring")
    with pytest.raises(ValueError, match=r"there is no file .*ring"):
        join(build, "dark")
    assert not (build / "lecture").exists()


def test_only_one_at_a_time_writes_to_a_build(build):
    with files.locked(build), pytest.raises(ValueError, match="output: another run is writing"):
        join(build, "dark")


def test_no_build_is_said_and_none_is_made(tmp_path):
    with pytest.raises(ValueError, match=r"there is no file .*; run `python -m publish`"):
        join(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_pieces_joined_are_the_video(build, tmp_path):
    clip = manifest.clips(build)[0]
    source = parts(build)[0]
    starts = np.cumsum([0, *clip.plays])[:-1].tolist()
    targets = [tmp_path / f"{i}.mp4" for i in range(len(starts))]
    cut(source, starts, targets)
    assert [len(frames(target)) for target in targets] == list(clip.plays)
    assert np.array_equal(frames(*targets), frames(source))
    assert all(times(target)[0] == 0 for target in targets)
    video.join(targets, tmp_path / "again.mp4")
    assert np.array_equal(frames(tmp_path / "again.mp4"), frames(source))


@pytest.mark.parametrize("starts", [[], [5], [0, 7], [0, 400]])
def test_no_cut_where_no_animation_starts(starts, build, tmp_path):
    targets = [tmp_path / f"{i}.mp4" for i in range(len(starts))]
    with pytest.raises(ValueError, match="starts: "):
        cut(parts(build)[0], starts, targets)
    assert list(tmp_path.glob("*.mp4")) == []
