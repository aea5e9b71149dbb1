"""Networks that come trained: a trajectory, plain weights, or a module that code makes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import files
from model.checks import as_float_array
from model.datasets import Dataset
from model.layers import Layer, LeakyReLU, Linear, Sigmoid, Softmax
from model.lesson_module import load_module, named
from model.network import Network
from model.trajectory import PARAMETER_FREE, Trajectory


def given(file: Any, weights: Path | None, dataset: Dataset, lesson: Path | None) -> Trajectory:
    """The trajectory of a lesson without training: the file's own, or one iterate only.

    Parameters
    ----------
    file
        The lesson file (:class:`model.lesson_schema.LessonFile`).
    weights
        A trajectory, or what ``safetensors.torch.save_file(net.state_dict(), path)`` writes.
    dataset
        What the network classifies.
    lesson
        The path of the lesson file.

    Raises
    ------
    ValueError
        When the weights are damaged, or do not fit the layers or the data.
    """
    if file.network.entry is not None and lesson is not None:
        name, _, function = file.network.entry.rpartition(":")
        module = load_module(lesson.parent / name, function, weights)
        try:
            return one_iterate(Network.from_torch(module, in_dim=dataset.dim), dataset)
        except ValueError as error:
            raise ValueError(f"{lesson.parent / name}: {function}: {error}") from error
    if weights is None:
        raise ValueError(f"{lesson}: has neither weights nor training")
    data = files.read(weights)
    if _is_plain(weights, data):
        return one_iterate(_from_state(weights, data, file.network), dataset)
    found = Trajectory.load(weights)
    _check_same_network(weights, found, file.network)
    if not same_data(dataset, found.dataset):
        raise ValueError(f"{weights}: was trained on other data than {lesson} names")
    return found


def recorded_steps(weights: Path) -> NDArray[np.int64]:
    """The steps recorded in a trajectory; 0 alone for plain weights.

    Raises
    ------
    ValueError
        When the file is too large or damaged.
    """
    if _is_plain(weights, files.read(weights)):
        return np.zeros(1, dtype=np.int64)
    return Trajectory.load(weights).steps


def _is_plain(weights: Path, data: bytes) -> bool:
    """Whether a safetensors file holds tensors alone, without the note of a trajectory."""
    try:
        files.unpack(data)
    except ValueError as error:
        if "note" not in str(error):
            raise ValueError(f"{weights}: {error}") from error
        return True
    return False


def _check_same_network(weights: Path, found: Trajectory, network: Any) -> None:
    """Refuse a trajectory of other layers, widths or slopes than a lesson's ``[network]``."""
    shapes = [each.shape[1:] for each in found.weights]
    layers = found.network(found.steps[-1])
    slopes = {layer.slope for layer in layers if isinstance(layer, LeakyReLU)}
    compared: list[tuple[str, list[Any], Any]] = [("layers", list(found.layers), network.layers)]
    if shapes:
        widths = [shapes[0][1], *(shape[0] for shape in shapes)]
        compared.append(("widths", widths, network.widths))
    if slopes and "slope" in network.model_fields_set:
        compared.append(("slopes", sorted(slopes), [network.slope]))
    for what, got, want in compared:
        if got != want:
            told = [", ".join(map(str, each)) for each in (got, want)]
            raise ValueError(f"{weights}: has {what} {told[0]}, want {told[1]}")


def same_data(one: Dataset, other: Dataset) -> bool:
    """Whether two datasets hold the same points and classes, to 1e-9."""
    return (
        one.class_names == other.class_names
        and one.points.shape == other.points.shape
        and bool(np.array_equal(one.labels, other.labels))
        and bool(np.allclose(one.points, other.points, rtol=0, atol=1e-9))
    )


