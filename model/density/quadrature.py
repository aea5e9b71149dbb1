"""Integrals over the continuous part of a distribution, in coordinates where it is smooth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from model.checks import FloatArray
from model.density.base import Distribution
from model.density.pushforward import Branch, Pushforward

NEGLIGIBLE = 1e-30  # the tail mass that quadrature leaves out
HALVINGS = 8
FINEST = 1e-12  # the least width of a panel, as a share of all

Value = Callable[[FloatArray, FloatArray], FloatArray]  # (y, log p(y)) -> integrand


def expectation(p: Distribution, value: Value, marks: FloatArray) -> float:
    """The integral of ``value(y, log p(y))`` over the continuous part of ``p``."""
    if p.continuous_mass() <= 0:
        return 0.0
    branches = p.monotone if isinstance(p, Pushforward) else (None,)
    return sum(Chart(p, branch).integral(value, marks) for branch in branches)


def marks_of(p: Distribution, n: int) -> FloatArray:
    """Points that cut the line where ``p`` changes, a few for a small ``n``; empty for atoms."""
    return np.unique(np.concatenate([p.edges, p.mesh(n)]))


@dataclass(frozen=True, eq=False)
class Chart:
    """A coordinate x in which the continuous part of p, or one branch of it, is smooth.

    For a source it is the line itself; for a pushforward the source's line,
    where nothing is lost however close the layers press the values together.
    """

    p: Distribution
    branch: Branch | None

    @property
    def source(self) -> Distribution:
        return self.p.source if isinstance(self.p, Pushforward) else self.p

    def cuts(self, marks: FloatArray) -> FloatArray:
        """Where to cut the coordinate so that each panel is easy; ``marks`` are on the line."""
        low, high = self.source.bracket(NEGLIGIBLE)
        own = marks_of(self.source, 16)
        if self.branch is not None:
            low, high = max(low, self.branch.low), min(high, self.branch.high)
            marks = self.branch.source_of(marks)
        cuts = np.concatenate([[low, high], own, marks])
        cuts = np.unique(cuts[(cuts >= low) & (cuts <= high)])
        return cuts[np.append(np.diff(cuts) > FINEST * (high - low), True)] if len(cuts) else cuts

    def integral(self, value: Value, marks: FloatArray) -> float:
        """The integral of ``value`` over p's mass in this chart."""
        return integral(lambda x: self.value(x, value), self.cuts(marks))

    def value(self, x: FloatArray, value: Value) -> FloatArray:
        """p's mass per unit of x times ``value``."""
        log_weight = self.source.log_limit(x, 1)
        alive = log_weight > -700
        result = np.zeros(x.shape)
        x, log_weight = x[alive], log_weight[alive]
        y, log_p = self._at(x, log_weight)
        result[alive] = np.exp(log_weight) * value(y, log_p)
        return result

    def _at(self, x: FloatArray, log_weight: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The point on the line and p's log density there."""
        if self.branch is None or not isinstance(self.p, Pushforward):
            return x, log_weight
        y = self.branch.forward(x)
        log_p = log_weight - self.branch.log_stretch(x)
        for other in self.p.monotone:
            if other is not self.branch:
                inside = other.contains(y, 1)
                share = self.p.log_share(other, y[inside], 1)
                log_p[inside] = np.logaddexp(log_p[inside], share)
        return y, log_p


def integral(f: Callable[[FloatArray], FloatArray], cuts: FloatArray) -> float:
    """The integral of ``f`` over panels, by tanh-sinh quadrature, halving those that resist.

    Raises
    ------
    ArithmeticError
        When ``f`` is not finite somewhere: no number is better than a wrong one.
    """
    from scipy.integrate import tanhsinh

    def integrand(x: FloatArray) -> FloatArray:
        return f(x.ravel()).reshape(x.shape)

    low, high, total, rest = cuts[:-1], cuts[1:], 0.0, 0.0
    for _ in range(HALVINGS):
        if len(low) == 0:
            break
        result = tanhsinh(integrand, low, high, atol=1e-13, rtol=1e-11)
        left = ~result.success
        total += float(np.sum(result.integral[~left]))
        rest = float(np.sum(result.integral[left]))
        middle = (low[left] + high[left]) / 2
        low, high = np.append(low[left], middle), np.append(middle, high[left])
    if not np.isfinite(total + rest):
        raise ArithmeticError(f"the integrand is not finite between {low[0]:g} and {high[0]:g}")
    return total + rest
