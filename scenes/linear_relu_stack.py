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
TOUR = ((WEIGHT, BIAS), (WEIGHT, 0.5), (0.6, 0.6), (WEIGHT, BIAS))


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
        "Those that land below 0 are grey, the others coloured.",
    )
    def linear(self) -> None:
        self.heading("First layer: `linear`")
        self.rows = self._axes()
        x = spaced()[0]
        self.dots = Cloud(self.rows[0].at(x), self._tints(x), radius=self.theme.big_dot_radius)
        self.say("The linear layer stretches the line and shifts it.")
        self.play(FadeIn(self.rows[0]), FadeIn(self.dots), run_time=self.theme.quick)
        self.play(FadeIn(self.rows[1]), FadeIn(self._layer(1)), run_time=self.theme.quick)
        self._rise(1)

    @beat(
        "relu on top",
        shows="A third axis, h, appears on top. The coloured points rise to it straight up; the "
        "grey ones move along slanted lines and all meet at 0.",
        question="And now relu: where do the grey points go?",
    )
    def relu(self) -> None:
        self.heading("Its output is the next layer's input: `relu`")
        self.play(FadeIn(self.rows[2]), FadeIn(self._layer(2)), run_time=self.theme.quick)
        self.ask("And now relu: where do the grey points go?")
        self._rise(2)

    @beat(
        "A density through both",
        shows="A bell-shaped density stands on the lowest axis; its points rise through both "
        "layers. On the middle axis the bell is wider, lower and moved to the left. On the top "
        "axis only the part right of 0 is left, and a bar at 0, an atom of mass 0.7625.",
    )
    def density(self) -> None:
        self.heading("A whole distribution passes both")
        self.play(FadeOut(self.bundles), FadeOut(self.dots), run_time=self.theme.quick)
        values = equal_masses()
        dots = Cloud(
            self.rows[0].at(values[0]), self._tints(values[0]), radius=self.theme.dot_radius
        )
        shown = Group(dots)
        self.say("Every point of a Gaussian takes the same two steps.")
        self.play(FadeIn(dots), FadeIn(self._density(0, shown)), run_time=self.theme.quick)
        for step in (1, 2):
            ends = self.rows[step].at(values[step])
            lines = self._bundle(values, step, opacity=self.theme.quiet_opacity)
            lines.supports = "the points that travel along them"
            shown.add(lines)
            self.bring_to_front(dots)
            self.play(Draw(lines), Through(dots, [dots.points, ends]), run_time=self.theme.move)
            self.play(FadeIn(self._density(step, shown)), run_time=self.theme.quick)
        mass = Readout(
            densities()[2].atoms[0][1],
            decimals=4,
            prefix="mass at $0$: ",
            size=self.theme.label_size,
            color=self.theme.accent,
        )
        mass.move_to(RIGHT * 3.6 + UP * 1.9, aligned_edge=LEFT)
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
            colors=self._tints(x),
            stroke_width=self.theme.line_width,
            opacity=self.theme.line_opacity,
        )
        self.dots = Cloud(ends[0], self._tints(x), radius=self.theme.big_dot_radius)
        self.play(FadeIn(self.lines), FadeIn(self.dots), run_time=self.theme.quick)
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
        shows="w and b change, and all lines follow. The diamond slides along the lowest axis, "
        "from 0.50 to -0.36, on to -1.00 and back to 0.50: always where x is minus b over w. The "
        "points left of it all go to 0, the others fan out.",
        question="What do w and b do to the kink?",
    )
    def move_the_kink(self) -> None:
        self.ask("What do w and b do to the kink?")
        self.heading("$w$ and $b$ say where it bends, and how steeply it rises")
        x, lower, upper = spaced()[0], self.rows[0], self.rows[2]
        starts = lower.at(x)
        colors = {side: Cloud(starts, c, radius=1).rgbas[0, :3] for side, c in self._sides.items()}

        def tour(group: Any, share: float) -> None:
            weight, bias = setting(share)
            h, bend = outputs(x, weight, bias), kink(weight, bias)
            bundle, dots, ray, mark, (one, two, three) = group
            ends = upper.at(h)
            bundle.points = np.stack([starts, (starts + ends) / 2, ends], 1).reshape(-1, 3)
            tints = np.where((h > 0)[:, None], colors[True], colors[False])
            bundle.rgbas[:, :3] = dots.rgbas[:, :3] = tints
            foot = lower.at([bend])
            ray.set_ends(foot, upper.at([0.0]))
            mark.set_points(foot)
            dots.set_points(ends)
            one.set_value(weight)
            two.set_value(bias)
            three.set_value(bend)

        moving = Group(self.lines, self.dots, self.ray, self.mark, self.numbers)
        self.play(Change(moving, tour), run_time=3 * self.theme.slow)
        self.say("It bends where w x + b passes 0, at x = -b/w.")

    @beat(
        "The same map twice",
        shows="Left, the map as lines between two axes: the grey points all go to 0, the coloured "
        "ones fan out. Right, its graph with the same twenty points on it: flat at 0 up to x = "
        "0.5, then a ramp of slope 1.4. Below it: h = relu(1.4 x - 0.7).",
    )
    def as_graph(self) -> None:
        self.clear_stage()
        self.heading("The same map as lines and as a graph")
        x, _, h = spaced()
        lower = Axis((-2, 2.2), 5.2, (-3.6, -2.6), ticks=(-1, 0, 1), label="x")
        upper = Axis((-2, 2.2), 5.2, (-3.6, 1.6), ticks=(-1, 0, 1), label="h", numerals_above=True)
        plot = MappingPlot(lower, upper, x, h, colors=self._tints(x))
        plane = Plane((-2.1, 2.1), (-0.4, 2.2), 5.2, (3.4, -0.6), ticks=(1,), labels=("x", "h"))
        curve = Lines(plane.at(graph()), colors=self.theme.ink, stroke_width=self.theme.curve_width)
        on_curve = Cloud(
            plane.at(np.stack([x, h], axis=1)), self._tints(x), radius=self.theme.big_dot_radius
        )
        formula = Math(
            f'h = mono("relu")({WEIGHT:g} x - {-BIAS:g})', size=self.theme.title_size
        ).move_to(RIGHT * 3.4 + DOWN * 2.9)
        self.say("Flat on one side of the kink, a slope on the other.")
        self.play(FadeIn(plot), FadeIn(plane), run_time=self.theme.quick)
        self.play(Draw(curve), run_time=self.theme.move)
        self.play(FadeIn(on_curve), FadeIn(formula), run_time=self.theme.quick)

    @property
    def _sides(self) -> dict[bool, str]:
        return {True: self.theme.data, False: self.theme.muted}

    def _tints(self, x: np.ndarray) -> list[str]:
        """One colour for each input: those that relu keeps, and those it flattens."""
        return [self._sides[keep] for keep in (through(x)[2] > 0).tolist()]

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

    def _bundle(self, values: tuple[np.ndarray, ...], step: int, *, opacity: float) -> Lines:
        """From each point's place behind one layer to its place behind the next."""
        return Lines.segments(
            self.rows[step - 1].at(values[step - 1]),
            self.rows[step].at(values[step]),
            colors=self._tints(values[0]),
            stroke_width=self.theme.line_width,
            opacity=opacity,
        )

    def _rise(self, step: int) -> None:
        values = spaced()
        lines = self._bundle(values, step, opacity=self.theme.line_opacity)
        self.bundles = Group(*getattr(self, "bundles", ()), lines)
        self.bring_to_front(self.dots)
        ends = self.rows[step].at(values[step])
        self.play(
            Draw(lines), Through(self.dots, [self.dots.points, ends]), run_time=self.theme.slow
        )

    def _density(self, index: int, shown: Group) -> Group:
        p, axis = densities()[index], self.rows[index]
        parts = Group(DensityPlot(axis, p.graph(), _HEIGHT))
        for location, mass in p.atoms:
            parts.add(AtomBar(axis, location, mass, _MASS_HEIGHT))
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
        self.numbers = Group(
            Readout(WEIGHT, prefix="$w = #h(0.3em)$", size=size),
            Readout(BIAS, prefix="$b = #h(0.3em)$", size=size),
            Readout(
                kink(WEIGHT, BIAS),
                prefix="kink: $x = #h(0.3em)$",
                size=size,
                color=self.theme.accent,
            ),
        )
        for readout, y in zip(self.numbers, (0.4, -0.3, -1.3), strict=True):
            readout.move_to(RIGHT * 3.3 + UP * y, aligned_edge=LEFT)
        self.play(
            FadeIn(self.ray), FadeIn(self.mark), FadeIn(self.numbers), run_time=self.theme.move
        )


_WINDOW = (-3.7, 3.3)
_ROWS = ((-2.85, "x"), (-0.75, "z"), (1.35, "h"))
_HEIGHT, _MASS_HEIGHT = 2.7, 1.7
