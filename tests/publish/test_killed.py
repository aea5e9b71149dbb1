"""Runs that are killed: nothing is half-written, nothing goes on, the next run finishes."""

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest
from tiny_build import CLIPS, tiny_build

from publish import files
from publish.assembly import Rendered, write
from publish.catalogue import ROOT
from publish.manifest import NAME, Clip
from publish.plan import damaged, files_of, last

COMMAND = (sys.executable, "-m", "publish", "--scenes", str(CLIPS), "--quality", "t", "--no-pages")


def changed(clip, folder):
    """The dark theme of a clip as if it had been rendered otherwise: every file is another."""
    made = {name: (folder / name).read_bytes() + b" " for name in files_of(clip, "dark")}
    videos = tuple(
        video.model_copy(update={"sha256": files.digest(made[video.file])})
        for video in clip.videos
        if video.theme == "dark"
    )
    digests = {name: files.digest(content) for name, content in made.items()}
    beats = tuple(
        beat.model_copy(update={"stills": {"dark": beat.stills["dark"]}}) for beat in clip.beats
    )
    own = {
        name: {"dark": getattr(clip, name)["dark"]} for name in ("posters", "thumbnails", "inputs")
    }
    update = {"videos": videos, "digests": digests, "beats": beats, **own}
    return Rendered(clip.model_copy(update=update), made)


def killed_at(step, rendered, folder, keep):
    """Write in a child that is killed when it renames its ``step``-th file; say if it was."""
    child = os.fork()
    if child == 0:
        real, count = os.replace, 0

        def replace(source, target):
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            real(source, target)

        os.replace = replace
        write(rendered, folder, keep=keep)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def test_killed_at_any_file_the_next_run_finishes(tmp_path):
    folder = tiny_build(tmp_path) / "clips" / "ring"
    old = Clip.load(folder / NAME)
    rendered = changed(old, folder)
    before = {name: (folder / name).read_bytes() for name in rendered.files}
    step = 0
    while killed_at(step := step + 1, rendered, folder, old):
        for name, content in rendered.files.items():
            assert (folder / name).read_bytes() in (before[name], content)
        assert last(folder) == old
        assert (damaged(old, "dark", folder) == "") == (step == 1)
        assert damaged(old, "light", folder) == ""
    assert step == len(rendered.files) + 2  # each file, then the manifest, then the end
    clip = last(folder)
    assert clip is not None
    assert clip.themes == ("light", "dark")
    assert all(files.digest(folder / name) == known for name, known in clip.digests.items())


@pytest.fixture
def killed_build(tmp_path):
    """The folder of a build that was killed after its first clip, and the processes it had."""
    run = subprocess.Popen(
        [*COMMAND, "--output", str(tmp_path), "--theme", "dark", "--workers", "1"],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stderr is not None
    for line in run.stderr:
        if line.startswith("[1/2]"):
            break
    family = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.wait()
    return tmp_path, family


def test_killed_build_leaves_no_process_and_the_next_one_finishes(killed_build):
    output, family = killed_build
    until = time.monotonic() + 20
    while time.monotonic() < until and any(_runs(process) for process in family):
        time.sleep(0.1)
    assert [process for process in family if _runs(process)] == []

    again = subprocess.run(
        [*COMMAND, "--output", str(output), "--theme", "dark", "--workers", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "1 rendered, 1 unchanged, 0 failed" in again.stdout


def _runs(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
