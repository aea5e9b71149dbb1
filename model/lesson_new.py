"""A lesson from what one has: a torch module, and a CSV or npz file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import files, lesson_toml, readers
from model.assets import toml_table
from model.datasets import Dataset
from model.layers import LeakyReLU
from model.lesson import Lesson
from model.lesson_module import load_module
from model.lesson_schema import problems_of
from model.lesson_weights import ending_in_shares, one_iterate
from model.network import Network
from model.recipe import Recipe
from model.trajectory import Trajectory

if TYPE_CHECKING:
    from torch import nn


def save_lesson(
    path: str | Path,
    module: nn.Module,
    data: str | Path,
    *,
    label: str = "label",
    columns: Sequence[str] | None = None,
    separator: str = ",",
    name: str | None = None,
    train: bool = False,
    overwrite: bool = False,
    weights: str | Path | None = None,
) -> Lesson:
    """Write a lesson file for a module and a data file, and the module's weights beside it.

    The module's layers are written by name and width and its weights as
    safetensors: nobody runs its code when the lesson is opened.

    Parameters
    ----------
    path
        The lesson file to write, ending in ``.toml``.
    module
        An ``nn.Sequential`` of layers that lessons know; it may end in logits.
        It is taken as in ``eval()``.
    data
        A CSV (or npz) file with a header, in the lesson's folder or below.
    label
        Its column with the class.
    columns
        Its columns with the coordinates; all others when left out.
    separator
        Between the cells.
    name
        What the lesson is called; the file's name when left out.
    train
        Whether to train it anew, by ``python -m model train``: then only the
        layers and widths are taken from the module, not its weights.
    overwrite
        Whether a lesson and the weights beside it may be replaced if they are there.
    weights
        The file that the module's weights are from, if any: it is never replaced.

    Raises
    ------
    ValueError
        When the data cannot be read, the module does not fit them or has a
        layer that no file keeps, or nothing can be written.
    """
    path = check_free(path, overwrite=overwrite, weights=weights)
    data = Path(data)
    place = _relative(data, path.parent)
    dataset, taken = _dataset(data, label, columns, separator)
    network = _network(module, dataset, taken)
    where = {"file": place, "columns": taken, "label": label, "separator": separator}
    section = _section(network, dataset)
    head = {"name": name or path.stem, "weights": None if train else _beside(path).name}
    text = _text(head, section, dataset, where, train)
    _check_text(text)
    if train:
        _check_trainable(network, section, dataset)
        files.write(path, text.encode())
        _make_room(_beside(path))
    else:
        _write_both(path, text.encode(), _packed(network, dataset))
    lesson = Lesson.load(path)
    if not train:
        assert lesson.trajectory
    return lesson


def check_free(
    path: str | Path, *, overwrite: bool = False, weights: str | Path | None = None
) -> Path:
    """Return ``path`` if a lesson may be written there, and its weights beside it.

    Raises
    ------
    ValueError
        When it does not end in ``.toml``, one of the two is there already and
        must not be replaced, or nothing can be written there.
    """
    path = files.check_target(path)
    if path.suffix != ".toml":
        raise ValueError(f"path: got {path}, want the name of a file that ends in .toml")
    beside = files.check_target(_beside(path))
    source = None if weights is None else Path(weights)
    if source and source.exists() and beside.exists() and beside.samefile(source):
        raise ValueError(
            f"path: the lesson's own weights are to be {beside}, which is where the module's "
            "weights are from; give the lesson another name"
        )
    there = [str(each) for each in (path, beside) if each.exists() and not overwrite]
    if there:
        raise ValueError(
            f"path: {' and '.join(there)} {'are' if len(there) > 1 else 'is'} there already; "
            "give the lesson another name, or let --overwrite replace what is there"
        )
    return path


def module_in(entry: str, weights: str | Path | None = None) -> nn.Module:
    """The module that Python code makes: ``file.py:name``, a module or a function that gives one.

    This runs the file. ``weights`` may be a state dict, in safetensors or in
    what ``torch.save`` writes (opened without running anything in it).

    Raises
    ------
    ValueError
        When there is no such file or name, it fails, or the weights do not fit.
    """
    file, _, attribute = entry.rpartition(":")
    if not Path(file).is_file() or not attribute.isidentifier():
        raise ValueError(f"network: got {entry!r}, want file.py:name of a file that is there")
    return load_module(Path(file), attribute, None if weights is None else Path(weights))


def _relative(data: Path, folder: Path) -> str:
    if not data.is_file():
        raise ValueError(f"data: there is no file {data}")
    try:
        return data.resolve().relative_to(folder.resolve()).as_posix()
    except ValueError:
        raise ValueError(
            f"data: {data} does not lie in {folder.resolve()}, where the lesson is to be; "
            "put it there"
        ) from None


def _beside(path: Path) -> Path:
    """Where the weights of a lesson are."""
    return path.with_suffix(".safetensors")


def _dataset(
    data: Path, label: str, columns: Sequence[str] | None, separator: str
) -> tuple[Dataset, list[str]]:
    """The data, and the columns of its coordinates: those given, or all but the label's."""
    readers.check_separator(separator)
    if columns is None and data.suffix.lower() in readers.TEXT_ENDINGS:
        header = readers.read_header(data, separator)
        columns = [each for each in header if each != label] or ["x", "y"]
    taken = ["points"] if columns is None else list(columns)
    try:
        return readers.read_data(data, taken, label, separator=separator), taken
    except readers.NotThere as error:
        raise ValueError(
            f"{error}; name the column with the class by --label, the others by --columns"
        ) from error
    except readers.NotNumbers as error:
        raise ValueError(f"{error}; choose the columns with numbers by --columns") from error


