"""Distributions to start from: Gaussian, uniform, mixtures, a sample as it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr, ndtri

from model.checks import ArrayLike, FloatArray, as_float_array, read_only
from model.density.base import Atoms, Distribution, as_real

TAILS = 9.0  # standard deviations that a Gaussian's mesh reaches: 1e-19 lies beyond


@dataclass(frozen=True, init=False)
class Gaussian(Distribution):
    """The normal distribution N(mean, std^2).

    Raises
    ------
    ValueError
        When a parameter is not finite or ``std`` is not above 0.
    """

    mean: float
    std: float

    def __init__(self, mean: ArrayLike = 0.0, std: ArrayLike = 1.0) -> None:
        object.__setattr__(self, "mean", as_real(mean, "mean"))
        object.__setattr__(self, "std", as_real(std, "std"))
        if self.std <= 0:
            raise ValueError(
                f"std: got {self.std:g}, want a number above 0 "
                "(Empirical([mean]) is the distribution that has one value only)"
            )

    @property
    def point_masses(self) -> Atoms:
        return Atoms.none()

    @property
    def edges(self) -> FloatArray:
        return np.empty(0)

    def bracket(self, tail: float) -> tuple[float, float]:
        reach = -self.std * float(ndtri(tail))
        return self.mean - reach, self.mean + reach

    def mesh(self, n: int) -> FloatArray:
        return self.mean + self.std * np.linspace(-TAILS, TAILS, n)

    def log_limit(self, x: FloatArray, side: int) -> FloatArray:
        with np.errstate(over="ignore"):
            z = (x - self.mean) / self.std
            return -0.5 * z * z - np.log(self.std) - 0.5 * np.log(2 * np.pi)

    def mass_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            a, b = (low - self.mean) / self.std, (high - self.mean) / self.std
        upper = a > 0
        mass = ndtr(np.where(upper, -a, b)) - ndtr(np.where(upper, -b, a))
        return np.maximum(mass, 0.0)

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        return rng.normal(self.mean, self.std, n)

    def _quantile(self, q: FloatArray) -> FloatArray:
        return np.asarray(self.mean + self.std * ndtri(q))


@dataclass(frozen=True, init=False)
class Uniform(Distribution):
    """The uniform distribution between ``low`` and ``high``.

    Raises
    ------
    ValueError
        When an end is not finite or ``low`` is not below ``high``.
    """

    low: float
    high: float

    def __init__(self, low: ArrayLike = 0.0, high: ArrayLike = 1.0) -> None:
        object.__setattr__(self, "low", as_real(low, "low"))
        object.__setattr__(self, "high", as_real(high, "high"))
        if not (self.low < self.high and np.isfinite(self.high - self.low)):
            raise ValueError(
                f"low, high: got {self.low:g} and {self.high:g}, want low below high, "
                "a finite distance apart"
            )

    @property
    def point_masses(self) -> Atoms:
        return Atoms.none()

    @property
    def edges(self) -> FloatArray:
        return np.array([self.low, self.high])

    def bracket(self, tail: float) -> tuple[float, float]:
        return self.low, self.high

    def mesh(self, n: int) -> FloatArray:
        return np.linspace(self.low, self.high, n)

    def log_limit(self, x: FloatArray, side: int) -> FloatArray:
        above = x >= self.low if side > 0 else x > self.low
        below = x < self.high if side > 0 else x <= self.high
        return np.where(above & below, -np.log(self.high - self.low), -np.inf)

    def mass_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        inside = np.minimum(high, self.high) - np.maximum(low, self.low)
        return np.maximum(inside, 0.0) / (self.high - self.low)

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        return rng.uniform(self.low, self.high, n)

    def _quantile(self, q: FloatArray) -> FloatArray:
        return self.low + q * (self.high - self.low)


class Empirical(Distribution):
    """A sample as it is: an atom of mass 1/n at each of its n values, and no density.

    Pushed through any layer it stays a set of atoms, at the images of the
    values. Sampling draws from the values with replacement.

    Parameters
    ----------
    values
        The sample, (n,) or (n, 1), n at least 1; equal values share an atom.

    Raises
    ------
    ValueError
        When there is no value, one is not finite, or the shape is another.
    """

    def __init__(self, values: ArrayLike) -> None:
        array = as_float_array(values, "values")
        if array.ndim == 2 and array.shape[1] == 1:
            array = array[:, 0]
        if array.ndim != 1 or array.size == 0:
            raise ValueError(f"values: got shape {array.shape}, want (n,) with n at least 1")
        self.values: Float[np.ndarray, " n"] = read_only(array)

    def __repr__(self) -> str:
        return f"Empirical({len(self.values)} values)"

    @cached_property
    def point_masses(self) -> Atoms:
        return Atoms.merged(self.values, np.full(len(self.values), 1 / len(self.values)))

    @property
    def edges(self) -> FloatArray:
        return np.empty(0)

    def bracket(self, tail: float) -> tuple[float, float]:
        return float(self.values.min()), float(self.values.max())

    def mesh(self, n: int) -> FloatArray:
        return np.empty(0)

    def log_limit(self, x: FloatArray, side: int) -> FloatArray:
        return np.full(x.shape, -np.inf)

    def mass_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        return np.zeros(high.shape)

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        return rng.choice(self.values, n)


class Mixture(Distribution):
    """A weighted mixture of any distributions of this module, pushforwards included.

    Parameters
    ----------
    weights
        One share for each component, none below 0, adding up to 1.
    components
        At least one distribution.

    Raises
    ------
    ValueError
        When the weights are no such shares or do not fit the components.
    """

    def __init__(self, weights: ArrayLike, components: Sequence[Distribution]) -> None:
        shares = as_float_array(weights, "weights", ndim=1)
        self.components = tuple(components)
        for index, component in enumerate(self.components):
            if not isinstance(component, Distribution):
                raise ValueError(
                    f"components[{index}]: got {type(component).__name__}, "
                    "want a distribution of model.density"
                )
        if len(shares) != len(self.components) or len(shares) == 0:
            raise ValueError(
                f"weights: got {len(shares)} for {len(self.components)} components, "
                "want one for each and at least one"
            )
        if (shares < 0).any() or abs(shares.sum() - 1) > 1e-9:
            raise ValueError(
                f"weights: got {shares.tolist()} (sum {shares.sum():g}), "
                "want shares of at least 0 that add up to 1"
            )
        self.weights: Float[np.ndarray, " k"] = read_only(shares / shares.sum())

    def __repr__(self) -> str:
        parts = (f"{w:g} {c!r}" for w, c in zip(self.weights, self.components, strict=True))
        return f"Mixture({' + '.join(parts)})"

    @cached_property
    def _parts(self) -> list[tuple[float, Distribution]]:
        pairs = zip(self.weights.tolist(), self.components, strict=True)
        return [(weight, part) for weight, part in pairs if weight > 0]

    @cached_property
    def point_masses(self) -> Atoms:
        atoms = [(weight, part.point_masses) for weight, part in self._parts]
        places = np.concatenate([one.locations for _, one in atoms])
        return Atoms.merged(places, np.concatenate([w * one.masses for w, one in atoms]))

    @cached_property
    def edges(self) -> FloatArray:
        return np.unique(np.concatenate([part.edges for _, part in self._parts]))

    def bracket(self, tail: float) -> tuple[float, float]:
        ends = [part.bracket(tail) for _, part in self._parts]
        return min(low for low, _ in ends), max(high for _, high in ends)

    def mesh(self, n: int) -> FloatArray:
        return np.unique(np.concatenate([part.mesh(n) for _, part in self._parts]))

    def log_limit(self, x: FloatArray, side: int) -> FloatArray:
        logs = [np.log(w) + part.log_limit(x, side) for w, part in self._parts]
        return np.asarray(np.logaddexp.reduce(np.stack(logs)))

    def mass_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        masses = [weight * part.mass_between(low, high) for weight, part in self._parts]
        return np.asarray(np.sum(masses, axis=0))

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        counts = rng.multinomial(n, self.weights)
        draws = [c.draw(k, rng) for k, c in zip(counts.tolist(), self.components, strict=True)]
        return rng.permutation(np.concatenate(draws))
