"""Many points, lines or polygons as ONE mobject each.

A batch holds plain arrays and is drawn in one go by :mod:`mobjects.camera`.
It moves, fades and transforms like any mobject of Manim's.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Self

import numpy as np
from manim import Mobject
from manim.utils.color import ManimColor, ParsableManimColor

MARKERS = ("disc", "diamond", "square", "triangle", "ring", "cross", "plus", "star", "down", "bar")


class Batch(Mobject):
    """Points in space and the colours of what is drawn at them.

    Attributes
    ----------
    points
        (n, 3) scene coordinates.
    rgbas
        (m, 4) colours from 0 to 1: one a point, line or polygon.
    supports
        What else shows the same more strongly, where this may be faint: the
        tint under a curve supports the curve. Empty for what stands by itself.
    """

    supports: str = ""

    def reset_points(self) -> Self:
        self.points = np.zeros((0, 3))
        self.rgbas = np.zeros((0, 4))
        return self

    def set_points(self, points: np.ndarray) -> Self:
        """Move to ``points``, (n, 2) or (n, 3), n as before.

        Raises
        ------
        ValueError
            When the count differs or a coordinate is not finite.
        """
        placed = as_scene_points(points)
        if len(placed) != len(self.points):
            raise ValueError(f"points: got {len(placed)}, want {len(self.points)}")
        self.points = placed
        return self

    def set_color(self, color: ParsableManimColor = "#ffffff", family: bool = True) -> Self:  # type: ignore[override]
        rgb = ManimColor(color).to_rgb()
        for mobject in self.get_family() if family else [self]:
            if isinstance(mobject, Batch):
                mobject.rgbas[:, :3] = rgb
        self.color = ManimColor(color)
        return self

    def set_opacity(self, opacity: float | np.ndarray) -> Self:
        """Set every element's opacity, 0 to 1: one number, or one for each."""
        self.rgbas[:, 3] = opacity
        return self

    def fade(self, darkness: float = 0.5, family: bool = True) -> Self:
        self.rgbas[:, 3] *= 1 - darkness
        return super().fade(darkness, family)

    def fade_to(self, color: ParsableManimColor, alpha: float, family: bool = True) -> Self:
        self.rgbas[:, :3] += alpha * (np.array(ManimColor(color).to_rgb()) - self.rgbas[:, :3])
        return self

    def get_color(self) -> ManimColor:
        return ManimColor(self.rgbas[0, :3] if len(self.rgbas) else "#ffffff")

    def get_array_attrs(self) -> list[str]:
        return ["points", "rgbas"]

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        assert isinstance(mobject1, Batch)
        assert isinstance(mobject2, Batch)
        self.rgbas = (1 - alpha) * mobject1.rgbas + alpha * mobject2.rgbas
        return self

    def get_point_mobject(self, center: Any = None) -> Self:  # type: ignore[override]
        """One invisible element, for Manim to grow from or shrink to."""
        point = self.copy()
        point.points = np.repeat(
            [self.get_center() if center is None else center], len(self.points), 0
        )
        return point.set_opacity(0)


