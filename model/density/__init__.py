"""Exact distributions: on the line and behind 1-D stacks, with their atoms."""

from model.density.base import Distribution
from model.density.pushforward import Pushforward, pushforward, pushforward_trace, stretch
from model.density.sources import Empirical, Gaussian, Mixture, Uniform

__all__ = [
    "Distribution",
    "Empirical",
    "Gaussian",
    "Mixture",
    "Pushforward",
    "Uniform",
    "pushforward",
    "pushforward_trace",
    "stretch",
]
