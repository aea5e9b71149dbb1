"""Plays a clip frame by frame without making a video, for whoever wants to look."""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from manim import tempconfig
from manim.renderer.cairo_renderer import CairoRenderer
from manim.utils.testing._test_class_makers import DummySceneFileWriter

from mobjects.camera import FlatCamera
from mobjects.story import Beat, Story
from mobjects.theme import VARIABLE

SCENES = Path(__file__).parents[2] / "scenes"
THEMES = ("dark", "light")
SMALL = (160, 90)

OnFrame = Callable[[Story, np.ndarray, int], None]
OnBeat = Callable[[Story, Beat], None]


def clips() -> list[str]:
    """The names of all clips."""
    return sorted(path.stem for path in SCENES.glob("*.py") if path.stem != "__init__")


def story_of(clip: str) -> type[Story]:
    """The story that ``scenes/CLIP.py`` defines.

    Raises
    ------
    ValueError
        When there is no such clip.
    """
    if clip not in clips():
        raise ValueError(f"clip: got {clip!r}, want one of {', '.join(clips())}")
    return story_in(SCENES / f"{clip}.py")


def story_in(path: Path) -> type[Story]:
    """The one story that the file at ``path`` defines.

    Raises
    ------
    ValueError
        When it does not define exactly one.
    """
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"path: got {path}, want a scene file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Story) and member.__module__ == path.stem
    ]
    if len(found) != 1:
        raise ValueError(f"path: {path} defines {len(found)} stories, want exactly one")
    return found[0]


@contextmanager
def themed(name: str) -> Iterator[None]:
    """Draw in the theme ``name`` for a while."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = name
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def play(
    story_class: type[Story],
    *,
    size: tuple[int, int] = SMALL,
    frame_rate: int = 10,
    on_frame: OnFrame | None = None,
    on_beat: OnBeat | None = None,
) -> Story:
    """Play a story, drawing every frame; its ``timeline`` says what happened when.

    Parameters
    ----------
    size
        Width and height in pixels.
    frame_rate
        Frames a second.
    on_frame
        Called with the story, each frame (height, width, 4) and for how many
        frames it stays.
    on_beat
        Called with the story and the beat when a beat's last frame stands.
    """
    with tempfile.TemporaryDirectory() as media, tempconfig(_settings(size, frame_rate, media)):
        renderer = CairoRenderer(file_writer_class=_Watching, camera_class=FlatCamera)
        story = story_class(renderer=renderer)
        if on_frame is not None:
            renderer.file_writer.watch = lambda pixels, stays: on_frame(story, pixels, stays)
        if on_beat is not None:
            story.on_beat_end.append(on_beat)
        story.render()
    return story


def _settings(size: tuple[int, int], frame_rate: int, media: str) -> dict[str, object]:
    return {
        "pixel_width": size[0],
        "pixel_height": size[1],
        "frame_rate": frame_rate,
        "media_dir": media,
        "disable_caching": True,
        "save_last_frame": False,
        "progress_bar": "none",
        "verbosity": "ERROR",
    }


class _Watching(DummySceneFileWriter):
    """Hands frames to whoever looks, and writes none."""

    watch: Callable[[np.ndarray, int], None] | None = None

    def write_frame(self, pixels: np.ndarray, *, repeat: int = 1) -> None:
        if self.watch is not None:
            self.watch(pixels, repeat)

    def finish(self) -> None:
        """Nothing was written, so nothing is joined."""
