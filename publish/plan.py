"""What is to be rendered, why, in which order and in how many parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from math import ceil
from pathlib import Path

import numpy as np

from publish import files
from publish.catalogue import Entry
from publish.inputs import changed
from publish.job import QUALITIES, Job, Order
from publish.manifest import NAME, Clip

_BEAT = 5.0
_WORTH = 1.2
_PART = 5.0  # seconds: each part plays what is before it without drawing, so shorter ones cost more


@dataclass(frozen=True)
class Task:
    """One theme of a clip.

    Attributes
    ----------
    reason
        Why it is to be rendered; empty when it is up to date.
    frames
        How many it will have: as last time, or guessed.
    plays
        The frames of each animation last time; empty when unknown.
    """

    entry: Entry
    theme: str
    reason: str
    frames: int
    plays: tuple[int, ...] = field(default=(), repr=False)

    @property
    def name(self) -> tuple[str, str]:
        """Clip and theme."""
        return self.entry.stem, self.theme


def plan(
    entries: Iterable[Entry], themes: Sequence[str], order: Order, clips: Path, *, force: bool
) -> list[Task]:
    """One task for each clip and theme, in the book's order."""
    rate = QUALITIES[order.quality].frame_rate
    tasks = []
    for entry in entries:
        clip = last(clips / entry.stem)
        known = clip if clip is not None and clip.frame_rate == rate else None
        frames = known.frames if known else round(_BEAT * entry.beats * rate)
        plays = known.plays if known else ()
        for theme in themes:
            reason = "asked for" if force else stale(entry, theme, order, clip, clips / entry.stem)
            tasks.append(Task(entry, theme, reason, frames, plays))
    return tasks


def last(folder: Path) -> Clip | None:
    """The manifest that the last build left; None where there is none that can be read."""
    try:
        return Clip.load(folder / NAME)
    except (ValueError, OSError):
        return None


def stale(entry: Entry, theme: str, order: Order, clip: Clip | None, folder: Path) -> str:
    """Why one theme of a clip must be rendered; empty when it is up to date."""
    if clip is None or theme not in clip.themes or theme not in clip.inputs:
        return "new"
    if (clip.scene, clip.class_name) != (entry.scene, entry.class_name):
        return "another scene"
    why = changed(clip.inputs[theme], order.quality, order.lesson, order.embeddings)
    return why or damaged(clip, theme, folder)


def damaged(clip: Clip, theme: str, folder: Path) -> str:
    """Which file of a theme is missing or is not what was written; empty when none is."""
    for name in files_of(clip, theme):
        try:
            if files.digest(folder / name) != clip.digests.get(name):
                return f"{name} is not what was written"
        except OSError:
            return f"{name} is missing"
    return ""


def files_of(clip: Clip, theme: str) -> list[str]:
    """The videos and pictures of one theme."""
    videos = [video.file for video in clip.videos if video.theme == theme]
    stills = [beat.stills[theme] for beat in clip.beats if theme in beat.stills]
    return [*videos, clip.posters[theme], clip.thumbnails[theme], *stills]


def jobs(
    tasks: Sequence[Task], order: Order, workers: int, split: int | None
) -> dict[tuple[str, str], list[Job]]:
    """The jobs of each task, the longest task first.

    Parameters
    ----------
    split
        Into how many parts to render each clip; by default, into as many as
        keep all workers busy to the end.
    """
    fair = sum(task.frames for task in tasks) / max(1, workers)
    rate = QUALITIES[order.quality].frame_rate
    found = {}
    for task in sorted(tasks, key=lambda task: -task.frames):
        wanted = ceil(task.frames / fair) if task.frames > _WORTH * fair else 1
        wanted = min(wanted, max(1, int(task.frames / rate / _PART)))
        found[task.name] = [
            Job(
                stem=task.entry.stem,
                scene=task.entry.scene,
                class_name=task.entry.class_name,
                theme=task.theme,
                quality=order.quality,
                first=first,
                last=end,
                lesson=order.lesson,
                embeddings=order.embeddings,
                code=order.code,
            )
            for first, end in ranges(task.plays, wanted if split is None else split)
        ]
    return found


def ranges(plays: Sequence[int], parts: int) -> list[tuple[int, int | None]]:
    """Cut animations into at most ``parts`` runs of about equally many frames.

    Parameters
    ----------
    plays
        The frames of each animation.

    Returns
    -------
    list
        First and last animation of each run; None for the clip's end.
    """
    if parts < 2 or len(plays) < 2:
        return [(0, None)]
    ends = np.array(list(accumulate(plays)))
    targets = ends[-1] * np.arange(1, parts) / parts
    cuts = sorted({int(np.abs(ends[:-1] - target).argmin()) + 1 for target in targets})
    starts = [0, *cuts]
    return [(a, b - 1) for a, b in pairwise(starts)] + [(starts[-1], None)]
