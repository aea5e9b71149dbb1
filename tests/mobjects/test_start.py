"""What a clip does not need is not imported when it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

SCENES = Path(__file__).parents[2] / "scenes"
HEAVY = (
    "torch",
    "sklearn",
    "numba",
    "matplotlib",
    "pydantic",
    "distributed",
    "playwright",
    "notebook",
)


@pytest.mark.parametrize("clip", ["relu", "linear", "training", "embeddings"])
def test_nothing_heavy_is_imported_to_start_a_clip(clip):
    code = (
        "import runpy, sys\n"
        f"runpy.run_path({str(SCENES / clip) + '.py'!r})\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[-2].split() == []


def test_a_still_of_few_marks_does_without_compiled_loops(tmp_path):
    quiet = ["-ql", "-s", "--progress_bar", "none", "--media_dir", str(tmp_path)]
    code = (
        "import atexit, sys\n"
        "atexit.register(lambda: print('loaded:', 'numba' in sys.modules))\n"
        f"sys.argv = ['manim', *{quiet}, {str(SCENES / 'relu.py')!r}]\n"
        "from manim.__main__ import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[-2] == "loaded: False"
    assert list(tmp_path.rglob("*.png"))
