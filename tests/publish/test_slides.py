"""Slides of a small build, opened by other programs: python-pptx, manim-slides, a browser."""

import errno
import io
import json
import sys

import numpy as np
import pptx
import pytest
from decoded import frames
from manim_slides.config import PresentationConfig
from PIL import Image
from tiny_build import tiny_build

from mobjects.theme import named
from publish import manifest
from publish.deck import Deck
from publish.slides import write_slides
from publish.titles import title_page

LABELS = [
    "Neural networks as distribution transformers",
    "A cloud & its way",
    "A cloud & its way: Points",
    "A cloud & its way: Question",
    "A cloud & its way: Question: the answer",
    "A cloud & its way: Answer",
    "A ring",
    "A ring: Ring",
    "A ring: Growing",
    "A ring: Growing: the answer",
]
TITLES = [0, 1, 6]
QUESTIONS = {3: ["Where do they go?"], 8: ["How large will it be?"]}
NOTES = [
    "",
    "Figure 0.1",
    "Three hundred points, drawn in one go.",
    "Ask: Where do they go?",
    "They go down.",
    "",
    "Figure 0.2",
    "A ring of sixty points.",
    "Ask: How large will it be?",
    "",
]


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    build = tiny_build(tmp_path_factory.mktemp("slides") / "build")
    write_slides(build)
    return build


@pytest.fixture(scope="module")
def powerpoint(build):
    return pptx.Presentation(str(build / "slides" / "lecture-dark.pptx"))


def test_every_piece_is_a_slide_with_its_notes(powerpoint):
    slides = list(powerpoint.slides)
    assert [slide.shapes[0].name for slide in slides] == LABELS
    notes = [s.notes_slide.notes_text_frame.text if s.has_notes_slide else "" for s in slides]
    assert notes == NOTES


def test_videos_are_inside_with_posters_and_alternative_text(powerpoint, build):
    for index, slide in enumerate(powerpoint.slides):
        shape, *question = slide.shapes
        assert [box.text_frame.text for box in question] == QUESTIONS.get(index, [])
        assert (shape.left, shape.top) == (0, 0)
        assert (shape.width, shape.height) == (powerpoint.slide_width, powerpoint.slide_height)
        kinds = {part.partname.ext for part in _parts(slide)}
        assert ("mp4" in kinds) is (index not in TITLES)
        assert "png" in kinds
    answer = powerpoint.slides[4].shapes[0]
    assert answer._element.xpath(".//p:cNvPr")[0].get("descr") == "The points move down."
    assert powerpoint.core_properties.title == LABELS[0]


def _parts(slide):
    return [rel.target_part for rel in slide.part.rels.values() if not rel.is_external]


def test_pieces_follow_each_other_as_the_clips_do(build):
    plan = PresentationConfig.from_file(build / "slides" / "lecture-dark.json")
    assert [slide.type.value == "image" for slide in plan.slides] == [
        i in TITLES for i in range(len(LABELS))
    ]
    assert [slide.notes for slide in plan.slides] == NOTES
    clips = manifest.clips(build)
    whole = [build / "clips" / clip.stem / clip.video("dark").file for clip in clips]
    pieces = [slide.file for slide in plan.slides if slide.type.value == "video"]
    assert np.array_equal(frames(*pieces), frames(*whole))


def test_title_pages_are_of_the_videos_size(build):
    plan = PresentationConfig.from_file(build / "slides" / "lecture-dark.json")
    with Image.open(plan.slides[1].file) as page:
        assert page.size == (160, 90)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_a_title_page_is_in_its_themes_colours_and_reads_no_markup(theme):
    look = named(theme)
    plain = title_page("Data", "Figure 1", look, (960, 540))
    with Image.open(io.BytesIO(plain)) as page:
        pixels = np.asarray(page.convert("RGB"), dtype=int)
    assert pixels.shape == (540, 960, 3)
    assert (pixels[0, 0] == rgb(look.background)).all()
    for color in (look.ink, look.muted):
        assert np.abs(pixels - rgb(color)).max(axis=2).min() <= 2
    assert title_page("*Data* #panic()", "Figure 1", look, (960, 540)) != plain


def rgb(color: str) -> np.ndarray:
    return np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)])


def test_arrow_keys_step_through_the_page_without_asking_the_net(build, visitor):
    page = visitor.open((build / "slides" / "lecture-dark.html").as_uri())
    page.wait_for_function("Reveal.isReady()")
    assert page.evaluate("Reveal.getTotalSlides()") == len(LABELS)
    for index, label in enumerate(LABELS):
        assert page.evaluate("Reveal.getIndices().h") == index
        shown = page.evaluate("Reveal.getCurrentSlide().getAttribute('aria-label')")
        notes = page.evaluate("Reveal.getSlideNotes() ?? ''").strip()
        assert (shown, notes) == (label, NOTES[index])
        assert page.locator(".present .question").all_inner_texts() == QUESTIONS.get(index, [])
        if index not in TITLES:
            page.wait_for_function(f"{VIDEO}.{'ended' if index == 3 else 'currentTime'}")
        page.keyboard.press("ArrowRight")
    assert visitor.hosts == set()


VIDEO = "Reveal.getCurrentSlide().slideBackgroundContentElement.querySelector('video')"


def test_the_page_holds_no_address(build):
    text = (build / "slides" / "lecture-dark.html").read_text()
    assert "http" not in text
    assert "&lt;in the middle&gt;" in text


def test_nothing_changed_nothing_written(build):
    before = {p: p.stat().st_mtime_ns for p in (build / "slides").rglob("*.*")}
    write_slides(build)
    assert {p: p.stat().st_mtime_ns for p in (build / "slides").rglob("*.*")} == before


def test_pieces_of_an_older_video_are_swept(tmp_path):
    build = tiny_build(tmp_path / "build")
    folder = build / "slides" / "files"
    write_slides(build, ["ring"], formats=["html"])
    before = {path.name for path in folder.iterdir()}
    told = json.loads((path := build / "clips" / "ring" / "manifest.json").read_text())
    for record in told["videos"]:
        record["sha256"] = "0" * 64
    path.write_text(json.dumps(told))
    page, plan = write_slides(build, ["ring"], formats=["html"])
    after = {path.name for path in folder.iterdir()}
    assert (page.name, plan.name) == ("ring-dark.html", "ring-dark.json")
    assert after & before == {name for name in before if name.endswith(".png")}
    assert len(after) == len(before) == 4


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"formats": ["pdf"]}, "formats: got 'pdf', want some of html, pptx"),
        ({"clips": ["relu"]}, "clips: .* holds no 'relu', want some of cloud, ring"),
        ({"theme": "blue"}, "theme: cloud was rendered in dark, light, not in blue; run"),
    ],
)
def test_what_cannot_be_is_said_before_anything_is_written(options, words, tmp_path):
    build = tiny_build(tmp_path / "build")
    with pytest.raises(ValueError, match=words):
        write_slides(build, **options)
    assert not (build / "slides").exists()


def test_a_full_disk_is_said_and_leaves_nothing_half_written(monkeypatch, tmp_path):
    def full(self, kind, target, folder):
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    build = tiny_build(tmp_path / "build")
    monkeypatch.setattr(Deck, "write", full)
    with pytest.raises(ValueError, match="output: the disk is full"):
        write_slides(build)
    assert {path.suffix for path in (build / "slides").glob("*.*")} == set()


def test_without_manim_slides_the_line_that_installs_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "publish.deck", None)
    with pytest.raises(ValueError, match=r"pip install -c constraints.txt -e '\.\[slides\]'"):
        write_slides(tmp_path)
