"""A network is a stack of layers; a trace is the data at every one of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from model.checks import ArrayLike, FloatArray, as_points
from model.layers import Layer

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, eq=False)
class Trace:
    """The data at the input and behind every layer.

    Attributes
    ----------
    points
        One array (n, d_l) for the input and one for each layer, input first.
    names
        One name for each entry of ``points``: ``x``, then the book's ``z1``
        (behind a linear layer), ``h1`` (behind its nonlinearity), ..., and
        ``y`` behind a closing softmax.
    """

    points: tuple[FloatArray, ...]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, name: str) -> FloatArray:
        """The data of the representation called ``name``."""
        if name not in self.names:
            raise ValueError(f"name: got {name!r}, want one of {', '.join(self.names)}")
        return self.points[self.names.index(name)]


class Network:
    """Layers applied one behind the other.

    Parameters
    ----------
    layers
        At least one layer; neighbours must agree on their width.

    Raises
    ------
    ValueError
        When there is no layer, something else than a layer, or two layers do
        not chain (the message names both).
    """

    def __init__(self, layers: Iterable[object]) -> None:
        self.layers = tuple(_layer(layer, index) for index, layer in enumerate(layers))
        if not self.layers:
            raise ValueError("layers: got none, want at least one layer")
        self.widths = _widths(self.layers)

    def __call__(self, x: ArrayLike) -> FloatArray:
        """Map datapoints, (n, d_in) -> (n, d_out)."""
        points = as_points(x, dim=self.in_dim)
        for layer in self.layers:
            points = layer.forward(points)
        return points

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __repr__(self) -> str:
        return f"Network({'-'.join(layer.name for layer in self.layers)})"

    @property
    def in_dim(self) -> int | None:
        """The input's width; None when no layer fixes it."""
        return self.widths[0]

    @property
    def out_dim(self) -> int | None:
        """The output's width; None when no layer fixes it."""
        return self.widths[-1]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the input and of every layer's output, as in :class:`Trace`."""
        return representation_names(self.layers)

    def trace(self, x: ArrayLike) -> Trace:
        """The datapoints at the input and behind every layer.

        Raises
        ------
        ValueError
            When ``x`` is not (n, d_in), is empty, or is not finite.
        """
        points = [as_points(x, dim=self.in_dim).copy()]
        for layer in self.layers:
            points.append(layer.forward(points[-1]))
        return Trace(tuple(points), self.names)

    @staticmethod
    def from_torch(module: nn.Module, *, in_dim: int | None = None) -> Network:
        """The network that a torch module computes; see :func:`model.torch_bridge.from_torch`."""
        from model.torch_bridge import from_torch

        return from_torch(module, in_dim=in_dim)

    def to_torch(self) -> nn.Sequential:
        """The same network as a ``torch.nn.Sequential`` in float64."""
        from model.torch_bridge import to_torch

        return to_torch(self)


def representation_names(layers: Sequence[Layer]) -> tuple[str, ...]:
    """Name the input and every layer's output as the book does (figure 1.6)."""
    names, depth = ["x"], 0
    for index, layer in enumerate(layers):
        if layer.name == "linear":
            depth += 1
            names.append(f"z{depth}")
        elif layer.name == "softmax" and index == len(layers) - 1:
            names.append("y")
        else:
            names.append(f"h{depth}" if f"h{depth}" not in names else f"h{depth}.{index}")
    return tuple(names)


def _layer(layer: object, index: int) -> Layer:
    """``layer``, once it is known to be one."""
    if not isinstance(layer, Layer):
        raise ValueError(
            f"layers[{index}]: got {type(layer).__name__}, want a layer of model.layers"
        )
    return layer


def _widths(layers: Sequence[Layer]) -> tuple[int | None, ...]:
    """The width of every representation, None where no layer fixes it."""
    first = next((layer.in_dim for layer in layers if layer.in_dim is not None), None)
    widths, giver = [first], "the input"
    for index, layer in enumerate(layers):
        if layer.in_dim is not None and layer.in_dim != widths[-1]:
            raise ValueError(
                f"layers[{index}] ({layer.name}): takes {layer.in_dim} coordinates, "
                f"but {giver} gives {widths[-1]}; want layers that chain"
            )
        if layer.out_dim is not None:
            giver = f"layers[{index}] ({layer.name})"
        widths.append(layer.out_dim if layer.out_dim is not None else widths[-1])
    return tuple(widths)
