"""How a vision transformer disentangles classes, layer by layer (figure 1.9).

Shows the embeddings in ``assets/``, or those in the file that the environment
variable ``EMBEDDINGS`` names; ``python -m model.embedding images`` makes one
of your own images.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from manim import DOWN, LEFT, UP, FadeIn, FadeOut, Group, LaggedStart, VGroup, linear, smooth

from mobjects.block_stack import BlockStack
from mobjects.curve import CurvePlot
from mobjects.island_names import IslandNames
from mobjects.joint_map import JointMap, Window
from mobjects.layer_panel import (
    Legend,
    Measures,
    SmallMultiples,
    class_colors,
    class_markers,
    squares,
)
from mobjects.motion import Change, Through
from mobjects.story import Story, beat
from mobjects.text import Text, left_aligned
from mobjects.theme import theme
from mobjects.thumbnails import Thumbnails, lattice, patches, towards
from mobjects.wave import arriving
from model.embedding.names import short_names
from model.embedding.view import (
    blocks,
    depth,
    numbers_per_image,
    sample_image,
    separation,
    shown,
    still,
    told_still,
)

_ONE_MAP = r"One joint t-SNE map \ of all layers; the \ frame is our window."
_CAUTION = r"A rough view: cluster \ sizes and distances \ are not to be read."

_STAGE = np.array([12.9, 6.0])
_MIDDLE = np.array([0.0, -0.4])
_WINDOW = (6.9, 6.0), (-3.05, -0.4)
_OVERVIEW = (2.5, 2.5), (2.25, -2.15)
_SECOND = (5.6, 3.9), (3.7, -1.45)
_TILE = 0.25
_LARGE, _LEFT = 4.9, np.array([-3.2, -0.4])
_TOWER, _PITCH = 7.31, 0.43


def sample_patches() -> np.ndarray:
    """The patches that the network cuts that image into; the whole image when it is not known."""
    e = shown()
    image = e.thumbnails[sample_image()]
    size = e.parameters.get("network", {}).get("patch_size", image.shape[0])
    return patches(image, size)


class Disentangling(Story):
    """The same images, layer by layer: the network pulls their classes apart."""

    title = "How a vision transformer sorts images"
    figure = "1.9"

    @beat("Images", shows="Small images, each in its class's colour, fly in and fill the frame.")
    def images(self) -> None:
        e = shown()
        self.heading(f"{len(e):,} images of {len(e.class_names)} classes")
        self.say("These images go through a network: a vision transformer.")
        self.all = image_wall()
        ends = self.all.points
        starts = ends * [1.5, 1.0, 0.0] - [0.0, 9.0, 0.0]
        rows = -ends[:, 1]
        front = np.linspace(rows.min() - 3, rows.max(), 45)
        frames = arriving(starts, ends, rows, front, lead=3)
        flight = Through(self.all, frames, rate_func=linear)
        self.play(flight, run_time=self.theme.slow)

    @beat(
        "Patches",
        shows="One image grows large and is cut into square patches; their sizes stand beside it.",
    )
    def patches(self) -> None:
        cut = sample_patches()
        self.heading(f"Each one is cut into *{len(cut) if len(cut) > 1 else ''} patches*")
        self.say("It cuts every image into patches, and reads each one as a token.")
        index = sample_image()
        start, image = self.all.points[index : index + 1], shown().thumbnails[index : index + 1]
        one = Thumbnails(start, image, side=self.all.side, colors=self.theme.ink)
        grow = Change(one, towards(one, _LEFT[None], _LARGE), rate_func=smooth)
        self.play(FadeOut(self.all), grow, run_time=self.theme.move)
        columns = round(len(cut) ** 0.5)
        side = _LARGE / columns
        places = lattice(len(cut), columns, side)
        self.cut = Thumbnails(places + _LEFT, cut, side=side, colors=self.theme.ink)
        self.remove(one)
        apart = places * 1.15 + _LEFT
        self.frames = squares(apart, side)
        self.play(Through(self.cut, [places + _LEFT, apart]), run_time=self.theme.move)
        self.words = pixels().move_to(np.array([1.2, -0.4, 0.0]), aligned_edge=LEFT)
        self.play(FadeIn(self.frames), FadeIn(self.words), run_time=self.theme.quick)

    @beat(
        "Blocks",
        shows="The patches line up as tokens at the bottom, behind a highlighted one; above them "
        "the network's blocks are stacked, those looked at marked.",
    )
    def stack(self) -> None:
        names, marked = zip(*blocks(), strict=True)
        self.heading(
            f"*{len(names)} blocks* mix the tokens" if depth() else "Blocks mix the tokens"
        )
        self.say("Block after block, each token takes in what the others hold.")
        count = len(self.cut.points) + 1
        pitch = min(_PITCH, _TOWER / count)
        x = -6.5 + pitch * (np.arange(count) + 0.5)
        row = np.stack([x, np.full_like(x, -3.15)], axis=1)
        line_up = Change(self.cut, towards(self.cut, row[1:], 0.86 * pitch), rate_func=smooth)
        self.play(FadeOut(self.frames), FadeOut(self.words), line_up, run_time=self.theme.move)
        tower = BlockStack(names, marked, size=(_TOWER, 5.3), center=(_TOWER / 2 - 6.5, -0.05))
        boxes = Group(
            squares(row[1:], 0.86 * pitch),
            squares(row[:1], 0.86 * pitch, marked=True),
        )
        slabs = [FadeIn(slab, shift=UP * 0.2) for slab in tower.slabs]
        self.play(FadeIn(boxes), LaggedStart(*slabs, lag_ratio=0.3), run_time=self.theme.slow)
        self.say(f"We look at {numbers_per_image()} numbers per image, at {sum(marked)} blocks.")
        words = account().move_to(np.array([_TOWER - 5.9, -0.05, 0.0]), aligned_edge=LEFT)
        self.play(FadeIn(words), run_time=self.theme.quick)

    @beat(
        "First layer",
        shows="The images move to their places on a map of the first layer: colours mixed. Beside "
        "it two curves begin, over a small view of the whole map.",
    )
    def first(self) -> None:
        self.clear_stage()
        self.heading("At the first layer: *mixed*")
        self.say("On the map of the first layer, the classes lie mixed.")
        self.map, self.curves, self.measures, self.notes = layer_view()
        batch = self.map.batch
        ends, walls = batch.points, image_wall().points
        batch.points = walls
        self.play(FadeIn(batch), run_time=self.theme.quick)
        self.play(Through(batch, [walls, ends]), run_time=self.theme.slow)
        beside = Group(self.map.window, self.map.overview, self.map.all, self.map.now)
        self.play(
            *map(FadeIn, (beside, self.map.sight, self.curves, self.measures, self.notes)),
            run_time=self.theme.quick,
        )

    @beat(
        "Layer by layer",
        shows="The images travel on to the next layers. Block by block two curves grow to the "
        "right: nearest-neighbour accuracy and silhouette.",
        question="Will the classes come apart?",
    )
    def on_the_way(self) -> None:
        self.heading("The same images, *layer by layer*")
        self.ask("Will the classes come apart?")
        count = len(shown().layers)
        for layer in range(1, (count + 1) // 2):
            self._travel(layer)
        self.say("One map for all layers. The ways between are only drawn to follow.")

    @beat(
        "Apart",
        shows="The images travel on, until those of one colour lie in islands, named by class.",
    )
    def apart(self) -> None:
        self.heading("... and the classes *come apart*")
        self.say("Neighbours share a class more and more: both measures rise.")
        count = len(shown().layers)
        for layer in range((count + 1) // 2, count):
            self._travel(layer)
        self.names = class_names(self.map)
        self.play(FadeIn(self.names), run_time=self.theme.quick)

    @beat(
        "A rough view",
        shows="Left, the last layer's islands. Right, a copy of the images, moved to their first "
        "two principal components: the colours overlap.",
    )
    def rough(self) -> None:
        self.heading("A projection is a *rough view*")
        self.say("Another view of the same layer, PCA: there the classes overlap.")
        kept = Group(self.map.window, self.map.batch)
        self.add(kept)
        self.clear_stage(keep=(kept,))
        second, text = Window(*_SECOND), caution_lines()
        text.move_to(np.array([second.left, 2.6, 0.0]), aligned_edge=LEFT + UP)
        again = self.map.batch.copy()
        points = shown().pca[-1]
        ends = second.at(points, second.around(points))
        self.play(FadeIn(second), run_time=self.theme.quick)
        self.play(Through(again, [again.points, ends]), run_time=self.theme.slow)
        self.play(FadeIn(text, self.names), run_time=self.theme.quick)

    @beat(
        "All layers",
        shows="A column a layer: t-SNE map, PCA map, nearest-neighbour accuracy. First the "
        "colours are mixed, at last apart. Below, a legend of the classes.",
    )
    def together(self) -> None:
        self.clear_stage()
        self.heading("All layers, *side by side*")
        self.say("Layer by layer, the network pulls the classes apart.")
        columns = [FadeIn(column) for column in joint_figure()]
        self.play(LaggedStart(*columns, lag_ratio=0.4), run_time=self.theme.slow)

    def _travel(self, layer: int) -> None:
        """Let the points travel to ``layer`` from the one before, and the curves grow."""
        at_rest = still()[layer]
        if at_rest:
            self.say(told_still(layer))
        moving = Group(*self.map.moving, *self.curves.moving)
        run_time = self.theme.quick if at_rest else self.theme.slow
        step = _step(self.map, self.curves, layer - 1)
        self.play(Change(moving, step, rate_func=smooth), run_time=run_time)
        self.measures.show_layer(layer)


def image_wall() -> Thumbnails:
    """All images, row by row, over the whole stage."""
    e = shown()
    columns = int(np.ceil(np.sqrt(len(e) * _STAGE[0] / _STAGE[1])))
    rows = -(-len(e) // columns)
    pitch = float(min(_STAGE / [columns, rows]))
    centers = lattice(len(e), columns, pitch) + _MIDDLE
    return Thumbnails(centers, e.thumbnails, side=0.9 * pitch, colors=class_colors(e.labels))


def layer_view() -> tuple[JointMap, CurvePlot, Measures, VGroup]:
    """The map with its overview, the curves, their values, and the words beside."""
    e, t = shown(), theme()
    colors = class_colors(e.labels)
    tiles = Thumbnails(np.zeros((len(e), 2)), e.thumbnails, side=_TILE, colors=colors)
    joint = JointMap(e.points, tiles, Window(*_WINDOW), Window(*_OVERVIEW))
    words = rf"measured in all \ ${numbers_per_image()}$ dimensions"
    space = Text(words, size=t.tick_size, color=t.muted)
    space.move_to(np.array([4.46, 1.87, 0.0]), aligned_edge=LEFT)
    notes = left_aligned(
        *(Text(words, size=t.tick_size, color=t.muted) for words in (_ONE_MAP, _CAUTION)), buff=0.3
    )
    notes.move_to(np.array([3.68, -2.15, 0.0]), aligned_edge=LEFT)
    curves, measures = separation_curves()
    return joint, curves, measures.add(space), notes


def separation_curves() -> tuple[CurvePlot, Measures]:
    """How well the classes are apart at each layer, as curves and as numbers."""
    where, measured = separation()
    colors, markers = (theme().ink, theme().muted), ("disc", "diamond")
    curves = CurvePlot(
        where,
        measured,
        colors=colors,
        markers=markers,
        window=(where[0] - 0.4, where[-1] + 0.4),
        height_window=(min(-0.1, float(measured.min()) - 0.05), 1.0),
        length=3.75,
        height=1.55,
        corner=(1.55, -0.2),
        ticks=(0, 0.5, 1),
        label='"block"',
    )
    measures = Measures(
        short_names(shown().layers, tail=True),
        ("kNN accuracy", "silhouette"),
        measured,
        colors=colors,
        markers=markers,
        title_at=(1.0, 2.5),
        rows_at=(1.08, 2.05),
        column=2.25,
    )
    return curves, measures


def class_names(joint: JointMap) -> IslandNames:
    """The classes' names beside the middles of their points in the last layer."""
    e = shown()
    present, last = np.unique(e.labels), len(e.layers) - 1
    part = joint.part(last)
    return IslandNames(
        [e.class_names[k] for k in present],
        class_colors(present),
        joint.window.at(e.centres[last, present], part),
        joint.window.at(e.points[last], part),
        room=_TILE / 3,
        window=joint.window,
    )


