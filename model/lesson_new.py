"""A lesson from what one has: a torch module, and a CSV or npz file."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import files
from model.assets import toml_table
from model.datasets import Dataset
from model.layers import MODULE, LeakyReLU
from model.lesson import Lesson
from model.lesson_schema import problems_of
from model.lesson_weights import ending_in_shares, load_module, one_iterate
from model.network import Network
from model.readers import read_data

if TYPE_CHECKING:
    from torch import nn

MAX_HEADER = 2**20


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
        Whether a lesson file that is there may be replaced.

    Raises
    ------
    ValueError
        When the data cannot be read, the module does not fit them or has a
        layer that no file keeps, or nothing can be written.
    """
    path, data = files.check_target(path), Path(data)
    if path.suffix != ".toml":
        raise ValueError(f"path: got {path}, want the name of a file that ends in .toml")
    if path.exists() and not overwrite:
        raise ValueError(f"path: {path} is there already; remove it, or allow to overwrite it")
    place = _relative(data, path.parent)
    taken = _columns(data, label, columns, separator)
    dataset = read_data(data, taken, label, separator=separator)
    network = _network(module, dataset)
    where = {"file": place, "columns": list(taken), "label": label, "separator": separator}
    text = _text(name or path.stem, network, dataset, train, path.stem)
    text = f"{text}\n{toml_table('data', where)}"
    _check_text(text)
    if train:
        _check_trainable(network)
    else:
        files.write(path.with_suffix(".safetensors"), one_iterate(network, dataset).to_bytes())
    files.write(path, text.encode())
    lesson = Lesson.load(path)
    if not train:
        assert lesson.trajectory
    return lesson


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


def _columns(
    data: Path, label: str, columns: Sequence[str] | None, separator: str
) -> tuple[str, ...]:
    """The columns given, or all in the header but the label's."""
    if columns is not None:
        return tuple(columns)
    if data.suffix.lower() == ".npz":
        return ("points",)
    with data.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = file.readline(MAX_HEADER)
    names = [cell.strip() for cell in next(csv.reader([header], delimiter=separator), [])]
    return tuple(name for name in names if name != label) or ("x", "y")


def _network(module: nn.Module, dataset: Dataset) -> Network:
    """What the module computes, ending in shares, of layers that a file can name."""
    copy = deepcopy(module).eval()
    network = ending_in_shares(Network.from_torch(copy, in_dim=dataset.dim), dataset)
    for index, layer in enumerate(network):
        if layer.name == MODULE:
            raise ValueError(
                f"module: layer {index} is of a kind that no file keeps; write a lesson by hand "
                "with network.entry and allow_code (see the README)"
            )
    return network


def _check_text(text: str) -> None:
    """Refuse, before anything is written, what no lesson file may say, such as endless names."""
    for place, what in problems_of(tomllib.loads(text)):
        raise ValueError(f"{'.'.join(map(str, place))}: {what}")


def _check_trainable(network: Network) -> None:
    for layer in network:
        if isinstance(layer, LeakyReLU) and layer != LeakyReLU():
            raise ValueError(
                f"module: has a leaky relu of slope {layer.slope:g}; a lesson trains those of "
                f"slope {LeakyReLU().slope:g} only"
            )


def _text(name: str, network: Network, dataset: Dataset, train: bool, stem: str) -> str:
    """The lesson file up to its data."""
    linear = [layer for layer in network if layer.name == "linear"]
    head: dict[str, Any] = {"name": name}
    if not train:
        head["weights"] = f"{stem}.safetensors"
    layers = {
        "layers": [layer.name for layer in network],
        "widths": [dataset.dim, *(int(layer.out_dim or 0) for layer in linear)],
    }
    parts = [toml_table("", head), toml_table("network", layers)]
    parts += [toml_table("[classes]", {"name": each}) for each in dataset.class_names]
    return "\n".join([*parts, *(["[training]\n"] if train else [])])
