"""Slides by manim-slides; imported only where that is installed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pptx
from manim_slides.config import PresentationConfig, SlideConfig, SlideType
from manim_slides.convert import PowerPoint, RevealJS
from pptx.dml.color import RGBColor
from pptx.enum.text import PP_ALIGN
from pptx.util import Pt
from pydantic_extra_types.color import Color

from publish.files import digest

_REVEAL = Path(__file__).with_name("reveal")
ASSETS = tuple(_REVEAL / name for name in ("reveal.js", "reveal.css", "notes.js"))
TEMPLATE = _REVEAL / "slides.html"
_PAGE_WIDTH = 1280


@dataclass(frozen=True)
class Card:
    """One slide: a piece of video (mp4) or a picture (png).

    Attributes
    ----------
    label
        What the slide is called.
    shows
        What is seen, for those who cannot see it.
    notes
        What the lecturer says.
    question
        To be read while it pauses; may be empty.
    """

    file: Path
    label: str
    shows: str
    notes: str
    question: str = ""


class Slide(SlideConfig):
    """A slide that knows what it is called and what it shows."""

    label: str
    shows: str
    question: str


class Talk(PresentationConfig):
    """Slides of that kind."""

    slides: list[Slide]  # type: ignore[assignment]


class Page(RevealJS):
    """A page whose template sees all that the slides know."""

    presentation_configs: list[Talk]  # type: ignore[assignment]


@dataclass(frozen=True)
class Deck:
    """Slides of one size, in order; ``size`` is width and height in pixels."""

    title: str
    cards: Sequence[Card]
    size: tuple[int, int]
    background: str

    @property
    def presentation(self) -> Talk:
        """What manim-slides makes everything from."""
        return Talk(
            slides=[_slide(card) for card in self.cards],
            resolution=self.size,
            background_color=Color(self.background),
        )

    @property
    def _page(self) -> tuple[int, int]:
        return _PAGE_WIDTH, round(_PAGE_WIDTH * self.size[1] / self.size[0])

    def write(self, kind: str, target: Path, folder: str) -> None:
        """Write slides as ``.html`` or ``.pptx``.

        A reveal.js page finds the files in ``folder``, seen from itself; a
        PowerPoint file holds them.
        """
        if kind == ".html":
            self._write_html(target, folder)
        else:
            self._write_pptx(target)

    def _write_html(self, target: Path, folder: str) -> None:
        options = {
            "presentation_configs": [self.presentation],
            "assets_dir": folder,
            "template": TEMPLATE,
            "title": self.title,
            "width": self._page[0],
            "height": self._page[1],
            "background_color": self.background,
        }
        page = Page.model_validate(options)
        page.convert_to(target)

    def _write_pptx(self, target: Path) -> None:
        width, height = self._page
        options = {"presentation_configs": [self.presentation], "width": width, "height": height}
        made = PowerPoint.model_validate(options)
        made.convert_to(target)
        self._finish(target)

    def json(self, folder: str) -> str:
        """For ``manim-slides present``; ``folder`` is where the files lie, seen from the build."""
        content = json.loads(self.presentation.model_dump_json())
        content["made_from"] = self._digest()
        for slide, card in zip(content["slides"], self.cards, strict=True):
            slide["file"] = slide["rev_file"] = f"{folder}/{card.file.name}"
        return json.dumps(content, indent=1) + "\n"

    def _digest(self) -> str:
        """Of what else the slides are made from."""
        sources = [path.read_text(encoding="utf-8") for path in (TEMPLATE, Path(__file__))]
        return digest(json.dumps([self.title, version("manim-slides"), *sources]).encode())

    def _finish(self, target: Path) -> None:
        """Add alternative texts and questions, and give pictures the page's exact width."""
        slides = pptx.Presentation(str(target))
        slides.core_properties.title = self.title
        for slide, card in zip(slides.slides, self.cards, strict=True):
            (shape,) = slide.shapes
            shape.width = slides.slide_width
            shape.name = card.label
            shape._element.xpath(".//p:cNvPr")[0].set("descr", card.shows)
            if card.question:
                _add_question(slide, card.question, shape.width, shape.height)
        slides.save(str(target))


def _add_question(slide: Any, question: str, width: int, height: int) -> None:
    """White on black at the bottom, where captions stand."""
    box = slide.shapes.add_textbox(
        width // 10, height * 92 // 100, width * 8 // 10, height * 7 // 100
    )
    box.name = "Question"
    box.fill.solid()
    box.fill.fore_color.rgb = RGBColor(0, 0, 0)
    paragraph = box.text_frame.paragraphs[0]
    paragraph.text, paragraph.alignment = question, PP_ALIGN.CENTER
    paragraph.font.size = Pt(22)
    paragraph.font.color.rgb = RGBColor(255, 255, 255)


def _slide(card: Card) -> Slide:
    kind = SlideType.Image if card.file.suffix == ".png" else SlideType.Video
    return Slide(
        file=card.file,
        rev_file=card.file,
        type=kind,
        notes=card.notes,
        dedent_notes=False,
        label=card.label,
        shows=card.shows,
        question=card.question,
    )
