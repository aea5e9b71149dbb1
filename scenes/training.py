"""Figure 1.8: training, seen as seven planes a network, at four checkpoints and all between."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, FadeOut, Group, Mobject, smooth

from mobjects.baseline import DESCENT, on_baseline
from mobjects.batch import Cloud, Lines
from mobjects.layer_stack import Drawn, LayerStack, Pose, plane_labels
from mobjects.loss_plot import LossPlot
from mobjects.motion import Change
from mobjects.story import Story, beat
from mobjects.text import Math, Readout, Text
from mobjects.theme import theme
from mobjects.view import View
from model import assets
from model.geometry import grid_lines, square, trace_polylines
from model.trajectory import CHECKPOINT_NAMES, Trajectory

PER_CLASS = 100  # the first hundred datapoints of each class are drawn; losses are of all
BOX = (-1.0, 1.0, -1.0, 1.0)  # the square around the origin
GRID = 5
TARGETS = np.eye(2)  # blue at (1, 0), red at (0, 1)
MARKERS = ("disc", "diamond")

FRONT, SIDE, BACK = View(22, 17), View(68, 17), View(38, 17)
BIG = Pose((-2.6, -0.42), 3.15, 0.83, FRONT)
SMALL = [Pose((x, 0.27), 1.85, 0.66, FRONT) for x in (-4.4, -1.7, 1.0, 3.7)]
TABLE = (-2.4, -2.77, -3.12, -3.47)  # the baselines of the numbers under the stacks


class Run(NamedTuple):
    """What is drawn of a training run: every recorded iterate, and which are checkpoints."""

    iterates: tuple[Drawn, ...]
    labels: np.ndarray
    rows: tuple[int, ...]
    steps: np.ndarray
    losses: np.ndarray
    accuracies: np.ndarray
    names: tuple[str, ...]
    points: int


@cache
def run() -> Run:
    """The trained classifier's run, with the data and the grid traced at every iterate."""
    traj = assets.load("classifier")
    chosen = subset(traj)
    data = traj.trace_all(traj.dataset.points[chosen])
    iterates = []
    for row, step in enumerate(traj.steps):
        lines, offsets = traced_grid(traj, int(step))
        iterates.append(Drawn([plane[row] for plane in data], lines, offsets))
    rows = tuple(np.searchsorted(traj.steps, traj.checkpoints).tolist())
    return Run(
        tuple(iterates),
        traj.dataset.labels[chosen],
        rows,
        traj.steps,
        traj.losses,
        traj.accuracies,
        traj.names,
        len(traj.dataset),
    )


def subset(traj: Trajectory) -> np.ndarray:
    """Which datapoints are drawn: the first of each class."""
    labels = traj.dataset.labels
    return np.sort(np.concatenate([np.flatnonzero(labels == k)[:PER_CLASS] for k in (0, 1)]))


def traced_grid(traj: Trajectory, step: int) -> tuple[list[np.ndarray], np.ndarray]:
    """The image of the square's grid on every plane, and last that of its outline."""
    polylines = [*grid_lines(BOX, GRID), square(BOX)]
    traced = trace_polylines(traj.network(step), polylines, tolerance=0.004)
    return list(traced.points), traced.offsets


def windows(iterates: tuple[Drawn, ...]) -> np.ndarray:
    """One window (planes, 2) a plane for the whole run, the same for z and its relu."""
    largest = np.max([[np.abs(p).max() for p in d.data] for d in iterates], axis=0)
    carried = np.max([[np.abs(p).max() for p in d.lines] for d in iterates], axis=0)
    largest = np.maximum(largest, carried)
    half = np.ceil(largest / 0.5) * 0.5
    half[1:5:2] = half[2:5:2] = np.maximum(half[1:5:2], half[2:5:2])
    ranges = np.stack([-half, half], axis=1)
    ranges[-1] = -0.2, 1.2
    return ranges


def iterates_shown(first: int, last: int, share: float) -> int:
    """Which recorded iterate stands on screen ``share`` (0 to 1) of the way: never one between."""
    return int(np.floor(first + share * (last - first) + 0.5))


