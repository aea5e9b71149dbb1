"""To torch and back. The only place outside training that imports torch."""

from __future__ import annotations

from collections.abc import Callable

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


_FROM_TORCH: dict[type[nn.Module], Callable[..., Layer]] = {
    nn.Linear: _linear,
    nn.Identity: lambda module: Identity(),
    nn.ReLU: lambda module: ReLU(),
    nn.LeakyReLU: lambda module: LeakyReLU(module.negative_slope),
    nn.Tanh: lambda module: Tanh(),
    nn.Sigmoid: lambda module: Sigmoid(),
    nn.Softmax: _softmax,
    Normalize: lambda module: L2Norm(),
}


def from_torch(module: nn.Module) -> Network:
    """Return the network that ``module`` computes.

    Parameters
    ----------
    module
        A known layer, or an ``nn.Sequential`` (nested at will) of known ones.

    Raises
    ------
    ValueError
        When a layer is of an unknown type: the message gives its place and
        type and the types that are known.
    """
    return Network([_to_layer(path, child) for path, child in _leaves(module, "module")])


def to_torch(network: Network) -> nn.Sequential:
    """Return ``network`` as a float64 ``nn.Sequential`` on the CPU."""
    return nn.Sequential(*(_to_module(layer) for layer in network))


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
