"""A clip in words: what is said and asked, and what is seen by those who can see."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill

from publish.manifest import Beat, Clip

_WIDTH = 88


@dataclass(frozen=True)
class Passage:
    """One beat in words.

    Attributes
    ----------
    name
        Of the beat.
    start
        In seconds.
    seen
        What is seen, for those who cannot see it.
    said
        The narration, without the question.
    question
        What the audience is asked before the answer moves; may be empty.
    """

    name: str
    start: float
    seen: str
    said: str
    question: str


def passages(clip: Clip) -> tuple[Passage, ...]:
    """The clip's beats in words."""
    return tuple(map(_passage, clip.beats))


def transcript(clip: Clip) -> str:
    """Transcript and text alternative of a clip, as plain text."""
    head = f"{clip.title}\n{source(clip.figure)}. Length {clock(clip.duration)}.\n"
    return "\n".join([head, *map(_paragraph, passages(clip))])


def source(figure: str) -> str:
    """Where in the chapter a clip is from, in words: ``Figures 1.1, 1.2``, ``Text of 1.3``."""
    numbers = figure.split(", ")
    if not figure[:1].isdigit():
        return figure[:1].upper() + figure[1:]
    several = sum(number[:1].isdigit() for number in numbers) > 1
    return f"{'Figures' if several else 'Figure'} {figure}"


def clock(seconds: float) -> str:
    """``seconds`` as minutes and seconds, rounded down: 1:05."""
    minutes, seconds = divmod(int(seconds), 60)
    return f"{minutes}:{seconds:02d}"


def _passage(beat: Beat) -> Passage:
    said = [" ".join(caption.text.split()) for caption in beat.captions]
    spoken = " ".join(words for words in said if words != beat.question)
    return Passage(beat.name, beat.start, beat.shows, spoken, beat.question)


def _paragraph(passage: Passage) -> str:
    parts = (("Seen", passage.seen), ("Asked", passage.question), ("Said", passage.said))
    lines = [
        fill(f"{label}: {words}", _WIDTH, initial_indent="  ", subsequent_indent="    ")
        for label, words in parts
        if words
    ]
    return "\n".join([f"[{clock(passage.start)}] {passage.name}", *lines, ""])
