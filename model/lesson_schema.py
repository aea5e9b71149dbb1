"""What a lesson file may say, and what its entries have wrong by themselves.

Imported only when a lesson file is opened: the clips of the default lesson
start without it.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from model import spelling
from model.datasets import CLASS_NAMES, DATASETS, MAX_POINTS
from model.lesson_colors import check_color
from model.lesson_toml import Place
from model.readers import MAX_CLASSES, MAX_COLUMNS
from model.recipe import INITS, MAX_FRAMES, MAX_STEPS, MAX_WIDTH, OPTIMIZERS, SCHEDULES
from model.trajectory import CHECKPOINT_NAMES, LAYER_NAMES

MAX_LAYERS = 64
MAX_ITEMS = 2 * MAX_COLUMNS  # of a list, so many are looked at
SEED = Field(0, ge=0, le=2**63 - 1)
PARAMETERS = {  # the least and the most of what a generator takes
    "angle": (-100, 100),
    "classes": (2, len(CLASS_NAMES)),
    "factor": (0, 10),
    "gap": (-1, 1),
    "noise": (0, 10),
    "opening": (0, 2 * math.pi),
    "spread": (0, 10),
    "turns": (-100, 100),
}
# Control characters, ends of line, and what changes the direction of the text around it.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)

Problem = tuple[Place, str]


def _known(*names: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(spelling.want(name, names))
        return name

    return AfterValidator(check)


def _plain(text: str) -> str:
    if _HIDDEN.search(text):
        raise ValueError("want text on one line, without control or bidirectional characters")
    return text


def _plain_lines(text: str) -> str:
    if _HIDDEN.search(text.replace("\n", "")):
        raise ValueError("want text without control or bidirectional characters")
    return text


def _finite(number: int | float) -> int | float:
    try:
        float(number)
    except OverflowError:
        raise ValueError("want a finite number") from None
    return number


LayerName = Annotated[str, _known(*LAYER_NAMES)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$"), AfterValidator(check_color)]
Label = Annotated[
    str, Field(min_length=1, max_length=40, pattern=r"^\S(.*\S)?$"), AfterValidator(_plain)
]
FilePath = Annotated[str, Field(min_length=1, max_length=400), AfterValidator(_plain)]
Number = Annotated[int | float, AfterValidator(_finite)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class NetworkSection(_Section):
    """``[network]``: layers by name and width, or a Python entry point ``file.py:function``."""

    layers: list[LayerName] | None = Field(None, min_length=1, max_length=MAX_LAYERS)
    widths: list[Annotated[int, Field(ge=1, le=MAX_WIDTH)]] | None = Field(
        None, min_length=1, max_length=MAX_LAYERS + 1
    )
    entry: Annotated[FilePath, Field(pattern=r"^[^:]+\.py:[A-Za-z_]\w*$")] | None = None
    slope: float = Field(0.01, ge=-10, le=10)


class DataSection(_Section):
    """``[data]``: a generator with its parameters, or a CSV or npz file."""

    generator: Annotated[str, _known(*DATASETS)] | None = None
    points: int = Field(600, ge=2, le=MAX_POINTS)
    seed: int = SEED
    parameters: dict[str, Number] = Field({}, max_length=20)
    file: FilePath | None = None
    columns: list[Label] = Field(["x", "y"], min_length=1, max_length=MAX_COLUMNS)
    label: Label = "label"
    separator: str = Field(",", min_length=1, max_length=1)


class ClassSection(_Section):
    """``[[classes]]``: one for each class, in the order of the labels."""

    name: Label
    color: Color | None = None


class TrainingSection(_Section):
    """``[training]``: the entries of :class:`model.recipe.Recipe` other than the network's."""

    init: Annotated[str, _known(*INITS)] = "orthogonal"
    optimizer: Annotated[str, _known(*OPTIMIZERS)] = "AdamW"
    learning_rate: float = Field(0.01, gt=0, le=1e6)
    weight_decay: float = Field(0.05, ge=0, le=1e6)
    schedule: Annotated[str, _known(*SCHEDULES)] = "constant"
    batch_size: int | None = Field(None, ge=1, le=MAX_POINTS)
    steps: int = Field(2000, ge=1, le=MAX_STEPS)
    frames: int = Field(400, ge=2, le=MAX_FRAMES)
    seed: int = SEED


class LessonFile(_Section):
    """A whole lesson file."""

    name: Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_plain)]
    about: Annotated[str, Field(max_length=2000), AfterValidator(_plain_lines)] = ""
    allow_code: bool = False
    weights: FilePath | None = None
    checkpoints: (
        Annotated[
            list[Annotated[int, Field(ge=0, le=MAX_STEPS)]],
            Field(min_length=len(CHECKPOINT_NAMES), max_length=len(CHECKPOINT_NAMES)),
        ]
        | None
    ) = None
    network: NetworkSection
    data: DataSection
    classes: list[ClassSection] | None = Field(None, min_length=2, max_length=MAX_CLASSES)
    training: TrainingSection | None = None


SECTIONS: dict[str, type[_Section]] = {
    "network": NetworkSection,
    "data": DataSection,
    "classes": ClassSection,
    "training": TrainingSection,
}


