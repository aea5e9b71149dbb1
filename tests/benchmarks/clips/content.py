"""What the benchmarks' clips show: the same numbers for ours, Manim's own way, and matplotlib."""

from __future__ import annotations

import os
from functools import cache

import numpy as np

from mobjects.layer_stack import Drawn
from mobjects.theme import theme
from mobjects.view import View
from model.lesson_run import Run
from model.lesson_view import on_show
from scenes.gaussian_blobs import SOURCE

POINTS = int(os.environ.get("BENCH_POINTS", "2000"))
FRAMES = int(os.environ.get("BENCH_FRAMES", "60"))
DEEP = os.environ.get("BENCH_DEEP") == "1"
RADIUS = 0.7 * theme().dot_radius if POINTS <= 10_000 else 0.012
OPACITY = min(theme().cloud_opacity, 20_000 / POINTS)
BLUE, ORANGE = "#4477aa", "#ee8866"
PACE = FRAMES / 150  # of a clip's slow move: frames differ as much, however many there are
VIEW, TURN = View(azimuth=30, elevation=18, distance=20), 46 * PACE
UNIT = 5.5 / 6.6  # of the clip's large plane
SIDE, GAP, APART = 1.9, 0.95, 3.2


@cache
def blob() -> np.ndarray:
    """Points (n, 2) of the blob of figure 1.5, or as many in space (n, 3), in scene units."""
    if DEEP:
        return 1.3 * np.random.default_rng(0).standard_normal((POINTS, 3))
    return UNIT * (SOURCE.sample(POINTS, seed=0) - SOURCE.mean)


def blob_at(share: float) -> np.ndarray:
    """Where the points stand in the frame (n, 2): turned flat, or gone around in space."""
    turn = 90 * PACE * share
    if DEEP:
        return View(azimuth=turn).project(blob())
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return blob() @ [[cos, sin], [-sin, cos]]


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
