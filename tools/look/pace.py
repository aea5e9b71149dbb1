"""The pace of a clip as it was played: beats, captions, length."""

from __future__ import annotations

from itertools import pairwise

from look.finding import Finding
from mobjects.timeline import Span, Timeline

BEAT = (2.0, 12.0)
CLIP = (25.0, 60.0)
CHARACTERS_A_SECOND = 17.0
LINES = 2


def pace(timeline: Timeline) -> list[Finding]:
    """Beats and clips that are too short or too long, captions that cannot be read in time.

    Lengths are counted in frames; half a frame is allowed for.
    """
    found = []
    for span in timeline.spans:
        seconds = (span.end - span.start) / timeline.frame_rate
        found += _length("beat length", span.name, seconds, BEAT, timeline)
        found += _captions(span, timeline)
    found += _length("clip length", "", timeline.seconds, CLIP, timeline)
    return found


def _length(
    check: str, beat: str, seconds: float, span: tuple[float, float], timeline: Timeline
) -> list[Finding]:
    slack = 0.5 / timeline.frame_rate
    if span[0] - slack <= seconds <= span[1] + slack:
        return []
    remark = f"{seconds:.1f} s, want {span[0]:g} to {span[1]:g} s"
    return [Finding(check, beat, beat or "the clip", remark)]


def _captions(span: Span, timeline: Timeline) -> list[Finding]:
    found = []
    for caption in span.captions:
        seconds = (caption.end - caption.start) / timeline.frame_rate
        words = caption.text.replace("\n", " ")
        if len(words) > CHARACTERS_A_SECOND * seconds + 0.01:
            remark = f"{len(words) / max(seconds, 1e-9):.1f} characters a second, want 17 or fewer"
            found.append(Finding("caption speed", span.name, repr(words), remark))
        if caption.text.count("\n") >= LINES:
            remark = f"{caption.text.count(chr(10)) + 1} lines, want {LINES} or fewer"
            found.append(Finding("caption lines", span.name, repr(words), remark))
        if caption.end > span.end:
            found.append(Finding("caption speed", span.name, repr(words), "outlasts its beat"))
    for before, after in pairwise(span.captions):
        if after.start < before.end:
            remark = f"starts before {before.text!r} ends"
            found.append(Finding("caption speed", span.name, repr(after.text), remark))
    return found
