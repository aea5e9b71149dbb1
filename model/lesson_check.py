"""Opening a lesson file: what its entries say of one another must fit as well."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from model import lesson_schema as schema
from model import spelling
from model.datasets import DATASETS, Dataset
from model.lesson import Lesson
from model.lesson_schema import LessonFile, Place, Problem
from model.readers import MAX_CLASSES, read_data
from model.recipe import Recipe


def load(path: Path, allow_absolute: bool, confirm_code: bool) -> Lesson:
    """Read a lesson file, or list all its problems; see :meth:`model.lesson.Lesson.load`."""
    raw, text = schema.parse(path)
    check = _Check(path, raw, allow_absolute, confirm_code)
    problems = [*schema.problems_of(raw), *check.problems()]
    if problems:
        lines = sorted((schema.line_of(text, place) or 0, place, what) for place, what in problems)
        told = [
            f"  {f'line {line}, ' if line else ''}{'.'.join(map(str, place))}: {what}"
            for line, place, what in lines
        ]
        count = "1 problem" if len(told) == 1 else f"{len(told)} problems"
        raise ValueError("\n".join([f"{path}: {count}", *told]))
    return check.lesson(schema.LessonFile.model_validate(raw))


class _Check:
    """What must hold between the entries of a lesson, as far as each is sound by itself."""

    def __init__(
        self, path: Path, raw: dict[str, Any], allow_absolute: bool, confirm_code: bool
    ) -> None:
        self.path, self.allow_absolute, self.confirm_code = path, allow_absolute, confirm_code
        self.raw = raw
        self.get = schema.sections_of(raw).get
        self.dataset: Dataset | None = None
        self.recipe: Recipe | None = None

    def problems(self) -> list[Problem]:
        """Every problem, each with its place."""
        return [*self._classes(), *self._network(), *self._data(), *self._weights(), *self._run()]

    def lesson(self, file: LessonFile) -> Lesson:
        """The lesson, when there are no problems."""
        if self.dataset is None:
            raise ValueError(f"{self.path}: has no data")
        given = file.weights or (f"{self.path.stem}.safetensors" if file.training else None)
        return Lesson(
            name=file.name,
            about=file.about,
            path=self.path,
            dataset=self.dataset,
            colors=tuple(each.color for each in file.classes or ()) or (None,) * self._count(),
            weights=self.path.parent / given if given else None,
            recipe=self.recipe,
            checkpoints=None if file.checkpoints is None else tuple(file.checkpoints),
            _file=file,
        )

    def _count(self) -> int:
        return self.dataset.classes if self.dataset else 0

    def _classes(self) -> Iterator[Problem]:
        listed = self.raw.get("classes")
        tables = listed[:MAX_CLASSES] if isinstance(listed, list) else []
        classes = [each for each in tables if isinstance(each, dict)]
        for key in ("name", "color"):
            values = [each.get(key) for each in classes]
            for index, value in enumerate(values):
                if value is not None and value in values[:index]:
                    yield ("classes", index, key), f"got {value!r} twice, want them different"
        if any("color" in each for each in classes):
            for index, each in enumerate(classes):
                if "color" not in each:
                    yield ("classes", index), "has no color, want one for each class or for none"

    def _network(self) -> Iterator[Problem]:
        network = self.get("network")
        if network is None:
            return
        if network.entry is not None:
            yield from self._entry(network)
            return
        for key in ("layers", "widths"):
            if getattr(network, key) is None:
                yield ("network", key), "is missing, want layers and widths, or an entry"
        if network.layers is None:
            return
        wanted = network.layers.count("linear") + 1
        if network.widths is not None and len(network.widths) != wanted:
            yield (
                ("network", "widths"),
                f"got {len(network.widths)}, want {wanted}: the input's and one for each of the "
                f"{wanted - 1} linear layers",
            )
        if self.get("training") and (network.layers[-1] != "softmax" or wanted == 1):
            yield (
                ("network", "layers"),
                f"got {network.layers[-1]!r} at the end of {wanted - 1} linear layers, want at "
                "least one, and softmax at the end, for it is trained by cross-entropy",
            )

    def _entry(self, network: Any) -> Iterator[Problem]:
        place: Place = ("network", "entry")
        if network.layers is not None or network.widths is not None:
            yield place, "stands beside layers or widths, want one or the other"
        if self.get("training") is not None:
            yield ("training",), "stands beside network.entry, want a module that is trained"
        if self.get("allow_code") is not True:
            yield place, "names Python code, want `allow_code = true` in the file as well"
        elif not self.confirm_code:
            yield place, "would run Python code; confirm it by --allow-code or LESSON_CODE=yes"
        yield from self._path(place, network.entry.rpartition(":")[0], must_exist=True)

    def _path(self, place: Place, given: str, *, must_exist: bool) -> Iterator[Problem]:
        folder = self.path.parent.resolve()
        target = (folder / given).resolve()
        if not self.allow_absolute and not target.is_relative_to(folder):
            yield (
                place,
                f"got {given!r}, want a path inside {folder}, or allow others by "
                "--allow-absolute or LESSON_ABSOLUTE=yes",
            )
        elif must_exist and not target.is_file():
            near = [each.name for each in sorted(folder.iterdir())[:1000] if each.is_file()]
            yield place, f"there is no file {target}, {spelling.want(target.name, near)}"

    def _data(self) -> Iterator[Problem]:
        data = self.get("data")
        if data is None:
            return
        if (data.generator is None) == (data.file is None):
            got = "neither" if data.file is None else "both"
            yield ("data",), f"got {got} of generator and file, want one of them"
            return
        foreign = ("columns", "label", "separator") if data.generator else ("points", "parameters")
        for key in foreign:
            if key in data.model_fields_set:
                other = "file" if data.generator else "generator"
                yield ("data", key), f"belongs to data.{other}, want it left out here"
        yield from self._generated(data) if data.generator else self._read(data)

    def _generated(self, data: Any) -> Iterator[Problem]:
        wrong = schema.check_parameters(data)
        yield from wrong
        if not wrong:
            try:
                entries = schema.arguments_of(data)
                made = DATASETS[data.generator](data.points, seed=data.seed, **entries)
                yield from self._name_classes(made)
            except ValueError as error:
                yield ("data", "parameters"), str(error)

    def _read(self, data: Any) -> Iterator[Problem]:
        wrong = list(self._path(("data", "file"), data.file, must_exist=True))
        yield from wrong
        if not wrong:
            classes = self.get("classes")
            names = [each.name for each in classes] if classes else None
            try:
                self.dataset = read_data(
                    self.path.parent / data.file,
                    data.columns,
                    data.label,
                    separator=data.separator,
                    class_names=names,
                )
            except ValueError as error:
                yield ("data", "file"), str(error)

    def _name_classes(self, made: Dataset) -> Iterator[Problem]:
        classes = self.get("classes")
        if classes and len(classes) != made.classes:
            yield ("classes",), f"got {len(classes)}, want {made.classes}, as the data has"
        elif not classes:
            self.dataset = made
        elif len({each.name for each in classes}) == len(classes):
            names = [each.name for each in classes]
            self.dataset = Dataset(made.points, made.labels, names, made.name)

    def _weights(self) -> Iterator[Problem]:
        given, training = self.get("weights"), self.get("training")
        network = self.get("network")
        if given is not None:
            yield from self._path(("weights",), given, must_exist=training is None)
        elif training is None and network is not None and network.entry is None:
            yield ("training",), "is missing, want a [training] section or trained weights"

    def _run(self) -> Iterator[Problem]:
        """The recipe as a whole, against the data and the checkpoints."""
        network, training = self.get("network"), self.get("training")
        if network is None or training is None or not network.layers or not network.widths:
            return
        try:
            entries = training.model_dump()
            recipe = Recipe(tuple(network.layers), tuple(network.widths), **entries)
        except ValueError:
            return  # told by the network's own checks
        if self.dataset is not None:
            try:
                recipe.check_data(self.dataset)
            except ValueError as error:
                key, _, what = str(error).partition(": ")
                yield ("network" if key == "widths" else "training", key), what
        self.recipe = recipe
        yield from _recorded(self.get("checkpoints"), recipe.recorded())


def _recorded(checkpoints: list[int] | None, steps: Any) -> Iterator[Problem]:
    for index, step in enumerate(checkpoints or []):
        near = steps[np.abs(steps - step).argsort(kind="stable")[:2]]
        if step not in near:
            told = " and ".join(str(int(each)) for each in sorted(near))
            yield ("checkpoints", index), f"got {step}, which is not recorded; nearest are {told}"
    if checkpoints and sorted(checkpoints) != checkpoints:
        yield ("checkpoints",), f"got {checkpoints}, want them in order"