def caution_lines() -> VGroup:
    """What the two views are, and what is not to be read from them."""
    t = theme()
    first = r"Left: t-SNE. Cluster *sizes* and \ *distances* are not to be read."
    second = r"Below: the same layer's first two \ principal components (PCA)."
    return left_aligned(
        Text(first, size=t.label_size),
        Text(second, size=t.label_size, color=t.muted),
        buff=0.3,
    )


def joint_figure() -> Group:
    """All layers as small multiples, t-SNE over PCA: row labels, a column a layer, the legend."""
    e, t = shown(), theme()
    looks = class_colors(e.labels), class_markers(e.labels)
    pitch = 11.9 / len(e.layers)
    centers = -5.46 + pitch * (np.arange(len(e.layers)) + 0.5)
    side = min(pitch - 0.12, 1.9)
    above, below = (
        SmallMultiples(layers, *looks, centers=centers.tolist(), middle=y, side=side)
        for layers, y in ((e.points, 1.2), (e.pca, -0.8))
    )
    columns = []
    for index, name in enumerate(short_names(e.layers)):
        x = float(centers[index])
        title = Text(f"`{name}`", size=t.tick_size).move_to(np.array([x, 2.42, 0.0]))
        value = Text(f"${e.knn_accuracy[index]:.2f}$", size=t.tick_size).move_to(
            np.array([x, -2.05, 0.0])
        )
        columns.append(Group(title, above[index], below[index], value))
    heads = Group(
        *(
            Text(word, size=t.tick_size, color=t.muted).move_to(
                np.array([-6.5, y, 0.0]), aligned_edge=LEFT
            )
            for word, y in (("t-SNE", 1.2), ("PCA", -0.8), ("kNN", -2.05))
        )
    )
    classes = np.arange(len(e.class_names))
    legend = Legend(
        e.class_names, class_colors(classes), class_markers(classes), width=13.0, middle=(0, -2.65)
    )
    words = "Every panel has its own window; cluster sizes and distances are not to be read."
    caution = Text(words, size=t.tick_size, color=t.muted).move_to(DOWN * 3.25)
    return Group(heads, *columns, Group(legend, caution))


