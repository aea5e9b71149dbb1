"""What is written, without a browser."""

from __future__ import annotations

import io
import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mobjects.theme import named
from publish.assembly import thumbnail as small_poster
from publish.manifest import NAME, Clip
from publish.pages import web_address, write_pages
from publish.pages.site import reference, sources
from publish.pages.snippets import snippets
from publish.pages.thumbnails import MAX_BYTES, thumbnail


class Addresses(HTMLParser):
    """Every address that a page names."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        wanted = ("src", "href", "poster", "srcset", "data-poster-dark", "data-poster-light")
        self.found |= {value for name, value in attrs if name in wanted and value}


def clip_of(build: Path, stem: str) -> Clip:
    return Clip.load(build / "clips" / stem / NAME)


@pytest.fixture
def copy(build: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(build, tmp_path / "build"))


def test_every_page_is_named(build: Path) -> None:
    wanted = ["index.html", "clips/cloud/index.html", "clips/ring/index.html"]
    assert [path.relative_to(build).as_posix() for path in write_pages(build)] == wanted


def test_every_address_is_a_file_of_the_build(build: Path) -> None:
    for page in write_pages(build):
        for address in Addresses(page).found:
            if not address.startswith(("data:", "#")):
                assert (page.parent / re.sub("#.*", "", address)).is_file(), (page, address)


def test_a_clips_page_needs_its_folder_alone(build: Path) -> None:
    pages = [path for path in write_pages(build) if path.parent != build]
    for page in pages:
        beyond = {a for a in Addresses(page).found if a.startswith("..")}
        text = page.read_text(encoding="utf-8")
        linked = set(re.findall(r'<a (?:rel="\w+" )?href="(\.\.[^"]*)"', text))
        assert beyond == linked


def test_nothing_new_is_nothing_written(copy: Path) -> None:
    paths = [path for path in copy.rglob("*") if path.is_file()]
    before = {path: path.stat().st_mtime_ns for path in paths}
    write_pages(copy)
    assert before == {path: path.stat().st_mtime_ns for path in before}


def test_words_are_escaped(build: Path) -> None:
    page = (build / "clips/cloud/index.html").read_text(encoding="utf-8")
    assert "A cloud &amp; its way" in page
    assert "A few hundred points &lt;in the middle&gt;." in page


def test_the_colours_are_the_clips(build: Path) -> None:
    page = (build / "index.html").read_text(encoding="utf-8")
    assert f"--accent:light-dark({named('light').accent},{named('dark').accent})" in page


def test_the_only_theme_is_fixed(copy: Path) -> None:
    for path in copy.glob("clips/*/manifest.json"):
        told = json.loads(path.read_text())
        told["videos"] = [video for video in told["videos"] if video["theme"] == "light"]
        for pictures in (told["posters"], told["thumbnails"]):
            del pictures["dark"]
        for beat in told["beats"]:
            del beat["stills"]["dark"]
        path.write_text(json.dumps(told))
    for page in write_pages(copy):
        text = page.read_text(encoding="utf-8")
        assert '<html lang="en" data-theme="light">' in text
        assert "dark.mp4" not in text
        assert "dark-01.png" not in text


def test_the_last_source_is_for_everyone(build: Path) -> None:
    files = sources(clip_of(build, "ring"))
    assert [file.file for file in files] == [
        "ring-light-720p.mp4",
        "ring-light.mp4",
        "ring-dark-720p.mp4",
        "ring-dark.mp4",
    ]
    assert all("light" in file.media for file in files[:2])
    assert files[-1].media == ""


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        ("1.5", "Figure 1.5"),
        ("1.3, 1.5", "Figures 1.3, 1.5"),
        ("1.3, top row", "Figure 1.3, top row"),
        ("1.6, equations 1.1 to 1.6", "Figure 1.6, equations 1.1 to 1.6"),
        ("text of 1.3", "Text of section 1.3"),
        ("", ""),
    ],
)
def test_places_in_the_book_in_words(figure: str, words: str) -> None:
    assert reference(figure) == words


def test_web_addresses_end_in_a_slash() -> None:
    assert web_address("https://example.org/a") == "https://example.org/a/"
    assert web_address("http://localhost:8000/") == "http://localhost:8000/"
    assert web_address("") == ""


@pytest.mark.parametrize(
    "wrong", ["example.org", "ftp://a/", "https://a/ b", 'https://a/"', "http://"]
)
def test_other_addresses_are_refused(build: Path, wrong: str) -> None:
    with pytest.raises(ValueError, match=r"base_url: got .*want the web address"):
        write_pages(build, wrong)


def test_a_folder_that_is_no_build_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"there is no file .*manifest\.json; run"):
        write_pages(tmp_path)


def test_snippets_name_the_web_address(copy: Path) -> None:
    write_pages(copy, "https://example.org/course")
    page = (copy / "clips/ring/index.html").read_text(encoding="utf-8")
    assert "https://example.org/course/clips/ring/index.html" in page


def test_snippets_survive_any_title(build: Path) -> None:
    clip = clip_of(build, "ring").model_copy(update={"title": 'a "b" <c> [d] & e'})
    for snippet in snippets(clip):
        text = snippet.at("x/")
        assert "{base}" not in text
        if "<iframe" in text or "<video" in text:
            assert "a &quot;b&quot; &lt;c&gt; [d] &amp; e" in text


def test_thumbnails_are_small_and_keep_colours(tmp_path: Path) -> None:
    flat = tmp_path / "flat.png"
    Image.new("RGB", (1280, 720), "#62a8ff").save(flat)
    (tmp_path / "flat.webp").write_bytes(thumbnail(flat))
    with Image.open(tmp_path / "flat.webp") as small:
        assert small.size == (1280, 720)
        color = small.convert("RGB").getpixel((600, 300))
    assert all(abs(a - b) <= 3 for a, b in zip(color, (0x62, 0xA8, 0xFF), strict=True))


def test_busy_pictures_are_made_smaller(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (90, 160, 3), dtype=np.uint8)
    source = tmp_path / "busy.png"
    Image.fromarray(noise).resize((1280, 720), Image.Resampling.BICUBIC).save(source)
    (tmp_path / "busy.webp").write_bytes(thumbnail(source))
    assert (tmp_path / "busy.webp").stat().st_size <= MAX_BYTES
    with Image.open(tmp_path / "busy.webp") as small:
        assert small.width < 1280
        assert small.width / small.height == pytest.approx(16 / 9, rel=0.01)


def test_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "not.png").write_text("no picture")
    with pytest.raises(ValueError, match=r"source: .*not\.png cannot be read as a picture"):
        thumbnail(tmp_path / "not.png")


def test_the_smaller_poster_keeps_colours_of_few_pixels() -> None:
    picture = Image.linear_gradient("L").resize((320, 180)).convert("RGB")
    for index, color in enumerate(("#54aaff", "#ff6f61", "#ffcf5c")):
        picture.paste(color, (40 + 60 * index, 40, 44 + 60 * index, 44))
    written = io.BytesIO()
    picture.save(written, "PNG")
    with Image.open(io.BytesIO(small_poster(written.getvalue(), (320, 180)))) as small:
        found = [small.convert("RGB").getpixel((42 + 60 * index, 42)) for index in range(3)]
    wanted = [(0x54, 0xAA, 0xFF), (0xFF, 0x6F, 0x61), (0xFF, 0xCF, 0x5C)]
    assert np.abs(np.subtract(found, wanted)).max() <= 8
