"""How little stays positive behind relu as the dimensions grow (section 1.3)."""

from __future__ import annotations

from functools import cache

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Group, linear

from mobjects.axis import Plane
from mobjects.baseline import on_baseline
from mobjects.batch import Cloud, Lines, Polygons
from mobjects.motion import Change, Draw, Through
from mobjects.space import OctantCube
from mobjects.story import Story, beat
from mobjects.text import Math, Text, left_aligned
from mobjects.theme import theme
from model import Linear, Network, ReLU
from model.density import GaussianND, counted_masses, relu_masses, strictly_positive_mass

SEED = 4
SHOWN = {1: 60, 2: 240, 3: 480}
DIMENSIONS, DRAWN, CHUNK = 32, 1_000_000, 50_000
WIDE = 256
CASES = {
    "centred, independent": GaussianND([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]),
    "centred, correlated": GaussianND([0.0, 0.0], [[1.0, 0.8], [0.8, 1.0]]),
    "not centred": GaussianND([0.7, 0.4], [[1.0, 0.0], [0.0, 1.0]]),
}
CASE_POINTS = 1500


def cube_points(n: int) -> np.ndarray:
    """Points spread evenly over the cube from -1 to 1 of ``n`` dimensions, (SHOWN[n], n)."""
    return np.random.default_rng([SEED, n]).uniform(-1, 1, (SHOWN[n], n))


def positive(points: np.ndarray) -> np.ndarray:
    """Which points (n, d) relu leaves strictly positive in every coordinate, (n,)."""
    return np.asarray((Network([ReLU()])(points) > 0).all(axis=1))


def random_layer(width: int) -> Network:
    """A random layer of ``width`` units with relu: a random rotation of its input.

    Its rows are orthogonal, so that standard normal inputs give units that are
    independent and symmetric about 0 before relu.
    """
    noise = np.random.default_rng([SEED, width]).standard_normal((width, width))
    basis, upper = np.linalg.qr(noise)
    return Network([Linear(basis * np.sign(np.diag(upper))), ReLU()])


