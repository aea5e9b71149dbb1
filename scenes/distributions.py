"""A distribution on its way through a stack, and a loss that compares it with a target."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, Group

from mobjects.arrows import Arrows
from mobjects.axis import Axis
from mobjects.batch import Cloud, Lines
from mobjects.density import AtomBar, DensityPlot
from mobjects.motion import Change, Draw, Through
from mobjects.story import Story, beat
from mobjects.text import Math, Readout, Text
from model import Linear, Network, ReLU
from model.density import (
    Distribution,
    Empirical,
    Gaussian,
    Mixture,
    pushforward,
    pushforward_trace,
    wasserstein,
)

DATA = Mixture([0.45, 0.55], [Gaussian(-1.2, 0.4), Gaussian(1.1, 0.32)])
TARGET = Mixture([0.4, 0.6], [Empirical([-1.0]), Gaussian(1.1, 0.6)])
FIRST = Network([Linear([[1.2]], [-0.3]), ReLU()])
START = (1.0, 1.0)
STEPS, RATE, DECAY = 120, 0.25, 0.975
POINTS, SEED = 80, 3


class Iterate(NamedTuple):
    """The last layer at one step of training, and how far its output is from the target."""

    weight: float
    bias: float
    loss: float


def network(weight: float, bias: float) -> Network:
    """The stack, its last linear layer with these parameters."""
    return Network([*FIRST, Linear([[weight]], [bias])])


def stages() -> tuple[Distribution, ...]:
    """p_data, p_1, p_2 and p_out before training, all exact."""
    return pushforward_trace(network(*START), DATA)


def travellers() -> tuple[np.ndarray, ...]:
    """A sample of the data, (n,), at every representation."""
    x = DATA.sample(POINTS, seed=SEED)
    return tuple(points[:, 0] for points in network(*START).trace(x[:, None]).points)


def distance(weight: float, bias: float) -> float:
    """The loss: the Wasserstein distance of p_out from p_target."""
    return wasserstein(pushforward(network(weight, bias), DATA), TARGET)


def gradient(weight: float, bias: float, h: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The loss's gradient in (weight, bias), weight above 0.

    On the line the distance is the mean of |w h + b - y| over the quantiles
    ``h`` of p_2 and ``y`` of the target at the same levels.
    """
    sign = np.sign(weight * h + bias - y)
    return np.array([(sign * h).mean(), sign.mean()])


@cache
def training() -> tuple[Iterate, ...]:
    """Gradient descent on the last layer's two parameters, step by step."""
    levels = (np.arange(2000) + 0.5) / 2000
    h, y = pushforward(FIRST, DATA).quantile(levels), TARGET.quantile(levels)
    theta, found = np.array(START), []
    for step in range(STEPS + 1):
        weight, bias = theta.tolist()
        found.append(Iterate(weight, bias, distance(weight, bias)))
        theta = theta - RATE * DECAY**step * gradient(weight, bias, h, y)
    return tuple(found)


