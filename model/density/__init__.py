"""Exact distributions: on the line and behind 1-D stacks, Gaussians and their orthants."""

from model.density.base import Distribution
from model.density.divergence import (
    cross_entropy,
    entropy,
    kl_divergence,
    total_variation,
    wasserstein,
)
from model.density.gaussian_nd import GaussianND
from model.density.loss import CrossEntropy, softmax_cross_entropy
from model.density.orthants import (
    OrthantMasses,
    ReluMasses,
    counted_masses,
    orthant_masses,
    relu_masses,
    relu_parts,
    strictly_positive_mass,
)
from model.density.planar import direction_mass, direction_pdf, relu_axis_pdf, relu_quadrant_pdf
from model.density.pushforward import Pushforward, pushforward, pushforward_trace, stretch
from model.density.sources import Empirical, Gaussian, Mixture, Uniform

__all__ = [
    "CrossEntropy",
    "Distribution",
    "Empirical",
    "Gaussian",
    "GaussianND",
    "Mixture",
    "OrthantMasses",
    "Pushforward",
    "ReluMasses",
    "Uniform",
    "counted_masses",
    "cross_entropy",
    "direction_mass",
    "direction_pdf",
    "entropy",
    "kl_divergence",
    "orthant_masses",
    "pushforward",
    "pushforward_trace",
    "relu_axis_pdf",
    "relu_masses",
    "relu_parts",
    "relu_quadrant_pdf",
    "softmax_cross_entropy",
    "stretch",
    "strictly_positive_mass",
    "total_variation",
    "wasserstein",
]
