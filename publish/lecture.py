"""All clips of a build as one video, joined without encoding, with chapters and captions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

from pydantic import Field

from publish import captions, files, manifest, video
from publish.manifest import NAME, Beat, Caption, Chapter, Clip, LectureNote, Record, Video, seconds

FOLDER = "lecture"
_TIMES = ("start", "end", "reveal")

Timed = TypeVar("Timed", Beat, Caption)


class Part(Record):
    """One clip in the lecture.

    Attributes
    ----------
    start, end
        In seconds on the lecture's clock.
    beats
        With their times on the lecture's clock, and no stills.
    """

    stem: str
    title: str
    figure: str
    start: float
    end: float
    beats: tuple[Beat, ...]


class Lecture(Record):
    """The manifest of the joined lecture.

    Attributes
    ----------
    sources
        The SHA-256 of each clip's video, for each theme.
    """

    title: str
    duration: float
    frame_rate: float
    frames: int
    parts: tuple[Part, ...]
    videos: tuple[Video, ...] = ()
    sources: dict[str, tuple[str, ...]] = Field(default_factory=dict)


def join(build: str | Path, theme: str = "dark") -> Path:
    """Join all clips of a build, in the book's order, into ``lecture/lecture-THEME.mp4``.

    Beside it appear captions (WebVTT, SRT), chapters, one a clip, and the
    manifest; the video carries the chapters too. What is up to date is kept.

    Parameters
    ----------
    build
        The folder that ``python -m publish`` wrote.
    theme
        In which the clips were rendered.

    Returns
    -------
    Path
        The video.

    Raises
    ------
    ValueError
        When clips are missing in that theme, or differ in size or frame rate.
    """
    build = Path(build)
    Chapter.load(build / NAME)
    with files.locked(build):
        chapter, clips = Chapter.load(build / NAME), manifest.clips(build)
        _check(build, clips, theme)
        folder = build / FOLDER
        target = folder / f"{FOLDER}-{theme}.mp4"
        told = _told(chapter.title, clips)
        videos = _up_to_date(folder, told, clips)
        if theme not in [each.theme for each in videos]:
            videos.append(_joined(build, clips, told, target))
        sources = {each.theme: _sources(clips, each.theme) for each in videos}
        _write(told.model_copy(update={"videos": tuple(videos), "sources": sources}), folder)
        note = LectureNote(folder=FOLDER, themes=tuple(sorted(sources)))
        if chapter.lecture != note:
            chapter.model_copy(update={"lecture": note}).save(build / NAME)
    return target


def _check(build: Path, clips: Sequence[Clip], theme: str) -> None:
    if not clips:
        raise ValueError(f"clips: {build} holds none; run `python -m publish`")
    missing = [clip.stem for clip in clips if theme not in clip.themes]
    if missing:
        raise ValueError(
            f"theme: no {theme} video of {', '.join(missing)}; "
            f"run `python -m publish --theme {theme}`"
        )
    looks = {clip.stem: _look(clip, theme) for clip in clips}
    first = clips[0].stem
    for stem, look in looks.items():
        if look != looks[first]:
            raise ValueError(
                f"clips: {stem} is {look}, but {first} is {looks[first]}; "
                "run `python -m publish` with one --quality for all"
            )


def _look(clip: Clip, theme: str) -> str:
    record = clip.video(theme)
    return f"{record.width}x{record.height} at {clip.frame_rate:g} frames a second"


def _sources(clips: Sequence[Clip], theme: str) -> tuple[str, ...]:
    """The digests of the clips' videos; empty where a clip has none in that theme."""
    if any(theme not in clip.themes for clip in clips):
        return ()
    return tuple(clip.video(theme).sha256 for clip in clips)


def _up_to_date(folder: Path, told: Lecture, clips: Sequence[Clip]) -> list[Video]:
    """The joined videos that were made from these clips as they are."""
    try:
        known = Lecture.load(folder / NAME)
    except ValueError:
        return []
    if known.parts != told.parts:
        return []
    return [
        each
        for each in known.videos
        if known.sources.get(each.theme) == _sources(clips, each.theme)
        and (folder / each.file).is_file()
        and (folder / each.file).stat().st_size == each.bytes
    ]


def _joined(build: Path, clips: Sequence[Clip], told: Lecture, target: Path) -> Video:
    theme = target.stem.removeprefix(f"{FOLDER}-")
    first = clips[0].video(theme)
    parts = [build / "clips" / clip.stem / clip.video(theme).file for clip in clips]
    rate = told.frame_rate
    marks = [(p.title, round(p.start * rate), round(p.end * rate)) for p in told.parts]
    with files.scratch() as place:
        made = Path(place) / target.name
        try:
            video.join(parts, made, marks)
        except OSError as error:
            raise ValueError(files.trouble(made, error)) from None
        content = made.read_bytes()
    files.write(target, content)
    return Video(
        theme=theme,
        width=first.width,
        height=first.height,
        file=target.name,
        bytes=len(content),
        sha256=files.digest(content),
    )


def _told(title: str, clips: Sequence[Clip]) -> Lecture:
    """What the lecture tells, without its videos."""
    rate = clips[0].frame_rate
    *starts, total = accumulate((clip.frames for clip in clips), initial=0)
    return Lecture(
        title=title,
        duration=seconds(total, rate),
        frame_rate=rate,
        frames=total,
        parts=tuple(_part(clip, start) for clip, start in zip(clips, starts, strict=True)),
    )


def _part(clip: Clip, start: int) -> Part:
    rate = clip.frame_rate
    return Part(
        stem=clip.stem,
        title=clip.title,
        figure=clip.figure,
        start=seconds(start, rate),
        end=seconds(start + clip.frames, rate),
        beats=tuple(_later(beat, start, rate) for beat in clip.beats),
    )


def _later(beat: Beat, start: int, rate: float) -> Beat:
    """The beat with its times on the lecture's clock."""
    spoken = tuple(_moved(caption, start, rate) for caption in beat.captions)
    return _moved(beat, start, rate).model_copy(update={"captions": spoken, "stills": {}})


def _moved(record: Timed, start: int, rate: float) -> Timed:
    times = {name: getattr(record, name, None) for name in _TIMES}
    return record.model_copy(
        update={
            name: seconds(start + round(time * rate), rate)
            for name, time in times.items()
            if time is not None
        }
    )


def _write(lecture: Lecture, folder: Path) -> None:
    beats = [beat for part in lecture.parts for beat in part.beats]
    marks = [Beat(name=p.title, start=p.start, end=p.end, shows="") for p in lecture.parts]
    files.write_if_new(folder / f"{FOLDER}.vtt", captions.vtt(beats))
    files.write_if_new(folder / f"{FOLDER}.srt", captions.srt(beats))
    files.write_if_new(folder / f"{FOLDER}.chapters.vtt", captions.chapters(marks))
    lecture.save(folder / NAME)
