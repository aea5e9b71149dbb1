"""Networks that come trained: a trajectory, plain weights, or a module that code makes."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model import files
from model.checks import as_float_array
from model.datasets import Dataset
from model.layers import Layer, Linear, Sigmoid, Softmax
from model.network import Network
from model.trajectory import PARAMETER_FREE, Trajectory

if TYPE_CHECKING:
    from torch import nn


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
        network = Network.from_torch(module, in_dim=dataset.dim)
        return one_iterate(network, dataset)
    if weights is None:
        raise ValueError(f"{lesson}: has neither weights nor training")
    data = files.read(weights)
    try:
        files.unpack(data)
    except ValueError as error:
        if "note" not in str(error):
            raise ValueError(f"{weights}: {error}") from error
        network = _from_state(weights, data, file.network.layers, file.network.widths)
        return one_iterate(network, dataset)
    found = Trajectory.load(weights)
    if list(found.layers) != file.network.layers:
        wanted = ", ".join(file.network.layers)
        raise ValueError(f"{weights}: has layers {', '.join(found.layers)}, want {wanted}")
    if not same_data(dataset, found.dataset):
        raise ValueError(f"{weights}: was trained on other data than {lesson} names")
    return found


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


def _from_state(path: Path, data: bytes, layers: list[str], widths: list[int]) -> Network:
    """The network of named layers with the weights of a state dict, in the order of its keys."""
    arrays = _state(path, data)
    stems = sorted({key.rpartition(".")[0] for key in arrays}, key=_natural)
    if len(stems) != layers.count("linear"):
        raise ValueError(
            f"{path}: holds {len(stems)} layers ({', '.join(stems[:8])}), "
            f"want {layers.count('linear')}, one for each linear layer"
        )
    linear: list[Linear] = []
    for stem, shape in zip(stems, zip(widths[1:], widths, strict=False), strict=True):
        sound = []
        for key, want in ((f"{stem}.weight", shape), (f"{stem}.bias", shape[:1])):
            array = arrays.pop(key, np.zeros(shape[0]) if key.endswith("bias") else None)
            if array is None or array.shape != want:
                got = "is missing" if array is None else f"has shape {array.shape}"
                raise ValueError(f"{path}: {key} {got}, want shape {want}")
            sound.append(as_float_array(array, f"{path}: {key}"))
        linear.append(Linear(*sound))
    if arrays:
        raise ValueError(f"{path}: holds {min(arrays)!r}, want weights and biases only")
    rest = iter(linear)
    return Network([next(rest) if name == "linear" else PARAMETER_FREE[name]() for name in layers])


def _state(path: Path, data: bytes) -> files.Tensors:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found = load(data)
    except (SafetensorError, KeyError, ValueError, TypeError) as error:
        raise ValueError(f"{path}: is damaged or holds unknown types ({error})") from error
    for key, array in found.items():
        if array.dtype.kind != "f":
            raise ValueError(f"{path}: holds {key!r} as {array.dtype}, want floating point")
    return found


def _natural(key: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in key.split(".")]


def load_module(path: Path, attribute: str, weights: Path | None) -> nn.Module:
    """The module that Python code makes, in evaluation mode. This runs the file.

    Raises
    ------
    ValueError
        When the code fails or gives something else, or the weights do not fit.
    """
    from torch import nn

    spec = importlib.util.spec_from_file_location("lesson_code", path)
    if spec is None or spec.loader is None:
        raise ValueError(f"{path}: is no Python file")
    code = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(code)
        module = getattr(code, attribute)
        if not isinstance(module, nn.Module):
            module = module()
    except Exception as error:
        raise ValueError(f"{path}: {attribute} failed with {error!r}") from error
    if not isinstance(module, nn.Module):
        raise ValueError(f"{path}: {attribute} gave {type(module).__name__}, want nn.Module")
    if weights is not None:
        try:
            module.load_state_dict(_state_dict(weights))
        except Exception as error:
            raise ValueError(
                f"{weights}: does not fit the module: {error}".split("\n")[0]
            ) from error
    return module.eval()


def _state_dict(path: Path) -> Any:
    """A state dict: safetensors, or what ``torch.save`` wrote, with no code in it."""
    if path.suffix in (".pt", ".pth"):
        import torch

        return torch.load(io.BytesIO(files.read(path)), map_location="cpu", weights_only=True)
    from safetensors.torch import load

    return load(files.read(path))
