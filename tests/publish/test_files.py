"""Files appear whole or not at all, whatever happens; one writer at a time."""

import os
import subprocess
import sys

import pytest

from publish import files


def test_write_makes_folders_and_replaces(tmp_path):
    target = tmp_path / "a" / "b.txt"
    files.write(target, "old")
    files.write(target, b"new")
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["b.txt"]


def test_same_content_is_not_written_again(tmp_path):
    target = tmp_path / "a.txt"
    assert files.write_if_new(target, "one")
    before = target.stat().st_ino
    assert not files.write_if_new(target, "one")
    assert target.stat().st_ino == before
    assert files.write_if_new(target, "two")


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 64 kB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)], capture_output=True
    )
    if done.returncode:
        pytest.skip("only root can make a small disk")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def test_full_disk_is_one_line_and_leaves_the_old_file(small_disk):
    target = small_disk / "video.mp4"
    files.write(target, b"old")
    with pytest.raises(files.DiskFull, match="the disk is full; could not write") as caught:
        files.write(target, bytes(200_000))
    assert "\n" not in str(caught.value)
    assert target.read_bytes() == b"old"
    assert [path.name for path in small_disk.iterdir()] == ["video.mp4"]


def test_full_disk_when_it_is_flushed(tmp_path, monkeypatch):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(files.DiskFull):
        files.write(tmp_path / "a", b"x")
    assert list(tmp_path.iterdir()) == []


def test_second_writer_is_told(tmp_path):
    code = (
        "import sys; from pathlib import Path; from publish import files\n"
        "with files.locked(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read()"
    )
    first = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert first.stdout is not None
    assert first.stdout.readline() == b"in\n"
    with pytest.raises(ValueError, match="another run is writing to"), files.locked(tmp_path):
        pass
    first.kill()
    first.wait()
    with files.locked(tmp_path):
        pass


def test_lock_sweeps_what_a_killed_run_left(tmp_path):
    leftover = tmp_path / "clips" / ".relu.mp4.123.tmp"
    leftover.parent.mkdir()
    leftover.touch()
    with files.locked(tmp_path):
        assert not leftover.exists()


def test_scratch_of_killed_processes_is_swept(tmp_path, monkeypatch):
    monkeypatch.setattr(files.tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, mine = tmp_path / f"publish-{ended.pid}-x", tmp_path / f"publish-{os.getpid()}-y"
    left.mkdir()
    mine.mkdir()
    with files.scratch():
        assert not left.exists()
        assert mine.exists()


def test_output_that_cannot_be_made_is_one_line():
    with pytest.raises(ValueError, match="could not write /proc/nowhere"):
        files.write("/proc/nowhere/a", "x")
