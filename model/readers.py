"""One's own data: CSV and npz files into a Dataset, read with care.

Sizes are bounded before anything is read, and nothing is ever unpickled. Every
refusal is one line: the file, the line or column, what was found, what is allowed.
"""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import files, npz, spelling
from model.checks import FloatArray
from model.datasets import MAX_POINTS, Dataset

MAX_CLASSES = 10
MAX_COLUMNS = 1000
MAX_CSV_BYTES = 128 * 2**20
MAX_CSV_CELLS = 5_000_000
MAX_CLASS_NAME = 40
_TOLD = 5  # of many problems of a kind, so many are told
# Control characters, ends of line, and what changes the direction of the text around it.
_HIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
TEXT_ENDINGS = (".csv", ".tsv", ".txt")
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}

Row = tuple[int, list[str]]


class NotThere(ValueError):
    """Columns or arrays that were asked for are missing."""


class NotNumbers(ValueError):
    """Cells that are to hold coordinates hold something else."""


def read_data(
    path: str | Path,
    columns: Sequence[str] = ("x", "y"),
    label: str = "label",
    *,
    separator: str = ",",
    class_names: Sequence[str] | None = None,
) -> Dataset:
    """Read a file by its ending: :func:`read_csv` for .csv, .tsv and .txt, :func:`read_npz`.

    Raises
    ------
    ValueError
        When the ending is another one, and as the reader.
    """
    ending = Path(path).suffix.lower()
    if ending in TEXT_ENDINGS:
        return read_csv(path, columns, label, separator=separator, class_names=class_names)
    if ending == ".npz":
        return read_npz(path, columns, label, class_names=class_names)
    raise ValueError(f"{path}: the ending is {Path(path).suffix!r}, want .csv, .tsv, .txt or .npz")


def read_csv(
    path: str | Path,
    columns: Sequence[str] = ("x", "y"),
    label: str = "label",
    *,
    separator: str = ",",
    class_names: Sequence[str] | None = None,
) -> Dataset:
    """Read a CSV file with a header into a dataset.

    Parameters
    ----------
    path
        UTF-8 text, with or without a byte-order mark.
    columns
        The columns that hold the coordinates, in their order.
    label
        The column that holds the class: its name, or its index 0 ... k - 1.
    separator
        One character between the cells.
    class_names
        The classes in the order of their indices; when left out, all that
        stand in the label column, numbers by size and names by alphabet.

    Raises
    ------
    ValueError
        When the file is missing, too large, empty, not text, ragged, lacks a
        column or has it twice, holds text or non-finite numbers for
        coordinates, or has other classes than named, fewer than two, or too many.
    """
    check_separator(separator)
    rows = _rows(path, separator)
    if len(rows) < 2:
        raise ValueError(f"{path}: is empty or has no rows, want a header and a row for each point")
    where = _places(path, rows[0][1], [*columns, label], separator)
    _check_even(path, rows)
    points = _numbers(path, rows[1:], columns, where[:-1])
    cells = [row[where[-1]].strip() for _, row in rows[1:]]
    at = f"{path}, column {label!r}"
    labels, names = _classes(at, lambda index: f"line {rows[1 + index][0]}", cells, class_names)
    return Dataset(points, labels, names, Path(path).stem)


def read_header(path: str | Path, separator: str = ",") -> tuple[str, ...]:
    """The names of a CSV file's columns.

    Raises
    ------
    ValueError
        As :func:`read_csv`, for the file and its first row.
    """
    check_separator(separator)
    rows = _rows(path, separator, most=1)
    return tuple(name.strip() for name in rows[0][1]) if rows else ()


def check_separator(separator: str) -> None:
    """Refuse what cannot stand between the cells of a CSV file.

    Raises
    ------
    ValueError
        When it is not one character, or a quote, an end of line or no character at all.
    """
    if len(separator) != 1 or re.match(r'["\r\n\0\ud800-\udfff]', separator):
        raise ValueError(f"separator: got {separator!r}, want one character, e.g. ',' or ';'")


