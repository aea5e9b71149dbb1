"""One blob through three layers: linear, relu and L2-norm (figure 1.5)."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Group, VMobject

from mobjects.arrows import Arrows
from mobjects.axis import Plane
from mobjects.batch import Cloud
from mobjects.blob import Blob, Parts
from mobjects.singular import AroundCircle, OnTheAxes, part_colors, parts_table
from mobjects.story import Story, beat
from mobjects.text import Math, Text, left_aligned
from model import L2Norm, Layer, Linear, Network, ReLU
from model.density import (
    GaussianND,
    ReluMasses,
    counted_masses,
    direction_pdf,
    relu_axis_pdf,
    relu_masses,
    relu_parts,
)
from model.geometry import BundleTrace, grid_lines, trace_polyline, trace_polylines
from model.motion import Factors, Move, layer_moves, linear_factors

SOURCE = GaussianND([0.4, 0.3], [[0.75, 0.2], [0.2, 0.5]])
POINTS, SEED = 2000, 277  # a sample that leaves the numerals of the plane clear
BOX = ((-1.8, 1.8), (-1.8, 1.8))
LINES = 12  # an even number: no line runs through the origin, where L2-norm would tear it
CONTOURS = (1.0, 2.0)
LINEAR = Linear([[0.66, -0.93], [1.0, -0.14]], [0.5, -0.4])
LAYERS: tuple[Layer, ...] = (LINEAR, ReLU(), L2Norm())


class Contours(NamedTuple):
    """Level lines of the blob's density, cut where their image leaves the density behind.

    Attributes
    ----------
    before, behind
        (k, 2) vertices at the input and behind the layer.
    offsets
        (m + 1,) where each piece begins.
    level
        (m,) whether the piece's image is a level line of a density there.
    """

    before: np.ndarray
    behind: np.ndarray
    offsets: np.ndarray
    level: np.ndarray


def sample() -> np.ndarray:
    """The blob that is drawn, (n, 2)."""
    return SOURCE.sample(POINTS, seed=SEED)


def grid(layer: Layer) -> BundleTrace:
    """The grid and its image; exact through linear and relu, within 1e-3 through L2-norm."""
    return trace_polylines(Network([layer]), grid_lines(BOX, LINES))


def contours(layer: Layer) -> Contours:
    """The source's density contours at 1 and 2 deviations, in pieces, and their image."""
    rings = [SOURCE.ellipse(k, 96) for k in CONTOURS]
    pieces = [piece for ring in rings for piece in _pieces(layer, np.vstack([ring, ring[:1]]))]
    before, behind, level = zip(*pieces, strict=True)
    offsets = np.cumsum([0, *map(len, before)])
    return Contours(np.concatenate(before), np.concatenate(behind), offsets, np.array(level))


def _pieces(layer: Layer, ring: np.ndarray) -> list[tuple[np.ndarray, np.ndarray, bool]]:
    """The ring before and behind the layer, cut where it enters or leaves a density."""
    before, behind = trace_polyline(Network([layer]), ring).points
    level = _keeps_a_density(layer, (behind[:-1] + behind[1:]) / 2)
    cuts = [0, *(np.flatnonzero(level[1:] != level[:-1]) + 1).tolist(), len(level)]
    return [(before[i : j + 1], behind[i : j + 1], bool(level[i])) for i, j in pairwise(cuts)]


def _keeps_a_density(layer: Layer, image: np.ndarray) -> np.ndarray:
    """Where behind the layer, (n, 2), the blob has a density by area: (n,)."""
    if isinstance(layer, Linear):
        return np.ones(len(image), dtype=bool)
    if isinstance(layer, ReLU):
        return np.asarray((image > 0).all(axis=1))
    return np.zeros(len(image), dtype=bool)


def moves(layer: Layer) -> list[tuple[str, Parts]]:
    """The layer's moves in order, each with keyframes of grid, contours and points."""
    parts = (grid(layer).points[0], contours(layer).before, sample())
    paths: list[list[Move]] = [layer_moves(layer, part) for part in parts]
    return [
        (steps[0].name, Parts(*(step.frames for step in steps)))
        for steps in zip(*paths, strict=True)
    ]


def factors() -> Factors:
    """The linear layer's weight as turn, stretch, turn."""
    return linear_factors(LINEAR.weight)


def angle(turn: np.ndarray) -> float:
    """The angle of a rotation of the plane, in degrees."""
    return float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))


