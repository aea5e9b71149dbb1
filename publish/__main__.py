"""``python -m publish``: build a course from the scenes, into ``build/``."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from model.spelling import want
from publish import report
from publish.catalogue import SCENES
from publish.job import QUALITIES, THEMES

_COMMANDS = ("build", "pages", "slides", "lecture")
_EXAMPLES = """\
examples:
  python -m publish                        everything that is out of date
  python -m publish relu linear            these clips
  python -m publish --theme dark --quality l
  python -m publish --lesson assets/lessons/moons.toml
  python -m publish --scheduler tcp://192.168.0.5:8786
  python -m publish slides                 a lecture that pauses at each beat
  python -m publish lecture                all clips as one video
  python -m publish pages                  the pages alone, from what is built
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 when a clip failed, 2 when nothing could be done."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    command = given.pop(0) if given[:1] and given[0] in _COMMANDS else "build"
    try:
        return _RUN[command](_parser(command).parse_args(given))
    except ValueError as error:
        print(f"publish: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("publish: interrupted; the next run goes on from here", file=sys.stderr)
        return 130


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m publish" + ("" if command == "build" else f" {command}"),
        description=_ABOUT[command],
        epilog=_EXAMPLES if command == "build" else None,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--output", type=Path, default=Path("build"), help="folder (build)")
    if command in ("build", "pages"):
        parser.add_argument("--base-url", default="", help="where the pages will be on the web")
    if command == "build":
        _add_build(parser)
    if command in ("slides", "lecture"):
        parser.add_argument("--theme", default="dark", help="dark or light (dark)")
    if command == "slides":
        parser.add_argument("--format", default="both", help="html, pptx or both (both)")
        parser.add_argument("clips", nargs="*", help="names of clips; all when left out")
    return parser


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("clips", nargs="*", help="names of clips; all when left out")
    parser.add_argument("--theme", default="both", help="dark, light or both (both)")
    parser.add_argument("--quality", default="h", help="l 480p15, m 720p30, h 1080p60 (h)")
    parser.add_argument("--lesson", type=Path, help="a lesson file: your network, your data")
    parser.add_argument("--workers", type=int, help="processes on this machine (one a core)")
    parser.add_argument("--scheduler", help="tcp://HOST:PORT of a running Dask cluster")
    parser.add_argument("--split", type=int, help="render each clip in so many parts at once")
    parser.add_argument("--force", action="store_true", help="render what is up to date, too")
    parser.add_argument("--no-pages", action="store_true", help="write no pages")
    parser.add_argument("--scenes", type=Path, default=SCENES, help="folder of the scene files")


def _build(given: argparse.Namespace) -> int:
    began = time.monotonic()
    from publish.build import Options, build
    from publish.pages import web_address

    for name in ("workers", "split"):
        number = getattr(given, name)
        if number is not None and number < 1:
            raise ValueError(f"{name}: got {number}, want at least 1")
    if given.quality not in QUALITIES:
        raise ValueError(f"quality: got {given.quality!r}, {want(given.quality, QUALITIES)}")
    path = given.lesson or os.environ.get("LESSON")
    lesson = None
    if path:
        from publish.lessons import packed

        lesson = packed(Path(path))
    options = Options(
        clips=tuple(given.clips),
        themes=_themes(given.theme, (*THEMES, "both")),
        quality=given.quality,
        output=given.output,
        scenes=given.scenes,
        lesson=lesson,
        embeddings=_embeddings(os.environ.get("EMBEDDINGS", "")),
        scheduler=given.scheduler,
        workers=given.workers,
        split=given.split,
        force=given.force,
        pages=not given.no_pages,
        base_url=web_address(given.base_url),
    )
    rows = build(options)
    print(report.table(rows))
    print(f"{report.tally(rows, time.monotonic() - began)}: {given.output.resolve()}")
    return int(any(row.outcome == report.FAILED for row in rows))


def _embeddings(name: str) -> str:
    if name and not Path(name).is_file():
        raise ValueError(f"EMBEDDINGS: there is no file {name}")
    return name and str(Path(name).resolve())


def _pages(given: argparse.Namespace) -> int:
    from publish.pages import write_pages

    for page in write_pages(given.output, given.base_url):
        print(page)
    return 0


def _slides(given: argparse.Namespace) -> int:
    from publish.slides import FORMATS, write_slides

    (theme,) = _themes(given.theme, THEMES)
    formats = FORMATS if given.format == "both" else (given.format,)
    for path in write_slides(given.output, given.clips, formats, theme):
        print(path)
    return 0


def _lecture(given: argparse.Namespace) -> int:
    from publish.lecture import join

    (theme,) = _themes(given.theme, THEMES)
    print(join(given.output, theme))
    return 0


def _themes(name: str, known: Sequence[str]) -> tuple[str, ...]:
    if name not in known:
        raise ValueError(f"theme: got {name!r}, {want(name, known)}")
    return THEMES if name == "both" else (name,)


_RUN = {"build": _build, "pages": _pages, "slides": _slides, "lecture": _lecture}
_ABOUT = {
    "build": "Build a course from the scenes: videos, captions, transcripts, pages. "
    "What is up to date is left alone.",
    "pages": "Write the pages again, from what is built.",
    "slides": "Make a lecture of slides that pauses at each beat.",
    "lecture": "Join all clips of a build into one video with chapters and captions.",
}

if __name__ == "__main__":
    sys.exit(main())
