"""Plays a clip once, checks what is seen on the way, and keeps each beat's last frame."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from look.finding import Finding, distinct
from look.flashes import Flashes
from look.layout import marks_in_frame, text_sizes, texts_lie_clear
from look.legibility import crossed_texts, mark_contrast, text_contrast
from look.pace import pace
from look.painting import FULL, Moment
from look.playing import SMALL, play, themed
from look.stage import box, camera_of, pieces
from mobjects.story import Beat, Story
from mobjects.timeline import Timeline

LAYOUTS_A_SECOND = 10
PICTURES_A_SECOND = 3
FULL_RATE = 60


@dataclass
class Seen:
    """What was seen of a clip in one theme.

    Attributes
    ----------
    findings
        What is amiss, each thing once.
    frames
        Each beat's last frame as it was shown, (height, width, 3).
    stills
        The same at full size; only after a thorough look.
    timeline
        What happened when.
    """

    findings: list[Finding] = field(default_factory=list)
    frames: list[np.ndarray] = field(default_factory=list)
    stills: list[Image.Image] = field(default_factory=list)
    timeline: Timeline = field(default_factory=lambda: Timeline(1))


def glance(story_class: type[Story], theme_name: str) -> Seen:
    """Play small, at 10 frames a second: layout, sizes and pace; no big pictures."""
    return _watch(story_class, theme_name, _Watcher(), 10)


def thorough(story_class: type[Story], theme_name: str) -> Seen:
    """Play at full rate, and measure on real pictures as well."""
    return _watch(story_class, theme_name, _Thorough(), FULL_RATE)


def _watch(story_class: type[Story], theme_name: str, watcher: _Watcher, rate: int) -> Seen:
    with themed(theme_name):
        story = play(
            story_class,
            size=SMALL,
            frame_rate=rate,
            on_frame=watcher.frame,
            on_beat=watcher.beat_end,
        )
    watcher.seen.findings = distinct(watcher.seen.findings + pace(story.timeline))
    watcher.seen.timeline = story.timeline
    return watcher.seen


class _Watcher:
    """Looks at the layout a few times a second and at each beat's end."""

    def __init__(self) -> None:
        self.seen = Seen()
        self._last: np.ndarray | None = None
        self._next_layout = 0.0

    def frame(self, story: Story, pixels: np.ndarray, stays: int) -> None:
        """Look at a frame that stays for ``stays`` frames."""
        if story.renderer.time >= self._next_layout:
            self._next_layout = story.renderer.time + 0.999 / LAYOUTS_A_SECOND
            self.seen.findings += texts_lie_clear(story, story.timeline.spans[-1].name)
        self._last = pixels

    def beat_end(self, story: Story, beat: Beat) -> None:
        """Look at a beat's last frame."""
        assert self._last is not None
        self.seen.frames.append(self._last[..., :3].copy())
        for check in (texts_lie_clear, marks_in_frame, text_sizes):
            self.seen.findings += check(story, beat.name)


class _Thorough(_Watcher):
    """Looks at real pictures too, and at every frame for flashing."""

    def __init__(self) -> None:
        super().__init__()
        self._flashes = Flashes(FULL_RATE)
        self._next_picture = 0.0

    def frame(self, story: Story, pixels: np.ndarray, stays: int) -> None:
        super().frame(story, pixels, stays)
        beat = story.timeline.spans[-1].name
        for flash in self._flashes.show(pixels, stays):
            remark = f"more than three {flash.kind} flashes within a second"
            name = _lying_at(story, flash.x, flash.y)
            self.seen.findings.append(Finding("flashing", beat, name, remark))
        if story.renderer.time >= self._next_picture:
            self._next_picture = story.renderer.time + 0.999 / PICTURES_A_SECOND
            self.seen.findings += crossed_texts(Moment(story), beat)

    def beat_end(self, story: Story, beat: Beat) -> None:
        super().beat_end(story, beat)
        moment = Moment(story, FULL)
        self.seen.stills.append(Image.fromarray(moment.whole).convert("RGB"))
        for check in (crossed_texts, text_contrast, mark_contrast):
            self.seen.findings += check(moment, beat.name)


def _lying_at(story: Story, x: float, y: float) -> str:
    """The topmost thing at a place given as shares of the frame."""
    camera = camera_of(story)
    place = (np.array([x, 1 - y]) - 0.5) * [camera.frame_width, camera.frame_height]
    for piece in reversed(pieces(story)):
        low, high = box(piece, camera)
        if (low <= place).all() and (place <= high).all():
            return piece.name
    return "the background"
