"""To torch and back. The only place outside training that imports torch."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import nn
from torch.nn.utils import skip_init

from model.checks import FloatArray
from model.layers import (
    MODULE,
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
from model.network import Network

_PROBES = 7


class Normalize(nn.Module):
    """``x / |x|`` over the last axis, as :class:`model.layers.L2Norm`."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.normalize(x, dim=-1)


def _linear(module: nn.Linear) -> Linear:
    weight = module.weight.detach().to("cpu", torch.float64).numpy()
    bias = None if module.bias is None else module.bias.detach().to("cpu", torch.float64).numpy()
    return Linear(weight, bias)


def _softmax(module: nn.Softmax) -> Softmax:
    if module.dim not in (-1, 1):
        raise ValueError(f"module: got Softmax over dim {module.dim}, want dim -1 or 1")
    return Softmax()


def _flatten(module: nn.Flatten) -> Identity:
    if module.start_dim != 1 or module.end_dim not in (-1, 1):
        raise ValueError(
            f"module: got Flatten from dim {module.start_dim} to {module.end_dim}, "
            "want 1 to -1, so that rows stay datapoints"
        )
    return Identity()


def _dropout(module: nn.Dropout) -> Identity:
    _check_eval(module)
    return Identity()


def _batch_norm(module: nn.BatchNorm1d) -> Linear:
    """What the running statistics make of it: each unit scaled and shifted by itself."""
    _check_eval(module)
    if module.running_mean is None or module.running_var is None:
        raise ValueError("module: got BatchNorm1d without running statistics, want them tracked")
    one = torch.ones(module.num_features)
    mean, variance, gain, shift = (
        value.detach().to("cpu", torch.float64).numpy()
        for value in (
            module.running_mean,
            module.running_var,
            one if module.weight is None else module.weight,
            0 * one if module.bias is None else module.bias,
        )
    )
    scale = gain / np.sqrt(variance + module.eps)
    return Linear(np.diag(scale), shift - scale * mean)


def _check_eval(module: nn.Module) -> None:
    if module.training:
        raise ValueError(
            f"module: got {type(module).__name__} in training mode, want eval(): "
            "call eval() on the module first"
        )


_FROM_TORCH: dict[type[nn.Module], Callable[..., Layer]] = {
    nn.Linear: _linear,
    nn.Identity: lambda module: Identity(),
    nn.ReLU: lambda module: ReLU(),
    nn.LeakyReLU: lambda module: LeakyReLU(module.negative_slope),
    nn.Tanh: lambda module: Tanh(),
    nn.Sigmoid: lambda module: Sigmoid(),
    nn.Softmax: _softmax,
    nn.Flatten: _flatten,
    nn.Dropout: _dropout,
    nn.BatchNorm1d: _batch_norm,
    Normalize: lambda module: L2Norm(),
}


@dataclass(frozen=True, eq=False)
class Captured(Layer):
    """A torch module of any other kind, known by what it gives out; width d_in to d_out.

    Nothing is known of what happens within: it is drawn as one move without a
    name, and geometry through it is sampled, not exact.
    """

    module: nn.Module
    dtype: torch.dtype
    d_in: int
    d_out: int

    name: ClassVar[str] = MODULE

    @property
    def kind(self) -> str:
        """What the module's class is called, or each one's in a row of them."""
        parts = self.module if isinstance(self.module, nn.Sequential) else [self.module]
        return ", ".join(type(part).__name__ for part in parts)

    @property
    def in_dim(self) -> int:
        return self.d_in

    @property
    def out_dim(self) -> int:
        return self.d_out

    def forward(self, x: FloatArray) -> FloatArray:
        with torch.inference_mode():
            found = self.module(torch.from_numpy(np.array(x)).to(self.dtype))
        values = found.to("cpu", torch.float64).numpy()
        if values.shape != (len(x), self.d_out) or not np.isfinite(values).all():
            raise ValueError(
                f"module: {type(self.module).__name__} gave shape {values.shape} with "
                f"{int((~np.isfinite(values)).sum())} numbers that are not finite, "
                f"want finite ({len(x)}, {self.d_out})"
            )
        return values


def from_torch(module: nn.Module, *, in_dim: int | None = None) -> Network:
    """Return the network that ``module`` computes.

    Parameters
    ----------
    module
        Any module that maps rows of datapoints by themselves; an
        ``nn.Sequential`` (nested at will) is taken apart. Dropout becomes the
        identity, and BatchNorm1d is folded into the linear layer before it (or
        becomes one, if there is none): both as in ``eval()``. A module of
        another kind is kept whole, as a :class:`Captured` layer, together with
        those behind it until the output is (n, d) again.
    in_dim
        The width of the input. Needed only when the first layer is of another
        kind and does not tell it.

    Raises
    ------
    ValueError
        When Dropout or BatchNorm1d are in training mode, Flatten would not
        keep rows apart, or another module cannot be run, does not give
        (n, d) numbers, or gives a row other numbers in other company.
    """
    layers: list[Layer] = []
    rest = leaves(module)
    while rest:
        path, child = rest.pop(0)
        before = layers[-1] if layers else None
        convert = _FROM_TORCH.get(type(child))
        if convert is None:
            width = _width_before(layers, in_dim) or _stated_width(child, rest)
            layers.append(_capture(path, child, rest, width))
        elif isinstance(child, nn.BatchNorm1d) and isinstance(before, Linear):
            layers[-1] = _fold(path, before, convert(child))
        else:
            layers.append(convert(child))
    return Network(layers)


