"""The numbers: networks, what they do to data, and how they learn. No graphics."""

from model.layers import (
    Identity,
    L2Norm,
    Layer,
    LeakyReLU,
    Linear,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from model.network import Network, Trace

__all__ = [
    "Identity",
    "L2Norm",
    "Layer",
    "LeakyReLU",
    "Linear",
    "Network",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "Trace",
]
