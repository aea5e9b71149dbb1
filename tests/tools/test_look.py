"""The look's checks: each sees what is broken, and nothing else in the same scene."""

import os
from dataclasses import replace

import numpy as np
import pytest
import tiny_story
from look import golden, playing, suite
from look.colours import APART, contrast, distances, theme_colours
from look.finding import Finding, distinct, table
from look.flashes import Flashes
from look.watching import glance, thorough
from PIL import Image

from mobjects.theme import theme

BROKEN = {
    tiny_story.text_on_text: "text on text",
    tiny_story.text_on_text_on_the_way: "text on text",
    tiny_story.text_over_data: "text over data",
    tiny_story.text_over_data_on_the_way: "text over data",
    tiny_story.outside_the_frame: "frame",
    tiny_story.outside_the_safe_area: "safe area",
    tiny_story.small_text: "text size",
    tiny_story.small_number: "text size",
    tiny_story.faint_text: "text contrast",
    tiny_story.faint_mark: "mark contrast",
    tiny_story.faint_line: "mark contrast",
    tiny_story.fast_caption: "caption speed",
    tiny_story.long_caption: "caption lines",
    tiny_story.long_beat: "beat length",
    tiny_story.ShortBeat: "beat length",
    tiny_story.flashing: "flashing",
}
BIG = {"text over data", "text contrast", "mark contrast", "flashing"}


def checks(seen) -> set[str]:
    """The rules broken, but for the clip's length: these stories are short."""
    return {each.check for each in seen.findings} - {"clip length"}


@pytest.mark.parametrize("theme_name", playing.THEMES)
@pytest.mark.parametrize("story", BROKEN, ids=lambda story: story.__name__)
def test_each_check_sees_what_is_broken(story, theme_name):
    seen = (thorough if BROKEN[story] in BIG else glance)(story, theme_name)
    assert checks(seen) == {BROKEN[story]}
    for each in seen.findings:
        assert each.mobject
        assert each.beat == "Broken" or each.check == "clip length"


@pytest.mark.parametrize("theme_name", playing.THEMES)
def test_nothing_is_amiss_in_a_tidy_story(theme_name):
    seen = thorough(tiny_story.Tidy, theme_name)
    assert checks(seen) == set()
    assert [len(seen.frames), len(seen.stills)] == [2, 2]


def test_a_clip_that_is_too_short_is_seen():
    (finding,) = glance(tiny_story.Tidy, "dark").findings
    assert finding.check == "clip length"


def test_small_things_may_twinkle():
    assert checks(thorough(tiny_story.twinkling, "dark")) == set()


def test_findings_name_the_mobjects():
    (finding,) = thorough(tiny_story.text_over_data, "dark").findings[:1]
    assert finding.mobject == "'in the thick of it'"
    assert finding.remark.endswith("crossed by Lines")
    (finding,) = thorough(tiny_story.faint_line, "dark").findings[:1]
    assert finding.mobject == "Lines"
    assert "#5fd0c0 at 20%: contrast 1.5" in finding.remark


@pytest.mark.parametrize(("pairs", "seen"), [(3, False), (4, True)])
def test_more_than_three_flashes_a_second_are_seen(pairs, seen):
    flashes, found = Flashes(30), []
    for number in range(30):
        level = 200 if number < 3 * 2 * pairs and number // 3 % 2 else 0
        found += flashes.show(np.full((90, 160, 3), level, np.uint8))
    assert bool(found) is seen
    assert {each.kind for each in found} <= {"general"}


def test_slow_or_faint_or_bright_changes_do_not_flash():
    for low, high, stay in [(0, 200, 15), (0, 80, 3), (232, 255, 3)]:
        flashes = Flashes(60)
        frames = [np.full((90, 160, 3), (low, high)[n // stay % 2], np.uint8) for n in range(60)]
        assert not any(flashes.show(frame) for frame in frames), (low, high, stay)


def test_saturated_red_flashes_sooner():
    flashes, found = Flashes(60), []
    for number in range(60):
        found += flashes.show(
            np.full((90, 160, 3), [(0, 0, 0), (90, 0, 0)][number // 4 % 2], np.uint8)
        )
    assert {each.kind for each in found} == {"red"}


def test_contrast_is_that_of_wcag():
    black, white, grey = (np.full((1, 3), level, np.uint8) for level in (0, 255, 119))
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.48, abs=0.01)


def test_red_and_green_are_near_each_other_for_a_deuteranope():
    colors = ("#b05020", "#687818")
    assert distances(colors, "no colour blindness")[0, 1] > 2 * APART
    assert distances(colors, "deuteranopia")[0, 1] < APART


@pytest.mark.parametrize("theme_name", playing.THEMES)
def test_theme_colours_stay_apart(theme_name):
    with playing.themed(theme_name):
        assert theme_colours(theme()) == []
        classes = (*theme().classes[:4], theme().classes[0], *theme().classes[5:])
        (*found,) = theme_colours(replace(theme(), classes=classes))
    assert {each.check for each in found} == {"colours apart"}


def test_what_stays_wrong_is_said_once():
    one = Finding("frame", "Beat", "Cloud", "0.1 units")
    again, other = replace(one, remark="0.2 units"), replace(one, mobject="Lines")
    assert distinct([one, again, other]) == [one, other]


def test_table_aligns():
    assert table([("a", "bb", "c"), ("aaa", "b", "cc")]) == "a    bb  c\naaa  b   cc"


def test_command_writes_a_sheet_and_fails_on_findings(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(suite, "story_of", lambda clip: tiny_story.text_on_text)
    findings = suite.look_at("relu", "light", tmp_path)
    assert {each.check for each in findings} == {"text on text", "clip length"}
    with Image.open(tmp_path / "relu-light.png") as shown:
        assert shown.width > 3 * 640
    with pytest.raises(SystemExit):
        suite.main(["nothing"])
    assert "got 'nothing', want one of" in capsys.readouterr().err


def test_a_theme_is_chosen_for_a_while(monkeypatch):
    monkeypatch.setenv("THEME", "dark")
    with playing.themed("light"):
        assert theme().name == "light"
    assert os.environ["THEME"] == "dark"


def test_kept_frames_are_compared_as_manim_does(tmp_path):
    frames = [np.full((90, 160, 3), level, np.uint8) for level in (10, 200)]
    path = golden.kept_at("tiny", "dark", tmp_path)
    assert golden.keep(frames, path) is not None
    assert golden.keep(frames, path) is None
    golden.compare(frames, path)
    golden.compare([frame + np.uint8(1) for frame in frames], path)
    with pytest.raises(AssertionError, match="Frame no 1"):
        golden.compare([frames[0], frames[1] - np.uint8(3)], path)
    with pytest.raises(AssertionError, match="keeps 2 frames"):
        golden.compare(frames[:1], path)
    shown = golden.keep([frames[0], frames[1] - np.uint8(30)], path)
    assert shown is not None
    assert np.asarray(shown).max() > 100
