"""A whole small build, for tests of what is made of builds: two clips in both themes."""

from __future__ import annotations

import shutil
import tempfile
from functools import cache
from pathlib import Path

from publish.assembly import assembled, write
from publish.catalogue import catalogue
from publish.files import digest
from publish.job import THEMES, Job, Order
from publish.manifest import NAME, Chapter
from publish.worker import Server

CLIPS = Path(__file__).parent / "clips"


def tiny_build(folder: Path) -> Path:
    """Build the clips in ``tests/support/clips`` at 160 by 90 into ``folder``; return it.

    Captions, transcripts, posters, stills and manifests are there; pages are not.
    """
    shutil.copytree(_rendered(), folder, dirs_exist_ok=True)
    return folder


@cache
def _rendered() -> Path:
    """The build, rendered once for as long as the sources stay as they are."""
    root = Path(__file__).parents[2]
    sources = [path for room in ("mobjects", "publish") for path in (root / room).glob("*.py")]
    key = digest("".join(digest(p) for p in sorted([*sources, *CLIPS.glob("*.py")])).encode())
    kept = Path(tempfile.gettempdir()) / f"tiny-build-{key[:16]}"
    if not kept.is_dir():
        made = Path(tempfile.mkdtemp(dir=kept.parent))
        _render(made)
        try:
            made.rename(kept)
        except OSError:  # another process was quicker
            shutil.rmtree(made)
    return kept


def _render(folder: Path) -> None:
    entries = catalogue(CLIPS)
    server = Server()
    for entry in entries:
        clip = None
        for theme in THEMES:
            job = Job(entry.stem, entry.scene, entry.class_name, theme, "t")
            made = assembled(entry, theme, Order("t"), [server.render(job)])
            clip = write(made, folder / "clips" / entry.stem, keep=clip)
    server.stop()
    chapter = Chapter(title="Two small clips", clips=tuple(entry.stem for entry in entries))
    chapter.save(folder / NAME)
