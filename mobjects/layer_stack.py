"""The representations of a network as planes in space, one above the other (figure 1.8).

Input at the bottom, output at the top. A whole stack is six batches: panes,
axes, dotted lines, the image of a grid, the image of a square, and data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from manim import Group

from mobjects.batch import Cloud, Lines, Polygons, as_scene_points, joined
from mobjects.dotted import DottedLines
from mobjects.theme import theme
from mobjects.view import View

_PANE_OPACITY = 0.08
_DOT_OPACITY = 0.6


@dataclass(frozen=True)
class Drawn:
    """What a stack shows: every representation of the data and of some polylines.

    Attributes
    ----------
    data
        One array (n, 2) a plane.
    lines
        One array (k, 2) a plane: the vertices of polylines, one behind the other; k may be 0.
    offsets
        (m + 1,) where each polyline starts; the last one is the square's outline.
    """

    data: Sequence[np.ndarray]
    lines: Sequence[np.ndarray]
    offsets: np.ndarray


@dataclass(frozen=True)
class Pose:
    """Where a stack stands in the frame, and how it is seen.

    Attributes
    ----------
    center
        Scene position (x, y) of its middle.
    side, gap
        The side of a plane, and the distance from one to the next, in scene
        units (before perspective).
    view
        Seen from where; its distance is in sides.
    """

    center: tuple[float, float]
    side: float
    gap: float
    view: View

    def toward(self, other: Pose, share: float) -> Pose:
        """The pose ``share`` (0 to 1) of the way to ``other``."""
        mine = np.array([*self.center, self.side, self.gap])
        theirs = np.array([*other.center, other.side, other.gap])
        x, y, side, gap = ((1 - share) * mine + share * theirs).tolist()
        return Pose((x, y), side, gap, self.view.toward(other.view, share))

    def seen_from(self, view: View) -> Pose:
        """The same place, seen from elsewhere."""
        return replace(self, view=view)


@dataclass(frozen=True)
class Sizes:
    """How large what a stack draws is, in sides of a plane.

    Attributes
    ----------
    mark
        Radius of a datapoint.
    dot, pitch
        Radius of a dot of a dotted line, and the largest distance from dot to dot.
    tick
        Length of a tick.
    """

    mark: float = 0.0135
    dot: float = 0.0042
    pitch: float = 0.037
    tick: float = 0.05


class LayerStack(Group):
    """One network's representations, each on a plane of its own.

    Parameters
    ----------
    windows
        (planes, 2) the smallest and largest coordinate on each plane, both ways.
    drawn
        What it shows first.
    pose
        Where it stands.
    colors, markers
        One for each datapoint.
    sizes
        How large dots and marks are.
    ticks
        (planes,) what one tick counts on each plane; 1 when left out.
    simplex
        (k, 2) corners on the last plane that are joined there in place of
        axes; axes as everywhere when left out.

    Raises
    ------
    ValueError
        When the windows are empty or the arrays do not fit them.
    """

    def __init__(
        self,
        windows: np.ndarray,
        drawn: Drawn,
        pose: Pose,
        *,
        colors: Sequence[str],
        markers: Sequence[str],
        sizes: Sizes | None = None,
        ticks: Sequence[float] | np.ndarray | None = None,
        simplex: np.ndarray | None = None,
    ) -> None:
        super().__init__()
        self.windows = np.asarray(windows, dtype=np.float64)
        if self.windows.ndim != 2 or not (self.windows[:, 0] < self.windows[:, 1]).all():
            raise ValueError(f"windows: got {self.windows.tolist()}, want rows (low, high)")
        self._check(drawn)
        self.drawn, self.pose, self.sizes = drawn, pose, sizes or Sizes()
        self.level = float(len(self.windows) - 1)
        self._make_data(colors, markers)
        self._make_planes(np.ones(len(self.windows)) if ticks is None else ticks, simplex)
        self.add(self.panes, self.axes, self.dots, self.grid, self.outline, self.data)
        self._draw()

    def depict(self, drawn: Drawn) -> Self:
        """Show other representations of the same datapoints."""
        self._check(drawn)
        self.drawn = drawn
        return self._draw()

    def place(self, pose: Pose) -> Self:
        """Stand elsewhere, or be seen from elsewhere."""
        self.pose = pose
        return self._draw()

    def reveal(self, level: float) -> Self:
        """Show the planes up to ``level``, 0 being the input; the rest waits there.

        Between two planes all are on the straight line from one to the next:
        for the eye only.
        """
        self.level = float(np.clip(level, 0, len(self.windows) - 1))
        return self._draw()

    def on_screen(self, plane: int, points: np.ndarray) -> np.ndarray:
        """Scene positions (n, 3) of coordinates (n, 2) on a plane."""
        these = slice(plane, plane + 1)
        space = self._space(np.asarray(points)[None], self.windows[these], self._heights()[these])
        return self._in_scene(self.pose.view.project(space[0]))

    def value(self, plane: int, positions: np.ndarray) -> np.ndarray:
        """The coordinates (n, 2) on a plane that are seen at scene ``positions`` (n, 3)."""
        picture = (np.asarray(positions)[:, :2] - self.pose.center) / self.pose.side
        flat = self.pose.view.unproject(picture, self._heights()[plane])[:, :2]
        low, high = self.windows[plane]
        return (flat + 0.5) * (high - low) + low

    def data_positions(self) -> np.ndarray:
        """Scene positions (planes, n, 3) of the data as drawn, in the order they were given."""
        placed = np.empty_like(self.data.points)
        placed[self._order] = self.data.points
        return placed.reshape(len(self.windows), -1, 3)

    def dotted_ends(self) -> tuple[np.ndarray, np.ndarray]:
        """The two ends (planes - 1, n, 3) of every dotted line, as drawn."""
        ends = self.dots.points.reshape(len(self.windows) - 1, -1, 2, 3)
        return ends[..., 0, :], ends[..., 1, :]

    def middles(self) -> np.ndarray:
        """The scene height (planes,) of the middle of every plane."""
        space = np.zeros((len(self.windows), 3))
        space[:, 2] = self._heights()
        return self._in_scene(self.pose.view.project(space))[:, 1]

    def _check(self, drawn: Drawn) -> None:
        if not len(drawn.data) == len(drawn.lines) == len(self.windows):
            raise ValueError(
                f"drawn: got {len(drawn.data)} planes of data and {len(drawn.lines)} of lines, "
                f"want {len(self.windows)} of each, as there are windows"
            )

    def _make_data(self, colors: Sequence[str], markers: Sequence[str]) -> None:
        """The clouds; every draw puts them in the order of the depth they have then."""
        planes = len(self.windows)
        count = planes * len(self.drawn.data[0])
        self.data = Cloud(
            np.zeros((count, 2)),
            list(colors) * planes,
            radius=self.sizes.mark,
            markers=list(markers) * planes,
        )
        self._own_rgbas, self._own_markers = self.data.rgbas.copy(), self.data.markers.copy()
        nowhere = np.zeros((1, 2))
        sizes = {"radius": self.sizes.dot, "pitch": self.sizes.pitch}
        self.dots = DottedLines(nowhere, nowhere, colors=theme().muted, **sizes)

    def _make_planes(self, ticks: Sequence[float] | np.ndarray, simplex: np.ndarray | None) -> None:
        t, planes = theme(), len(self.windows)
        nowhere = np.zeros((1, 2))
        parts = [
            _scaffold(low, high, step, self.sizes.tick)
            for (low, high), step in zip(self.windows, ticks, strict=True)
        ]
        if simplex is not None:
            parts[-1] = _joined(simplex, *self.windows[-1])
        counts = np.concatenate([np.diff(offsets) for _, offsets, _ in parts])
        frames = [_SQUARE] * planes + [points for points, _, _ in parts]
        self._scaffold = np.concatenate(frames)
        self._scaffold_plane = np.repeat([*range(planes)] * 2, [len(points) for points in frames])
        self._pane_opacity = np.full(planes, _PANE_OPACITY)
        self._axes_opacity = np.concatenate([opacity for _, _, opacity in parts])
        self._axes_plane = np.repeat(np.arange(planes), [len(o) - 1 for _, o, _ in parts])
        corners, edges = np.zeros((4 * planes, 2)), np.arange(planes + 1) * 4
        self.panes = Polygons(corners, edges, colors=t.muted)
        self.panes.supports = "the frames around them"
        starts = np.concatenate([[0], np.cumsum(counts)])
        width = t.grid_width
        colors = [t.muted] * (len(starts) - 1)
        if simplex is not None:
            colors[-1] = t.ink
        self.axes = Lines(np.zeros((starts[-1], 2)), starts, colors=colors, stroke_width=width)
        self.grid = Lines(nowhere, colors=t.grid, stroke_width=width)
        self.outline = Lines(nowhere, colors=t.muted, stroke_width=t.axis_width)

    def _draw(self) -> Self:
        shown = np.clip(self.level - np.arange(len(self.windows)) + 1, 0, 1)
        parts = [self._frames(), self._held(self.drawn.lines), self._held(self.drawn.data)]
        picture, depth = self.pose.view.seen(np.concatenate(parts))
        placed = self._in_scene(picture)
        corners = 4 * len(self.windows)
        frames, lines, data = np.split(placed, np.cumsum([len(part) for part in parts[:-1]]))
        self.panes.points, self.axes.points = frames[:corners].copy(), frames[corners:].copy()
        self.panes.rgbas[:, 3] = self._pane_opacity * shown
        self.axes.rgbas[:, 3] = self._axes_opacity * shown[self._axes_plane]
        self._draw_lines(lines)
        self._draw_data(data, depth[-len(data) :])
        return self

    def _draw_lines(self, placed: np.ndarray) -> None:
        if not len(placed):
            self.grid.set_opacity(0)
            self.outline.set_opacity(0)
            return
        points = placed.reshape(len(self.windows), -1, 3)
        edges, cut = np.asarray(self.drawn.offsets), int(self.drawn.offsets[-2])
        for lines, part, offsets in (
            (self.grid, points[:, :cut], edges[:-1]),
            (self.outline, points[:, cut:], edges[-2:] - cut),
        ):
            starts = np.arange(len(self.windows))[:, None] * offsets[-1] + offsets[:-1]
            lines.points = part.reshape(-1, 3)
            lines.offsets = np.append(starts, len(lines.points))
            lines.rgbas = np.repeat(lines.rgbas[:1], len(lines.offsets) - 1, axis=0)

    def _draw_data(self, placed: np.ndarray, depth: np.ndarray) -> None:
        plane = np.repeat(np.arange(len(self.windows)), len(self.drawn.data[0]))
        self._order = np.lexsort((-depth, plane))
        self.data.points = placed[self._order]
        self.data.rgbas = self._own_rgbas[self._order]
        self.data.markers = self._own_markers[self._order]
        self.data.radius = self.sizes.mark * self.pose.side
        planes = placed.reshape(len(self.windows), -1, 3)
        ends = planes[:-1].reshape(-1, 3), planes[1:].reshape(-1, 3)
        self.dots.points, self.dots.offsets = joined(*ends)
        self.dots.rgbas = self._own_rgbas[: len(ends[0])].copy()
        self.dots.rgbas[:, 3] = _DOT_OPACITY
        self.dots.radius = self.sizes.dot * self.pose.side
        self.dots.pitch = self.sizes.pitch * self.pose.side

    def _frames(self) -> np.ndarray:
        """The panes' corners and the axes in space (n, 3)."""
        return np.column_stack([self._scaffold, self._heights()[self._scaffold_plane]])

    def _held(self, planes: Sequence[np.ndarray]) -> np.ndarray:
        """Points of every plane in space (planes * n, 3), those above the level held at it."""
        space = self._space(np.stack(planes), self.windows, self._heights())
        below = int(self.level)
        rest = self.level - below
        if below < len(space) - 1:
            space[below + 1 :] = (1 - rest) * space[below] + rest * space[below + 1]
        return space.reshape(-1, 3)

    def _heights(self) -> np.ndarray:
        """The height (planes,) of every plane above the middle of the stack, in sides."""
        planes = np.arange(len(self.windows)) - (len(self.windows) - 1) / 2
        return planes * self.pose.gap / self.pose.side

    @staticmethod
    def _space(points: np.ndarray, windows: np.ndarray, heights: np.ndarray) -> np.ndarray:
        """Coordinates (planes, n, 2) on planes as points of space (planes, n, 3), in sides."""
        low, high = windows.T[:, :, None, None]
        space = np.empty((*points.shape[:2], 3))
        space[..., :2] = (points - low) / (high - low) - 0.5
        space[..., 2] = heights[:, None]
        return space

    def _in_scene(self, picture: np.ndarray) -> np.ndarray:
        return as_scene_points(picture * self.pose.side + self.pose.center)


