"""Figure 1.3: what one-dimensional layers do, side by side and in step.

Linear maps on the top row, nonlinear layers below; all get the same points
and the same Gaussian, and every output is computed by the layer it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from manim import RIGHT, UP, FadeIn, Group, smooth

from mobjects.axis import Axis
from mobjects.baseline import on_baseline
from mobjects.batch import Cloud, Lines
from mobjects.density import AtomBar, DensityPlot
from mobjects.motion import Change
from mobjects.story import Story, beat
from mobjects.text import Readout, Text
from mobjects.theme import theme
from model import LeakyReLU, Linear, ReLU, Sigmoid, Tanh
from model.density import Gaussian, Pushforward, pushforward
from model.layers import Layer

WINDOW = (-4.0, 4.0)
INPUTS = np.linspace(-2, 2, 9)
SLIDE = 0.5

_COLUMNS = (-4.86, -1.62, 1.62, 4.86)
_UPPERS, _LOWERS, _NAMES = (2.1, -1.4), (0.95, -2.55), (0.25, -3.25)
_LENGTH, _HEIGHT = 2.75, 0.7  # of an axis; of a density of 1, and of an atom of mass 1
_DETAIL, _NEARLY_ALL = 72, 1 - 1e-6


@dataclass(frozen=True)
class Exhibit:
    """One layer of the gallery and what it is called."""

    name: str
    layer: Layer


def exhibits() -> tuple[Exhibit, ...]:
    """Four linear maps, then four nonlinear layers."""
    return (
        Exhibit("stretch $1.5 x$", Linear([[1.5]])),
        Exhibit("squash $0.5 x$", Linear([[0.5]])),
        Exhibit("shift $x + 1$", Linear([[1.0]], [1.0])),
        Exhibit("flip $-x$", Linear([[-1.0]])),
        Exhibit("`relu`", ReLU()),
        Exhibit("`leaky relu`, $0.3$", LeakyReLU(0.3)),
        Exhibit("`sigmoid`", Sigmoid()),
        Exhibit("`tanh`", Tanh()),
    )


def outputs(layer: Layer, inputs: np.ndarray) -> np.ndarray:
    """Where ``layer`` sends ``inputs`` (n,)."""
    return layer(inputs[:, None])[:, 0]


def image(layer: Layer, mean: float) -> Pushforward:
    """The exact distribution behind ``layer`` of a Gaussian of standard deviation 1."""
    return pushforward(layer, Gaussian(mean, 1.0))


class Panel(Group):
    """What moves in one layer's mapping plot, with room for a density below and above it.

    Its ``frame``, which stays, is not among its parts.
    """

    def __init__(self, exhibit: Exhibit, column: int, row: int) -> None:
        super().__init__()
        t = theme()
        self.layer, self.inputs, self.way = exhibit.layer, INPUTS, 0.0
        x = _COLUMNS[column]
        self.title = Text(exhibit.name, size=t.label_size)
        on_baseline(self.title.move_to((x, 0, 0)), _NAMES[row])
        self.lower = Axis(WINDOW, _LENGTH, (x, _LOWERS[row]))
        self.upper = Axis(WINDOW, _LENGTH, (x, _UPPERS[row]))
        self.zeros = self._zeros()
        self.sources = Cloud(self.lower.at(self.inputs), t.data, radius=t.dot_radius * 1.3)
        self.images = self.sources.copy()
        start = self.sources.points
        self.lines = Lines.segments(
            start, start, colors=t.data, stroke_width=t.line_width, opacity=t.line_opacity
        )
        self.frame = Group(self.title, self.lower, self.upper, self.zeros)
        self.add(self.lines, self.sources, self.images)

    def _zeros(self) -> Lines:
        """A tick at 0 on both axes."""
        places = np.concatenate([self.lower.at([0.0]), self.upper.at([0.0])])
        half = np.array([0, theme().dot_radius * 2, 0])
        return Lines.segments(
            places - half, places + half, colors=theme().muted, stroke_width=theme().axis_width
        )

    def travel(self, way: float) -> None:
        """Send the points ``way`` (0 to 1) of their way up, drawing their lines."""
        self.way = way
        start = self.lower.at(self.inputs)
        tips = start + way * (self.upper.at(outputs(self.layer, self.inputs)) - start)
        self.sources.set_points(start)
        self.images.set_points(tips)
        self.lines.set_ends(start, tips)

    def add_densities(self) -> None:
        """Make ready the Gaussian that hangs below and its image above, an atom if there is one."""
        out = image(self.layer, 0.0)
        self.below = DensityPlot(self.lower, _source_graph(0.0), _HEIGHT, below=True)
        self.above = DensityPlot(self.upper, _graph(out), _HEIGHT)
        self.atoms = Group()
        if out.atoms:
            location, mass = out.atoms[0]
            self.atoms.add(AtomBar(self.upper, location, mass, _HEIGHT), self._mass(mass))

    def _mass(self, mass: float) -> Readout:
        made = Readout(mass, size=theme().label_size, color=theme().accent)
        made.move_to(self.upper.at([-0.5])[0], aligned_edge=RIGHT)
        return on_baseline(made, self.upper.at([0.0])[0, 1] + 0.2)

    def set_mean(self, mean: float) -> None:
        """Slide the input points and the Gaussian; everything above them follows."""
        self.inputs = INPUTS + mean
        self.travel(self.way)
        out = image(self.layer, mean)
        self.below.set_graph(_source_graph(mean))
        self.above.set_graph(_graph(out))
        if len(self.atoms):
            bar, mass = self.atoms
            bar.set_mass(out.atoms[0][1])
            mass.set_value(out.atoms[0][1])


def _graph(out: Pushforward) -> np.ndarray:
    return out.graph(_DETAIL, mass=_NEARLY_ALL)


@lru_cache(maxsize=4)
def _source_graph(mean: float) -> np.ndarray:
    return Gaussian(mean, 1.0).graph(_DETAIL, mass=_NEARLY_ALL)


class Gallery(Group):
    """All panels, moved in step."""

    def __init__(self) -> None:
        super().__init__()
        self.mean = 0.0
        self.panels = [Panel(each, i % 4, i // 4) for i, each in enumerate(exhibits())]
        self.add(*self.panels)

    def travel(self, way: float) -> None:
        for panel in self.panels:
            panel.travel(way)

    def set_mean(self, mean: float) -> None:
        self.mean = mean
        for panel in self.panels:
            panel.set_mean(mean)


def _travel(gallery: Gallery, share: float) -> None:
    gallery.travel(share)


class LayerGallery(Story):
    """Eight layers, the same points, then the same Gaussian."""

    title = "A gallery of layers"
    figure = "1.3"

    @beat(
        "Eight layers",
        shows="Eight small mapping plots in two rows, each with an input axis below, an output "
        "axis above, the same nine input points from -2 to 2 and its name underneath. Top row: "
        "stretch 1.5 x, squash 0.5 x, shift x + 1, flip -x. Bottom row: relu, leaky relu, "
        "sigmoid, tanh.",
    )
    def layers(self) -> None:
        self.heading("Eight layers, the same inputs; every axis from $-4$ to $4$")
        self.say("The same nine inputs wait below eight layers.")
        self.gallery = Gallery()
        waiting = [part for panel in self.gallery.panels for part in (panel.frame, panel.sources)]
        self.play(FadeIn(*waiting), run_time=self.theme.move)

    @beat(
        "In step",
        shows="In all eight plots the points travel up at once, each drawing a line. Top row: the "
        "lines fan out, draw together, slant to the right, cross. Bottom row: at relu the left "
        "half meets at 0, at leaky relu it draws together, at sigmoid all lines lean towards the "
        "stretch from 0 to 1, at tanh the outer ones lean towards the upright middle one.",
        question="Which layers keep the points evenly spaced?",
    )
    def step(self) -> None:
        self.ask("Which layers keep the points evenly spaced?")
        self.say("All of them go up together.")
        self.add(self.gallery)
        self.play(Change(self.gallery, _travel, rate_func=smooth), run_time=self.theme.slow)

    @beat(
        "Linear",
        shows="The lines of the top row light up. In each of its four plots the nine outputs are "
        "evenly spaced, as the inputs are.",
    )
    def linear(self) -> None:
        self.heading("Linear: one stretch factor everywhere")
        self.say("Linear layers treat every place alike: even stays even.")
        self._light(self.gallery.panels[:4])

    @beat(
        "Nonlinear",
        shows="The lines of the bottom row light up instead. There the outputs are unevenly "
        "spaced: at relu five of nine coincide at 0, at sigmoid and tanh the outer ones lie "
        "closest together.",
    )
    def nonlinear(self) -> None:
        self.heading("Nonlinear: the stretch depends on the place")
        self.say("Nonlinear ones squash some places more than others.")
        self._dim(self.gallery.panels[:4])
        self._light(self.gallery.panels[4:])

    @beat(
        "A Gaussian input",
        shows="The same bell-shaped density, centred at 0, hangs below each of the eight input "
        "axes.",
        question="Which layer gathers many inputs in one value?",
    )
    def gaussian(self) -> None:
        self.heading("Now each gets the same Gaussian")
        self._dim(self.gallery.panels[4:])
        for panel in self.gallery.panels:
            panel.add_densities()
        below = [panel.below for panel in self.gallery.panels]
        self.play(FadeIn(*below), run_time=self.theme.move)
        self.ask("Which layer gathers many inputs in one value?")

    @beat(
        "Exact outputs",
        shows="The exact density stands on each output axis. Top row: a lower and wider bell, a "
        "taller and narrower one, one moved to the right, one unchanged. Bottom row: at relu the "
        "right half of the bell and a bar at 0, an atom of mass 0.50; at leaky relu a bell with a "
        "steep left half; at sigmoid a tall narrow hump; at tanh two humps, near -1 and 1.",
    )
    def exact(self) -> None:
        self.heading("Exact densities; `relu` gathers half in an atom")
        self.say("relu: half of the mass is now exactly at 0.")
        above = [panel.above for panel in self.gallery.panels]
        atoms = [part for panel in self.gallery.panels for part in panel.atoms]
        self.play(FadeIn(*above), run_time=self.theme.move)
        self.play(FadeIn(*atoms, shift=0.2 * UP), run_time=self.theme.move)

    @beat(
        "Slide the input",
        shows="All input densities slide left by 0.5, then as far to the right of 0, then back. "
        "Every output density follows. The atom of relu grows to 0.69, shrinks to 0.31 and is "
        "0.50 again.",
    )
    def slide(self) -> None:
        self.heading("Slide the input: every output follows")
        self.say("Left, right and back: each output density is exact.")
        for panel in self.gallery.panels:
            panel.add(panel.below, panel.above, panel.atoms)
        self._slide(-SLIDE)
        self._slide(SLIDE)
        self.say("The mass at 0 is the mass that was below 0.")
        self._slide(0.0)

    def _light(self, panels: list[Panel]) -> None:
        self._recolour(panels, self.theme.accent, 1.0)

    def _dim(self, panels: list[Panel]) -> None:
        self._recolour(panels, self.theme.data, self.theme.line_opacity)

    def _recolour(self, panels: list[Panel], color: str, opacity: float) -> None:
        changes = [panel.lines.animate.set_color(color).set_opacity(opacity) for panel in panels]
        self.play(*changes, run_time=self.theme.quick)

    def _slide(self, mean: float) -> None:
        def follow(
            gallery: Gallery, share: float, start: float = self.gallery.mean, end: float = mean
        ) -> None:
            gallery.set_mean((1 - share) * start + share * end)

        self.play(Change(self.gallery, follow, rate_func=smooth), run_time=self.theme.slow)
