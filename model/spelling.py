"""Guessing what a misspelt name was meant to be."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def want(name: str, known: Iterable[str]) -> str:
    """Say which names are allowed, the nearest first if any is near.

    >>> want("relo", ["linear", "relu"])
    "want one of linear, relu (did you mean 'relu'?)"
    """
    names = list(known)
    lower = {each.lower(): each for each in names}
    near = [lower[each] for each in difflib.get_close_matches(name.lower(), lower, n=1, cutoff=0.5)]
    shown = ", ".join(names[:20]) + (f", ... ({len(names)} in all)" if len(names) > 20 else "")
    return f"want one of {shown}" + (f" (did you mean {near[0]!r}?)" if near else "")
