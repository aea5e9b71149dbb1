"""Exact pushforward of a distribution on the line through a stack of 1-D layers.

The stack is cut into branches: intervals of the source on which it is either
flat (the mass there becomes an atom) or strictly monotone (inverted exactly).
On a monotone branch the change of variables gives the density,

    p_out(y) = sum over branches of p_source(x) / |slope at x|,  x = inverse(y),

which is the book's rule "density = 1 / stretch" (section 1.3) for every layer
at once. Nothing is sampled and nothing is smoothed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from jaxtyping import Float
from numpy.typing import NDArray

from model.checks import ArrayLike, FloatArray, as_float_array
from model.density.base import Atoms, Distribution
from model.density.pieces import Part, Piece, layers_of, one_dimensional, parts_of
from model.layers import Layer, LeakyReLU, Linear, ReLU
from model.network import Network


@dataclass(frozen=True)
class Branch:
    """The stack on the source interval from ``low`` to ``high``.

    Attributes
    ----------
    pieces
        The strictly monotone maps applied one behind the other; None on a flat
        branch.
    at_low, at_high
        The values at the two ends; equal on a flat branch.
    """

    low: float
    high: float
    pieces: tuple[Piece, ...] | None
    at_low: float
    at_high: float

    @property
    def rising(self) -> bool:
        return self.at_low < self.at_high

    @property
    def image(self) -> tuple[float, float]:
        return min(self.at_low, self.at_high), max(self.at_low, self.at_high)

    def contains(self, y: FloatArray, side: int) -> NDArray[np.bool_]:
        """Whether the values just above (side 1) or below (side -1) ``y`` are in the image."""
        low, high = self.image
        return (y >= low) & (y < high) if side > 0 else (y > low) & (y <= high)

    def forward(self, x: FloatArray) -> FloatArray:
        """The image of source values of this branch; exact at its two ends."""
        y = x
        for piece in self.pieces or ():
            y = piece.forward(y)
        y = np.where(x <= self.low, self.at_low, np.where(x >= self.high, self.at_high, y))
        return np.clip(y, *self.image)

    def log_stretch(self, x: FloatArray) -> FloatArray:
        """The log stretch at source values of this branch."""
        total, y = np.zeros(x.shape), x
        for piece in self.pieces or ():
            total, y = total + piece.log_stretch(y), piece.forward(y)
        return total

    def mesh(self, x: FloatArray, n: int) -> FloatArray:
        """The images of source values ``x``, and of ``n`` more wherever a piece bends."""
        y = np.clip(np.concatenate([x, np.linspace(x.min(), x.max(), n)]), self.low, self.high)
        for piece in self.pieces or ():
            bend = np.linspace(-piece.reach, piece.reach, n if piece.reach else 0)
            y = piece.forward(np.concatenate([y, bend[(bend > y.min()) & (bend < y.max())]]))
        return np.clip(y, *self.image)

    def pull_back(self, y: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The source values that go to ``y``, and the log stretch there."""
        log_stretch = np.zeros(y.shape)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            for piece in reversed(self.pieces or ()):
                y = piece.inverse(y)
                log_stretch = log_stretch + piece.log_stretch(y)
        return np.clip(y, self.low, self.high), log_stretch

    def source_of(self, y: FloatArray) -> FloatArray:
        """The source values that go to ``y``; values outside of the image count as its ends."""
        low, high = self.image
        first, last = (self.low, self.high) if self.rising else (self.high, self.low)
        x = np.clip(y, low, high)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            for piece in reversed(self.pieces or ()):
                x = piece.inverse(x)
        x = np.clip(x, self.low, self.high)
        return np.where(y <= low, first, np.where(y >= high, last, x))

    def through(self, layer: Layer) -> list[Branch]:
        """The branches this one becomes behind one more layer."""
        if self.pieces is None:
            value = _value(layer, self.at_low)
            return [Branch(self.low, self.high, None, value, value)]
        return [b for part in parts_of(layer) if (b := self._through_part(layer, part))]

    def _through_part(self, layer: Layer, part: Part) -> Branch | None:
        low, high = self.image
        low, high = max(low, part.low), min(high, part.high)
        if not low < high:
            return None
        ends = np.array([low, high] if self.rising else [high, low])
        x = self.source_of(ends)
        if not x[0] < x[1]:
            return None
        if part.piece is None:
            value = _value(layer, float(np.clip(0.0, low, high)))
            return Branch(float(x[0]), float(x[1]), None, value, value)
        y = part.piece.forward(ends)
        if y[0] == y[1]:  # float64 cannot tell the two apart, so neither can a sample
            return Branch(float(x[0]), float(x[1]), None, float(y[0]), float(y[0]))
        pieces = (*(self.pieces or ()), part.piece)
        return Branch(float(x[0]), float(x[1]), pieces, float(y[0]), float(y[1]))


