"""Figures 1.1 and 1.2: reading a graph is a mapping, and a mapping can be drawn without a graph.

Both curves are networks; each sample's height, line and number is what they compute.
"""

from __future__ import annotations

import numpy as np
from manim import LEFT, Create, FadeIn, FadeOut, Group, smooth

from mobjects.baseline import on_baseline
from mobjects.graph import SwingingGraph
from mobjects.motion import Change
from mobjects.story import Story, beat
from mobjects.text import Text, left_aligned
from mobjects.theme import theme
from model import Linear, Network, Tanh
from model.density import stretch

WINDOW = (-2.0, 2.0)
INPUTS = np.linspace(-1.8, 1.8, 9)
PICKED = 6

_TICKS = (-2, -1, 0, 1, 2)
_LENGTH, _RISE = 4.4, 3.2
_LEFT, _RIGHT = (-5.7, -2.45), (1.1, -2.45)
_PAIR, _FORMULA, _SLOPE = 1.75, 2.35, -3.45  # baselines


def identity() -> Network:
    """x_out = x_in, as a layer with weight 1 and bias 0."""
    return Network([Linear([[1.0]])])


def bent() -> Network:
    """x_out = 1.8 tanh(1.4 x_in): steep in the middle, flat at both ends."""
    return Network([Linear([[1.4]]), Tanh(), Linear([[1.8]])])


def outputs(net: Network, inputs: np.ndarray) -> np.ndarray:
    """The values (n,) of a network of one variable at ``inputs`` (n,)."""
    return net(inputs[:, None])[:, 0]


def slopes(net: Network) -> tuple[tuple[float, float], ...]:
    """(input, slope there) at the outermost samples and at 0."""
    at = np.array([INPUTS[0], 0.0, INPUTS[-1]])
    return tuple(zip(at.tolist(), stretch(net, at).tolist(), strict=True))


def formula() -> str:
    """The bent curve as mathematics, from its own weights."""
    inner, _, outer = bent()
    assert isinstance(inner, Linear)
    assert isinstance(outer, Linear)
    return f'$x_"out" = {outer.weight[0, 0]:g} tanh({inner.weight[0, 0]:g} x_"in")$'


def pair(net: Network) -> str:
    """The picked sample and its value, as mathematics."""
    x = INPUTS[PICKED]
    return f"${x:.2f} arrow.r.bar {outputs(net, np.array([x]))[0]:.2f}$"


def graph_of(net: Network, corner: tuple[float, float]) -> SwingingGraph:
    """The network's graph on a fine mesh with the samples, the picked one in the accent colour."""
    x = np.linspace(*WINDOW, 401)
    colors = [theme().data] * len(INPUTS)
    colors[PICKED] = theme().accent
    return SwingingGraph(
        WINDOW,
        _LENGTH,
        corner,
        curve=np.stack([x, outputs(net, x)], axis=1),
        inputs=INPUTS,
        outputs=outputs(net, INPUTS),
        rise=_RISE,
        ticks=_TICKS,
        colors=colors,
    )


def _set(text: Text, x: float, y: float) -> Text:
    """Centre a text of one line over ``x`` on the baseline ``y``."""
    return on_baseline(text.move_to((x, 0, 0)), y)


def _up(graph: SwingingGraph, share: float) -> None:
    graph.travel(share)


def _across(graph: SwingingGraph, share: float) -> None:
    graph.travel(1 + share)


def _swing(graph: SwingingGraph, share: float) -> None:
    graph.swing(share)