@cache
def counts() -> tuple[int, ...]:
    """Of DRAWN inputs, how many keep the first N units positive behind relu, N = 1 to 32."""
    layer, rng = random_layer(DIMENSIONS), np.random.default_rng([SEED, DRAWN])
    total = np.zeros(DIMENSIONS, dtype=np.int64)
    for _ in range(DRAWN // CHUNK):
        h = layer(rng.standard_normal((CHUNK, DIMENSIONS)))
        total += np.logical_and.accumulate(h > 0, axis=1).sum(axis=0)
    return tuple(total.tolist())


def formula() -> np.ndarray:
    """The exact shares 1 / 2^N for N = 1 to 32."""
    return np.array([strictly_positive_mass(n) for n in range(1, DIMENSIONS + 1)])


def case_shares(name: str) -> tuple[float, float]:
    """The open quadrant's mass in one of CASES: exact, and counted in the points drawn."""
    source = CASES[name]
    return relu_masses(source).quadrant, counted_masses(case_points(name)).quadrant


def case_points(name: str) -> np.ndarray:
    return CASES[name].sample(CASE_POINTS, seed=SEED)


def activations() -> tuple[np.ndarray, np.ndarray]:
    """One input's 256 units before and behind relu, (256,) each."""
    x = np.random.default_rng([SEED, 1, WIDE]).standard_normal((1, WIDE))
    _, z, h = random_layer(WIDE).trace(x).points
    return z[0], h[0]


class Sparsity(Story):
    """The strictly positive share halves with every dimension."""

    title = "Why relu makes data sparse"
    figure = "text of 1.3"

    @beat(
        "One dimension",
        shows="Side by side a line, an empty square and the edges of a cube, for N = 1, 2 and 3. "
        "Points spread over the line; its right half, where they are positive, stands out. Below: "
        "one half, and counted 33 of 60.",
    )
    def one(self) -> None:
        self.heading("What share stays *strictly positive* behind `relu`?")
        self.play(FadeIn(self._outlines()), run_time=self.theme.quick)
        half = self._part(1, np.array([[0, -_BAND], [1, -_BAND], [1, _BAND], [0, _BAND]]))
        self.say("Points spread evenly over a line: half are positive.")
        self.play(FadeIn(self._cloud(1)), run_time=self.theme.move)
        self.play(FadeIn(half), FadeIn(self._legend(1)), run_time=self.theme.move)

    @beat(
        "Two dimensions",
        shows="The square fills with points; its upper right quarter, where both coordinates are "
        "positive, stands out. Below: one quarter, and counted 62 of 240.",
        question="And what share of a square?",
    )
    def two(self) -> None:
        self.ask("And what share of a square?")
        quarter = self._part(2, np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]]))
        self.play(FadeIn(self._cloud(2)), run_time=self.theme.move)
        self.say("Both coordinates positive: a quarter.")
        self.play(FadeIn(quarter), FadeIn(self._legend(2)), run_time=self.theme.move)

    @beat(
        "Three dimensions",
        shows="The cube fills with points and turns once around; one of its eight octants stands "
        "out. Below: one eighth, and counted 50 of 480.",
    )
    def three(self) -> None:
        cube = self._cube()
        self.say("In a cube: one octant of eight.")
        self.play(
            FadeOut(self.wires), FadeIn(cube), FadeIn(self._legend(3)), run_time=self.theme.quick
        )

        def turn(mobject: OctantCube, share: float) -> None:
            mobject.set_view(_AZIMUTH + 2 * np.pi * share)

        self.play(Change(cube, turn, rate_func=linear), run_time=3 * self.theme.slow)

    @beat(
        "Up to 32 dimensions",
        shows="A graph: N from 1 to 32 to the right, the share that stays strictly positive "
        "downwards to 10 to the -10, each labelled step a hundredth of the last. A straight line "
        "falls from one half to 2.3 times 10 to the -10. Dots, counted in a million samples, lie "
        "on it up to N = 19; from N = 20 none is found.",
    )
    def grow(self) -> None:
        self.clear_stage()
        self.heading("Every dimension *halves* it")
        plane = self._log_plane()
        n, exact = np.arange(1, DIMENSIONS + 1), formula()
        line = Lines(
            plane.at(np.stack([n, np.log10(exact)], axis=1)),
            colors=self._lit,
            stroke_width=self.theme.curve_width,
        )
        found = np.array(counts())
        seen = found > 0
        dots = Cloud(
            plane.at(np.stack([n[seen], np.log10(found[seen] / DRAWN)], axis=1)),
            self.theme.accent,
            radius=self.theme.big_dot_radius,
        )
        self.play(FadeIn(plane), FadeIn(self._log_names(plane)), run_time=self.theme.quick)
        self.say("On a log scale this is a straight line downwards.")
        self.play(Draw(line), FadeIn(self._formula(plane)), run_time=self.theme.move)
        self.say("A random relu layer, a million inputs: the counts follow.")
        self.play(FadeIn(dots), FadeIn(self._log_notes(found)), run_time=self.theme.move)

    @beat(
        "When exactly",
        shows="Three blobs in the plane, side by side, points in the upper right quadrant "
        "coloured. Centred and independent: 0.2500 of the mass lies there. Centred but "
        "correlated, a slanted blob: 0.3976. Not centred: 0.4968. Each stands over its count.",
        question="Is it a quarter for every blob?",
    )
    def when(self) -> None:
        self.clear_stage()
        self.heading("How much of a *blob* stays strictly positive?")
        panels = [self._case(i, name) for i, name in enumerate(CASES)]
        self.play(FadeIn(panels[0]), run_time=self.theme.quick)
        self.ask("Is it a quarter for every blob?")
        self.heading("Exactly a quarter when all quadrants weigh the same")
        self.play(FadeIn(panels[1]), run_time=self.theme.move)
        self.play(FadeIn(panels[2]), run_time=self.theme.move)
        note = Text(
            "exactly $1 slash 2^N$ if flipping the sign of any one coordinate changes nothing",
            size=self.theme.label_size,
            color=self.theme.muted,
        ).move_to(DOWN * 3.35)
        self.say("Centred alone is not enough: in the middle the signs go together.")
        self.play(FadeIn(note), run_time=self.theme.quick)

    @beat(
        "A wide layer",
        shows="256 thin upright bars along a level line, the units of one layer before relu, "
        "about as many grey ones below the line as teal ones above it. Behind relu the grey ones "
        "are gone, leaving pale traces: 129 of 256 are exactly 0.",
    )
    def wide(self) -> None:
        self.clear_stage()
        self.heading(f"One datapoint in a layer of {WIDE} units")
        z, h = activations()
        base = Lines(
            np.array([[-6.4, 0.0], [6.4, 0.0]]),
            colors=self.theme.muted,
            stroke_width=self.theme.axis_width,
        )
        above, below = _bars(z, z > 0, self._lit), _bars(z, z < 0, self.theme.muted)
        name = Text("before `relu`", color=self.theme.muted).move_to(DOWN * 3.0)
        self.say("256 numbers, about as often below zero as above.")
        self.play(FadeIn(base, above, below, name), run_time=self.theme.move)
        ghost = below.copy().set_color(self.theme.grid).set_opacity(self.theme.grid_opacity)
        ghost.supports = "the bars that stood there before"
        self.add(ghost, below)
        after = Text(
            f"behind `relu`: {int((h == 0).sum())} of {WIDE} are exactly $0$; "
            f"all positive: once in $2^({WIDE})$",
        ).move_to(DOWN * 3.0)
        gone = _bars(h, z < 0, self.theme.muted)
        self.play(Through(below, [below.points, gone.points]), run_time=self.theme.move)
        self.remove(below)
        self.say("About half are zero: relu makes data sparse.")
        self.swap(name, after)

    @property
    def _lit(self) -> str:
        return self.theme.parts.quadrant

    def _tints(self, points: np.ndarray) -> list[str]:
        return [self._lit if p else self.theme.muted for p in positive(points)]

    def _part(self, n: int, corners: np.ndarray) -> Polygons:
        """The positive part of the line or the square, filled."""
        part = Polygons(
            self._at(n, corners),
            colors=self._lit,
            opacity=self.theme.density_opacity,
            stroke_width=self.theme.axis_width,
        )
        part.supports = _SAME
        return part

    def _at(self, n: int, points: np.ndarray) -> np.ndarray:
        """Scene positions of points (m, 1 or 2) of, or beside, the line or the square."""
        flat = np.zeros((len(points), 2))
        flat[:, : points.shape[1]] = points
        return np.array(_CENTERS[n]) + 1.6 * flat

    def _cloud(self, n: int) -> Cloud:
        points = cube_points(n)
        return Cloud(self._at(n, points), self._tints(points), radius=self.theme.dot_radius)

    def _cube(self) -> OctantCube:
        points = cube_points(3)
        return OctantCube(
            points,
            self._tints(points),
            (*_CENTERS[3], 0.0),
            1.15,
            azimuth=_AZIMUTH,
            elevation=0.4,
            color=self._lit,
        )

    def _outlines(self) -> Group:
        """The line, the square and the cube, still empty, with their dimensions over them."""
        ends = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1.0]])
        cross = np.array([[-1, 0], [1, 0], [0, -1], [0, 1.0]])
        line = np.array([[-1, 0], [1, 0], [0, -2 * _BAND], [0, 2 * _BAND]])
        shapes = (line, [0, 2, 4]), (np.vstack([ends, cross]), [0, 5, 7, 9])
        cube = self._cube()
        self.wires = Group(cube.edges, cube.axes)
        names = (Math(f"N = {n}").move_to(RIGHT * x + UP * 2.4) for n, (x, _) in _CENTERS.items())
        return Group(
            *(
                Lines(
                    self._at(n, points),
                    offsets,
                    colors=self.theme.grid,
                    stroke_width=self.theme.axis_width,
                )
                for n, (points, offsets) in enumerate(shapes, start=1)
            ),
            self.wires,
            *names,
        )

    def _legend(self, n: int) -> Group:
        points = cube_points(n)
        x = _CENTERS[n][0]
        share = Math(f"1 slash 2^{n} = 1 slash {2**n}", size=self.theme.title_size)
        count = Text(
            f"counted: {positive(points).sum()} of {len(points)}",
            size=self.theme.label_size,
            color=self.theme.muted,
        )
        return Group(share.move_to(RIGHT * x + DOWN * 2.3), count.move_to(RIGHT * x + DOWN * 3.0))

    def _log_plane(self) -> Plane:
        return Plane((0, 33), (-10, 0), 7.2, (-1.9, -0.35), height=5.2)

    def _log_names(self, plane: Plane) -> Group:
        size, color = self.theme.tick_size, self.theme.muted
        names = Group()
        for power in (0, -2, -4, -6, -8, -10):
            name = Text(f"$10^({power})$" if power else "$1$", size=size, color=color)
            names.add(name.next_to(plane.at(np.array([[0, power]]))[0], LEFT, buff=0.2))
        for n in (1, 8, 16, 24, 32):
            name = Text(f"${n}$", size=size, color=color)
            names.add(name.next_to(plane.at(np.array([[n, 0]]))[0], UP, buff=0.15))
        end = Math("N", size=self.theme.label_size)
        what = Text(
            "share of inputs that keep \\ $N$ units strictly positive", size=self.theme.label_size
        )
        names.add(what.move_to(plane.at(np.array([[1.0, -8.6]]))[0], aligned_edge=LEFT))
        return names.add(end.next_to(plane.at(np.array([[33.0, 0]]))[0], RIGHT, buff=0.2))

    def _formula(self, plane: Plane) -> Text:
        """What the straight line is, beside its middle."""
        text = Math("1 slash 2^N", color=self._lit)
        return text.next_to(plane.at(np.array([[DIMENSIONS / 2, -4.4]]))[0], RIGHT, buff=0.3)

    def _log_notes(self, found: np.ndarray) -> Group:
        last = int(np.flatnonzero(found)[-1]) + 1
        rows = [f"$N = {n}$: {found[n - 1]:,}" for n in (1, 5, 10, 15)]
        counted = "counted in a million: \\ " + " \\ ".join([*rows, f"from $N = {last + 1}$: none"])
        mantissa, power = f"{strictly_positive_mass(DIMENSIONS):.1e}".split("e")
        exact = f"exact: \\ $1 slash 2^({DIMENSIONS}) approx {mantissa} dot 10^({int(power)})$"
        lines = Text(counted, color=self.theme.accent), Text(exact, color=self._lit)
        return Group(left_aligned(*lines, buff=0.5).move_to(RIGHT * 4.5 + DOWN * 0.4))

    def _case(self, index: int, name: str) -> Group:
        plane = Plane((-3, 3), (-3, 3), 3.1, ((index - 1) * 4.4, 0.75))
        points = case_points(name)
        cloud = Cloud(plane.at(points), self._tints(points), radius=self.theme.dot_radius * 0.6)
        exact, counted = case_shares(name)
        foot, label = plane.middle, self.theme.label_size
        return Group(
            plane,
            cloud,
            on_baseline(Text(name).set_x(foot[0]), foot[1] - 2.3),
            Text(f"${exact:.4f}$", size=self.theme.title_size, color=self._lit).move_to(
                foot + DOWN * 2.85
            ),
            Text(f"counted: {counted:.3f}", size=label, color=self.theme.muted).move_to(
                foot + DOWN * 3.4
            ),
        )


def _bars(units: np.ndarray, shown: np.ndarray, color: str) -> Lines:
    """Upright bars for the units that are shown, in their places among all."""
    x = np.linspace(-6.2, 6.2, len(units))
    foot, top = np.stack([x, 0 * x], axis=1), np.stack([x, _BAR * units], axis=1)
    return Lines.segments(
        foot[shown], top[shown], colors=color, stroke_width=1.5 * theme().line_width
    )


_CENTERS = {1: (-4.4, 0.3), 2: (0.0, 0.3), 3: (4.4, 0.3)}
_AZIMUTH = -0.4
_SAME = "the colour of the points within"
_BAR = 0.85
_BAND = 0.06
