"""The notebook in the repository: clean as committed, and it runs."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "tour.ipynb"


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    shutil.copy(NOTEBOOK, folder)
    notebook = nbformat.read(folder / NOTEBOOK.name, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(notebook, timeout=120, resources=resources).execute()


def test_it_is_committed_small_and_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert NOTEBOOK.stat().st_size < 20_000
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_every_render_shows_below_its_cell(executed):
    shown = {}
    for cell in executed.cells:
        words = cell.source.partition("\n")[0].split()
        if words[0] in ("%manim", "%%manim"):
            data = [output.data for output in cell.outputs if output.output_type == "display_data"]
            films = [each for each in data if "data:video/mp4;base64," in each.get("text/html", "")]
            stills = [each for each in data if "image/png" in each]
            shown[words[-1], "-s" in words] = (len(films), len(stills))
    assert shown == {
        ("Relu", False): (1, 0),
        ("Relu", True): (0, 1),
        ("Bent", False): (1, 0),
        ("ClassifierGoal", True): (0, 1),
    }


def test_its_numbers_are_the_models(executed):
    text = "".join(
        output.text
        for cell in executed.cells
        for output in cell.get("outputs", ())
        if "text" in output
    )
    assert "[(0.0, 0.7624" in text  # Phi(0.5 / 0.7)
    assert "LESSON=media/mine.toml" in text
