"""Figure 1.3, sigmoid: the whole line goes into (0, 1), and a wide input piles up at both ends.

The travelling points are a real sample; the curve over their histogram is the exact density.
"""

from __future__ import annotations

import numpy as np
from manim import LEFT, FadeIn, FadeOut, Group, Mobject, VGroup, smooth

from mobjects.axis import Axis
from mobjects.batch import Cloud, Lines, Polygons
from mobjects.density import DensityPlot
from mobjects.histogram import Histogram
from mobjects.mapping_plot import MappingPlot
from mobjects.motion import Change, Draw
from mobjects.story import Story, beat
from mobjects.text import Math, Readout, Text, left_aligned
from mobjects.theme import theme
from mobjects.zoom import ZoomAxis, zoomed
from model import Network, Sigmoid
from model.density import Gaussian, Pushforward, pushforward

WINDOW = (-9.0, 9.0)
CLOSE = (-0.1, 1.1)
INPUTS = np.linspace(-8, 8, 17)
NARROW, WIDE = 1.0, 2.5
COUNT, SEED = 2000, 9
BINS = np.linspace(0, 1, 41)
MARGIN = 0.05

_TICKS = (-8, -6, -4, -2, 0, 2, 4, 6, 8)
_CLOSE_TICKS = (0.5, 1.0)
_LENGTH, _MIDDLE = 9.7, -1.5
_LOWER, _UPPER = -1.9, 0.2
_INPUT_BASE, _OUTPUT_BASE = -2.45, 0.75
_COLUMN = 3.72
_PER_INPUT, _PER_OUTPUT, _STRIP = 2.2, 0.5, 2.0
_NEARLY_ALL = 1 - 1e-6
_RIDE = 0.25


def outputs(inputs: np.ndarray) -> np.ndarray:
    """Where `sigmoid` sends ``inputs`` (n,)."""
    return Network([Sigmoid()])(inputs[:, None])[:, 0]


def image(std: float) -> Pushforward:
    """The exact distribution behind `sigmoid` of a centred Gaussian."""
    return pushforward(Sigmoid(), Gaussian(0.0, std))


def graph(std: float) -> np.ndarray:
    """The exact density's graph (m, 2) from 0 to 1, at both of which it is 0."""
    inside = image(std).graph(256, mass=_NEARLY_ALL)
    return np.concatenate([[[0.0, 0.0]], inside, [[1.0, 0.0]]])


def sample(std: float) -> np.ndarray:
    """The travelling points' inputs: one seeded standard sample, scaled."""
    return std * Gaussian().sample(COUNT, seed=SEED)


def near_ends(std: float) -> tuple[float, float]:
    """The share within ``MARGIN`` of 0 or 1: exact, and counted in the sample."""
    low, high = image(std).cdf([MARGIN, 1 - MARGIN]).tolist()
    arrived = outputs(sample(std))
    counted = np.mean((arrived <= MARGIN) | (arrived > 1 - MARGIN))
    return low + 1 - high, float(counted)


class Stage(Group):
    """The mapping plot of `sigmoid`, and a Gaussian input of changing width on it."""

    def __init__(self) -> None:
        super().__init__()
        lower = Axis(WINDOW, _LENGTH, (_MIDDLE, _LOWER), ticks=_TICKS, label='x_"in"')
        self.upper = ZoomAxis(
            WINDOW,
            _LENGTH,
            (_MIDDLE, _UPPER),
            ticks=_TICKS + _CLOSE_TICKS,
            label='x_"out"',
            numerals_above=True,
        )
        self.plot = MappingPlot(lower, self.upper, INPUTS, outputs(INPUTS))
        self.arrivals = self.plot.dots.copy()
        formula = Math('x_"out" = 1 / (1 + e^(-x_"in"))', size=theme().label_size)
        formula.move_to((_COLUMN, (_LOWER + _UPPER) / 2, 0), aligned_edge=LEFT)
        self.add(self.plot, self.arrivals, formula)
        self.zoom(0.0)

    def zoom(self, share: float) -> None:
        """Enlarge the output axis from the input axis's window (0) to (0, 1) and a margin (1)."""
        far = np.array([tick in _CLOSE_TICKS for tick in self.upper.ticks])
        self.upper.numeral_opacity = np.where(far, share, 1.0)
        self.upper.set_window(zoomed(WINDOW, CLOSE, share))
        self.plot.set_outputs(self.plot.outputs)
        self.arrivals.set_points(self.upper.at(self.plot.outputs))


