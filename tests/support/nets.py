"""Random networks for property tests: generic ones, and ones full of coincidences."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from model import Identity, LeakyReLU, Linear, Network, ReLU

BOX = ((-2.0, 2.0), (-1.0, 1.5))


def gaussian(widths, seed: int, *, kinks=ReLU, tail=()) -> Network:
    """Layers of normal weights with ``kinks()`` between them (He et al. 2015)."""
    rng = np.random.default_rng(seed)
    layers = []
    for d_in, d_out in pairwise(widths):
        weight = rng.normal(size=(d_out, d_in)) * np.sqrt(2 / d_in)
        layers += [Linear(weight, 0.3 * rng.normal(size=d_out)), kinks()]
    return Network([*layers[:-1], *tail])


def coincident(widths, seed: int, *, kinks=ReLU, tail=()) -> Network:
    """Small integer weights: dead, parallel and equal units, lines through corners, rank loss."""
    rng = np.random.default_rng(seed)
    layers = []
    for d_in, d_out in pairwise(widths):
        weight = rng.integers(-2, 3, size=(d_out, d_in))
        layers += [Linear(weight, rng.integers(-2, 3, size=d_out)), kinks()]
    return Network([*layers[:-1], *tail])


@st.composite
def networks(draw, *, d_in: int = 2, d_out=None, max_width: int = 5, makes=None):
    """Stacks of linear, relu, leaky relu and identity layers of any widths."""
    make = draw(st.sampled_from(makes or (gaussian, coincident)))
    hidden = draw(st.lists(st.integers(1, max_width), min_size=1, max_size=3))
    kinks = draw(st.sampled_from((ReLU, LeakyReLU, lambda: LeakyReLU(-0.5), Identity)))
    seed = draw(st.integers(0, 2**32 - 1))
    last = draw(st.integers(1, 3) if d_out is None else d_out)
    return make((d_in, *hidden, last), seed, kinks=kinks)
