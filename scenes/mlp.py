"""The classifier as a graph, and its six equations (figure 1.6, equations 1.1 to 1.6)."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from manim import DOWN, LEFT, RIGHT, FadeIn, FadeOut, Group, Transform

from mobjects.batch import Lines, as_rgbas
from mobjects.motion import Through
from mobjects.network_graph import NetworkGraph, signed_line
from mobjects.story import Story, beat
from mobjects.text import Math, Text
from model import Linear, Network, assets
from model.datasets import Dataset

NAMES = (
    "$bold(x)$",
    "$bold(z)_1$",
    "$bold(h)_1$",
    "$bold(z)_2$",
    "$bold(h)_2$",
    "$bold(z)_3$",
    "$bold(y)$",
)
EQUATIONS = (
    "$bold(z)_1 = bold(W)_1 bold(x) + bold(b)_1$",
    "$bold(h)_1 =$ `relu`$(bold(z)_1)$",
    "$bold(z)_2 = bold(W)_2 bold(h)_1 + bold(b)_2$",
    "$bold(h)_2 =$ `relu`$(bold(z)_2)$",
    "$bold(z)_3 = bold(W)_3 bold(h)_2 + bold(b)_3$",
    "$bold(y) =$ `softmax`$(bold(z)_3)$",
)


@cache
def trained() -> tuple[Dataset, Network]:
    """What the classifier was trained on, and its last network."""
    trajectory = assets.load("classifier")
    return trajectory.dataset, trajectory.network(int(trajectory.steps[-1]))


def connections() -> tuple[list[np.ndarray], list[np.ndarray | None]]:
    """For each layer its weights, or which unit depends on which; and its biases."""
    weights: list[np.ndarray] = []
    biases: list[np.ndarray | None] = []
    for layer in trained()[1].layers:
        if isinstance(layer, Linear):
            weights.append(layer.weight)
            biases.append(layer.bias)
        else:
            one_by_one = layer.name == "relu"
            weights.append(np.eye(2, dtype=bool) if one_by_one else np.ones((2, 2), dtype=bool))
            biases.append(None)
    return weights, biases


def chosen() -> int:
    """The datapoint that runs through.

    Of those that lose exactly one unit in each relu, the one in the middle when
    they are ordered by how far their output is from its one-hot code.
    """
    data, net = trained()
    trace = net.trace(data.points)
    cut = ((trace["h1"] == 0).sum(axis=1) == 1) & ((trace["h2"] == 0).sum(axis=1) == 1)
    distance = np.abs(trace["y"] - data.one_hot).max(axis=1)
    ordered = np.flatnonzero(cut)[np.argsort(distance[cut])]
    return int(ordered[len(ordered) // 2])


def values() -> list[np.ndarray]:
    """The chosen datapoint at every representation: seven arrays (2,)."""
    data, net = trained()
    return [points[0] for points in net.trace(data.points[[chosen()]]).points]


def numerals() -> list[list[str]]:
    """The same, as written into the units: two decimals, three at the output; 0 where exact."""
    *inner, last = values()
    written = [[f"{v:.2f}" if v else "0" for v in column] for column in inner]
    return [*written, [f"{v:.3f}" for v in last]]


class MLP(Story):
    """Seven columns of two units, six equations, one datapoint."""

    title = "A multilayer perceptron, equation by equation"
    figure = "1.6, equations 1.1 to 1.6"

    @beat(
        "The graph",
        shows="Seven columns of two units: x, z1, h1, z2, h2, z3, y. Edges join each column to the "
        "next; wide ones carry large weights, dashed ones negative weights.",
        question="Which edges does training change?",
    )
    def graph_appears(self) -> None:
        self.prepare()
        self.heading("A network as a graph")
        self.say("Input on the left, output on the right.")
        self.play(FadeIn(*self.graph.units, *self.names), run_time=self.theme.move)
        self.play(FadeIn(*self.graph.edges, *self.layers), run_time=self.theme.move)
        self.ask("Which of these edges does training change?")
        self.play(FadeIn(self.key), run_time=self.theme.quick)
        self.say("Only the coloured ones: they are trained weights and biases.")

    @beat(
        "Equations 1.1 and 1.2",
        shows="z1 = W1 x + b1 lights the first edges, h1 = relu(z1) the next; below, the trained "
        "numbers of W1 and b1.",
    )
    def first(self) -> None:
        self.play(FadeOut(self.key), run_time=self.theme.quick)
        self.heading("Mix the coordinates, then cut off what is negative")
        self.pair(0, "A linear layer mixes its two inputs.", "relu works on each unit alone.")

    @beat(
        "Equations 1.3 and 1.4",
        shows="z2 = W2 h1 + b2 and h2 = relu(z2) light the next two gaps.",
    )
    def second(self) -> None:
        self.heading("The same again, with other weights")
        self.pair(2, "The second layer has weights of its own.", "And again relu, unit by unit.")

    @beat(
        "Equations 1.5 and 1.6",
        shows="z3 = W3 h2 + b3 and y = softmax(z3) light the last two gaps.",
    )
    def third(self) -> None:
        self.heading("Two logits, turned into two shares")
        self.pair(4, "The last linear layer gives one logit a class.", "softmax makes shares of 1.")

    @beat(
        "One datapoint",
        shows="A real datapoint's numbers appear in the units, column after column, as dots run "
        "along the edges.",
        question="Will it be blue or red?",
    )
    def run(self) -> None:
        self.heading("One real datapoint runs through")
        self.numbers = [
            self.graph.place([Text(f"${n}$", size=self.theme.tick_size) for n in column], i)
            for i, column in enumerate(numerals())
        ]
        for column in self.numbers:
            column.set_z_index(1)
        self.play(FadeIn(self.numbers[0]), run_time=self.theme.quick)
        self.ask("Will it be called blue or red?")
        for gap in range(len(EQUATIONS)):
            self.advance(gap)

    @beat(
        "Its class",
        shows="The output is close to a one-hot code, whose class is named beside it.",
    )
    def result(self) -> None:
        data, _ = trained()
        label = int(data.labels[chosen()])
        code = ", ".join(f"{v:g}" for v in data.one_hot[chosen()])
        name, color = data.class_names[label], self.theme.classes[label]
        self.heading(
            f'$bold(y)$ is close to $({code})$, the code of #text(fill: rgb("{color}"))[{name}]'
        )
        self.say(f"Close to the one-hot code of {name}, and {name} it is.")
        winner = int(values()[-1].argmax())
        rings = self.graph.units[-1][1]
        marked = rings.copy()
        assert isinstance(rings, Lines)
        assert isinstance(marked, Lines)
        marked.rgbas[winner] = as_rgbas(color, 1)[0]
        self.play(
            Transform(rings, marked),
            self.numbers[-1][winner].animate.set_color(color),
            run_time=self.theme.move,
        )

    def prepare(self) -> None:
        """Draw the graph and what is written around it."""
        t = self.theme
        weights, biases = connections()
        self.graph = NetworkGraph([2] * 7, weights, biases, size=(11.8, 1.75), center=(0, 0.6))
        for edges in self.graph.edges:
            for line in edges:
                line.set_opacity(t.line_opacity)
        x = [centers[0, 0] for centers in self.graph.centers]
        self.names = [
            Text(name, size=t.body_size).move_to(np.array([at, 2.52, 0]))
            for name, at in zip(NAMES, x, strict=True)
        ]
        self.layers = [
            Text(f"`{layer.name}`", size=t.tick_size, color=t.muted).move_to(
                np.array([(a + b) / 2, 2.02, 0])
            )
            for layer, a, b in zip(trained()[1].layers, x[:-1], x[1:], strict=True)
        ]
        self.equations = [self.equation(i, (x[i - i % 2] + x[i - i % 2 + 2]) / 2) for i in range(6)]
        self.matrices = [self.parameters(i, x[2 * i + 1]) for i in range(3)]
        self.key = self.draw_key()

    def equation(self, index: int, x: float) -> Text:
        """One of the six, under its part of the graph, with its number in the book."""
        number = f"#h(0.3em) #text(size: 0.79em)[(1.{index + 1})]"
        text = Text(EQUATIONS[index] + number, size=self.theme.label_size)
        return text.move_to(np.array([x, -1.6 if index % 2 == 0 else -2.35, 0]))

    def parameters(self, index: int, x: float) -> Text:
        """The trained numbers of a linear layer in its equation, rounded to two decimals."""
        weights, biases = connections()
        weight, bias = weights[2 * index], biases[2 * index]
        assert bias is not None
        rows = "; ".join(", ".join(f"{v:.2f}" for v in row) for row in weight)
        column = ", ".join(f"{v:.2f}" for v in bias)
        below = ("bold(x)", "bold(h)_1", "bold(h)_2")[index]
        formula = f"bold(z)_{index + 1} = mat({rows}) {below} + vec({column})"
        text = Math(formula, size=self.theme.tick_size)
        return text.move_to(np.array([x, -3.1, 0]))

    def draw_key(self) -> Group:
        """What the edges' colours and widths mean, in the place of the equations to come."""
        rows = Group()
        for number, words in ((1.0, "positive weight"), (-1.0, "negative weight")):
            line = signed_line(np.zeros(3), np.array([0.9, 0, 0]), number, 5.0)
            text = Text(words, size=self.theme.label_size)
            rows.add(Group(line, text.next_to(line, RIGHT, buff=0.3)))
        rows.add(Text("the wider, the larger; stubs are biases", size=self.theme.label_size))
        rows.arrange(DOWN, buff=0.3, aligned_edge=LEFT)
        return rows.move_to(np.array([0, -2.4, 0]))

    def pair(self, index: int, *words: str) -> None:
        """Bring in a linear layer's equation and that of the layer behind it."""
        for step, said in enumerate(words):
            self.say(said)
            self.play(*self.lit(index + step), run_time=self.theme.move)
            if step == 0:
                self.play(FadeIn(self.matrices[index // 2]), run_time=self.theme.quick)
            self.wait(self.theme.hold)
            gone = [FadeOut(self.matrices[index // 2])] if step == 0 else []
            self.play(*self.lowered(index + step), *gone, run_time=self.theme.quick)

    def lit(self, gap: int) -> list[Any]:
        """Show an equation and light its part of the graph."""
        accent = self.theme.accent
        self.equations[gap].set_color(accent)
        return [
            FadeIn(self.equations[gap]),
            self.layers[gap].animate.set_color(accent),
            *(line.animate.set_opacity(1) for line in self.graph.edges[gap]),
            self.graph.units[gap + 1][1].animate.set_color(accent),
        ]

    def lowered(self, gap: int) -> list[Any]:
        """Let it stand among the others again."""
        ink = self.theme.ink
        return [
            self.equations[gap].animate.set_color(ink),
            self.layers[gap].animate.set_color(self.theme.muted),
            *(line.animate.set_opacity(self.theme.line_opacity) for line in self.graph.edges[gap]),
            self.graph.units[gap + 1][1].animate.set_color(ink),
        ]

    def advance(self, gap: int) -> None:
        """Send the datapoint from column ``gap`` to the next."""
        dots, ends = self.graph.pulses(gap, self.theme.accent)
        self.play(Through(dots, [dots.points, ends]), run_time=self.theme.quick)
        self.remove(dots)
        self.play(FadeIn(self.numbers[gap + 1]), run_time=self.theme.quick)
