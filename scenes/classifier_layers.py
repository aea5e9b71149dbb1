"""The trained classifier, one layer after another, on one plane (section 1.4)."""

from __future__ import annotations

from functools import cache

import numpy as np
from manim import LEFT, RIGHT, UP, Create, FadeIn, FadeOut, Group, Mobject, config

from mobjects.batch import Batch, Cloud, Lines, Polygons
from mobjects.motion import Through
from mobjects.ruled_plane import RuledPlane, View
from mobjects.story import Story, beat
from mobjects.text import Text
from model import Network, assets
from model.geometry import (
    BundleTrace,
    collapse,
    decision_boundary,
    grid_lines,
    linear_regions,
    square,
    trace_polylines,
)
from model.motion import layer_moves
from model.trajectory import Trajectory

GRID = 15
KEYFRAMES = 16
MARKERS = ("disc", "diamond")
FORMULAS = (
    "$bold(z)_1 = bold(W)_1 bold(x) + bold(b)_1$",
    "$bold(h)_1 = max(bold(z)_1, bold(0))$",
    "$bold(z)_2 = bold(W)_2 bold(h)_1 + bold(b)_2$",
    "$bold(h)_2 = max(bold(z)_2, bold(0))$",
    "$bold(z)_3 = bold(W)_3 bold(h)_2 + bold(b)_3$",
    "$bold(y) = e^(bold(z)_3) \\/ (e^(z_(3,1)) + e^(z_(3,2)))$",
)
PARTS = {
    "turn": "turn",
    "stretch": "stretch",
    "flip": "turn over, through space",
    "shift": "shift by the bias",
    "move": "straight to the image",
}

Path = tuple[np.ndarray, ...]


@cache
def trained() -> tuple[Trajectory, Network]:
    """The trajectory, and its last network."""
    trajectory = assets.load("classifier")
    return trajectory, trajectory.network(int(trajectory.steps[-1]))


def half_width() -> float:
    """Half the side of the square around the origin that holds the data, in tenths."""
    points = trained()[0].dataset.points
    return float(np.ceil(np.abs(points).max() * 10) / 10)


def box() -> tuple[tuple[float, float], tuple[float, float]]:
    """The square."""
    half = half_width()
    return (-half, half), (-half, half)


@cache
def bundles() -> dict[str, BundleTrace]:
    """The lines that are carried along, traced through every layer: regions, grid, square."""
    net = trained()[1]
    outlines = [np.concatenate([r.polygon, r.polygon[:1]]) for r in linear_regions(net, box())]
    return {
        "regions": trace_polylines(net, outlines),
        "grid": trace_polylines(net, grid_lines(box(), GRID)),
        "square": trace_polylines(net, [square(box())]),
    }


def paths() -> dict[str, Path]:
    """What is drawn, at the input and behind every layer: one array (k, 2) for each."""
    trajectory, net = trained()
    boundary = decision_boundary(net, box())
    return {
        **{key: bundle.points for key, bundle in bundles().items()},
        "data": net.trace(trajectory.dataset.points).points,
        "boundary": tuple(image.reshape(-1, 2) for image in boundary.images),
    }


def flattened(name: str) -> list[tuple[int, float]]:
    """How many regions, and which share of the data, are a point, a segment, a polygon."""
    trajectory, net = trained()
    found = collapse(net, box(), trajectory.dataset.points)
    layer = found.names.index(name)
    counts = np.bincount(found.ranks[layer], minlength=3)
    return list(zip(counts.tolist(), found.data_share[layer].tolist(), strict=True))


def tie_line(reach: float) -> np.ndarray:
    """Two points (2, 2) of the line of h2 on which the logits tie, ``reach`` from its middle."""
    last = trained()[1].layers[4]
    normal = last.weight[0] - last.weight[1]  # type: ignore[attr-defined]
    shift = last.bias[0] - last.bias[1]  # type: ignore[attr-defined]
    foot = -shift * normal / (normal @ normal)
    along = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
    return np.array([foot - reach * along, foot + reach * along])


def accuracy() -> float:
    """The share of the data whose larger output is that of its class."""
    trajectory, net = trained()
    outputs = net(trajectory.dataset.points)
    return float((outputs.argmax(axis=1) == trajectory.dataset.labels).mean())


