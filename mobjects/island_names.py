"""Names beside the islands they name, clear of all points."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from mobjects.joint_map import Window
from mobjects.text import Text
from mobjects.theme import theme

_GAP, _REACH, _STEP = 0.05, 2.0, 0.05
_TURNS = np.linspace(-np.pi, np.pi, 49)
_DETOUR, _COVERED = 0.1, 3.0  # scene units that a turn by a right angle, and a hidden point, cost


def beside(
    middles: np.ndarray,
    sizes: np.ndarray,
    points: np.ndarray,
    low: np.ndarray,
    high: np.ndarray,
) -> np.ndarray:
    """Where labels stand: near their islands, outwards, apart, on no point if that can be.

    Parameters
    ----------
    middles
        (k, 2) of the islands.
    sizes
        (k, 2) width and height of the labels, with the room around them.
    points
        (n, 2) to be kept clear of.
    low, high
        (2,) corners of what the labels may fill.

    Returns
    -------
    Array (k, 2): the labels' middles.
    """
    center, placed = points.mean(axis=0), np.zeros((0, 2))
    reach = np.arange(0, _REACH, _STEP)[:, None]
    for island, (middle, size) in enumerate(zip(middles, sizes, strict=True)):
        outwards = np.arctan2(*(middle - center)[::-1])
        ways = np.stack([np.cos(outwards + _TURNS), np.sin(outwards + _TURNS)], axis=1)
        spots = (middle + reach[:, None] * ways).reshape(-1, 2)
        cost = (reach + _DETOUR * np.abs(_TURNS) / (np.pi / 2)).ravel()
        cost = cost + _COVERED * _within(spots, points, size / 2).sum(axis=1)
        apart = (size + sizes[:island]) / 2
        taken = _within(spots, placed, apart).any(axis=1)
        outside = ((spots - size / 2 < low) | (spots + size / 2 > high)).any(axis=1)
        best = np.where(taken | outside, np.inf, cost).argmin()
        placed = np.vstack([placed, spots[best]])
    return placed


def _within(spots: np.ndarray, points: np.ndarray, reach: np.ndarray) -> np.ndarray:
    """Which points (n, 2) lie within ``reach`` of which spots (m, 2), both ways: (m, n)."""
    return (np.abs(spots[:, None] - points) < reach).all(axis=2)


class IslandNames(Group):
    """Names of islands of points in a window, in the islands' colours.

    Parameters
    ----------
    names
        Plain words, one an island.
    colors
        One an island.
    middles
        (k, 2) or (k, 3) scene positions of the islands.
    points
        (n, 2) or (n, 3) scene positions of all points.
    room
        How far each point reaches, in scene units.
    window
        In which the names stay.
    """

    def __init__(
        self,
        names: Sequence[str],
        colors: Sequence[str],
        middles: np.ndarray,
        points: np.ndarray,
        *,
        room: float,
        window: Window,
    ) -> None:
        super().__init__()
        self.texts = [
            Text(name, size=theme().tick_size, color=color)
            for name, color in zip(names, colors, strict=True)
        ]
        sizes = np.array([[text.width, text.height] for text in self.texts])
        spots = beside(
            np.asarray(middles)[:, :2],
            sizes + 2 * (_GAP + room),
            np.asarray(points)[:, :2],
            window.middle - window.size / 2,
            window.middle + window.size / 2,
        )
        for text, (x, y) in zip(self.texts, spots.tolist(), strict=True):
            text.move_to((x, y, 0))
        self.add(*self.texts)
