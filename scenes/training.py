"""Figure 1.8: training, each network a stack of planes, at four checkpoints and all between."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from manim import LEFT, FadeIn, FadeOut, Group, Mobject, smooth

from mobjects.baseline import on_baseline
from mobjects.classes import Classes, looks
from mobjects.layer_stack import Drawn, LayerStack, Pose
from mobjects.legend import verbatim
from mobjects.loss_plot import LossPlot
from mobjects.motion import Change
from mobjects.stack_labels import plane_labels, stack_legend, standing, target_marks
from mobjects.story import Beat, Story, beat
from mobjects.text import Readout, Text
from mobjects.theme import theme
from mobjects.told import told
from mobjects.view import View
from model import run_words as words
from model.lesson_run import Run, nice_above
from model.lesson_view import (
    LessonView,
    accuracy_written,
    code_of,
    loss_written,
    on_show,
    symbol,
)
from model.lesson_words import class_labels
from model.trajectory import CHECKPOINT_NAMES

FRONT, SIDE, BACK = View(22, 17), View(68, 17), View(38, 17)
BIG = Pose((-2.6, -0.42), 3.15, 0.83, FRONT)
SMALL = [Pose((x, 0.27), 1.85, 0.66, FRONT) for x in (-4.4, -1.7, 1.0, 3.7)]
BESIDE = 2.5  # the left edge of the loss and the numbers under it
LEGEND = (2.0, 1.5)
FOUR = "The same data, four moments of training"
HEADROOM = 1.12  # of the loss axis, over the largest loss that it names
TABLE = (-2.4, -2.77, -3.12, -3.47)  # the baselines of the numbers under the stacks


@cache
def run_of(view: LessonView) -> Run:
    """The run of a lesson.

    Raises
    ------
    SystemExit
        With one line, when there is none to show.
    """
    try:
        return Run(view)
    except ValueError as error:
        raise SystemExit(str(error)) from None


def run() -> Run:
    """The run on show."""
    return run_of(on_show())


@cache
def iterates_of(shown: Run) -> tuple[Drawn, ...]:
    """What the stack shows at every iterate of a run."""
    return tuple(Drawn(each.data, each.lines, each.offsets) for each in shown.pictures)


def iterates() -> tuple[Drawn, ...]:
    """What the stack shows at every iterate of the run on show."""
    return iterates_of(run())


def classes() -> Classes:
    """How the classes look."""
    return looks(class_labels(run().data.class_names), run().view.lesson.colors)


def big() -> Pose:
    """Where one stack stands alone."""
    return standing(BIG, len(run().names))


def small() -> list[Pose]:
    """Where four stand side by side."""
    return [standing(pose, len(run().names)) for pose in SMALL]


def iterates_shown(first: int, last: int, share: float) -> int:
    """Which recorded iterate stands on screen ``share`` (0 to 1) of the way: never one between."""
    return int(np.floor(first + share * (last - first) + 0.5))


def caption_numbers(row: int) -> tuple[str, str, str]:
    """Step, loss and accuracy (of all datapoints) as written under a stack."""
    r = run()
    loss, accuracy = loss_written(r.losses[row]), accuracy_written(r.accuracies[row])
    return f"{r.steps[row]:,}", loss.replace("<", "$<$"), accuracy


def layer_stack(row: int, pose: Pose) -> LayerStack:
    """The stack of one recorded iterate."""
    r, look = run(), classes()
    labels = r.data.labels[r.chosen]
    return LayerStack(
        r.windows,
        iterates()[row],
        pose,
        colors=look.colors_of(labels),
        markers=look.markers_of(labels),
        ticks=r.ticks,
        simplex=r.corners() if len(look) > 2 else None,
    )


def reaches_at() -> float:
    """Where the reaches start beside one stack alone."""
    return BIG.center[0] + 2.22 * big().side / BIG.side


def labels(stack: LayerStack, left: float, right: float, *, narrow: bool = False) -> Group:
    """The name of every plane of a stack, and how far it reaches."""
    symbols = [symbol(name) for name in run().names]
    return plane_labels(stack, symbols, left, right, words.notes(run(), narrow=narrow))


def rising(last: int) -> Callable[[LayerStack, float], LayerStack]:
    """A motion of the data from the lowest plane up to the plane ``last``."""

    def rise(stack: LayerStack, share: float) -> LayerStack:
        return stack.reveal(last * share)

    return rise


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
    r, shown = run(), iterates()
    stack, plot, (step, loss, accuracy) = figure

    def play(_: Mobject, share: float) -> None:
        row = iterates_shown(*span, share)
        stack.pose = stack.pose.seen_from(views[0].toward(views[1], share))
        stack.depict(shown[row])
        plot.draw_to(row)
        step.set_value(r.steps[row])
        loss.set_value(r.losses[row])
        accuracy.set_value(100 * r.accuracies[row])

    return play


def table_heads() -> list[Text]:
    """What the lines of numbers under the stacks are, and of what."""
    t = theme()
    whole = f"of all {len(run().data):,}"
    note = Text(whole, size=t.tick_size, color=t.muted).move_to((5.0, 0, 0), aligned_edge=LEFT)
    return [on_baseline(note, TABLE[-1])] + [
        on_baseline(
            Text(word, size=t.tick_size, color=t.muted).move_to((-6.5, 0, 0), aligned_edge=LEFT),
            y,
        )
        for word, y in zip(("step", "loss", "accuracy"), TABLE[1:], strict=True)
    ]


def table_columns() -> list[Group]:
    """Under each stack its name, step, loss and accuracy."""
    t, made = theme(), []
    for name, row, pose in zip(CHECKPOINT_NAMES, run().checkpoints, small(), strict=True):
        words = (f"*{name}*", *caption_numbers(row))
        texts = [
            on_baseline(Text(word, size=t.tick_size).move_to((pose.center[0], 0, 0)), y)
            for word, y in zip(words, TABLE, strict=True)
        ]
        made.append(Group(*texts))
    return made


def loss_plot() -> LossPlot:
    """The loss at every iterate shown, with a marker at each checkpoint."""
    r = run()
    half = nice_above(float(r.losses.max()) / 2)
    return LossPlot(
        r.losses,
        r.steps,
        (BESIDE, -0.15),
        (3.6, 2.0),
        top=HEADROOM * 2 * half,
        marked=r.checkpoints,
        loss_ticks=(0, half, 2 * half),
        across=words.across(r),
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
        number = Readout(
            value,
            decimals=decimals,
            positive=word == "loss",
            prefix=prefix,
            suffix=unit,
            size=t.body_size,
        )
        number.move_to((BESIDE, 0, 0), aligned_edge=LEFT)
        made.append(on_baseline(number, -1.85 - 0.55 * line))
    return made


def of_all() -> Mobject:
    """The line below the numbers: they are of all datapoints, not of those drawn alone."""
    words = f"of all {len(run().data):,} datapoints"
    note = Text(words, size=theme().tick_size, color=theme().muted)
    return on_baseline(note.move_to((BESIDE, 0, 0), aligned_edge=LEFT), TABLE[-1])


def targets(stack: LayerStack) -> Group:
    """The one-hot targets on the plane of y, ringed and labelled."""
    look = classes()
    codes = [f"$({code_of(k, len(look))})$" for k in range(len(look))]
    return target_marks(stack, run().corners(), look, codes)


class Training(Story):
    """Training moves the layers' maps, and with them every representation but the data."""

    title = "Training, checkpoint by checkpoint"
    figure = "1.8"
    shows_lessons = True

    @classmethod
    def beats(cls) -> tuple[Beat, ...]:
        return told(super().beats(), words.told(run()))

    @beat(
        "{Planes} planes",
        shows="The untrained network as {planes} planes, one above the other: {names}, x at the "
        "bottom and y at the top.{projected} The data rise from plane to plane, each datapoint "
        "leaving a dotted line.",
    )
    def planes(self) -> None:
        self.stack = layer_stack(0, big())
        self.rows = labels(self.stack, -5.5, reaches_at())
        count = words.planes(run())
        self.heading(f"{count.capitalize()} representations, {count} planes")
        self.say("From the input x at the bottom to the output y.")
        self.stack.reveal(0)
        self.play(FadeIn(self.stack), FadeIn(self.rows), run_time=self.theme.quick)
        self.play(Change(self.stack, rising(len(run().names) - 1), run_time=2 * self.theme.slow))

    @beat(
        "Look around",
        shows="The view turns around the stack. A legend says what is what: {legend}.",
    )
    def look_around(self) -> None:
        self.legend = stack_legend(classes(), words.legend(run()), LEGEND)
        self.say("Dotted lines join the representations of each datapoint.")
        self.play(FadeIn(self.legend), run_time=self.theme.quick)
        self.turn(FRONT, SIDE)
        self.turn(SIDE, FRONT)

    @beat(
        "Four checkpoints",
        shows="Four stacks side by side: untrained, first progress, nearly there, done; under each "
        "its step, loss and accuracy; the losses are {losses}.",
        question="{where}",
    )
    def four_checkpoints(self) -> None:
        self.heading(FOUR)
        self.play(FadeOut(self.rows), FadeOut(self.legend), run_time=self.theme.quick)
        self.go(big(), small()[0])
        places = zip(run().checkpoints, small(), strict=True)
        others = [layer_stack(row, pose) for row, pose in places][1:]
        self.stacks = Group(self.stack, *others)
        self.table = Group(
            labels(self.stack, -6.25, 5.0, narrow=True), *table_heads(), *table_columns()
        )
        self.table.set_z_index(-1)  # as low as the texts in it, so that they stay still
        self.play(FadeIn(self.table), FadeIn(Group(*others)), run_time=self.theme.quick)
        self.ask(words.ask_where(run()))

    @beat(
        "In depth",
        shows="The eye goes around all four stacks at once. {parted}",
    )
    def in_depth(self) -> None:
        self.heading(words.answer(run()) or FOUR)
        self.say(words.compare(run()))
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
        self.heading(words.heading(run()))
        self.play(FadeOut(self.table), FadeOut(Group(*self.stacks[1:])), run_time=self.theme.quick)
        self.go(small()[0], big())
        self.plot = loss_plot()
        self.numbers = live_numbers()
        self.rows = labels(self.stack, -5.5, reaches_at())
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
        shows="The stack and the loss curve run on to the third checkpoint. {descend}",
    )
    def nearly_there(self) -> None:
        self.say(words.descend(run()))
        self.run_to(2, (BACK, SIDE), self.theme.slow)

    @beat(
        "Done",
        shows="The stack moves through the last recorded steps. {finish} At the end the "
        "targets are ringed. {arrived}.",
    )
    def done(self) -> None:
        self.say(words.finish(run()))
        self.run_to(3, (SIDE, FRONT), 3 * self.theme.slow)
        self.heading(words.arrived(run(), verbatim))
        self.play(FadeIn(targets(self.stack)), run_time=self.theme.quick)

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
        rows, plot = run().checkpoints, self.plot
        motion = playing(
            (self.stack, plot, self.numbers), (rows[checkpoint - 1], rows[checkpoint]), views
        )
        moving = Group(self.stack, plot.curve, plot.head, plot.markers, *self.numbers)
        self.play(Change(moving, motion, run_time=run_time))
