"""Paths that a lesson file names: within its folder, and there."""

from __future__ import annotations

import os
from pathlib import Path

from model import spelling

MOST_NAMES = 1000


def problem_with(given: str, folder: Path, *, allow_absolute: bool, must_exist: bool) -> str | None:
    """What is wrong with a path, relative to the folder of the lesson; None when nothing is.

    Parameters
    ----------
    given
        The path as the lesson has it.
    folder
        Where the lesson lies.
    allow_absolute
        Whether it may lead out of the folder.
    must_exist
        Whether there must be a file; otherwise one is to be written there.
    """
    try:
        within, target = folder.resolve(), (folder / given).resolve()
        if not allow_absolute and not target.is_relative_to(within):
            return (
                f"got {_short(given)}, want a path inside {within}, or allow others by "
                "--allow-absolute or LESSON_ABSOLUTE=yes"
            )
        if target.is_dir():
            return f"got {_short(given)}, which is a folder, want a file"
        if must_exist and not target.is_file():
            return f"there is no file {target}{_nearest(target, within)}"
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it leads around in a loop"
        return f"got {_short(given)}, which cannot be followed ({why})"
    if target.exists() and not os.access(target, os.R_OK):
        return f"got {_short(given)}, which may not be read"
    return None


def _nearest(target: Path, folder: Path) -> str:
    """The files that stand where the missing one was to be."""
    place = target.parent if target.parent.is_dir() else folder
    files = [each for each in sorted(place.iterdir())[:MOST_NAMES] if each.is_file()]
    names = [each.name for each in files if each.name.isprintable()]
    return f", {spelling.want(target.name, names)}" if names else ""


def _short(given: str) -> str:
    return repr(given if len(given) <= 60 else f"{given[:57]}...")
