"""Whether what a clip asks is what it announces, and is held before the answer moves."""

from collections.abc import Sequence

from mobjects.story import Beat
from mobjects.timeline import Timeline


def question_faults(beats: Sequence[Beat], timeline: Timeline) -> list[str]:
    """What is wrong with the questions of a clip that was played."""
    found = []
    for each, span in zip(beats, timeline.spans, strict=True):
        if span.reveal is None:
            found += [f"{each.name}: {each.question!r} is not asked"] if each.question else []
            continue
        asked = [c.text for c in span.captions if c.start < span.reveal <= c.end]
        if [text.replace("\n", " ") for text in asked] != [each.question]:
            found.append(f"{each.name}: announces {each.question!r}, asks {asked}")
        if not each.question.endswith("?"):
            found.append(f"{each.name}: {each.question!r} is no question")
        if not span.start < span.reveal < span.end:
            found.append(f"{each.name}: the answer moves outside the beat")
    if not any(each.question for each in beats):
        found.append("nothing is asked")
    if beats[-1].question:
        found.append(f"{beats[-1].question!r} is never answered")
    return found
