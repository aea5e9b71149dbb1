"""The player, in a browser: it plays, steps by beats, waits in lectures, follows the theme."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import SHOWN, Visitor, Whole, at, media, now, press_play, served, status, wait
from playwright.sync_api import Page

from publish.manifest import NAME, Clip

CLOUD = "build/clips/cloud/index.html"


@pytest.fixture(scope="session")
def cloud(build: Path) -> Clip:
    return Clip.load(build / "clips/cloud" / NAME)


def current(page: Page) -> str:
    return page.locator(".beats a[aria-current] .name").inner_text()


def test_it_plays_with_captions(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD)
    assert media(page, "paused")
    assert media(page, "controls")
    assert media(page, "readyState") == 0
    press_play(page, page.keyboard)
    wait(page, f"video.currentTime > 0.7 && {SHOWN} === 1")
    text = page.evaluate("document.querySelector('video').textTracks[0].activeCues[0].text")
    assert text.replace("\n", " ") == "Three hundred points, drawn in one go."


def test_the_chapters_are_the_beats(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    page.evaluate("document.querySelector('video').textTracks[1].mode = 'hidden'")
    wait(page, f"video.textTracks[1].cues?.length === {len(cloud.beats)}")
    told = page.evaluate("[...document.querySelector('video').textTracks[1].cues].map(c => c.text)")
    assert told == [beat.name for beat in cloud.beats]


def test_buttons_step_by_beats(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    following = page.get_by_role("button", name="Next beat")
    earlier = page.get_by_role("button", name="Previous beat")
    assert earlier.is_disabled()
    for number, beat in enumerate(cloud.beats[1:], 2):
        following.click()
        at(page, beat.start)
        assert now(page) >= beat.start
        assert status(page) == f"Beat {number} of 3: {beat.name}"
        assert current(page).startswith(beat.name)
    assert following.is_disabled()
    earlier.click()
    at(page, cloud.beats[1].start)
    assert media(page, "paused")


def test_arrow_keys_step_by_beats(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    page.keyboard.press("ArrowRight")
    at(page, cloud.beats[1].start)
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("ArrowRight")
    at(page, cloud.beats[2].start)
    page.keyboard.press("ArrowLeft")
    at(page, cloud.beats[1].start)


def test_arrow_keys_stay_the_browsers_in_its_own_controls(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD)
    press_play(page, page.keyboard)
    wait(page, "video.currentTime > 0.1")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Next beat").focus()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.tagName") == "VIDEO":
            break
    assert page.evaluate(
        "document.querySelector('video').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true, cancelable: true}))"
    ), "the player took the key for itself"
    assert status(page).startswith("Beat 1")


def test_arrow_keys_step_after_a_click(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    page.locator("video").click()
    wait(page, "video.currentTime > 0.1")
    page.keyboard.press("ArrowRight")
    wait(page, f"video.currentTime >= {cloud.beats[1].start}")
    assert now(page) < cloud.beats[1].start + 2


def test_beats_can_be_chosen_in_the_list(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    page.locator(".beats a").nth(2).focus()
    page.keyboard.press("Enter")
    at(page, cloud.beats[2].start)
    assert page.url == site + CLOUD
    assert page.locator(".beats a").nth(2).get_attribute("aria-current") == "step"


def test_stepping_does_not_stop_what_plays(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    press_play(page, page.keyboard)
    wait(page, "video.currentTime > 0.1")
    page.get_by_role("button", name="Next beat").click()
    wait(page, f"video.currentTime > {cloud.beats[1].start + 0.3}")
    assert not media(page, "paused")


@pytest.mark.parametrize(("scheme", "other"), [("dark", "light"), ("light", "dark")])
def test_the_theme_follows_the_reader(visitor: Visitor, site: str, scheme: str, other: str) -> None:
    page = visitor.open(site + CLOUD, color_scheme=scheme)
    press_play(page, page.keyboard)
    wait(page, f"video.currentTime > 0.4 && video.currentSrc.endsWith('cloud-{scheme}.mp4')")
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    reached = now(page)
    page.emulate_media(color_scheme=other)
    wait(page, f"video.currentSrc.endsWith('cloud-{other}.mp4') && video.readyState > 1")
    wait(page, f"!video.paused && video.currentTime > {reached}")
    assert now(page) < reached + 3
    assert str(media(page, "poster")).endswith(f"cloud-{other}-720p.png")
    assert media(page, "textTracks[0].mode") == "showing"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != background


def test_a_new_theme_opens_nothing_unasked(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD, color_scheme="dark")
    page.emulate_media(color_scheme="light")
    wait(page, "video.currentSrc.endsWith('cloud-light.mp4')")
    assert media(page, "readyState") == 0
    assert media(page, "paused")


def test_a_paused_video_keeps_its_place_in_a_new_theme(
    visitor: Visitor, site: str, cloud: Clip
) -> None:
    page = visitor.open(site + CLOUD, color_scheme="dark")
    page.keyboard.press("ArrowRight")
    at(page, cloud.beats[1].start)
    page.emulate_media(color_scheme="light")
    wait(page, "video.currentSrc.endsWith('cloud-light.mp4') && video.readyState > 1")
    at(page, cloud.beats[1].start)
    assert media(page, "paused")


def test_a_page_may_ask_for_a_theme(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD + "?theme=light", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(252, 251, 248)"
    press_play(page, page.keyboard)
    wait(page, "video.currentTime > 0.1 && video.currentSrc.endsWith('cloud-light.mp4')")


def test_a_lecture_waits_for_answers_and_at_ends(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD + "?mode=lecture")
    frame = 1 / cloud.frame_rate
    asking = cloud.beats[1]
    assert asking.reveal is not None
    page.evaluate("document.querySelector('video').playbackRate = 3")
    stops = [(cloud.beats[0].end, ""), (asking.reveal, asking.question), (asking.end, "")]
    for time, question in stops:
        page.keyboard.press("PageDown")
        wait(page, f"!video.paused || video.currentTime > {time - 2 * frame}")
        wait(page, f"video.paused && !video.seeking && video.currentTime >= {time} - {frame}")
        assert now(page) < time
        assert page.locator("[data-part=asked]").inner_text() == question
    page.keyboard.press("PageDown")
    wait(page, "video.ended")
    page.keyboard.press("PageDown")
    assert media(page, "ended")


def test_a_lecture_can_hurry(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    page.get_by_role("button", name="Lecture mode").click()
    page.keyboard.press("ArrowRight")
    wait(page, "!video.paused && video.currentTime > 0.1")
    page.keyboard.press("ArrowRight")
    at(page, cloud.beats[0].end - 1 / cloud.frame_rate)
    assert media(page, "paused")
    page.keyboard.press("ArrowLeft")
    at(page, 0)


def test_the_plain_mode_waits_for_nobody(visitor: Visitor, site: str, cloud: Clip) -> None:
    page = visitor.open(site + CLOUD)
    asking = cloud.beats[1]
    assert asking.reveal is not None
    page.keyboard.press("ArrowRight")
    at(page, asking.start)
    page.evaluate("document.querySelector('video').playbackRate = 4")
    press_play(page, page.keyboard)
    wait(page, f"video.currentTime > {asking.end + 0.2}")
    assert page.locator("[data-part=question]").is_hidden()


def test_beats_step_where_the_server_sends_no_ranges(
    visitor: Visitor, build: Path, cloud: Clip
) -> None:
    with served(build, Whole) as address:
        page = visitor.open(address + "clips/cloud/index.html")
        page.keyboard.press("ArrowRight")
        wait(page, "video.currentSrc.startsWith('blob:') && video.readyState > 1")
        at(page, cloud.beats[1].start)
        page.keyboard.press("ArrowRight")
        at(page, cloud.beats[2].start)
