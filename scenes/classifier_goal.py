"""What a classifier is to do: two classes, two one-hot targets (figure 1.7)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from manim import DOWN, RIGHT, Create, FadeIn, FadeOut, Group, linear

from mobjects.arrows import Arrows
from mobjects.batch import Cloud, Lines
from mobjects.motion import Change, Through
from mobjects.ruled_plane import RuledPlane
from mobjects.story import Story, beat
from mobjects.text import Readout, Text
from model import Softmax, assets
from model.trajectory import Trajectory

MARKERS = ("disc", "diamond")
JOURNEYS = 4
SLIDE = np.concatenate([np.linspace(0, 4, 40), np.linspace(4, -4, 80), np.linspace(-4, 0, 40)])


@cache
def trajectory() -> Trajectory:
    """The trained classifier's."""
    return assets.load("classifier")


def targets() -> np.ndarray:
    """The one-hot code of each class, (2, 2): the ends of the one-simplex."""
    return np.eye(trajectory().dataset.classes)


def sliding() -> np.ndarray:
    """Outputs (k, 2) of a softmax whose first input rises and falls while the second is 0."""
    return Softmax()(np.stack([SLIDE, np.zeros_like(SLIDE)], axis=1))


def outputs(index: int) -> np.ndarray:
    """The network's output y for every datapoint at the recorded iterate ``index``, (n, 2)."""
    run = trajectory()
    return run.network(int(run.steps[index]))(run.dataset.points)


def journeys() -> np.ndarray:
    """Some datapoints of each class, far from each other: their indices."""
    data = trajectory().dataset
    chosen: list[int] = []
    for label in range(data.classes):
        members = np.flatnonzero(data.labels == label)
        points = data.points[members]
        mine = [int(points[:, 0].argmin())]
        while len(mine) < JOURNEYS:
            distance = np.linalg.norm(points[:, None] - points[mine], axis=2).min(axis=1)
            mine.append(int(distance.argmax()))
        chosen += members[mine].tolist()
    return np.array(chosen)


