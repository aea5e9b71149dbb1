"""The layers: each one a frozen, pure function on rows of datapoints.

All take and return float64 arrays of shape (n, d), one datapoint a row. Shapes
and formulas are those of the chapter's section 1.2 and of ``torch.nn``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from model.checks import ArrayLike, FloatArray, as_float_array, as_points, read_only

MODULE = "module"  # the name of layers of which only the output is known


@dataclass(frozen=True)
class Layer:
    """A map of datapoints, (n, d_in) -> (n, d_out).

    Attributes
    ----------
    name
        What the book calls it, e.g. ``relu``.
    piecewise_linear
        Whether it sends straight segments to polylines, so that geometry
        through it is exact.
    in_dim, out_dim
        The widths it takes and gives; None for a layer that keeps any width.
    """

    name: ClassVar[str]
    piecewise_linear: ClassVar[bool] = False

    @property
    def in_dim(self) -> int | None:
        return None

    @property
    def out_dim(self) -> int | None:
        return None

    def __call__(self, x: ArrayLike) -> FloatArray:
        """Map datapoints, (n, d_in) -> (n, d_out).

        Raises
        ------
        ValueError
            When ``x`` is not (n, d_in), is empty, or is not finite.
        """
        return self.forward(as_points(x, dim=self.in_dim))

    def forward(self, x: FloatArray) -> FloatArray:
        """Map datapoints that are known to be float64 of the right shape."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False, init=False)
class Linear(Layer):
    """``x W^T + b`` (equation 1.1): weight (d_out, d_in), bias (d_out,), zero when left out.

    Raises
    ------
    ValueError
        When the weight is not a finite matrix or the bias does not fit it.
    """

    weight: FloatArray
    bias: FloatArray

    name: ClassVar[str] = "linear"
    piecewise_linear: ClassVar[bool] = True

    def __init__(self, weight: ArrayLike, bias: ArrayLike | None = None) -> None:
        weight = as_float_array(weight, "weight", ndim=2)
        if weight.size == 0:
            raise ValueError(
                f"weight: got shape {weight.shape}, want (d_out, d_in), both at least 1"
            )
        bias = as_float_array(np.zeros(len(weight)) if bias is None else bias, "bias", ndim=1)
        if len(bias) != len(weight):
            raise ValueError(
                f"bias: got shape {bias.shape}, want ({len(weight)},) to fit weight {weight.shape}"
            )
        object.__setattr__(self, "weight", read_only(weight))
        object.__setattr__(self, "bias", read_only(bias))

    @property
    def in_dim(self) -> int:
        return int(self.weight.shape[1])

    @property
    def out_dim(self) -> int:
        return int(self.weight.shape[0])

    def forward(self, x: FloatArray) -> FloatArray:
        return x @ self.weight.T + self.bias


@dataclass(frozen=True)
class Identity(Layer):
    """``x``."""

    name: ClassVar[str] = "identity"
    piecewise_linear: ClassVar[bool] = True

    def forward(self, x: FloatArray) -> FloatArray:
        return x.copy()


@dataclass(frozen=True)
class ReLU(Layer):
    """``max(x, 0)``, unit by unit (equation 1.2)."""

    name: ClassVar[str] = "relu"
    piecewise_linear: ClassVar[bool] = True

    def forward(self, x: FloatArray) -> FloatArray:
        return np.maximum(x, 0.0)


@dataclass(frozen=True, init=False)
class LeakyReLU(Layer):
    """``x`` where x >= 0 and ``slope * x`` elsewhere; slope as torch's ``negative_slope``."""

    slope: float

    name: ClassVar[str] = "leaky relu"
    piecewise_linear: ClassVar[bool] = True

    def __init__(self, slope: ArrayLike = 0.01) -> None:
        object.__setattr__(self, "slope", float(as_float_array(slope, "slope", ndim=0)))

    def forward(self, x: FloatArray) -> FloatArray:
        return np.where(x >= 0, x, self.slope * x)


@dataclass(frozen=True)
class Tanh(Layer):
    """``tanh(x)``, unit by unit."""

    name: ClassVar[str] = "tanh"

    def forward(self, x: FloatArray) -> FloatArray:
        return np.tanh(x)


@dataclass(frozen=True)
class Sigmoid(Layer):
    """``1 / (1 + exp(-x))``, unit by unit."""

    name: ClassVar[str] = "sigmoid"

    def forward(self, x: FloatArray) -> FloatArray:
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, small) / (1.0 + small)


@dataclass(frozen=True)
class Softmax(Layer):
    """``exp(x_i) / sum_j exp(x_j)`` over each row (equation 1.6): onto the simplex."""

    name: ClassVar[str] = "softmax"

    def forward(self, x: FloatArray) -> FloatArray:
        powers = np.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class L2Norm(Layer):
    """``x / |x|`` over each row: onto the unit sphere.

    The origin has no direction; it stays where it is, as in
    ``torch.nn.functional.normalize``, which divides by ``max(|x|, 1e-12)``.
    """

    name: ClassVar[str] = "L2-norm"

    def forward(self, x: FloatArray) -> FloatArray:
        norm = np.linalg.norm(x, axis=1, keepdims=True)
        return x / np.maximum(norm, 1e-12)
