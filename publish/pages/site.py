"""The pages of a build, written from its manifests."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from mobjects.theme import named
from publish import files
from publish.assembly import texts_of
from publish.captions import chapters, vtt
from publish.lecture import Lecture
from publish.manifest import NAME, Chapter, Clip, clips
from publish.pages.snippets import snippets
from publish.pages.thumbnails import thumbnail
from publish.transcript import clock, passages

THUMBNAILS = "thumbnails"
COLORS = ("background", "ink", "muted", "grid", "accent")
_WEB_ADDRESS = re.compile(r"https?://[^/\s\"'<>{}?#]+(/[^\s\"'<>{}?#]*)?")
_SMALL_SCREEN = "(max-width: 820px)"


@dataclass(frozen=True)
class Source:
    """One of the files a browser chooses from.

    Attributes
    ----------
    file
        Its address.
    media
        When it is the one, as a media query; empty for the last resort.
    size
        The part of that query which is not about the theme.
    """

    theme: str
    file: str
    media: str
    size: str


def write_pages(build: Path, base_url: str = "") -> list[Path]:
    """Write a page for each clip and the chapter's page; return their paths.

    Parameters
    ----------
    build
        A folder that ``python -m publish`` has filled.
    base_url
        Where ``build`` will be on the web; what is there to paste then says so.

    Raises
    ------
    ValueError
        When ``build`` holds no chapter, a manifest is broken, ``base_url`` is
        no web address, or a page cannot be written.
    """
    build, base = Path(build), web_address(base_url)
    chapter, found = Chapter.load(build / NAME), clips(build)
    whole = whole_chapter(build, chapter, found)
    pages = {build / "index.html": _chapter_page(build, chapter, found, whole)}
    for index, clip in enumerate(found):
        near = {"earlier": found[:index][-1:], "later": found[index + 1 :][:1]}
        place = f"clips/{clip.stem}/"
        pages[build / place / clip.files.page] = _clip_page(clip, base, place, chapter, near)
    if whole:
        place = f"{whole.stem}/"
        alone = {"earlier": (), "later": ()}
        pages[build / place / whole.files.page] = _clip_page(whole, base, place, chapter, alone)
    for path, text in pages.items():
        files.write_if_new(path, text)
    return list(pages)


def web_address(base_url: str) -> str:
    """``base_url`` with a slash at its end; empty when it is.

    Raises
    ------
    ValueError
        When it is no web address.
    """
    if not base_url:
        return ""
    if not _WEB_ADDRESS.fullmatch(base_url):
        raise ValueError(
            f"base_url: got {base_url!r}, want the web address of the folder, "
            "such as https://example.org/course/"
        )
    return base_url.rstrip("/") + "/"


def reference(figure: str) -> str:
    """A clip's place in the book, in words: ``1.3, 1.5`` are figures."""
    if not figure[:1].isdigit():
        text = figure.replace("text of ", "text of section ")
        return text[:1].upper() + text[1:]
    several = re.match(r"[\d.]+, \d", figure)
    return f"{'Figures' if several else 'Figure'} {figure}"


def sources(clip: Clip, base: str = "") -> tuple[Source, ...]:
    """The files of a clip, those for small screens first, the dark ones last."""
    themes = sorted(clip.themes, reverse=True)
    found = []
    for theme in themes:
        color = f"(prefers-color-scheme: {theme})" if theme != themes[-1] else ""
        videos = sorted((v for v in clip.videos if v.theme == theme), key=lambda v: v.height)
        for video in videos:
            size = _SMALL_SCREEN if video is not videos[-1] else ""
            media = " and ".join(filter(None, (color, size)))
            found.append(Source(theme, base + video.file, media, size or "all"))
    return tuple(found)


def whole_chapter(build: Path, chapter: Chapter, found: tuple[Clip, ...]) -> Clip | None:
    """The joined lecture as if it were one clip, with the first one's poster; None without it.

    Raises
    ------
    ValueError
        When its manifest is broken, or a poster cannot be written.
    """
    if chapter.lecture is None or not (build / chapter.lecture.folder / NAME).is_file():
        return None
    folder, first = chapter.lecture.folder, found[0]
    told = Lecture.load(build / folder / NAME)
    posters = {video.theme: f"{folder}-{video.theme}.png" for video in told.videos}
    for theme, poster in posters.items():
        source = build / "clips" / first.stem / first.posters[theme]
        files.write_if_new(build / folder / poster, source.read_bytes())
    return Clip(
        stem=folder,
        scene="",
        class_name="",
        title=told.title,
        figure="all clips",
        description=f"{len(told.parts)} clips in the chapter’s order, as one video.",
        duration=told.duration,
        frame_rate=told.frame_rate,
        frames=told.frames,
        beats=tuple(
            beat.model_copy(update={"name": f"{part.title}: {beat.name}"})
            for part in told.parts
            for beat in part.beats
        ),
        videos=told.videos,
        posters=posters,
        thumbnails=posters,
        files=texts_of(folder),
    )


