"""The whole chapter in half a minute: each layer transforms a distribution (section 1.6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, FadeIn, Group, VGroup, smooth, squish_rate_func

from mobjects.axis import Axis
from mobjects.density import DensityPlot
from mobjects.density_wave import DensityWave
from mobjects.joint_map import JointMap, Window
from mobjects.layer_panel import Measures, class_colors
from mobjects.layer_stack import Drawn, LayerStack, Pose, Sizes
from mobjects.loss_plot import LossPlot
from mobjects.mapping_plot import MappingPlot
from mobjects.motion import Change
from mobjects.stack_names import distribution_names, layer_names, upward
from mobjects.story import Story, beat
from mobjects.text import Math, Readout, Text
from mobjects.theme import theme
from mobjects.thumbnails import Thumbnails
from mobjects.view import View
from model import Network, ReLU, assets
from model.density import Gaussian, GaussianND, pushforward, relu_parts
from model.embedding import Embeddings
from model.embedding.names import short_names
from model.geometry import grid_lines, square, trace_polylines
from model.trajectory import Trajectory

RELU = Network([ReLU()])
LINE = Gaussian(0.5, 1.0)
PLANE = GaussianND([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
POINTS, SEED = 1000, 2
SHEET = ((-3.2, 3.2), (-3.2, 3.2))
PLANES = (0, 2, 4, 6)  # of the classifier's seven representations: x, h1, h2, y
MARKERS = ("disc", "diamond")


class Run(NamedTuple):
    """The classifier's training: what four planes show at every recorded iterate.

    Attributes
    ----------
    iterates
        Data and grid on the planes of x, h1, h2 and y.
    windows
        (4, 2) the smallest and largest coordinate on each plane in the whole run.
    layers
        The names of the layers between one plane and the next.
    """

    iterates: tuple[Drawn, ...]
    windows: np.ndarray
    layers: tuple[tuple[str, ...], ...]


def equal_masses(n: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """Inputs (n,) that stand for equal masses of the line's density, and their images."""
    x = LINE.quantile((np.arange(n) + 0.5) / n)
    return x, RELU(x[:, None])[:, 0]


def arrived(edge: float) -> float:
    """The mass that relu has put at 0 of the inputs up to ``edge``."""
    return float(LINE.cdf(min(edge, 0.0)))


@cache
def sheet() -> Drawn:
    """A Gaussian sample on a grid, before relu and behind it."""
    lines = trace_polylines(RELU, [*grid_lines(SHEET, 17), square(SHEET)])
    return Drawn(RELU.trace(PLANE.sample(POINTS, seed=SEED)).points, lines.points, lines.offsets)


@cache
def classifier() -> Trajectory:
    """The chapter's network, at every recorded step of its training."""
    return assets.load("classifier")


def half_width() -> float:
    """Half the side of the square around the origin that holds the data, in tenths."""
    return float(np.ceil(np.abs(classifier().dataset.points).max() * 10) / 10)


@cache
def run() -> Run:
    """All datapoints and a grid over them, through every recorded network."""
    traj, half = classifier(), half_width()
    box = (-half, half, -half, half)
    polylines = [*grid_lines(box, 15), square(box)]
    data = [traj.trace_all()[plane] for plane in PLANES]
    iterates = []
    for row, step in enumerate(traj.steps):
        lines = trace_polylines(traj.network(int(step)), polylines, tolerance=0.01)
        grid = [lines.points[plane] for plane in PLANES]
        iterates.append(Drawn([plane[row] for plane in data], grid, lines.offsets))
    names = [layer.name for layer in traj.network(0)]
    steps = pairwise(PLANES)
    return Run(tuple(iterates), windows(iterates), tuple(tuple(names[i:j]) for i, j in steps))


def windows(iterates: list[Drawn]) -> np.ndarray:
    """One window (planes, 2) a plane, the same both ways: it holds all that is ever drawn there."""
    found = []
    for plane in range(len(PLANES)):
        every = np.concatenate([part[plane] for d in iterates for part in (d.data, d.lines)])
        room = _ROOM * np.ptp(every)
        found.append((every.min() - room, every.max() + room))
    return np.array(found)


