"""Densities of a 2-D Gaussian behind relu and behind L2-norm.

Behind relu there are four parts: a density on the open quadrant, a density on
each open axis (of length, not area), and an atom at the origin. Behind L2-norm
all mass is on the unit circle, with a density of the angle.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from jaxtyping import Float
from scipy.special import ndtr

from model.checks import ArrayLike, as_float_array, as_points
from model.density.base import as_real
from model.density.gaussian_nd import GaussianND
from model.density.orthants import relu_masses
from model.layers import Linear


def relu_quadrant_pdf(gaussian: GaussianND, points: ArrayLike) -> Float[np.ndarray, " n"]:
    """The density, by area, behind relu on the open quadrant; 0 elsewhere.

    It is the Gaussian's own density there; its integral is the ``quadrant``
    of :func:`~model.density.relu_masses`.

    Raises
    ------
    ValueError
        When the Gaussian is not 2-D or is singular, or ``points`` not (n, 2).
    """
    _require_plane(gaussian)
    rows = as_points(points, "points", dim=2)
    return np.where((rows > 0).all(axis=1), gaussian.pdf(rows), 0.0)


def relu_axis_pdf(gaussian: GaussianND, x: ArrayLike, *, axis: int) -> Float[np.ndarray, "*shape"]:
    """The density, by length, behind relu along one open axis; 0 where ``x`` is not above 0.

    The density of the coordinate that stays, times the probability that the
    other is at most 0 given it. Its integral is the ``x_axis`` or ``y_axis``
    of :func:`~model.density.relu_masses`.

    Parameters
    ----------
    gaussian
        2-D, the coordinate ``axis`` not constant.
    x
        Positions along the axis, any shape.
    axis
        0 for the x-axis, 1 for the y-axis.

    Raises
    ------
    ValueError
        When the Gaussian is not 2-D or constant along the axis, when ``axis``
        is neither, or ``x`` is not numeric or not finite.
    """
    _require_plane(gaussian)
    if axis not in (0, 1):
        raise ValueError(f"axis: got {axis}, want 0 (the x-axis) or 1 (the y-axis)")
    places, kept = as_float_array(x, "x"), gaussian.marginal(axis)
    slope = gaussian.cov[0, 1] / kept.std**2
    mean = gaussian.mean[1 - axis] + slope * (places - kept.mean)
    variance = gaussian.cov[1 - axis, 1 - axis] - slope * gaussian.cov[0, 1]
    if gaussian.singular or variance <= 0:
        flattened = np.where(mean <= 0, 1.0, 0.0)
    else:
        flattened = ndtr(-mean / np.sqrt(variance))
    return np.where(places > 0, kept.pdf(places) * flattened, 0.0)


def direction_pdf(gaussian: GaussianND, theta: ArrayLike) -> Float[np.ndarray, "*shape"]:
    """The density of the angle, in radians, on the unit circle behind L2-norm.

    The projected normal distribution: with r = (cos theta, sin theta),
    a = r' S^-1 r and d = r' S^-1 m / sqrt(a), it is

        exp(-m' S^-1 m / 2) / (2 pi sqrt(|S|) a) * (1 + d Phi(d) / phi(d)).

    Source: Mardia, "Statistics of Directional Data" (1972), section 3.4.7.

    Raises
    ------
    ValueError
        When the Gaussian is not 2-D or is singular, or ``theta`` is not
        numeric or not finite.
    """
    _require_plane(gaussian, full=True)
    angles = as_float_array(theta, "theta")
    precision = np.linalg.inv(gaussian.cov)
    rays = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    spread = np.einsum("...i,ij,...j->...", rays, precision, rays)
    lean = rays @ (precision @ gaussian.mean) / np.sqrt(spread)
    depth = gaussian.mean @ precision @ gaussian.mean / 2
    hill = np.exp(-depth) + np.sqrt(2 * np.pi) * lean * ndtr(lean) * np.exp(lean**2 / 2 - depth)
    area = 2 * np.pi * np.sqrt(np.linalg.det(gaussian.cov))
    return np.asarray(np.maximum(hill, 0.0) / (area * spread))


def direction_mass(gaussian: GaussianND, low: ArrayLike, high: ArrayLike) -> float:
    """The exact share of the circle's mass behind L2-norm between two angles, in radians.

    The points with such a direction fill a wedge, which a linear map takes to
    a quadrant: :func:`~model.density.relu_masses` knows its mass.

    Raises
    ------
    ValueError
        When the Gaussian is not 2-D or is singular, or the angles are not
        ``low <= high <= low + 2 pi``.
    """
    _require_plane(gaussian, full=True)
    start, stop = as_real(low, "low"), as_real(high, "high")
    width = stop - start
    if not 0 <= width <= 2 * np.pi * (1 + 1e-12):
        raise ValueError(f"low, high: got {start:g} and {stop:g}, want low <= high <= low + 2 pi")
    cuts = np.linspace(start, stop, 1 + max(1, int(np.ceil(width / 2))))
    return sum(_wedge_mass(gaussian, a, b) for a, b in pairwise(cuts))


def _wedge_mass(gaussian: GaussianND, low: float, high: float) -> float:
    if low == high:
        return 0.0
    inward = np.array([[-np.sin(low), np.cos(low)], [np.sin(high), -np.cos(high)]])
    return relu_masses(gaussian.through(Linear(inward))).quadrant


def _require_plane(gaussian: GaussianND, *, full: bool = False) -> None:
    if gaussian.dim != 2:
        raise ValueError(f"gaussian: got {gaussian.dim} dimensions, want 2")
    if full and gaussian.singular:
        raise ValueError(
            "gaussian: its covariance is singular, so the angle has no density; "
            "want a covariance of rank 2"
        )
