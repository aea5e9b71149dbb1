"""What the benchmarks' clips show: the same numbers for ours, Manim's own way, and matplotlib."""

from __future__ import annotations

import os
from functools import cache

import numpy as np

from mobjects.layer_stack import Drawn
from mobjects.view import View
from model.lesson_run import Run
from model.lesson_view import on_show

POINTS = int(os.environ.get("BENCH_POINTS", "2000"))
FRAMES = int(os.environ.get("BENCH_FRAMES", "60"))
DEEP = os.environ.get("BENCH_DEEP") == "1"
RADIUS = 0.03 if POINTS <= 10_000 else 0.012
OPACITY = min(0.8, 20_000 / POINTS)
BLUE, ORANGE = "#4477aa", "#ee8866"


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
def run() -> Run:
    """The run of figure 1.8."""
    return Run(on_show())


def stacks() -> list[Drawn]:
    """The four stacks of figure 1.8: the representations of data and square at each checkpoint."""
    shown = [run().pictures[row] for row in run().checkpoints]
    return [Drawn(each.data, each.lines, each.offsets) for each in shown]


def colors() -> list[str]:
    """One for each datapoint of a plane."""
    return [(BLUE, ORANGE)[label] for label in run().data.labels[run().chosen]]