def iterate_at(share: float) -> int:
    """Which recorded iterate is shown ``share`` (0 to 1) of the way: never one in between."""
    return int(np.floor(share * (len(classifier().steps) - 1) + 0.5))


@cache
def embeddings() -> Embeddings:
    """A vision transformer's representations of images, jointly projected."""
    return Embeddings.load(assets.FOLDER / "embeddings.safetensors")


def stack(row: int, pose: Pose) -> LayerStack:
    """The classifier at one recorded iterate, as four planes."""
    t, labels = theme(), classifier().dataset.labels
    return LayerStack(
        run().windows,
        run().iterates[row],
        pose,
        colors=[t.classes[k] for k in labels],
        markers=[MARKERS[k] for k in labels],
        sizes=_FINE,
    )


class Recap(Story):
    """One density, one plane, one network, its training, a large network: one idea."""

    title = "The whole idea"
    figure = "text of 1.6"

    @beat(
        "A line",
        shows="A bell-shaped density, p in, stands on the axis below. In a wave its points rise "
        "along lines to the axis above, past an arrow named relu: the part right of 0 is copied, "
        "and at 0 a bar grows, whose mass reads 0.3085 in the end.",
    )
    def line(self) -> None:
        self.heading("A layer moves a whole *distribution*")
        lower, upper = (
            Axis((-3.4, 3.9), 10.0, (-0.5, y), ticks=range(-3, 4), label=label)
            for y, label in ((-2.85, 'x_"in"'), (0.35, 'x_"out"'))
        )
        upper.remove(upper.numerals)  # lines pass here; the ticks stand over the lower axis's
        plot = MappingPlot(
            lower, upper, *equal_masses(), radius=self.theme.dot_radius, opacity=0.12
        )
        below = DensityPlot(lower, LINE.graph(), _HEIGHT)
        out = pushforward(RELU, LINE)
        wave = DensityWave(plot, out.graph(), arrived, out.atoms[0][0], _HEIGHT)
        mass = Readout(0, decimals=4, color=self.theme.accent, size=self.theme.label_size)
        mass.next_to(upper.at([0.0])[0] + UP * out.atoms[0][1] * _HEIGHT, LEFT, buff=0.35)
        names = Group(
            *(
                Math(name, size=self.theme.title_size).move_to(axis.at([-2.8])[0] + UP * 0.9)
                for axis, name in ((lower, 'p_"in"'), (upper, 'p_"out"'))
            ),
            upward([layer.name for layer in RELU], 5.2, -1.6, -0.9),
        )
        self.say("A layer moves every point. Here, all below zero meets at zero.")
        self.play(FadeIn(plot, below, names, mass), run_time=self.theme.quick)
        run_time = 0.9 * self.theme.slow
        self.play(*wave.run(run_time), wave.count(mass, run_time))

    @beat(
        "A plane",
        shows="Two planes in space, one above the other. A round cloud of 1,000 points on a grid, "
        "each quadrant in a colour of its own, rises from the lower to the upper one. On the way "
        "it folds: one quadrant stays, two end on its edges, the last in its corner.",
        question="What will relu make of the cloud?",
    )
    def plane(self) -> None:
        self.clear_stage(run_time=self.theme.quick / 2)
        self.heading("The same layer in the *plane*")
        parts = self.theme.parts
        tints = (parts.quadrant, parts.x_axis, parts.y_axis, parts.origin)
        window = np.array([SHEET[0]] * 2) * (1 + _ROOM)
        colors = [tints[k] for k in relu_parts(sheet().data[0])]
        folding = LayerStack(
            window, sheet(), _TWO, colors=colors, markers=["disc"] * POINTS, sizes=_FINE
        )
        names = Group(
            distribution_names(folding, ('p_"in"', 'p_"out"'), -4.6),
            layer_names(folding, [[layer.name for layer in RELU]], 3.9),
        )
        shown = Group(folding, names)
        reveal(shown, 0)
        self.play(FadeIn(shown), run_time=self.theme.quick)
        self.ask("What will relu make of the cloud?")
        self.say("A quadrant stays; the rest goes to its edges and corner.")
        self.play(Change(shown, reveal, rate_func=smooth, run_time=0.9 * self.theme.slow))

    @beat(
        "A network",
        shows="Seen from above, a blue disc of points inside a red horseshoe, on a grid. The eye "
        "comes down, and the data rise through three more planes to the top one: p data, p 1, p 2, "
        "p out. Between them the layers are named. On top, blue and red lie on one another.",
    )
    def network(self) -> None:
        self.clear_stage(run_time=self.theme.quick / 2)
        self.heading("A network: layer upon layer")
        self.stack = stack(0, _ABOVE).reveal(0)
        self.say("A network stacks layers. Untrained, it leaves the classes mixed.")
        self.play(FadeIn(self.stack), run_time=self.theme.quick)
        self.names = self._names(stack(0, _LOW))
        run_time = 1.2 * self.theme.slow
        self.play(
            Change(self.stack, rising, run_time=run_time),
            FadeIn(self.names, rate_func=squish_rate_func(smooth, 0.8, 1), run_time=run_time),
        )

    @beat(
        "Training",
        shows="Through all recorded steps of training data and grid move on every plane but the "
        "lowest, while the eye goes around and the loss falls from 0.69 to nearly 0. On the "
        "top plane red and blue part, and end at two corners.",
    )
    def training(self) -> None:
        self.heading("Training moves the layers")
        self.plot = loss_plot()
        self.say("Training changes what the layers do, until the classes part.")
        aside = RIGHT * (_LEFT.center[0] - _LOW.center[0])
        self.play(
            Change(self.stack, step_aside, rate_func=smooth),
            self.names.animate.shift(aside),
            FadeIn(self.plot, rate_func=squish_rate_func(smooth, 0.6, 1)),
            run_time=1.5 * self.theme.quick,
        )
        parts = Group(self.stack, self.plot)
        self.play(Change(parts, train, rate_func=smooth, run_time=1.2 * self.theme.slow))

    @beat(
        "A vision transformer",
        shows="Thumbnails of handwritten digits, coloured by class, travel over a map from block 0 "
        "of a vision transformer, where colours are mixed, to block 7, where they lie in islands. "
        "The accuracy of nearest neighbours rises from 0.52 to 0.95.",
    )
    def transformer(self) -> None:
        self.clear_stage(run_time=self.theme.quick / 2)
        self.heading("A vision transformer, *layer by layer*")
        images, measures, notes = layer_view()
        self.say("In many dimensions too: layer by layer, classes come apart.")
        self.play(FadeIn(images, measures, notes), run_time=self.theme.quick)
        for layer in range(1, len(embeddings().layers)):
            self.play(
                Change(images, towards(layer), rate_func=smooth), run_time=0.4 * self.theme.move
            )
            measures.show_layer(layer)

    @beat(
        "The whole idea",
        shows="The trained network as four planes, p data at the bottom and p out at the top. The "
        "data rise once more, from a disc inside a horseshoe to two corners. Beside it: each layer "
        "is a geometric transformation of a data distribution.",
    )
    def idea(self) -> None:
        self.clear_stage(run_time=self.theme.quick / 2)
        self.heading('$p_"data" -> p_1 -> p_2 -> p_"out"$')
        whole = stack(-1, _LEFT)
        parts = Group(whole, self._names(whole))
        reveal(parts, 0)
        words = Text(_SENTENCE, size=self.theme.title_size)
        words.move_to(RIGHT * 6.5 + DOWN * 0.4, aligned_edge=RIGHT)
        self.say("Each layer is a geometric transformation of a data distribution.")
        self.play(FadeIn(parts), run_time=self.theme.quick)
        self.play(
            Change(parts, rising_again, run_time=self.theme.slow),
            FadeIn(words, run_time=self.theme.quick),
        )

    def _names(self, planes: LayerStack) -> Group:
        left, right = planes.pose.center[0] - 3.32, planes.pose.center[0] + 2.95
        return Group(
            distribution_names(planes, _DISTRIBUTIONS, left),
            layer_names(planes, run().layers, right),
        )


