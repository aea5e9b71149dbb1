"""Manifests: what is written is read, times are those of frames, bad files are named."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_build import tiny_build

from publish.manifest import NAME, Chapter, Clip, clips, seconds


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tiny_build(tmp_path_factory.mktemp("build"))


def test_clips_come_in_the_chapters_order(folder):
    found = clips(folder)
    assert [clip.stem for clip in found] == list(Chapter.load(folder / NAME).clips)
    assert found[0].themes == ("dark", "light")


def test_saved_and_loaded_are_equal(folder, tmp_path):
    clip = clips(folder)[0]
    clip.save(tmp_path / NAME)
    assert Clip.load(tmp_path / NAME) == clip
    entries = json.loads((tmp_path / NAME).read_text())
    assert entries["class"] == clip.class_name
    assert entries["schema"] == 1


def test_beats_cover_the_clip_on_its_frames(folder):
    for clip in clips(folder):
        assert clip.beats[0].start == 0
        assert clip.beats[-1].end == clip.duration == seconds(clip.frames, clip.frame_rate)
        assert sum(clip.plays) == clip.frames
        starts = {seconds(sum(clip.plays[:i]), clip.frame_rate) for i in range(len(clip.plays) + 1)}
        for before, after in zip(clip.beats, clip.beats[1:], strict=False):
            assert before.end == after.start
        for beat in clip.beats:
            assert {beat.start, beat.end} <= starts
            assert (beat.reveal is None) == (not beat.question)
            assert beat.reveal is None or beat.reveal in starts
            assert all(beat.start <= c.start < c.end <= beat.end for c in beat.captions)


def test_every_file_is_there(folder):
    for clip in clips(folder):
        place = folder / "clips" / clip.stem
        texts = clip.files.model_dump(exclude={"page"}).values()
        for name in [*clip.digests, *texts]:
            assert (place / name).stat().st_size > 0, name


@given(st.integers(0, 10**6), st.sampled_from([10, 15, 24, 30, 60]))
@settings(max_examples=60, deadline=None)
def test_seeking_to_a_time_shows_its_frame(frame, rate):
    # The frame shown at t is the last one that starts at or before t.
    assert int(seconds(frame, rate) * rate + 1e-9) == frame
    assert seconds(frame, rate) - frame / rate < 1.1e-6


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schema": 2}, "schema"),
        ({"duration": "long"}, "duration"),
        ({"posters": {"dark": "../../secret"}}, "path inside the clip's folder"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_wrong_manifests_are_refused(folder, tmp_path, change, message):
    entries = json.loads((folder / "clips" / "ring" / NAME).read_text())
    (tmp_path / NAME).write_text(json.dumps(entries | change))
    with pytest.raises(ValueError, match=message) as caught:
        Clip.load(tmp_path / NAME)
    assert str(tmp_path / NAME) in str(caught.value)


def test_missing_manifest_says_what_to_run(tmp_path):
    with pytest.raises(ValueError, match="run `python -m publish`"):
        Clip.load(tmp_path / NAME)
