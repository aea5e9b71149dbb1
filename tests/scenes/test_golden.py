"""A few last frames against small pictures that were looked at and kept.

    GOLDEN=update .venv/bin/python -m pytest tests/scenes/test_golden.py

takes new ones; look at what changed before committing them.
"""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from beats import write_stills
from PIL import Image

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
KEPT = [
    ("relu", "dark", (3, 5)),
    ("gaussian_blobs", "light", (2, 5)),
    ("classifier_layers", "dark", (1, 3)),
    ("training", "light", (3,)),
]


def distance(one: Path, other: Path) -> float:
    """The greatest difference, 0 to 255, between two pictures averaged over blocks of 8 x 8."""
    blocks = []
    for path in (one, other):
        pixels = np.asarray(Image.open(path).convert("RGB"), dtype=float)
        rows, columns = pixels.shape[0] // 8, pixels.shape[1] // 8
        blocks.append(pixels.reshape(rows, 8, columns, 8, 3).mean(axis=(1, 3)))
    return float(np.abs(blocks[0] - blocks[1]).max())


@pytest.mark.parametrize(("clip", "theme", "beats"), KEPT, ids=[row[0] for row in KEPT])
def test_last_frames_look_as_they_did(clip, theme, beats, tmp_path, monkeypatch):
    monkeypatch.setenv("THEME", theme)
    stills = write_stills(ROOT / "scenes" / f"{clip}.py", tmp_path, "t")
    for number in beats:
        kept = GOLDEN / f"{clip}-{number}-{theme}.png"
        if os.environ.get("GOLDEN") == "update":
            GOLDEN.mkdir(exist_ok=True)
            shutil.copy(stills[number - 1], kept)
        assert distance(stills[number - 1], kept) < 12, kept.name


def test_another_picture_is_noticed():
    one, other = (GOLDEN / f"relu-{number}-dark.png" for number in (3, 5))
    assert distance(one, other) > 40
