"""The data of a lesson: made or read, and whether classes and columns fit them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model import lesson_schema as schema
from model import spelling
from model.datasets import DATASETS, Dataset
from model.lesson_paths import problem_with
from model.lesson_schema import Entries, Problem
from model.readers import MAX_CLASSES, read_data, read_header


class DataCheck:
    """The data and the classes of a lesson.

    Attributes
    ----------
    dataset
        The data; None when they could not be had. What is wrong in the file
        is replaced by its default, so that the rest can be checked.
    dim, classes
        How many coordinates and classes the data have, where that is known.
    """

    def __init__(self, path: Path, entries: Entries, allow_absolute: bool) -> None:
        self.folder, self.entries, self.allow_absolute = path.parent, entries, allow_absolute
        self.dataset: Dataset | None = None
        self.dim: int | None = None
        self.classes: int | None = None
        listed = entries.listed("classes")[:MAX_CLASSES]
        self._tables = [each if isinstance(each, dict) else {} for each in listed]

    def problems(self) -> Iterator[Problem]:
        """Every problem, each with its place."""
        yield from self._check_classes()
        data = self.entries.table("data")
        if data is None:
            return
        if ("generator" in data) == ("file" in data):
            got = "both" if "file" in data else "neither"
            yield ("data",), f"got {got} of generator and file, want one of them"
            return
        made = "generator" in data
        foreign = ("columns", "label", "separator") if made else ("points", "parameters")
        for key in foreign:
            if key in data:
                other = "file" if made else "generator"
                yield ("data", key), f"belongs to data.{other}, want it left out here"
        yield from self._generated() if made else self._read()

    def _check_classes(self) -> Iterator[Problem]:
        for key in ("name", "color"):
            values = [each.get(key) for each in self._tables]
            folded = [v.lower() if key == "color" and isinstance(v, str) else v for v in values]
            for index, value in enumerate(folded):
                if value is not None and value in folded[:index]:
                    got = schema.short(values[index])
                    yield ("classes", index, key), f"got {got} twice, want them different"
        if any("color" in each for each in self._tables):
            for index, each in enumerate(self._tables):
                if "color" not in each:
                    yield ("classes", index), "has no color, want one for each class or for none"

    def _names(self) -> list[str] | None:
        """The names of the classes, when all are there, sound and different."""
        names = [
            str(each["name"])
            for index, each in enumerate(self._tables)
            if "name" in each and self.entries.sound("classes", index, "name")
        ]
        whole = names and len(set(names)) == len(self.entries.listed("classes"))
        return names if whole else None

    def _generated(self) -> Iterator[Problem]:
        generator = self.entries.value("data", "generator")
        if generator is None:
            return
        given = (self.entries.table("data") or {}).get("parameters")
        given = given if isinstance(given, dict) else {}
        sound = {
            name: value
            for name, value in given.items()
            if self.entries.sound("data", "parameters", name)
        }
        wrong = dict(schema.check_parameters(generator, sound))
        yield from wrong.items()
        kept = {k: v for k, v in sound.items() if ("data", "parameters", k) not in wrong}
        try:
            made = self._make(generator, schema.arguments_of(generator, kept))
        except ValueError as error:
            key, _, what = str(error).partition(": ")
            yield ("data", "points" if key == "n" else "parameters"), what or key
            return
        self.dataset, self.dim = made, made.dim
        if "classes" not in given or "classes" in kept:
            self.classes = made.classes
            yield from self._name_classes(made)

    def _make(self, generator: str, arguments: dict[str, Any]) -> Dataset:
        points, seed = (self.entries.value("data", key) for key in ("points", "seed"))
        return DATASETS[generator](points or 600, seed=seed or 0, **arguments)

    def _name_classes(self, made: Dataset) -> Iterator[Problem]:
        count, names = len(self.entries.listed("classes")), self._names()
        if 2 <= count <= MAX_CLASSES and count != made.classes:
            yield ("classes",), f"got {count}, want {made.classes}, as the data has"
        elif names is not None and count == made.classes:
            self.dataset = Dataset(made.points, made.labels, names, made.name)

    def _read(self) -> Iterator[Problem]:
        file = self.entries.value("data", "file")
        self.classes = len(self._tables) if len(self._tables) > 1 else None
        if file is None:
            return
        is_csv = not file.lower().endswith(".npz")
        columns = self.entries.value("data", "columns")
        if columns is not None and is_csv:
            self.dim = len(columns)
        wrong = problem_with(file, self.folder, allow_absolute=self.allow_absolute, must_exist=True)
        if wrong is not None:
            yield ("data", "file"), wrong
            return
        label, separator = (self.entries.value("data", key) for key in ("label", "separator"))
        missing = list(self._missing(self.folder / file, separator)) if is_csv else []
        yield from missing
        if not missing and None not in (columns, label, separator):
            yield from self._open(self.folder / file, columns, label, separator)

    def _open(
        self, path: Path, columns: list[str], label: str, separator: str
    ) -> Iterator[Problem]:
        try:
            made = read_data(path, columns, label, separator=separator, class_names=self._names())
        except (ValueError, OSError) as error:
            yield self._placed(str(error))
            return
        self.dataset, self.dim, self.classes = made, made.dim, made.classes

    def _missing(self, path: Path, separator: str | None) -> Iterator[Problem]:
        """Columns that a CSV file does not have, or has twice; none where its header is unclear."""
        try:
            header = read_header(path, separator or "")
        except (ValueError, OSError):
            return
        if len(header) < 2:
            return
        known = [name[:40] for name in header if name.isprintable()]
        wanted = [(("data", "columns", index), name) for index, name in enumerate(self._columns())]
        for place, name in [*wanted, (("data", "label"), self.entries.value("data", "label"))]:
            if name is not None and header.count(name) > 1:
                yield place, f"column {name!r} stands in {path} twice, want it once"
            elif name is not None and name not in header:
                yield place, f"there is no column {name!r} in {path}, {spelling.want(name, known)}"

    def _columns(self) -> list[str | None]:
        if "columns" in (self.entries.table("data") or {}):
            return self.entries.items("data", "columns")
        return list(self.entries.value("data", "columns"))

    def _placed(self, told: str) -> Problem:
        """The entry to which a refusal of the reader belongs."""
        if told.startswith("separator: "):
            return ("data", "separator"), told.partition(": ")[2]
        if "is the separator" in told:
            return ("data", "separator"), told
        if "holds the class" in told and self._tables:
            return ("classes",), told
        return ("data", "file"), told
