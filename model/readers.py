"""One's own data: CSV and npz files into a Dataset, read with care.

Sizes are bounded before anything is read, and nothing is ever unpickled. Every
refusal is one line: the file, the line or column, what was found, what is allowed.
"""

from __future__ import annotations

import csv
import io
import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import files, spelling
from model.checks import FloatArray
from model.datasets import MAX_POINTS, Dataset

MAX_CLASSES = 10
MAX_COLUMNS = 1000
MAX_CSV_BYTES = 128 * 2**20
MAX_CSV_CELLS = 5_000_000
_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", " ": "space"}

Row = tuple[int, list[str]]


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
    match Path(path).suffix.lower():
        case ".csv" | ".tsv" | ".txt":
            return read_csv(path, columns, label, separator=separator, class_names=class_names)
        case ".npz":
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
    if len(separator) != 1 or separator in '"\r\n':
        raise ValueError(f"separator: got {separator!r}, want one character, e.g. ',' or ';'")
    text = _text(path, separator)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = [(reader.line_num, cells) for cells in reader if cells]
    except csv.Error as error:
        raise ValueError(f"{path}, line {reader.line_num}: {error}, want plain CSV") from error
    if len(rows) < 2:
        raise ValueError(f"{path}: is empty or has no rows, want a header and a row for each point")
    where = _places(path, rows[0][1], [*columns, label], separator)
    _check_even(path, rows)
    points = [_numbers(path, rows[1:], at, name) for name, at in zip(columns, where, strict=False)]
    cells = [row[where[-1]].strip() for _, row in rows[1:]]
    labels, names = _classes(f"{path}, column {label!r}", cells, class_names)
    return Dataset(np.stack(points, axis=1), labels, names, Path(path).stem)


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
    _check_size(path, files.MAX_BYTES)
    *coordinates, classes = _arrays(path, [*columns, label])
    for name, array in zip(columns, coordinates, strict=True):
        _check_array(f"{path}, array {name!r}", array, "buif", (1, 2), "numbers, (n, d) or (n,)")
    wanted = "whole numbers or text, (n,)"
    _check_array(f"{path}, array {label!r}", classes, "buifU", (1,), wanted)
    points = _points(path, coordinates)
    if len(classes) != len(points):
        raise ValueError(f"{path}: got {len(classes)} labels, want {len(points)}, one a point")
    cells = [_plain(value) for value in classes.tolist()]
    labels, names = _classes(f"{path}, array {label!r}", cells, class_names)
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
    points = np.column_stack(coordinates).astype(np.float64)
    if points.shape[1] > MAX_COLUMNS or len(points) > MAX_POINTS:
        raise ValueError(f"{path}: got {points.shape}, want at most ({MAX_POINTS}, {MAX_COLUMNS})")
    bad = np.argwhere(~np.isfinite(points))
    if len(bad):
        (row, column), value = bad[0], points[tuple(bad[0])]
        raise ValueError(
            f"{path}, row {row}, coordinate {column}: got {value}, want a finite number"
        )
    return points


def _check_size(path: str | Path, most: int) -> None:
    if not Path(path).is_file():
        raise ValueError(f"{path}: there is no such file")
    size = Path(path).stat().st_size
    if size > most:
        raise ValueError(f"{path}: has {size} bytes, want at most {most}")


def _text(path: str | Path, separator: str) -> str:
    """The text of a file that is not too large to be read as cells."""
    _check_size(path, MAX_CSV_BYTES)
    data = Path(path).read_bytes()
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
    for name in wanted:
        if names.count(name) > 1:
            raise ValueError(f"{path}, line 1: column {name!r} stands there twice, want it once")
        if name not in names:
            raise ValueError(
                f"{path}, line 1: there is no column {name!r}, {spelling.want(name, names)}"
            )
    return [names.index(name) for name in wanted]


def _check_even(path: str | Path, rows: list[Row]) -> None:
    width = len(rows[0][1])
    for line, cells in rows:
        if len(cells) != width:
            raise ValueError(
                f"{path}, line {line}: has {len(cells)} cells, want {width}, as the header has"
            )


def _numbers(path: str | Path, rows: list[Row], at: int, name: str) -> FloatArray:
    """One column as finite numbers."""
    cells = [row[at] for _, row in rows]
    try:
        column = np.array(cells, dtype=np.float64)
    except ValueError:
        column = np.array([_number(cell) for cell in cells])
    bad = ~np.isfinite(column)
    if bad.any():
        first = int(bad.argmax())
        cell = cells[first].strip()
        hint = "; write decimals with a point" if "," in cell else ""
        raise ValueError(
            f"{path}, line {rows[first][0]}, column {name!r}: got {cell[:40]!r}, "
            f"want a finite number{hint}"
        )
    return column


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return math.nan


def _classes(
    where: str, cells: list[str], class_names: Sequence[str] | None
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """The index of each cell's class, and the classes' names."""
    found = set(cells)
    if len(found) < 2:
        raise ValueError(f"{where}: holds only {cells[0]!r}, want at least two classes")
    if len(found) > MAX_CLASSES:
        raise ValueError(f"{where}: holds {len(found)} classes, want at most {MAX_CLASSES}")
    if "" in found:
        raise ValueError(f"{where}: row {cells.index('') + 1} of the data is empty, want a class")
    names = tuple(sorted(found, key=_by_size) if class_names is None else class_names)
    known = {name: index for index, name in enumerate(names)}
    if not found & known.keys():
        known = {str(index): index for index in range(len(names))}
    for cell in sorted(found - known.keys()):
        raise ValueError(f"{where}: holds the class {cell[:40]!r}, {spelling.want(cell, known)}")
    return np.array([known[cell] for cell in cells], dtype=np.int64), names


def _by_size(cell: str) -> tuple[float, str]:
    number = _number(cell)
    return (math.inf if math.isnan(number) else number, cell)


def _plain(value: Any) -> str:
    """``value`` as text; 1.0 and True as 1."""
    if isinstance(value, bool) or (isinstance(value, float) and value.is_integer()):
        return str(int(value))
    return str(value)


def _arrays(path: str | Path, wanted: list[str]) -> list[NDArray[Any]]:
    """The wanted arrays of an npz file, each no larger than it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name.removesuffix(".npy") for name in archive.namelist()]
            for name in wanted:
                if name not in names:
                    raise ValueError(f"there is no array {name!r}, {spelling.want(name, names)}")
            total = sum(archive.getinfo(f"{name}.npy").file_size for name in wanted)
            if total > files.MAX_BYTES:
                raise ValueError(f"its arrays take {total} bytes, want at most {files.MAX_BYTES}")
            return [_array(name, archive.read(f"{name}.npy")) for name in wanted]
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise ValueError(f"{path}: is no npz file or is damaged ({error})") from error
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _array(name: str, data: bytes) -> NDArray[Any]:
    """The array in a .npy file, once its header is known to claim no more than there is."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise ValueError(f"array {name!r} is of .npy version {version}, want 1.0 or 2.0")
    shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise ValueError(f"array {name!r} holds Python objects (a pickle), want numbers or text")
    claimed, there = math.prod(shape) * dtype.itemsize, len(data) - stream.tell()
    if claimed != there:
        raise ValueError(f"array {name!r} claims {claimed} bytes, but {there} are there")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)