def caption_numbers(row: int) -> tuple[str, str, str]:
    """Step, loss and accuracy (of all datapoints) as written under a stack."""
    r = run()
    return f"{r.steps[row]}", f"{r.losses[row]:.3f}", f"{100 * r.accuracies[row]:.1f} %"


def layer_stack(row: int, pose: Pose) -> LayerStack:
    """The stack of one recorded iterate."""
    r, t = run(), theme()
    return LayerStack(
        windows(r.iterates),
        r.iterates[row],
        pose,
        colors=[t.classes[k] for k in r.labels],
        markers=[MARKERS[k] for k in r.labels],
    )


def turning(first: View, last: View) -> Callable[[LayerStack, float], LayerStack]:
    """A motion of the eye around a stack."""

    def turn(stack: LayerStack, share: float) -> LayerStack:
        return stack.place(stack.pose.seen_from(first.toward(last, share)))

    return turn


def playing(
    figure: tuple[LayerStack, LossPlot, list[Readout]],
    span: tuple[int, int],
    views: tuple[View, View],
) -> Callable[[Mobject, float], None]:
    """The run from one iterate to another: stack, loss curve and numbers, while the eye moves."""
    r = run()
    stack, plot, (step, loss, accuracy) = figure

    def play(_: Mobject, share: float) -> None:
        row = iterates_shown(*span, share)
        stack.pose = stack.pose.seen_from(views[0].toward(views[1], share))
        stack.depict(r.iterates[row])
        plot.draw_to(row)
        step.set_value(r.steps[row])
        loss.set_value(r.losses[row])
        accuracy.set_value(100 * r.accuracies[row])

    return play


def legend() -> Group:
    """What the marks of a stack stand for."""
    t = theme()
    spots = np.array([[0.0, 0], [0.3, 0]])
    data = Cloud(spots, list(t.classes[:2]), radius=t.big_dot_radius, markers=MARKERS)
    row = np.stack([np.linspace(0, 0.5, 9), np.zeros(9)], axis=1)
    dots = Cloud(row, t.muted, radius=t.dot_radius / 2.5)
    frame = Lines(
        0.16 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]]),
        colors=t.muted,
        stroke_width=t.axis_width,
    )
    reach = Math("±4", size=t.tick_size, color=t.muted)
    entries = (
        (data, f"{2 * PER_CLASS} of the {run().points} datapoints"),
        (dots, "one datapoint, plane to plane"),
        (frame, "the exact image of a square"),
        (reach, "how far the plane reaches:"),
        (None, "one tick is 1 everywhere"),
    )
    made = Group()
    for line, (sign, words) in enumerate(entries):
        text = Text(words, size=t.tick_size).move_to((0.6, 0, 0), aligned_edge=LEFT)
        made.add(on_baseline(text, words, -0.55 * line))
        if sign is not None:
            made.add(sign.move_to((0, -0.55 * line + 0.09, 0)))
    return made.set_z_index(-1)


def table_heads() -> list[Mobject]:
    """What the lines of numbers under the stacks are, and of what."""
    t = theme()
    whole = f"of all {run().points}"
    note = Text(whole, size=t.tick_size, color=t.muted).move_to((5.2, 0, 0), aligned_edge=LEFT)
    return [on_baseline(note, whole, TABLE[-1])] + [
        on_baseline(
            Text(word, size=t.tick_size, color=t.muted).move_to((-6.5, 0, 0), aligned_edge=LEFT),
            word,
            y,
        )
        for word, y in zip(("step", "loss", "accuracy"), TABLE[1:], strict=True)
    ]


def table_columns() -> list[Group]:
    """Under each stack its name, step, loss and accuracy."""
    t, made = theme(), []
    for name, row, pose in zip(CHECKPOINT_NAMES, run().rows, SMALL, strict=True):
        words = (f"*{name}*", *caption_numbers(row))
        texts = [
            on_baseline(Text(word, size=t.tick_size).move_to((pose.center[0], 0, 0)), word, y)
            for word, y in zip(words, TABLE, strict=True)
        ]
        made.append(Group(*texts))
    return made


