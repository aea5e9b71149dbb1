"""Makes the files of a clip's folder from what its parts gave, and writes them."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from mobjects.timeline import Span, Timeline
from publish import captions, files
from publish.catalogue import Entry
from publish.inputs import inputs, settings
from publish.job import QUALITIES, SMALL, VIDEO, Order, Played, still
from publish.manifest import NAME, Beat, Caption, Clip, LessonNote, Texts, Video, seconds
from publish.transcript import transcript
from publish.video import join


@dataclass(frozen=True)
class Rendered:
    """One theme of a clip: its manifest, with this theme alone, and its files."""

    clip: Clip
    files: Mapping[str, bytes]


def assembled(entry: Entry, theme: str, order: Order, parts: Sequence[Played]) -> Rendered:
    """Join the parts of a clip in one theme.

    Parameters
    ----------
    parts
        In the order of their animations; the last one played to the clip's end.

    Raises
    ------
    ValueError
        When the parts do not make a whole: a still or frames are missing.
    """
    whole = parts[-1]
    line, size = whole.timeline, QUALITIES[order.quality]
    stem = f"{entry.stem}-{theme}"
    made = _videos(stem, parts, line.now) | _stills(stem, parts, size.small)
    used = order.lesson if "lesson" in whole.shows else None
    chosen = settings(order.quality, order.lesson, order.embeddings, whole.shows)
    found = {name: digest for part in parts for name, digest in part.inputs.items()}
    wide = (size.width, size.height)
    names = (f"{stem}.mp4", wide), (f"{stem}-720p.mp4", size.small)
    clip = Clip(
        stem=entry.stem,
        scene=entry.scene,
        class_name=entry.class_name,
        title=entry.title,
        figure=entry.figure,
        description=entry.about,
        lesson=LessonNote(name=used.name, path=used.path) if used else None,
        duration=seconds(line.now, line.frame_rate),
        frame_rate=line.frame_rate,
        frames=line.now,
        plays=tuple(line.plays),
        beats=tuple(
            _beat(each, span, line, {theme: f"beats/{stem}-{still(number)}"})
            for number, (each, span) in enumerate(zip(whole.beats, line.spans, strict=True), 1)
        ),
        videos=tuple(_video(theme, name, shape, made[name]) for name, shape in names),
        posters={theme: f"{stem}.png"},
        thumbnails={theme: f"{stem}-720p.png"},
        files=texts_of(entry.stem),
        inputs={theme: inputs(found, chosen)},
        versions=dict(whole.versions),
        digests={name: files.digest(content) for name, content in made.items()},
    )
    return Rendered(clip, made)


def texts_of(stem: str) -> Texts:
    """The names of the files beside the videos."""
    return Texts(
        captions_vtt=f"{stem}.vtt",
        captions_srt=f"{stem}.srt",
        chapters_vtt=f"{stem}.chapters.vtt",
        transcript=f"{stem}.transcript.txt",
    )


def write_texts(clip: Clip, folder: Path) -> None:
    """Write captions, chapters and transcript where they are not there already.

    Raises
    ------
    ValueError
        When one cannot be written.
    """
    for name, text in (
        (clip.files.captions_vtt, captions.vtt(clip.beats)),
        (clip.files.captions_srt, captions.srt(clip.beats)),
        (clip.files.chapters_vtt, captions.chapters(clip.beats)),
        (clip.files.transcript, transcript(clip)),
    ):
        files.write_if_new(folder / name, text)


def write(rendered: Rendered, folder: Path, *, keep: Clip | None) -> Clip:
    """Write one theme of a clip into its folder, the manifest last.

    Parameters
    ----------
    keep
        The manifest of the themes that are there already and stay; its
        timeline is this one's.

    Raises
    ------
    ValueError
        When a file cannot be written; those that were there before stay whole.
    """
    clip = rendered.clip if keep is None else merged(keep, rendered.clip)
    for name, content in rendered.files.items():
        files.write(folder / name, content)
    write_texts(clip, folder)
    clip.save(folder / NAME)
    for stray in set(folder.glob("beats/*.png")) - {folder / name for name in clip.digests}:
        stray.unlink()
    return clip


def merged(old: Clip, new: Clip) -> Clip:
    """One manifest of both: the new one's themes beside the old one's others."""
    (theme,) = new.themes
    others = [other for other in old.themes if other != theme]
    stems = tuple(f"{old.stem}-{other}" for other in others)
    beats = tuple(
        mine.model_copy(update={"stills": {o: its.stills[o] for o in others} | mine.stills})
        for its, mine in zip(old.beats, new.beats, strict=True)
    )
    kept = {
        name: digest
        for name, digest in old.digests.items()
        if any(Path(name).name.startswith((f"{s}.", f"{s}-")) for s in stems)
    }
    return new.model_copy(
        update={
            "beats": beats,
            "videos": tuple(v for v in old.videos if v.theme in others) + new.videos,
            "posters": {o: old.posters[o] for o in others} | new.posters,
            "thumbnails": {o: old.thumbnails[o] for o in others} | new.thumbnails,
            "inputs": {o: old.inputs[o] for o in others} | new.inputs,
            "digests": kept | new.digests,
        }
    )


def difference(one: Clip, other: Clip) -> str:
    """Where the timelines of two themes part; empty when they are the same."""
    if one.frames != other.frames:
        return f"{other.duration:.2f} s against {one.duration:.2f} s"
    for mine, its in zip(one.beats, other.beats, strict=False):
        if mine.model_copy(update={"stills": {}}) != its.model_copy(update={"stills": {}}):
            return f"in beat {mine.name!r}"
    return "" if (one.plays, len(one.beats)) == (other.plays, len(other.beats)) else "in its beats"


def _beat(told: Beat, span: Span, line: Timeline, stills: dict[str, str]) -> Beat:
    def at(frame: int) -> float:
        return seconds(frame, line.frame_rate)

    spoken = tuple(
        Caption(start=at(each.start), end=at(each.end), text=each.text) for each in span.captions
    )
    asked = told.question and span.reveal is not None
    update = {
        "start": at(span.start),
        "end": at(span.end),
        "reveal": at(span.reveal or 0) if asked else None,
        "captions": spoken,
        "stills": stills,
    }
    return told.model_copy(update=update)


def _videos(stem: str, parts: Sequence[Played], frames: int) -> dict[str, bytes]:
    drawn = sum(part.frames for part in parts)
    if drawn != frames:
        raise ValueError(f"{stem}: has {drawn} frames, want {frames}: a part is missing")
    made = {}
    for kind, end in ((VIDEO, ".mp4"), (SMALL, "-720p.mp4")):
        pieces = [part.files[kind] for part in parts if part.frames]
        made[stem + end] = pieces[0] if len(pieces) == 1 else _joined(pieces)
    return made


def _joined(pieces: Sequence[bytes]) -> bytes:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = [folder / f"{index}.mp4" for index in range(len(pieces))]
        for path, piece in zip(paths, pieces, strict=True):
            path.write_bytes(piece)
        join(paths, folder / "joined.mp4")
        return (folder / "joined.mp4").read_bytes()


def _stills(stem: str, parts: Sequence[Played], small: tuple[int, int]) -> dict[str, bytes]:
    """One PNG a beat; the last is the poster, and made smaller the smaller copy's."""
    beats = len(parts[-1].beats)
    found = {name: content for part in parts for name, content in part.files.items()}
    made = {f"beats/{stem}-{still(n)}": found[still(n)] for n in range(1, beats + 1)}
    poster = found[still(beats)]
    return made | {f"{stem}.png": poster, f"{stem}-720p.png": thumbnail(poster, small)}


def thumbnail(poster: bytes, size: tuple[int, int]) -> bytes:
    """The poster at the smaller copy's size."""
    written = io.BytesIO()
    with Image.open(io.BytesIO(poster)) as picture:
        small = picture.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    small.save(written, "PNG", optimize=True)
    return written.getvalue()


def _video(theme: str, name: str, shape: tuple[int, int], content: bytes) -> Video:
    width, height = shape
    return Video(
        theme=theme,
        width=width,
        height=height,
        file=name,
        bytes=len(content),
        sha256=files.digest(content),
    )
