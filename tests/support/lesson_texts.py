"""A small lesson file that has nothing wrong, its parts, and what is told of wrong ones."""

import re
from pathlib import Path

from model.lesson import Lesson

GOOD = """\
name = "Mine"

[network]
layers = ["linear", "relu", "linear", "softmax"]
widths = [2, 3, 2]

[data]
generator = "moons"
points = 40
parameters = { noise = 0.1 }

[[classes]]
name = "upper"
color = "#0072B2"

[[classes]]
name = "lower"
color = "#d55e00"

[training]
steps = 20
frames = 6
"""
DATA = GOOD[GOOD.index("[data]") : GOOD.index("[[classes]]")]
CLASSES = GOOD[GOOD.index("[[classes]]") : GOOD.index("[training]")]
TRAINING = GOOD[GOOD.index("[training]") :]
POINTS = "x,y,label\n0,1,upper\n2,3,lower\n1,1,upper\n"


def write(tmp_path: Path, text: str) -> Path:
    """A lesson file of this text."""
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


def problems_told(path: Path) -> list[str]:
    """The problems with a lesson, without its folder and without the names that are allowed."""
    try:
        Lesson.load(path)
    except ValueError as error:
        told = str(error)
    else:
        return []
    assert max(map(len, told.splitlines())) < 500
    told = told.replace(str(path.parent), "DIR").removeprefix(f"DIR/{path.name}")
    told = re.sub(r"want one of .*?(?= \(did|$)", "want one of ...", told, flags=re.M)
    head, *lines = told.split("\n")
    if lines and not lines[-1].endswith(" more"):
        assert head == f": {len(lines)} problem{'s' * (len(lines) > 1)}"
    return [line.strip() for line in lines] or [head]
