"""What a build holds: the manifest of each clip, and that of the chapter.

Times are seconds on the video's own clock. Each is that of a frame, rounded
up to a microsecond, so that seeking there shows this very frame.
"""

from __future__ import annotations

import math
from pathlib import Path, PurePosixPath
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from publish import files

SCHEMA = 1
NAME = "manifest.json"


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts:
        raise ValueError(f"got {path!r}, want a path inside the clip's folder")
    return path


Inside = Annotated[str, AfterValidator(_inside)]


class Record(BaseModel):
    """Frozen, strict about its entries, read from and written to JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a manifest.

        Raises
        ------
        ValueError
            When there is no such file, or it is no manifest of this version;
            the message names the file and the first wrong entry.
        """
        path = Path(path)
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise ValueError(f"path: there is no file {path}; run `python -m publish`") from None
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"])) or "the file"
            raise ValueError(
                f"path: {path} is no manifest of this version ({where}: {first['msg']}); "
                "run `python -m publish` again"
            ) from None

    def save(self, path: str | Path) -> None:
        """Write the manifest whole or not at all.

        Raises
        ------
        ValueError
            When it cannot be written.
        """
        files.write(path, self.model_dump_json(by_alias=True, indent=1) + "\n")


class Caption(Record):
    """Words on the screen from ``start`` to ``end``, in at most two lines."""

    start: float
    end: float
    text: str


class Beat(Record):
    """One step of a clip.

    Attributes
    ----------
    shows
        What is seen, for those who cannot see it.
    question
        What to ask the audience; empty where nothing is asked.
    reveal
        When the answer begins to move; None where nothing is asked.
    stills
        The beat's last frame in each theme.
    """

    name: str
    start: float
    end: float
    shows: str
    question: str = ""
    reveal: float | None = None
    captions: tuple[Caption, ...] = ()
    stills: dict[str, Inside] = Field(default_factory=dict)


class Video(Record):
    """One video file."""

    theme: str
    width: int
    height: int
    file: Inside
    bytes: int
    sha256: str


class LessonNote(Record):
    """Whose network and data a clip shows."""

    name: str
    path: str


class Texts(Record):
    """The files that lie beside the videos."""

    captions_vtt: Inside
    captions_srt: Inside
    chapters_vtt: Inside
    transcript: Inside
    page: Inside = "index.html"


class Inputs(Record):
    """What one theme of a clip was made from.

    Attributes
    ----------
    digest
        Of all that follows: equal digests mean equal frames.
    files
        The SHA-256 of every file of the project that was imported or read.
    settings
        Quality, encoder, lesson, versions.
    """

    digest: str
    files: dict[str, str]
    settings: dict[str, str]


class Clip(Record):
    """The manifest of one clip.

    Attributes
    ----------
    scene, class_name
        The scene's file, and its class.
    description
        In a sentence: the first lines of the scene's docstring.
    frames, plays
        The video's length, and that of each animation in it, in frames. Each
        animation starts on a keyframe.
    inputs, digests
        What each theme was made from; the SHA-256 of each file in the folder.
    """

    schema_: int = Field(
        default=SCHEMA, validation_alias="schema", serialization_alias="schema", ge=1, le=SCHEMA
    )
    stem: str
    scene: str
    class_name: str = Field(validation_alias="class", serialization_alias="class")
    title: str
    figure: str
    description: str = ""
    lesson: LessonNote | None = None
    duration: float
    frame_rate: float
    frames: int
    plays: tuple[int, ...] = ()
    beats: tuple[Beat, ...]
    videos: tuple[Video, ...]
    posters: dict[str, Inside]
    thumbnails: dict[str, Inside]
    files: Texts
    inputs: dict[str, Inputs] = Field(default_factory=dict)
    versions: dict[str, str] = Field(default_factory=dict)
    digests: dict[str, str] = Field(default_factory=dict)

    @property
    def themes(self) -> tuple[str, ...]:
        """The themes it was rendered in, each once."""
        return tuple(dict.fromkeys(video.theme for video in self.videos))

    def video(self, theme: str) -> Video:
        """The largest video in a theme.

        Raises
        ------
        ValueError
            When there is none.
        """
        fitting = [video for video in self.videos if video.theme == theme]
        if not fitting:
            raise ValueError(
                f"theme: {self.stem} was rendered in {', '.join(self.themes)}, not in {theme}; "
                f"run `python -m publish --theme {theme}`"
            )
        return max(fitting, key=lambda video: video.height)


class LectureNote(Record):
    """The folder and the themes of the joined lecture."""

    folder: Inside = "lecture"
    themes: tuple[str, ...]


class Chapter(Record):
    """The manifest of a whole build: its clips in the book's order."""

    schema_: int = Field(
        default=SCHEMA, validation_alias="schema", serialization_alias="schema", ge=1, le=SCHEMA
    )
    title: str
    clips: tuple[str, ...]
    lecture: LectureNote | None = None


def seconds(frame: int, frame_rate: float) -> float:
    """When ``frame`` is shown, rounded up to a microsecond."""
    return math.ceil(round(frame / frame_rate * 1e6, 3)) / 1e6


def clips(build: str | Path) -> tuple[Clip, ...]:
    """The clips of a build, in the book's order.

    Raises
    ------
    ValueError
        As :meth:`Record.load`.
    """
    build = Path(build)
    chapter = Chapter.load(build / NAME)
    return tuple(Clip.load(build / "clips" / stem / NAME) for stem in chapter.clips)