def _clip_page(clip: Clip, base: str, place: str, chapter: Chapter, near: dict[str, Any]) -> str:
    posters = {clip.stem: clip.thumbnails}
    text = _environment().get_template("clip.html")
    style, scripts = _style(posters, (clip,)), [_asset("player.js"), _asset("embed.js")]
    return text.render(
        clip=clip,
        base=base + place,
        place=place,
        home="../" * place.count("/") + "index.html",
        chapter=chapter,
        snippets=snippets(clip),
        posters=posters,
        style=style,
        scripts=scripts,
        forced=_forced((clip,)),
        **near,
    )


def _chapter_page(
    build: Path, chapter: Chapter, found: tuple[Clip, ...], whole: Clip | None
) -> str:
    posters = {clip.stem: _write_thumbnails(build, clip) for clip in found}
    style, scripts = _style(posters, found), [_asset("player.js")]
    return (
        _environment()
        .get_template("index.html")
        .render(
            chapter=chapter,
            clips=found,
            whole=whole,
            posters=posters,
            style=style,
            scripts=scripts,
            forced=_forced(found),
            slides=[path.relative_to(build).as_posix() for path in _slides(build)],
        )
    )


def _write_thumbnails(build: Path, clip: Clip) -> dict[str, str]:
    """The small poster of each theme, made again when the poster is newer."""
    written = {}
    for theme, poster in clip.posters.items():
        source = build / "clips" / clip.stem / poster
        target = build / THUMBNAILS / f"{clip.stem}-{theme}.webp"
        if not target.exists() or target.stat().st_mtime_ns < source.stat().st_mtime_ns:
            files.write(target, thumbnail(source))
        written[theme] = target.relative_to(build).as_posix()
    return written


def _slides(build: Path) -> list[Path]:
    return sorted((build / "slides").glob("*.html")) + sorted((build / "slides").glob("*.pptx"))


def _forced(found: tuple[Clip, ...]) -> str:
    """The only theme there is, or nothing where the reader's preference decides."""
    themes = {theme for clip in found for theme in clip.themes}
    return themes.pop() if len(themes) == 1 else ""


def _style(posters: dict[str, dict[str, str]], found: tuple[Clip, ...]) -> Markup:
    """The style sheet: the theme's colours, the rules, and the posters behind the videos."""
    light, dark = named("light"), named("dark")
    forced = _forced(found)
    colors = "".join(
        f"--{name}:light-dark({getattr(light, name)},{getattr(dark, name)});" for name in COLORS
    )
    scheme = f"color-scheme:{forced or 'light dark'};"
    rules = f":root{{{scheme}{colors}}}\n{_asset('style.css')}"
    in_light = f"@media (prefers-color-scheme:light){{{_behind(posters, 'light')}}}"
    return Markup(rules + _behind(posters, "dark") + in_light)


def _behind(posters: dict[str, dict[str, str]], theme: str) -> str:
    """Posters as backgrounds of their videos, for want of scripts; any theme's, if need be."""
    return "".join(
        f"#{stem} video{{background-image:url({found.get(theme) or next(iter(found.values()))})}}"
        for stem, found in posters.items()
    )


def _data_address(text: str) -> str:
    """A ``data:`` address of WebVTT, which every browser reads, from a file and in a frame too."""
    return "data:text/vtt;base64," + base64.b64encode(text.encode()).decode()


def _asset(name: str) -> Markup:
    """A style sheet or script of ours, as it is."""
    return Markup((Path(__file__).parent / "templates" / name).read_text(encoding="utf-8"))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("publish.pages"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"clock": clock, "reference": reference}
    environment.globals |= {
        "sources": sources,
        "passages": passages,
        "captions": lambda clip: _data_address(vtt(clip.beats)),
        "chapters": lambda clip: _data_address(chapters(clip.beats)),
    }
    return environment
