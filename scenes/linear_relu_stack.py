"""A linear layer and a relu stacked, and the one map they make together (figure 1.4)."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Group

from mobjects.arrows import Arrows
from mobjects.axis import Axis, Plane
from mobjects.batch import Cloud, Lines
from mobjects.density import AtomBar, DensityPlot
from mobjects.mapping_plot import MappingPlot
from mobjects.motion import Change, Draw, Through
from mobjects.story import Story, beat
from mobjects.text import Math, Readout, Text
from model import Linear, Network, ReLU
from model.density import Distribution, Gaussian, pushforward_trace

WEIGHT, BIAS = 1.4, -0.7
SOURCE = Gaussian(0.0, 0.7)
REACH = 1.9
TOUR = ((WEIGHT, BIAS), (WEIGHT, 0.42), (0.7, 0.42))


def network(weight: float = WEIGHT, bias: float = BIAS) -> Network:
    """A linear layer of one unit, then relu."""
    return Network([Linear([[weight]], [bias]), ReLU()])


def spaced() -> tuple[np.ndarray, ...]:
    """Evenly spaced inputs, and their values behind either layer: x, z, h of (n,) each."""
    return through(np.linspace(-REACH, REACH, 20))


def equal_masses(n: int = 160) -> tuple[np.ndarray, ...]:
    """Points that stand for equal masses of the source: x, z, h of (n,) each."""
    return through(SOURCE.quantile((np.arange(n) + 0.5) / n))


def through(x: np.ndarray) -> tuple[np.ndarray, ...]:
    """The values (n,) at every layer of the network."""
    return tuple(points[:, 0] for points in network().trace(x[:, None]).points)


def composed(weight: float, bias: float) -> str:
    """The composed map as mathematics."""
    return f'h = mono("relu")({weight:g} x {"+" if bias >= 0 else "-"} {abs(bias):g})'


def outputs(x: np.ndarray, weight: float, bias: float) -> np.ndarray:
    """What the composed map makes of inputs (n,)."""
    return network(weight, bias)(x[:, None])[:, 0]


def kink(weight: float, bias: float) -> float:
    """The input that the linear layer sends to 0, where the composed map bends."""
    return -bias / weight


def densities() -> tuple[Distribution, ...]:
    """The exact distributions of x, z and h."""
    return pushforward_trace(network(), SOURCE)


def graph(weight: float = WEIGHT, bias: float = BIAS) -> np.ndarray:
    """The composed map's graph (3, 2): exact, as its one kink is a vertex."""
    x = np.array([-REACH, kink(weight, bias), REACH])
    return np.stack([x, outputs(x, weight, bias)], axis=1)


def setting(share: float) -> tuple[float, float]:
    """Weight and bias at ``share`` (0 to 1) of the tour; the weight stays above 0."""
    place = share * (len(TOUR) - 1)
    legs = np.arange(len(TOUR))
    weight, bias = (float(np.interp(place, legs, part)) for part in zip(*TOUR, strict=True))
    return weight, bias


