"""Plays a story small and fast, and reads back what was written and what lay where."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path

import numpy as np
import srt
from manim import Mobject, VMobject, tempconfig

from mobjects.story import Beat, Story
from mobjects.text import Readout, Text

WIDTH, HEIGHT, FRAME_RATE = 160, 90, 10
_MARGIN = 0.1
_TOUCH = 0.02


@dataclass
class Playback:
    """What a story wrote: its sections' lengths, its captions, and what is amiss in its layout."""

    names: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    captions: list[srt.Subtitle] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)


def play(story_class: type[Story], media: Path) -> Playback:
    """Render the story at 160 by 90, with its sections; look at the texts at each beat's end."""
    played = Playback()
    settings = {
        "pixel_width": WIDTH,
        "pixel_height": HEIGHT,
        "frame_rate": FRAME_RATE,
        "media_dir": str(media),
        "save_sections": True,
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
    }
    with tempconfig(settings):
        story = story_class()
        story.on_beat_end.append(lambda s, b: played.remarks.extend(layout_remarks(s, b)))
        story.render()
    played.files = sorted(path for path in media.rglob("*") if path.is_file())
    (index,) = (p for p in played.files if p.suffix == ".json")
    for section in json.loads(index.read_text()):
        played.names.append(section["name"])
        played.seconds.append(float(section["duration"]))
    (subtitles,) = (p for p in played.files if p.suffix == ".srt")
    played.captions = list(srt.parse(subtitles.read_text(encoding="utf-8")))
    return played


def layout_remarks(story: Story, beat: Beat) -> list[str]:
    """Texts that leave the frame and pairs of texts that lie on each other."""
    boxes = [(_name(text), box) for text in _texts(story) if (box := _box(story, text)) is not None]
    half = np.array([story.camera.frame_width, story.camera.frame_height]) / 2 - _MARGIN
    remarks = []
    for name, (low, high) in boxes:
        if (low < -half).any() or (high > half).any():
            remarks.append(
                f"{beat.name}: {name} leaves the frame: {low.round(2)} to {high.round(2)}"
            )
    for (a, (low_a, high_a)), (b, (low_b, high_b)) in combinations(boxes, 2):
        common = np.minimum(high_a, high_b) - np.maximum(low_a, low_b)
        if (common > _TOUCH).all():
            remarks.append(f"{beat.name}: {a} lies on {b} by {common.round(2)}")
    return remarks


def _texts(story: Story) -> list[Mobject]:
    """The outermost texts on the stage."""
    found: dict[int, Mobject] = {}

    def visit(mobject: Mobject) -> None:
        if isinstance(mobject, Text | Readout):
            found[id(mobject)] = mobject
            return
        for child in mobject.submobjects:
            visit(child)

    for mobject in story.mobjects:
        visit(mobject)
    return list(found.values())


def _box(story: Story, text: Mobject) -> tuple[np.ndarray, np.ndarray] | None:
    """The corners of the visible glyphs on the picture, in units of the frame about its middle."""
    camera = story.camera
    seen = [
        camera.points_to_subpixel_coords(glyphs, glyphs.points)
        for glyphs in text.get_family()
        if isinstance(glyphs, VMobject) and len(glyphs.points) and glyphs.get_fill_opacity() > 0.02
    ]
    if not seen:
        return None
    pixels = np.concatenate(seen)
    size = np.array([camera.pixel_width, camera.pixel_height])
    units = (pixels / size - 0.5) * [camera.frame_width, camera.frame_height]
    return units.min(axis=0), units.max(axis=0)


def _name(text: Mobject) -> str:
    return repr(text.markup if isinstance(text, Text) else f"{type(text).__name__} {text.value}")
