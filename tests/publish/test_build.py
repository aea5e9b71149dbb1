"""Whole builds, on a real scheduler with two worker processes."""

import os
import shutil
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from cluster import workers
from decoded import frames
from distributed import Client
from tiny_build import CLIPS, tiny_build

from publish import cluster
from publish.build import Options, build
from publish.catalogue import catalogue
from publish.job import Job
from publish.manifest import NAME, Chapter, Clip, clips

SLOW = """
import time
from mobjects.story import Story, beat
from mobjects.text import Text

class Slow(Story):
    title = "Slow"
    figure = "0.3"

    @beat("One", shows="a word")
    def one(self):
        self.heading("One")
        time.sleep(1.5)
        self.say("It takes its time.")

    @beat("Two", shows="another word")
    def two(self):
        self.heading("Two")
"""
BROKEN = """
from mobjects.story import Story, beat

class Broken(Story):
    title = "Broken"
    figure = "0.4"

    @beat("One", shows="nothing")
    def one(self):
        raise ValueError("x: got 3, want 2")
"""
RELATIVE = SLOW.replace("time.sleep(1.5)", "self.wait(1 if self.theme.name == 'dark' else 2)")


@pytest.fixture(scope="module")
def scheduler():
    with workers(2) as address:
        yield address


@pytest.fixture
def scenes(tmp_path):
    """A copy of the small clips, to be changed."""
    folder = tmp_path / "scenes"
    shutil.copytree(CLIPS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture
def options(scenes, tmp_path, scheduler, monkeypatch):
    # The project may be edited while its tests run.
    monkeypatch.setattr("publish.build.project_digest", lambda: "")
    return Options(
        quality="t", output=tmp_path / "build", scenes=scenes, scheduler=scheduler, pages=False
    )


def replaced(options, **changes):
    return Options(**{**vars(options), **changes})


def outcomes(rows):
    return {(row.clip, row.theme): row.outcome for row in rows}


def test_only_what_changed_is_rendered(options, scenes):
    first = build(options)
    assert set(outcomes(first).values()) == {"rendered"}
    assert Chapter.load(options.output / NAME).clips == ("cloud", "ring")
    assert set(outcomes(build(options)).values()) == {"unchanged"}

    ring = scenes / "ring.py"
    ring.write_text(ring.read_text().replace("scale(2)", "scale(3)"))
    again = build(options)
    assert outcomes(again) == {
        ("cloud", "dark"): "unchanged",
        ("cloud", "light"): "unchanged",
        ("ring", "dark"): "rendered",
        ("ring", "light"): "rendered",
    }
    assert again[2].why == f"{ring} changed"


def test_two_builds_and_any_split_have_identical_frames(options, tmp_path):
    whole = tiny_build(tmp_path / "whole")
    build(replaced(options, themes=("dark",), split=3))
    for known in clips(whole):
        made = Clip.load(options.output / "clips" / known.stem / NAME)
        assert made.plays == known.plays
        for video in (video for video in known.videos if video.theme == "dark"):
            paths = [f / "clips" / known.stem / video.file for f in (whole, options.output)]
            np.testing.assert_array_equal(*map(frames, paths))
        for name in (beat.stills["dark"] for beat in known.beats):
            contents = [
                (f / "clips" / known.stem / name).read_bytes() for f in (whole, options.output)
            ]
            assert contents[0] == contents[1]


def test_a_clip_that_fails_does_not_stop_the_others(options, scenes):
    (scenes / "broken.py").write_text(BROKEN)
    rows = build(replaced(options, themes=("dark",)))
    found = outcomes(rows)
    assert found.pop(("broken", "dark")) == "failed"
    assert set(found.values()) == {"rendered"}
    log = options.output / "failed" / "broken-dark.txt"
    assert [row.why for row in rows if row.clip == "broken"] == [f"x: got 3, want 2 (see {log})"]
    assert "in one" in log.read_text()
    assert Chapter.load(options.output / NAME).clips == ("cloud", "ring")


def test_themes_that_tell_different_stories_are_named(options, scenes):
    for path in scenes.glob("*.py"):
        path.unlink()
    (scenes / "uneven.py").write_text(RELATIVE)
    dark = build(replaced(options, themes=("dark",)))
    assert outcomes(dark) == {("uneven", "dark"): "rendered"}
    (row,) = build(replaced(options, themes=("light",)))
    assert row.outcome == "failed"
    assert "light and dark do not tell the same story" in row.why
    assert Clip.load(options.output / "clips" / "uneven" / NAME).themes == ("dark",)


def test_a_killed_workers_clip_is_rendered_elsewhere(scenes, scheduler, tmp_path):
    (scenes / "slow.py").write_text(SLOW)
    entries = catalogue(scenes)
    jobs = [Job(e.stem, e.scene, e.class_name, "dark", "t") for e in reversed(entries)]
    with Client(scheduler) as client:
        before, begun = client.run(os.getpid), threading.Event()
        killed: list[int] = []

        def kill() -> None:
            begun.wait(60)
            (address,) = (
                each
                for each, tasks in client.processing().items()
                if any(str(task).startswith("slow") for task in tasks)
            )
            killed.append(before[address])
            os.kill(killed[0], signal.SIGKILL)

        def hear(job: str, _: int) -> None:
            if job.startswith("slow"):
                begun.set()

        killer = threading.Thread(target=kill)
        killer.start()
        found = {job.stem: outcome for job, outcome in cluster.rendered(client, jobs, hear)}
        killer.join()
        assert killed
        assert killed[0] not in client.run(os.getpid).values()
    assert sorted(found) == ["cloud", "ring", "slow"]
    assert found["slow"].timeline.now == sum(found["slow"].timeline.plays) > 20
    assert {"01.png", "02.png", "video.mp4", "small.mp4"} == found["slow"].files.keys()


def test_progress_counts_every_frame(scenes, scheduler):
    entry = catalogue(scenes)[1]
    told: dict[str, int] = {}
    with Client(scheduler) as client:
        job = Job(entry.stem, entry.scene, entry.class_name, "dark", "t")
        ((_, played),) = cluster.rendered(client, [job], told.__setitem__)
        until = time.monotonic() + 5
        while told.get(job.name) != played.timeline.now and time.monotonic() < until:
            time.sleep(0.05)
    assert told == {job.name: played.timeline.now}


def test_worker_with_another_state_of_the_project_is_refused(scenes, scheduler):
    entry = catalogue(scenes)[0]
    job = Job(entry.stem, entry.scene, entry.class_name, "dark", "t", code="of another commit")
    with Client(scheduler) as client:
        ((_, outcome),) = cluster.rendered(client, [job], lambda *_: None)
    assert isinstance(outcome, ValueError)
    assert "has another state of the project than this machine" in str(outcome)


def test_unreachable_scheduler_is_one_line_before_any_work(options, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 0.5)
    nobody = replaced(options, scheduler="tcp://127.0.0.1:9")
    with pytest.raises(ValueError, match=r"nobody answers at 'tcp://127.0.0.1:9'") as caught:
        build(nobody)
    assert "\n" not in str(caught.value)
    assert not (options.output / "clips").exists()


def test_full_disk_ends_the_build_in_one_line(options, monkeypatch):
    real = os.fsync

    def full(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").resolve().name.startswith(".ring-dark.mp4"):
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ValueError, match="the disk is full; could not write"):
        build(replaced(options, clips=("ring",), themes=("dark",)))
    assert list(options.output.rglob("*.mp4")) == []
    monkeypatch.undo()
    assert set(outcomes(build(replaced(options, clips=("ring",), themes=("dark",))))) == {
        ("ring", "dark")
    }


@pytest.mark.parametrize(
    ("name", "here", "message"),
    [
        ("versions", {"manim": "9.9"}, r"has manim [\d.]+, this machine has 9\.9"),
        ("project_digest", "another", "has another state of the project than this machine"),
    ],
)
def test_unlike_workers_are_refused_before_any_work(options, monkeypatch, name, here, message):
    monkeypatch.setattr(cluster, name, lambda: here)
    with pytest.raises(ValueError, match=f"scheduler: the worker on .* {message}"):
        build(options)
    assert not (options.output / "clips").exists()


def test_scheduler_without_workers(options, monkeypatch):
    monkeypatch.setattr(cluster, "_PATIENCE", 1.0)
    with workers(0) as address, pytest.raises(ValueError, match=f"{address} has no workers"):
        build(replaced(options, scheduler=address))