def leaves(module: nn.Module, path: str = "module") -> list[tuple[str, nn.Module]]:
    """The modules in an ``nn.Sequential``, nested at will, each with its place."""
    if not isinstance(module, nn.Sequential):
        return [(path, module)]
    return [
        leaf for index, child in enumerate(module) for leaf in leaves(child, f"{path}[{index}]")
    ]


def to_torch(network: Network) -> nn.Sequential:
    """Return ``network`` as a float64 ``nn.Sequential`` on the CPU."""
    return nn.Sequential(*(_to_module(layer) for layer in network))


def _fold(path: str, first: Linear, second: Layer) -> Linear:
    """The one linear layer that does what two do."""
    if not isinstance(second, Linear) or second.in_dim != first.out_dim:
        raise ValueError(
            f"{path}: takes {second.in_dim} coordinates, but the layer before gives "
            f"{first.out_dim}; want layers that chain"
        )
    return Linear(second.weight @ first.weight, second.weight @ first.bias + second.bias)


def _width_before(layers: list[Layer], in_dim: int | None) -> int | None:
    """How wide the output of the layers so far is, if that is known."""
    for layer in reversed(layers):
        if layer.out_dim is not None:
            return layer.out_dim
    return in_dim


def _stated_width(module: nn.Module, rest: list[tuple[str, nn.Module]]) -> int | None:
    """The width that a module, or else one behind it, says it takes."""
    for part in (*module.modules(), *(child for _, child in rest)):
        for name in ("in_features", "num_features"):
            if isinstance(width := getattr(part, name, None), int):
                return width
    return None


def _capture(
    path: str, module: nn.Module, rest: list[tuple[str, nn.Module]], width: int | None
) -> Captured:
    """A module kept whole; of the ``rest``, so many are taken along as it takes to give (n, d)."""
    kind = type(module).__name__
    if width is None:
        raise ValueError(f"{path}: {kind} does not tell how wide its input is; pass in_dim")
    taken = [module]
    while True:
        whole = taken[0] if len(taken) == 1 else nn.Sequential(*taken)
        copy, dtype, probe, found = _tried(path, whole, width)
        if found.ndim == 2:
            break
        if not rest:
            raise ValueError(f"{path}: {kind} gives shape {tuple(found.shape)}, want (n, d)")
        taken.append(rest.pop(0)[1])
    captured = Captured(copy, dtype, width, int(found.shape[1]))
    every, some = captured.forward(probe), captured.forward(probe[::2])
    if not np.allclose(every[::2], some, rtol=1e-4, atol=1e-5):
        raise ValueError(
            f"{path}: {kind} gives a row other numbers in other company, want each row mapped "
            "by itself: call eval() on the module first"
        )
    return captured


def _tried(
    path: str, module: nn.Module, width: int
) -> tuple[nn.Module, torch.dtype, FloatArray, torch.Tensor]:
    """A copy that runs, in float64 if it can, its type, what was put in, and what came out."""
    probe = np.random.default_rng(0).normal(size=(_PROBES, width))
    problem: Exception | None = None
    for dtype in (torch.float64, torch.float32):
        try:
            copy = deepcopy(module).to("cpu", dtype)
            with torch.inference_mode():
                found = copy(torch.from_numpy(probe).to(dtype))
        except Exception as error:
            problem = problem or error
            continue
        if not isinstance(found, torch.Tensor) or len(found) != _PROBES:
            got = f"shape {tuple(found.shape)}" if hasattr(found, "shape") else type(found).__name__
            raise ValueError(f"{path}: {type(module).__name__} gives {got}, want a tensor (n, d)")
        return copy, dtype, probe, found
    told = str(problem).split("\n")[0]
    raise ValueError(
        f"{path}: {type(module).__name__} does not run on ({_PROBES}, {width}): {told}"
    )


def _to_module(layer: Layer) -> nn.Module:
    match layer:
        case Linear():
            module = skip_init(nn.Linear, layer.in_dim, layer.out_dim, dtype=torch.float64)
            with torch.no_grad():
                module.weight.copy_(torch.tensor(layer.weight))
                module.bias.copy_(torch.tensor(layer.bias))
            return module
        case LeakyReLU():
            return nn.LeakyReLU(layer.slope)
        case Captured():
            return deepcopy(layer.module)
        case Softmax():
            return nn.Softmax(dim=-1)
        case L2Norm():
            return Normalize()
        case Identity() | ReLU() | Tanh() | Sigmoid():
            return getattr(nn, type(layer).__name__)()
    raise ValueError(f"layer: {type(layer).__name__} has no counterpart in torch")