def one_iterate(network: Network, dataset: Dataset) -> Trajectory:
    """A trajectory that stands still: the trained network alone, with shares at its end.

    Raises
    ------
    ValueError
        When the network does not fit the data, or ends in neither shares nor logits.
    """
    layers = list(ending_in_shares(network, dataset))
    own: dict[int, Layer] = {}
    for index, layer in enumerate(layers):
        known = PARAMETER_FREE.get(layer.name)
        if not isinstance(layer, Linear) and (known is None or layer != known()):
            own[index] = layer
    linear = [layer for layer in layers if isinstance(layer, Linear)]
    y = Network(layers)(dataset.points)
    share = np.clip(y[np.arange(len(y)), dataset.labels], 1e-300, None)
    return Trajectory(
        [layer.name for layer in layers],
        [layer.weight[None] for layer in linear],
        [layer.bias[None] for layer in linear],
        [0],
        [max(0.0, float(-np.log(share).mean()))],
        [float((y.argmax(axis=1) == dataset.labels).mean())],
        dataset,
        [0, 0, 0, 0],
        own=own,
    )


def ending_in_shares(network: Network, dataset: Dataset) -> Network:
    """The network, with a softmax behind it where it ends in logits, as its loss has in torch.

    Raises
    ------
    ValueError
        When its input or its output does not fit the data, or it ends in a sigmoid.
    """
    if network.in_dim not in (None, dataset.dim):
        raise ValueError(
            f"network: takes {network.in_dim} coordinates, but the data have {dataset.dim}"
        )
    y = network(dataset.points)
    if y.shape[1] != dataset.classes:
        raise ValueError(
            f"network: gives {y.shape[1]} numbers, but the data have {dataset.classes} classes; "
            "want one logit or share a class"
        )
    if (y >= 0).all() and np.allclose(y.sum(axis=1), 1, rtol=0, atol=1e-4):
        return network
    if isinstance(network.layers[-1], Sigmoid):
        raise ValueError("network: ends in a sigmoid, want softmax, or logits, one a class")
    return Network([*network, Softmax()])


def _from_state(path: Path, data: bytes, section: Any) -> Network:
    """The network of a ``[network]`` with the weights of a state dict, in the order of its keys."""
    arrays = _state(path, data)
    stems = sorted({key.rpartition(".")[0] for key in arrays}, key=_natural)
    if len(stems) != section.layers.count("linear"):
        raise ValueError(
            f"{path}: holds {len(stems)} layers ({named(stems)}), "
            f"want {section.layers.count('linear')}, one for each linear layer"
        )
    linear = [
        _linear(path, arrays, f"{stem}." if stem else "", shape)
        for stem, shape in zip(
            stems, zip(section.widths[1:], section.widths, strict=False), strict=True
        )
    ]
    if arrays:
        raise ValueError(f"{path}: holds {named(arrays)}, want weights and biases only")
    rest = iter(linear)
    leaky = LeakyReLU(section.slope)
    return Network([
        next(rest) if name == Linear.name
        else leaky if name == LeakyReLU.name
        else PARAMETER_FREE[name]()
        for name in section.layers
    ])  # fmt: skip


def _linear(path: Path, arrays: files.Tensors, stem: str, shape: tuple[int, int]) -> Linear:
    """A linear layer, taken out of the arrays of a state dict."""
    sound = []
    for key, want in ((f"{stem}weight", shape), (f"{stem}bias", shape[:1])):
        array = arrays.pop(key, np.zeros(shape[0]) if key.endswith("bias") else None)
        if array is None or array.shape != want:
            got = "is missing" if array is None else f"has shape {array.shape}"
            raise ValueError(f"{path}: {named([key])} {got}, want shape {want}")
        sound.append(as_float_array(array, f"{path}: {named([key])}"))
    return Linear(*sound)


def _state(path: Path, data: bytes) -> files.Tensors:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{path}: is damaged or holds unknown types ({error})") from error
    for key, array in found.items():
        if array.dtype.kind != "f":
            raise ValueError(f"{path}: holds {named([key])} as {array.dtype}, want floating point")
    return found


def _natural(key: str) -> list[tuple[int, str]]:
    """How keys are ordered: numbers by size, in front of them what is none."""
    parts = key.split(".")
    return [(int(p), "") if p.isdecimal() and len(p) < 10 else (-1, p) for p in parts]
