"""The base of every clip: named beats, narration, a held last frame."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import numpy as np
from manim import (
    FadeIn,
    FadeOut,
    ManimColor,
    Mobject,
    RendererType,
    Scene,
    config,
    logger,
    smooth,
    squish_rate_func,
)
from manim.utils.family import extract_mobject_family_members

from mobjects.baseline import on_baseline
from mobjects.camera import FlatCamera
from mobjects.recording import StoryRenderer, StoryWriter
from mobjects.redrawing import EVERYWHERE, reached, redrawn
from mobjects.text import Text, plain
from mobjects.theme import Theme, theme
from mobjects.timeline import Timeline, frames_of

_LINE = 42
_LEAST = 1.2
_SPILL = 0.02  # how far brackets in a heading may reach into the margin

Method = TypeVar("Method", bound=Callable[..., None])


@dataclass(frozen=True)
class Beat:
    """One step of a story.

    Attributes
    ----------
    name
        Of the section and the chapter.
    shows
        What is seen, for those who cannot see it.
    question
        What to ask the audience before the answer moves; may be empty.
    method
        The name of the scene's method that plays it.
    """

    name: str
    shows: str
    question: str
    method: str


def beat(name: str, *, shows: str, question: str = "") -> Callable[[Method], Method]:
    """Mark a method of a :class:`Story` as a beat; beats play in the order they are written."""

    def mark(method: Method) -> Method:
        method.beat = Beat(name, shows, question, method.__name__)  # type: ignore[attr-defined]
        return method

    return mark


class Story(Scene):
    """A clip told in beats.

    A subclass sets :attr:`title` and :attr:`figure`, and :attr:`shows_lessons`
    where it shows any network and data; it writes one short method a beat.
    Each beat becomes a section; what it says becomes captions; its last frame
    is held until it can be read, and can stand as a figure.
    :attr:`timeline` says afterwards at which frame each of these happened.

    Raises
    ------
    SystemExit
        With one line, when ``THEME`` names no theme or the renderer is not Cairo.
    """

    title: ClassVar[str] = ""
    figure: ClassVar[str] = ""
    shows_lessons: ClassVar[bool] = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if config.renderer != RendererType.CAIRO:
            raise SystemExit(
                "renderer: got opengl, want cairo, the only one that the batched drawing serves: "
                "leave --renderer out"
            )
        try:
            theme()
        except ValueError as error:
            raise SystemExit(str(error)) from None
        if not args and kwargs.get("renderer") is None:
            kwargs["renderer"] = StoryRenderer(
                file_writer_class=StoryWriter,
                camera_class=kwargs.get("camera_class", FlatCamera),
                skip_animations=kwargs.get("skip_animations", False),
            )
        super().__init__(*args, **kwargs)
        if os.environ.get("LESSON") and not self.shows_lessons:
            logger.warning(
                "LESSON: this clip shows no lesson, so it is left aside; "
                "mlp, classifier_goal, classifier_layers and training show it"
            )
        _name_the_video_where_nothing_can_show_it()
        assert isinstance(self.camera, FlatCamera)
        self.camera.background_color = ManimColor(self.theme.background)
        self._heading: Mobject | None = None
        self._caption: tuple[str, int] | None = None
        self.timeline = Timeline(config.frame_rate)
        self.on_beat_end: list[Callable[[Story, Beat], None]] = []

    @property
    def theme(self) -> Theme:
        return theme()

    @classmethod
    def beats(cls) -> tuple[Beat, ...]:
        """The beats in the order they play."""
        return tuple(
            m.beat for m in vars(cls).values() if isinstance(getattr(m, "beat", None), Beat)
        )

    def construct(self) -> None:
        beats = self.beats()
        for index, each in enumerate(beats):
            self.next_section(each.name)
            self.timeline.open(each.name)
            getattr(self, each.method)()
            last = index == len(beats) - 1
            self._settle(self.theme.last_hold if last else self.theme.hold)
            self.timeline.close()
            for observer in self.on_beat_end:
                observer(self, each)

    def play(self, *args: Any, **kwargs: Any) -> None:
        """Play animations, as Manim does, and count their frames."""
        super().play(*args, **kwargs)
        frozen = self.is_current_animation_frozen_frame()
        self.timeline.plays.append(frames_of(self.duration, config.frame_rate, frozen=frozen))

    def say(self, words: str) -> None:
        """Caption what follows with ``words``: at most two lines.

        It stays until the next one or the beat's end, and at least as long
        as reading takes; the scene waits when the drawing is quicker.

        Raises
        ------
        ValueError
            When ``words`` take more than two lines of 42 characters.
        """
        self._finish_caption()
        self._caption = (caption_lines(plain(words)), self.timeline.now)

    def ask(self, question: str) -> None:
        """Caption a question and hold a breath, so that the audience can predict."""
        self.say(question)
        self.wait(self.theme.hold)
        self.timeline.reveal()

    def heading(self, markup: str) -> None:
        """Swap the line at the top left, which says the beat's one idea."""
        new = Text(markup, size=self.theme.title_size)
        self.place_heading(new)
        if self._heading is None:
            self.play(FadeIn(new), run_time=self.theme.quick)
        else:
            self.swap(self._heading, new)
        self._heading = new

    def swap(self, old: Mobject, new: Mobject) -> None:
        """Fade ``old`` out, then ``new`` in: two texts at one place never show at once."""
        first, second = (squish_rate_func(smooth, *span) for span in ((0, 0.5), (0.5, 1)))
        self.play(
            FadeOut(old, rate_func=first),
            FadeIn(new, rate_func=second),
            run_time=self.theme.quick,
        )

    def place_heading(self, text: Text) -> None:
        """Put ``text`` at the top left of the safe area, on the line where headings stand.

        One that reaches higher than a bracket, or has several lines, stands as
        much lower.
        """
        left = self.theme.margin_x - config.frame_width / 2
        top = config.frame_height / 2 - self.theme.margin_y + _SPILL
        bracket = Text("$($", size=self.theme.title_size)
        text.shift((left - text.get_left()[0], 0, 0))
        on_baseline(text, top - max(_rise(text), _rise(bracket)))

    def clear_stage(self, *, keep: tuple[Mobject, ...] = (), run_time: float | None = None) -> None:
        """Fade out everything but the heading and what is to be kept."""
        stay = {self._heading, *keep, getattr(self.camera, "frame", None)}
        gone = [mobject for mobject in self.mobjects if mobject not in stay]
        if gone:
            self.play(*map(FadeOut, gone), run_time=run_time or self.theme.quick)

    def get_moving_mobjects(self, *animations: Any) -> list[Mobject]:
        """What must be redrawn each frame: what moves, and what lies over it.

        Manim takes everything that was added after the first of those that move.
        """
        found = super().get_moving_mobjects(*animations)
        if not found:
            return found
        if self.camera.frame in found:  # type: ignore[union-attr]
            return list(self.mobjects)
        boxes = reached(animations)
        for mobject in self.mobjects:
            if mobject.get_family_updaters():
                boxes |= dict.fromkeys(mobject.get_family(), EVERYWHERE)
        return redrawn(extract_mobject_family_members(self.mobjects, use_z_index=True), boxes)

    def _settle(self, hold: float) -> None:
        """Hold the last frame, and until the caption is read."""
        if self._caption is not None:
            hold = max(hold, self._missing(*self._caption))
        self.wait(_whole_frames(hold))
        self._finish_caption()

    def _reading_time(self, words: str) -> float:
        return max(_LEAST, len(words) / self.theme.reading_rate)

    def _missing(self, words: str, start: int) -> float:
        """The seconds that are still needed to read ``words``, seen since frame ``start``."""
        seen = (self.timeline.now - start) / self.timeline.frame_rate
        return self._reading_time(words) - seen

    def _finish_caption(self) -> None:
        if self._caption is None:
            return
        words, start = self._caption
        missing = self._missing(words, start)
        if missing > 1e-6:
            self.wait(_whole_frames(missing))
        self._caption = None
        self.timeline.caption(words, start)
        began = start / self.timeline.frame_rate
        length = self.timeline.seconds - began
        self.add_subcaption(words, duration=length, offset=began - self.renderer.time)