@dataclass(frozen=True, eq=False, repr=False)
class Pushforward(Distribution):
    """What becomes of ``source`` behind ``layers``; made by :func:`pushforward`."""

    source: Distribution
    layers: tuple[Layer, ...]

    def __repr__(self) -> str:
        return f"Pushforward({self.source!r} through {'-'.join(one.name for one in self.layers)})"

    def before_last(self) -> Distribution:
        """The distribution before the last layer."""
        return Pushforward(self.source, self.layers[:-1]) if self.layers[1:] else self.source

    @cached_property
    def branches(self) -> tuple[Branch, ...]:
        """All branches with an interval of their own, flat ones included, left to right."""
        cuts = np.unique(np.concatenate([self.source.support, self.source.edges])).tolist()
        branches = [Branch(low, high, (), low, high) for low, high in pairwise(cuts)]
        for layer in self.layers:
            branches = [after for branch in branches for after in branch.through(layer)]
        return tuple(branches)

    @cached_property
    def monotone(self) -> tuple[Branch, ...]:
        """The branches that are strictly monotone, so that their mass keeps a density."""
        return tuple(branch for branch in self.branches if branch.pieces is not None)

    @cached_property
    def point_masses(self) -> Atoms:
        flat = [branch for branch in self.branches if branch.pieces is None]
        ends = np.array([[branch.low, branch.high] for branch in flat]).reshape(-1, 2)
        moved = self.source.point_masses
        places = np.array([branch.at_low for branch in flat])
        masses = self.source.mass_between(ends[:, 0], ends[:, 1])
        return Atoms.merged(
            np.concatenate([places, _forward(self.layers, moved.locations)]),
            np.concatenate([masses, moved.masses]),
        )

    @cached_property
    def edges(self) -> FloatArray:
        ends = np.array([[b.at_low, b.at_high] for b in self.monotone]).ravel()
        return np.unique(ends[np.isfinite(ends)])

    def bracket(self, tail: float) -> tuple[float, float]:
        low, high = self.source.bracket(tail / 2)
        images = [
            branch.forward(np.clip([low, high], branch.low, branch.high))
            for branch in self.branches
            if branch.low <= high and branch.high >= low
        ]
        atoms = self.source.point_masses.locations
        moved = _forward(self.layers, atoms[(atoms >= low) & (atoms <= high)])
        values = np.concatenate([*images, moved])
        return float(values.min()), float(values.max())

    def mesh(self, n: int) -> FloatArray:
        x = self.source.mesh(n)
        if not self.monotone or len(x) == 0:
            return np.empty(0)
        return np.unique(
            np.concatenate([b.mesh(np.clip(x, b.low, b.high), n) for b in self.monotone])
        )

    def log_limit(self, x: FloatArray, side: int) -> FloatArray:
        total = np.full(x.shape, -np.inf)
        for branch in self.monotone:
            inside = branch.contains(x, side)
            total[inside] = np.logaddexp(total[inside], self.log_share(branch, x[inside], side))
        return total

    def log_share(self, branch: Branch, y: FloatArray, side: int) -> FloatArray:
        """The log density at ``y``, in the branch's image, of what comes by this branch."""
        x, log_stretch = branch.pull_back(y)
        with np.errstate(invalid="ignore"):
            log_density = self.source.log_limit(x, side if branch.rising else -side) - log_stretch
        return np.where(np.isfinite(log_stretch), log_density, -np.inf)

    def mass_between(self, low: FloatArray, high: FloatArray) -> FloatArray:
        total = np.zeros(np.broadcast_shapes(low.shape, high.shape))
        for branch in self.monotone:
            a, b = branch.source_of(low), branch.source_of(high)
            total = total + self.source.mass_between(np.minimum(a, b), np.maximum(a, b))
        return total

    def draw(self, n: int, rng: np.random.Generator) -> FloatArray:
        return _forward(self.layers, self.source.draw(n, rng))

    def _quantile(self, q: FloatArray) -> FloatArray:
        """A map that never falls carries quantiles to quantiles; else by search."""
        if all(branch.rising for branch in self.monotone):
            return _forward(self.layers, self.source.quantile(q))
        return super()._quantile(q)


