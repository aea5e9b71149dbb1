"""What is there to paste, pasted: built by the tools it is for, and opened in the browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pypandoc
import pytest
from browser import SHOWN, Visitor, press_play, wait
from markdown_it import MarkdownIt
from playwright.sync_api import Page
from sphinx.cmd.build import main as sphinx

from publish.manifest import NAME, Clip
from publish.pages.snippets import snippets

BASE = "../build/clips/cloud/"
TITLE = "A cloud & its way"


@pytest.fixture(scope="session")
def paste(build: Path) -> Callable[[str], str]:
    """The snippet of a name, for pages in a folder beside the build."""
    clip = Clip.load(build / "clips/cloud" / NAME)
    found = {snippet.name: snippet.at(BASE) for snippet in snippets(clip)}
    return found.__getitem__


@pytest.fixture(scope="session")
def course(build: Path, paste: Callable[[str], str]) -> Path:
    """A course whose pages are made by Sphinx, of reStructuredText and of MyST."""
    source = build.parent / "source"
    source.mkdir()
    (source / "conf.py").write_text("project = 'Course'\nextensions = ['myst_parser']\n")
    contents = "Course\n======\n\n.. toctree::\n\n   text\n   notes\n"
    (source / "index.rst").write_text(contents)
    (source / "text.rst").write_text(f"Text\n====\n\nWords.\n\n{paste('Sphinx')}\n\nMore.\n")
    myst = paste("Jupyter Book 1, Sphinx with MyST")
    (source / "notes.md").write_text(f"# Notes\n\nWords.\n\n{myst}\n\nMore.\n")
    with redirect_stdout(StringIO()):
        assert sphinx(["-q", "-W", "-b", "html", str(source), str(build.parent / "course")]) == 0
    return build.parent / "course"


def html_page(folder: Path, name: str, body: str) -> str:
    folder.mkdir(exist_ok=True)
    head = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
    (folder / f"{name}.html").write_text(f"{head}<body>{body}</body></html>", encoding="utf-8")
    return f"{folder.name}/{name}.html"


def plays_in_a_frame(page: Page) -> None:
    frame = page.frames[1]
    frame.wait_for_load_state()
    assert page.locator("iframe").get_attribute("title") == TITLE
    page.locator("iframe").scroll_into_view_if_needed()
    press_play(frame, page.keyboard)
    wait(frame, f"video.currentTime > 0.4 && {SHOWN} === 1")


@pytest.mark.parametrize("name", ["text", "notes"])
def test_sphinx_and_myst(visitor: Visitor, site: str, course: Path, name: str) -> None:
    plays_in_a_frame(visitor.open(f"{site}{course.name}/{name}.html"))


def test_a_frame_in_html(
    visitor: Visitor, site: str, build: Path, paste: Callable[[str], str]
) -> None:
    where = html_page(build.parent / "plain", "frame", paste("HTML, Moodle, Canvas"))
    page = visitor.open(site + where, width=360)
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["height"] >= 240
    plays_in_a_frame(page)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_video_in_html(
    visitor: Visitor, site: str, build: Path, paste: Callable[[str], str], scheme: str
) -> None:
    where = html_page(build.parent / "plain", "video", paste("HTML, video only"))
    page = visitor.open(site + where, color_scheme=scheme)
    press_play(page, page.keyboard)
    wait(page, f"video.currentTime > 0.4 && {SHOWN} === 1")
    wait(page, f"video.currentSrc.endsWith('cloud-{scheme}.mp4')")


def test_quarto(visitor: Visitor, site: str, build: Path, paste: Callable[[str], str]) -> None:
    text = paste("Quarto")
    body = pypandoc.convert_text(text, "html", format="markdown")
    assert 'class="content-visible" data-when-format="html"' in body
    plays_in_a_frame(visitor.open(site + html_page(build.parent / "plain", "quarto", body)))
    paper = pypandoc.convert_text(text, "latex", format="markdown")
    assert "iframe" not in paper
    assert f"{BASE}cloud-light.png" in paper


def test_markdown(visitor: Visitor, site: str, build: Path, paste: Callable[[str], str]) -> None:
    body = MarkdownIt("js-default").render(paste("Markdown"))
    page = visitor.open(site + html_page(build.parent / "plain", "markdown", body))
    assert page.evaluate("document.querySelector('img').naturalWidth") > 0
    page.get_by_role("link", name=TITLE).click()
    press_play(page, page.keyboard)
    wait(page, "video.currentTime > 0.2")


def test_the_panel_follows_the_address(visitor: Visitor, site: str) -> None:
    page = visitor.open(f"{site}build/clips/cloud/index.html")
    page.get_by_text("Embed", exact=True).click()
    code = page.locator("[data-part=embed] code[data-template]").first
    assert f'src="{site}build/clips/cloud/index.html"' in code.inner_text()
    page.get_by_label("Address of the folder").fill("https://example.org/cloud")
    assert 'src="https://example.org/cloud/index.html"' in code.inner_text()


def test_snippets_can_be_copied(visitor: Visitor, site: str) -> None:
    page = visitor.open(
        f"{site}build/clips/cloud/index.html",
        permissions=["clipboard-read", "clipboard-write"],
    )
    page.get_by_text("Embed", exact=True).click()
    page.locator("[data-part=embed] summary", has_text="Markdown").click()
    page.locator("button[data-name=Markdown]").click()
    page.get_by_text("Copied: Markdown.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("[data-part=embed] code[data-template]").last.inner_text()


def test_every_snippet_is_in_the_panel(visitor: Visitor, site: str, build: Path) -> None:
    page = visitor.open(f"{site}build/clips/cloud/index.html")
    clip = Clip.load(build / "clips/cloud" / NAME)
    told = page.locator("[data-part=embed] details > summary").all_text_contents()
    assert told == [snippet.name for snippet in snippets(clip)]
