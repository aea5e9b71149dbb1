"""Flashing, as WCAG 2.3.1 defines it, watched frame by frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import uniform_filter

from look.colours import LUMINANCE, linear

FLASHES = 3
AREA = 0.25
TOGETHER = 0.1
_DARK = 0.8
_STEP = 0.1
_RED = 0.8
_RED_STEP = 20 / 320


@dataclass(frozen=True)
class Flash:
    """Flashing of a ``kind``, general or red, about a place given as shares of the frame."""

    kind: str
    x: float
    y: float


class Flashes:
    """Watches a film for general and red flashes.

    A general flash is a pair of opposing changes of relative luminance by 0.1
    or more where the darker image is below 0.8. A red flash is a pair of
    opposing changes of R - G - B, negative taken as 0, by 20 / 320 or more
    with a saturated red at one end. In no second may there be more than three
    that take a quarter of any 10 degrees of the visual field together, here a
    third of the frame each way: a screen that spans 30 degrees, as seen from
    the front row. Together means within :data:`TOGETHER` seconds, and net:
    what merely moves darkens as much as it brightens.

    Parameters
    ----------
    frame_rate
        Frames a second.
    """

    def __init__(self, frame_rate: float) -> None:
        self.frame_rate = frame_rate
        self._frame = 0
        self._turns: dict[str, _Turns] = {}

    def show(self, pixels: np.ndarray, stays: int = 1) -> list[Flash]:
        """What flashes at the next frame (height, width, 3 or 4) of bytes, ``stays`` long."""
        light = linear(pixels)
        bright = light @ LUMINANCE
        red = np.maximum(light[..., 0] - light[..., 1] - light[..., 2], 0)
        saturated = light[..., 0] >= _RED * np.maximum(light.sum(axis=2), 1e-6)
        seen = {
            "general": (bright, bright < _DARK, _STEP),
            "red": (red, saturated, _RED_STEP),
        }
        found = []
        for kind, (values, counts, step) in seen.items():
            turns = self._turns.setdefault(kind, _Turns(values, counts, step))
            turns.follow(values, counts, self._frame)
            many = turns.in_a_second(self._frame, self.frame_rate) > 2 * FLASHES
            if many.any():
                y, x = np.argwhere(many).mean(axis=0) / many.shape
                found.append(Flash(kind, float(x), float(y)))
        self._frame += stays
        return found


class _Turns:
    """One quantity at every pixel, and when whole areas of it turned."""

    def __init__(self, values: np.ndarray, counts: np.ndarray, step: float) -> None:
        self.step = step
        self.low, self.high = values.copy(), values.copy()
        self.direction = np.zeros(values.shape, np.int8)
        self.counted = counts.copy()
        self.recent: list[tuple[int, np.ndarray]] = []
        self.area_direction = np.zeros(values.shape, np.int8)
        self.area_turns: list[tuple[int, np.ndarray]] = []

    def follow(self, values: np.ndarray, counts: np.ndarray, frame: int) -> None:
        """Take in the next frame: which pixels rose or fell by a step since they last turned."""
        self.counted |= counts
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)
        rose = (values - self.low >= self.step) & (self.direction <= 0)
        fell = (self.high - values >= self.step) & (self.direction >= 0) & ~rose
        turned = rose | fell
        if not turned.any():
            return
        change = np.where(self.counted, rose.astype(np.float32) - fell, 0)
        self.recent.append((frame, change))
        self.direction[rose], self.direction[fell] = 1, -1
        self.low[turned] = self.high[turned] = values[turned]
        self.counted[turned] = counts[turned]

    def in_a_second(self, frame: int, rate: float) -> np.ndarray:
        """How often, within the last second, the area around each pixel turned as one."""
        self.recent = [(when, c) for when, c in self.recent if frame - when < TOGETHER * rate]
        if self.recent:
            self._turn_areas(np.sum([change for _, change in self.recent], axis=0), frame)
        self.area_turns = [(when, w) for when, w in self.area_turns if frame - when < rate]
        total = np.zeros(self.direction.shape, np.int16)
        for _, where in self.area_turns:
            total += where
        return total

    def _turn_areas(self, change: np.ndarray, frame: int) -> None:
        size = (max(1, change.shape[0] // 3), max(1, change.shape[1] // 3))
        net = uniform_filter(np.clip(change, -1, 1), size, mode="constant")
        rose = (net > AREA) & (self.area_direction <= 0)
        fell = (net < -AREA) & (self.area_direction >= 0)
        if (rose | fell).any():
            self.area_direction[rose], self.area_direction[fell] = 1, -1
            self.area_turns.append((frame, rose | fell))
