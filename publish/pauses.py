"""Where a lecture pauses: at the end of each beat, and on each question before the answer moves."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import accumulate, pairwise

from publish.manifest import Beat, Clip


@dataclass(frozen=True)
class Piece:
    """What is played from one pause to the next.

    Attributes
    ----------
    label
        The beat's name; of what follows a question, with a word to say so.
    start, end
        In frames; the end is not part of the piece.
    shows
        What is seen in the whole beat, for those who cannot see it.
    notes
        What the lecturer says: the narration, and the question to pause on.
    question
        The question to pause on; empty where there is none.
    """

    label: str
    start: int
    end: int
    shows: str
    notes: str
    question: str


def pieces(clip: Clip) -> tuple[Piece, ...]:
    """The clip from pause to pause.

    A question that ends its beat needs no pause of its own: nothing moves
    behind it until the next beat.
    """
    plays = [0, *accumulate(clip.plays)]
    return tuple(piece for beat in clip.beats for piece in _of_beat(beat, clip.frame_rate, plays))


def _of_beat(beat: Beat, rate: float, plays: list[int]) -> list[Piece]:
    start, end = round(beat.start * rate), round(beat.end * rate)
    cuts = [start, end]
    if beat.reveal is not None:
        reveal = round(beat.reveal * rate)
        if start < reveal and bisect_left(plays, end) - bisect_left(plays, reveal) > 1:
            cuts = [start, reveal, end]
    return [
        Piece(
            label=beat.name if first == start else f"{beat.name}: the answer",
            start=first,
            end=last,
            shows=beat.shows,
            notes=_notes(beat, first / rate, last / rate, asks=first == start),
            question=beat.question if first == start else "",
        )
        for first, last in pairwise(cuts)
    ]


def _notes(beat: Beat, start: float, end: float, *, asks: bool) -> str:
    """What is said from ``start`` to ``end``, a caption a line, the question last."""
    said = [
        " ".join(caption.text.split())
        for caption in beat.captions
        if start - 1e-6 <= caption.start < end - 1e-6
    ]
    lines = [words for words in said if words != beat.question]
    if asks and beat.question:
        lines.append(f"Ask: {beat.question}")
    return "\n".join(lines)
