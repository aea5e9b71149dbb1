"""How far one distribution on the line is from another: p_out from p_target.

Densities are taken with respect to length plus counting: continuous parts are
compared with continuous parts, atoms with atoms at the same place.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.checks import FloatArray
from model.density.base import ROUNDING, Atoms, Distribution
from model.density.pieces import parts_of
from model.density.pushforward import Pushforward
from model.density.quadrature import expectation, marks_of
from model.layers import Layer, Linear

RESOLVED = 1e-12  # the mass that may be lost to rounding at the end of a saturated range
CELLS = 1024

Difference = Callable[[FloatArray, int], FloatArray]  # (y, side) -> the limit there


def entropy(p: Distribution) -> float:
    """The entropy in nats: -integral of p log p, less the sum of m log m over the atoms.

    For a distribution with a density it is the differential entropy, which may
    be negative; for atoms alone it is the discrete one.
    """
    masses = p.point_masses.masses
    return expectation(p, lambda y, log_p: -log_p, np.empty(0)) - float(masses @ np.log(masses))


def kl_divergence(p: Distribution, q: Distribution) -> float:
    """The Kullback-Leibler divergence of ``p`` from ``q`` in nats, at least 0.

    Infinite when ``p`` has mass where ``q`` has none: in particular when an
    atom of ``p`` meets a ``q`` that has no atom at that place, however high its
    density there. By quadrature to about 1e-10; strictly monotone layers that
    both end with are taken off first, as they change nothing.

    Raises
    ------
    ValueError
        When more than 1e-12 of ``p`` saturates: is so near the end of a
        sigmoid's or tanh's range that float64 cannot tell it from the end, and
        ``q`` cannot be evaluated there.
    """
    p, q = _without_common_end(p, q)
    mine, theirs = p.point_masses, _masses_at(p.point_masses.locations, q.point_masses)
    if (theirs == 0).any() or _sticks_out(p, q):
        return np.inf
    atoms = float(mine.masses @ np.log(mine.masses / theirs)) if len(theirs) else 0.0
    try:
        smooth = expectation(p, lambda y, log_p: log_p - _log_density(p, q, y), marks_of(q, 16))
    except _Uncovered:
        return np.inf
    return max(atoms + smooth, 0.0)


def cross_entropy(p: Distribution, q: Distribution) -> float:
    """The cross-entropy of ``p`` under ``q`` in nats: entropy(p) + kl_divergence(p, q).

    Infinite when the divergence is.

    Raises
    ------
    ValueError
        As :func:`kl_divergence`.
    """
    return entropy(p) + kl_divergence(p, q)


def total_variation(p: Distribution, q: Distribution) -> float:
    """The largest difference in mass that any set shows between ``p`` and ``q``, in [0, 1].

    Half the integral of |p - q| and the atoms' differences. Each stretch between
    two crossings of the densities is a difference of masses, so no quadrature
    enters; the crossings are found among 1,024 cells and bisected.
    """
    p, q = _without_common_end(p, q)
    cuts = np.unique(np.concatenate([marks_of(p, CELLS), marks_of(q, CELLS)]))
    cuts = _with_crossings(cuts, lambda y, side: _order(p, q, y, side))
    ends = np.concatenate([[-np.inf], cuts, [np.inf]])
    gaps = p.mass_between(ends[:-1], ends[1:]) - q.mass_between(ends[:-1], ends[1:])
    places = np.concatenate([p.point_masses.locations, q.point_masses.locations])
    places = Atoms.merged(places, np.ones(len(places))).locations
    jumps = _masses_at(places, p.point_masses) - _masses_at(places, q.point_masses)
    return min(float(np.abs(gaps).sum() + np.abs(jumps).sum()) / 2, 1.0)


def wasserstein(p: Distribution, q: Distribution) -> float:
    """The Wasserstein-1 distance: the least mean distance that mass has to move from p to q.

    The integral of the absolute difference of the two cdfs, always finite here;
    by Gauss-Legendre between the atoms, kinks and crossings.
    """
    places = [one.point_masses.locations for one in (p, q)]
    cuts = np.unique(np.concatenate([marks_of(p, CELLS), marks_of(q, CELLS), *places]))

    def difference(y: FloatArray, side: int) -> FloatArray:
        return p.cdf_limit(y, side) - q.cdf_limit(y, side)

    cuts = _with_crossings(cuts, difference)
    nodes, weights = np.polynomial.legendre.leggauss(8)
    middle, half = (cuts[1:] + cuts[:-1]) / 2, np.diff(cuts) / 2
    inside = middle[:, None] + half[:, None] * nodes
    heights = np.abs(difference(inside.ravel(), 1)).reshape(inside.shape)
    return float(half @ (heights @ weights))


def _order(p: Distribution, q: Distribution, y: FloatArray, side: int) -> FloatArray:
    """1 where ``p`` is the denser, -1 where ``q`` is."""
    log_p, log_q = p.log_limit(y, side), q.log_limit(y, side)
    return (log_p > log_q).astype(np.float64) - (log_p < log_q)


class _Uncovered(Exception):
    """Mass of p where q has no density."""


def _log_density(p: Distribution, q: Distribution, y: FloatArray) -> FloatArray:
    """q's log density at places ``y`` where ``p`` has mass."""
    log_q = np.maximum(q.log_limit(y, -1), q.log_limit(y, 1))
    lost = np.isneginf(log_q)
    if lost.any():
        log_q[lost] = _log_density_beside(p, q, y[lost])
    return log_q