def _name_the_video_where_nothing_can_show_it() -> None:
    """Let ``-p`` print the path where there is no display to open the video on."""
    on_linux = platform.system() == "Linux"
    display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if on_linux and not config.preview_command and not (display and shutil.which("xdg-open")):
        config.preview_command = "echo"


def caption_lines(words: str) -> str:
    """``words`` broken into at most two lines of about equal length.

    Raises
    ------
    ValueError
        When they do not fit.
    """
    if len(words) <= _LINE:
        return words
    blanks = [i for i, c in enumerate(words) if c == " "]
    best = min(blanks, key=lambda i: max(i, len(words) - i - 1), default=0)
    lines = words[:best], words[best + 1 :]
    if max(map(len, lines)) > _LINE:
        raise ValueError(f"words: {words!r} is longer than two lines of {_LINE} characters")
    return "\n".join(lines)


def _rise(text: Text) -> float:
    """How far a text reaches above its last line."""
    return float(text.height) - text.descent


def _whole_frames(seconds: float) -> float:
    """``seconds`` rounded up to whole frames, at least one, as Manim counts them back."""
    rate = config.frame_rate
    frames = max(1, int(np.ceil(seconds * rate - 1e-6)))
    seconds, frame = frames / rate, 1 / rate
    while int(seconds / frame) < frames:
        seconds = float(np.nextafter(seconds, np.inf))
    return seconds
