"""What a classifier is to do: its classes, their one-hot targets (figure 1.7)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import DOWN, Create, FadeIn, FadeOut, linear

from mobjects.arrows import Arrows
from mobjects.batch import Cloud
from mobjects.classes import Classes, looks
from mobjects.goal import SegmentGoal, SimplexGoal
from mobjects.legend import Legend
from mobjects.motion import Change, Through
from mobjects.ruled_plane import RuledPlane
from mobjects.story import Beat, Story, beat
from mobjects.text import Readout, Text
from mobjects.told import told
from model import Softmax
from model import lesson_words as wording
from model.goal_words import MOST_CORNERS, facts, outputs, score
from model.lesson_view import (
    accuracy_written,
    code_of,
    in_words,
    inputs_drawn,
    loss_written,
    on_show,
    simplex_axes,
    spread_out,
)

ARROWS = 8  # in all, at least one a class
SLIDE = np.concatenate([np.linspace(0, 4, 40), np.linspace(4, -4, 80), np.linspace(-4, 0, 40)])
CROWD = 800  # points from which on they are drawn smaller
AT_ONCE = 3  # groups in which the targets appear
LEFT_CENTER, CENTER, SIZE = (-3.3, -0.45), (3.6, -0.45), (5.5, 5.0)
SAFE = 6.39  # scene units from the middle within which all text lies


def targets() -> np.ndarray:
    """The one-hot code of each class, (k, k): the corners of the simplex."""
    return np.eye(on_show().data.classes)


def sliding() -> np.ndarray:
    """Outputs (m, k) of a softmax for a point that sets out from the middle and comes back.

    Of two classes the first logit rises and falls while the second is 0; of
    more, one logit rises after the other.
    """
    classes = on_show().data.classes
    if classes == 2:
        return Softmax()(np.stack([SLIDE, np.zeros_like(SLIDE)], axis=1))
    stops = np.eye(classes)[: min(classes, MOST_CORNERS)] * SLIDE.max()
    path = np.concatenate([np.zeros((1, classes)), stops, np.zeros((1, classes))])
    place = np.linspace(0, len(path) - 1, len(SLIDE))
    whole = np.minimum(place.astype(np.int64), len(path) - 2)
    share = (place - whole)[:, None]
    return Softmax()((1 - share) * path[whole] + share * path[whole + 1])


def journeys() -> np.ndarray:
    """Some datapoints of each class, far from each other: their indices."""
    data = on_show().data
    count = max(1, ARROWS // data.classes)
    members = [np.flatnonzero(data.labels == label) for label in range(data.classes)]
    return np.concatenate([
        each[spread_out(data.points[each], count)] for each in members if len(each)
    ])  # fmt: skip


def read_out() -> np.ndarray:
    """What is read of the sliding point, (m, r): its coordinates, or the largest and their sum."""
    path = sliding()
    if path.shape[1] <= MOST_CORNERS:
        return path
    return np.stack([path.max(axis=1), path.sum(axis=1)], axis=1)


def read_names() -> list[str]:
    """What stands before each of these numbers."""
    k = on_show().data.classes
    if k > MOST_CORNERS:
        return ["largest $=$", "sum $=$"]
    return [f"$y_{i + 1} =$" for i in range(k)]


def goal(classes: Classes, own: bool) -> tuple[SegmentGoal | SimplexGoal, str]:
    """Where the outputs are to go, and what to write beside it."""
    k = len(classes)
    codes = [f" $({code_of(label, k)})$" if k <= 3 else "" for label in range(k)]
    if k == 2:
        return SegmentGoal(classes, codes, CENTER, SIZE), "exact" if own else ""
    drawn = SimplexGoal(simplex_axes(k), classes, codes, CENTER, SIZE)
    return drawn, "exact" if k == 3 else "projection"


class ClassifierGoal(Story):
    """From interlocking classes to the corners of the simplex."""

    title = "What a classifier has to do"
    figure = "1.7"
    shows_lessons = True

    @classmethod
    def beats(cls) -> tuple[Beat, ...]:
        untold = () if on_show().trained_here else ("untrained",)
        return told(super().beats(), facts(), without=untold)

    @beat(
        "{classes} classes",
        shows="Left, a plane with {data}.",
        question="{part}",
    )
    def classes(self) -> None:
        self.prepare()
        count = in_words(self.data.classes)
        self.heading(f"The data: points $bold(x)$ of {count} classes")
        self.say(f"Every datapoint is {self.one_of()}.")
        self.play(FadeIn(self.source, self.names[0], self.cloud), run_time=self.theme.move)
        self.counts = self.draw_counts()
        self.play(FadeIn(self.counts), run_time=self.theme.quick)
        self.ask(facts()["part"])

    @beat(
        "One-hot targets",
        shows="{targets}",
    )
    def one_hot(self) -> None:
        self.heading("The targets: one-hot codes")
        self.say("Each class has a target of its own: its one-hot code.")
        self.play(FadeOut(self.counts), run_time=self.theme.quick)
        self.play(FadeIn(self.goal.ground, self.names[1]), run_time=self.theme.quick)
        at_once = -(-len(self.goal.rings) // AT_ONCE)
        for first in range(0, len(self.goal.rings), at_once):
            now = slice(first, first + at_once)
            self.play(
                FadeIn(*self.goal.rings[now], *self.goal.labels[now]), run_time=self.theme.move
            )

    @beat(
        "The {simplex}",
        shows="{between} A point slides along it while its {read} read out: {sum}.",
        question="Which of its points says: I do not know?",
    )
    def simplex(self) -> None:
        self.heading(
            f"Between them: the {facts()['simplex']}, {wording.sum_formula(self.data.classes)}"
        )
        self.play(*map(Create, self.goal.edges), run_time=self.theme.move)  # type: ignore[arg-type]
        self.ask("Which of its points says: I do not know?")
        path = self.goal.at(sliding())
        color = self.theme.accent if self.data.classes == 2 else self.theme.ink
        dot = Cloud(path[:1], color, radius=1.4 * self.theme.big_dot_radius)
        readouts = self.readouts()
        self.play(FadeIn(dot, *readouts), run_time=self.theme.quick)
        self.say("softmax puts every output here; the middle is undecided.")
        reads = [
            Change(readout, follow(values), rate_func=linear)
            for readout, values in zip(readouts, read_out().T, strict=True)
        ]
        self.play(
            Through(dot, path[:, None], rate_func=linear), *reads, run_time=2 * self.theme.slow
        )
        self.shown = [dot, *readouts]

    @beat(
        "{first}",
        shows="All datapoints fly to where {first_network} sends them{reached}.",
    )
    def untrained(self) -> None:
        self.heading(facts()["first_heading"])
        self.say(facts()["first_caption"])
        self.play(FadeOut(*self.shown), run_time=self.theme.quick)
        self.shown = []
        self.moved = self.cloud.copy()
        self.play(self.through(outputs(0)), run_time=self.theme.slow)
        aside = self.goal.aside(self.data.labels)
        step = Through(self.moved, [self.moved.points, self.moved.points + aside])
        self.shown = [self.moved, self.scored(0), *self.goal.notes()]
        self.play(step, *map(FadeIn, self.shown[1:]), run_time=self.theme.quick)

    @beat(
        "The journeys",
        shows="Arrows start at a few points of each class, among the inputs on the left, and end "
        "at the target of their class, among the outputs on the right.",
    )
    def wanted(self) -> None:
        self.heading("Wanted: every point ends at its class's target")
        self.play(FadeOut(*self.shown), run_time=self.theme.quick)
        self.say("These are journeys that training must find.")
        self.arrows = self.draw_arrows()
        self.play(
            self.cloud.animate.set_opacity(self.theme.line_opacity),
            *self.goal.cleared(),
            run_time=self.theme.quick,
        )
        self.play(Create(self.arrows.shafts), run_time=self.theme.slow)  # type: ignore[arg-type]
        self.play(FadeIn(self.arrows.heads), run_time=self.theme.quick)
        self.add(self.arrows)

    @beat(
        "Trained",
        shows="All datapoints fly to where the trained network sends them: {found}.",
    )
    def found(self) -> None:
        self.heading(facts()["found_heading"])
        self.say("The trained network, on the same points.")
        self.play(
            FadeOut(self.arrows),
            self.cloud.animate.set_opacity(self.theme.cloud_opacity),
            run_time=self.theme.quick,
        )
        self.moved = self.cloud.copy()
        self.play(self.through(outputs(-1)), run_time=self.theme.slow)
        self.goal.restore()
        self.play(FadeIn(self.scored(-1)), run_time=self.theme.quick)
        self.say("How its layers do it is the next story.")

    def prepare(self) -> None:
        """Make the two planes and what lies on them."""
        t, view = self.theme, on_show()
        self.data = view.data
        self.looks = looks(wording.class_labels(self.data.class_names), view.lesson.colors)
        points, note = inputs_drawn(view)
        self.source = input_plane(points, (True, self.data.dim > 1))
        self.goal, aim = goal(self.looks, view.lesson.path is not None)
        self.cloud = Cloud(
            self.source.at(points),
            self.looks.colors_of(self.data.labels),
            radius=t.dot_radius * min(1.0, max(0.4, (CROWD / len(points)) ** 0.5)),
            opacity=t.cloud_opacity,
            markers=self.looks.markers_of(self.data.labels),
        )
        self.names = [
            Text(f"{words}{behind(label)}", size=t.label_size).move_to(
                np.array([x, 2.2, 0]), aligned_edge=DOWN
            )
            for words, label, x in (
                ("inputs $bold(x)$", note, float(self.source.edge.get_x())),
                ("outputs $bold(y)$", aim, CENTER[0]),
            )
        ]

    def one_of(self) -> str:
        """The classes, as a choice."""
        names = [wording.spoken(name) for name in self.looks.names]
        return (
            " or ".join(names) if len(names) == 2 else f"of one of {in_words(len(names))} classes"
        )

    def draw_counts(self) -> Legend:
        """How many points there are of each class, beside its mark."""
        k = self.data.classes
        counts = np.bincount(self.data.labels, minlength=k)
        pitch = min(1.0, SIZE[1] / k)
        return Legend(
            self.looks, counts.tolist(), (1.6, -0.4 + pitch * (k - 1) / 2), width=4.3, pitch=pitch
        )

    def readouts(self) -> list[Readout]:
        """What is read of the sliding point, where the goal leaves room."""
        size = self.theme.label_size
        made = [
            Readout(float(value), prefix=f"{prefix} #h(0.2em)", size=size)
            for value, prefix in zip(read_out()[0], read_names(), strict=True)
        ]
        return self.goal.put_readouts(made)

    def through(self, found: np.ndarray) -> Through:
        """The datapoints' straight flight from the left plane to outputs on the right one."""
        return Through(self.moved, [self.moved.points, self.goal.at(found)])

    def scored(self, which: int) -> Text:
        """Step, loss and accuracy of a checkpoint, where the goal leaves room."""
        step, loss, right = score(which)
        loss_told = loss_written(loss).replace("<", "$<$")
        parts = [f"loss {loss_told}", f"accuracy {accuracy_written(right)}"]
        if on_show().trained_here:
            parts = [f"step {step:,}", *parts]
        return self.goal.put_score(parts)

    def draw_arrows(self) -> Arrows:
        """From chosen datapoints to their targets."""
        chosen = journeys()
        return Arrows(
            self.source.at(inputs_drawn(on_show())[0][chosen]),
            self.goal.at(self.data.one_hot[chosen]),
            colors=self.looks.colors_of(self.data.labels[chosen]),
            gap=4 * self.theme.dot_radius,
        )


def input_plane(points: np.ndarray, ruled: tuple[bool, bool]) -> RuledPlane:
    """The left plane, as far from the frame's edge as its numerals need."""
    (x, y), (width, height) = LEFT_CENTER, SIZE
    plane = RuledPlane(LEFT_CENTER, SIZE, points, ruled=ruled)
    seen = [n.get_left()[0] for n in plane.numerals if n[0].get_fill_opacity() > 0]
    over = max(0.0, -SAFE - min(seen, default=0.0))
    return RuledPlane((x + over / 2, y), (width - over, height), points, ruled=ruled)


def behind(label: str) -> str:
    """A plane's label, behind its name."""
    return f", {label}" if label else ""


def follow(values: np.ndarray) -> Callable[[Readout, float], None]:
    """A function that sets a readout to the value ``share`` of the way through ``values``."""

    def read(readout: Readout, share: float, values: np.ndarray = values) -> None:
        place = np.linspace(0, 1, len(values))
        readout.set_value(float(np.interp(share, place, values)))

    return read
