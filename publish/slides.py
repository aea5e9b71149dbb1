"""A lecture as slides that pause at each beat, and on each question before its answer moves.

The clips are cut, not encoded again; manim-slides makes the slides of the pieces.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from mobjects.theme import named
from publish import files, manifest
from publish.catalogue import TITLE
from publish.cutting import cut
from publish.manifest import NAME, Chapter, Clip, Video
from publish.pauses import Piece, pieces
from publish.titles import title_page
from publish.transcript import source

if TYPE_CHECKING:
    from publish.deck import Card, Deck

FOLDER, PIECES, REVEAL = "slides", "files", "reveal"
FORMATS = ("html", "pptx")
INSTALL = "pip install -c constraints.txt -e '.[slides]'"


def write_slides(
    build: str | Path,
    clips: Sequence[str] | None = None,
    formats: Sequence[str] = FORMATS,
    theme: str = "dark",
) -> list[Path]:
    """Make slides of the clips in a build, in the book's order.

    Parameters
    ----------
    build
        The folder that ``python -m publish`` wrote.
    clips
        Which ones; all when None or empty.
    formats
        Of ``html`` (reveal.js; the folders ``files`` and ``reveal`` beside it
        belong to it) and ``pptx``.
    theme
        In which the clips were rendered.

    Returns
    -------
    list of Path
        The slides in each format, then the presentation that ``manim-slides
        present`` plays.

    Raises
    ------
    ValueError
        When manim-slides is not installed, or the build lacks a clip in that theme.
    """
    for wanted in formats:
        if wanted not in FORMATS:
            raise ValueError(f"formats: got {wanted!r}, want some of {', '.join(FORMATS)}")
    _tools()
    build = Path(build)
    Chapter.load(build / NAME)
    with files.locked(build):
        chosen = _chosen(build, clips)
        videos = [clip.video(theme) for clip in chosen]
        name = "-".join([clip.stem for clip in chosen] if clips else ["lecture"])
        deck = _deck(build, chosen, videos, theme, whole=not clips)
        written = _written(deck, build / FOLDER, f"{name}-{theme}", formats)
        _sweep(build / FOLDER)
    return written


def _tools() -> ModuleType:
    """The module that needs manim-slides, where that is installed."""
    try:
        return importlib.import_module("publish.deck")
    except ModuleNotFoundError as error:
        raise ValueError(
            f"slides: the package {error.name} is not installed; run {INSTALL}"
        ) from None


def _chosen(build: Path, names: Sequence[str] | None) -> list[Clip]:
    found = {clip.stem: clip for clip in manifest.clips(build)}
    for name in names or ():
        if name not in found:
            raise ValueError(f"clips: {build} holds no {name!r}, want some of {', '.join(found)}")
    chosen = [clip for stem, clip in found.items() if not names or stem in names]
    if not chosen:
        raise ValueError(f"clips: {build} holds none; run `python -m publish`")
    return chosen


def _deck(
    build: Path, clips: Sequence[Clip], videos: Sequence[Video], theme: str, *, whole: bool
) -> Deck:
    tools = _tools()
    folder, size = build / FOLDER / PIECES, (videos[0].width, videos[0].height)

    def title(text: str, line: str) -> Card:
        page = title_page(text, line, named(theme), size)
        file = folder / f"title-{files.digest(page)[:12]}.png"
        files.write_if_new(file, page)
        return tools.Card(file, text, text, line)

    cards = [title(TITLE, "")] if whole else []
    for clip, video in zip(clips, videos, strict=True):
        cards.append(title(clip.title, source(clip.figure)))
        found = pieces(clip)
        cut_files = _cut(build / "clips" / clip.stem / video.file, video, found, folder)
        for file, piece in zip(cut_files, found, strict=True):
            label = f"{clip.title}: {piece.label}"
            cards.append(tools.Card(file, label, piece.shows, piece.notes, piece.question))
    heading = TITLE if whole else "; ".join(clip.title for clip in clips)
    return tools.Deck(heading, cards, size, named(theme).background)


def _cut(video: Path, record: Video, found: Sequence[Piece], folder: Path) -> list[Path]:
    """The pieces' files, named after the video's content; those that exist are kept."""
    stem = f"{video.stem}-{record.sha256[:12]}"
    targets = [folder / f"{stem}-{piece.start:05d}-{piece.end:05d}.mp4" for piece in found]
    if not all(target.is_file() for target in targets):
        with files.scratch() as place:
            made = [Path(place) / target.name for target in targets]
            try:
                cut(video, [piece.start for piece in found], made)
            except OSError as error:
                raise ValueError(files.trouble(made[0], error)) from None
            for piece, target in zip(made, targets, strict=True):
                files.write(target, piece.read_bytes())
    return targets


def _written(deck: Deck, folder: Path, name: str, formats: Sequence[str]) -> list[Path]:
    """The slides in each format and the presentation, which is written last."""
    tools = _tools()
    plan = folder / f"{name}.json"
    targets = [folder / f"{name}.{each}" for each in formats]
    content = deck.json(f"{FOLDER}/{PIECES}")
    for asset in tools.ASSETS:
        files.write_if_new(folder / REVEAL / asset.name, asset.read_bytes())
    if not (all(target.is_file() for target in targets) and _holds(plan, content)):
        for target in targets:
            made = folder / f".{target.name}.tmp"
            try:
                deck.write(target.suffix, made, PIECES)
                files.write(target, made.read_bytes())
            except OSError as error:
                raise ValueError(files.trouble(target, error)) from None
            finally:
                made.unlink(missing_ok=True)
        files.write(plan, content)
    return [*targets, plan]


def _holds(path: Path, content: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == content


def _sweep(folder: Path) -> None:
    """Remove the pieces that no presentation names any more."""
    plans = [json.loads(plan.read_text(encoding="utf-8")) for plan in folder.glob("*.json")]
    named_there = {Path(slide["file"]).name for plan in plans for slide in plan["slides"]}
    for file in (folder / PIECES).iterdir():
        if file.name not in named_there:
            file.unlink()
