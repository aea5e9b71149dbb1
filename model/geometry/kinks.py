"""What geometry has to know of a layer: where it bends, and when a unit is at zero."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int8

from model.layers import Layer, LeakyReLU, Linear, ReLU
from model.network import Network

ZERO = 64 * np.finfo(np.float64).eps
"""A unit is at zero when it is no further from it than this part of what it adds up."""


def bends(layer: Layer) -> bool:
    """Whether the layer is piecewise linear with a kink where a unit is zero."""
    return isinstance(layer, ReLU) or (isinstance(layer, LeakyReLU) and layer.slope != 1)


def straight_prefix(net: Network) -> tuple[Layer, ...]:
    """The layers before the first smooth one: all of them in a piecewise-linear network."""
    smooth = [index for index, layer in enumerate(net) if not layer.piecewise_linear]
    return net.layers[: smooth[0]] if smooth else net.layers


def largest_sums(
    layer: Layer, x: Float[np.ndarray, "n d_in"], before: Float[np.ndarray, " d_in"]
) -> Float[np.ndarray, " d_out"]:
    """The largest sum of magnitudes each unit of ``layer`` adds up over the datapoints ``x``.

    Rounding errors are proportional to it, however small the sum itself comes out.
    Layers that add nothing up keep the sums of the layer ``before``.
    """
    if isinstance(layer, Linear):
        return np.asarray(np.abs(layer.weight) @ np.abs(x).max(axis=0) + np.abs(layer.bias))
    return before


def signs(
    values: Float[np.ndarray, "*shape d"], sums: Float[np.ndarray, " d"]
) -> Int8[np.ndarray, "*shape d"]:
    """-1, 0 or 1: on which side of zero each unit is, 0 within rounding."""
    return np.where(np.abs(values) > ZERO * sums, np.sign(values), 0).astype(np.int8)


def forward(
    layers: Sequence[Layer], x: Float[np.ndarray, "n d_in"]
) -> list[Float[np.ndarray, "n _"]]:
    """The datapoints at the input and behind every one of ``layers``."""
    points = [x]
    for layer in layers:
        points.append(layer.forward(points[-1]))
    return points
