"""A training run as a path: the network's parameters at many of its steps.

Reading and replaying a run needs NumPy alone; :mod:`model.training` makes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from model import files
from model.checks import ArrayLike, FloatArray, as_float_array, as_points, read_only
from model.datasets import Dataset
from model.layers import (
    Identity,
    L2Norm,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from model.network import Network, representation_names

CHECKPOINT_NAMES = ("untrained", "first progress", "nearly there", "done")
MAX_TRACE_BYTES = 2 * 2**30
FORMAT = "distribution-transformers trajectory 1"

PARAMETER_FREE: dict[str, type[Layer]] = {
    kind.name: kind for kind in (Identity, ReLU, LeakyReLU, Tanh, Sigmoid, Softmax, L2Norm)
}
LAYER_NAMES = (Linear.name, *PARAMETER_FREE)


@dataclass(frozen=True, eq=False, init=False)
class Trajectory:
    """The iterates theta^0 ... theta^T of a training run, and what they were trained on.

    Attributes
    ----------
    layers
        The name of each layer, from :data:`LAYER_NAMES`, e.g.
        ``("linear", "relu", "linear", "softmax")``.
    weights, biases
        For each linear layer, its parameters at the T recorded iterates:
        (T, d_out, d_in) and (T, d_out).
    steps
        (T,) int64, increasing: the number of updates behind each iterate.
    losses
        (T,) mean cross-entropy over the dataset, in nats, at each iterate.
    accuracies
        (T,) share of the dataset classified rightly, 0 to 1, at each iterate.
    dataset
        What it was trained on.
    checkpoints
        Four of ``steps``, one for each of :data:`CHECKPOINT_NAMES` (figure 1.8).
    recipe
        How it was trained, for information.
    own
        Layers that their names do not give, by place: leaky relus of other
        slopes, captured modules.

    Raises
    ------
    ValueError
        When the parts do not fit together or are not finite.
    """

    layers: tuple[str, ...]
    weights: tuple[Float[np.ndarray, "t _ _"], ...]
    biases: tuple[Float[np.ndarray, "t _"], ...]
    steps: Int[np.ndarray, " t"]
    losses: Float[np.ndarray, " t"]
    accuracies: Float[np.ndarray, " t"]
    dataset: Dataset
    checkpoints: tuple[int, ...]
    recipe: Mapping[str, Any]
    own: Mapping[int, Layer]

    def __init__(
        self,
        layers: Sequence[str],
        weights: Sequence[ArrayLike],
        biases: Sequence[ArrayLike],
        steps: ArrayLike,
        losses: ArrayLike,
        accuracies: ArrayLike,
        dataset: Dataset,
        checkpoints: ArrayLike,
        recipe: Mapping[str, Any] | None = None,
        own: Mapping[int, Layer] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "own", MappingProxyType(dict(own or {})))
        put(self, "layers", _as_layer_names(layers, self.own))
        put(self, "steps", _as_steps(steps))
        put(self, "losses", self._each("losses", losses, 1, (0.0, np.inf)))
        put(self, "accuracies", self._each("accuracies", accuracies, 1, (0.0, 1.0)))
        put(self, "weights", self._stack("weights", weights, 3))
        put(self, "biases", self._stack("biases", biases, 2))
        put(self, "dataset", dataset)
        put(self, "checkpoints", _as_checkpoints(checkpoints, self.steps))
        put(self, "recipe", MappingProxyType(dict(recipe or {})))
        self._check_fit()

    def __len__(self) -> int:
        return len(self.steps)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the representations: ``x``, ``z1``, ``h1``, ... as in a Trace."""
        return representation_names(self._network(0, 0, 0.0).layers)

    @property
    def widths(self) -> tuple[int, ...]:
        """The width of every representation, the input first."""
        return tuple(int(width or 0) for width in self._network(0, 0, 0.0).widths)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the bytes that :meth:`save` writes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def network(self, step: ArrayLike, *, interpolate: bool = False) -> Network:
        """The network after ``step`` updates.

        Parameters
        ----------
        step
            A recorded step; with ``interpolate``, any number from the first
            to the last one.
        interpolate
            Whether a step between two recorded ones is answered by the
            straight line between their parameters. Such a network was not on
            the optimiser's path: it is for motion between two that were.

        Raises
        ------
        ValueError
            When the step was not recorded (the message names the nearest that
            were), or lies outside the run.
        """
        at = float(as_float_array(step, "step", ndim=0))
        first, last = int(self.steps[0]), int(self.steps[-1])
        if not first <= at <= last:
            raise ValueError(f"step: got {at:g}, want {first} to {last}")
        after = int(np.searchsorted(self.steps, at))
        if self.steps[after] == at:
            return self._network(after, after, 0.0)
        before, around = after - 1, (int(self.steps[after - 1]), int(self.steps[after]))
        if not interpolate:
            raise ValueError(
                f"step: got {at:g}, which was not recorded; the nearest are {around[0]} and "
                f"{around[1]}; take one of them or pass interpolate=True"
            )
        return self._network(before, after, (at - around[0]) / (around[1] - around[0]))

    def trace_all(self, points: ArrayLike | None = None) -> tuple[FloatArray, ...]:
        """The datapoints at every representation of every recorded iterate.

        Parameters
        ----------
        points
            (n, d_in); the dataset's points when left out.

        Returns
        -------
        tuple of (T, n, d_l) arrays
            One for each of :attr:`names`. The first is a read-only view: the
            input is the same at every iterate.

        Raises
        ------
        ValueError
            When ``points`` is not (n, d_in), is empty, or is not finite, or
            the answer would exceed :data:`MAX_TRACE_BYTES`.
        """
        x = self.dataset.points if points is None else points
        x = as_points(x, "points", dim=self.dataset.dim)
        size = 8 * len(self) * len(x) * sum(self.widths)
        if size > MAX_TRACE_BYTES:
            raise ValueError(
                f"points: got {len(x)}, which take {size} bytes at all iterates, more than "
                f"{MAX_TRACE_BYTES}; trace fewer, or one iterate at a time by network(step).trace"
            )
        traced: list[FloatArray] = [np.broadcast_to(x, (len(self), *x.shape))]
        parameters = zip(self.weights, self.biases, strict=True)
        for index, name in enumerate(self.layers):
            if name == Linear.name:
                weight, bias = next(parameters)
                traced.append(traced[-1] @ weight.transpose(0, 2, 1) + bias[:, None])
            else:
                flat = traced[-1].reshape(-1, traced[-1].shape[2])
                found = self._free(index).forward(flat)
                traced.append(found.reshape(len(self), len(x), -1))
        return tuple(traced)

    def to_bytes(self) -> bytes:
        """The safetensors file of this trajectory; the same content gives the same bytes."""
        tensors = {
            "steps": self.steps,
            "losses": self.losses,
            "accuracies": self.accuracies,
            "points": self.dataset.points,
            "labels": self.dataset.labels,
        }
        for key, weight, bias in zip(_keys(self.layers), self.weights, self.biases, strict=True):
            tensors |= {f"{key}.weight": weight, f"{key}.bias": bias}
        note: dict[str, Any] = {
            "format": FORMAT,
            "layers": self.layers,
            "dataset": self.dataset.name,
            "class_names": self.dataset.class_names,
            "checkpoints": self.checkpoints,
            "recipe": dict(self.recipe),
        }
        if self.own:
            note["slopes"] = _slopes(self.own)
        return files.pack(tensors, note)

    def save(self, path: str | Path) -> None:
        """Write the trajectory to ``path``, whole or not at all.

        Raises
        ------
        ValueError
            When nothing can be written there.
        """
        files.write(path, self.to_bytes())

    @staticmethod
    def load(path: str | Path) -> Trajectory:
        """Read what :meth:`save` wrote.

        Raises
        ------
        ValueError
            When the file is missing, too large, cut short, foreign, or does
            not hold a sound trajectory; the message names the file and says why.
        """
        return files.load(path, _from_parts)

    def _network(self, before: int, after: int, share: float) -> Network:
        """The network ``share`` of the way from one iterate to another, by index."""
        weights = iter([(1 - share) * w[before] + share * w[after] for w in self.weights])
        biases = iter([(1 - share) * b[before] + share * b[after] for b in self.biases])
        return Network([
            Linear(next(weights), next(biases)) if name == Linear.name else self._free(index)
            for index, name in enumerate(self.layers)
        ])  # fmt: skip

    def _free(self, index: int) -> Layer:
        """The layer at a place that has no trained parameters here."""
        return self.own.get(index) or PARAMETER_FREE[self.layers[index]]()

    def _each(
        self, name: str, value: ArrayLike, ndim: int, limits: tuple[float, float]
    ) -> FloatArray:
        """``value`` as a read-only array with one entry within ``limits`` for each iterate."""
        array = as_float_array(value, name, ndim=ndim)
        if array.size == 0 or len(array) != len(self.steps):
            raise ValueError(
                f"{name}: got shape {array.shape}, want {len(self.steps)} rows, one for each step"
            )
        least, most = float(array.min()), float(array.max())
        if least < limits[0] or most > limits[1]:
            raise ValueError(
                f"{name}: got {least:g} to {most:g}, want {limits[0]:g} to {limits[1]:g}"
            )
        return read_only(array)

    def _stack(self, name: str, values: Sequence[ArrayLike], ndim: int) -> tuple[FloatArray, ...]:
        wanted = self.layers.count(Linear.name)
        if len(values) != wanted:
            raise ValueError(f"{name}: got {len(values)}, want {wanted}, one for each linear layer")
        return tuple(
            self._each(f"{name}[{index}]", value, ndim, (-np.inf, np.inf))
            for index, value in enumerate(values)
        )

    def _check_fit(self) -> None:
        network = self._network(0, 0, 0.0)
        if network.in_dim not in (None, self.dataset.dim):
            raise ValueError(
                f"weights: take {network.in_dim} coordinates, "
                f"but the dataset has {self.dataset.dim}"
            )
        if network.out_dim not in (None, self.dataset.classes):
            raise ValueError(
                f"weights: give {network.out_dim} numbers, "
                f"but the dataset has {self.dataset.classes} classes"
            )