_SQUARE = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])


def _scaffold(
    low: float, high: float, step: float, tick: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Frame, axes and a tick at every multiple of ``step``, in sides from a plane's middle.

    Returns the vertices (k, 2), where each line starts, and each line's opacity.
    """

    def at(values: np.ndarray) -> np.ndarray:
        return (values - low) / (high - low) - 0.5

    zero = float(at(np.clip(0.0, low, high)))
    whole = step * np.arange(np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9) + 1)
    ticks = at(whole[whole != 0])
    side = np.full(len(ticks), tick / 2)
    across = np.stack([ticks, zero - side, ticks, zero + side], axis=1)
    along = np.stack([zero - side, ticks, zero + side, ticks], axis=1)
    axes = [[-0.5, zero, 0.5, zero], [zero, -0.5, zero, 0.5]]
    segments = np.concatenate([axes, across, along]).reshape(-1, 2)
    points = np.concatenate([_SQUARE, _SQUARE[:1], segments])
    offsets = np.append(0, np.arange(5, len(points) + 1, 2))
    opacity = np.ones(len(offsets) - 1)
    opacity[0] = theme().muted_opacity
    return points, offsets, opacity


def _joined(
    corners: np.ndarray, low: float, high: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The frame of a plane and the outline through ``corners``, as of :func:`_scaffold`."""
    outline = (np.asarray(corners)[[*range(len(corners)), 0]] - low) / (high - low) - 0.5
    points = np.concatenate([_SQUARE, _SQUARE[:1], outline])
    return points, np.array([0, 5, len(points)]), np.array([theme().muted_opacity, 1.0])
