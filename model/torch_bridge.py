"""To torch and back. The only place outside training that imports torch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn.utils import skip_init

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
from model.network import Network


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


def from_torch(module: nn.Module) -> Network:
    """Return the network that ``module`` computes.

    Parameters
    ----------
    module
        A known layer, or an ``nn.Sequential`` (nested at will) of known ones.
        Dropout becomes the identity, and BatchNorm1d is folded into the linear
        layer before it (or becomes one, if there is none): both as in ``eval()``.

    Raises
    ------
    ValueError
        When a layer is of an unknown type: the message gives its place and
        type and the types that are known. Also when Dropout or BatchNorm1d
        are in training mode, or Flatten would not keep rows apart.
    """
    layers: list[Layer] = []
    for path, child in _leaves(module, "module"):
        layer, before = _to_layer(path, child), layers[-1] if layers else None
        if isinstance(child, nn.BatchNorm1d) and isinstance(before, Linear):
            layers[-1] = _fold(path, before, layer)
        else:
            layers.append(layer)
    return Network(layers)


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


def _leaves(module: nn.Module, path: str) -> list[tuple[str, nn.Module]]:
    if not isinstance(module, nn.Sequential):
        return [(path, module)]
    return [
        leaf for index, child in enumerate(module) for leaf in _leaves(child, f"{path}[{index}]")
    ]


def _to_layer(path: str, module: nn.Module) -> Layer:
    convert = _FROM_TORCH.get(type(module))
    if convert is None:
        known = ", ".join(kind.__name__ for kind in _FROM_TORCH)
        raise ValueError(f"{path}: got {type(module).__name__}, want one of {known} or Sequential")
    return convert(module)


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
        case Softmax():
            return nn.Softmax(dim=-1)
        case L2Norm():
            return Normalize()
        case Identity() | ReLU() | Tanh() | Sigmoid():
            return getattr(nn, type(layer).__name__)()
    raise ValueError(f"layer: {type(layer).__name__} has no counterpart in torch")
