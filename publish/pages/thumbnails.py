"""Small pictures for the chapter's page, which shows all of them at once."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

WIDTH = 1280
QUALITY = 75
MAX_BYTES = 45_000


def thumbnail(source: Path) -> bytes:
    """Return a WebP of at most :data:`MAX_BYTES`, as wide as that allows.

    Parameters
    ----------
    source
        A picture of the clip; it is made smaller, never larger.

    Raises
    ------
    ValueError
        When ``source`` is no picture.
    """
    try:
        with Image.open(source) as opened:
            picture = opened.convert("RGB")
    except OSError as error:
        raise ValueError(f"source: {source} cannot be read as a picture ({error})") from None
    width = min(WIDTH, picture.width)
    data = _webp(picture, width)
    while len(data) > MAX_BYTES:
        width = width * 4 // 5
        data = _webp(picture, width)
    return data


def _webp(picture: Image.Image, width: int) -> bytes:
    height = round(picture.height * width / picture.width)
    small = picture.resize((width, height), Image.Resampling.LANCZOS)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=QUALITY, method=4)
    return buffer.getvalue()
