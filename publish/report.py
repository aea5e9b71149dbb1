"""What the user sees of a build: two bars while it runs, a table at its end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TextIO

from tqdm import tqdm

RENDERED, UNCHANGED, FAILED = "rendered", "unchanged", "failed"


@dataclass(frozen=True)
class Row:
    """What became of one theme of a clip, why, and in how many seconds of a worker."""

    clip: str
    theme: str
    outcome: str
    why: str
    seconds: float = 0.0


class Bars:
    """A bar of clips and a bar of frames; without a terminal, one line a clip."""

    def __init__(self, clips: int, frames: int, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        quiet = not self._stream.isatty()
        look = {"file": self._stream, "disable": quiet, "leave": False, "dynamic_ncols": True}
        self._quiet, self._done, self._total = quiet, 0, clips
        self._clips = tqdm(total=clips, unit="clip", desc="clips ", position=0, **look)
        self._frames = tqdm(total=frames, unit="frame", desc="frames", position=1, **look)
        self._drawn: dict[str, int] = {}

    def __enter__(self) -> Bars:
        return self

    def __exit__(self, *_: object) -> None:
        self._frames.close()
        self._clips.close()

    def frames(self, job: str, drawn: int) -> None:
        """So many frames of a job are drawn by now."""
        self._drawn[job] = drawn
        self._frames.n = sum(self._drawn.values())
        self._frames.total = max(self._frames.total, self._frames.n)
        self._frames.refresh()

    def clip(self, row: Row, *, expected: int, frames: int) -> None:
        """A clip has come to its end, with ``frames`` instead of ``expected`` frames."""
        self._done += 1
        if self._quiet:
            line = f"[{self._done}/{self._total}] {row.clip} {row.theme}: {row.outcome}"
            print(f"{line}{_because(row)} ({row.seconds:.1f} s)", file=self._stream, flush=True)
            return
        self._frames.total = max(self._frames.total + frames - expected, self._frames.n)
        self._frames.refresh()
        self._clips.update()


def table(rows: Sequence[Row]) -> str:
    """The outcome of every clip, in columns."""
    head = ("clip", "theme", "outcome", "seconds", "why")
    cells = [
        (r.clip, r.theme, r.outcome, f"{r.seconds:.1f}" if r.seconds else "", r.why) for r in rows
    ]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    lines = [_line(row, widths) for row in [head, tuple("-" * w for w in widths), *cells]]
    return "\n".join(lines)


def tally(rows: Iterable[Row], seconds: float) -> str:
    """How many clips had which outcome."""
    outcomes = [row.outcome for row in rows]
    counts = [f"{outcomes.count(each)} {each}" for each in (RENDERED, UNCHANGED, FAILED)]
    return f"{', '.join(counts)} in {seconds:.1f} s"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()


def _because(row: Row) -> str:
    return f", {row.why}" if row.why else ""
