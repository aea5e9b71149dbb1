"""What relu does to a distribution, in one dimension and in two (figures 1.3 and 1.5)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Group

from mobjects.axis import Axis, Plane
from mobjects.batch import Cloud, Lines, Polygons
from mobjects.density import DensityPlot
from mobjects.density_wave import DensityWave
from mobjects.grid import plane_lines
from mobjects.mapping_plot import MappingPlot
from mobjects.masses import MassTable
from mobjects.motion import Change, Draw, Through
from mobjects.singular import OnTheAxes, part_colors, parts_table
from mobjects.story import Story, beat
from mobjects.text import Math, Readout, Text, left_aligned
from model import Network, ReLU
from model.density import (
    Gaussian,
    GaussianND,
    ReluMasses,
    counted_masses,
    pushforward,
    relu_axis_pdf,
    relu_masses,
    relu_parts,
    strictly_positive_mass,
)
from model.geometry import BundleTrace, grid_lines, trace_polylines

LAYER = Network([ReLU()])
SOURCE = Gaussian(0.5, 1.0)
CENTRED = GaussianND([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
SHIFTED = GaussianND([0.7, -0.5], [[1.1, 0.75], [0.75, 0.9]])
POINTS, SEED = 2500, 68  # a sample that leaves the numerals of the plane clear
REACH = 3.6
BOX = ((-2.75, 2.75), (-2.75, 2.75))
LINES = 12
DIMENSIONS = (1, 2, 3, 10, 100)


def ramp() -> np.ndarray:
    """The graph of relu, (3, 2): exact, as its one kink is a vertex."""
    x = np.array([-3.0, 0.0, 3.0])
    return np.stack([x, LAYER(x[:, None])[:, 0]], axis=1)


def spaced() -> tuple[np.ndarray, np.ndarray]:
    """Evenly spaced inputs (13,) and what relu makes of them (13,)."""
    x = np.linspace(-3, 3, 13)
    return x, LAYER(x[:, None])[:, 0]


def quantiles(n: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (n,) that stand for equal masses of the source, and their outputs (n,)."""
    x = SOURCE.quantile((np.arange(n) + 0.5) / n)
    return x, LAYER(x[:, None])[:, 0]


def atom_mass() -> float:
    """The mass that relu puts exactly at 0."""
    return pushforward(LAYER, SOURCE).atoms[0][1]


def arrived(edge: float) -> float:
    """The mass that inputs up to ``edge`` have brought to 0."""
    return float(SOURCE.cdf(min(edge, 0.0)))


def sample(gaussian: GaussianND) -> tuple[np.ndarray, np.ndarray]:
    """The blob that is drawn, (n, 2), and its image under relu, (n, 2)."""
    z = gaussian.sample(POINTS, seed=SEED)
    return z, LAYER(z)


def masses(gaussian: GaussianND) -> tuple[ReluMasses, ReluMasses]:
    """The four masses beside each other: exact, and counted in the sample drawn."""
    return relu_masses(gaussian), counted_masses(sample(gaussian)[0])


def along(gaussian: GaussianND, axis: int) -> np.ndarray:
    """The density behind relu along one half-axis, (n, 2): place and density by length."""
    t = np.linspace(1e-6, 3.4, 200)
    return np.stack([t, relu_axis_pdf(gaussian, t, axis=axis)], axis=1)


def clamped_grid() -> BundleTrace:
    """A square grid and its exact image under relu."""
    return trace_polylines(LAYER, grid_lines(BOX, LINES))


