"""Opening a lesson file: what its entries say of one another must fit as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from model import lesson_schema as schema
from model import lesson_toml
from model.lesson import Lesson
from model.lesson_data import DataCheck
from model.lesson_network import network_problems
from model.lesson_paths import problem_with
from model.lesson_schema import Entries, LessonFile, Place, Problem
from model.recipe import Recipe

MOST_TOLD = 50


def load(path: Path, allow_absolute: bool, confirm_code: bool) -> Lesson:
    """Read a lesson file, or list its problems; see :meth:`model.lesson.Lesson.load`."""
    raw, lines = lesson_toml.parse(path)
    found = schema.problems_of(raw)
    check = _Check(path, raw, Entries(raw, found), allow_absolute, confirm_code)
    found = list(dict.fromkeys([*found, *check.problems()]))
    if not found:
        return check.lesson(LessonFile.model_validate(raw))
    by_line = sorted(
        ((lesson_toml.line_of(lines, place), place, what) for place, what in found),
        key=lambda each: (each[0], [(isinstance(part, str), part) for part in each[1]]),
    )
    told = [_told(*each) for each in by_line[:MOST_TOLD]]
    told += [f"  and {len(found) - MOST_TOLD} more"] * (len(found) > MOST_TOLD)
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    raise ValueError("\n".join([f"{path}: {count}", *told]))


def _told(line: int, place: Place, what: str) -> str:
    key = ".".join(str(part) if str(part).isprintable() else repr(part) for part in place)
    key = key if len(key) <= 120 else f"{key[:117]}..."
    return f"  {f'line {line}, ' if line else ''}{key}: {what}"


class _Check:
    """What must hold between the entries of a lesson, as far as each is sound by itself."""

    def __init__(
        self,
        path: Path,
        raw: Mapping[str, Any],
        entries: Entries,
        allow_absolute: bool,
        confirm_code: bool,
    ) -> None:
        self.path, self.raw, self.entries = path, raw, entries
        self.allow_absolute, self.confirm_code = allow_absolute, confirm_code
        self.data = DataCheck(path, entries, allow_absolute)
        self.coded = "entry" in (entries.table("network") or {})

    def problems(self) -> list[Problem]:
        """Every problem, each with its place."""
        found = list(self.data.problems())
        found += self._entry() if self.coded else ()
        found += network_problems(
            self.entries, self.data.dim, self.data.classes, trained="training" in self.raw
        )
        return [*found, *self._weights(), *self._checkpoints(), *self._size()]

    def lesson(self, file: LessonFile) -> Lesson:
        """The lesson, when there are no problems."""
        dataset = self.data.dataset
        if dataset is None:
            raise ValueError(f"{self.path}: has no data")
        given = file.weights or (f"{self.path.stem}.safetensors" if file.training else None)
        return Lesson(
            name=file.name,
            about=file.about,
            path=self.path,
            dataset=dataset,
            colors=tuple(each.color for each in file.classes or ()) or (None,) * dataset.classes,
            weights=self.path.parent / given if given else None,
            recipe=_recipe(file) if file.training else None,
            checkpoints=None if file.checkpoints is None else tuple(file.checkpoints),
            _file=file,
        )

    def _entry(self) -> Iterator[Problem]:
        place: Place = ("network", "entry")
        for key in ("layers", "widths", "slope"):
            if key in (self.entries.table("network") or {}):
                yield ("network", key), "stands beside network.entry, want one or the other"
        if "training" in self.raw:
            yield ("training",), "stands beside network.entry, want a module that is trained"
        if self.entries.value("allow_code") is not True:
            yield place, "names Python code, want `allow_code = true` in the file as well"
        elif not self.confirm_code:
            yield place, "would run Python code; confirm it by --allow-code or LESSON_CODE=yes"
        given = self.entries.value("network", "entry")
        if given is not None:
            yield from self._path(place, given.rpartition(":")[0], must_exist=True)

    def _path(self, place: Place, given: str, *, must_exist: bool) -> Iterator[Problem]:
        wrong = problem_with(
            given, self.path.parent, allow_absolute=self.allow_absolute, must_exist=must_exist
        )
        if wrong is not None:
            yield place, wrong

    def _weights(self) -> Iterator[Problem]:
        given, trained = self.entries.value("weights"), "training" in self.raw
        if "weights" not in self.raw:
            if not trained and not self.coded and self.entries.table("network") is not None:
                yield ("training",), "is missing, want a [training] section or trained weights"
        elif given is not None:
            if trained and not self.coded and Path(given).suffix != ".safetensors":
                yield (
                    ("weights",),
                    f"got {schema.short(given)}, want a name that ends in .safetensors: "
                    "training writes this file",
                )
            yield from self._path(("weights",), given, must_exist=not trained)

    def _checkpoints(self) -> Iterator[Problem]:
        listed = self.entries.items("checkpoints")
        steps = [step for step in listed if step is not None]
        if steps != sorted(steps):
            yield ("checkpoints",), f"got {schema.short(steps)}, want them in order"
        recorded = self._recorded() if steps else None
        for index, step in enumerate(listed):
            if recorded is not None and step is not None and step not in recorded:
                near = recorded[np.abs(recorded - step).argsort(kind="stable")[:2]]
                told = " and ".join(str(each) for each in sorted(near.tolist()))
                verb = "are" if len(near) > 1 else "is"
                yield (
                    ("checkpoints", index),
                    f"got {step}, which is not recorded; nearest {verb} {told}",
                )

    def _recorded(self) -> Any:
        """The steps that are recorded, or will be; None when that is not known."""
        from model.lesson_weights import recorded_steps

        if self.coded:
            return np.zeros(1, dtype=np.int64)
        if "training" in self.raw:
            steps, frames = (self.entries.value("training", key) for key in ("steps", "frames"))
            known = steps is not None and frames is not None
            return Recipe(steps=steps, frames=frames).recorded() if known else None
        given = self.entries.value("weights")
        if given is None or any(self._path(("weights",), given, must_exist=True)):
            return None
        try:
            return recorded_steps(self.path.parent / given)
        except ValueError:
            return None

    def _size(self) -> Iterator[Problem]:
        """Whether the record of the run is small enough to keep."""
        data, frames = self.data.dataset, self.entries.value("training", "frames")
        if self.coded or "training" not in self.raw or data is None or frames is None:
            return
        inner = self.entries.items("network", "widths")[1:-1]
        try:
            layers = ("linear",) * (len(inner) + 1) + ("softmax",)
            Recipe(layers, (data.dim, *inner, data.classes), frames=frames).check_data(data)
        except ValueError as error:
            key, _, what = str(error).partition(": ")
            if key == "frames":
                yield ("training", key), what


def _recipe(file: LessonFile) -> Recipe:
    """The recipe of a lesson with a sound [training] section."""
    entries = file.training.model_dump() if file.training else {}
    return Recipe(tuple(file.network.layers or ()), tuple(file.network.widths or ()), **entries)
