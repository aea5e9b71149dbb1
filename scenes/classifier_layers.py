"""A trained classifier, one layer after another, on one plane (section 1.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
from manim import LEFT, UP, Animation, Create, FadeIn, FadeOut, Group, Mobject, config

from mobjects.batch import Cloud, Lines
from mobjects.classes import Classes, looks
from mobjects.formulas import formula
from mobjects.layer_picture import (
    boundary_color,
    collapse_table,
    corner_names,
    draw_layer,
    foot_legend,
    simplex_edges,
)
from mobjects.motion import Through
from mobjects.ruled_plane import RuledPlane
from mobjects.ruler import View
from mobjects.story import Beat, Story, beat
from mobjects.text import Text
from model import layer_words as words
from model.lesson_layers import Layers
from model.lesson_view import LessonView, code_of, on_show, symbol
from model.lesson_words import class_labels

EDGE = 0.1  # how far names stay from the frame around the plane
RING = 1.6  # the radius of a ring, in those of a big dot
COLUMN = 4.1  # the width of the left column, beside the plane's numerals
PARTS = {
    "turn": "turn",
    "stretch": "stretch",
    "flip": "turn over, through space",
    "shift": "shift by the bias",
    "move": "straight to the image",
}


@cache
def layers_of(view: LessonView) -> Layers:
    """The trained network of a lesson.

    Raises
    ------
    SystemExit
        With one line, when its layers cannot be told one after another.
    """
    try:
        return Layers(view)
    except ValueError as error:
        raise SystemExit(str(error)) from None


def layers() -> Layers:
    """The trained network on show."""
    return layers_of(on_show())


def default() -> bool:
    """Whether the chapter's own lesson is on show."""
    return layers().view.lesson.path is None


def classes() -> Classes:
    """How its classes look."""
    data = layers().data
    found = looks(class_labels(data.class_names), layers().view.lesson.colors)
    return found.for_many(len(data))


def equation(index: int) -> str:
    """The heading while layer ``index`` acts: its name and its formula."""
    net = layers().net
    kinds = [layer.name for layer in net.layers[: index + 1]]
    before, after = (symbol(name) for name in net.names[index : index + 2])
    size, slope = net.widths[index] or 2, getattr(net.layers[index], "slope", 0.0)
    told = formula(kinds[-1], before, after, kinds.count("linear"), size, slope)
    return f"`{kinds[-1]}` #h(0.6em) {told}"


def turns(beats: Sequence[Beat]) -> list[tuple[int, ...]]:
    """Which layers act in each of ``beats``: one each, or two where there are many."""
    count = len(layers().net)
    parts = np.array_split(np.arange(count), min(len(beats), count))
    return [tuple(part.tolist()) for part in parts]


