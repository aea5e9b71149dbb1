"""What is rendered again, and how clips are cut into parts."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_build import CLIPS, tiny_build

from publish import inputs
from publish.catalogue import ROOT, catalogue
from publish.job import Lesson, Order
from publish.manifest import NAME, Clip
from publish.plan import damaged, jobs, last, plan, ranges, stale

ORDER = Order("t")
ENTRIES = catalogue(CLIPS)


@pytest.fixture
def folder(tmp_path):
    return tiny_build(tmp_path)


def reasons(folder, order=ORDER):
    tasks = plan(ENTRIES, ("dark", "light"), order, folder / "clips", force=False)
    return {task.name: task.reason for task in tasks}


def edit(folder, stem, change):
    path = folder / "clips" / stem / NAME
    clip = Clip.load(path)
    clip.model_copy(update=change(clip)).save(path)


def test_nothing_changed_is_nothing_to_do(folder):
    assert set(reasons(folder).values()) == {""}
    assert set(reasons(folder.parent / "elsewhere").values()) == {"new"}


def test_quality_concerns_every_clip(folder):
    assert set(reasons(folder, Order("l")).values()) == {"another quality"}


def test_a_changed_file_concerns_the_clips_that_read_it(folder):
    for stem in ("cloud", "ring"):
        files = Clip.load(folder / "clips" / stem / NAME).inputs["dark"].files
        assert f"tests/support/clips/{stem}.py" in files
        assert {"mobjects/story.py", "mobjects/theme.py", "manim.cfg"} <= files.keys()
        assert not [name for name in files if name.endswith("manifest.py") or ".venv" in name]

    def older(clip):
        theme = clip.inputs["dark"]
        files = theme.files | {"tests/support/clips/ring.py": "0"}
        return {"inputs": clip.inputs | {"dark": theme.model_copy(update={"files": files})}}

    edit(folder, "ring", older)
    found = {name: why for name, why in reasons(folder).items() if why}
    assert found == {("ring", "dark"): "tests/support/clips/ring.py changed"}


def test_a_file_that_is_gone_counts_as_changed(folder):
    def had(clip):
        theme = clip.inputs["light"]
        files = theme.files | {"assets/gone.safetensors": "0"}
        return {"inputs": clip.inputs | {"light": theme.model_copy(update={"files": files})}}

    edit(folder, "cloud", had)
    assert reasons(folder)["cloud", "light"] == "assets/gone.safetensors changed"


@pytest.mark.parametrize("name", ["lesson", "embeddings"])
def test_what_is_ones_own_concerns_the_clips_that_show_it(folder, tmp_path, name):
    mine = tmp_path / "mine.toml"
    mine.write_text("x")
    lesson = Lesson("Mine", str(mine), mine.name, {mine.name: mine.read_bytes()}, {})
    order = Order("t", lesson) if name == "lesson" else Order("t", embeddings=str(mine))
    assert set(reasons(folder, order).values()) == {""}

    def shows(clip):
        return {
            "inputs": {
                theme: each.model_copy(update={"settings": each.settings | {name: ""}})
                for theme, each in clip.inputs.items()
            }
        }

    edit(folder, "ring", shows)
    assert reasons(folder)["ring", "dark"] == ""
    found = {key: why for key, why in reasons(folder, order).items() if why}
    assert found == {("ring", theme): f"another {name}" for theme in ("dark", "light")}


def test_another_version_of_manim(folder, monkeypatch):
    monkeypatch.setattr(inputs, "versions", lambda: {"manim": "0.23.0"})
    assert reasons(folder)["ring", "dark"] == "another version of manim"


@pytest.mark.parametrize("name", ["ring-dark.mp4", "ring-dark-720p.png", "beats/ring-dark-02.png"])
def test_damaged_files_are_made_again(folder, name):
    target = folder / "clips" / "ring" / name
    target.write_bytes(target.read_bytes()[:-1])
    assert reasons(folder)["ring", "dark"] == f"{name} is not what was written"
    assert reasons(folder)["ring", "light"] == ""
    target.unlink()
    clip = last(target.parents[name.count("/")])
    assert damaged(clip, "dark", folder / "clips" / "ring") == f"{name} is missing"


def test_a_broken_manifest_is_as_none(folder):
    (folder / "clips" / "ring" / NAME).write_text("{")
    assert reasons(folder)["ring", "light"] == "new"
    assert stale(ENTRIES[0], "dark", ORDER, None, folder) == "new"


@given(st.lists(st.integers(1, 300), min_size=1, max_size=40), st.integers(1, 9))
@settings(max_examples=80, deadline=None)
def test_parts_cover_every_animation_once(plays, parts):
    found = ranges(plays, parts)
    assert found[0][0] == 0
    assert found[-1][1] is None
    assert len(found) <= parts
    for (first, end), (after, _) in pairwise(found):
        assert first <= end == after - 1
    assert found[-1][0] < len(plays)


def test_parts_are_about_equally_long():
    plays = [60] * 30
    sizes = [sum(plays[a : None if b is None else b + 1]) for a, b in ranges(plays, 4)]
    assert max(sizes) <= 1.2 * min(sizes)


def test_one_clip_alone_keeps_all_workers_busy(folder):
    tasks = plan(ENTRIES, ("dark",), ORDER, folder / "clips", force=True)
    alone = jobs(tasks[:1], ORDER, workers=2, split=None)
    first, second = alone["cloud", "dark"]
    assert (first.first, first.last, second.last) == (0, second.first - 1, None)
    many = jobs(tasks * 4, ORDER, workers=2, split=None)
    assert all(len(parts) == 1 for parts in many.values())
    assert next(iter(many)) == ("cloud", "dark")  # the longest first


def test_project_digest_is_of_code_and_assets(monkeypatch):
    before = inputs.project_digest()
    assert before == inputs.project_digest()
    real = inputs.files.digest
    changed = ROOT / "assets" / "classifier.safetensors"
    monkeypatch.setattr(inputs.files, "digest", lambda c: "other" if c == changed else real(c))
    assert inputs.project_digest() != before