def problems_of(raw: Mapping[str, Any]) -> list[Problem]:
    """What the entries themselves have wrong, each with its place."""
    try:
        LessonFile.model_validate(raw)
    except ValidationError as error:
        found = [_problem(each) for each in error.errors(include_url=False)]
        return list(dict.fromkeys(found))
    return []


class Entries:
    """The entries of a lesson file, of which some may be wrong.

    Parameters
    ----------
    raw
        The file as a dictionary.
    problems
        What is known to be wrong.
    """

    def __init__(self, raw: Mapping[str, Any], problems: Iterable[Problem]) -> None:
        self._raw = raw
        self._wrong = {
            place[:length] for place, _ in problems for length in range(1, len(place) + 1)
        }

    def table(self, name: str) -> Mapping[str, Any] | None:
        """A section as it is given; None when it is missing or no table."""
        found = self._raw.get(name)
        return found if isinstance(found, dict) else None

    def sound(self, *place: str | int) -> bool:
        """Whether nothing is known to be wrong at a place or within it."""
        return place not in self._wrong

    def value(self, *place: str) -> Any:
        """The entry at a place: its default when left out, None when it is wrong."""
        if not self.sound(*place):
            return None
        *sections, key = place
        table = self._raw.get(sections[0], {}) if sections else self._raw
        if not isinstance(table, dict):
            return None
        return table[key] if key in table else _default(*place)

    def listed(self, *place: str) -> list[Any]:
        """The list at a place as it is given; empty when there is none."""
        *sections, key = place
        found = ((self.table(sections[0]) or {}) if sections else self._raw).get(key)
        return found if isinstance(found, list) else []

    def items(self, *place: str) -> list[Any]:
        """The list at a place, with None for each item that is wrong."""
        found = self.listed(*place)[:MAX_ITEMS]
        return [item if self.sound(*place, i) else None for i, item in enumerate(found)]


def check_parameters(generator: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    """Parameters that the generator does not have, or not of that kind or size."""
    allowed = _defaults(generator)
    for name, value in given.items():
        place: Place = ("data", "parameters", name)
        if name not in allowed:
            yield place, f"is unknown to {generator}, {spelling.want(name, allowed)}"
            continue
        least, most = PARAMETERS[name]
        if isinstance(allowed[name], int) and not isinstance(value, int):
            yield place, f"got {short(value)}, want a whole number, {least:g} to {most:g}"
        elif not least <= value <= most:
            yield place, f"got {short(value)}, want {least:g} to {most:.4g}"


def arguments_of(generator: str, given: Mapping[str, Any]) -> dict[str, int | float]:
    """The parameters as the generator takes them: whole numbers only where it wants them."""
    allowed = _defaults(generator)
    return {
        name: value if isinstance(allowed[name], int) else float(value)
        for name, value in given.items()
    }


def short(value: object) -> str:
    """A value in at most 60 characters, as Python writes it."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        text = "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."


def _default(*place: str) -> Any:
    *sections, key = place
    return (SECTIONS[sections[0]] if sections else LessonFile).model_fields[key].get_default()


def _defaults(generator: str) -> dict[str, int | float]:
    entries = inspect.signature(DATASETS[generator]).parameters
    return {name: entries[name].default for name in entries if name not in ("n", "seed")}


def _problem(error: Any) -> Problem:
    """One of pydantic's errors in this project's words."""
    place = _in_file(error["loc"])
    if error["type"] == "missing":
        return place, "is missing, want it to be there"
    if error["type"] == "extra_forbidden":
        return place, f"is unknown, {spelling.want(str(place[-1]), _siblings(place[:-1]))}"
    if error["type"] == "value_error":
        return place, f"got {short(error['input'])}, {error['ctx']['error']}"
    return place, f"got {short(error['input'])}, want {_wanted(error)}"


def _wanted(error: Any) -> str:
    """What pydantic allows, in a few words."""
    context, last = error.get("ctx", {}), error["loc"][-1]
    if error["loc"][:2] == ("data", "parameters") and len(error["loc"]) > 2:
        return "a finite number"
    match error["type"]:
        case "too_short":
            return f"at least {context['min_length']} entries"
        case "too_long":
            return f"at most {context['max_length']} entries"
        case "string_too_short":
            return f"at least {context['min_length']} letters"
        case "string_too_long":
            return f"at most {context['max_length']} letters"
        case "string_pattern_mismatch":
            patterns = {"color": "#rrggbb", "entry": "file.py:function"}
            return patterns.get(last, "text on one line, without spaces around it")
        case "model_type" | "dict_type":
            return "a table"
    return str(error["msg"]).replace("Input should be ", "")


def _in_file(loc: Place) -> Place:
    """A place without the kind that pydantic adds where a number may be of two kinds."""
    return loc[:-1] if loc[:2] == ("data", "parameters") and len(loc) > 3 else loc


def _siblings(place: Place) -> list[str]:
    """The keys that are known in a table."""
    return list((SECTIONS[str(place[0])] if place else LessonFile).model_fields)
