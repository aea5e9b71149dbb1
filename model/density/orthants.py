"""How much of a Gaussian lies in each orthant: what relu keeps, and what it flattens.

Behind relu a datapoint keeps exactly its positive coordinates, so each orthant
of the plane before relu lands on one part of the orthant behind it: in two
dimensions the open quadrant, the two open axes and the origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy.typing import NDArray
from scipy.special import ndtr, owens_t

from model.checks import ArrayLike, FloatArray, as_points, read_only
from model.density.base import ROUNDING, as_count
from model.density.gaussian_nd import GaussianND

MOST_DIMENSIONS = 12  # 4,096 orthants


@dataclass(frozen=True, eq=False)
class OrthantMasses:
    """The mass of a Gaussian in each of some orthants.

    Attributes
    ----------
    positive
        One orthant a row: which coordinates are above 0 there; the others are
        at most 0.
    masses
        The mass in each.
    exact
        Whether a closed formula gave them (to rounding), rather than SciPy's
        numerical integration.
    method
        Which one, in words.
    """

    positive: Bool[np.ndarray, "k d"]
    masses: Float[np.ndarray, " k"]
    exact: bool
    method: str


class ReluMasses(NamedTuple):
    """Where the plane's mass is behind relu: four shares that add up to 1.

    Attributes
    ----------
    quadrant
        Both coordinates positive.
    x_axis
        Only the first positive: on the open x-axis.
    y_axis
        Only the second positive: on the open y-axis.
    origin
        Neither.
    """

    quadrant: float
    x_axis: float
    y_axis: float
    origin: float


def relu_masses(gaussian: GaussianND) -> ReluMasses:
    """The exact masses of a 2-D Gaussian behind relu, any mean and covariance.

    Each by Owen's formula for the bivariate normal distribution (Owen 1956),
    by the arcsine formula at the mean 0, and by the one-dimensional limit
    where the coordinates are perfectly correlated or do not vary. The error is
    a few 1e-16; as the correlation nears 1 or -1 it grows, to 1e-13 at a
    distance of 1e-8 and to 1e-10 at 1e-14, where the covariance is no more exact.

    Raises
    ------
    ValueError
        When the Gaussian is not 2-D.
    """
    if gaussian.dim != 2:
        raise ValueError(f"gaussian: got {gaussian.dim} dimensions, want 2")
    return ReluMasses(*orthant_masses(gaussian, _PARTS).masses.tolist())


def counted_masses(points: ArrayLike) -> ReluMasses:
    """The same four shares, counted in a sample (n, 2) of the plane.

    The points may come from before or from behind relu: it keeps exactly the
    positive coordinates, so the count is the same.

    Raises
    ------
    ValueError
        When ``points`` is not (n, 2) with n at least 1, or not finite.
    """
    parts = relu_parts(points)
    return ReluMasses(*(np.bincount(parts, minlength=4) / len(parts)).tolist())


def relu_parts(points: ArrayLike) -> Int[np.ndarray, " n"]:
    """On which part of the plane each of the points (n, 2) is behind relu.

    As the fields of :class:`ReluMasses`: 0 in the open quadrant, 1 on the
    x-axis, 2 on the y-axis, 3 at the origin. The points may come from before
    or from behind relu.

    Raises
    ------
    ValueError
        When ``points`` is not (n, 2) with n at least 1, or not finite.
    """
    return np.asarray((as_points(points, "points", dim=2) <= 0) @ np.array([2, 1]))


def orthant_masses(gaussian: GaussianND, positive: ArrayLike | None = None) -> OrthantMasses:
    """The mass of a Gaussian in orthants of any dimension.

    Coordinates that are uncorrelated, directly or through others, are
    independent: the masses of such blocks multiply. A block of one or two
    coordinates, or of three with mean 0 (arcsine formula), is exact; a larger
    one goes to SciPy's ``multivariate_normal.cdf`` (Genz's lattice rule, seeded,
    to about 1e-6), and the result says so.

    Parameters
    ----------
    gaussian
        Any mean and covariance, singular included.
    positive
        The orthants wanted, (k, d) booleans: which coordinates are above 0.
        All 2^d when left out, all-positive first, for d up to 12.

    Raises
    ------
    ValueError
        When ``positive`` is not (k, d) booleans, or is left out and d is above 12.
    """
    orthants = _orthants(gaussian.dim, positive)
    signs = np.where(orthants, 1.0, -1.0)
    masses, exact = np.ones(len(signs)), True
    std = np.sqrt(np.maximum(np.diag(gaussian.cov), 0.0))
    blocks = _blocks(gaussian.cov)
    for block in blocks:
        cases, which = np.unique(signs[:, block], axis=0, return_inverse=True)
        height = _heights(gaussian.mean[block], std[block])
        scale = np.where(std[block] > 0, std[block], 1.0)
        corr = np.clip(gaussian.cov[np.ix_(block, block)] / np.outer(scale, scale), -1.0, 1.0)
        solve, closed = _solver(height)
        solved = np.array([solve(s * height, np.outer(s, s) * corr) for s in cases])
        masses, exact = masses * solved[which.ravel()], exact and closed
    return OrthantMasses(orthants, read_only(masses), exact, _method(blocks, exact))


def strictly_positive_mass(n: int) -> float:
    """The share of the data that keeps all ``n`` coordinates above 0: 1 / 2^n.

    This holds when the coordinates are independent and each is positive with
    probability 1/2, as for a Gaussian with mean 0 and a diagonal covariance;
    more generally, when flipping the sign of any one coordinate leaves the
    distribution as it is and none has mass at 0. A mean of 0 alone is not
    enough: correlated coordinates share their signs (:func:`orthant_masses`).

    Raises
    ------
    ValueError
        When ``n`` is below 1.
    """
    return float(np.ldexp(1.0, -as_count(n)))


_LEAST = 1e-300  # nearer to 0 products lose all digits, and the mass does not change any more


def binormal_cdf(h: float, k: float, corr: float) -> float:
    """P(U <= h, V <= k) for standard normal U, V with correlation ``corr``.

    Source: Owen, "Tables for computing bivariate normal probabilities",
    Annals of Mathematical Statistics 27 (1956), equation 2.1.
    """
    if np.isinf(h) or np.isinf(k):
        return float(ndtr(min(h, k)))
    h, k = (0.0 if abs(value) < _LEAST else value for value in (h, k))
    if 1 - abs(corr) <= ROUNDING:
        return float(ndtr(min(h, k)) if corr > 0 else max(ndtr(h) - ndtr(-k), 0.0))
    if h == 0 and k == 0:
        return 0.25 + float(np.arcsin(corr)) / (2 * np.pi)
    mass = 0.5 * (ndtr(h) + ndtr(k)) - _owen(h, k, corr) - _owen(k, h, corr)
    return float(np.clip(mass - (0.5 if (h < 0) != (k < 0) else 0.0), 0.0, 1.0))


def _owen(h: float, k: float, corr: float) -> float:
    """Owen's T(h, (k - corr h) / (h sqrt(1 - corr^2))), the difference taken without loss."""
    sign = 1.0 if corr >= 0 else -1.0
    above = (k - sign * h) + sign * (1 - abs(corr)) * h
    if h == 0:
        return float(np.copysign(0.25, above))
    with np.errstate(over="ignore"):
        return float(owens_t(h, above / (h * np.sqrt((1 - corr) * (1 + corr)))))


