"""The catalogue agrees with the scenes themselves."""

from pathlib import Path

import pytest
from beats import story_in

from publish.catalogue import ORDER, SCENES, catalogue, chosen


def test_every_scene_is_in_the_books_order():
    assert [entry.stem for entry in catalogue()] == list(ORDER)


@pytest.mark.parametrize("entry", catalogue(), ids=lambda entry: entry.stem)
def test_entries_say_what_the_scenes_say(entry):
    story = story_in(entry.path)
    assert (entry.class_name, entry.title, entry.figure) == (
        story.__name__,
        story.title,
        story.figure,
    )
    assert entry.beats >= len(story.beats()) >= 5
    assert entry.about
    assert Path(SCENES.parent / entry.scene) == entry.path


def test_clips_of_ones_own_come_after_the_books(tmp_path):
    text = '"""Mine."""\nclass Mine(Story):\n    title = "M"\n'
    for stem in ("a_new_one", "relu", "linear"):
        (tmp_path / f"{stem}.py").write_text(text)
    (tmp_path / "__init__.py").touch()
    assert [e.stem for e in catalogue(tmp_path)] == ["linear", "relu", "a_new_one"]


def test_chosen_are_in_order_and_may_be_files():
    found = chosen(["scenes/relu.py", "linear"], catalogue())
    assert [entry.stem for entry in found] == ["linear", "relu"]
    assert len(chosen([], catalogue())) == len(ORDER)


@pytest.mark.parametrize(("name", "near"), [("relo", "relu"), ("Linear", "linear")])
def test_unknown_clip_is_answered_with_the_nearest(name, near):
    with pytest.raises(ValueError, match=f"did you mean '{near}'"):
        chosen([name], catalogue())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "0 stories"),
        ("class A(Story): pass\nclass B(Story): pass", "2 stories"),
        ("class A(", "cannot be read"),
    ],
)
def test_files_that_are_no_clips_are_named(tmp_path, text, message):
    (tmp_path / "odd.py").write_text(text)
    with pytest.raises(ValueError, match=message):
        catalogue(tmp_path)


def test_missing_folder(tmp_path):
    with pytest.raises(ValueError, match="there is no folder"):
        catalogue(tmp_path / "none")