class ClassifierLayers(Story):
    """Layer by layer the data are carried from their plane to the corners of the simplex."""

    title = "What each layer of a trained classifier does"
    figure = "text of 1.4"
    shows_lessons = True

    @classmethod
    def beats(cls) -> tuple[Beat, ...]:
        first, *others = super().beats()
        if default():
            return (first, *others)
        told = [
            replace(first, shows=words.input_words(layers()), question=words.opening(layers())[3])
        ]
        for each, part in zip(others, turns(others), strict=False):
            name, shows = words.beat_words(layers(), part)
            told.append(replace(each, name=name, shows=shows, question=""))
        return tuple(told)

    @beat(
        "The input",
        shows="Two interlocking classes, blue discs and red diamonds, in a square with a grid. "
        "Nine tinted polygons tile it; a bent line of straight pieces parts the classes.",
        question="The boundary bends where regions meet. When will it be straight?",
    )
    def input(self) -> None:
        self.prepare()
        start, drawn, note, question = words.opening(layers())
        self.heading("The input $bold(x)$, seen by the trained network")
        self.add(self.plane)
        self.say(start)
        seen = [self.batches["data"], self.legend, *self.kind(0)]
        self.play(FadeIn(*seen), run_time=self.theme.quick)
        self.say(drawn)
        around = [
            self.batches[k] for k in ("regions", "borders", "grid", "square") if k in self.batches
        ]
        if around:
            self.play(FadeIn(*around))
        self.note(note)
        if "boundary" in self.batches:
            self.play(Create(self.batches["boundary"]), run_time=self.theme.move)  # type: ignore[arg-type]
        self.ask(question)

    @beat(
        "Linear: z1",
        shows="The whole plane turns, stretches, turns over, turns and shifts. Straight lines stay "
        "straight. The rulers show the change of scale.",
    )
    def first(self) -> None:
        self.act(0)

    @beat(
        "Relu: h1",
        shows="Everything left of the vertical axis or below the horizontal one is pressed onto "
        "it. A table says which regions became segments or a point.",
    )
    def second(self) -> None:
        self.act(1)

    @beat(
        "Linear: z2",
        shows="What is left of the plane turns, stretches, turns over, turns and shifts again. "
        "Blue ends up below and left, an arc of red goes around it above and to the right; the "
        "boundary between them has three straight pieces.",
    )
    def third(self) -> None:
        self.act(2)

    @beat(
        "Relu: h2",
        shows="Once more everything left of the vertical axis or below the horizontal one is "
        "pressed onto it. The whole decision boundary now lies on one line, dashed from edge to "
        "edge.",
    )
    def fourth(self) -> None:
        self.act(3)

    @beat(
        "Linear: z3",
        shows="One long stretch draws everything out along a diagonal: blue at one end, red at the "
        "other, the boundary between them, in a ring, on the dashed line of equal coordinates.",
    )
    def fifth(self) -> None:
        self.act(4)

    @beat(
        "Softmax: y",
        shows="Everything drops onto the segment from (0, 1) to (1, 0). Red gathers at (0, 1), "
        "blue at (1, 0); the boundary is its middle.",
    )
    def sixth(self) -> None:
        self.act(5)

    def act(self, turn: int) -> None:
        """Let the layers of a beat act, and tell what they did."""
        part = turns(type(self).beats()[1:])[turn]
        for index in part:
            self.say(words.caption(layers(), index))
            self.layer(index, brisk=len(part) > 1, follow=index == part[-1])
        self.tell(part[-1])

    def tell(self, index: int) -> None:
        """What is to be said of the drawing behind layer ``index``."""
        found, net = layers(), layers().net
        if index == len(net) - 1:
            self.tell_output()
        elif index == found.last_linear and found.data.classes == 2:
            self.tell_diagonal(words.remark(found, index))
        elif net.layers[index].name == "linear":
            self.note(words.remark(found, index))
        elif found.collapsed is not None:
            gutter = 0.7 if default() else 0.45
            self.note(collapse_table(found.flattened(net.names[index + 1]), gutter))
        if index + 1 == found.last_linear:
            self.tell_straight()

    def tell_straight(self) -> None:
        """That the boundary is straight, where the last linear layer starts."""
        note, caption = words.straightened(layers())
        if not note:
            return
        if (line := layers().tie_line()) is not None:
            self.dash(line, self.theme.move)
        crowded, table = len(classes()) > 2, layers().collapsed is not None
        if crowded and table:
            self.play(FadeOut(self.passing.pop()), run_time=self.theme.quick)
        below = table and not crowded
        self.note(note, boundary_color(classes()), top=-0.2 if below else 2.2)
        self.say(caption)

    def tell_diagonal(self, note: str) -> None:
        """The line of equal logits, where it is in the frame."""
        if self.dash(np.array([[0.0, 0.0], [1.0, 1.0]]), self.theme.quick):
            self.note(note)
            self.say("On the dashed line the two logits are equal.")
        if "boundary" in self.batches:
            points = self.batches["boundary"].points
            if np.ptp(points, axis=0).max() < 2 * RING * self.theme.big_dot_radius:
                ring = self.ring(points.mean(axis=0))
                self.play(FadeIn(ring), run_time=self.theme.quick)
                self.passing.append(ring)

    def tell_output(self) -> None:
        """The simplex with its corners, and how many points are where they belong."""
        t, count = self.theme, len(classes())
        corners = self.plane.at(layers().corners())
        codes = [f" $({code_of(k, count)})$" if count < 4 else "" for k in range(count)]
        left, right = self.plane.at(self.plane.window())[:, 0]
        edges = (left + EDGE, right - EDGE)
        shown: list[Mobject] = [*corner_names(corners, classes(), codes, edges)]
        shown.append(simplex_edges(corners))
        if count == 2 and "boundary" in self.batches:
            middle = layers().carried["boundary"].drawn[-1][:1]
            spot = self.plane.at(middle)[0]
            name = Text("boundary $(1\\/2, 1\\/2)$", size=t.label_size, color=t.accent)
            shown += [self.ring(spot), name.next_to(spot, UP - LEFT, buff=0.1)]
        fades: list[Animation] = [FadeIn(*shown)]
        if count == 2 and "square" in self.batches:
            fades.append(FadeOut(self.batches["square"]))  # it lies on the segment
        self.play(*fades, run_time=t.quick)
        note, caption = words.ending(layers())
        self.note(note)
        self.say(caption)

    def ring(self, spot: np.ndarray) -> Cloud:
        """What shows where the boundary is when it is a mere point, over all else."""
        radius = RING * self.theme.big_dot_radius
        ring = Cloud(spot[None], self.theme.accent, radius=radius, markers="ring")
        return ring.set_z_index(len(self.batches))

    def prepare(self) -> None:
        """Draw everything at the input."""
        carried = layers().carried
        self.passing: list[Mobject] = []
        first = carried["square" if "square" in carried else "data"].drawn[0]
        center, width = (2.35, 8.1) if default() else (2.2, 7.8)
        self.plane = RuledPlane((center, -0.2), (width, 5.9), first)
        self.batches = draw_layer(
            self.plane,
            {key: each.drawn[0] for key, each in carried.items()},
            {key: each.offsets for key, each in carried.items()},
            classes(),
            layers().data.labels,
        )
        exact = layers().exact_boundary
        boundary = "decision boundary" if exact else "boundary (sampled)"
        self.legend = foot_legend(
            classes(), boundary if "boundary" in carried else "", self.column_left(), COLUMN
        )

    def column_left(self) -> float:
        return -config.frame_width / 2 + self.theme.margin_x

    def in_column(self, text: Group | Text, top: float = 2.2) -> Group | Text:
        """``text`` put into the left column, its upper edge at ``top``."""
        return text.move_to(np.array([self.column_left(), top, 0]), aligned_edge=LEFT + UP)

    def kind(self, index: int) -> list[Text]:
        """Of another lesson than the chapter's: whether a drawing is exact, above the legend."""
        if default():
            return []
        name = symbol(layers().net.names[index])
        said = f"${name}$: {words.kind_of_drawing(layers(), index)}"
        text = Text(said, size=self.theme.tick_size, color=self.theme.muted)
        corner = self.legend.get_corner(UP + LEFT) + np.array([0, 0.25, 0])
        text.move_to(corner, aligned_edge=LEFT - UP)
        self.passing.append(text)
        return [text]

    def layer(self, index: int, *, brisk: bool = False, follow: bool = True) -> None:
        """Move everything through layer ``index``, and let the view follow."""
        self.heading(equation(index))
        last = index == len(layers().net) - 1
        fades: list[Animation] = [FadeOut(each) for each in self.passing]
        if last and len(classes()) > 2:
            fades.append(self.plane.drop_rulers())
        if fades:
            self.play(*fades, run_time=self.theme.quick)
        self.passing = []
        moves = layers().moves(index)
        everywhere = np.concatenate([m.frames.reshape(-1, 2) for p in moves.values() for m in p])
        if not self.plane.holds(everywhere):
            self.zoom(self.fitting(everywhere))
        names = [move.name for move in moves["data"]]
        for part, name in enumerate(names):
            frames = {key: path[part].frames for key, path in moves.items()}
            self.step(name, frames, brisk=brisk)
        if not follow:
            return
        shown = [each.drawn[index + 1] for each in layers().carried.values()]
        corners = [layers().corners()] * (last and not default())
        room = 0.1 if not last else 0.17 if len(classes()) == 2 else 0.22
        fit = self.fitting(np.concatenate([*shown, *corners]), room)
        self.zoom(fit, *self.kind(index + 1))

    def fitting(self, values: np.ndarray, room: float = 0.06) -> View:
        """The view that holds values; the present one where they are all in one point."""
        extent = np.ptp(values, axis=0).max()
        return self.plane.fit(values, room=room) if extent > 0 else self.plane.view

    def note(self, words: str, color: str | None = None, *, top: float = 2.2) -> None:
        """Say something in the left column until the next layer moves."""
        if not words:
            return
        text = self.in_column(Text(words, size=self.theme.label_size, color=color), top)
        self.play(FadeIn(text), run_time=self.theme.quick)
        self.passing.append(text)

    def step(self, name: str, frames: dict[str, np.ndarray], *, brisk: bool = False) -> None:
        """One part of a layer's action, its name beside it."""
        words = self.in_column(
            Text(PARTS[name], size=self.theme.label_size, color=self.theme.accent)
        )
        self.add(words)
        slow = self.theme.move if brisk else self.theme.slow
        self.play(
            *(
                Through(batch, [self.plane.at(frame) for frame in frames[key]])
                for key, batch in self.batches.items()
            ),
            run_time=slow if name == "move" else self.theme.quick,
        )
        self.remove(words)

    def zoom(self, view: View, *also: Mobject) -> None:
        """Show another piece of the plane; the rulers slide, the scale is seen to change."""
        words = self.in_column(Text("change of scale", size=self.theme.label_size))
        self.add(words)
        moves = self.plane.zoom(view, list(self.batches.values()))
        self.play(*moves, *map(FadeIn, also), run_time=self.theme.quick)
        self.remove(words)

    def dash(self, points: np.ndarray, run_time: float) -> bool:
        """Draw a dashed line through two points of the plane; whether it crosses the frame."""
        seen = self.plane.across(points)
        if not len(seen):
            return False
        t = self.theme
        line = Lines(self.plane.at(seen), colors=t.ink, stroke_width=t.line_width, dash=(0.12, 0.1))
        self.play(Create(line), run_time=run_time)  # type: ignore[arg-type]
        self.passing.append(line)
        return True