def read_npz(
    path: str | Path,
    columns: Sequence[str] = ("points",),
    label: str = "labels",
    *,
    class_names: Sequence[str] | None = None,
) -> Dataset:
    """Read arrays of a NumPy .npz file into a dataset.

    Parameters
    ----------
    path
        What ``np.savez`` or ``np.savez_compressed`` wrote.
    columns
        The arrays that hold the coordinates: one (n, d), or d of (n,) each.
    label
        The array (n,) that holds the classes, as whole numbers or as text.
    class_names
        As for :func:`read_csv`.

    Raises
    ------
    ValueError
        When the file is missing, too large or damaged, lacks an array, an
        array holds Python objects or text for coordinates, or they do not fit.
    """
    data = _bytes(path, files.MAX_BYTES)
    try:
        archive = npz.Archive(data)
        _check_there(str(path), "array", [*columns, label], archive.names)
        *coordinates, classes = archive.arrays([*columns, label])
    except npz.Refused as error:
        raise ValueError(f"{path}: {error}") from error
    for name, array in zip(columns, coordinates, strict=True):
        _check_array(f"{path}, array {name!r}", array, "buif", (1, 2), "numbers, (n, d) or (n,)")
    wanted = "whole numbers or text, (n,)"
    _check_array(f"{path}, array {label!r}", classes, "buifU", (1,), wanted)
    points = _points(path, coordinates)
    if len(classes) != len(points):
        raise ValueError(f"{path}: got {len(classes)} labels, want {len(points)}, one a point")
    cells = [_plain(value) for value in classes.tolist()]
    at = f"{path}, array {label!r}"
    labels, names = _classes(at, lambda index: f"row {index}", cells, class_names)
    return Dataset(points, labels, names, Path(path).stem)


def _check_array(
    where: str, array: NDArray[Any], kinds: str, axes: tuple[int, ...], wanted: str
) -> None:
    if array.dtype.kind not in kinds or array.ndim not in axes or not array.size:
        raise ValueError(f"{where}: got {array.dtype} of shape {array.shape}, want {wanted}")


def _points(path: str | Path, coordinates: list[NDArray[Any]]) -> FloatArray:
    """The coordinates side by side, finite."""
    lengths = [len(array) for array in coordinates]
    if len(set(lengths)) > 1:
        raise ValueError(f"{path}: got coordinates of lengths {lengths}, want them alike")
    shape = lengths[0], sum(array.size for array in coordinates) // lengths[0]
    if shape[0] > MAX_POINTS or shape[1] > MAX_COLUMNS or 8 * math.prod(shape) > files.MAX_BYTES:
        raise ValueError(
            f"{path}: got {shape}, want at most ({MAX_POINTS}, {MAX_COLUMNS}) "
            f"and {files.MAX_BYTES // 8} numbers"
        )
    points = np.column_stack(coordinates).astype(np.float64)
    bad = np.argwhere(~np.isfinite(points))
    if len(bad):
        told = (f"row {row}, coordinate {at}: got {points[row, at]}" for row, at in bad)
        raise NotNumbers(f"{path}, {_few(told, len(bad))}, want a finite number")
    return points


def _bytes(path: str | Path, most: int) -> bytes:
    """What stands in a file of at most so many bytes."""
    path = Path(path)
    try:
        if not path.is_file():
            raise ValueError(f"{path}: there is no such file")
        size = path.stat().st_size
        if size > most:
            raise ValueError(f"{path}: has {size} bytes, want at most {most}")
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror or error})") from error


def _rows(path: str | Path, separator: str, most: int | None = None) -> list[Row]:
    """The rows of a CSV file that are not blank, each with its line; the first few if asked."""
    text = io.StringIO(_text(path, separator), newline="")
    reader = csv.reader(text, delimiter=separator, strict=True)
    try:
        filled = ((reader.line_num, cells) for cells in reader if cells)
        return list(itertools.islice(filled, most))
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}, want plain CSV") from error


def _text(path: str | Path, separator: str) -> str:
    """The text of a file that is not too large to be read as cells."""
    data = _bytes(path, MAX_CSV_BYTES)
    rows, cells = data.count(b"\n") + data.count(b"\r"), data.count(separator.encode())
    if rows > 2 * MAX_POINTS + 2 or data.count(b"\n") > MAX_POINTS + 1:
        raise ValueError(f"{path}: has over {MAX_POINTS} rows, want at most {MAX_POINTS}")
    if cells > MAX_CSV_CELLS:
        raise ValueError(f"{path}: has over {cells} cells, want at most {MAX_CSV_CELLS}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ValueError(
            f"{path}, line {line}: byte {data[error.start]:#04x} is not UTF-8; save it as UTF-8"
        ) from error
    if "\0" in text:
        raise ValueError(f"{path}: holds zero bytes, want text (UTF-8), not a binary file")
    return text


def _places(path: str | Path, header: list[str], wanted: list[str], separator: str) -> list[int]:
    """Where in the header each wanted column stands."""
    names = [name.strip() for name in header]
    if len(names) > MAX_COLUMNS:
        raise ValueError(f"{path}, line 1: has {len(names)} columns, want at most {MAX_COLUMNS}")
    if len(names) == 1:
        for other, called in _SEPARATORS.items():
            if other in names[0] and other != separator:
                raise ValueError(
                    f"{path}, line 1: {names[0]!r} is one column when separated by {separator!r}, "
                    f"want {len(wanted)} or more; is the separator a {called} ({other!r})?"
                )
    _check_there(f"{path}, line 1", "column", wanted, names)
    return [names.index(name) for name in wanted]