def loss_plot() -> LossPlot:
    """The loss at every recorded iterate, with a marker at each checkpoint."""
    r = run()
    return LossPlot(
        r.losses,
        r.steps,
        (2.3, -0.35),
        (3.9, 2.4),
        top=0.8,
        marked=r.rows,
        loss_ticks=(0, 0.4, 0.8),
    )


def live_numbers() -> list[Readout]:
    """Step, loss and accuracy at the first iterate, ready to run on."""
    r, t = run(), theme()
    rows = (
        ("step", r.steps[0], 0, ""),
        ("loss", r.losses[0], 3, ""),
        ("accuracy", 100 * r.accuracies[0], 1, " %"),
    )
    made = []
    for line, (word, value, decimals, unit) in enumerate(rows):
        prefix = f"#box(width: 5em)[{word}]"
        number = Readout(value, decimals=decimals, prefix=prefix, suffix=unit, size=t.body_size)
        y = -1.85 - 0.55 * line
        drop = DESCENT * t.body_size if set(word) & set("py") else 0.0
        number.move_to((2.3, y, 0), aligned_edge=LEFT)
        made.append(number.shift((0, y - drop - number.get_bottom()[1], 0)))
    return made


def of_all() -> Mobject:
    """The line below the numbers: they are of all datapoints, not of those drawn alone."""
    words = f"of all {run().points} datapoints"
    note = Text(words, size=theme().tick_size, color=theme().muted)
    return on_baseline(note.move_to((2.3, 0, 0), aligned_edge=LEFT), words, TABLE[-1])


def target_marks(stack: LayerStack) -> Group:
    """Rings around the one-hot targets on the plane of y, and the simplex between them."""
    t, top = theme(), len(stack.windows) - 1
    spots = stack.on_screen(top, TARGETS)
    simplex = Lines(spots, colors=t.accent, stroke_width=t.curve_width)
    rings = Cloud(spots, t.accent, radius=1.8 * t.big_dot_radius, markers="ring")
    names = [
        Text(f"${words}$", size=t.label_size, color=t.classes[k]).next_to(spot, side, buff=0.12)
        for k, (words, spot, side) in enumerate(
            zip(("(1, 0)", "(0, 1)"), spots, (RIGHT + UP / 2, LEFT + UP / 2), strict=True)
        )
    ]
    return Group(simplex, rings, *names)