class Distributions(Story):
    """p_data to p_1 to p_2 to p_out, and the loss as its distance from p_target."""

    title = "A network transforms a distribution"
    figure = "text of 1.3"

    @beat(
        "The data",
        shows="Four level axes, one above the other. On the lowest stands a density with two "
        "bumps, a low left one around -1.2 and a tall right one around 1.1, named p data; 80 "
        "points drawn from it lie along its axis.",
    )
    def data(self) -> None:
        self.heading('Data are samples of a distribution $p_"data"$')
        self.rows = [Axis(_WINDOW, 7.7, (-1.3, y), ticks=_TICKS) for y in _ROWS]
        for axis in self.rows[1:]:
            axis.remove(axis.numerals)  # the ticks stand over the lowest axis's
        self.dots = Cloud(
            self.rows[0].at(travellers()[0]), self.theme.data, radius=self.theme.dot_radius
        )
        self.say("A dataset is drawn from a distribution, here with two bumps.")
        self.play(FadeIn(Group(*self.rows)), run_time=self.theme.quick)
        self.play(
            FadeIn(self._density(0)),
            FadeIn(self._name(0)),
            FadeIn(self.dots),
            run_time=self.theme.move,
        )

    @beat(
        "The first layer",
        shows="An arrow beside the axes is named linear. Every point rises along a line to the "
        "second axis, where the density stands 1.2 times as wide and moved to the left by 0.3: p "
        "1.",
    )
    def first(self) -> None:
        self.heading("A `linear` layer gives a new distribution $p_1$")
        self.say("A linear layer moves every point, and so the density.")
        self._rise(1)

    @beat(
        "The second layer",
        shows="An arrow is named relu. On the third axis all points from below 0 meet at 0. Of p "
        "2 the right bump is unchanged; the left one has become a bar at 0, an atom: mass 0.45.",
        question="What will relu do to the left bump?",
    )
    def second(self) -> None:
        self.ask("What will relu do to the left bump?")
        self.heading("`relu` gives $p_2$: the left bump becomes an *atom*")
        self.say("All points below 0 meet at 0, and their mass with them.")
        self._rise(2)

    @beat(
        "The output",
        shows="A third arrow is named linear. Bump and bar move to the top axis, 1 further to the "
        "right: p out, its atom still of mass 0.45.",
    )
    def output(self) -> None:
        self.heading('$p_"data" -> p_1 -> p_2 -> p_"out"$')
        self.say("Layer by layer: each density here is exact.")
        self._rise(3)

    @beat(
        "The target",
        shows="On the top axis a second distribution appears in another colour, behind p out: p "
        "target, an atom of mass 0.4 at -1 and a wide bump around 1.1. Beside it the loss, the "
        "Wasserstein distance from p out: 1.30; and the last layer's w = 1.00 and b = 1.00.",
        question="Which way must the last layer move p out?",
    )
    def target(self) -> None:
        self.heading('The loss: how far $p_"out"$ is from $p_"target"$')
        wanted, names, panel = self._target(), self._target_names(), self._panel()
        self.bring_to_back(wanted)
        self.say("The Wasserstein distance: how far mass must travel, on average.")
        self.play(FadeIn(wanted), FadeIn(names), FadeIn(panel), run_time=self.theme.move)
        self.ask("Which way must the last layer move p out?")

    @beat(
        "Training",
        shows="w grows to 2.03 and b falls to -1.00. On the top axis p out slides left and "
        "widens, until its bar stands at p target's bar and its bump lies over p target's bump. "
        "The loss falls from 1.30 to 0.17.",
    )
    def train(self) -> None:
        self.heading('Training moves $p_"out"$ towards $p_"target"$')
        self.say("Gradient descent on w and b: the distance falls.")
        self._descend()
        self.say("Two parameters cannot do more: atom and bump keep their masses.")

    def _density(self, index: int) -> Group:
        p, axis = stages()[index], self.rows[index]
        parts = Group(DensityPlot(axis, p.graph(), _HEIGHT))
        for location, mass in p.atoms:
            bar = AtomBar(axis, location, mass, _HEIGHT)
            place = _over if axis is self.rows[-1] else _at_foot
            parts.add(bar, place(self._mass(mass, self.theme.accent), bar))
        return parts

    def _mass(self, mass: float, color: str) -> Readout:
        return Readout(mass, prefix="mass ", size=self.theme.label_size, color=color)

    def _target(self) -> Group:
        color, top = self.theme.ink, self.rows[-1]
        return Group(
            DensityPlot(top, TARGET.graph(), _HEIGHT, color=color),
            AtomBar(top, *TARGET.atoms[0], _HEIGHT, color=color, hollow=True),
        )

    def _target_names(self) -> Group:
        """p_target and the mass of its atom, left of the atom's ring."""
        (location, mass), size = TARGET.atoms[0], self.theme.body_size
        names = Group(Math('p_"target"', size=size), self._mass(mass, self.theme.ink))
        names.arrange(DOWN, buff=0.12, aligned_edge=RIGHT)
        return names.next_to(self.rows[-1].at([location])[0] + UP * 0.5, LEFT, buff=0.35)

    def _name(self, index: int) -> Group:
        axis = self.rows[index]
        name = Math(_NAMES[index], size=self.theme.title_size, color=self.theme.data)
        return Group(name.next_to(axis.at([_WINDOW[0]])[0] + UP * 0.35, LEFT, buff=0.25))

    def _lines(self, index: int) -> Lines:
        """From every point's place on one axis to its place on the next."""
        points = travellers()
        lines = Lines.segments(
            self.rows[index - 1].at(points[index - 1]),
            self.rows[index].at(points[index]),
            colors=self.theme.data,
            stroke_width=self.theme.grid_width,
            opacity=self.theme.quiet_opacity,
        )
        lines.supports = "the points that travel along them"
        return lines

    def _layer_name(self, index: int) -> Group:
        middle = (_ROWS[index - 1] + _ROWS[index]) / 2
        name = Text(f"`{network(*START).layers[index - 1].name}`", size=self.theme.label_size)
        mark = Arrows(
            np.array([[3.1, middle - 0.24]]),
            np.array([[3.1, middle + 0.24]]),
            colors=self.theme.muted,
        )
        return Group(mark, name.next_to(mark, RIGHT, buff=0.2))

    def _rise(self, index: int) -> None:
        lines = self._lines(index)
        self.play(FadeIn(self._layer_name(index)), run_time=self.theme.quick)
        ends = self.rows[index].at(travellers()[index])
        self.bring_to_back(lines)
        self.bring_to_front(self.dots)
        self.play(
            Draw(lines), Through(self.dots, [self.dots.points, ends]), run_time=self.theme.slow
        )
        shape = self._density(index)
        self.play(FadeIn(shape), FadeIn(self._name(index)), run_time=self.theme.move)
        self.last = Group(lines, shape)

    def _panel(self) -> Group:
        first, size = training()[0], self.theme.label_size
        right = self.rows[-1].at(_WINDOW)[1]
        loss = Readout(first.loss, prefix="loss: #h(0.3em)", color=self.theme.accent)
        kind = Text("Wasserstein distance", size=size, color=self.theme.muted)
        weight = Readout(first.weight, prefix="$w = #h(0.3em)$", size=size)
        bias = Readout(first.bias, prefix="$b = #h(0.3em)$", size=size)
        middle = (_ROWS[2] + _ROWS[3]) / 2
        for text, x, y in (
            (loss, right[0] + 0.35, right[1] + 0.85),
            (kind, right[0] + 0.35, right[1] + 0.35),
            (weight, 4.78, middle + 0.24),
            (bias, 4.78, middle - 0.24),
        ):
            text.move_to(RIGHT * x + UP * y, aligned_edge=LEFT)
        self.numbers = Group(loss, weight, bias)
        return Group(kind, self.numbers)

    def _descend(self) -> None:
        lines, (shape, atom, mass) = self.last
        top, steps = self.rows[-1], training()
        before, starts = travellers()[2], self.rows[2].at(travellers()[2])
        shapes = [pushforward(network(w, b), DATA) for w, b, _ in steps]
        graphs = [p.graph(160) for p in shapes]
        atoms = [p.atoms[0] for p in shapes]

        def show(group: Any, share: float) -> None:
            index = round(share * (len(steps) - 1))
            weight, bias, loss = steps[index]
            plot, bar, note, bundle, dots, (one, two, three) = group
            plot.set_graph(graphs[index])
            bar.location = atoms[index][0]
            bar.set_mass(atoms[index][1])
            _over(note.set_value(atoms[index][1]), bar)
            ends = top.at(weight * before + bias)
            bundle.set_ends(starts, ends)
            dots.set_points(ends)
            one.set_value(loss)
            two.set_value(weight)
            three.set_value(bias)

        moving = Group(shape, atom, mass, lines, self.dots, self.numbers)
        self.play(Change(moving, show), run_time=2 * self.theme.slow)


def _over(note: Readout, bar: AtomBar) -> Readout:
    """Set a mass above its bar, ending where the bar's disc does."""
    disc = bar.tip.points[0] + RIGHT * bar.tip.radius + UP * bar.tip.radius
    return note.next_to(disc, UP, buff=0.16, aligned_edge=RIGHT)


def _at_foot(note: Readout, bar: AtomBar) -> Readout:
    """Set a mass left of its bar's foot, under the lines that leave it upwards."""
    return note.next_to(bar.bar.points[0] + UP * 0.14 + LEFT * 0.42, UP + LEFT, buff=0)


_WINDOW = (-3.4, 3.4)
_ROWS, _TICKS = (-3.0, -1.55, -0.1, 1.35), (-3, -2, -1, 0, 1, 2, 3)
_NAMES = ('p_"data"', "p_1", "p_2", 'p_"out"')
_HEIGHT = 1.75