class ClassifierLayers(Story):
    """Six moves carry the data from its plane to the corners of the one-simplex."""

    title = "What each layer of a trained classifier does"
    figure = "text of 1.4"

    @beat(
        "The input",
        shows="Two interlocking classes, blue discs and red diamonds, in a square with a grid. "
        "Nine tinted polygons tile it; a bent line of straight pieces parts the classes.",
        question="The boundary bends. How could straight decisions bend it?",
    )
    def input(self) -> None:
        self.prepare()
        self.heading("The input $bold(x)$, seen by the trained network")
        regions = self.batches["regions"]
        self.add(self.plane)
        self.say("Two classes in the plane.")
        self.play(FadeIn(self.batches["data"], self.legend), run_time=self.theme.quick)
        self.say("In each tinted region the trained network is one affine map.")
        self.play(FadeIn(regions, self.batches["grid"], self.batches["square"]))
        count = len(bundles()["regions"].offsets) - 1
        self.note(f"{count} regions:\\ on each, one affine map")
        self.play(Create(self.batches["boundary"]), run_time=self.theme.move)  # type: ignore[arg-type]
        self.ask("The boundary bends where regions meet. When will it be straight?")

    @beat(
        "Linear: z1",
        shows="The whole plane turns, stretches, turns over, turns and shifts. Straight lines stay "
        "straight. The rulers show the change of scale.",
    )
    def linear1(self) -> None:
        self.say("A linear layer turns, stretches, shifts. Lines stay lines.")
        self.layer(0)
        self.note("The boundary moves\\ along, bends and all.")

    @beat(
        "Relu: h1",
        shows="Everything left of the vertical axis or below the horizontal one is pressed onto "
        "it. A table says which regions became segments or a point.",
    )
    def relu1(self) -> None:
        self.say("relu presses what is negative onto the axes and the origin.")
        self.layer(1)
        self.tell_flattened("h1")

    @beat(
        "Linear: z2",
        shows="What is left of the plane turns, stretches, turns over, turns and shifts again.",
    )
    def linear2(self) -> None:
        self.say("The second linear layer turns its result towards new axes.")
        self.layer(2)
        self.note("What relu joined\\ stays together.")

    @beat(
        "Relu: h2",
        shows="The second fold. A dashed line through the picture: the whole decision boundary now "
        "lies on it.",
        question="Is the boundary straight now?",
    )
    def relu2(self) -> None:
        self.say("relu folds once more.")
        self.layer(3)
        self.tell_flattened("h2")
        line = self.dashed(tie_line(half_width()))
        self.play(Create(line), run_time=self.theme.move)  # type: ignore[arg-type]
        self.passing.append(line)
        self.note("Now the boundary\\ is straight.", self.theme.accent, top=-0.2)
        self.say("Every piece of the bent boundary now lies on one straight line.")

    @beat(
        "Linear: z3",
        shows="One long stretch draws everything out along a diagonal: blue at one end, red at the "
        "other, the boundary between them on the line of equal coordinates.",
    )
    def linear3(self) -> None:
        self.say("The last linear layer pulls the two classes apart.")
        self.layer(4)
        reach = np.abs(self.plane.window()).min()
        line = self.dashed(np.array([[-reach, -reach], [reach, reach]]))
        self.play(Create(line), run_time=self.theme.quick)  # type: ignore[arg-type]
        self.passing.append(line)
        self.note("On the dashed line\\ the logits are equal.")
        self.say("On the dashed line the two logits are equal.")

    @beat(
        "Softmax: y",
        shows="Everything drops onto the segment from (0, 1) to (1, 0). Red gathers at (0, 1), "
        "blue at (1, 0); the boundary is its middle.",
    )
    def softmax(self) -> None:
        self.say("softmax drops everything onto the one-simplex.")
        self.layer(5, room=0.17)
        share, count = f"{100 * accuracy():.3g}", len(self.values["data"][0])
        middle = self.values["boundary"][6][:1]
        ring = Cloud(
            self.plane.at(middle),
            self.theme.accent,
            radius=self.theme.big_dot_radius,
            markers="ring",
        )
        self.play(FadeIn(ring, *self.corner_labels(middle)), run_time=self.theme.quick)
        self.note(f"{share} % of the {count} points\\ on their class's side")
        self.say(f"{share} percent of the points are on their class's side.")

    def corner_labels(self, middle: np.ndarray) -> list[Text]:
        """What the ends and the middle of the one-simplex are."""
        size = self.theme.label_size
        blue, red = self.theme.classes[:2]
        ends = self.plane.at(np.concatenate([np.eye(2), middle]))
        return [
            Text("blue $(1, 0)$", size=size, color=blue).next_to(ends[0], UP + RIGHT, buff=0.15),
            Text("red $(0, 1)$", size=size, color=red).next_to(ends[1], RIGHT, buff=0.3),
            Text("boundary $(1\\/2, 1\\/2)$", size=size, color=self.theme.accent).next_to(
                ends[2], UP + RIGHT, buff=0.1
            ),
        ]

    def prepare(self) -> None:
        """Draw everything at the input."""
        self.values = paths()
        self.passing: list[Mobject] = []
        self.plane = RuledPlane((2.35, -0.2), (8.1, 5.9), self.values["square"][0])
        self.batches = self.draw()
        for height, batch in enumerate(self.batches.values()):
            batch.set_z_index(height)
        self.legend = self.draw_legend()

    def draw(self) -> dict[str, Batch]:
        """The batches, in the order they lie over each other."""
        t = self.theme
        starts = {key: bundle.offsets for key, bundle in bundles().items()}
        at = {key: self.plane.at(path[0]) for key, path in self.values.items()}
        tints = [*t.classes[2:], t.data]
        colors = [tints[i % len(tints)] for i in range(len(starts["regions"]) - 1)]
        labels = trained()[0].dataset.labels
        made: dict[str, Batch] = {
            "regions": Polygons(
                at["regions"],
                starts["regions"],
                colors=colors,
                opacity=t.density_opacity,
                stroke_width=t.grid_width,
            ),
            "grid": Lines(
                at["grid"],
                starts["grid"],
                colors=t.grid,
                stroke_width=t.grid_width,
                opacity=t.line_opacity,
            ),
            "square": Lines(at["square"], colors=t.muted, stroke_width=t.axis_width),
            "data": Cloud(
                at["data"],
                [t.classes[label] for label in labels],
                radius=t.dot_radius,
                opacity=t.cloud_opacity,
                markers=[MARKERS[label] for label in labels],
            ),
            "boundary": Lines(
                at["boundary"],
                np.arange(0, len(at["boundary"]) + 1, 2),
                colors=t.accent,
                stroke_width=t.curve_width,
            ),
        }
        return made

    def draw_legend(self) -> Group:
        """What the marks mean, at the foot of the left column."""
        t = self.theme
        stroke = Lines(
            np.array([[-0.14, 0.0], [0.14, 0.0]]), colors=t.accent, stroke_width=t.curve_width
        )
        marks: list[Batch] = [
            Cloud(np.zeros((1, 3)), color, radius=t.big_dot_radius, markers=marker)
            for color, marker in zip(t.classes, MARKERS, strict=False)
        ]
        names = [*trained()[0].dataset.class_names, "decision boundary"]
        rows = Group()
        for i, (mark, name) in enumerate(zip([*marks, stroke], names, strict=True)):
            mark.move_to(np.array([self.column_left() + 0.14, -2.1 - 0.45 * i, 0]))
            words = Text(name, size=t.tick_size, color=t.muted)
            rows.add(mark, words.next_to(mark.get_center(), RIGHT, buff=0.3))
        return rows

    def column_left(self) -> float:
        return -config.frame_width / 2 + self.theme.margin_x

    def in_column(self, text: Group | Text, top: float = 2.2) -> Group | Text:
        """``text`` put into the left column, its upper edge at ``top``."""
        return text.move_to(np.array([self.column_left(), top, 0]), aligned_edge=LEFT + UP)

    def layer(self, index: int, *, room: float = 0.1) -> None:
        """Move everything through layer ``index``, and let the view follow."""
        net = trained()[1]
        self.heading(f"`{net.layers[index].name}` #h(0.6em) {FORMULAS[index]}")
        self.play(*map(FadeOut, self.passing), run_time=self.theme.quick)
        self.passing = []
        moves = {
            k: layer_moves(net.layers[index], p[index], KEYFRAMES) for k, p in self.values.items()
        }
        everywhere = np.concatenate([m.frames.reshape(-1, 2) for p in moves.values() for m in p])
        if not self.plane.holds(everywhere):
            self.zoom(self.plane.fit(everywhere))
        names = [move.name for move in moves["data"]]
        for part, name in enumerate(names):
            self.step(name, {key: path[part].frames for key, path in moves.items()})
        shown = np.concatenate([path[index + 1] for path in self.values.values()])
        self.zoom(self.plane.fit(shown, room=room))

    def note(self, words: str, color: str | None = None, *, top: float = 2.2) -> None:
        """Say something in the left column until the next layer moves."""
        text = self.in_column(Text(words, size=self.theme.label_size, color=color), top)
        self.play(FadeIn(text), run_time=self.theme.quick)
        self.passing.append(text)

    def step(self, name: str, frames: dict[str, np.ndarray]) -> None:
        """One part of a layer's action, its name beside it."""
        words = self.in_column(
            Text(PARTS[name], size=self.theme.label_size, color=self.theme.accent)
        )
        self.add(words)
        self.play(
            *(
                Through(batch, [self.plane.at(frame) for frame in frames[key]])
                for key, batch in self.batches.items()
            ),
            run_time=self.theme.slow if name == "move" else self.theme.quick,
        )
        self.remove(words)

    def zoom(self, view: View) -> None:
        """Show another piece of the plane; the rulers slide, the scale is seen to change."""
        words = self.in_column(Text("change of scale", size=self.theme.label_size))
        self.add(words)
        self.play(*self.plane.zoom(view, list(self.batches.values())), run_time=self.theme.quick)
        self.remove(words)

    def dashed(self, ends: np.ndarray) -> Lines:
        """A dashed line through two points of the plane."""
        return Lines(
            self.plane.at(ends),
            colors=self.theme.ink,
            stroke_width=self.theme.line_width,
            dash=(0.12, 0.1),
        )

    def tell_flattened(self, name: str) -> None:
        """Say how many regions are segments and points by now, and how much data they hold."""
        head = ("became", "regions", "data")
        cells = [f"[#text(size: 0.8em)[{word}]]" for word in head]
        for word, (count, share) in zip(
            ("point", "segment", "polygon"), flattened(name), strict=True
        ):
            cells += [f"[{word}]", f"[{count}]", f"[{100 * share:.1f} %]"]
        table = (
            "#grid(columns: 3, column-gutter: 0.7em, row-gutter: 0.75em, "
            f"align: (left, right, right), {', '.join(cells)})"
        )
        self.note(table)
