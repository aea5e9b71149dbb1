"""The classifier as a graph, and its equations (figure 1.6, equations 1.1 to 1.6).

From left to right, as figure 1.6 has it; everywhere else the input is at the bottom.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import RIGHT, FadeIn, FadeOut, Group, Mobject, Transform

from mobjects.baseline import on_baseline
from mobjects.batch import Lines, as_rgbas
from mobjects.classes import looks
from mobjects.equations import affine, centred_within, is_cut
from mobjects.legend import shortened, verbatim
from mobjects.motion import Through
from mobjects.network_graph import NetworkGraph
from mobjects.network_key import network_key
from mobjects.story import Beat, Story, beat
from mobjects.text import Math, Text
from mobjects.told import told
from model import Linear
from model import lesson_words as wording
from model.graph_words import facts
from model.layers import MODULE
from model.lesson_graph import graph_on_show, written
from model.lesson_view import code_of, in_words, on_show, symbol

NAME = 14  # letters of a class's name in a heading
WIDTH, TOP, TALLEST, TALLER = 11.8, 1.9, 2.9, 0.3
LOW, LOW_MIDDLE = 1.75, 0.6  # height and middle of a graph whose columns have at most two units
FLOOR = -1.4  # how low units and biases may reach
KEY, FIRST_ROW, ROW, BELOW, LOWEST, REACH = -2.4, -1.62, 0.78, 0.3, -3.5, 6.39
MATRIX = -3.13  # of a linear layer with its numbers, below both equations of its block
COLUMNS, NAMES = 2.47, 1.93  # the lines of the columns' and of the layers' names
LETTER = 0.166  # width of a letter of a layer's name
RUN = 7.2  # seconds at most that a datapoint takes through all layers


class MLP(Story):
    """Columns of units, an equation for each layer, one datapoint."""

    title = "A multilayer perceptron, equation by equation"
    figure = "1.6, equations 1.1 to 1.6"
    shows_lessons = True

    @classmethod
    def beats(cls) -> tuple[Beat, ...]:
        first, middle, _ = graph_on_show().blocks()
        missing = [name for name, there in (("first", first), ("second", middle)) if not there]
        return told(super().beats(), facts(), without=missing)

    @beat(
        "The graph",
        shows="{columns} columns of {units}: {symbols}{left_out}. Edges join each column to the "
        "next; wide or strong ones carry large weights, dashed ones negative weights.",
        question="Which edges does training change?",
    )
    def graph_appears(self) -> None:
        self.prepare()
        self.heading("A network as a graph")
        self.say("Input on the left, output on the right.")
        self.play(FadeIn(*self.graph.units, *self.names), run_time=self.theme.move)
        self.play(FadeIn(*self.graph.edges, *self.layers), run_time=self.theme.move)
        self.ask("Which edges does training change?")
        self.play(FadeIn(self.key), run_time=self.theme.quick)
        inside = any(layer.name == MODULE for layer in self.lesson.network)
        coloured = "Only the coloured ones: they are trained weights and biases."
        self.say("The coloured ones, and what the module holds." if inside else coloured)

    @beat(
        "{first}",
        shows="{first_lit}: {first_block}. Below, the trained numbers of W1 and b1.",
    )
    def first(self) -> None:
        block = self.lesson.blocks()[0]
        self.play(FadeOut(self.key), run_time=self.theme.quick)
        self.heading(wording.mixing(self.lesson.kinds(block), True))
        self.follow(block, "A linear layer mixes its {inputs}.", "{acts}")

    @beat(
        "{second}",
        shows="{middle_lit}: {middle_blocks}.",
    )
    def second(self) -> None:
        first, middle, _ = self.lesson.blocks()
        same = [self.lesson.kinds(block) == self.lesson.kinds(first) for block in middle]
        if len(middle) > 1:
            self.heading(f"{in_words(len(middle)).capitalize()} more blocks of layers")
            self.pass_through(middle)
            return
        again = "The same again, with other weights"
        self.heading(again if all(same) else wording.mixing(self.lesson.kinds(middle[0]), False))
        acts = "And again {name}, unit by unit." if all(same) else "{acts}"
        self.follow(middle[0], "The second layer has weights of its own.", acts)

    @beat(
        "{third}",
        shows="{last_lit}: {last_block}.",
    )
    def third(self) -> None:
        first, _, block = self.lesson.blocks()
        if not first:
            self.play(FadeOut(self.key), run_time=self.theme.quick)
        self.heading(wording.shares_made(len(self.lesson.values[-1]), self.lesson.kinds(block)))
        which = "last linear" if first else "linear"
        self.follow(block, f"The {which} layer gives one logit a class.", "{acts}")

    @beat(
        "One datapoint",
        shows="A real datapoint's numbers appear in the units, column after column, as dots run "
        "along the edges.",
        question="{which}",
    )
    def run(self) -> None:
        self.heading("One real datapoint runs through")
        self.numbers = [self.filled(column) for column in range(len(self.graph.centers))]
        for column in self.numbers:
            column.set_z_index(1)
        self.play(FadeIn(self.numbers[0]), *self.swept(), run_time=self.theme.quick)
        self.ask(facts()["which"])
        if any(not isinstance(column, Group) for column in self.numbers):
            self.say("Where numbers find no room: the fuller, the larger.")
        for gap in range(len(self.graph.edges)):
            self.advance(gap)

    @beat(
        "Its class",
        shows="The output {output} {ending}; its class is named: {winner}.",
    )
    def result(self) -> None:
        label, winner = self.lesson.label, self.lesson.winner
        called, own = (wording.spoken(self.looks.names[k]) for k in (winner, label))
        self.heading(self.verdict())
        if label != winner:
            self.say(f"It is called {called}, but it is {own}.")
        elif self.lesson.close:
            self.say(f"Close to the one-hot code of {own}, and {own} it is.")
        else:
            self.say(f"Its largest share is that of {own}, and {own} it is.")
        self.play(*self.marked(winner), run_time=self.theme.move)

    def prepare(self) -> None:
        """Draw the graph and what is written around it."""
        self.lesson, view = graph_on_show(), on_show()
        self.looks = looks(wording.class_labels(view.data.class_names), view.lesson.colors)
        self.graph = self.draw_graph()
        x = [float(centers[0, 0]) for centers in self.graph.centers]
        shown = self.lesson.columns.indices.tolist()
        self.place_of = dict(zip(shown, x, strict=True))
        self.names = [
            on_baseline(Text(f"${symbol(self.lesson.network.names[column])}$").set_x(at), COLUMNS)
            for column, at in self.place_of.items()
        ]
        self.layers = [
            self.layer_name(gap, (x[i] + x[i + 1]) / 2) for i, gap in enumerate(self.lesson.gaps)
        ]
        self.equations, self.between = dict[int, Text](), list[Text]()
        self.standing = list[Group]()
        self.draw_equations()
        top = self.first_row + ROW / 4
        gaps, hidden = self.lesson.linear_gaps, self.lesson.columns_left_out
        self.key = network_key(self.graph, gaps, hidden, height=top - LOWEST)
        y = KEY if self.low and len(self.key) == 3 else (top + LOWEST) / 2
        self.key.move_to(np.array([0, y, 0]))

    def draw_graph(self) -> NetworkGraph:
        """The drawn columns, as tall as the longest of them needs."""
        units = self.lesson.units
        longest = max(len(each.indices) + (each.hole is not None) for each in units)
        tall = LOW if longest <= 2 else min(LOW + TALLER * (longest - 2), TALLEST)
        graph = self.graph_of(tall, longest)
        if graph.lowest() < FLOOR:
            graph = self.graph_of(tall - (FLOOR - graph.lowest()), longest)
        self.low = longest <= 2
        self.first_row = FIRST_ROW if self.low else min(FIRST_ROW, graph.lowest() - 0.4)
        self.most = 4 if self.first_row == FIRST_ROW else 3
        for place in range(len(graph.edges)):
            for line, opacity in graph.dimmed(place, self.theme.line_opacity):
                line.set_opacity(opacity)
        return graph

    def graph_of(self, tall: float, longest: int) -> NetworkGraph:
        """The graph with its longest column so tall."""
        units = self.lesson.units
        return NetworkGraph(
            [len(each.indices) for each in units],
            *self.lesson.connections(),
            size=(WIDTH, tall),
            center=(0, LOW_MIDDLE),
            holes=[each.hole for each in units],
            top=None if longest <= 2 else TOP,
        )

    def layer_name(self, gap: int | None, x: float) -> Text:
        """The name of a layer over its gap; dots where layers are left out."""
        t, name = self.theme, "…" if gap is None else self.lesson.network.layers[gap].name
        letters = int((WIDTH / len(self.lesson.gaps) - 0.1) / LETTER)
        text = Text(f'#raw("{shortened(name, letters)}")', size=t.tick_size, color=t.muted)
        return on_baseline(text.move_to(np.array([x, 0, 0])), NAMES)

    def draw_equations(self) -> None:
        """Equations under their part of the graph, and the numbers of the linear layers in them."""
        first, middle, last = self.lesson.blocks()
        size = self.theme.label_size
        for block in [first, *(middle if len(middle) == 1 else []), last]:
            pitch = ROW if len(block) <= 2 else (self.first_row - LOWEST) / len(block)
            for row, index in enumerate(block):
                y = self.first_row - row * pitch
                text = Text(self.lesson.equation(index), size=size)
                self.equations[index] = centred_within(text, self.middle_of(block), y, REACH)
        if len(middle) > 1:
            kinds = {name for block in middle for name in self.lesson.kinds(block)[1:]}
            for row, line in enumerate(wording.general(kinds)):
                y = self.first_row - row * ROW
                self.between.append(Text(line, size=size).move_to(np.array([0, y, 0])))
        self.matrices = {
            index: self.parameters(index)
            for index in self.equations
            if isinstance(self.lesson.network.layers[index], Linear)
        }

    def middle_of(self, block: list[int]) -> float:
        """The middle between the drawn columns of a block."""
        found = [self.place_of[i] for i in (*block, block[-1] + 1) if i in self.place_of]
        return (found[0] + found[-1]) / 2 if found else 0.0

    def earlier(self, layer: int) -> list[Text]:
        """The equations of the layers before this one."""
        return [text for index, text in self.equations.items() if index < layer]

    def side_by_side(self) -> bool:
        """Whether all equations find room beside each other."""
        texts = [*self.equations.values(), *self.between]
        return all(
            a.get_right()[0] < b.get_left()[0] or b.get_right()[0] < a.get_left()[0]
            for i, a in enumerate(texts)
            for b in texts[i + 1 :]
            if abs(a.get_y() - b.get_y()) < ROW / 2
        )

    def stay(self) -> bool:
        """Whether the equations stay while the next layer's numbers are shown."""
        low = all(matrix.height < 1 for matrix in self.matrices.values())
        return low and not self.between and self.side_by_side()

    def parameters(self, index: int) -> Group:
        """The trained numbers of a linear layer in its equation, cut where they are many."""
        layer, names = self.lesson.network.layers[index], self.lesson.network.names
        assert isinstance(layer, Linear)
        flat = written(layer.weight.ravel())
        wide = layer.in_dim
        rows = [flat[start : start + wide] for start in range(0, len(flat), wide)]
        before, after = symbol(names[index]), symbol(names[index + 1])
        made = Group(
            Math(
                affine(after, rows, before, written(layer.bias), self.most),
                size=self.theme.tick_size,
            )
        )
        if is_cut(layer.out_dim, wide, self.most):
            words = f"of {layer.out_dim} × {wide} weights \\ most are left out"
            note = Text(words, size=self.theme.tick_size, color=self.theme.muted)
            made.add(note.next_to(made[0], RIGHT, buff=0.5))
        fits = self.low and made.height < 1
        y = MATRIX if fits else self.first_row - BELOW - made.height / 2
        return centred_within(made, self.middle_of([index, index + 1]), y, REACH)

    def follow(self, block: list[int], linear: str, acts: str) -> None:
        """Bring in a block's equations, one layer after the other."""
        back = [] if self.stay() else self.earlier(block[0])
        if back:
            self.play(FadeOut(*back, *self.between), run_time=self.theme.quick)
        pace = self.theme.move if len(block) <= 2 else self.theme.quick
        for index in block:
            name, matrix = self.lesson.network.layers[index].name, self.matrices.get(index)
            inputs = len(self.lesson.values[index])
            words = linear if name == "linear" else acts
            self.say(
                words.format(inputs=wording.counted(inputs), acts=wording.acting(name), name=name)
            )
            gone = [] if matrix is None else self.swept()
            self.play(*self.lit(index), *gone, run_time=pace)
            if matrix is not None:
                self.play(FadeIn(matrix), run_time=self.theme.quick)
                self.standing.append(matrix)
            self.wait(self.theme.hold)
            gone = [] if self.stay() else self.swept()
            self.play(*self.lowered(index), *gone, run_time=self.theme.quick)
        if back and self.side_by_side():
            self.play(FadeIn(*back, *self.between), run_time=self.theme.quick)

    def swept(self) -> list[FadeOut]:
        """Fade out the matrices that still stand."""
        gone, self.standing = self.standing, []
        return [FadeOut(matrix) for matrix in gone]

    def pass_through(self, middle: list[list[int]]) -> None:
        """Light several blocks of layers, one layer after the other, under one general equation."""
        self.say("Each is a linear layer of its own, and what follows it.")
        within = {index for block in middle for index in block}
        beside = [] if self.side_by_side() else [FadeOut(*self.earlier(min(within)))]
        self.play(*beside, FadeIn(*self.between), run_time=self.theme.quick)
        for gap in self.lesson.gaps:
            if gap in within:
                self.play(*self.lit(gap), run_time=self.theme.quick)
                self.play(*self.lowered(gap), run_time=self.theme.quick / 2)

    def lit(self, layer: int) -> list[Any]:
        """Show an equation and light its part of the graph."""
        accent = self.theme.accent
        shown: list[Any] = []
        if layer in self.equations:
            self.equations[layer].set_color(accent)
            shown.append(FadeIn(self.equations[layer]))
        if layer not in self.lesson.gaps:
            return shown
        place = self.lesson.gaps.index(layer)
        return [
            *shown,
            self.layers[place].animate.set_color(accent),
            *(line.animate.set_opacity(o) for line, o in self.graph.dimmed(place, 1)),
            self.graph.units[place + 1][1].animate.set_color(accent),
        ]

    def lowered(self, layer: int) -> list[Any]:
        """Let it stand among the others again."""
        t, shown = self.theme, []
        if layer in self.equations:
            shown.append(self.equations[layer].animate.set_color(t.ink))
        if layer not in self.lesson.gaps:
            return shown
        place = self.lesson.gaps.index(layer)
        return [
            *shown,
            self.layers[place].animate.set_color(t.muted),
            *(line.animate.set_opacity(o) for line, o in self.graph.dimmed(place, t.line_opacity)),
            self.graph.units[place + 1][1].animate.set_color(t.ink),
        ]

    def filled(self, place: int) -> Mobject:
        """The datapoint's numbers in a drawn column; as discs where they are too many to write."""
        if self.graph.holds_numbers(place):
            numerals = self.lesson.numerals()[place]
            texts = [Text(f"${n}$", size=self.theme.tick_size) for n in numerals]
            return self.graph.place(texts, place)
        values = self.lesson.values[self.lesson.columns.indices[place]]
        largest = float(np.abs(values).max()) or 1.0
        return self.graph.shaded(values[self.lesson.units[place].indices] / largest, place)

    def advance(self, gap: int) -> None:
        """Send the datapoint from drawn column ``gap`` to the next."""
        pace = min(self.theme.quick, RUN / 2 / len(self.graph.edges))
        if self.graph.wired[gap]:
            dots, ends = self.graph.pulses(gap, self.theme.accent)
            self.play(Through(dots, [dots.points, ends]), run_time=pace)
            self.remove(dots)
        self.play(FadeIn(self.numbers[gap + 1]), run_time=pace)

    def verdict(self) -> str:
        """What the output says, as a heading."""
        label, winner, k = self.lesson.label, self.lesson.winner, len(self.lesson.values[-1])
        name = verbatim(shortened(self.looks.names[winner], NAME))
        coloured = f'#text(fill: rgb("{self.looks.colors[winner]}"))[{name}]'
        if label == winner and self.lesson.close:
            code = f"$({code_of(label, k)})$, the code" if k <= 4 else "the one-hot code"
            return f"$bold(y)$ is close to {code} of {coloured}"
        return f"The largest share in $bold(y)$ is that of {coloured}"

    def marked(self, winner: int) -> list[Any]:
        """Animations that colour the winning unit."""
        color, rings = self.looks.colors[winner], self.graph.units[-1][1]
        marked = rings.copy()
        assert isinstance(rings, Lines)
        assert isinstance(marked, Lines)
        marked.rgbas[winner] = as_rgbas(color, 1)[0]
        column = self.numbers[-1]
        numbers = [column[winner].animate.set_color(color)] if isinstance(column, Group) else []
        return [Transform(rings, marked), *numbers]
