"""What a check has to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Something that a viewer would stumble over.

    Attributes
    ----------
    check
        The rule that is broken.
    beat
        Where in the clip; empty for the clip as a whole.
    mobject
        What breaks it.
    remark
        How: what was measured and what is wanted.
    """

    check: str
    beat: str
    mobject: str
    remark: str


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """The first finding of each check, beat and mobject: what stays wrong is said once."""
    first: dict[tuple[str, str, str], Finding] = {}
    for each in findings:
        first.setdefault((each.check, each.beat, each.mobject), each)
    return list(first.values())


def table(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows of words as lines with aligned columns; the last column may be long."""
    rows = list(rows)
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)][:-1]
    return "\n".join(
        "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    )