class Relu(Story):
    """relu presses every distribution onto the positive orthant, and atoms appear."""

    title = "What relu does to data"
    figure = "1.3, 1.5"

    @beat(
        "The question",
        shows="Left, the formula of relu: of each coordinate and 0, the larger one. Right, its "
        "graph draws itself: along 0 for negative inputs, from 0 on a ramp that rises at 45 "
        "degrees.",
    )
    def formula(self) -> None:
        plane = Plane((-3, 3), (-1, 3), 5.2, (3.15, -0.4), ticks=(-2, 2), labels=(_IN, _OUT))
        curve = Lines(plane.at(ramp()), colors=self.theme.ink, stroke_width=self.theme.curve_width)
        lines = left_aligned(
            Math('bold(x)_"out" = mono("relu")(bold(x)_"in")', size=self.theme.title_size),
            Math('x_"out" [i] = max(x_"in" [i], 0)', size=self.theme.title_size),
            Text("applied to each coordinate by itself", color=self.theme.muted),
            buff=0.45,
        ).move_to(LEFT * 3.15 + DOWN * 0.4)
        self.heading("What does `relu` do to *data*?")
        self.say("A relu layer keeps what is positive and sets the rest to zero.")
        self.play(FadeIn(lines), FadeIn(plane), run_time=self.theme.quick)
        self.play(Draw(curve), run_time=self.theme.move)

    @beat(
        "One dimension",
        shows="Two level axes from -3 to 3, the input below, the output above. Thirteen evenly "
        "spaced points travel up: the positive ones straight, the negative ones along slanted "
        "lines that all meet at 0.",
        question="Where will the negatives go?",
    )
    def one_dimension(self) -> None:
        self.clear_stage()
        plot = MappingPlot(*self._axes(1.7, numerals_above=True), *spaced())
        plot.lines.set_opacity(0)
        self.input_axis = plot.lower
        self.play(*map(FadeIn, plot), run_time=self.theme.quick)
        self.ask("Where will the negatives go?")
        self.heading("Positive: straight up. Negative: all to $0$")
        self.play(
            Through(plot.dots, [plot.travelled(0), plot.travelled(1)]),
            plot.lines.animate.set_opacity(self.theme.line_opacity),
            run_time=self.theme.slow,
        )
        self.say("Positive points go straight up. All negative ones meet at zero.")

    @beat(
        "A density goes through",
        shows="A bell-shaped density around 0.5 stands on the input axis. Its points travel up, "
        "first the leftmost, last the rightmost. On the output axis the part of the bell right of "
        "0 appears unchanged, and at 0 a bar grows as the negative points arrive: an atom, whose "
        "mass reads 0.3085 in the end.",
    )
    def density(self) -> None:
        self.clear_stage(keep=(self.input_axis,))
        self.heading("Mass below $0$ becomes an *atom* at $0$")
        lower, upper = self.input_axis, self._axes()[1]
        upper.remove(upper.numerals)  # lines pass here; the ticks stand over the lower axis's
        x, y = quantiles()
        below = DensityPlot(lower, SOURCE.graph(), _HEIGHT)
        plot = MappingPlot(lower, upper, x, y, radius=self.theme.dot_radius, opacity=0.12)
        names = Group(
            Math(f'p_"in" = cal(N)({SOURCE.mean:g}, {SOURCE.std:g})').move_to(
                lower.at([-2.75])[0] + UP * 1.2
            ),
            Math('p_"out"').move_to(upper.at([-2.75])[0] + UP * 1.1),
        )
        new = (plot.upper, plot.lines, plot.dots, below, names)
        self.play(*map(FadeIn, new), run_time=self.theme.quick)
        self.say("Now a whole Gaussian: every point carries the same mass.")
        self._let_density_through(plot)
        self.say("The bar at zero is an atom: one point that holds real mass.")

    def _let_density_through(self, plot: MappingPlot) -> None:
        out = pushforward(LAYER, SOURCE)
        wave = DensityWave(plot, out.graph(), arrived, out.atoms[0][0], _HEIGHT)
        mass = Readout(
            0,
            decimals=4,
            prefix="mass at $0$: ",
            size=self.theme.label_size,
            color=self.theme.accent,
        )
        mass.move_to(plot.upper.at([-1.2])[0] + UP * 1.9)
        self.play(FadeIn(mass), run_time=self.theme.quick)
        run_time = 2 * self.theme.slow
        self.play(*wave.run(run_time), wave.count(mass, run_time))
        formula = Math(
            f"= Phi({-SOURCE.mean:g} slash {SOURCE.std:g})", size=self.theme.label_size
        ).next_to(mass, DOWN, buff=0.25, aligned_edge=RIGHT)
        note = Text(
            "$Phi$: the cdf of $cal(N)(0, 1)$", size=self.theme.tick_size, color=self.theme.muted
        ).next_to(formula, DOWN, buff=0.25, aligned_edge=RIGHT)
        self.play(FadeIn(formula, note), run_time=self.theme.quick)

    @beat(
        "Two dimensions",
        shows="A plane with a square grid. A round blob of 2,500 points lies around the origin, "
        "each quadrant in a colour of its own. Beside it the four are named: both positive, only "
        "x1 positive, only x2 positive, neither positive.",
        question="What shape will relu make of the blob?",
    )
    def blob(self) -> None:
        self.clear_stage()
        self.heading("A blob in the plane, before `relu`")
        self.plane = self._plane()
        z, _ = sample(CENTRED)
        trace = clamped_grid()
        self.grid = plane_lines(self.plane, trace.points[0], trace.offsets)
        self.cloud = Cloud(
            self.plane.at(z),
            [part_colors()[i] for i in relu_parts(z)],
            radius=self.theme.dot_radius * 0.8,
            opacity=self.theme.cloud_opacity,
        )
        self.corners = self._corner_names()
        self.say("2,500 points of a Gaussian, coloured by quadrant.")
        self.play(FadeIn(self.plane), FadeIn(self.corners), Draw(self.grid), run_time=1)
        self.play(FadeIn(self.cloud), run_time=self.theme.move)
        self.ask("What shape will relu make of the blob?")

    @beat(
        "relu clamps the plane",
        shows="Points and grid are pressed onto the upper right quadrant. Those from upper left "
        "move onto the vertical axis, those from lower right onto the horizontal one, those "
        "from lower left to the origin. Shaded humps beside the axes are the densities along "
        "them, a disc at the origin is the atom. A table: each of the four parts has mass 0.2500.",
    )
    def fold(self) -> None:
        self.heading("`relu` presses the plane onto one quadrant")
        self.play(FadeOut(self.corners), run_time=self.theme.quick)
        self._clamp(CENTRED)
        self.table = self._table(CENTRED)
        self.say("A quarter each: inside, on each axis, at the origin.")
        self.play(FadeIn(self.table), run_time=self.theme.quick)
        self.play(FadeIn(self._pile_up(CENTRED)), run_time=self.theme.move)

    @beat(
        "Shifted and correlated",
        shows="The blob moves right and down and tilts, and its grid opens again; then both are "
        "pressed onto the quadrant as the round blob was. In the table now: open quadrant 0.2937, "
        "x1-axis 0.4540, x2-axis 0.0053, origin 0.2469. The hump along the x2-axis is almost gone.",
    )
    def shifted(self) -> None:
        z, _ = sample(SHIFTED)
        self.heading("Another blob, other masses: still exact")
        self.play(FadeOut(self.piles), FadeOut(self.table), run_time=self.theme.quick)
        trace = clamped_grid()
        self.say("Shift the blob and tilt it: its quadrants hold other shares.")
        self.play(
            Through(self.cloud, [self.cloud.points, self.plane.at(z)]),
            Change(self.cloud, _recolouring(self.cloud.rgbas[:, :3].copy(), self._part_rgbs(z))),
            Through(self.grid, [self.grid.points, self.plane.at(trace.points[0])]),
            run_time=self.theme.move,
        )
        self._clamp(SHIFTED)
        self.table = self._table(SHIFTED)
        self.play(FadeIn(self.table), FadeIn(self._pile_up(SHIFTED)), run_time=self.theme.move)

    @beat(
        "What to remember",
        shows="Five rows, one below the other, for N = 1, 2, 3, 10 and 100 dimensions. In each "
        "stands the share that stays strictly positive: 0.5, 0.25, 0.125, 9.77 times 10 to the -4 "
        "and 7.89 times 10 to the -31. Bars as long as the first three shrink by half each time; "
        "at 10 a hairline is left, at 100 nothing that could be seen.",
    )
    def remember(self) -> None:
        self.clear_stage()
        self.heading("In $N$ dimensions, $1 slash 2^N$ stays strictly positive")
        self.say("The more dimensions, the less stays positive in all of them.")
        rows = [self._share_row(n) for n in DIMENSIONS]
        Group(*rows).arrange(DOWN, buff=0.42, aligned_edge=LEFT).move_to(DOWN * 0.1 + LEFT * 0.2)
        for row in rows:
            self.play(FadeIn(row, shift=UP * 0.15), run_time=self.theme.quick)
        note = Text(
            "for a centred Gaussian with independent coordinates; see the clip _sparsity_",
            size=self.theme.label_size,
            color=self.theme.muted,
        ).move_to(DOWN * 3.1)
        self.play(FadeIn(note), run_time=self.theme.quick)

    def _share_row(self, n: int) -> Group:
        size = self.theme.title_size
        formula = Math(f"N = {n}", size=size)
        share = strictly_positive_mass(n)
        exact = Math(f"1 slash 2^({n}) {_decimal(share)}")
        corners = np.array([[0.0, 0.1], [share, 0.1], [share, -0.1], [0.0, -0.1]])
        bar = Polygons(corners * [9.0, 1.0], colors=self.theme.parts.quadrant)
        formula.move_to(LEFT * 5.6, aligned_edge=LEFT)
        bar.shift(LEFT * 3.0)
        exact.move_to(RIGHT * 2.2, aligned_edge=LEFT)
        return Group(formula, bar, exact)

    def _part_rgbs(self, z: np.ndarray) -> np.ndarray:
        colors = [part_colors()[i] for i in relu_parts(z)]
        return Cloud(z, colors, radius=1).rgbas[:, :3]

    def _axes(self, top: float = 0.35, *, numerals_above: bool = False) -> tuple[Axis, Axis]:
        ticks, window = (-3, -2, -1, 0, 1, 2, 3), (-3.4, 3.9)
        lower = Axis(window, 11.2, (0, -2.85), ticks=ticks, label=_IN)
        upper = Axis(window, 11.2, (0, top), ticks=ticks, label=_OUT, numerals_above=numerals_above)
        return lower, upper

    def _plane(self) -> Plane:
        window = (-REACH, REACH)
        return Plane(window, window, 5.5, (-3.3, -0.7), ticks=(3,), labels=("x_1", "x_2"))

    def _corner_names(self) -> Group:
        places = ((1, 1), (1, -1), (-1, 1), (-1, -1))
        names = (
            "both positive",
            "only $x_1$ positive",
            "only $x_2$ positive",
            "neither positive",
        )
        labels = Group()
        for (x, y), name, color in zip(places, names, part_colors(), strict=True):
            text = Text(name, size=self.theme.label_size, color=color)
            labels.add(text.move_to(RIGHT * (3.5 + 1.55 * x) + UP * (0.5 * y - 0.6)))
        cross = np.array([[3.5, 0.4], [0.6, -0.6], [3.5, -1.6], [6.4, -0.6]])
        labels.add(
            Lines.segments(
                cross[:2],
                cross[2:],
                colors=self.theme.muted,
                stroke_width=self.theme.grid_width,
            )
        )
        return labels

    def _clamp(self, gaussian: GaussianND) -> None:
        z, h = sample(gaussian)
        trace = clamped_grid()
        self.play(
            Through(self.cloud, [self.plane.at(z), self.plane.at(h)]),
            Through(self.grid, [self.plane.at(p) for p in trace.points]),
            run_time=self.theme.slow,
        )

    def _table(self, gaussian: GaussianND) -> MassTable:
        table = parts_table(*masses(gaussian), points=POINTS)
        return table.move_to(RIGHT * 3.6 + DOWN * 0.35)

    def _pile_up(self, gaussian: GaussianND) -> OnTheAxes:
        """The exact density along each axis, and the atom."""
        origin = relu_masses(gaussian).origin
        self.piles = OnTheAxes(self.plane, along(gaussian, 0), along(gaussian, 1), origin)
        return self.piles


_IN, _OUT = 'x_"in"', 'x_"out"'
_HEIGHT = 4.0


def _recolouring(before: np.ndarray, after: np.ndarray) -> Callable[[Cloud, float], None]:
    """Let a cloud's colours, (n, 3), go from one set to another."""

    def recolour(cloud: Cloud, share: float) -> None:
        cloud.rgbas[:, :3] = (1 - share) * before + share * after

    return recolour


def _decimal(share: float) -> str:
    if share >= 1e-3:
        return f"= {share:.6f}".rstrip("0")
    mantissa, exponent = f"{share:.2e}".split("e")
    return f"approx {mantissa} dot 10^({int(exponent)})"