def _network(module: nn.Module, dataset: Dataset, columns: Sequence[str]) -> Network:
    """What the module computes, ending in shares, of layers that a file can name."""
    from model.torch_bridge import Captured

    network = Network.from_torch(deepcopy(module).eval(), in_dim=dataset.dim)
    if network.in_dim not in (None, dataset.dim):
        raise ValueError(
            f"network: takes {network.in_dim} coordinates, but the data have {dataset.dim} "
            f"({', '.join(columns[:8])}{', ...' if len(columns) > 8 else ''}); "
            "choose which by --columns"
        )
    unknown = [
        f"{layer.kind} (layer {index})"
        for index, layer in enumerate(network)
        if isinstance(layer, Captured)
    ]
    if unknown:
        raise ValueError(
            f"module: {', '.join(unknown)}: of a kind that no file keeps; write a lesson by hand "
            "with network.entry and allow_code (see the README)"
        )
    return ending_in_shares(network, dataset)


def _check_text(text: str) -> None:
    """Refuse, before anything is written, what no lesson file may say, such as endless names."""
    for place, what in problems_of(tomllib.loads(text)):
        raise ValueError(f"{'.'.join(map(str, place))}: {what}")
    if len(text.encode()) > lesson_toml.MAX_BYTES:
        raise ValueError(
            f"columns: with their names the lesson takes over {lesson_toml.MAX_BYTES} bytes, "
            "the most of a lesson; choose fewer by --columns, or shorter names"
        )


def _check_trainable(network: Network, section: dict[str, Any], dataset: Dataset) -> None:
    """Refuse what no recipe trains."""
    Recipe(section["layers"], section["widths"]).check_data(dataset)
    for layer in network:
        if isinstance(layer, LeakyReLU) and layer != LeakyReLU():
            raise ValueError(
                f"module: has a leaky relu of slope {layer.slope:g}; a lesson trains those of "
                f"slope {LeakyReLU().slope:g} only; change it, or leave out --train"
            )


def _packed(network: Network, dataset: Dataset) -> bytes:
    """The bytes of the weights, which a file may hold."""
    packed = one_iterate(network, dataset).to_bytes()
    if len(packed) > files.MAX_BYTES:
        raise ValueError(
            f"module: its weights and the data take {len(packed)} bytes, "
            f"want at most {files.MAX_BYTES}"
        )
    return packed


def _write_both(path: Path, text: bytes, packed: bytes) -> None:
    """A lesson file and its weights; no new weights without the lesson."""
    beside = _beside(path)
    new = not beside.exists()
    files.write(beside, packed)
    try:
        files.write(path, text)
    except BaseException:
        if new:
            beside.unlink()
        raise


def _make_room(beside: Path) -> None:
    """Remove weights that an earlier lesson took as they were: a training run is to be there."""
    try:
        found = Trajectory.load(beside)
    except ValueError:
        return
    if not found.recipe:
        beside.unlink()


def _section(network: Network, dataset: Dataset) -> dict[str, Any]:
    """``[network]``: layers and widths."""
    linear = [layer for layer in network if layer.name == "linear"]
    return {
        "layers": [layer.name for layer in network],
        "widths": [dataset.dim, *(int(layer.out_dim or 0) for layer in linear)],
    }


def _text(
    head: dict[str, Any],
    section: dict[str, Any],
    dataset: Dataset,
    where: dict[str, Any],
    train: bool,
) -> str:
    """The lesson file."""
    parts = [toml_table("", head), toml_table("network", section)]
    parts += [toml_table("[classes]", {"name": each}) for each in dataset.class_names]
    parts += ["[training]\n"] if train else []
    return "\n".join([*parts, toml_table("data", where)])
