"""One training run in torch: where it stands, and how it takes a step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import nn, optim
from torch.optim import lr_scheduler

from model.checks import FloatArray
from model.datasets import Dataset
from model.files import Tensors
from model.layers import Linear
from model.network import Network
from model.recipe import Recipe
from model.torch_bridge import to_torch
from model.trajectory import PARAMETER_FREE


class Descent:
    """A classifier on its way down the cross-entropy of its softmax (section 1.4).

    Everything is float64 on the CPU, and depends on the recipe and the data
    alone: no global generator is used.

    Parameters
    ----------
    dataset, recipe
        Data and network that fit each other (:meth:`Recipe.check_data`).
    """

    def __init__(self, dataset: Dataset, recipe: Recipe) -> None:
        self.recipe = recipe
        self.step = 0
        self.points = torch.tensor(dataset.points)
        self.labels = torch.tensor(dataset.labels)
        self.module = _module(recipe)
        self.linears = [child for child in self.module if isinstance(child, nn.Linear)]
        self.optimizer = _optimizer(self.module, recipe)
        self.schedule = _schedule(self.optimizer, recipe)

    def measure(self) -> tuple[float, float]:
        """The mean cross-entropy in nats, and the share classified rightly, over all data."""
        with torch.no_grad():
            logits = self.module[:-1](self.points)
            loss = nn.functional.cross_entropy(logits, self.labels)
            accuracy = (logits.argmax(dim=1) == self.labels).double().mean()
        return float(loss), float(accuracy)

    def advance(self, batch: Int[np.ndarray, " m"] | None) -> None:
        """Make one update, from the datapoints of these indices or from all."""
        rows = slice(None) if batch is None else torch.from_numpy(batch)
        self.optimizer.zero_grad()
        logits = self.module[:-1](self.points[rows])
        nn.functional.cross_entropy(logits, self.labels[rows]).backward()
        self.optimizer.step()
        self.schedule.step()
        self.step += 1

    def batches(self) -> Iterator[Int[np.ndarray, " m"] | None]:
        """The batches from here on; each epoch's order comes from the seed and its number."""
        size, count = self.recipe.batch_size, len(self.points)
        if size is None or size >= count:
            while True:
                yield None
        epoch, skip = divmod(self.step, math.ceil(count / size))
        while True:
            order = np.random.default_rng([self.recipe.seed, epoch]).permutation(count)
            for start in range(skip * size, count, size):
                yield order[start : start + size]
            epoch, skip = epoch + 1, 0

    def parameters(self) -> tuple[list[FloatArray], list[FloatArray]]:
        """Copies of the linear layers' weights and biases."""
        return (
            [linear.weight.detach().numpy().copy() for linear in self.linears],
            [linear.bias.detach().numpy().copy() for linear in self.linears],
        )

    def state(self) -> tuple[Tensors, dict[str, Any]]:
        """All that is needed to go on from here: arrays, and plain values."""
        tensors = {f"theta.{key}": value.numpy() for key, value in self.module.state_dict().items()}
        scalars: dict[str, float] = {}
        found = self.optimizer.state_dict()
        for index, entry in found["state"].items():
            for key, value in entry.items():
                if value.ndim:
                    tensors[f"optimizer.{index}.{key}"] = value.numpy()
                else:
                    scalars[f"{index}.{key}"] = float(value)
        note = {
            "step": self.step,
            "groups": found["param_groups"],
            "scalars": scalars,
            "schedule": self.schedule.state_dict(),
        }
        return tensors, note

    def restore(self, tensors: Tensors, note: dict[str, Any]) -> None:
        """Go back to where :meth:`state` was taken."""
        if not 0 <= note["step"] <= self.recipe.steps:
            raise ValueError(f"step {note['step']} of {self.recipe.steps}")
        theta: dict[str, torch.Tensor] = {}
        entries: dict[int, dict[str, torch.Tensor]] = {}
        for name, array in tensors.items():
            kind, _, key = name.partition(".")
            if kind == "theta":
                theta[key] = torch.tensor(array)
            elif kind == "optimizer":
                index, _, entry = key.partition(".")
                entries.setdefault(int(index), {})[entry] = torch.tensor(array)
        for name, value in note["scalars"].items():
            index, _, entry = name.partition(".")
            entries.setdefault(int(index), {})[entry] = torch.tensor(value, dtype=torch.float32)
        self.module.load_state_dict(theta)
        self.optimizer.load_state_dict({"state": entries, "param_groups": note["groups"]})
        self.schedule.load_state_dict(note["schedule"])
        self.step = note["step"]


def _module(recipe: Recipe) -> nn.Sequential:
    """The untrained network."""
    pairs = iter(zip(recipe.widths, recipe.widths[1:], strict=False))
    layers = [
        Linear(np.zeros(next(pairs)[::-1])) if name == Linear.name else PARAMETER_FREE[name]()
        for name in recipe.layers
    ]
    module = to_torch(Network(layers))
    generator = torch.Generator().manual_seed(recipe.seed)
    for child in module:
        if isinstance(child, nn.Linear):
            _initialise(child, recipe.init, generator)
    return module


def _initialise(linear: nn.Linear, init: str, generator: torch.Generator) -> None:
    """As ``nn.Linear.reset_parameters`` (which takes no generator), but for ``init``."""
    if init == "default":
        nn.init.kaiming_uniform_(linear.weight, a=math.sqrt(5), generator=generator)
    else:
        getattr(nn.init, f"{init}_")(linear.weight, generator=generator)
    bound = linear.in_features**-0.5
    nn.init.uniform_(linear.bias, -bound, bound, generator=generator)


def _optimizer(module: nn.Module, recipe: Recipe) -> optim.Optimizer:
    make: Callable[..., optim.Optimizer] = getattr(optim, recipe.optimizer)
    return make(module.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay)


def _schedule(optimizer: optim.Optimizer, recipe: Recipe) -> lr_scheduler.LRScheduler:
    steps = recipe.steps
    match recipe.schedule:
        case "linear":
            return lr_scheduler.LinearLR(optimizer, 1.0, 0.0, total_iters=steps)
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(optimizer, T_max=steps)
        case "one cycle":
            peak = recipe.learning_rate
            return lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps + 1)
    return lr_scheduler.ConstantLR(optimizer, factor=1.0, total_iters=0)