class LinearReluStack(Story):
    """Points pass a linear layer, then relu; then both as one map with one kink."""

    title = "Linear and relu, stacked"
    figure = "1.4"

    @beat(
        "Linear",
        shows="Twenty evenly spaced points lie on a level axis, x, from -1.9 to 1.9. They rise to "
        "a second axis above it, z, where they lie 1.4 times as far apart and 0.7 further left. "
        "Those that land below 0 are grey rings, the others coloured discs.",
    )
    def linear(self) -> None:
        self.heading("First layer: `linear`")
        self.rows = self._axes()
        x = spaced()[0]
        self.dots = self._marks(self.rows[0].at(x), through(x)[2])
        self.say("The linear layer stretches the line and shifts it.")
        self.play(FadeIn(self.rows[0]), FadeIn(self.dots), run_time=self.theme.quick)
        self.play(FadeIn(self.rows[1]), FadeIn(self._layer(1)), run_time=self.theme.quick)
        self._rise(1)

    @beat(
        "relu on top",
        shows="A third axis, h, appears on top. The points right of 0 rise to it straight up; "
        "those left of 0, the rings, move along slanted lines and all meet at 0.",
        question="And now relu: where do the points left of 0 go?",
    )
    def relu(self) -> None:
        self.heading("Its output is the next layer's input: `relu`")
        self.play(FadeIn(self.rows[2]), FadeIn(self._layer(2)), run_time=self.theme.quick)
        self.ask("And now relu: where do the points left of 0 go?")
        self.say("All of them go to 0; the others go straight up.")
        self._rise(2)

    @beat(
        "A density through both",
        shows="A bell-shaped density stands on the lowest axis, named p x; its points rise "
        "through both layers. On the middle axis the bell, p z, is wider, lower and moved to the "
        "left. On the top axis, of p h, only the part right of 0 is left, and a bar at 0, an atom "
        "of mass 0.7625.",
    )
    def density(self) -> None:
        self.heading("A whole distribution passes both")
        self.play(FadeOut(self.bundles), FadeOut(self.dots), run_time=self.theme.quick)
        values = equal_masses()
        dots = Cloud(self.rows[0].at(values[0]), self.theme.data, radius=self.theme.dot_radius)
        shown = Group(dots)
        self.say("Every point of a Gaussian takes the same two steps.")
        self.play(FadeIn(self._density(0, shown)), FadeIn(dots), run_time=self.theme.quick)
        for step in (1, 2):
            self._let_through(dots, values, step, shown)
            self.play(FadeIn(self._density(step, shown)), run_time=self.theme.quick)
        mass = Readout(
            densities()[2].atoms[0][1],
            decimals=4,
            prefix="mass at $0$: ",
            size=self.theme.label_size,
            color=self.theme.accent,
        )
        mass.move_to(RIGHT * 3.6 + UP * 1.85, aligned_edge=LEFT)
        self.play(FadeIn(mass), run_time=self.theme.quick)
        self.shown = Group(shown, mass)

    @beat(
        "As one map",
        shows="The middle axis fades away and every line, bent where it crossed it, straightens: "
        "one map from the lowest axis to the top one. A diamond and a highlighted line mark its "
        "one kink, at x = 0.50; beside it: w = 1.40, b = -0.70.",
    )
    def as_one(self) -> None:
        self.play(FadeOut(self.shown), run_time=self.theme.quick)
        self.heading("Both together are *one* map, with one kink")
        x, z, h = spaced()
        ends = self.rows[0].at(x), self.rows[1].at(z), self.rows[2].at(h)
        bent = np.stack(ends, axis=1).reshape(-1, 3)
        middle = (ends[0] + ends[2]) / 2
        straight = np.stack([ends[0], middle, ends[2]], axis=1).reshape(-1, 3)
        self.lines = Lines(
            bent,
            np.arange(0, len(bent) + 1, 3),
            colors=self._tints(h),
            stroke_width=self.theme.line_width,
            opacity=self.theme.line_opacity,
        )
        self.departed, self.dots = self._marks(ends[0], h), self._marks(ends[0], h)
        self.play(FadeIn(self.lines), FadeIn(self.departed), run_time=self.theme.quick)
        self.say("Leave out the stop in between: one map remains.")
        self.play(
            Through(self.lines, [bent, straight]),
            FadeOut(self.rows[1]),
            FadeOut(self.names),
            run_time=self.theme.move,
        )
        self.play(Through(self.dots, [ends[0], ends[2]]), run_time=self.theme.move)
        self._show_kink()

    @beat(
        "Weight and bias set the kink",
        shows="b grows to 0.42, then w falls to 0.70, and all lines follow. The diamond slides "
        "along the lowest axis, from 0.50 to -0.30, then on to -0.60: always where x is minus b "
        "over w. The points left of it, rings, all go to 0; the others, discs, end up 0.7 times as "
        "far apart as they were.",
        question="What do w and b do to the kink?",
    )
    def move_the_kink(self) -> None:
        self.ask("What do w and b do to the kink?")
        self.heading("$-b slash w$ places the kink, $w$ is the stretch")
        self.say("It is where w x + b passes 0: at x = -b/w.")
        x, lower, upper = spaced()[0], self.rows[0], self.rows[2]
        starts = lower.at(x)
        flat, kept = (self._marks(starts, np.full(len(x), sign)) for sign in (0.0, 1.0))

        def tour(group: Any, share: float) -> None:
            weight, bias = setting(share)
            h, bend = outputs(x, weight, bias), kink(weight, bias)
            bundle, ray, departed, dots, mark, (one, two, three) = group
            ends = upper.at(h)
            bundle.points = np.stack([starts, (starts + ends) / 2, ends], 1).reshape(-1, 3)
            for cloud in (departed, dots):
                cloud.rgbas = np.where(h[:, None] > 0, kept.rgbas, flat.rgbas)
                cloud.markers = np.where(h > 0, kept.markers, flat.markers)
            bundle.rgbas[:, :3] = dots.rgbas[:, :3]
            foot = lower.at([bend])
            ray.set_ends(foot, upper.at([0.0]))
            mark.set_points(foot)
            dots.set_points(ends)
            one.set_value(weight)
            two.set_value(bias)
            three.set_value(bend)

        parts = (self.lines, self.ray, self.departed, self.dots, self.mark, self.numbers)
        self.play(Change(Group(*parts), tour), run_time=2 * self.theme.slow)

    @beat(
        "The same map twice",
        shows="Left, the map as lines between two axes: the points up to x = -0.6, rings, all go "
        "to 0; the others, discs, end 0.7 times as far apart as they were. Right, its graph with "
        "the same twenty points on it: flat at 0 up to x = -0.6, then a ramp of slope 0.7. Below "
        "it: h = relu(0.7 x + 0.42).",
    )
    def as_graph(self) -> None:
        self.clear_stage()
        self.heading("The same map as lines and as a graph")
        x, final = spaced()[0], TOUR[-1]
        h = outputs(x, *final)
        lower = Axis((-2, 2.2), 5.2, (-3.6, -2.6), ticks=(-1, 0, 1), label="x")
        upper = Axis((-2, 2.2), 5.2, (-3.6, 1.6), ticks=(-1, 0, 1), label="h", numerals_above=True)
        plot = MappingPlot(lower, upper, x, h, colors=self._tints(h), markers=self._shapes(h))
        arrivals = self._marks(upper.at(h), h)
        plane = Plane((-2.1, 2.1), (-0.4, 2.2), 5.2, (3.4, -0.6), ticks=(1,), labels=("x", "h"))
        curve = Lines(
            plane.at(graph(*final)), colors=self.theme.ink, stroke_width=self.theme.curve_width
        )
        on_curve = self._marks(plane.at(np.stack([x, h], axis=1)), h)
        formula = Math(composed(*final), size=self.theme.title_size).move_to(
            RIGHT * 3.4 + DOWN * 2.9
        )
        self.say("Flat on one side of the kink, a slope on the other.")
        self.play(FadeIn(plot), FadeIn(arrivals), FadeIn(plane), run_time=self.theme.quick)
        self.play(Draw(curve), run_time=self.theme.move)
        self.play(FadeIn(on_curve), FadeIn(formula), run_time=self.theme.quick)

    def _tints(self, h: np.ndarray) -> list[str]:
        """One colour for each output: of what relu keeps, and of what it flattens."""
        return [self.theme.data if keep else self.theme.muted for keep in (h > 0).tolist()]

    def _shapes(self, h: np.ndarray) -> list[str]:
        """The second cue: discs are kept, rings are flattened."""
        return ["disc" if keep else "ring" for keep in (h > 0).tolist()]

    def _marks(self, places: np.ndarray, h: np.ndarray) -> Cloud:
        """Points whose outputs are ``h``, at ``places``."""
        return Cloud(
            places, self._tints(h), radius=self.theme.big_dot_radius, markers=self._shapes(h)
        )

    def _axes(self) -> tuple[Axis, Axis, Axis]:
        ticks = (-3, -2, -1, 0, 1, 2, 3)
        lower, middle, upper = (
            Axis(_WINDOW, 9.0, (-1.9, y), ticks=ticks, label=name) for y, name in _ROWS
        )
        for axis in (middle, upper):
            axis.remove(axis.numerals)  # lines pass here; the ticks stand over the lowest axis's
        return lower, middle, upper

    def _layer(self, step: int) -> Group:
        y = (_ROWS[step - 1][0] + _ROWS[step][0]) / 2
        formula = (f"z = {WEIGHT:g} x - {-BIAS:g}", "h = max(z, 0)")[step - 1]
        parts = Group(
            Arrows(
                np.array([[3.55, y - 0.35]]), np.array([[3.55, y + 0.35]]), colors=self.theme.muted
            ),
            Text(f"`{network().layers[step - 1].name}`", size=self.theme.label_size).move_to(
                RIGHT * 3.95 + UP * (y + 0.3), aligned_edge=LEFT
            ),
            Math(formula, size=self.theme.label_size).move_to(
                RIGHT * 3.95 + UP * (y - 0.3), aligned_edge=LEFT
            ),
        )
        self.names = Group(*getattr(self, "names", ()), parts)
        return parts

    def _bundle(
        self, values: tuple[np.ndarray, ...], step: int, colors: str | list[str], opacity: float
    ) -> Lines:
        """From each point's place behind one layer to its place behind the next."""
        return Lines.segments(
            self.rows[step - 1].at(values[step - 1]),
            self.rows[step].at(values[step]),
            colors=colors,
            stroke_width=self.theme.line_width,
            opacity=opacity,
        )

    def _rise(self, step: int) -> None:
        values = spaced()
        lines = self._bundle(values, step, self._tints(values[2]), self.theme.line_opacity)
        departed = self.dots.copy()
        self.bundles = Group(*getattr(self, "bundles", ()), lines, departed)
        self.bring_to_back(lines)
        self.add(departed)
        self.bring_to_front(self.dots)
        ends = self.rows[step].at(values[step])
        self.play(
            Draw(lines), Through(self.dots, [self.dots.points, ends]), run_time=self.theme.slow
        )

    def _let_through(
        self, dots: Cloud, values: tuple[np.ndarray, ...], step: int, shown: Group
    ) -> None:
        lines = self._bundle(values, step, self.theme.data, _FAINT)
        lines.supports = "the points that travel along them"
        departed = dots.copy()
        shown.add(lines, departed)
        self.bring_to_back(lines)
        self.add(departed)
        self.bring_to_front(dots)
        ends = self.rows[step].at(values[step])
        self.play(Draw(lines), Through(dots, [dots.points, ends]), run_time=self.theme.move)

    def _density(self, index: int, shown: Group) -> Group:
        p, axis = densities()[index], self.rows[index]
        parts = Group(DensityPlot(axis, p.graph(), _HEIGHT))
        for location, mass in p.atoms:
            parts.add(AtomBar(axis, location, mass, _HEIGHT))
        parts.add(Math(f"p_{_ROWS[index][1]}").move_to(axis.at([-3.3])[0] + UP * 0.6))
        shown.add(parts)
        return parts

    def _show_kink(self) -> None:
        foot, size = self.rows[0].at([kink(WEIGHT, BIAS)]), self.theme.body_size
        self.ray = Lines.segments(
            foot,
            self.rows[2].at([0.0]),
            colors=self.theme.accent,
            stroke_width=self.theme.curve_width,
        )
        self.mark = Cloud(
            foot, self.theme.accent, radius=self.theme.big_dot_radius * 1.4, markers="diamond"
        )
        name = Text("kink: $x = -b slash w$", color=self.theme.accent)
        self.numbers = Group(
            Readout(WEIGHT, prefix="$w = #h(0.3em)$", size=size),
            Readout(BIAS, prefix="$b = #h(0.3em)$", size=size),
            Readout(
                kink(WEIGHT, BIAS),
                prefix="$x = #h(0.3em)$",
                size=size,
                color=self.theme.accent,
            ),
        )
        for text, y in zip((*self.numbers, name), (0.4, -0.3, -1.8, -1.2), strict=True):
            text.move_to(RIGHT * 3.3 + UP * y, aligned_edge=LEFT)
        self.play(*map(FadeIn, (self.ray, self.mark, self.numbers, name)), run_time=self.theme.move)


_WINDOW = (-3.7, 3.3)
_ROWS = ((-2.95, "x"), (-0.85, "z"), (1.25, "h"))
_HEIGHT, _FAINT = 1.9, 0.12
