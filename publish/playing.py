"""Plays a clip into files: its videos at two sizes and the last frame of each beat."""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from manim import config, tempconfig
from manim.camera.camera import Camera
from PIL import Image

from mobjects.camera import FlatCamera
from mobjects.recording import StoryRenderer
from mobjects.story import Beat, Story
from mobjects.theme import VARIABLE as THEME
from publish import manifest
from publish.catalogue import ROOT
from publish.inputs import OWN, Witness, versions
from publish.job import QUALITIES, SMALL, VIDEO, Job, Played, still
from publish.recording import Recorder, twin_of
from publish.video import join

LESSON, EMBEDDINGS = "LESSON", "EMBEDDINGS"
# One job a core: more threads would only stand in each other's way. Without the other,
# x264 now and then encodes the same small frames differently, and so do unlike machines.
ENCODER = {"threads": "1", "x264-params": "cpu-independent=1"}
Tell = Callable[[int], None]


def play(job: Job, folder: Path, tell: Tell = lambda frames: None) -> Played:
    """Render a job with ``folder`` to work in; ``tell`` hears of every frame that was drawn.

    The theme and the lesson reach the scene through the environment, which is
    left changed: this is meant for a process of its own.

    Raises
    ------
    ValueError
        When the file does not define the story.
    """
    began = time.monotonic()
    witness = Witness([folder])
    os.environ[THEME] = job.theme
    _hand_over_what_is_ones_own(job, folder)
    story_class = load(job)
    with tempconfig(_settings(job, folder)):
        story, outputs = _rendered(story_class, job, tell)
    recorder = story.renderer.file_writer
    assert isinstance(recorder, Recorder)
    frames = _join(recorder.segments, folder) if recorder.segments else 0
    if frames:
        outputs |= {name: (folder / name).read_bytes() for name in (VIDEO, SMALL)}
    return Played(
        timeline=story.timeline,
        beats=tuple(_unplayed(each) for each in story_class.beats()),
        files=outputs,
        frames=frames,
        inputs=witness.inputs(),
        versions=versions(),
        shows=tuple(name for name, module in OWN.items() if module in sys.modules),
        seconds=time.monotonic() - began,
    )


def load(job: Job) -> type[Story]:
    """The story that a job is to render.

    Raises
    ------
    ValueError
        When there is no such file or story.
    """
    path = ROOT / job.scene
    name = f"scenes.{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ValueError(f"scene: there is no scene file {path}")
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = getattr(module, job.class_name, None)
    if not (isinstance(found, type) and issubclass(found, Story)):
        raise ValueError(f"scene: {path} defines no story called {job.class_name}")
    return found


def _hand_over_what_is_ones_own(job: Job, folder: Path) -> None:
    for name in [name for name in os.environ if name.startswith((LESSON, EMBEDDINGS))]:
        del os.environ[name]
    if job.embeddings:
        os.environ[EMBEDDINGS] = job.embeddings
    if job.lesson is None:
        return
    place = folder / "lesson"
    for name, content in job.lesson.contents.items():
        target = place / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    os.environ |= {**job.lesson.allowed, LESSON: str(place / job.lesson.file)}


def _settings(job: Job, folder: Path) -> dict[str, Any]:
    quality = QUALITIES[job.quality]
    return {
        "pixel_width": quality.width,
        "pixel_height": quality.height,
        "frame_rate": quality.frame_rate,
        "media_dir": str(folder / "media"),
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
        "from_animation_number": job.first,
        "upto_animation_number": -1 if job.last is None else job.last,
        "video_encoder_options": config.video_encoder_options | ENCODER,
    }


def _rendered(story_class: type[Story], job: Job, tell: Tell) -> tuple[Story, dict[str, bytes]]:
    """The played story, and the last frame of each beat that was drawn."""
    quality = QUALITIES[job.quality]
    writer: Any = partial(Recorder, small=quality.small, tell=tell)
    renderer = StoryRenderer(file_writer_class=writer, camera_class=FlatCamera)
    story = story_class(renderer=renderer)
    stills: dict[str, bytes] = {}

    def keep(played: Story, _: Beat) -> None:
        if not renderer.skip_animations:
            stills[still(len(played.timeline.spans))] = picture(renderer.camera)

    story.on_beat_end.append(keep)
    story.render()
    return story, stills


def picture(camera: Camera) -> bytes:
    """What the camera saw last, as a PNG without transparency."""
    written = io.BytesIO()
    Image.fromarray(camera.pixel_array[..., :3]).save(written, "PNG", compress_level=6)
    return written.getvalue()


def _join(segments: list[Path], folder: Path) -> int:
    frames = join(segments, folder / VIDEO)
    if join([twin_of(segment) for segment in segments], folder / SMALL) != frames:
        raise RuntimeError("the smaller copy has lost frames")
    return frames


def _unplayed(beat: Beat) -> manifest.Beat:
    return manifest.Beat(name=beat.name, start=0, end=0, shows=beat.shows, question=beat.question)
