"""What to train and how: everything a run depends on except its data."""

from __future__ import annotations

import math
import operator
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, no_type_check

import numpy as np
from jaxtyping import Float, Int

from model import files
from model.datasets import Dataset
from model.trajectory import LAYER_NAMES

CLASSIFIER = ("linear", "relu", "linear", "relu", "linear", "softmax")
INITS = (
    "default",
    "orthogonal",
    "kaiming_uniform",
    "kaiming_normal",
    "xavier_uniform",
    "xavier_normal",
)
OPTIMIZERS = ("AdamW", "Adam", "SGD", "RMSprop")
SCHEDULES = ("constant", "linear", "cosine", "one cycle")

MAX_WIDTH = 4096
MAX_STEPS = 1_000_000
MAX_FRAMES = 10_000


@no_type_check  # entries are checked here, with messages for who wrote them
@dataclass(frozen=True)
class Recipe:
    """A classifier and its training. The defaults are the chapter's: every layer two wide.

    Attributes
    ----------
    layers
        Layer names, first to last; the last one is ``softmax``.
    widths
        The input's width, then that of each linear layer's output.
    init
        How weights start, by ``torch.nn.init``: one of :data:`INITS`, where
        ``default`` is what ``nn.Linear`` does, as biases always do.
    optimizer, learning_rate, weight_decay
        One of :data:`OPTIMIZERS`, from ``torch.optim``, and its arguments.
    schedule
        The learning rate over the run, from ``torch.optim.lr_scheduler``: one
        of :data:`SCHEDULES`.
    batch_size
        Datapoints in each update; None for all of them.
    steps
        The number of updates.
    frames
        About how many iterates to record: more densely early, when more moves.
    seed
        Of the first parameters and of the order of the batches.

    Raises
    ------
    ValueError
        When an entry is unknown, out of range, or the widths do not fit the layers.
    """

    layers: tuple[str, ...] = CLASSIFIER
    widths: tuple[int, ...] = (2, 2, 2, 2)
    init: str = "orthogonal"
    optimizer: str = "AdamW"
    learning_rate: float = 0.01
    weight_decay: float = 0.05
    schedule: str = "constant"
    batch_size: int | None = None
    steps: int = 2000
    frames: int = 400
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", _as_layers(self.layers))
        object.__setattr__(self, "widths", _as_widths(self.widths, self.layers.count("linear")))
        for name, known in (("init", INITS), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)):
            if getattr(self, name) not in known:
                raise ValueError(
                    f"{name}: got {getattr(self, name)!r}, want one of {', '.join(known)}"
                )
        for name, least in (("learning_rate", math.ulp(0.0)), ("weight_decay", 0.0)):
            object.__setattr__(self, name, _as_number(getattr(self, name), name, least))
        for name, least, most in (
            ("steps", 1, MAX_STEPS),
            ("frames", 2, MAX_FRAMES),
            ("seed", 0, 2**63 - 1),
            ("batch_size", 1, 2**63 - 1),
        ):
            if (value := getattr(self, name)) is not None or name != "batch_size":
                object.__setattr__(self, name, _as_integer(value, name, least, most))

    def check_data(self, dataset: Dataset) -> None:
        """Refuse a dataset that the network does not fit, or a record too large to keep.

        Raises
        ------
        ValueError
            When the first or last width does not fit, or the recorded
            parameters and the data would exceed :data:`model.files.MAX_BYTES`.
        """
        if self.widths[0] != dataset.dim:
            raise ValueError(
                f"widths: the input is {self.widths[0]} wide, "
                f"but the datapoints have {dataset.dim} coordinates"
            )
        if self.widths[-1] != dataset.classes:
            raise ValueError(
                f"widths: the output is {self.widths[-1]} wide, "
                f"but the dataset has {dataset.classes} classes"
            )
        parameters = sum(
            (before + 1) * after
            for before, after in zip(self.widths, self.widths[1:], strict=False)
        )
        size = 8 * (parameters * (self.frames + 1) + len(dataset) * (dataset.dim + 1))
        if size > files.MAX_BYTES - files.MAX_HEADER_BYTES:
            raise ValueError(
                f"frames: {self.frames} records of {parameters} parameters and the data take "
                f"{size} bytes, more than {files.MAX_BYTES}; record fewer or use smaller widths"
            )

    def recorded(self) -> Int[np.ndarray, " t"]:
        """The steps to record: about ``frames`` from 0 to ``steps``, as squares are spaced."""
        share = np.linspace(0.0, 1.0, min(self.frames, self.steps + 1))
        return np.unique(np.rint(self.steps * share**2).astype(np.int64))

    def as_dict(self) -> dict[str, Any]:
        """The entries as plain numbers, strings and lists."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }


def pick_checkpoints(
    steps: Int[np.ndarray, " t"], losses: Float[np.ndarray, " t"]
) -> tuple[int, int, int, int]:
    """Four steps that tell the story of a run (figure 1.8).

    The first iterate, the first with a third of the loss's whole fall behind
    it, the first with nine tenths, and the last.
    """
    fallen = (losses[0] - losses) >= np.array([[1 / 3], [9 / 10]]) * (losses[0] - losses[-1])
    first, second = (int(steps[row.argmax()]) for row in fallen)
    return int(steps[0]), first, max(first, second), int(steps[-1])


def _as_layers(value: Any) -> tuple[str, ...]:
    layers = _as_list(value, "layers")
    for name in layers:
        if name not in LAYER_NAMES:
            raise ValueError(f"layers: got {name!r}, want names out of {', '.join(LAYER_NAMES)}")
    if "linear" not in layers or layers[-1] != "softmax":
        raise ValueError(
            f"layers: got {', '.join(layers) or 'none'}; want at least one linear layer and "
            "softmax at the end, for the loss is the cross-entropy of its output"
        )
    return layers


def _as_widths(value: Any, linears: int) -> tuple[int, ...]:
    widths = tuple(
        _as_integer(width, "widths", 1, MAX_WIDTH) for width in _as_list(value, "widths")
    )
    if len(widths) != linears + 1:
        raise ValueError(
            f"widths: got {len(widths)}, want {linears + 1}: "
            f"the input's and one for each of the {linears} linear layers"
        )
    return widths


def _as_list(value: Any, name: str) -> tuple[Any, ...]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError(f"{name}: got {value!r}, want a list")
    return tuple(value)


def _as_integer(value: Any, name: str, least: int, most: int) -> int:
    try:
        number = operator.index(value)
    except TypeError as error:
        raise ValueError(f"{name}: got {value!r}, want an integer") from error
    if not least <= number <= most:
        raise ValueError(f"{name}: got {number}, want {least} to {most}")
    return number


def _as_number(value: Any, name: str, least: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name}: got {value!r}, want a number") from error
    if not least <= number < math.inf:
        wanted = "a finite number, 0 or more" if least == 0 else "a finite number above 0"
        raise ValueError(f"{name}: got {number:g}, want {wanted}")
    return number
