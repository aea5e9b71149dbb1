"""Contact sheets: pictures in a grid, each with a line of words under it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

COLUMNS = 3
_GAP = 12
_LINE = 34
_PAPER = "#808080"
_INK = "#ffffff"


def sheet(
    title: str,
    pictures: Sequence[Image.Image],
    labels: Sequence[str],
    *,
    cell: tuple[int, int] = (640, 360),
    columns: int = COLUMNS,
) -> Image.Image:
    """The pictures, resized to ``cell``, row by row under a title."""
    rows = -(-len(pictures) // columns)
    width = columns * (cell[0] + _GAP) + _GAP
    paper = Image.new("RGB", (width, _LINE + rows * (cell[1] + _LINE + _GAP)), _PAPER)
    draw = ImageDraw.Draw(paper)
    font = ImageFont.load_default(20)
    draw.text((_GAP, 6), title, _INK, font)
    for index, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        row, column = divmod(index, columns)
        x, y = _GAP + column * (cell[0] + _GAP), _LINE + row * (cell[1] + _LINE + _GAP)
        paper.paste(picture.resize(cell, Image.Resampling.LANCZOS), (x, y))
        draw.text((x, y + cell[1] + 5), label, _INK, font)
    return paper


def save(picture: Image.Image, path: Path) -> Path:
    """Write a picture without loss, PNG or WebP by its name, whole or not at all."""
    options: dict[str, int] = {"lossless": True, "method": 6} if path.suffix == ".webp" else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        picture.save(beside, path.suffix[1:].upper(), optimize=True, **options)
        os.replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    return path