def _keys(layers: Sequence[str]) -> list[str]:
    """The keys of the linear layers, as in torch's ``nn.Sequential``."""
    return [str(index) for index, name in enumerate(layers) if name == Linear.name]


def _from_parts(tensors: files.Tensors, note: Mapping[str, Any]) -> Trajectory:
    if note.get("format") != FORMAT:
        raise ValueError(f"is of the format {note.get('format')!r}, want {FORMAT!r}")
    own = _own_layers(note.get("slopes", {}))
    layers = _as_layer_names(note.get("layers"), own)
    parameters = [[f"{key}.{kind}" for key in _keys(layers)] for kind in ("weight", "bias")]
    wanted = {"steps", "losses", "accuracies", "points", "labels", *parameters[0], *parameters[1]}
    if tensors.keys() != wanted:
        missing, foreign = sorted(wanted - tensors.keys()), sorted(tensors.keys() - wanted)
        raise ValueError(f"has other arrays than wanted: missing {missing}, unknown {foreign}")
    for name, array in tensors.items():
        kind = "int64" if name in ("steps", "labels") else "float64"
        if array.dtype != kind:
            raise ValueError(f"holds {name!r} as {array.dtype}, want {kind}")
    class_names, recipe = note.get("class_names"), note.get("recipe")
    checkpoints: Any = note.get("checkpoints")
    if not isinstance(class_names, list) or not isinstance(recipe, dict):
        raise ValueError("has no list of class names or no recipe in its note")
    dataset = Dataset(
        tensors["points"],
        tensors["labels"],
        [str(name) for name in class_names],
        str(note.get("dataset")),
    )
    return Trajectory(
        layers,
        tuple(tensors[name] for name in parameters[0]),
        tuple(tensors[name] for name in parameters[1]),
        tensors["steps"],
        tensors["losses"],
        tensors["accuracies"],
        dataset,
        checkpoints,
        recipe,
        own,
    )