def pushforward(net: Network | Layer, source: Distribution) -> Pushforward:
    """The exact distribution behind ``net`` of data distributed as ``source``.

    A source that is a pushforward itself is composed with: its layers come
    first. A flat part of the stack (relu below 0, a weight of 0) gathers its
    mass in an atom; later layers move atoms, and atoms that meet become one.
    An empirical sample stays atoms throughout, one at each image.

    Parameters
    ----------
    net
        A network or one layer of width 1 throughout: linear, relu, leaky
        relu, sigmoid, tanh, identity.
    source
        A distribution of this module.

    Raises
    ------
    ValueError
        When a layer is of another type or width, or ``source`` no distribution.

    Notes
    -----
    Sigmoid and tanh send large inputs so near the ends of their range that
    float64 rounds them onto it; there ``cdf`` and ``sample`` agree on those
    rounded values, and no atom is reported, for there is none. Only where the
    whole image of an interval rounds to one number is its mass an atom.
    """
    if not isinstance(source, Distribution):
        raise ValueError(
            f"source: got {type(source).__name__}, want a distribution on the line "
            "(a GaussianND goes through linear layers by its method `through`)"
        )
    layers = one_dimensional(layers_of(net))
    if isinstance(source, Pushforward):
        return Pushforward(source.source, source.layers + layers)
    return Pushforward(source, layers)


def pushforward_trace(net: Network | Layer, source: Distribution) -> tuple[Distribution, ...]:
    """One distribution for each representation, the input's first.

    Raises
    ------
    ValueError
        As :func:`pushforward`.
    """
    result: list[Distribution] = [source]
    for layer in one_dimensional(layers_of(net)):
        result.append(pushforward(layer, result[-1]))
    return tuple(result)


def stretch(net: Network | Layer, x: ArrayLike) -> Float[np.ndarray, "*shape"]:
    """How much ``net`` stretches the line at ``x``: its absolute slope, of the shape of ``x``.

    The density behind a layer is the density before divided by this. On a
    kink itself the slope of the unit's negative side is given, as torch's
    autograd does (relu: 0).

    Raises
    ------
    ValueError
        As :func:`pushforward`, and when ``x`` is not numeric or not finite.
    """
    values = as_float_array(x, "x")
    points = values.reshape(-1, 1)
    total = np.ones(points.shape)
    for layer in one_dimensional(layers_of(net)):
        total = total * _slope(layer, points)
        points = layer.forward(points)
    return np.abs(total).reshape(values.shape)


def _slope(layer: Layer, x: FloatArray) -> FloatArray:
    if isinstance(layer, Linear):
        return np.broadcast_to(layer.weight, x.shape)
    if isinstance(layer, (ReLU, LeakyReLU)):
        below = layer.slope if isinstance(layer, LeakyReLU) else 0.0
        return np.where(x > 0, 1.0, below)
    piece = parts_of(layer)[0].piece
    assert piece is not None
    return np.exp(piece.log_stretch(x))


def _forward(layers: Iterable[Layer], x: FloatArray) -> FloatArray:
    points = x[:, None]
    for layer in layers:
        points = layer.forward(points)
    return points[:, 0]


def _value(layer: Layer, x: float) -> float:
    return float(layer.forward(np.array([[x]]))[0, 0])
