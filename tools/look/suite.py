"""Looks at many clips at once: a contact sheet each, and one table of findings."""

from __future__ import annotations

import argparse
import multiprocessing
import os
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from pathlib import Path

from PIL import Image

from look.colours import theme_colours
from look.finding import Finding, table
from look.playing import THEMES, clips, story_of, themed
from look.sheet import save, sheet
from look.watching import Seen, thorough
from mobjects.story import Story
from mobjects.theme import theme


def main(arguments: list[str] | None = None) -> int:
    """Make the sheets, print the findings; 1 when there are any."""
    options = _parse(arguments)
    themes = THEMES if options.theme == "both" else (options.theme,)
    rows = [("clip", "theme", "beat", "check", "mobject", "what")]
    for name in themes:
        with themed(name):
            rows += [("all", *_cells(name, each)) for each in theme_colours(theme())]
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.workers, mp_context=spawn) as pool:
        jobs = {
            pool.submit(look_at, clip, name, options.out): (clip, name)
            for clip in options.clips
            for name in themes
        }
        for job in as_completed(jobs):
            clip, name = jobs[job]
            findings = _result(job, clip)
            print(f"{clip} {name}: {len(findings)} findings", flush=True)
            rows += [(clip, *_cells(name, each)) for each in findings]
    print(f"Contact sheets: {options.out}")
    if len(rows) > 1:
        print(table([rows[0], *sorted(rows[1:])]))
    return int(len(rows) > 1)


def _result(job: Future[list[Finding]], clip: str) -> list[Finding]:
    """What was found; a clip that cannot be played is a finding like others."""
    try:
        return job.result()
    except Exception as error:
        return [Finding("plays", "", clip, f"{type(error).__name__}: {error}")]


def look_at(clip: str, theme_name: str, folder: Path) -> list[Finding]:
    """Look at one clip in one theme: write its sheet, return what is amiss."""
    story_class = story_of(clip)
    seen = thorough(story_class, theme_name)
    save(_sheet(story_class, clip, theme_name, seen), folder / f"{clip}-{theme_name}.png")
    return seen.findings


def _sheet(story_class: type[Story], clip: str, theme_name: str, seen: Seen) -> Image.Image:
    spans, rate = seen.timeline.spans, seen.timeline.frame_rate
    labels = [
        f"{number}  {span.name}  ({(span.end - span.start) / rate:.1f} s)"
        for number, span in enumerate(spans, 1)
    ]
    length = seen.timeline.seconds
    title = (
        f"{clip}, {theme_name}: {story_class.title} (figure {story_class.figure}), {length:.1f} s"
    )
    return sheet(title, seen.stills, labels)


def _cells(theme_name: str, finding: Finding) -> tuple[str, str, str, str, str]:
    return theme_name, finding.beat, finding.check, _short(finding.mobject), finding.remark


def _short(words: str, most: int = 48) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    known = clips()
    parser = argparse.ArgumentParser(prog="look", description="Contact sheets, and what is amiss.")
    parser.add_argument("clips", nargs="*", metavar="clip", help=", ".join(known))
    parser.add_argument("--theme", choices=(*THEMES, "both"), default="both")
    parser.add_argument("--out", type=Path, default=Path("build/look"))
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    options = parser.parse_args(arguments)
    unknown = set(options.clips) - set(known)
    if unknown:
        parser.error(f"clip: got {min(unknown)!r}, want one of {', '.join(known)}")
    options.clips = options.clips or known
    return options
