"""The Gaussian in any number of dimensions, and its exact image under linear layers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from model.checks import ArrayLike, FloatArray, as_float_array, as_points, read_only
from model.density.base import as_count, as_real
from model.density.pieces import layers_of
from model.density.sources import Gaussian
from model.layers import Identity, Layer, Linear
from model.network import Network


@dataclass(frozen=True, eq=False, init=False)
class GaussianND:
    """The normal distribution N(mean, cov) of points with d coordinates.

    The covariance may be singular: the distribution then lies on a flat of
    :attr:`rank` dimensions and has no density.

    Parameters
    ----------
    mean
        (d,), d at least 1.
    cov
        (d, d), symmetric and positive semidefinite.

    Raises
    ------
    ValueError
        When the shapes do not fit, a number is not finite, or the covariance
        is no covariance.
    """

    mean: Float[np.ndarray, " d"]
    cov: Float[np.ndarray, "d d"]

    def __init__(self, mean: ArrayLike, cov: ArrayLike) -> None:
        mean = as_float_array(mean, "mean", ndim=1)
        cov = as_float_array(cov, "cov", ndim=2)
        if mean.size == 0 or cov.shape != (len(mean), len(mean)):
            raise ValueError(
                f"mean, cov: got shapes {mean.shape} and {cov.shape}, "
                "want (d,) and (d, d) with d at least 1"
            )
        size = float(np.abs(cov).max())
        if np.abs(cov - cov.T).max() > 1e-12 * size:
            raise ValueError("cov: got a matrix that is not symmetric, want a covariance")
        cov = (cov + cov.T) / 2
        least = float(np.linalg.eigvalsh(cov).min())
        if least < -1e-12 * size:
            raise ValueError(
                f"cov: got a matrix with the negative eigenvalue {least:g}, "
                "want a covariance (positive semidefinite)"
            )
        object.__setattr__(self, "mean", read_only(mean))
        object.__setattr__(self, "cov", read_only(cov))

    @property
    def dim(self) -> int:
        return len(self.mean)

    @cached_property
    def _spectrum(self) -> tuple[FloatArray, FloatArray]:
        values, vectors = np.linalg.eigh(self.cov)
        floor = self.dim * np.finfo(np.float64).eps * values.max()
        return np.where(values > floor, values, 0.0), vectors

    @property
    def rank(self) -> int:
        """The dimensions it spreads over: d, or fewer when the covariance is singular."""
        return int(np.count_nonzero(self._spectrum[0]))

    @property
    def singular(self) -> bool:
        """Whether it lies on a flat of fewer than d dimensions."""
        return self.rank < self.dim

    @cached_property
    def root(self) -> Float[np.ndarray, "d d"]:
        """The symmetric square root of ``cov``; it moves continuously with ``cov``."""
        values, vectors = self._spectrum
        return read_only((vectors * np.sqrt(values)) @ vectors.T)

    def sample(self, n: int, *, seed: int) -> Float[np.ndarray, "n d"]:
        """Draw ``n`` points as ``mean + root z`` with z standard normal.

        Raises
        ------
        ValueError
            When ``n`` is below 1.
        """
        noise = np.random.default_rng(seed).standard_normal((as_count(n), self.dim))
        return self.mean + noise @ self.root

    def distance(self, points: ArrayLike) -> Float[np.ndarray, " n"]:
        """The Mahalanobis distance of each point (n, d) from the mean.

        Raises
        ------
        ValueError
            When the points are not (n, d) or the covariance is singular.
        """
        self._require_density()
        values, vectors = self._spectrum
        offsets = (as_points(points, "points", dim=self.dim) - self.mean) @ vectors
        return np.linalg.norm(offsets / np.sqrt(values), axis=1)

    def pdf(self, points: ArrayLike) -> Float[np.ndarray, " n"]:
        """The density at each point (n, d).

        Raises
        ------
        ValueError
            When the points are not (n, d) or the covariance is singular.
        """
        squared = self.distance(points) ** 2
        log_volume = np.log(2 * np.pi * self._spectrum[0]).sum()
        return np.exp(-0.5 * (squared + log_volume))

    def marginal(self, index: int) -> Gaussian:
        """The distribution of one coordinate.

        Raises
        ------
        ValueError
            When there is no such coordinate, or it does not vary.
        """
        if not 0 <= index < self.dim:
            raise ValueError(f"index: got {index}, want 0 to {self.dim - 1}")
        variance = max(float(self.cov[index, index]), 0.0)
        return Gaussian(float(self.mean[index]), float(np.sqrt(variance)))

    def ellipse(self, k: ArrayLike, n: int = 128) -> Float[np.ndarray, "n 2"]:
        """``n`` points round the contour at Mahalanobis distance ``k`` (2-D only), not closed.

        With a singular covariance the contour is a segment (or a point), there
        and back.

        Raises
        ------
        ValueError
            When d is not 2, ``k`` is below 0 or ``n`` below 1.
        """
        if self.dim != 2:
            raise ValueError(f"ellipse: got a Gaussian in {self.dim} dimensions, want 2")
        radius = as_real(k, "k")
        if radius < 0:
            raise ValueError(f"k: got {radius:g}, want a distance of at least 0")
        turn = np.linspace(0, 2 * np.pi, as_count(n), endpoint=False)
        circle = np.column_stack([np.cos(turn), np.sin(turn)])
        return self.mean + radius * circle @ self.root

    def through(self, net: Network | Layer) -> GaussianND:
        """Its exact image under linear layers: N(W mean + b, W cov W^T).

        See :attr:`singular` for whether the image is flat.

        Raises
        ------
        ValueError
            When a layer is not linear (no Gaussian comes out) or does not fit.
        """
        mean, cov = self.mean, self.cov
        for index, layer in enumerate(layers_of(net)):
            if isinstance(layer, Identity):
                continue
            if not isinstance(layer, Linear):
                raise ValueError(
                    f"net: layers[{index}] is {layer.name}, want linear layers only: "
                    "behind another layer the distribution is no Gaussian"
                )
            if layer.in_dim != len(mean):
                raise ValueError(
                    f"net: layers[{index}] takes {layer.in_dim} coordinates, want {len(mean)}"
                )
            mean = layer.weight @ mean + layer.bias
            cov = layer.weight @ cov @ layer.weight.T
        return GaussianND(mean, (cov + cov.T) / 2)

    def _require_density(self) -> None:
        if self.singular:
            raise ValueError(
                f"cov: it has rank {self.rank} in {self.dim} dimensions, so there is no density; "
                "want a covariance of full rank"
            )
