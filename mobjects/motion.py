"""Animations that move arrays: along keyframes, or by a function of progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from manim import Animation, Create, Mobject, linear, smooth

from mobjects.batch import Batch, as_scene_points


def keyframe(frames: Sequence[np.ndarray] | np.ndarray, share: float) -> np.ndarray:
    """The array ``share`` (0 to 1) of the way through equally spaced ``frames``.

    Exactly a frame where one stands; straight in between. Pure.

    Raises
    ------
    ValueError
        When there is no frame.
    """
    if not len(frames):
        raise ValueError("frames: got none, want at least one array")
    place = float(np.clip(share, 0, 1)) * (len(frames) - 1)
    before = min(int(place), len(frames) - 1)
    rest = place - before
    if rest < 1e-12 or before == len(frames) - 1:
        return np.array(frames[before], dtype=np.float64)
    return (1 - rest) * np.asarray(frames[before]) + rest * np.asarray(frames[before + 1])


class Through(Animation):
    """Move a batch through keyframes of its points, each (n, 2) or (n, 3)."""

    def __init__(
        self,
        batch: Batch,
        frames: Sequence[np.ndarray] | np.ndarray,
        *,
        rate_func: Callable[[float], float] = smooth,
        **kwargs: Any,
    ) -> None:
        self.frames = np.stack([as_scene_points(frame) for frame in frames])
        super().__init__(batch, rate_func=rate_func, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        share = self.rate_func(alpha)
        assert isinstance(self.mobject, Batch)
        self.mobject.points = keyframe(self.frames, share)


class Draw(Create):
    """Draw a batch on, from its first vertex to its last: every line of a bundle at once."""

    def __init__(self, batch: Batch, **kwargs: Any) -> None:
        super().__init__(batch, **kwargs)  # type: ignore[arg-type]


class Change(Animation):
    """Call ``function(mobject, share)`` each frame, share running from 0 to 1.

    The function must not close over the scene: Manim hashes what it closes
    over to know a cached segment again.
    """

    def __init__(
        self,
        mobject: Mobject,
        function: Callable[[Any, float], Any],
        *,
        rate_func: Callable[[float], float] = linear,
        **kwargs: Any,
    ) -> None:
        self.function = function
        super().__init__(mobject, rate_func=rate_func, **kwargs)

    def interpolate_mobject(self, alpha: float) -> None:
        self.function(self.mobject, self.rate_func(alpha))
