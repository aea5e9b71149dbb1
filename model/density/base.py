"""What every distribution on the line can do: density, cdf, atoms, quantiles, samples."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float

from model.checks import ArrayLike, FloatArray, as_float_array

LARGEST = float(np.finfo(np.float64).max)
ROUNDING = 4 * float(np.finfo(np.float64).eps)


@dataclass(frozen=True, eq=False)
class Atoms:
    """Point masses on the line: ascending locations, each with a mass above 0."""

    locations: Float[np.ndarray, " n"]
    masses: Float[np.ndarray, " n"]

    @staticmethod
    def merged(locations: FloatArray, masses: FloatArray) -> Atoms:
        """Sort, drop what weighs nothing, and add up what differs by rounding alone."""
        kept = masses > 0
        order = np.argsort(locations[kept], kind="stable")
        places, weights = locations[kept][order], masses[kept][order]
        if len(places) == 0:
            return Atoms(places, weights)
        apart = np.diff(places) > ROUNDING * np.maximum(np.abs(places[1:]), 1.0)
        first = np.flatnonzero(np.concatenate([[True], apart]))
        return Atoms(places[first], np.add.reduceat(weights, first))

    @staticmethod
    def none() -> Atoms:
        return Atoms(np.empty(0), np.empty(0))

    @cached_property
    def _running(self) -> FloatArray:
        running = np.cumsum(self.masses, dtype=np.longdouble)  # many small atoms, no rounding
        return np.concatenate([[0.0], running.astype(np.float64)])

    def up_to(self, y: FloatArray, *, inclusive: bool = True) -> FloatArray:
        """The mass at or below ``y``; only what lies below it when not ``inclusive``."""
        reached = np.searchsorted(self.locations, y, side="right" if inclusive else "left")
        return np.asarray(self._running[reached])

    @property
    def total(self) -> float:
        return float(self._running[-1])


class Distribution(ABC):
    """A probability distribution on the line: a density, and atoms.

    Subclasses say what the density's logarithm is on either side of a point,
    how much of it lies in an interval, and where the atoms are; the rest
    follows here. Arguments may be of any shape, infinite values included; the
    answer has the same shape.
    """

    @property
    @abstractmethod
    def point_masses(self) -> Atoms:
        """The atoms as two arrays."""

    @property
    @abstractmethod
    def edges(self) -> FloatArray:
        """Where the density may jump or its formula changes, ascending and finite."""

    @abstractmethod
    def log_limit(self, x: FloatArray, side: int) -> FloatArray:
        """The log density just above (side 1) or just below (side -1) each of ``x``, (n,)."""

    @abstractmethod
    def mass_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        """The mass of the density, atoms apart, between ``low`` and ``high``."""

    @abstractmethod
    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        """``n`` independent values."""

    @abstractmethod
    def bracket(self, tail: float) -> tuple[float, float]:
        """An interval with at most ``tail`` of the mass below it and as much above it."""

    @abstractmethod
    def mesh(self, n: int) -> FloatArray:
        """About ``n`` points, ascending, spread as the density is; empty where there is none."""

    def logpdf(self, y: ArrayLike) -> Float[np.ndarray, "*shape"]:
        """The logarithm of :meth:`pdf`, also where that underflows; -inf where it is 0."""
        below, above = self._log_limits(y)
        return np.maximum(below, above, out=np.empty_like(below))

    def pdf(self, y: ArrayLike) -> Float[np.ndarray, "*shape"]:
        """The density of the continuous part, atoms apart, any shape in and out.

        Where the density jumps (see :attr:`kinks`) the greater of its two
        limits is given; :meth:`pdf_limits` has both.

        Raises
        ------
        ValueError
            When ``y`` is not numeric or holds nan.
        """
        return np.asarray(np.exp(self.logpdf(y)))

    def pdf_limits(
        self, y: ArrayLike
    ) -> tuple[Float[np.ndarray, "*shape"], Float[np.ndarray, "*shape"]]:
        """The density just below and just above ``y``; they differ at :attr:`kinks` only."""
        below, above = self._log_limits(y)
        return np.asarray(np.exp(below)), np.asarray(np.exp(above))

    def cdf(self, y: ArrayLike) -> Float[np.ndarray, "*shape"]:
        """The mass at or below ``y``, atoms included, in [0, 1].

        Raises
        ------
        ValueError
            When ``y`` is not numeric or holds nan.
        """
        values = as_reals(y, "y")
        return self.cdf_limit(values.ravel(), 1).reshape(values.shape)

    def quantile(self, q: ArrayLike) -> Float[np.ndarray, "*shape"]:
        """The least ``y`` with ``cdf(y) >= q`` (to rounding), for probabilities ``q`` in [0, 1].

        At 0 and 1 these are the ends of the support, which may be infinite.

        Raises
        ------
        ValueError
            When ``q`` is not numeric or leaves [0, 1].
        """
        values = as_float_array(q, "q")
        outside = (values < 0) | (values > 1)
        if outside.any():
            raise ValueError(
                f"q: got values from {values.min():g} to {values.max():g}, "
                "want probabilities in [0, 1]"
            )
        flat = values.ravel()
        result = np.where(flat == 0, *self.support)
        inner = (flat > 0) & (flat < 1)
        if inner.any():
            result[inner] = self._quantile(flat[inner] * (1 - ROUNDING))
        return result.reshape(values.shape)

    ppf = quantile

    def sample(self, n: int, *, seed: int) -> Float[np.ndarray, " n"]:
        """Draw ``n`` independent values; the same seed gives the same values.

        Raises
        ------
        ValueError
            When ``n`` is below 1.
        """
        return self.draw(as_count(n), np.random.default_rng(seed))

    @property
    def atoms(self) -> list[tuple[float, float]]:
        """The atoms as (location, mass), locations ascending.

        Atoms nearer to each other than rounding, 1e-15 of the larger of 1 and
        their location, are one.
        """
        masses = self.point_masses
        return list(zip(masses.locations.tolist(), masses.masses.tolist(), strict=True))

    @property
    def kinks(self) -> FloatArray:
        """Where the density jumps, ascending: the places that want a vertex of their own."""
        below, above = self.pdf_limits(self.edges)
        return self.edges[np.abs(above - below) > 1e-9 * np.maximum(above, below)]

    @property
    def support(self) -> tuple[float, float]:
        """The least and the greatest value, possibly infinite."""
        return self.bracket(0.0)

    def continuous_mass(self) -> float:
        """The mass that has a density: 1 less the atoms, computed by itself."""
        return float(self.mass_between(np.array([-np.inf]), np.array([np.inf]))[0])

    def total_mass(self) -> float:
        """The mass of the density and the atoms together, 1 but for rounding."""
        return self.continuous_mass() + self.point_masses.total

    def window(self, mass: ArrayLike = 0.999) -> tuple[float, float]:
        """An interval to plot over, holding ``mass`` of the distribution, tails cut alike.

        An interval of width 0 (all mass in one atom) is widened by 1/2 either way.

        Raises
        ------
        ValueError
            When ``mass`` is not above 0 and below 1.
        """
        share = as_real(mass, "mass")
        if not 0 < share < 1:
            raise ValueError(f"mass: got {share:g}, want a share above 0 and below 1")
        low, high = self.quantile([(1 - share) / 2, (1 + share) / 2]).tolist()
        return (low, high) if low < high else (low - 0.5, high + 0.5)

    def graph(self, n: int = 512, *, mass: ArrayLike = 0.999) -> Float[np.ndarray, "m 2"]:
        """Vertices (y, density) of the density's graph over :meth:`window`.

        About ``2 n`` of them, half evenly spaced and half where the mass is; a
        jump has two, one above the other, so that it is drawn upright.

        Raises
        ------
        ValueError
            When ``n`` is below 1 or ``mass`` is not above 0 and below 1.
        """
        low, high = self.window(mass)
        y = np.concatenate([np.linspace(low, high, as_count(n) + 1), self.mesh(n), self.edges])
        y = np.unique(y[(y >= low) & (y <= high)])
        below, above = self.pdf_limits(y)
        vertices = np.column_stack([np.repeat(y, 2), np.column_stack([below, above]).ravel()])
        again = np.zeros(len(vertices), dtype=bool)
        again[1::2] = np.abs(above - below) <= 1e-9 * np.maximum(above, below)
        return vertices[~again]

    def _log_limits(self, y: ArrayLike) -> tuple[FloatArray, FloatArray]:
        values = as_reals(y, "y")
        flat = values.ravel()
        below, above = self.log_limit(flat, -1), self.log_limit(flat, 1)
        return below.reshape(values.shape), above.reshape(values.shape)

    def cdf_limit(self, y: FloatArray, side: int) -> FloatArray:
        """The mass up to each of ``y``, (n,), with (side 1) or without (-1) an atom right there."""
        atoms = self.point_masses.up_to(y, inclusive=side > 0)
        return np.minimum(self.mass_between(np.full_like(y, -np.inf), y) + atoms, 1.0)

    def _quantile(self, q: FloatArray) -> FloatArray:
        """:meth:`quantile` for 0 < q < 1: an atom where one is met, else by search.

        Each step cuts the brackets into as many parts as a short call affords.
        """
        tail = min(float(q.min()), float(1 - q.max())) / 2
        low, high = (np.full_like(q, end) for end in self.bracket(tail))
        parts = int(np.clip(1000 // len(q), 2, 32))
        rows, steps = np.arange(len(q)), np.linspace(0, 1, parts + 1)
        for _ in range(int(np.ceil(80 / np.log2(parts)))):
            cuts = low[:, None] + (high - low)[:, None] * steps
            cuts[:, -1] = high
            enough = self.cdf_limit(cuts[:, 1:-1].ravel(), 1).reshape(len(q), -1) >= q[:, None]
            first = np.argmax(np.column_stack([enough, np.ones(len(q), dtype=bool)]), axis=1)
            low, high = cuts[rows, first], cuts[rows, first + 1]
        return self._on_atoms(q, high)

    def _on_atoms(self, q: FloatArray, y: FloatArray) -> FloatArray:
        """``y``, but exactly the atom's location where the cdf passes ``q`` by an atom's jump."""
        places = self.point_masses.locations
        if len(places) == 0:
            return y
        reached = np.searchsorted(self.cdf_limit(places, 1), q)
        atom = places[np.minimum(reached, len(places) - 1)]
        met = (reached < len(places)) & (self.cdf_limit(atom, -1) < q)
        return np.where(met, atom, y)


def as_reals(value: ArrayLike, name: str) -> FloatArray:
    """Return ``value`` as float64, infinities as the largest floats; nan is refused."""
    with suppress(ValueError):  # ragged: as_float_array says so, by name
        raw = np.asarray(value)
        if raw.dtype.kind == "f":
            value = np.clip(raw.astype(np.float64), -LARGEST, LARGEST)
    return as_float_array(value, name)


def as_count(n: int, name: str = "n") -> int:
    """Return ``n`` when it is a whole number of at least 1."""
    if not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"{name}: got {n!r}, want a whole number of at least 1")
    return int(n)


def as_real(value: ArrayLike, name: str) -> float:
    """Return one finite number as a float."""
    return float(as_float_array(value, name, ndim=0))
