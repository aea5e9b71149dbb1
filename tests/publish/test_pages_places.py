"""Where pages must work: phones, files, frames, paper, without scripts, for everyone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import SHOWN, Visitor, at, now, press_play, served, status, wait
from PIL import Image
from playwright.sync_api import Page

from publish import files
from publish.lecture import join
from publish.manifest import NAME, Beat, Chapter, Clip, clips
from publish.pages import write_pages
from publish.pages.site import THUMBNAILS, whole_chapter
from publish.pages.thumbnails import thumbnail

INDEX = "build/index.html"
CLOUD = "build/clips/cloud/index.html"
PAGES = (INDEX, CLOUD)
CLIPS = 15
PHONE = {"width": 360, "height": 740}
MOST_BYTES = 1_000_000


@pytest.fixture(scope="session")
def second_beat(build: Path) -> float:
    return Clip.load(build / "clips/cloud" / NAME).beats[1].start


def test_a_clip_from_a_file(visitor: Visitor, build: Path, second_beat: float) -> None:
    page = visitor.open((build / "clips/cloud/index.html").as_uri())
    press_play(page, page.keyboard)
    wait(page, f"video.currentTime > 0.7 && {SHOWN} === 1")
    page.get_by_role("button", name="Next beat").click()
    wait(page, f"video.currentTime >= {second_beat}")


def test_the_chapter_from_a_file(visitor: Visitor, build: Path) -> None:
    page = visitor.open((build / "index.html").as_uri())
    press_play(page, page.keyboard)
    wait(page, f"video.currentTime > 0.7 && {SHOWN} === 1")
    page.get_by_role("link", name="A ring", exact=True).click()
    assert page.url == (build / "clips/ring/index.html").as_uri()


@pytest.mark.parametrize("rights", [None, "allow-scripts", ""])
def test_a_clip_in_a_frame(
    visitor: Visitor, build: Path, site: str, second_beat: float, rights: str | None
) -> None:
    sandbox = "" if rights is None else f'sandbox="{rights}"'
    host = build.parent / f"host-{rights}.html"
    host.write_text(
        '<!doctype html><title>A course</title><link rel="icon" href="data:,">'
        f'<iframe src="{CLOUD}" title="clip" {sandbox} width="640" height="400"></iframe>'
    )
    page = visitor.open(site + host.name)
    frame = page.frames[1]
    frame.wait_for_load_state()
    if rights == "":  # nothing can be asked of it, but it is there
        assert page.frame_locator("iframe").locator("video").is_visible()
        visitor.errors.clear()  # Chromium says that the sandbox keeps scripts out
        return
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bar = frame.locator("[data-part=bar]").bounding_box()
    assert bar is not None
    assert bar["y"] + bar["height"] <= 420
    assert frame.locator("details.embed").is_hidden()
    press_play(frame, page.keyboard)
    wait(frame, f"video.currentTime > 0.4 && {SHOWN} === 1")
    frame.get_by_role("button", name="Next beat").click()
    wait(frame, f"video.currentTime >= {second_beat}")


def test_without_scripts_it_is_a_plain_video(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD, java_script_enabled=False)
    video = page.locator("video")
    assert video.get_attribute("controls") is not None
    assert video.locator("track[kind=captions]").get_attribute("default") is not None
    assert page.locator("button:visible").count() == 0
    assert page.locator("[data-part=keys]").is_hidden()
    page.locator("details.transcript > summary").click()
    assert page.get_by_text("The points move down.").is_visible()
    poster = page.locator("video").screenshot()
    plain = visitor.open(site + CLOUD).locator("video").screenshot()
    assert abs(len(poster) - len(plain)) < 0.3 * len(plain)


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_sticks_out_on_a_phone(
    visitor: Visitor, site: str, place: str, scheme: str
) -> None:
    page = visitor.open(site + place, width=360, color_scheme=scheme)
    open_everything(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate(
        "[...document.querySelectorAll('body *:not(.unseen, .unseen *, pre *)')].every("
        "node => node.getBoundingClientRect().right <= 360.5)"
    )
    if place == CLOUD:
        press_play(page, page.keyboard)
        wait(page, f"video.currentSrc.endsWith('cloud-{scheme}-720p.mp4')")


def test_a_long_list_of_beats_scrolls_by_itself(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD, width=360)
    asking = page.locator(".beats li:has(.unseen)").first
    asking.evaluate("beat => { for (let i = 0; i < 60; i++) beat.after(beat.cloneNode(true)); }")
    bottom = page.evaluate("document.body.getBoundingClientRect().bottom + scrollY")
    assert page.evaluate("document.documentElement.scrollHeight") <= bottom + 1


@pytest.mark.parametrize("place", PAGES)
def test_nothing_moves_for_those_who_prefer_that(visitor: Visitor, site: str, place: str) -> None:
    page = visitor.open(site + place, reduced_motion="reduce")
    page.wait_for_timeout(300)
    assert page.evaluate("[...document.querySelectorAll('video')].every(v => v.paused)")
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.evaluate(
        "[...document.querySelectorAll('body, body *:not(video *, picture *)')].every(node => {"
        "const look = getComputedStyle(node); return look.scrollBehavior === 'auto' && "
        "['none', 'all'].includes(look.transitionProperty) && look.animationName === 'none'})"
    )
    press_play(page, page.keyboard)
    wait(page, "video.currentTime > 0.2")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_paper_gets_the_poster_and_all_words(visitor: Visitor, site: str, scheme: str) -> None:
    page = visitor.open(site + CLOUD, color_scheme=scheme)
    assert page.locator("img.poster").is_hidden()
    page.emulate_media(media="print")
    assert page.locator("video").is_hidden()
    poster = page.locator("img.poster")
    assert poster.is_visible()
    assert str(poster.get_attribute("src")).endswith("cloud-light.png")
    page.wait_for_function("document.querySelector('img.poster').naturalWidth > 0")
    assert page.get_by_text("A few hundred points <in the middle>.").is_visible()
    assert page.locator("[data-part=bar]").is_hidden()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(252, 251, 248)"


def test_a_printed_page_holds_its_pictures(visitor: Visitor, site: str) -> None:
    paper = visitor.open(site + CLOUD).pdf()
    assert paper.count(b"/Subtype /Image") >= 4  # the poster, and a still of each beat


@pytest.mark.parametrize("place", PAGES)
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_audit_finds_nothing_serious(
    visitor: Visitor, site: str, place: str, scheme: str
) -> None:
    page = visitor.open(site + place, color_scheme=scheme)
    assert serious(page) == []
    open_everything(page)
    page.keyboard.press("ArrowRight")
    if place == CLOUD:
        page.get_by_role("button", name="Lecture mode").click()
    assert serious(page) == []


def test_the_keyboard_reaches_everything(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD)
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        active = page.evaluate(
            "[document.activeElement.tagName, document.activeElement.textContent.trim(), "
            "getComputedStyle(document.activeElement).outlineStyle]"
        )
        reached.add((active[0], active[1].split("\n")[0]))
        if active[0] not in ("VIDEO", "BODY"):
            assert active[2] != "none", active
    names = {name for _, name in reached}
    assert "VIDEO" in {tag for tag, _ in reached}
    assert {"Lecture mode", "Transcript, with what is seen", "Embed", "Files"} <= names


def test_beats_are_told_to_those_who_listen(visitor: Visitor, site: str) -> None:
    page = visitor.open(site + CLOUD)
    told = page.get_by_role("status").filter(has_text="Beat 1 of 3: Points")
    assert told.count() == 1
    page.keyboard.press("ArrowRight")
    assert status(page) == "Beat 2 of 3: Question"


def test_keys_go_to_the_player_last_used(visitor: Visitor, site: str, second_beat: float) -> None:
    page = visitor.open(site + INDEX)
    page.keyboard.press("ArrowRight")
    assert now(page) == 0
    page.locator("#cloud [data-part=next]").click()
    at(page, second_beat)
    page.locator("h1").click()
    page.keyboard.press("ArrowLeft")
    at(page, 0)
    assert page.evaluate("document.querySelector('#ring video').readyState") == 0


def test_a_folder_alone_has_no_way_back(visitor: Visitor, site: str, build: Path) -> None:
    assert visitor.open(site + CLOUD).get_by_role("link", name="Two small clips").is_visible()
    shutil.copytree(build / "clips/cloud", build.parent / "alone")
    page = visitor.open(site + "alone/index.html")
    assert page.get_by_role("link", name="Two small clips").is_hidden()
    press_play(page, page.keyboard)
    wait(page, "video.currentTime > 0.2")


def test_the_whole_chapter_as_one_video(visitor: Visitor, build: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(build, tmp_path / "build"))
    join(folder, "light")
    write_pages(folder)
    page = visitor.open((folder / "index.html").as_uri())
    page.get_by_role("link", name="The whole chapter as one video").click()
    page.locator(".beats a", has_text="A ring: Growing").click()
    start = next(beat.start for beat in whole_beats(folder) if beat.name == "A ring: Growing")
    at(page, start)
    press_play(page, page.keyboard)
    wait(page, f"video.currentTime > {start + 0.3} && {SHOWN} === 1")
    assert page.locator("html").get_attribute("data-theme") == "light"
    assert serious(page) == []


def whole_beats(folder: Path) -> tuple[Beat, ...]:
    whole = whole_chapter(folder, Chapter.load(folder / NAME), clips(folder))
    assert whole is not None
    return whole.beats


def test_a_clip_of_one_theme_among_others(visitor: Visitor, build: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(build, tmp_path / "build"))
    told = folder / "clips/cloud" / NAME
    clip = Clip.load(told)
    videos = tuple(video for video in clip.videos if video.theme == "dark")
    pictures = {
        "posters": {"dark": "cloud-dark.png"},
        "thumbnails": {"dark": "cloud-dark-720p.png"},
    }
    clip.model_copy(update={"videos": videos} | pictures).save(told)
    write_pages(folder)
    page = visitor.open((folder / "index.html").as_uri(), color_scheme="dark")
    page.emulate_media(color_scheme="light")
    press_play(page, page.keyboard)
    wait(page, "video.currentTime > 0.2 && video.currentSrc.endsWith('cloud-dark.mp4')")
    assert page.evaluate("document.querySelector('#ring video').currentSrc").endswith("light.mp4")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_heavy_chapter_is_light_until_played(visitor: Visitor, heavy: Path, scheme: str) -> None:
    sizes: list[int] = []
    with served(heavy) as address:
        page = visitor.open("about:blank", color_scheme=scheme)
        page.on("requestfinished", lambda request: sizes.append(weight(request)))
        page.goto(address)
        for _ in range(10):
            page.mouse.wheel(0, 2_000)
            page.wait_for_timeout(50)
        page.wait_for_load_state("networkidle")
    assert len(sizes) == 1 + CLIPS
    assert 500_000 < sum(sizes) < MOST_BYTES


def test_a_long_list_follows_and_the_page_stays(visitor: Visitor, heavy: Path) -> None:
    page = visitor.open((heavy / "clips/clip0/index.html").as_uri(), viewport=PHONE)
    page.evaluate("document.querySelector('.beats').style.maxHeight = '90px'")
    page.evaluate("scrollTo(0, 50)")
    page.locator(".beats a").last.evaluate("link => link.click()")
    assert page.evaluate("document.querySelector('.beats').scrollTop") > 100
    assert page.evaluate("scrollY") == 50


@pytest.fixture(scope="session")
def heavy(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifteen clips of nine beats, their posters as busy as can be."""
    folder = tmp_path_factory.mktemp("heavy")
    told = json.loads((build / "clips/cloud" / NAME).read_text())
    beats = [beat | {"name": f"{beat['name']} {n}"} for n in range(3) for beat in told["beats"]]
    for n, beat in enumerate(beats):
        span = {"start": float(n), "end": n + 1.0, "reveal": n + 0.5 if beat["question"] else None}
        caption = {"start": float(n), "end": n + 1.0, "text": 2 * f"{'Words upon words ' * 2}\n"}
        beats[n] = beat | span | {"captions": [caption]}
    noise = np.random.default_rng(0).integers(0, 255, (72, 128, 3), dtype=np.uint8)
    poster = folder / "poster.png"
    Image.fromarray(noise).resize((640, 360)).save(poster)
    small = thumbnail(poster)
    for stem in (f"clip{n}" for n in range(CLIPS)):
        shutil.copytree(build / "clips/cloud", folder / "clips" / stem)
        files.write(
            folder / "clips" / stem / NAME, json.dumps(told | {"stem": stem, "beats": beats})
        )
        for theme, name in told["posters"].items():
            shutil.copyfile(poster, folder / "clips" / stem / name)
            files.write(folder / THUMBNAILS / f"{stem}-{theme}.webp", small)
    Chapter(title="Heavy", clips=tuple(f"clip{n}" for n in range(CLIPS))).save(folder / NAME)
    write_pages(folder)
    return folder


def weight(request: Any) -> int:
    found = request.sizes()
    return int(found["responseBodySize"] + found["responseHeadersSize"])


def serious(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:120]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"]
    ]


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
