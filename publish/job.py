"""What is sent to whoever renders a clip, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mobjects.timeline import Timeline
from publish.manifest import Beat

THEMES = ("dark", "light")
VIDEO, SMALL = "video.mp4", "small.mp4"


@dataclass(frozen=True)
class Quality:
    """Size and frame rate of the videos, and the size of the smaller copy."""

    width: int
    height: int
    frame_rate: int
    small: tuple[int, int]


QUALITIES = {
    "t": Quality(160, 90, 10, (106, 60)),
    "l": Quality(854, 480, 15, (570, 320)),
    "m": Quality(1280, 720, 30, (854, 480)),
    "h": Quality(1920, 1080, 60, (1280, 720)),
}


@dataclass(frozen=True)
class Lesson:
    """A lesson's files, so that it can be shown on another machine.

    Attributes
    ----------
    name, path
        What it is called, and where its file lies on the machine of the user.
    file
        The lesson file's name among ``contents``.
    contents
        The bytes of every file that it names, itself among them.
    allowed
        What the user allows it: the variables ``LESSON_CODE`` and ``LESSON_ABSOLUTE``.
    """

    name: str
    path: str
    file: str
    contents: Mapping[str, bytes]
    allowed: Mapping[str, str]


@dataclass(frozen=True)
class Order:
    """What the user asked for, as far as the frames depend on it.

    Attributes
    ----------
    embeddings
        As in :class:`Job`.
    code
        As in :class:`Job`.
    """

    quality: str
    lesson: Lesson | None = None
    embeddings: str = ""
    code: str = ""


@dataclass(frozen=True)
class Job:
    """Render the animations ``first`` to ``last`` (both included) of a clip in one theme.

    Attributes
    ----------
    scene
        The scene's file, from the project's folder or absolute.
    last
        None for the clip's end.
    embeddings
        The file of the embeddings to show; empty for those in ``assets/``.
    code
        The digest of the project from which the job was sent.
    """

    stem: str
    scene: str
    class_name: str
    theme: str
    quality: str
    first: int = 0
    last: int | None = None
    lesson: Lesson | None = None
    embeddings: str = ""
    code: str = ""

    @property
    def name(self) -> str:
        """For reports: clip, theme and, where it is only a part, which."""
        part = f" from animation {self.first}" if self.first or self.last is not None else ""
        return f"{self.stem} {self.theme}{part}"


@dataclass(frozen=True)
class Played:
    """What rendering a job gave.

    Attributes
    ----------
    timeline
        Of the whole clip, or up to ``last``.
    beats
        What the scene says of its beats, without times.
    files
        The videos of this part, and the stills of the beats that end in it.
    frames
        How many frames this part's videos have.
    inputs
        The SHA-256 of every file it was made from.
    shows
        Which of ``lesson`` and ``embeddings`` it may show.
    seconds
        How long it took.
    """

    timeline: Timeline
    beats: tuple[Beat, ...]
    files: Mapping[str, bytes] = field(repr=False)
    frames: int
    inputs: Mapping[str, str] = field(repr=False)
    versions: Mapping[str, str]
    shows: tuple[str, ...]
    seconds: float


def still(number: int) -> str:
    """The file of the ``number``-th beat's last frame, counted from 1."""
    return f"{number:02d}.png"
