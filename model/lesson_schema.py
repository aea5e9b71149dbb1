"""What a lesson file may say, and every problem in it at once.

Imported only when a lesson file is opened: the clips of the default lesson
start without it.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from model import spelling
from model.datasets import DATASETS, MAX_POINTS
from model.readers import MAX_CLASSES, MAX_COLUMNS
from model.recipe import INITS, MAX_FRAMES, MAX_STEPS, MAX_WIDTH, OPTIMIZERS, SCHEDULES
from model.trajectory import CHECKPOINT_NAMES, LAYER_NAMES

MAX_LESSON_BYTES = 64 * 2**10
MAX_LAYERS = 64
SEED = Field(0, ge=0, le=2**63 - 1)

Place = tuple[str | int, ...]
Problem = tuple[Place, str]


def _known(*names: str) -> AfterValidator:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(spelling.want(name, names))
        return name

    return AfterValidator(check)


LayerName = Annotated[str, _known(*LAYER_NAMES)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Label = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^\S(.*\S)?$")]
FilePath = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00-\x1f]+$")]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


class NetworkSection(_Section):
    """``[network]``: layers by name and width, or a Python entry point ``file.py:function``."""

    layers: list[LayerName] | None = Field(None, min_length=1, max_length=MAX_LAYERS)
    widths: list[Annotated[int, Field(ge=1, le=MAX_WIDTH)]] | None = Field(
        None, min_length=1, max_length=MAX_LAYERS + 1
    )
    entry: Annotated[str, Field(pattern=r"^[^:\x00]+\.py:[A-Za-z_]\w*$", max_length=400)] | None = (
        None
    )


class DataSection(_Section):
    """``[data]``: a generator with its parameters, or a CSV or npz file."""

    generator: Annotated[str, _known(*DATASETS)] | None = None
    points: int = Field(600, ge=2, le=MAX_POINTS)
    seed: int = SEED
    parameters: dict[str, int | float] = Field({}, max_length=20)
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

    name: str = Field(min_length=1, max_length=80)
    about: str = Field("", max_length=2000)
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


def parse(path: Path) -> tuple[dict[str, Any], str]:
    """The file as a dictionary, and as text.

    Raises
    ------
    ValueError
        When it is missing, too large, not UTF-8 or not TOML.
    """
    if not path.is_file():
        raise ValueError(f"{path}: there is no such lesson file")
    with path.open("rb") as file:
        data = file.read(MAX_LESSON_BYTES + 1)
    if len(data) > MAX_LESSON_BYTES:
        raise ValueError(f"{path}: is larger than {MAX_LESSON_BYTES} bytes, the most of a lesson")
    try:
        text = data.decode("utf-8-sig")
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: is not TOML: {error}") from error


def problems_of(raw: Mapping[str, Any]) -> list[Problem]:
    """What the entries themselves have wrong, each with its place."""
    try:
        LessonFile.model_validate(raw)
    except ValidationError as error:
        found = [_problem(each) for each in error.errors(include_url=False)]
        return list(dict.fromkeys(found))
    return []


def sections_of(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The entries that are sound by themselves, each as its section, for further checks."""
    sound: dict[str, Any] = {}
    for name, field in LessonFile.model_fields.items():
        if name in raw or not field.is_required():
            try:
                one = {"name": "x", "network": {}, "data": {}} | {name: raw[name]}
                sound[name] = getattr(LessonFile.model_validate(one), name)
            except KeyError:
                sound[name] = field.default
            except ValidationError:
                continue
    return sound


def check_parameters(data: DataSection) -> list[Problem]:
    """Parameters that the generator does not have, or not of that kind."""
    entries = inspect.signature(DATASETS[str(data.generator)]).parameters
    allowed = {name: entries[name].default for name in entries if name not in ("n", "seed")}
    found: list[Problem] = []
    for name, value in data.parameters.items():
        place: Place = ("data", "parameters", name)
        if name not in allowed:
            found.append((place, f"is unknown to {data.generator}, {spelling.want(name, allowed)}"))
        elif isinstance(value, bool) or isinstance(allowed[name], int) > isinstance(value, int):
            kind = "a whole number" if isinstance(allowed[name], int) else "a number"
            found.append((place, f"got {value!r}, want {kind}, e.g. {allowed[name]}"))
    return found


def arguments_of(data: DataSection) -> dict[str, int | float]:
    """The parameters as the generator takes them: whole numbers only where it wants them."""
    entries = inspect.signature(DATASETS[str(data.generator)]).parameters
    return {
        name: value if isinstance(entries[name].default, int) else float(value)
        for name, value in data.parameters.items()
    }


def line_of(text: str, place: Place) -> int | None:
    """The line where an entry stands, or else the innermost one around it."""
    lines = _lines(text)
    for length in range(len(place), 0, -1):
        if (line := lines.get(place[:length])) is not None:
            return line
    return None


def _lines(text: str) -> dict[Place, int]:
    """The line of every table header and every key at the start of a line."""
    found: dict[Place, int] = {}
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*(\[\[?)\s*([\w.\-\"' ]+?)\s*\]\]?\s*(#.*)?$", line):
            table = _path(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                found.setdefault(table, number)
                table = (*table, counts[table])
            found.setdefault(table, number)
        elif key := re.match(r"\s*([\w.\-\"' ]+?)\s*=", line):
            found.setdefault((*table, *_path(key[1])), number)
    return found


def _path(dotted: str) -> Place:
    return tuple(part.strip(" \"'") for part in dotted.split("."))


def _problem(error: Any) -> Problem:
    """One of pydantic's errors in this project's words."""
    place = _in_file(error["loc"])
    if error["type"] == "missing":
        return place, "is missing, want it to be there"
    if error["type"] == "extra_forbidden":
        return place, f"is unknown, {spelling.want(str(place[-1]), _siblings(place[:-1]))}"
    if error["type"] == "value_error":
        return place, f"got {_short(error['input'])}, {error['ctx']['error']}"
    return place, f"got {_short(error['input'])}, want {_wanted(error)}"


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
        case "model_type":
            return "a table"
    return str(error["msg"]).replace("Input should be ", "")


def _in_file(loc: Place) -> Place:
    """A place without the kind that pydantic adds where a number may be of two kinds."""
    return loc[:-1] if loc[:2] == ("data", "parameters") and len(loc) > 3 else loc


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _siblings(place: Place) -> list[str]:
    """The keys that are known in a table."""
    sections: dict[str, type[BaseModel]] = {
        "network": NetworkSection,
        "data": DataSection,
        "classes": ClassSection,
        "training": TrainingSection,
    }
    return list((sections[str(place[0])] if place else LessonFile).model_fields)
