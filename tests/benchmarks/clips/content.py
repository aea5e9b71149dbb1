"""What the benchmarks' clips show: the same numbers for ours, Manim's own way, and matplotlib."""

from __future__ import annotations

import os
from functools import cache

import numpy as np

from mobjects.layer_stack import Drawn
from mobjects.view import View
from model import Linear, Network, ReLU

POINTS = int(os.environ.get("BENCH_POINTS", "2000"))
FRAMES = int(os.environ.get("BENCH_FRAMES", "60"))
DEEP = os.environ.get("BENCH_DEEP") == "1"
RADIUS = 0.03 if POINTS <= 10_000 else 0.012
OPACITY = min(0.8, 20_000 / POINTS)
BLUE = "#4477aa"
PLANES, DATA, STACKS = 7, 100, 4


@cache
def blob() -> np.ndarray:
    """Standard normal points (n, 3)."""
    return np.random.default_rng(0).standard_normal((POINTS, 3))


def blob_at(share: float) -> np.ndarray:
    """Where the points stand in the frame (n, 2): turned flat, or gone around in space."""
    if DEEP:
        return 1.3 * View(azimuth=90 * share).project(blob())
    cos, sin = np.cos(np.pi / 2 * share), np.sin(np.pi / 2 * share)
    x, y, _ = blob().T
    return np.stack([2.0 * cos * x - 0.8 * sin * y, 2.0 * sin * x + 0.8 * cos * y], axis=1)


@cache
def stack(index: int) -> Drawn:
    """A small random network's representations of data and of the grid of a square."""
    rng = np.random.default_rng(index)
    layers = [ReLU() if i % 2 else Linear(rng.normal(size=(2, 2)), [0.3, 0.1]) for i in range(6)]
    net = Network(layers)
    ends = np.linspace(-1, 1, 9)
    along = np.linspace(-1, 1, 25)
    lines = [np.stack([np.full(25, e), along], axis=1) for e in ends]
    lines += [line[:, ::-1] for line in lines]
    lines.append(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]))
    offsets = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
    data, image = net.trace(rng.uniform(-1, 1, (DATA, 2))), net.trace(np.concatenate(lines))
    return Drawn(data.points, image.points, offsets)


def windows(drawn: Drawn) -> np.ndarray:
    """(planes, 2): the same reach both ways, around everything on a plane."""
    reach = [
        max(np.abs(a).max(), np.abs(b).max(), 1.0)
        for a, b in zip(drawn.data, drawn.lines, strict=True)
    ]
    return np.array([[-r, r] for r in reach])
