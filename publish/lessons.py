"""Packs a lesson with all that it names, so that any machine can show it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from publish.job import Lesson

VARIABLE = "LESSON"
_ALLOWED = ("LESSON_CODE", "LESSON_ABSOLUTE")


def packed(path: Path) -> Lesson:
    """Check a lesson, its data and its trained network, and take them along.

    Files that it names by absolute paths stay where they are.

    Raises
    ------
    ValueError
        As :meth:`model.lesson.Lesson.load`, and when it is not trained yet.
    """
    if not path.is_file():
        raise ValueError(f"lesson: there is no file {path}")
    import model.lesson as lessons

    folder = path.resolve().parent
    opened: set[str] = set()

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[0], str | os.PathLike):
            opened.add(os.fspath(arguments[0]))

    sys.addaudithook(hear)
    allowed = {name: os.environ[name] for name in _ALLOWED if name in os.environ}
    confirm, absolute = (allowed.get(name) == "yes" for name in _ALLOWED)
    lesson = lessons.Lesson.load(path, allow_absolute=absolute, confirm_code=confirm)
    lesson.trajectory  # noqa: B018 - read, and checked against the lesson
    own = {Path(each).resolve() for each in [*opened, str(path)]}
    contents = {
        each.relative_to(folder).as_posix(): each.read_bytes()
        for each in sorted(own)
        if each.is_relative_to(folder) and each.is_file() and each.suffix != ".pyc"
    }
    return Lesson(lesson.name, str(path), path.name, contents, allowed)