def area_factor() -> float:
    """By how much the linear layer scales areas, and so divides densities."""
    return float(abs(np.linalg.det(LINEAR.weight)))


def masses() -> tuple[ReluMasses, ReluMasses]:
    """Where relu puts the mass: exact, and counted in the sample."""
    return relu_masses(SOURCE), counted_masses(sample())


def along(axis: int) -> np.ndarray:
    """The density behind relu along one half-axis, (n, 2): place and density by length."""
    t = np.linspace(1e-6, 3.0, 200)
    return np.stack([t, relu_axis_pdf(SOURCE, t, axis=axis)], axis=1)


def ring(scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The unit circle (n, 2), and outside it the exact density of the angle times ``scale``."""
    theta = np.linspace(-np.pi, np.pi, 361)
    rays = np.stack([np.cos(theta), np.sin(theta)], axis=1)
    return rays, rays * (1 + scale * direction_pdf(SOURCE, theta))[:, None]


class GaussianBlobs(Story):
    """The same blob and grid behind a linear, a relu and an L2-norm layer."""

    title = "One blob, three layers"
    figure = "1.5"

    @beat(
        "The same blob",
        shows="Three planes side by side at the bottom, each with a grid, the same blob of 2,000 "
        "points, slightly oval, a little up and right of the origin, with its contours. Over each "
        "an arrow and a layer's name: linear, relu, L2-norm.",
        question="What will each layer make of it?",
    )
    def same_blob(self) -> None:
        self.heading("The same blob into three layers")
        self.lower, self.upper = self._row(-2.3), self._row(0.95)
        self.inputs = Group(*map(self._blob, self.lower, LAYERS))
        self.say("2,000 points of a Gaussian, on one grid, with its contours.")
        self.play(FadeIn(Group(*self.lower)), FadeIn(self.inputs), run_time=self.theme.move)
        self.names = self._names()
        self.play(FadeIn(self.names), run_time=self.theme.quick)
        self.ask("What will each layer make of it?")

    @beat(
        "Side by side",
        shows="The three blobs rise with their grids to three planes at the top. Left, linear: "
        "turned, stretched and shifted. Middle, relu: clamped to the upper right quadrant, "
        "with a hump outside each of its two axes and a disc at the origin. Right, L2-norm: all "
        "points on the unit circle, in a band that is widest at the upper right.",
    )
    def side_by_side(self) -> None:
        self.heading("Each layer moves the *whole* distribution")
        self.play(FadeIn(Group(*self.upper)), FadeOut(self.names), run_time=self.theme.quick)
        copies = [self._blob(*pair) for pair in zip(self.lower, LAYERS, strict=True)]
        self.add(*copies)
        self.say("One turns and stretches, one clamps, one presses it onto a circle.")
        rises = [
            rise
            for blob, layer, plane in zip(copies, LAYERS, self.upper, strict=True)
            for rise in blob.through(_whole(layer), plane, run_time=2 * self.theme.slow)
        ]
        self.play(*rises)
        self.play(
            *(
                blob.contours.animate.set_opacity(contours(layer).level.astype(float))
                for blob, layer in zip(copies[1:], LAYERS[1:], strict=True)
            ),
            copies[2].cloud.animate.set_opacity(_THIN),
            FadeIn(self.names, self._singular()),
            run_time=self.theme.quick,
        )

    @beat(
        "linear: turn, stretch, turn",
        shows="One large blob with its grid and contours. It turns by 35 degrees, is stretched to "
        "1.40 times its width and squashed to 0.60 times its height, and turns by 40 degrees. "
        "Beside it stands the formula, W = U S V transposed, and each step's number.",
    )
    def turn_stretch_turn(self) -> None:
        self.clear_stage()
        self.heading("`linear`: $bold(W)$ turns, stretches, turns")
        self.plane = self._large_plane()
        self.blob = self._blob(self.plane, LINEAR)
        self.rows = self._linear_rows()
        self.say("Shown one by one: this W is a turn, a stretch, a turn.")
        self.play(
            FadeIn(self.plane), FadeIn(self.blob), FadeIn(self.rows[0]), run_time=self.theme.move
        )
        for (_, frames), row in zip(moves(LINEAR)[:3], self.rows[1:4], strict=True):
            self.play(FadeIn(row), *self.blob.through(frames), run_time=self.theme.move)

    @beat(
        "linear: shift",
        shows="The blob slides by b = (0.5, -0.4). Its contours stay ellipses. A last line beside "
        "it: density divided by the determinant of W, 0.84.",
    )
    def shift(self) -> None:
        self.heading("`linear`: $bold(b)$ shifts; a Gaussian stays *Gaussian*")
        self.say("Then b shifts everything. Ellipses stay ellipses.")
        (_, frames) = moves(LINEAR)[3]
        self.play(FadeIn(self.rows[4]), *self.blob.through(frames), run_time=self.theme.move)
        self.say(f"Areas are multiplied by {area_factor():.2f}, so densities divided by it.")
        self.play(FadeIn(self.rows[5]), run_time=self.theme.quick)

    @beat(
        "relu",
        shows="The first blob is back, each quadrant in a colour of its own, and is clamped to the "
        "upper right quadrant, its two axes and the origin; its contours stay only inside. Humps "
        "beside the axes are the densities along them, a disc at the origin is the atom. A table "
        "gives the masses: open quadrant 0.4950, x1-axis 0.1829, x2-axis 0.1693, origin 0.1528.",
    )
    def relu(self) -> None:
        colors = [part_colors()[i] for i in relu_parts(sample())]
        self._start_again(LAYERS[1], "`relu`: clamped to the positive quadrant", colors)
        self.say("Negative coordinates become zero. What was inside stays.")
        self._run(LAYERS[1])
        table = parts_table(*masses(), points=POINTS).move_to(RIGHT * 3.6 + DOWN * 0.35)
        self.say("Only inside is there still a density by area, with its contours.")
        self.play(FadeIn(table, self._on_the_axes(self.plane)), run_time=self.theme.move)

    @beat(
        "L2-norm",
        shows="The first blob is back. Every point moves along the ray from the origin through it "
        "onto the unit circle. Outside the circle lies a band, its width in each direction in "
        "proportion to the density of the angle; the origin is marked.",
        question="Where do points go, divided by their length?",
    )
    def l2_norm(self) -> None:
        self._start_again(LAYERS[2], "`L2-norm`: divided by its length")
        self.ask("Where do points go, divided by their length?")
        self._run(LAYERS[2])
        words = left_aligned(
            Math('bold(x)_"out" = bold(x)_"in" / norm(bold(x)_"in")', size=self.theme.title_size),
            Text(_ON_THE_CIRCLE),
            Text(_AT_THE_ORIGIN, color=self.theme.accent),
            buff=0.5,
        ).move_to(RIGHT * 3.45 + DOWN * 0.3)
        one = Text("$1$", size=self.theme.tick_size, color=self.theme.muted).next_to(
            self.plane.at(np.array([[1.0, 0.0]]))[0], DOWN + LEFT, buff=0.12
        )
        origin = Cloud(
            self.plane.at(np.zeros((1, 2))), self.theme.accent, radius=self.theme.big_dot_radius
        )
        self.say("Along its ray, onto the circle. Only the origin has no ray.")
        band = AroundCircle(self.plane, *ring(_BAND))
        self.play(
            self.blob.cloud.animate.set_opacity(_THIN),
            FadeIn(band, origin, words, one),
            run_time=self.theme.move,
        )

    @beat(
        "The figure",
        shows="Two rows of three planes. Below, three times the same blob. Above it its images: "
        "behind linear a blob turned and stretched, behind relu a quadrant with humps along its "
        "axes and a disc at the origin, behind L2-norm a circle in a band of uneven width.",
    )
    def figure_again(self) -> None:
        self.clear_stage()
        self.heading("One distribution in, three distributions out")
        outputs = [
            self._blob(plane, layer, last=True)
            for plane, layer in zip(self.upper, LAYERS, strict=True)
        ]
        self.say("Every layer is a transformation of a distribution.")
        self.play(
            FadeIn(Group(*self.lower)),
            FadeIn(self.inputs),
            FadeIn(self.names),
            FadeIn(Group(*self.upper)),
            run_time=self.theme.quick,
        )
        outputs[2].cloud.set_opacity(_THIN)
        self.play(FadeIn(*outputs, self._singular()), run_time=self.theme.move)

    def _row(self, y: float) -> list[Plane]:
        return [Plane((-3, 3), (-2.1, 2.1), 3.3, (x, y)) for x in (-4.3, 0.0, 4.3)]

    def _large_plane(self) -> Plane:
        window = (-3.3, 3.3)
        plane = Plane(window, window, 5.5, (-3.4, -0.7), ticks=(-3, 3), labels=("x_1", "x_2"))
        plane.numerals.remove(*plane.numerals[::2])  # the grid passes below the x-axis
        return plane

    def _singular(self) -> Group:
        """What two of the outputs have without a density by area."""
        return Group(
            self._on_the_axes(self.upper[1], small=True),
            AroundCircle(self.upper[2], *ring(_BAND)),
        )

    def _on_the_axes(self, plane: Plane, *, small: bool = False) -> OnTheAxes:
        colors = (self.theme.data, self.theme.data, self.theme.accent) if small else None
        return OnTheAxes(plane, along(0), along(1), relu_masses(SOURCE).origin, colors=colors)

    def _blob(
        self,
        plane: Plane,
        layer: Layer,
        *,
        last: bool = False,
        colors: list[str] | None = None,
    ) -> Blob:
        lines, rings = grid(layer), contours(layer)
        at = 1 if last else 0
        points = layer(sample()) if last else sample()
        small = plane.units[0] < 0.7
        blob = Blob(
            plane,
            Parts(lines.points[at], rings[at], points),
            lines.offsets,
            rings.offsets,
            radius=self.theme.dot_radius * (0.45 if small else 0.7),
            colors=colors,
        )
        if last:
            blob.contours.set_opacity(rings.level.astype(float))
        return blob

    def _names(self) -> Group:
        names = Group()
        for plane, layer in zip(self.lower, LAYERS, strict=True):
            place = plane.middle + UP * 1.6 + LEFT * 1.7
            arrow = Arrows(
                np.array([place + DOWN * 0.24]),
                np.array([place + UP * 0.24]),
                colors=self.theme.muted,
            )
            name = Text(f"`{layer.name}`", size=self.theme.label_size)
            names.add(arrow, name.next_to(place, RIGHT, buff=0.2))
        return names

    def _linear_rows(self) -> list[VMobject]:
        before, stretch, after = factors()
        b = LINEAR.bias
        lines = left_aligned(
            Math(
                'bold(x)_"out" = underbrace(bold(U) bold(S) bold(V)^top, bold(W))'
                ' bold(x)_"in" + bold(b)',
                size=self.theme.title_size,
            ),
            Text(f"turn by $bold(V)^top$: ${angle(before):.0f} degree$"),
            Text(f"stretch by $bold(S)$: ${stretch[0]:.2f}$ and ${stretch[1]:.2f}$"),
            Text(f"turn by $bold(U)$: ${angle(after):.0f} degree$"),
            Text(f"shift by $bold(b) = ({b[0]:g}, {b[1]:g})$"),
            Text(
                f"density $div abs(det bold(W))$, here $div {area_factor():.2f}$",
                color=self.theme.accent,
            ),
            buff=0.4,
        ).move_to(RIGHT * 3.45 + DOWN * 0.3)
        return list(lines)

    def _start_again(self, layer: Layer, heading: str, colors: list[str] | None = None) -> None:
        """Back to the input, with the vertices that ``layer`` needs."""
        gone = [m for m in self.mobjects if m not in (self.plane, self._heading)]
        self.play(*map(FadeOut, gone), run_time=self.theme.quick)
        self.heading(heading)
        self.blob = self._blob(self.plane, layer, colors=colors)
        self.play(FadeIn(self.blob), run_time=self.theme.quick)

    def _run(self, layer: Layer) -> None:
        self.play(*self.blob.through(_whole(layer)), run_time=self.theme.slow)
        level = contours(layer).level.astype(float)
        self.play(self.blob.contours.animate.set_opacity(level), run_time=self.theme.quick)


_BAND = 2.5  # plane units of the band's width for a density of 1
_THIN = 0.05  # of points that lie many deep: where they are dense, it adds up
_ON_THE_CIRCLE = """\
All mass lies on the unit circle: \\
no density by area, but one of \\
the angle, $prop$ the band's width."""
_AT_THE_ORIGIN = """\
The origin has no direction: \\
it stays at $bold(0)$, and has mass 0."""


def _whole(layer: Layer) -> Parts:
    """All moves of a layer as one run of keyframes."""
    steps = [parts for _, parts in moves(layer)]
    return Parts(*(np.concatenate(run) for run in zip(*steps, strict=True)))