def _check_there(where: str, kind: str, wanted: Sequence[str], names: Sequence[str]) -> None:
    """Refuse wanted names that are not there, or twice: all of them at once."""
    missing = [name for name in dict.fromkeys(wanted) if name not in names]
    twice = [name for name in dict.fromkeys(wanted) if names.count(name) > 1]
    told = []
    if missing:
        known = [_HIDDEN.sub("?", name[:MAX_CLASS_NAME]) for name in names]
        nearest = spelling.want(missing[0] if len(missing) == 1 else "", known)
        told.append(f"there is no {kind} {_few(map(repr, missing), len(missing), ', ')}, {nearest}")
    if twice:
        called = _few(map(repr, twice), len(twice), ", ")
        told.append(f"{kind} {called} stands there twice, want it once")
    if told:
        raise (NotThere if missing else ValueError)(f"{where}: {'; '.join(told)}")


def _few(told: Iterable[str], count: int, between: str = "; ") -> str:
    """The first few of ``count`` problems, and how many more there are."""
    shown = list(itertools.islice(told, _TOLD))
    return between.join(shown) + (f" and {count - _TOLD} more" if count > _TOLD else "")


def _check_even(path: str | Path, rows: list[Row]) -> None:
    width = len(rows[0][1])
    uneven = [(line, len(cells)) for line, cells in rows if len(cells) != width]
    if uneven:
        told = (f"line {line}: has {cells} cells" for line, cells in uneven)
        raise ValueError(f"{path}, {_few(told, len(uneven))}, want {width}, as the header has")


def _numbers(
    path: str | Path, rows: list[Row], names: Sequence[str], where: list[int]
) -> FloatArray:
    """The columns of the coordinates, as finite numbers."""
    points = np.stack([_column([cells[at] for _, cells in rows]) for at in where], axis=1)
    bad = np.argwhere(~np.isfinite(points))
    if len(bad):
        shown = [(*rows[row], names[at], where[at]) for row, at in bad[:_TOLD]]
        told = [
            f"line {line}, column {name!r}: got {cells[at].strip()[:40]!r}"
            for line, cells, name, at in shown
        ]
        comma = any("," in cells[at] for _, cells, _, at in shown)
        hint = "; write decimals with a point" if comma else ""
        raise NotNumbers(f"{path}, {_few(told, len(bad))}, want a finite number{hint}")
    return points


def _column(cells: list[str]) -> FloatArray:
    """Cells as numbers, NaN where they are none."""
    try:
        return np.array(cells, dtype=np.float64)
    except ValueError:
        return np.array([_number(cell) for cell in cells])


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _classes(
    where: str, at: Callable[[int], str], cells: list[str], class_names: Sequence[str] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The index of each cell's class, and the classes' names; ``at`` says where a cell stands."""
    found = set(cells)
    wrong = {cell for cell in found if not 0 < len(cell) <= MAX_CLASS_NAME or _HIDDEN.search(cell)}
    if wrong:
        rows = [index for index, cell in enumerate(cells) if cell in wrong]
        told = (f"{at(row)}: got {cells[row][:MAX_CLASS_NAME]!r}" for row in rows)
        raise ValueError(
            f"{where}, {_few(told, len(rows))}, want a class of at most {MAX_CLASS_NAME} letters, "
            "on one line"
        )
    if len(found) < 2:
        raise ValueError(f"{where}: holds only {cells[0]!r}, want at least two classes")
    if len(found) > MAX_CLASSES:
        raise ValueError(f"{where}: holds {len(found)} classes, want at most {MAX_CLASSES}")
    names = tuple(sorted(found, key=_by_size) if class_names is None else class_names)
    known = {name: index for index, name in enumerate(names)}
    if not found & known.keys():
        known = {str(index): index for index in range(len(names))}
    if unknown := sorted(found - known.keys()):
        called = _few(map(repr, unknown), len(unknown), ", ")
        nearest = spelling.want(unknown[0] if len(unknown) == 1 else "", known)
        raise ValueError(f"{where}: holds the class {called}, {nearest}")
    return np.array([known[cell] for cell in cells], dtype=np.int64), names


def _by_size(cell: str) -> tuple[float, str]:
    number = _number(cell)
    return (math.inf if math.isnan(number) else number, cell)


def _plain(value: Any) -> str:
    """``value`` as text; 1.0 and True as 1."""
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    return str(value)