class ClassifierGoal(Story):
    """From interlocking classes to the two ends of the one-simplex."""

    title = "What a classifier has to do"
    figure = "1.7"

    @beat(
        "Two classes",
        shows="Left, a plane with a blue round cluster of discs and a red horseshoe of diamonds "
        "around it.",
        question="Could one straight line part the two classes?",
    )
    def classes(self) -> None:
        self.prepare()
        self.heading("The data: points $bold(x)$ of two classes")
        self.say("Every datapoint is blue or red.")
        self.play(FadeIn(self.source, self.names[0], self.cloud), run_time=self.theme.move)
        self.counts = self.draw_counts()
        self.play(FadeIn(self.counts), run_time=self.theme.quick)
        self.ask("Could one straight line part them?")

    @beat(
        "One-hot targets",
        shows="Right, a second plane. A ring at (1, 0) is the target of blue, one at (0, 1) the "
        "target of red.",
    )
    def one_hot(self) -> None:
        self.heading("The targets: one-hot codes")
        self.say("Each class has a target of its own: its one-hot code.")
        self.play(FadeOut(self.counts), run_time=self.theme.quick)
        self.play(FadeIn(self.goal, self.names[1]), run_time=self.theme.quick)
        for ring, label in zip(self.rings, self.corner_labels, strict=True):
            self.play(FadeIn(ring, label), run_time=self.theme.move)

    @beat(
        "The one-simplex",
        shows="A segment joins the two targets. A point slides along it while its two coordinates "
        "are read out: they always add to one.",
        question="Which of its points says: I do not know?",
    )
    def simplex(self) -> None:
        self.heading("Between them: the one-simplex, $y_1 + y_2 = 1$")
        self.play(Create(self.segment), run_time=self.theme.move)  # type: ignore[arg-type]
        self.ask("Which of its points says: I do not know?")
        path = self.goal.at(sliding())
        dot = Cloud(path[:1], self.theme.accent, radius=1.4 * self.theme.big_dot_radius)
        readouts = self.readouts()
        self.play(FadeIn(dot, *readouts), run_time=self.theme.quick)
        self.say("softmax puts every output here; the middle is undecided.")
        reads = [
            Change(readout, follow(sliding()[:, i]), rate_func=linear)
            for i, readout in enumerate(readouts)
        ]
        self.play(
            Through(dot, path[:, None], rate_func=linear), *reads, run_time=2 * self.theme.slow
        )
        self.shown = [dot, *readouts]

    @beat(
        "Untrained",
        shows="All datapoints fly to where the untrained network sends them: both classes lie "
        "mixed on one stretch of the segment.",
    )
    def untrained(self) -> None:
        self.heading("Untrained, the network mixes the classes")
        self.say("The untrained network leaves both classes on top of each other.")
        self.play(FadeOut(*self.shown), run_time=self.theme.quick)
        self.moved = self.cloud.copy()
        self.play(self.through(outputs(0)), run_time=self.theme.slow)
        self.score = self.scored(0)
        self.play(FadeIn(self.score), run_time=self.theme.quick)

    @beat(
        "The journeys",
        shows="Arrows from a few points of each class to the target of their class.",
    )
    def wanted(self) -> None:
        self.heading("Wanted: every point ends at its class's target")
        self.play(FadeOut(self.moved, self.score), run_time=self.theme.quick)
        self.say("These are journeys that training must find.")
        self.arrows = self.draw_arrows()
        self.play(
            self.cloud.animate.set_opacity(self.theme.quiet_opacity),
            Change(self.goal, clear_numerals),
            run_time=self.theme.quick,
        )
        self.play(Create(self.arrows.shafts), run_time=self.theme.slow)  # type: ignore[arg-type]
        self.play(FadeIn(self.arrows.heads), run_time=self.theme.quick)
        self.add(self.arrows)

    @beat(
        "Trained",
        shows="All datapoints fly to where the trained network sends them: red to the end at "
        "(0, 1), blue to the end at (1, 0).",
    )
    def found(self) -> None:
        self.heading("Found by training: red to $(0, 1)$, blue to $(1, 0)$")
        self.say("The trained network, on the same points.")
        self.goal.set_view(self.goal.view)
        self.play(
            FadeOut(self.arrows),
            self.cloud.animate.set_opacity(self.theme.cloud_opacity),
            run_time=self.theme.quick,
        )
        self.moved = self.cloud.copy()
        self.play(self.through(outputs(-1)), run_time=self.theme.slow)
        self.play(FadeIn(self.scored(-1)), run_time=self.theme.quick)
        self.say("How its layers do it is the next story.")

    def prepare(self) -> None:
        """Make the two planes and what lies on them."""
        t, data = self.theme, trajectory().dataset
        self.source = RuledPlane((-3.3, -0.45), (5.5, 5.0), data.points)
        self.goal = RuledPlane((3.6, -0.45), (5.5, 5.0), np.array([[-0.2, -0.2], [1.2, 1.2]]))
        colors = [t.classes[label] for label in data.labels]
        self.cloud = Cloud(
            self.source.at(data.points),
            colors,
            radius=t.dot_radius,
            opacity=t.cloud_opacity,
            markers=[MARKERS[label] for label in data.labels],
        )
        self.names = [
            Text(words, size=t.label_size).move_to(
                np.array([plane.edge.get_center()[0], 2.2, 0]), aligned_edge=DOWN
            )
            for words, plane in (
                ("inputs $bold(x)$", self.source),
                ("outputs $bold(y)$", self.goal),
            )
        ]
        ends = self.goal.at(targets())
        self.segment = Lines(ends, colors=t.ink, stroke_width=t.axis_width)
        self.rings = [
            Cloud(ends[i : i + 1], t.classes[i], radius=3 * t.dot_radius, markers="ring")
            for i in range(len(ends))
        ]
        self.corner_labels = self.draw_corner_labels(ends)

    def draw_counts(self) -> Group:
        """How many points there are of each class, beside its mark."""
        data, t = trajectory().dataset, self.theme
        rows = Group()
        for label, name in enumerate(data.class_names):
            place = np.array([[1.6, 0.1 - label, 0.0]])
            mark = Cloud(
                place, t.classes[label], radius=2 * t.big_dot_radius, markers=MARKERS[label]
            )
            words = Text(f"{int((data.labels == label).sum())} {name} points")
            rows.add(mark, words.next_to(place[0], RIGHT, buff=0.5))
        return rows

    def draw_corner_labels(self, ends: np.ndarray) -> list[Text]:
        """The classes' names and codes beside their targets."""
        places = ((ends[0], DOWN), (ends[1], RIGHT))
        codes = [", ".join(f"{v:g}" for v in code) for code in targets()]
        return [
            Text(f"{name} $({code})$", size=self.theme.label_size, color=color).next_to(
                place, side, buff=0.25
            )
            for name, code, color, (place, side) in zip(
                trajectory().dataset.class_names, codes, self.theme.classes, places, strict=False
            )
        ]

    def readouts(self) -> list[Readout]:
        """The two coordinates of the sliding point, in the upper right of its plane."""
        made, size = [], self.theme.label_size
        for i, y in enumerate((1.0, 0.45)):
            readout = Readout(float(sliding()[0, i]), prefix=f"$y_{i + 1} =$ #h(0.2em)", size=size)
            made.append(readout.shift(np.array([4.3, y, 0]) - readout.get_corner(-RIGHT)))
        return made

    def through(self, found: np.ndarray) -> Through:
        """The datapoints' straight flight from the left plane to outputs on the right one."""
        return Through(self.moved, [self.moved.points, self.goal.at(found)])

    def scored(self, index: int) -> Text:
        """Step, loss and accuracy of an iterate, in the upper right of its plane."""
        run = trajectory()
        return Text(
            f"step {run.steps[index]} \\ loss {run.losses[index]:.3f} \\ "
            f"{100 * run.accuracies[index]:.1f} % right",
            size=self.theme.label_size,
        ).move_to(np.array([5.15, 0.6, 0]))

    def draw_arrows(self) -> Arrows:
        """From chosen datapoints to their targets."""
        data, chosen = trajectory().dataset, journeys()
        return Arrows(
            self.source.at(data.points[chosen]),
            self.goal.at(data.one_hot[chosen]),
            colors=[self.theme.classes[label] for label in data.labels[chosen]],
            gap=4 * self.theme.dot_radius,
        )


def clear_numerals(plane: RuledPlane, share: float) -> None:
    """Fade the numerals that are still seen, to make way for what crosses them."""
    for numeral in plane.numerals:
        if numeral[0].get_fill_opacity() > 0:
            numeral.set_opacity(1 - share)


def follow(values: np.ndarray) -> Callable[[Readout, float], None]:
    """A function that sets a readout to the value ``share`` of the way through ``values``."""

    def read(readout: Readout, share: float, values: np.ndarray = values) -> None:
        place = np.linspace(0, 1, len(values))
        readout.set_value(float(np.interp(share, place, values)))

    return read
