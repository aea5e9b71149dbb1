"""What a 1-D layer is made of: strictly monotone pieces with exact inverses, and flat ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logit

from model.checks import FloatArray
from model.layers import Identity, Layer, LeakyReLU, Linear, ReLU, Sigmoid, Tanh
from model.network import Network

SIGMOID, TANH = Sigmoid(), Tanh()
KNOWN = "linear, relu, leaky relu, sigmoid, tanh and identity"


@dataclass(frozen=True)
class Affine:
    """``weight * x + bias``, the weight not 0.

    Every piece has ``forward`` and ``inverse``, ``log_stretch(x)``, the
    logarithm of its absolute slope at ``x``, and ``reach``: how far from 0 it
    bends, so that a mesh should follow it there.
    """

    weight: float
    bias: float = 0.0
    reach: float = 0.0

    @property
    def rising(self) -> bool:
        return self.weight > 0

    def forward(self, x: FloatArray) -> FloatArray:
        return self.weight * x + self.bias

    def inverse(self, y: FloatArray) -> FloatArray:
        return (y - self.bias) / self.weight

    def log_stretch(self, x: FloatArray) -> FloatArray:
        return np.full(x.shape, np.log(abs(self.weight)))


@dataclass(frozen=True)
class Logistic:
    """The sigmoid."""

    rising: bool = True
    reach: float = 36.0

    def forward(self, x: FloatArray) -> FloatArray:
        return SIGMOID.forward(x)

    def inverse(self, y: FloatArray) -> FloatArray:
        return np.asarray(logit(y))

    def log_stretch(self, x: FloatArray) -> FloatArray:
        size = np.abs(x)
        return -size - 2 * np.log1p(np.exp(-size))


@dataclass(frozen=True)
class HyperbolicTangent:
    """tanh."""

    rising: bool = True
    reach: float = 18.0

    def forward(self, x: FloatArray) -> FloatArray:
        return TANH.forward(x)

    def inverse(self, y: FloatArray) -> FloatArray:
        return np.arctanh(y)

    def log_stretch(self, x: FloatArray) -> FloatArray:
        size = np.abs(x)
        return 2 * (np.log(2) - size - np.log1p(np.exp(-2 * size)))


Piece = Affine | Logistic | HyperbolicTangent


@dataclass(frozen=True)
class Part:
    """A layer on the inputs from ``low`` to ``high``: a piece, or None where it is flat."""

    low: float
    high: float
    piece: Piece | None


def parts_of(layer: Layer) -> tuple[Part, ...]:
    """The parts of a 1-D layer, left to right; together they cover the line."""
    if isinstance(layer, Linear):
        return (_everywhere(_affine(float(layer.weight[0, 0]), float(layer.bias[0]))),)
    if isinstance(layer, ReLU):
        return _bent(0.0)
    if isinstance(layer, LeakyReLU):
        return _bent(layer.slope)
    smooth: dict[type[Layer], Piece] = {
        Identity: Affine(1.0),
        Sigmoid: Logistic(),
        Tanh: HyperbolicTangent(),
    }
    return (_everywhere(smooth[type(layer)]),)


def layers_of(net: Network | Layer) -> tuple[Layer, ...]:
    """The layers of a network, or the one layer given.

    Raises
    ------
    ValueError
        When ``net`` is neither.
    """
    if isinstance(net, Network):
        return net.layers
    if isinstance(net, Layer):
        return (net,)
    raise ValueError(f"net: got {type(net).__name__}, want a Network or a layer of model.layers")


def one_dimensional(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Return ``layers`` when each maps the line to itself in a known way.

    Raises
    ------
    ValueError
        When a layer has another width than 1 or is of a type not known here.
    """
    for index, layer in enumerate(layers):
        if not isinstance(layer, (Linear, ReLU, LeakyReLU, Sigmoid, Tanh, Identity)):
            why = " (over one coordinate it is constant)" if layer.name == "softmax" else ""
            raise ValueError(
                f"net: layers[{index}] is {layer.name}{why}, want layers of width 1 among {KNOWN}"
            )
        if isinstance(layer, Linear) and layer.weight.shape != (1, 1):
            raise ValueError(
                f"net: layers[{index}] (linear) has weight {layer.weight.shape}, "
                "want (1, 1): a stack of width 1 throughout"
            )
    return layers


def _everywhere(piece: Piece | None) -> Part:
    return Part(-np.inf, np.inf, piece)


def _affine(weight: float, bias: float = 0.0) -> Piece | None:
    return Affine(weight, bias) if weight != 0 else None


def _bent(slope: float) -> tuple[Part, ...]:
    """The identity above 0, ``slope`` times it below."""
    return (Part(-np.inf, 0.0, _affine(slope)), Part(0.0, np.inf, Affine(1.0)))