def _log_density_beside(p: Distribution, q: Distribution, y: FloatArray) -> FloatArray:
    """The same where rounding has moved ``y`` onto an end of q's range, if it is that."""
    step = 2 * ROUNDING * np.maximum(np.abs(y), 1.0)
    beside = np.maximum(q.log_limit(y - step, 1), q.log_limit(y + step, -1))
    if np.isneginf(beside).any():
        raise _Uncovered
    masses = p.mass_between(y - step, y + step)
    worst = int(np.argmax(masses))
    if masses[worst] > RESOLVED:
        raise ValueError(
            f"p: got {masses[worst]:.3g} of its mass within rounding of {y[worst]:.3g}, where q's "
            "density vanishes, want a distribution that saturates less (or compare before the "
            "last layer)"
        )
    return beside


def _sticks_out(p: Distribution, q: Distribution) -> bool:
    """Whether the continuous part of ``p`` reaches beyond the ends of ``q``."""
    if p.continuous_mass() <= 0:
        return False
    if q.continuous_mass() <= 0:
        return True
    (low, high), (left, right) = p.support, q.support
    slack = ROUNDING * max([1.0, *(abs(end) for end in (left, right) if np.isfinite(end))])
    return low < left - slack or high > right + slack


def _masses_at(places: FloatArray, atoms: Atoms) -> FloatArray:
    """The mass of the atom at each place, 0 where there is none."""
    if len(atoms.locations) == 0:
        return np.zeros(len(places))
    slack = ROUNDING * np.maximum(np.abs(places), 1.0)
    index = np.searchsorted(atoms.locations, places - slack)
    index = np.minimum(index, len(atoms.locations) - 1)
    return np.where(np.abs(atoms.locations[index] - places) <= slack, atoms.masses[index], 0.0)


def _with_crossings(cuts: FloatArray, difference: Difference) -> FloatArray:
    """``cuts`` and, bisected, the places between them where ``difference`` changes sign."""
    left, right = difference(cuts[:-1], 1), difference(cuts[1:], -1)
    crossed = left * right < 0
    low, high, sign = cuts[:-1][crossed], cuts[1:][crossed], np.sign(left[crossed])
    for _ in range(60):
        middle = low + (high - low) / 2
        before = np.sign(difference(middle, 1)) == sign
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    return np.unique(np.concatenate([cuts, high]))


def _without_common_end(p: Distribution, q: Distribution) -> tuple[Distribution, Distribution]:
    """``p`` and ``q`` before the strictly monotone layers that both end with."""
    while (
        isinstance(p, Pushforward)
        and isinstance(q, Pushforward)
        and _same_monotone(p.layers[-1], q.layers[-1])
    ):
        p, q = p.before_last(), q.before_last()
    return p, q


def _same_monotone(one: Layer, other: Layer) -> bool:
    if isinstance(one, Linear) and isinstance(other, Linear):
        same = bool((one.weight == other.weight).all() and (one.bias == other.bias).all())
    else:
        same = one == other
    ways = {part.piece.rising if part.piece else None for part in parts_of(one)}
    return same and ways in ({True}, {False})