class Cloud(Batch):
    """Datapoints as antialiased, blended marks: one mobject however many.

    Parameters
    ----------
    points
        (n, 2) or (n, 3) scene coordinates.
    colors
        One colour, or one for each point.
    radius
        Of a mark, in scene units.
    opacity
        0 to 1; one number, or one for each point.
    markers
        One of :data:`MARKERS`, or one for each point.

    Raises
    ------
    ValueError
        When shapes do not fit, a coordinate is not finite, the radius is not
        positive or a marker is unknown.
    """

    def __init__(
        self,
        points: np.ndarray,
        colors: str | Sequence[str] | np.ndarray,
        *,
        radius: float,
        opacity: float | np.ndarray = 1.0,
        markers: str | Sequence[str] = "disc",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not radius > 0:
            raise ValueError(f"radius: got {radius}, want a positive number of scene units")
        self.points = as_scene_points(points)
        self.rgbas = as_rgbas(colors, len(self.points), opacity)
        self.radius = radius
        self.markers = _as_markers(markers, len(self.points))

    def align_points_with_larger(self, larger_mobject: Mobject) -> Self:
        index = (
            np.arange(len(larger_mobject.points)) * len(self.points) // len(larger_mobject.points)
        )
        self.points, self.rgbas = self.points[index], self.rgbas[index]
        self.markers = self.markers[index]
        return self

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        assert isinstance(mobject1, Cloud)
        assert isinstance(mobject2, Cloud)
        self.radius = (1 - alpha) * mobject1.radius + alpha * mobject2.radius
        self.markers = mobject1.markers if alpha < 0.5 else mobject2.markers
        return super().interpolate_color(mobject1, mobject2, alpha)

    def pointwise_become_partial(self, mobject: Mobject, a: float, b: float) -> Self:
        """Show the points from fraction ``a`` to fraction ``b`` of the cloud, for ``Create``."""
        assert isinstance(mobject, Cloud)
        self.points = mobject.points.copy()
        self.rgbas = mobject.rgbas.copy()
        place = (np.arange(len(self.points)) + 0.5) / len(self.points)
        self.rgbas[(place < a) | (place > b), 3] = 0
        return self


class Lines(Batch):
    """A bundle of polylines as one mobject.

    Parameters
    ----------
    points
        (k, 2) or (k, 3): the vertices of all lines, one line behind the other.
    offsets
        (m + 1,): where each line starts, and k at the end; one line when left out.
    colors
        One colour, or one for each line.
    stroke_width
        Manim stroke width (100 is one scene unit).
    opacity
        0 to 1; one number, or one for each line.
    dash
        Lengths of dash and gap in scene units; (0, gap) draws round dots.

    Raises
    ------
    ValueError
        When shapes do not fit or a coordinate is not finite.
    """

    def __init__(
        self,
        points: np.ndarray,
        offsets: np.ndarray | Sequence[int] | None = None,
        *,
        colors: str | Sequence[str] | np.ndarray,
        stroke_width: float,
        opacity: float | np.ndarray = 1.0,
        dash: tuple[float, float] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.points = as_scene_points(points)
        self.offsets = _as_offsets(offsets, len(self.points))
        self.rgbas = as_rgbas(colors, len(self.offsets) - 1, opacity)
        self.stroke_width = stroke_width
        self.dash = dash

    @classmethod
    def segments(cls, starts: np.ndarray, ends: np.ndarray, **kwargs: Any) -> Self:
        """One straight line from each row of ``starts`` to the same row of ``ends``."""
        return cls(*joined(starts, ends), **kwargs)

    def set_ends(self, starts: np.ndarray, ends: np.ndarray) -> Self:
        """Move a bundle of segments to new ends, (m, 2) or (m, 3) each."""
        return self.set_points(joined(starts, ends)[0])

    def align_points_with_larger(self, larger_mobject: Mobject) -> Self:
        assert isinstance(larger_mobject, Lines)
        if len(self.offsets) != len(larger_mobject.offsets):
            raise ValueError(
                f"lines: got bundles of {len(self.offsets) - 1} and "
                f"{len(larger_mobject.offsets) - 1} lines, want as many in both to transform"
            )
        counts = np.maximum(np.diff(self.offsets), np.diff(larger_mobject.offsets))
        for bundle in (self, larger_mobject):
            bundle._resample(counts)
        return self

    def _resample(self, counts: np.ndarray) -> None:
        pieces = [self.points[a:b] for a, b in pairwise(self.offsets)]
        filled = [
            piece[np.minimum(np.arange(count), len(piece) - 1)]
            for piece, count in zip(pieces, counts, strict=True)
        ]
        self.points = np.concatenate(filled)
        self.offsets = np.concatenate([[0], np.cumsum(counts)])

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        assert isinstance(mobject1, Lines)
        assert isinstance(mobject2, Lines)
        self.stroke_width = (1 - alpha) * mobject1.stroke_width + alpha * mobject2.stroke_width
        return super().interpolate_color(mobject1, mobject2, alpha)

    def pointwise_become_partial(self, mobject: Mobject, a: float, b: float) -> Self:
        """Show every line from fraction ``a`` to ``b`` of its vertices' path, for ``Create``."""
        assert isinstance(mobject, Lines)
        counts = np.diff(mobject.offsets)
        first = np.repeat(mobject.offsets[:-1], counts)
        span = np.repeat(counts - 1, counts)
        place = np.clip((np.arange(len(first)) - first) / np.maximum(span, 1), a, b) * span
        whole = np.minimum(place.astype(np.int64), np.repeat(np.maximum(counts - 2, 0), counts))
        start = first + whole
        end = np.minimum(start + 1, len(first) - 1)
        share = (place - whole)[:, None]
        self.points = (1 - share) * mobject.points[start] + share * mobject.points[end]
        return self


class Polygons(Lines):
    """Filled polygons as one mobject: ``offsets`` as for lines, one colour a polygon.

    ``stroke_width`` is that of an outline in the polygon's colour; 0 draws none.
    """

    def __init__(
        self,
        points: np.ndarray,
        offsets: np.ndarray | Sequence[int] | None = None,
        *,
        colors: str | Sequence[str] | np.ndarray,
        opacity: float | np.ndarray = 1.0,
        stroke_width: float = 0.0,
        **kwargs: Any,
    ) -> None:
        kwargs.update(colors=colors, stroke_width=stroke_width, opacity=opacity)
        super().__init__(points, offsets, **kwargs)


def joined(starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The vertices (2m, 3) and offsets of segments between two arrays of ends."""
    first, last = as_scene_points(starts), as_scene_points(ends)
    if first.shape != last.shape:
        raise ValueError(f"ends: got {len(last)} points, want {len(first)} as in starts")
    return np.stack([first, last], axis=1).reshape(-1, 3), np.arange(len(first) + 1) * 2


def as_scene_points(points: np.ndarray) -> np.ndarray:
    """``points`` as a fresh (n, 3) float64 array; a missing third coordinate is 0.

    Raises
    ------
    ValueError
        When the shape is not (n, 2) or (n, 3), or a coordinate is not finite.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] not in (2, 3):
        raise ValueError(f"points: got shape {array.shape}, want (n, 2) or (n, 3)")
    if not np.isfinite(array).all():
        raise ValueError("points: got coordinates that are not finite, want finite numbers")
    placed = np.zeros((len(array), 3))
    placed[:, : array.shape[1]] = array
    return placed


def as_rgbas(
    colors: str | Sequence[str] | np.ndarray, count: int, opacity: float | np.ndarray = 1.0
) -> np.ndarray:
    """``colors`` as (count, 4) numbers from 0 to 1: one ``#rrggbb`` for all, or one for each.

    Raises
    ------
    ValueError
        When there are neither one nor ``count`` colours, or an opacity is not in 0 to 1.
    """
    names = [colors] if isinstance(colors, str) else list(colors)
    if len(names) not in (1, count):
        raise ValueError(f"colors: got {len(names)}, want 1 or {count}")
    known = {name: ManimColor(name).to_rgb() for name in set(map(_key, names))}
    rgbas = np.ones((count, 4))
    rgbas[:, :3] = [known[_key(name)] for name in names] if count else 1
    rgbas[:, 3] = opacity
    if count and not (rgbas[:, 3].min() >= 0 and rgbas[:, 3].max() <= 1):
        raise ValueError(f"opacity: got {opacity}, want numbers from 0 to 1")
    return rgbas


def _key(color: Any) -> Any:
    return color if isinstance(color, str) else tuple(color)


def _as_markers(markers: str | Sequence[str], count: int) -> np.ndarray:
    names = [markers] * count if isinstance(markers, str) else list(markers)
    if len(names) != count:
        raise ValueError(f"markers: got {len(names)}, want 1 or {count}")
    unknown = set(names) - set(MARKERS)
    if unknown:
        raise ValueError(f"markers: got {sorted(unknown)[0]!r}, want one of {', '.join(MARKERS)}")
    return np.array([MARKERS.index(name) for name in names], dtype=np.int8)


def _as_offsets(offsets: np.ndarray | Sequence[int] | None, count: int) -> np.ndarray:
    edges = np.array([0, count] if offsets is None else offsets, dtype=np.int64)
    if len(edges) < 1 or edges[0] != 0 or edges[-1] != count or (np.diff(edges) < 1).any():
        raise ValueError(f"offsets: got {edges.tolist()[:8]}, want rising from 0 to {count}")
    return edges