class MappingPlot(Story):
    """From a graph to a mapping plot, for the identity and for a bent curve."""

    title = "Functions as mappings"
    figure = "1.1, 1.2"

    @beat(
        "The graph",
        shows="On the left, two axes from -2 to 2, x-axis level, y-axis upright at its left end. "
        "A straight line draws itself from the lower left to the upper right corner: the graph of "
        "x out = x in, written beside it.",
    )
    def graph(self) -> None:
        self.heading("A function, drawn as its graph")
        self.say("A function is often drawn as its graph.")
        self.left = graph_of(identity(), _LEFT)
        self.play(FadeIn(self.left.axes), run_time=self.theme.quick)
        self.play(Create(self.left.curve), run_time=self.theme.move)  # type: ignore[arg-type]
        self.note = self._notes('$x_"out" = x_"in"$')
        self.play(FadeIn(self.note), run_time=self.theme.quick)

    @beat(
        "Up and across",
        shows="Nine points, evenly spaced on the x-axis, rise straight up to the line and go "
        "level from there to the y-axis, leaving their paths behind. One is highlighted; beside "
        "the graph stands where it goes: from 0.90 to 0.90.",
    )
    def up_and_across(self) -> None:
        self.heading("Reading a graph: up to the curve, then across")
        self.say("Each input goes up to the curve, then across to its output.")
        self.play(FadeIn(self.left.sources), run_time=self.theme.quick)
        self._read(self.left)
        self._renote('$x_"out" = x_"in"$', pair(identity()))

    @beat(
        "The swing",
        shows="The graph fades away; the paths, each with a corner where it was, stay. Then the "
        "y-axis alone swings down, from upright at the left to level above the x-axis, its nine "
        "points riding on it, and the paths become straight lines from axis to axis.",
        question="What if the y-axis lay level above the x-axis?",
    )
    def swing(self) -> None:
        self.ask("What if the y-axis lay level above the x-axis?")
        self.heading("The y-axis swings down")
        self.say("It swings down, and its samples ride along.")
        self._lay_down(self.left)

    @beat(
        "The mapping plot",
        shows="Two level axes, the x-axis below, the y-axis above it. Nine parallel lines join "
        "each input to its output. Words beside them: the identity, upright lines, all parallel.",
    )
    def mapping(self) -> None:
        self.heading("A mapping plot: each input joined to its output")
        self.say("The graph is gone. The lines tell the function.")
        self._renote("The identity:", "upright lines,", "all parallel")

    @beat(
        "Another curve",
        shows="On the right, a second pair of axes from -2 to 2. An S-shaped curve draws itself: "
        "flat at both ends, steep in the middle. Nine evenly spaced points rise to it and go "
        "across to the y-axis, where they crowd at both ends.",
    )
    def another(self) -> None:
        self.heading("Once more, for a curve that bends")
        self.say("Another function: steep in the middle, flat at the ends.")
        self.right = graph_of(bent(), _RIGHT)
        self.play(FadeOut(self.note), FadeIn(self.right.axes), run_time=self.theme.quick)
        self.play(Create(self.right.curve), run_time=self.theme.move)  # type: ignore[arg-type]
        self.play(FadeIn(self.right.sources), run_time=self.theme.quick)
        self._read(self.right)

    @beat(
        "The swing again",
        shows="The curve fades away, and the right y-axis swings down, from upright to level "
        "above its x-axis. The nine paths become straight lines that fan out in the middle and "
        "crowd at both ends.",
        question="Where will the lines spread, where crowd?",
    )
    def swing_again(self) -> None:
        self.ask("Where will the lines spread, where crowd?")
        self.heading("The bent curve as a mapping plot")
        self.say("The same swing.")
        self._lay_down(self.right)

    @beat(
        "Side by side",
        shows="Two mapping plots. Left, the identity: parallel lines, and slope 1.00 under three "
        "of its inputs. Right, 1.8 tanh(1.4 x): lines that fan out in the middle, under which "
        "stands slope 2.52, and crowd at both ends, under which stands slope 0.06. Above each "
        "stands where the highlighted point goes: left from 0.90 to 0.90, right to 1.53.",
    )
    def compare(self) -> None:
        self.heading("Steep spreads the points, flat crowds them")
        self.say("The slope is the factor by which nearby points spread.")
        names = ('$x_"out" = x_"in"$', formula())
        for graph, net, name in zip(
            (self.left, self.right), (identity(), bent()), names, strict=True
        ):
            self.play(FadeIn(*self._words(graph, net, name)), run_time=self.theme.move)

    def _words(self, graph: SwingingGraph, net: Network, name: str) -> list[Text]:
        """A mapping plot's formula, its picked pair, and each slope under its input."""
        size, accent = self.theme.body_size, self.theme.accent
        middle = graph.y_axis.line.get_center()[0]
        words = [
            _set(Text(name, size=size), middle, _FORMULA),
            _set(Text(pair(net), size=size, color=accent), middle, _PAIR),
        ]
        for x, slope in slopes(net):
            text = Text(f"slope ${slope:.2f}$", size=self.theme.tick_size)
            words.append(_set(text, graph.x_axis.at([x])[0, 0], _SLOPE))
        return words

    def _read(self, graph: SwingingGraph) -> None:
        """The samples rise to the curve and go across."""
        self.add(graph)
        self.play(Change(graph, _up, rate_func=smooth), run_time=self.theme.move)
        self.play(Change(graph, _across, rate_func=smooth), run_time=self.theme.move)

    def _lay_down(self, graph: SwingingGraph) -> None:
        """The curve leaves and the y-axis swings down."""
        self.play(FadeOut(graph.curve), run_time=self.theme.move)
        graph.remove(graph.curve)
        self.play(Change(graph, _swing, rate_func=smooth), run_time=self.theme.slow)

    def _notes(self, *lines: str) -> Group:
        texts = [Text(line, size=self.theme.title_size) for line in lines]
        return Group(left_aligned(*texts)).move_to((1.6, 0, 0), aligned_edge=LEFT)

    def _renote(self, *lines: str) -> None:
        new = self._notes(*lines)
        self.swap(self.note, new)
        self.note = new