class Distributions(Group):
    """A Gaussian of one width on the input axis, what `sigmoid` makes of it, and the points."""

    def __init__(self, lower: Axis, upper: Axis) -> None:
        super().__init__()
        t = theme()
        self.lower, self.upper, self.std = lower, upper, NARROW
        below = Axis(WINDOW, _LENGTH, (_MIDDLE, _INPUT_BASE))
        above = Axis(CLOSE, _LENGTH, (_MIDDLE, _OUTPUT_BASE))
        inputs = sample(NARROW)
        self.source = DensityPlot(below, self._source_graph(), _PER_INPUT, below=True)
        self.histogram = Histogram(above, BINS, outputs(inputs), _PER_OUTPUT)
        self.exact = DensityPlot(above, graph(NARROW), _PER_OUTPUT)
        self.exact.area.set_opacity(0)
        self.departed = Cloud(
            lower.at(inputs), t.data, radius=t.dot_radius, opacity=t.quiet_opacity
        )
        self.points_in_motion = self.departed.copy()
        self.strips = self._strips(above)
        self.numbers = self._numbers()
        self.names = self._names()

    def _source_graph(self) -> np.ndarray:
        return Gaussian(0.0, self.std).graph(128, mass=0.9999)

    def _strips(self, axis: Axis) -> Group:
        """The two ends' strips, as high as the picture."""
        feet = axis.at([0, MARGIN, 1 - MARGIN, 1])[[0, 0, 1, 1, 2, 2, 3, 3]]
        feet[[1, 2, 5, 6], 1] += _STRIP
        t = theme()
        area = Polygons(feet, [0, 4, 8], colors=t.accent, opacity=t.quiet_opacity)
        area.supports = "the lines at its sides"
        sides = Lines(feet, [0, 2, 4, 6, 8], colors=t.accent, stroke_width=t.line_width)
        return Group(area, sides)

    def _numbers(self) -> VGroup:
        exact, counted = near_ends(self.std)
        size = theme().label_size
        self.width_read = Readout(self.std, prefix="$sigma =$ ", size=size)
        self.exact_read = Readout(100 * exact, decimals=1, prefix="exact ", suffix=" %", size=size)
        self.counted_read = Readout(
            100 * counted, decimals=1, prefix="counted ", suffix=" %", size=size
        )
        lines = left_aligned(
            Text(f"within ${MARGIN:g}$", size=size, color=theme().accent),
            Text("of an end:", size=size, color=theme().accent),
            self.exact_read,
            self.counted_read,
        )
        lines.move_to((_COLUMN, _OUTPUT_BASE + 1.05, 0), aligned_edge=LEFT)
        self.width_read.move_to((_COLUMN, _INPUT_BASE - 0.2, 0), aligned_edge=LEFT)
        return lines

    def _names(self) -> Group:
        note = Text("heights: own scales", size=theme().tick_size, color=theme().muted)
        return Group(
            Math('p_"in"').move_to((-6.0, _INPUT_BASE - 0.7, 0)),
            Math('p_"out"').move_to((-6.0, _OUTPUT_BASE + 0.9, 0)),
            note.move_to((_COLUMN, _INPUT_BASE - 0.85, 0), aligned_edge=LEFT),
        )

    def arrive(self, share: float) -> None:
        """Let the points rise one behind the other; the histogram counts those that are there."""
        starts = (1 - _RIDE) * np.arange(COUNT) / COUNT
        way = np.clip((share - starts) / _RIDE, 0, 1)
        inputs = sample(self.std)
        arrived = outputs(inputs)
        low, high = self.lower.at(inputs), self.upper.at(arrived)
        self.points_in_motion.set_points(low + way[:, None] * (high - low))
        self.histogram.set_values(np.where(way < 1, np.inf, arrived))

    def set_std(self, std: float) -> None:
        """Widen or narrow the input; points, histogram, density and numbers follow."""
        self.std = std
        inputs = sample(std)
        arrived = outputs(inputs)
        self.departed.set_points(self.lower.at(inputs))
        self.points_in_motion.set_points(self.upper.at(arrived))
        self.source.set_graph(self._source_graph())
        self.histogram.set_values(arrived)
        self.exact.set_graph(graph(std))
        self.width_read.set_value(std)
        exact, counted = near_ends(std)
        self.exact_read.set_value(100 * exact)
        self.counted_read.set_value(100 * counted)


def _zoom(stage: Stage, share: float) -> None:
    stage.zoom(share)


def _arrive(world: Distributions, share: float) -> None:
    world.arrive(share)


