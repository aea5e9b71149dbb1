"""Beats whose words depend on what is shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mobjects.story import Beat


def told(
    beats: Iterable[Beat], facts: Mapping[str, str], *, without: Collection[str] = ()
) -> tuple[Beat, ...]:
    """``beats`` with ``{facts}`` filled in, those left out whose method is in ``without``.

    Raises
    ------
    KeyError
        When a beat asks for a fact that is not there.
    """
    return tuple(
        replace(
            each,
            name=each.name.format_map(facts),
            shows=each.shows.format_map(facts),
            question=each.question.format_map(facts),
        )
        for each in beats
        if each.method not in without
    )
