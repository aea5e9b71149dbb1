"""Captions and chapters of a clip as WebVTT and SRT."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from publish.manifest import Beat, Caption

Cue = tuple[int, int, str]


def vtt(beats: Sequence[Beat]) -> str:
    """What is said, as WebVTT (W3C WebVTT 1, section 4).

    Raises
    ------
    ValueError
        When a caption is shorter than a millisecond or starts before the one
        before it.
    """
    return _vtt(cues(_captions(beats)))


def srt(beats: Sequence[Beat]) -> str:
    """What is said, as SubRip; raises as :func:`vtt`."""
    return "".join(
        f"{number}\n{_time(start, ',')} --> {_time(end, ',')}\n{text}\n\n"
        for number, (start, end, text) in enumerate(cues(_captions(beats)), 1)
    )


def chapters(beats: Sequence[Beat]) -> str:
    """One chapter a beat, as WebVTT; raises as :func:`vtt`."""
    return _vtt(cues((each.start, each.end, " ".join(each.name.split())) for each in beats))


def cues(spans: Iterable[tuple[float, float, str]]) -> list[Cue]:
    """Times in whole milliseconds, none past the next one's start, no blank line in a text.

    Parameters
    ----------
    spans
        Start and end in seconds, and the text.

    Raises
    ------
    ValueError
        When a span is shorter than a millisecond or starts before the one
        before it.
    """
    found = [(round(1000 * start), round(1000 * end), _lines(text)) for start, end, text in spans]
    starts = [start for start, _, _ in found[1:]]
    ends = [end for _, end, _ in found]
    limits = [*starts, *ends[-1:]]
    clipped = [(s, min(e, limit), t) for (s, e, t), limit in zip(found, limits, strict=True)]
    for start, end, text in clipped:
        if start < 0 or end <= start:
            raise ValueError(
                f"times: got {start} to {end} ms for {text!r}, "
                "want each to end after it starts and to start after the one before it"
            )
    return clipped


def _captions(beats: Sequence[Beat]) -> Iterable[tuple[float, float, str]]:
    captions: list[Caption] = [caption for each in beats for caption in each.captions]
    return ((caption.start, caption.end, caption.text) for caption in captions)


def _vtt(found: list[Cue]) -> str:
    return "WEBVTT\n" + "".join(
        f"\n{number}\n{_time(start, '.')} --> {_time(end, '.')}\n{_escaped(text)}\n"
        for number, (start, end, text) in enumerate(found, 1)
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _lines(text: str) -> str:
    """``text`` without blank lines, which would end a cue."""
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _time(milliseconds: int, point: str) -> str:
    seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}{point}{milliseconds:03d}"