class SigmoidLayer(Story):
    """Everything into (0, 1), and the pile-up at both ends."""

    title = "Sigmoid"
    figure = "1.3, sigmoid"

    @beat(
        "Into (0, 1)",
        shows="Two level axes from -8 to 8, the input below, the output above. Lines from "
        "seventeen evenly spaced inputs draw together: all end between 0 and 1, a short stretch "
        "in the middle of the output axis.",
    )
    def into(self) -> None:
        self.heading("`sigmoid`: the whole line goes into $(0, 1)$")
        self.say("sigmoid sends the whole line between 0 and 1.")
        self.stage = Stage()
        self.play(FadeIn(self.stage), run_time=self.theme.move)

    @beat(
        "Closer",
        shows="The output axis is enlarged until 0 lies near its left end and 1 near its right "
        "end. The lines from inputs near 0 fan out; those from far inputs crowd at 0 or at 1.",
    )
    def closer(self) -> None:
        self.heading("Enlarge the output axis")
        self.say("Enlarged: inputs near 0 spread, far ones crowd at the ends.")
        self.play(Change(self.stage, _zoom, rate_func=smooth), run_time=self.theme.slow)

    @beat(
        "A sample",
        shows="A bell-shaped density of standard deviation 1.00 hangs below the input axis; 2,000 "
        "points lie on the axis, densest at 0. They travel up one behind the other, and a grey "
        "histogram over the output axis counts them as they arrive: one hump around 0.5, most of "
        "it between 0.2 and 0.8.",
        question="Where on (0, 1) will most points arrive?",
    )
    def sample(self) -> None:
        self.heading(f"{COUNT:,} points of a Gaussian")
        self.world = Distributions(self.stage.plot.lower, self.stage.upper)
        world = self.world
        gone = [self.stage.arrivals, self.stage.plot.dots]
        self.stage.plot.lines.supports = "the points that travel along them"
        quiet = self.stage.plot.lines.animate.set_opacity(self.theme.quiet_opacity)
        self.play(*map(FadeOut, gone), quiet, run_time=self.theme.quick)
        shown = (world.source, world.departed, world.width_read, world.names)
        self.play(FadeIn(*shown), run_time=self.theme.quick)
        self.ask("Where on (0, 1) will most points arrive?")
        self.say("Counted as they arrive: most of them around the middle.")
        world.add(*self._all())
        world.arrive(0.0)
        self.play(Change(world, _arrive), run_time=self.theme.slow + self.theme.move)

    @beat(
        "Counted and exact",
        shows="The exact density is drawn over the grey histogram as a curve: one hump around "
        "0.5, nothing at the ends. The two agree.",
    )
    def exact(self) -> None:
        self.heading("Their histogram, and the exact density over it")
        self.say("Grey counts the points; the curve is computed.")
        self.play(Draw(self.world.exact.curve), run_time=self.theme.move)
        self.world.add(self.world.exact)

    @beat(
        "Widen",
        shows="The input's standard deviation grows from 1.00 to 2.50. Below, the bell becomes "
        "wide; above, the hump sinks in the middle, and histogram and curve pile up near 0 and "
        "near 1.",
        question="What if the input is much wider?",
    )
    def widen(self) -> None:
        self.ask("What if the input is much wider?")
        self.heading("A wide input piles up at both ends")
        self.say("The middle empties; both ends fill up.")
        self._set_std(WIDE)

    @beat(
        "The ends, measured",
        shows="Two strips mark the outputs within 0.05 of 0 or of 1. The input narrows to 1.00 "
        "and widens to 2.50 again: the exact share in the strips falls to 0.3 percent and rises "
        "to 23.9 percent, and the counted share stays close to it.",
    )
    def ends(self) -> None:
        self.heading("How much is within $0.05$ of an end?")
        self.say("The exact share at the ends, and the counted one.")
        world = self.world
        self.play(FadeIn(world.strips, world.numbers), run_time=self.theme.quick)
        world.add(world.numbers, world.strips)
        self._set_std(NARROW)
        self._set_std(WIDE)

    def _all(self) -> list[Mobject]:
        world = self.world
        return [
            world.source,
            world.histogram,
            world.departed,
            world.points_in_motion,
            world.width_read,
            world.names,
        ]

    def _set_std(self, std: float) -> None:
        start = self.world.std

        def follow(
            world: Distributions, share: float, start: float = start, end: float = std
        ) -> None:
            world.set_std((1 - share) * start + share * end)

        self.play(Change(self.world, follow, rate_func=smooth), run_time=self.theme.slow)