def reveal(parts: Iterable[Any], level: float) -> None:
    """Show the planes up to a level, each with its name and the layers that lead to it."""
    planes, (names, layers) = parts
    planes.reveal(level)
    for plane, beside in enumerate(zip(names[1:], layers, strict=True), 1):
        share = float(np.clip(level - plane + 1, 0, 1))
        for part in Group(*beside).family_members_with_points():
            part.set_opacity(share)


def rising(planes: LayerStack, share: float) -> None:
    """The eye comes down from above, and the data rise from plane to plane."""
    down, up = smooth(min(share / 0.4, 1.0)), smooth(max(0.0, (share - 0.25) / 0.75))
    planes.pose = _ABOVE.toward(_LOW, down)
    planes.reveal((len(PLANES) - 1) * up)


def step_aside(planes: LayerStack, share: float) -> None:
    """The stack makes room for the loss."""
    planes.place(_LOW.toward(_LEFT, share))


def rising_again(parts: Iterable[Any], share: float) -> None:
    """The data rise past the names while the eye goes a part of the way around."""
    planes, _ = parts
    planes.pose = _LEFT.seen_from(_AROUND.toward(_FRONT, smooth(share)))
    reveal(parts, (len(PLANES) - 1) * share)


def train(parts: Iterable[Any], share: float) -> None:
    """The stack and its loss at the iterate that is ``share`` of the way."""
    planes, plot = parts
    row = iterate_at(share)
    planes.pose = planes.pose.seen_from(_AROUND.toward(_FRONT, share))
    planes.depict(run().iterates[row])
    plot.draw_to(row)