_PARTS = np.array([[True, True], [True, False], [False, True], [False, False]])


def _orthants(dim: int, positive: ArrayLike | None) -> NDArray[np.bool_]:
    if positive is not None:
        rows = np.asarray(positive)
        if rows.dtype != bool or rows.ndim != 2 or rows.shape[1] != dim or len(rows) == 0:
            raise ValueError(
                f"positive: got {rows.dtype} of shape {rows.shape}, "
                f"want booleans of shape (k, {dim}), k at least 1"
            )
        return rows
    if dim > MOST_DIMENSIONS:
        raise ValueError(
            f"gaussian: got {dim} dimensions, want at most {MOST_DIMENSIONS} for all orthants; "
            "name the ones wanted in `positive`"
        )
    bits = np.arange(dim - 1, -1, -1)
    return (np.arange(2**dim)[:, None] >> bits) % 2 == 0


def _heights(mean: FloatArray, std: FloatArray) -> FloatArray:
    """``mean / std``; for a coordinate that does not vary, infinite on the side it is on."""
    constant = np.where(mean > 0, np.inf, -np.inf)
    return np.where(std > 0, mean / np.where(std > 0, std, 1.0), constant)


def _blocks(cov: FloatArray) -> list[NDArray[np.intp]]:
    """The coordinates grouped by correlation: one array of indices for each connected group."""
    linked = (cov != 0) | np.eye(len(cov), dtype=bool)
    while (wider := linked @ linked).sum() > linked.sum():
        linked = wider
    return [np.flatnonzero(row) for row in np.unique(linked, axis=0)[::-1]]


def _solver(height: FloatArray) -> tuple[Callable[[FloatArray, FloatArray], float], bool]:
    """What computes P(U <= height) for one block of correlated coordinates; is it exact?"""
    if len(height) == 1:
        return lambda h, corr: float(ndtr(h[0])), True
    if len(height) == 2:
        return lambda h, corr: binormal_cdf(h[0], h[1], corr[0, 1]), True
    if len(height) == 3 and not height.any():
        return lambda h, corr: _arcsine(corr), True
    return _by_scipy, False


def _arcsine(corr: FloatArray) -> float:
    """The all-positive mass of three centred coordinates: 1/8 + sum of arcsines / 4 pi."""
    turns = np.arcsin(np.clip(corr[np.triu_indices(3, 1)], -1.0, 1.0)).sum()
    return max(0.125 + float(turns) / (4 * np.pi), 0.0)


def _by_scipy(h: FloatArray, corr: FloatArray) -> float:
    from scipy.stats import multivariate_normal

    mass = multivariate_normal.cdf(
        h,
        cov=corr,
        allow_singular=True,
        maxpts=200_000 * len(h),
        abseps=1e-6,
        releps=0.0,
        rng=np.random.default_rng(0),
    )
    return float(np.clip(mass, 0.0, 1.0))


def _method(blocks: list[NDArray[np.intp]], exact: bool) -> str:
    largest = max(len(block) for block in blocks)
    if not exact:
        return f"SciPy's multivariate normal cdf, blocks of up to {largest} correlated coordinates"
    names = {1: "independent coordinates, normal cdf", 2: "bivariate normal, Owen's T"}
    return names.get(largest, "trivariate centred normal, arcsines")
