"""The clips there are, in the book's order, read from the scene files without importing them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from model.spelling import want

ROOT = Path(__file__).parents[1]
SCENES = ROOT / "scenes"
TITLE = "Neural networks as distribution transformers"
ORDER = (
    "mapping_plot",
    "linear",
    "relu",
    "sigmoid",
    "layer_gallery",
    "linear_relu_stack",
    "distributions",
    "gaussian_blobs",
    "sparsity",
    "mlp",
    "classifier_goal",
    "classifier_layers",
    "training",
    "embeddings",
    "recap",
)


@dataclass(frozen=True)
class Entry:
    """A clip: its file and what it says of itself.

    Attributes
    ----------
    stem
        The file's name without ``.py``, by which the clip is called.
    path
        The file.
    scene
        The same, from the project's folder where it lies there.
    class_name
        Its one story.
    about
        The first paragraph of the story's docstring, else of the file's.
    beats
        How many there are.
    """

    stem: str
    path: Path
    scene: str
    class_name: str
    title: str
    figure: str
    about: str
    beats: int


def catalogue(folder: Path = SCENES) -> tuple[Entry, ...]:
    """Every clip in ``folder``: those of the book in its order, then others by name.

    Raises
    ------
    ValueError
        When a file cannot be read, or does not define exactly one story.
    """
    if not folder.is_dir():
        raise ValueError(f"scenes: there is no folder {folder}")
    paths = [path for path in sorted(folder.glob("*.py")) if not path.stem.startswith("_")]
    if not paths:
        raise ValueError(f"scenes: there are no scene files in {folder}")
    place = {stem: index for index, stem in enumerate(ORDER)}
    paths.sort(key=lambda path: place.get(path.stem, len(ORDER)))
    return tuple(_entry(path) for path in paths)


def chosen(names: Sequence[str], entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The clips called ``names`` (or ``scenes/NAME.py``), in the book's order; all for no names.

    Raises
    ------
    ValueError
        For a name that no clip has; the message names the nearest.
    """
    known = {entry.stem: entry for entry in entries}
    wanted = [Path(name).stem if name.endswith(".py") else name for name in names]
    for name in wanted:
        if name not in known:
            raise ValueError(f"clip: got {name!r}, {want(name, known)}")
    return tuple(entry for stem, entry in known.items() if not names or stem in wanted)


def _entry(path: Path) -> Entry:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise ValueError(f"scenes: {path} cannot be read ({error})") from None
    stories = [node for node in tree.body if isinstance(node, ast.ClassDef) and _is_story(node)]
    if len(stories) != 1:
        raise ValueError(f"scenes: {path} defines {len(stories)} stories, want exactly one")
    story = stories[0]
    full = path.resolve()
    scene = full.relative_to(ROOT).as_posix() if full.is_relative_to(ROOT) else str(full)
    title, figure = _text(story, "title"), _text(story, "figure")
    told = ast.get_docstring(story) or ast.get_docstring(tree) or ""
    about = " ".join(told.split("\n\n")[0].split())
    return Entry(path.stem, full, scene, story.name, title, figure, about, _beats(story))


def _is_story(node: ast.ClassDef) -> bool:
    names = {ast.unparse(base).split(".")[-1] for base in node.bases}
    return "Story" in names


def _text(story: ast.ClassDef, name: str) -> str:
    for node in story.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in node.targets
        ):
            return str(ast.literal_eval(node.value))
    return ""


def _beats(story: ast.ClassDef) -> int:
    return sum(isinstance(n, ast.FunctionDef) and bool(n.decorator_list) for n in story.body)