class Training(Story):
    """Training moves the layers' maps, and with them every representation but the data."""

    title = "Training, checkpoint by checkpoint"
    figure = "1.8"

    @beat(
        "Seven planes",
        shows="The untrained network as seven planes, one above the other: x at the bottom, "
        "then z1, h1, z2, h2, z3, and y at the top. The data rise from plane to plane, "
        "each datapoint leaving a dotted line.",
    )
    def seven_planes(self) -> None:
        self.stack = layer_stack(0, BIG)
        self.rows = plane_labels(self.stack, run().names, -5.5, -0.15)
        self.heading("Seven representations, seven planes")
        self.say("From the input x at the bottom to the output y.")
        self.stack.reveal(0)
        self.play(FadeIn(self.stack), FadeIn(self.rows), run_time=self.theme.quick)
        rise = Change(
            self.stack, lambda stack, share: stack.reveal(6 * share), run_time=2 * self.theme.slow
        )
        self.play(rise)

    @beat(
        "Look around",
        shows="The view turns around the stack. A legend says what marks and lines are.",
    )
    def look_around(self) -> None:
        self.legend = legend().next_to((1.75, 1.5, 0), DOWN, buff=0, aligned_edge=LEFT)
        self.say("Dotted lines join the representations of each datapoint.")
        self.play(FadeIn(self.legend), run_time=self.theme.quick)
        self.turn(FRONT, SIDE)
        self.turn(SIDE, FRONT)

    @beat(
        "Four checkpoints",
        shows="Four stacks side by side: untrained, first progress, nearly there, done; under each "
        "its step, loss and accuracy. From left to right red and blue come apart.",
        question="From which plane on are red and blue apart?",
    )
    def four_checkpoints(self) -> None:
        self.heading("The same data, four moments of training")
        self.play(FadeOut(self.rows), FadeOut(self.legend), run_time=self.theme.quick)
        self.go(BIG, SMALL[0])
        others = [layer_stack(row, pose) for row, pose in zip(run().rows, SMALL, strict=True)][1:]
        self.stacks = Group(self.stack, *others)
        self.table = Group(
            plane_labels(self.stack, run().names, -6.25, 5.2), *table_heads(), *table_columns()
        )
        self.table.set_z_index(-1)  # as low as the texts in it, so that they stay still
        self.play(FadeIn(self.table), FadeIn(Group(*others)), run_time=self.theme.quick)
        self.ask("From which plane on are red and blue apart?")

    @beat(
        "In depth",
        shows="The eye goes around all four stacks at once. Untrained, the classes stay mixed up "
        "to y; when training is done, each class ends in a corner of y of its own.",
    )
    def in_depth(self) -> None:
        self.say("Untrained: mixed up to y. Done: one corner of y for each class.")
        for first, last in ((FRONT, SIDE), (SIDE, FRONT)):
            turn = turning(first, last)
            moves = [Change(stack, turn, rate_func=smooth) for stack in self.stacks]
            self.play(*moves, run_time=self.theme.slow)

    @beat(
        "What will move?",
        shows="The untrained stack grows; beside it the axes of the loss over the training steps.",
        question="Training starts: which of the planes cannot move?",
    )
    def what_will_move(self) -> None:
        self.heading(f"Training, through all {len(run().steps)} recorded steps")
        self.play(FadeOut(self.table), FadeOut(Group(*self.stacks[1:])), run_time=self.theme.quick)
        self.go(SMALL[0], BIG)
        self.plot = loss_plot()
        self.numbers = live_numbers()
        self.rows = plane_labels(self.stack, run().names, -5.5, -0.15)
        self.play(
            *map(FadeIn, (self.rows, self.plot, of_all(), *self.numbers)), run_time=self.theme.quick
        )
        self.ask("Training starts: which of the planes cannot move?")

    @beat(
        "First progress",
        shows="The stack moves through the first recorded steps; the loss curve draws itself. "
        "The data on x stay where they are.",
    )
    def first_progress(self) -> None:
        self.say("The data x stay. The layers learn to move them.")
        self.run_to(1, (FRONT, BACK), self.theme.slow)

    @beat(
        "Nearly there",
        shows="The loss falls steeply; on y blue and red draw apart towards two corners.",
    )
    def nearly_there(self) -> None:
        self.say("The loss falls as red and blue draw apart.")
        self.run_to(2, (BACK, SIDE), self.theme.slow)

    @beat(
        "Done",
        shows="Through the last recorded steps every layer spreads the data wider; the loss nears "
        "zero. At the end red is at (0, 1) and blue at (1, 0), ringed and labelled.",
    )
    def done(self) -> None:
        self.say("Then the layers spread wider, and the loss nears 0.")
        self.run_to(3, (SIDE, FRONT), 3 * self.theme.slow)
        self.heading("Red at (0, 1), blue at (1, 0)")
        self.play(FadeIn(target_marks(self.stack)), run_time=self.theme.quick)

    def turn(self, first: View, last: View) -> None:
        """Move the eye around the one stack."""
        self.play(
            Change(self.stack, turning(first, last), rate_func=smooth, run_time=self.theme.slow)
        )

    def go(self, first: Pose, last: Pose) -> None:
        """Move the one stack to another place."""
        move = Change(
            self.stack,
            lambda stack, share: stack.place(first.toward(last, share)),
            rate_func=smooth,
            run_time=self.theme.move,
        )
        self.play(move)

    def run_to(self, checkpoint: int, views: tuple[View, View], run_time: float) -> None:
        """Train on to a checkpoint, through every recorded iterate."""
        rows, plot = run().rows, self.plot
        motion = playing(
            (self.stack, plot, self.numbers), (rows[checkpoint - 1], rows[checkpoint]), views
        )
        moving = Group(self.stack, plot.curve, plot.head, plot.markers, *self.numbers)
        self.play(Change(moving, motion, run_time=run_time))
