"""The text of a lesson file: bounded before it is parsed, and the line where each entry stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from model import spelling

MAX_BYTES = 64 * 2**10
MAX_DEPTH = 8

Place = tuple[str | int, ...]

# Each string runs to its end, or to the end of its line or of the text: no part is scanned twice.
_TOKEN = re.compile(
    r'(?P<string>"""(?:[^"\\]|\\[\s\S]|"(?!""))*+(?:"{3,5})?'
    r"|'''(?:[^']|'(?!''))*+(?:'{3,5})?"
    r'|"(?:[^"\\\n]|\\[^\n])*+"?'
    r"|'[^'\n]*+'?)"
    r"|(?P<comment>#[^\n]*+)"
    r"|(?P<mark>[\[\]{}=,.\n])"
    r"|(?P<word>[^\s\[\]{}=,.#\"']++)"
)


def parse(path: Path) -> tuple[dict[str, Any], dict[Place, int]]:
    """The file as a dictionary, and the line of each of its entries.

    Raises
    ------
    ValueError
        When it is missing, too large, nested too deeply, not UTF-8 or not TOML.
    """
    try:
        data = _read(path)
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) > MAX_BYTES:
        raise ValueError(f"{path}: is larger than {MAX_BYTES} bytes, the most of a lesson")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    try:
        lines = lines_of(text)
    except ValueError as error:
        raise ValueError(f"{path}, {error}") from error
    try:
        return tomllib.loads(text), lines
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path}: is not TOML: {str(error)[:200]}") from error


def lines_of(text: str) -> dict[Place, int]:
    """The line of every table, every key and every item of an array.

    Raises
    ------
    ValueError
        When keys or arrays nest deeper than :data:`MAX_DEPTH`.
    """
    scan = _Scan()
    for line, kind, token in _tokens(text):
        if max(len(scan.key), len(scan.around)) > MAX_DEPTH:
            raise ValueError(f"line {line}: nests deeper than {MAX_DEPTH}, the most of a lesson")
        if scan.value is None:
            scan.read_key(line, kind, token)
        else:
            scan.read_value(scan.value, line, token)
    return scan.found


class _Scan:
    """How far the text is understood, token by token; it need not be TOML.

    Attributes
    ----------
    found
        The line of each place so far.
    around
        The arrays and inline tables around the token: the place of each, and
        the index of the item in an array.
    key
        The parts of the key that is being read.
    value
        The place of the value that is being read; None while a key is.
    """

    def __init__(self) -> None:
        self.found: dict[Place, int] = {}
        self.around: list[tuple[Place, int | None]] = []
        self.key: list[str] = []
        self.value: Place | None = None
        self._table: Place = ()
        self._brackets = 0
        self._dotted = False
        self._counts: dict[Place, int] = {}

    def read_key(self, line: int, kind: str, token: str) -> None:
        """Take a token of a key, or of a table's header."""
        if kind in ("word", "string"):
            self.key = [*(self.key if self._dotted else []), token.strip("\"'")]
        elif token == "[" and not self.around:
            self._brackets += 1
        elif token == "]" and self._brackets:
            self._open_table(line)
        elif token == "=":
            base = self.around[-1][0] if self.around else self._table
            self.value = (*base, *self.key)
            self._note(self.value, line, len(base) + 1)
            self.key = []
        elif token == "}" and self.around:
            self._close()
        elif token == "\n" and not self.around:
            self.key, self._brackets = [], 0
        self._dotted = token == "."

    def read_value(self, value: Place, line: int, token: str) -> None:
        """Take a token of a value."""
        if token == "\n":
            self.value = value if self.around else None
        elif token in ("]", "}"):
            self._close()
        elif token == ",":
            self._next()
        else:
            self.found.setdefault(value, line)
            if token == "[":
                self.around.append((value, 0))
                self.value = (*value, 0)
            elif token == "{":
                self.around.append((value, None))
                self.value = None

    def _open_table(self, line: int) -> None:
        place: Place = ()
        for part in self.key:
            place = (*place, self._counts[place], part) if place in self._counts else (*place, part)
        self._note(place, line, 1)
        if self._brackets > 1:
            self._counts[place] = self._counts.get(place, -1) + 1
        if place in self._counts:
            place = (*place, self._counts[place])
            self._note(place, line, len(place))
        self._table, self.key, self._brackets = place, [], 0

    def _close(self) -> None:
        if self.around:
            self.value, _ = self.around.pop()

    def _next(self) -> None:
        if self.around:
            place, index = self.around[-1]
            self.value = None if index is None else (*place, index + 1)
            self.around[-1] = (place, None if index is None else index + 1)

    def _note(self, place: Place, line: int, first: int) -> None:
        for length in range(first, len(place) + 1):
            self.found.setdefault(place[:length], line)


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line where an entry stands, or else the innermost one around it; 0 for none."""
    for length in range(len(place), 0, -1):
        if (line := lines.get(place[:length])) is not None:
            return line
    return 0


def _tokens(text: str) -> Iterator[tuple[int, str, str]]:
    """The line, kind and text of each token but comments; a string counts where it starts."""
    line = 1
    for match in _TOKEN.finditer(text):
        kind, token = str(match.lastgroup), match[0]
        if kind != "comment":
            yield line, kind, token
        line += token.count("\n")


def _read(path: Path) -> bytes:
    """The bytes of a lesson file, and no more than it takes to see that they are too many."""
    if path.is_file():
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    told = f"{path}: there is no such lesson file"
    if path.parent.is_dir():
        there = (each.name for each in sorted(path.parent.glob("*.toml"))[:1000])
        near = [name for name in there if name.isprintable()]
        told += f", {spelling.want(path.name, near)}" if near else ""
    raise ValueError(told)
