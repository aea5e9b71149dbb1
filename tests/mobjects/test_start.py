"""What a clip does not need is not imported when it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

SCENES = Path(__file__).parents[2] / "scenes"
HEAVY = ("torch", "sklearn", "matplotlib", "pydantic", "distributed", "playwright", "notebook")


@pytest.mark.parametrize("clip", ["relu", "linear", "training", "embeddings"])
def test_nothing_heavy_is_imported_to_start_a_clip(clip):
    code = (
        "import runpy, sys\n"
        f"runpy.run_path({str(SCENES / clip) + '.py'!r})\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[-2].split() == []
