"""When everything in a played story happened, counted in the video's own frames."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Caption:
    """Words on the screen from frame ``start`` up to frame ``end``."""

    text: str
    start: int
    end: int


@dataclass
class Span:
    """One beat as it was played, from frame ``start`` up to frame ``end``.

    Attributes
    ----------
    reveal
        The frame at which the breath after the beat's question ends and the
        answer begins to move; None where nothing is asked.
    """

    name: str
    start: int
    end: int
    reveal: int | None = None
    captions: list[Caption] = field(default_factory=list)


@dataclass
class Timeline:
    """What happened when, in frames from the start.

    Attributes
    ----------
    frame_rate
        Frames a second.
    plays
        The frames of each animation or wait, in order; their sum is the
        video's length. Animations that are skipped count as if they were drawn.
    spans
        The beats played so far, the running one last.
    """

    frame_rate: float
    plays: list[int] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)

    @property
    def now(self) -> int:
        """The frame that comes next."""
        return sum(self.plays)

    @property
    def seconds(self) -> float:
        """The time on the video's clock."""
        return self.now / self.frame_rate

    def open(self, name: str) -> None:
        """A beat begins."""
        self.spans.append(Span(name, self.now, self.now))

    def close(self) -> None:
        """The running beat ends."""
        self.spans[-1].end = self.now

    def reveal(self) -> None:
        """The breath after a question has ended; the first in a beat counts."""
        if self.spans and self.spans[-1].reveal is None:
            self.spans[-1].reveal = self.now

    def caption(self, text: str, start: int) -> None:
        """``text`` was on the screen since frame ``start``."""
        if self.spans:
            self.spans[-1].captions.append(Caption(text, start, self.now))


def frames_of(seconds: float, frame_rate: float, *, frozen: bool) -> int:
    """How many frames Manim draws of an animation, or of a frozen picture, of that length."""
    step = 1 / frame_rate
    return int(seconds / step) if frozen else len(np.arange(0, seconds, step))
