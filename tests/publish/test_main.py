"""The command: what it prints, what it returns, and what it refuses before any work."""

import os
import subprocess
import sys

import pytest
from tiny_build import CLIPS, tiny_build

from publish import files, report
from publish.__main__ import main
from publish.catalogue import ROOT
from publish.inputs import Witness
from publish.lessons import packed
from publish.report import Row

SMALL = ("--scenes", str(CLIPS), "--quality", "t", "--no-pages")


@pytest.fixture(autouse=True)
def no_lesson(monkeypatch):
    monkeypatch.delenv("LESSON", raising=False)


def test_nothing_changed_is_nothing_rendered(tmp_path, capsys):
    folder = tiny_build(tmp_path)
    assert main(["--output", str(folder), *SMALL]) == 0
    out = capsys.readouterr().out
    assert out.count("unchanged") == 5
    assert "0 rendered, 4 unchanged, 0 failed" in out


def test_what_is_up_to_date_needs_neither_manim_nor_dask(tmp_path):
    folder = tiny_build(tmp_path)
    code = (
        "import sys; from publish.__main__ import main; main(sys.argv[1:])\n"
        "print(sorted({'manim', 'torch', 'distributed'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--output", str(folder), *SMALL],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_texts_are_written_again_without_rendering(tmp_path):
    folder = tiny_build(tmp_path)
    target = folder / "clips" / "ring" / "ring.vtt"
    known = target.read_text()
    target.write_text("damaged")
    assert main(["--output", str(folder), *SMALL]) == 0
    assert target.read_text() == known


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rings"], "clip: got 'rings', want one of cloud, ring (did you mean 'ring'?)"),
        (["--theme", "drak"], "theme: got 'drak', want one of dark, light, both"),
        (["--quality", "x"], "quality: got 'x', want one of"),
        (["--workers", "0"], "workers: got 0, want at least 1"),
        (["--split", "-1"], "split: got -1, want at least 1"),
        (["--lesson", "none.toml"], "lesson: there is no file none.toml"),
        (["--output", "/proc/none"], "output: could not write /proc/none"),
    ],
)
def test_refused_before_any_work(tmp_path, capsys, arguments, message):
    assert main(["--output", str(tmp_path / "build"), *SMALL, *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"publish: {message}")
    assert error.count("\n") == 1
    assert not (tmp_path / "build" / "clips").exists()


def test_second_run_is_told(tmp_path, capsys):
    with files.locked(tmp_path):
        assert main(["--output", str(tmp_path), *SMALL]) == 2
    assert "another run is writing to" in capsys.readouterr().err


def test_a_failed_clip_is_status_1(tmp_path, capsys, monkeypatch):
    rows = [Row("a", "dark", report.RENDERED, "new", 2.0), Row("b", "dark", report.FAILED, "why")]
    monkeypatch.setattr("publish.build.build", lambda options: rows)
    assert main(["--output", str(tmp_path), *SMALL]) == 1
    out = capsys.readouterr().out
    assert "b     dark   failed             why" in out
    assert "1 rendered, 0 unchanged, 1 failed" in out


def test_a_lesson_takes_its_files_along():
    lesson = packed(ROOT / "assets" / "lessons" / "moons.toml")
    assert lesson.file == "moons.toml"
    assert set(lesson.contents) == {"moons.toml", "moons.safetensors"}
    assert lesson.name


def test_witness_notes_what_is_read(tmp_path):
    read, written, apart = tmp_path / "read.csv", tmp_path / "written.csv", tmp_path / "apart"
    compiled = tmp_path / "loops.stamp-66.py311.nbi"
    apart.mkdir()
    for path in (read, compiled, apart / "mine.csv"):
        path.write_text("1,2")
        os.utime(path, (1, 1))
    witness = Witness([apart])
    read.read_text()
    compiled.read_text()
    (apart / "mine.csv").read_text()
    written.write_text("new")
    found = witness.inputs()
    assert found[str(read)] == files.digest(b"1,2")
    assert not [name for name in found if name.endswith(("mine.csv", "written.csv", ".nbi"))]
    assert "manim.cfg" in found
    assert not [name for name in found if "site-packages" in name]
