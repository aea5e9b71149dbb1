"""A view of space onto the flat frame: turn, tilt, and a slight perspective.

Space has the coordinates u to the right, v away and w up; the flat camera
draws what :meth:`View.project` returns. All pure NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class View:
    """Where space is looked at from.

    Attributes
    ----------
    azimuth
        Degrees by which the eye has gone around the w-axis.
    elevation
        Degrees above the horizon, -90 < elevation < 90.
    distance
        Of the eye from the origin, in units of space; the nearer, the
        stronger the perspective.

    Raises
    ------
    ValueError
        When the elevation or the distance is out of range.
    """

    azimuth: float = 30.0
    elevation: float = 18.0
    distance: float = 20.0

    def __post_init__(self) -> None:
        if not -90 < self.elevation < 90:
            raise ValueError(f"elevation: got {self.elevation}, want degrees between -90 and 90")
        if not self.distance > 0:
            raise ValueError(f"distance: got {self.distance}, want a positive number")

    def toward(self, other: View, share: float) -> View:
        """The view ``share`` (0 to 1) of the way to ``other``, each number straight between."""
        mine = np.array([self.azimuth, self.elevation, self.distance])
        theirs = np.array([other.azimuth, other.elevation, other.distance])
        return View(*((1 - share) * mine + share * theirs).tolist())

    def project(self, points: np.ndarray) -> np.ndarray:
        """The picture (n, 2), x right and y up, of points of space (n, 3).

        Raises
        ------
        ValueError
            When a point lies at the eye or behind it.
        """
        return self.seen(points)[0]

    def seen(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What :meth:`project` returns, and how far (n,) each point lies behind the origin."""
        right, up, away = self._turned(points)
        if len(away) and not away.min() > -self.distance:
            raise ValueError(
                f"distance: {self.distance} puts points behind the eye, want it larger"
            )
        nearness = self.distance / (self.distance + away)
        return np.stack([right * nearness, up * nearness], axis=1), away

    def unproject(self, picture: np.ndarray, height: float | np.ndarray) -> np.ndarray:
        """The points of space (n, 3) at ``height`` w that are seen at ``picture`` (n, 2)."""
        x, y = picture.T
        cos, sin = self._tilt()
        w = np.broadcast_to(np.asarray(height, dtype=np.float64), x.shape)
        eye = self.distance
        away = (eye * w * cos - y * (eye - w * sin)) / (y * cos - eye * sin)
        right = x * (eye + away * cos - w * sin) / eye
        turn = np.radians(self.azimuth)
        u = right * np.cos(turn) - away * np.sin(turn)
        v = right * np.sin(turn) + away * np.cos(turn)
        return np.stack([u, v, w], axis=1)

    def _tilt(self) -> tuple[float, float]:
        tilt = np.radians(self.elevation)
        return float(np.cos(tilt)), float(np.sin(tilt))

    def _turned(self, points: np.ndarray) -> np.ndarray:
        """Right, up and away (3, n) in the eye's own axes."""
        u, v, w = np.ascontiguousarray(np.asarray(points, dtype=np.float64).T)
        turn = np.radians(self.azimuth)
        cos, sin = self._tilt()
        right = u * np.cos(turn) + v * np.sin(turn)
        away = v * np.cos(turn) - u * np.sin(turn)
        return np.stack([right, away * sin + w * cos, away * cos - w * sin])