def towards(layer: int) -> Callable[[JointMap, float], JointMap]:
    """A motion of the images to ``layer`` from the one before."""

    def go(images: JointMap, share: float) -> JointMap:
        return images.set_place(layer - 1 + share)

    return go


def loss_plot() -> LossPlot:
    """The loss at every recorded iterate, of all datapoints."""
    traj = classifier()
    return LossPlot(
        traj.losses,
        traj.steps,
        (3.3, -1.2),
        (2.8, 2.4),
        top=0.8,
        marked=np.searchsorted(traj.steps, traj.checkpoints).tolist(),
        loss_ticks=(0, 0.4, 0.8),
    )


def layer_view() -> tuple[JointMap, Measures, VGroup]:
    """The images on their map, the accuracy of nearest neighbours, and what the map is."""
    e, t = embeddings(), theme()
    colors = class_colors(e.labels)
    tiles = Thumbnails(np.zeros((len(e), 2)), e.thumbnails, side=_TILE, colors=colors)
    images = JointMap(e.points, tiles, Window((8.4, 6.0), (-2.3, -0.4)), Window(*_OVERVIEW))
    measures = Measures(
        short_names(e.layers, tail=True),
        ("kNN accuracy",),
        e.knn_accuracy[None],
        colors=(t.ink,),
        markers=("disc",),
        title_at=(3.0, 2.3),
        rows_at=(3.1, 1.5),
    )
    space = f"in all ${e.parameters['numbers_per_image']}$ dimensions"
    notes = VGroup(
        *(
            Text(words, size=t.tick_size, color=t.muted).move_to((3.0, y, 0), aligned_edge=LEFT)
            for words, y in ((space, 1.1), (_MAP, -0.35))
        )
    )
    return images, measures, notes


_HEIGHT, _ROOM = 4.0, 0.06
_TILE = 0.25
_OVERVIEW = (3.5, 2.55), (4.75, -2.125)
_MAP = r"One joint t-SNE map of \ all layers: a rough view."
_FINE = Sizes(mark=0.008, dot=0.0022, pitch=0.03, tick=0.03)
_FRONT, _AROUND, _TOP = View(-32, 24), View(30, 24), View(0, 89.9)
_TWO = Pose((-0.2, -0.45), 5.0, 3.3, View(28, 24))
_ABOVE = Pose((0.0, -0.4), 5.4, 1.2, _TOP)
_LOW = Pose((0.0, -0.4), 4.0, 1.62, _AROUND)
_LEFT = Pose((-2.55, -0.4), 4.0, 1.62, _AROUND)
_DISTRIBUTIONS = ('p_"data"', "p_1", "p_2", 'p_"out"')
_SENTENCE = r"Each layer is \ a *geometric* \ *transformation* \ of a data \ distribution."