def _slopes(own: Mapping[int, Layer]) -> dict[str, float]:
    """The slopes of the leaky relus among a network's own layers, by their place."""
    found = {str(i): layer.slope for i, layer in own.items() if isinstance(layer, LeakyReLU)}
    if len(found) < len(own):
        raise ValueError("layers: hold code, which no file keeps; name it in network.entry")
    return found


def _own_layers(slopes: Any) -> dict[int, Layer]:
    """The layers that :func:`_slopes` wrote."""
    if not isinstance(slopes, dict) or not all(key.isdecimal() for key in slopes):
        raise ValueError(f"has slopes {slopes!r} in its note, want a number for each place")
    return {int(key): LeakyReLU(slope) for key, slope in slopes.items()}


def _as_layer_names(value: Any, own: Mapping[int, Layer]) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise ValueError(f"layers: got {value!r}, want a list of layer names")
    for index, name in enumerate(value):
        if name != own[index].name if index in own else name not in LAYER_NAMES:
            raise ValueError(f"layers: got {name!r}, want names out of {', '.join(LAYER_NAMES)}")
    if own and not max(own) < len(value):
        raise ValueError(f"own: got a layer at {max(own)}, want places below {len(value)}")
    return tuple(value)


def _as_steps(value: ArrayLike) -> NDArray[np.int64]:
    steps = _as_integers(value, "steps")
    if not len(steps) or steps[0] < 0 or (np.diff(steps) <= 0).any():
        raise ValueError("steps: want at least one, all 0 or more and increasing")
    steps.flags.writeable = False
    return steps


def _as_checkpoints(value: Any, steps: NDArray[np.int64]) -> tuple[int, ...]:
    checkpoints = _as_integers(value, "checkpoints")
    if len(checkpoints) != len(CHECKPOINT_NAMES):
        raise ValueError(
            f"checkpoints: got {len(checkpoints)} steps, want {len(CHECKPOINT_NAMES)}: "
            f"{', '.join(CHECKPOINT_NAMES)}"
        )
    if (np.diff(checkpoints) < 0).any() or not np.isin(checkpoints, steps).all():
        raise ValueError(f"checkpoints: got {checkpoints.tolist()}, want recorded steps, in order")
    return tuple(checkpoints.tolist())


def _as_integers(value: ArrayLike, name: str) -> NDArray[np.int64]:
    raw = as_float_array(value, name, ndim=1)
    if (raw != np.floor(raw)).any() or not (np.abs(raw) < 2**53).all():
        raise ValueError(f"{name}: want integers")
    return raw.astype(np.int64)