def account() -> Text:
    """Where the network is looked at, and how much is seen there."""
    e = shown()
    lines = [f"At *{len(e.layers)} blocks*, after", "the first norm:"]
    width, count = e.parameters.get("network", {}).get("width"), len(sample_patches())
    if width is not None:
        lines += [f'${count}$ patches, $1$ #text(fill: rgb("{theme().accent}"))[class token]:']
        lines += [f"${count + 1}$ tokens of ${width}$ numbers"]
    return Text(r" \ ".join([*lines, f"$= {numbers_per_image()}$ numbers an image"]))


def pixels() -> Text:
    """The sizes of an image and of its patches."""
    rows, columns = shown().thumbnails.shape[1:3]
    cut = sample_patches()
    high, wide = cut.shape[1:3]
    of = [f"$= {len(cut)}$ patches", f"of ${high} times {wide}$ pixels"] if len(cut) > 1 else []
    lines = [f"${rows} times {columns}$ pixels", *of]
    return Text(r" \ ".join(lines))


def _step(joint: JointMap, curves: CurvePlot, start: int) -> Callable[[Group, float], None]:
    """Move the map and the curves one layer on from ``start``."""

    def change(_moving: Group, share: float) -> None:
        joint.set_place(start + share)
        curves.set_reach(start + share)

    return change
