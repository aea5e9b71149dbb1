"""Figure 1.3, top row: what w and b do to a line of inputs, and to a density on it.

Every output, factor and density is read from the layer itself while it moves.
"""

from __future__ import annotations

import numpy as np
from manim import LEFT, FadeIn, FadeOut, Group, smooth

from mobjects.axis import Axis
from mobjects.brace import LiveBrace
from mobjects.cut_density import CutDensity
from mobjects.density import AtomBar, DensityPlot
from mobjects.mapping_plot import MappingPlot
from mobjects.motion import Change
from mobjects.story import Story, beat
from mobjects.text import Math, Readout, left_aligned
from mobjects.theme import theme
from model import Linear, Network
from model.density import Gaussian, Mixture, Pushforward, pushforward, stretch

WINDOW = (-4.0, 4.0)
INPUTS = np.linspace(-1.6, 1.6, 9)
UNIT = (0.0, 1.0)

_TICKS = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
_LENGTH, _MIDDLE = 10.2, -1.2
_LOWER, _UPPER = -1.9, 0.2
_COLUMN = 4.2
_BRACE = 0.62
_INPUT_BASE, _OUTPUT_BASE = -2.45, 0.75
_PER_DENSITY, _CEILING = 1.45, 2.0
_LEAST_FACTOR = 0.1
_NEARLY_ALL = 1 - 1e-5


def layer(w: float, b: float) -> Network:
    """x_out = w x_in + b."""
    return Network([Linear([[w]], [b])])


def outputs(w: float, b: float, inputs: np.ndarray = INPUTS) -> np.ndarray:
    """Where the layer sends ``inputs`` (n,)."""
    return layer(w, b)(inputs[:, None])[:, 0]


def factor(w: float, b: float) -> float:
    """How much the layer stretches, the same everywhere: |w|."""
    return float(stretch(layer(w, b), 0.0))


def source() -> Mixture:
    """The lopsided input density: 0.65 N(-0.8, 0.4^2) + 0.35 N(0.8, 0.4^2)."""
    return Mixture([0.65, 0.35], [Gaussian(-0.8, 0.4), Gaussian(0.8, 0.4)])


def image(w: float, b: float) -> Pushforward:
    """The exact distribution behind the layer."""
    return pushforward(layer(w, b), source())


class Stage(Group):
    """The mapping plot, the live numbers, and what stands on the axes, for one w and b."""

    def __init__(self) -> None:
        super().__init__()
        self.w, self.b = 1.0, 0.0
        lower = Axis(WINDOW, _LENGTH, (_MIDDLE, _LOWER), ticks=_TICKS, label='x_"in"')
        upper = Axis(
            WINDOW, _LENGTH, (_MIDDLE, _UPPER), ticks=_TICKS, label='x_"out"', numerals_above=True
        )
        self.plot = MappingPlot(lower, upper, INPUTS, outputs(self.w, self.b))
        self.arrivals = self.plot.dots.copy().set_points(upper.at(self.plot.outputs))
        self.numbers = self._column()
        self.braces = self._braces()
        self.densities = self._densities()
        self.add(self.plot, self.arrivals, self.numbers)

    def _column(self) -> Group:
        size = theme().body_size
        self.weight = Readout(self.w, prefix="$w =$ ", size=size)
        self.bias = Readout(self.b, prefix="$b =$ ", size=size)
        lines = left_aligned(self.weight, self.bias)
        lines.move_to((_COLUMN, (_LOWER + _UPPER) / 2, 0), aligned_edge=LEFT)
        return Group(lines)

    def _braces(self) -> Group:
        self.unit = LiveBrace(self.plot.lower, *UNIT, -_BRACE, UNIT[1] - UNIT[0], decimals=0)
        self.reach = LiveBrace(self.plot.upper, *UNIT, _BRACE, 1.0, prefix="$times$ ")
        return Group(self.unit, self.reach)

    def _densities(self) -> Group:
        feet = [Axis(WINDOW, _LENGTH, (_MIDDLE, y)) for y in (_INPUT_BASE, _OUTPUT_BASE)]
        graph = source().graph(256, mass=_NEARLY_ALL)
        self.below = DensityPlot(feet[0], graph, _PER_DENSITY, below=True)
        self.above = CutDensity(feet[1], graph, _PER_DENSITY, _CEILING)
        self.atom = AtomBar(feet[1], 0.0, 0.0, _PER_DENSITY)
        _set_visible(self.atom, False)
        self.area = Readout(1.0, prefix="area $=$ ", size=theme().label_size)
        self.tall = Readout(1.0, prefix="height $times$ ", size=theme().label_size)
        notes = left_aligned(self.area, self.tall)
        self.mass = Readout(1.0, prefix="mass $=$ ", size=theme().label_size, color=theme().accent)
        self.mass.set_opacity(0)
        notes.move_to((_COLUMN, (_OUTPUT_BASE + _CEILING / 2) + 0.2, 0), aligned_edge=LEFT)
        self.mass.move_to(self.area, aligned_edge=LEFT)
        names = Group(
            Math('p_"in"').move_to((-5.7, _INPUT_BASE - 0.7, 0)),
            Math('p_"out"').move_to((-5.7, _OUTPUT_BASE + 0.9, 0)),
        )
        return Group(self.below, self.above, self.atom, notes, self.mass, names)

    def set_layer(self, w: float, b: float) -> None:
        """Move everything to the layer with weight ``w`` and bias ``b``."""
        self.w, self.b = w, b
        self.plot.set_outputs(outputs(w, b))
        self.arrivals.set_points(self.plot.upper.at(self.plot.outputs))
        self.weight.set_value(w)
        self.bias.set_value(b)
        if self.braces in self.submobjects:
            low, high = outputs(w, b, np.array(UNIT)).tolist()
            self.reach.set_span(low, high, factor(w, b))
        if self.densities in self.submobjects:
            self._show_density(image(w, b))

    def _show_density(self, out: Pushforward) -> None:
        atoms = out.atoms
        _set_visible(self.atom, bool(atoms))
        _set_visible(self.above, not atoms, theme().density_opacity)
        self.area.set_value(out.continuous_mass()).set_opacity(float(not atoms))
        self.mass.set_value(out.point_masses.total).set_opacity(float(bool(atoms)))
        self.tall.set_opacity(float(factor(self.w, self.b) >= _LEAST_FACTOR))
        if atoms:
            self.atom.location, mass = atoms[0]
            self.atom.set_mass(mass)
        else:
            self.above.set_graph(out.graph(256, mass=_NEARLY_ALL))
            self.tall.set_value(1 / factor(self.w, self.b))


def _set_visible(drawn: AtomBar | DensityPlot, visible: bool, fill: float = 1.0) -> None:
    if isinstance(drawn, DensityPlot):
        drawn.area.set_opacity(fill * visible)
        drawn.curve.set_opacity(float(visible))
    else:
        drawn.bar.set_opacity(float(visible))
        drawn.tip.set_opacity(float(visible))


def _between(
    stage: Stage, share: float, start: tuple[float, float], end: tuple[float, float]
) -> None:
    w, b = ((1 - share) * s + share * e for s, e in zip(start, end, strict=True))
    stage.set_layer(w, b)


class LinearLayer(Story):
    """Stretch, squash, shift, flip, collapse; then the same for a density."""

    title = "A linear layer in one dimension"
    figure = "1.3, top row"

    @beat(
        "One weight, one bias",
        shows="Two level axes from -4 to 4, the input below, the output above. Nine points, "
        "evenly spaced from -1.6 to 1.6, are joined to their outputs by upright parallel lines. "
        "Beside them: w = 1.00, b = 0.00.",
    )
    def start(self) -> None:
        self.heading('`linear`: $x_"out" = w x_"in" + b$')
        self.say("A linear layer multiplies by w and adds b.")
        self.stage = Stage()
        self.play(FadeIn(self.stage), run_time=self.theme.quick)
        self.wait(self.theme.hold)

    @beat(
        "Stretch",
        shows="w grows from 1 to 2. The lines fan out and the outputs move twice as far apart. A "
        "brace under the input axis spans one unit; a brace over its image on the output axis "
        "widens and reads times 2.00.",
    )
    def stretch(self) -> None:
        self.heading("$w > 1$ stretches")
        self.say("The image of a unit becomes w long.")
        self.play(FadeIn(self.stage.braces), run_time=self.theme.quick)
        self.stage.add(self.stage.braces)
        self._move(2.0, 0.0)

    @beat(
        "Squash",
        shows="w falls from 2 to 0.5. The lines draw together until the outputs lie half as far "
        "apart as the inputs; the brace over them shrinks and reads times 0.50.",
    )
    def squash(self) -> None:
        self.heading("$0 < w < 1$ squashes")
        self.say("A w between 0 and 1 squashes.")
        self._move(0.5, 0.0)

    @beat(
        "Shift",
        shows="b moves to 2, then to -1. All outputs slide to the right, then to the left; the "
        "brace slides along, keeps its length and still reads times 0.50.",
    )
    def shift(self) -> None:
        self.heading("$b$ shifts, and stretches nothing")
        self.say("The bias shifts everything alike.")
        self._move(0.5, 2.0)
        self._move(0.5, -1.0)

    @beat(
        "Flip",
        shows="w falls to 0: all nine lines meet in one point, at b = -1. Then w goes on to -1 "
        "and b back to 0: the lines cross, and the outputs lie in the reverse order.",
        question="What happens when w passes through 0?",
    )
    def flip(self) -> None:
        self.heading("Now $w$ falls through $0$")
        self.ask("What happens when w passes through 0?")
        self._move(0.0, -1.0)
        self.heading("$w = 0$: all inputs collapse onto $b$")
        self.say("At 0 all inputs become one: which was which is lost.")
        self.wait(self.theme.hold)
        self.heading("$w < 0$ flips")
        self._move(-1.0, 0.0)

    @beat(
        "A density",
        shows="w rises to 1: the lines cross back and stand upright again. Then a density with a "
        "high left and a low right bump hangs below the input axis, and stands unchanged on the "
        "output axis. Beside it: area = 1.00, height times 1.00.",
    )
    def density(self) -> None:
        stage = self.stage
        self.heading("Back to $w = 1$: now the inputs have a density")
        self.say("First back to w = 1, the identity.")
        self.play(FadeOut(stage.braces), run_time=self.theme.quick)
        stage.remove(stage.braces)
        self._move(1.0, 0.0)
        self.say("A density on the inputs has an exact image.")
        stage._show_density(image(stage.w, stage.b))
        self.play(FadeIn(stage.densities), run_time=self.theme.move)
        stage.add(stage.densities)

    @beat(
        "Taller where squashed",
        shows="w falls to 0.5: the output density becomes half as wide and twice as tall. Then w "
        "rises to 2: twice as wide, half as tall. Beside it the area stays 1.00; the height reads "
        "times 2.00, then times 0.50.",
        question="Half as wide: how tall does the density get?",
    )
    def taller(self) -> None:
        self.ask("Half as wide: how tall does the density get?")
        self.heading("Squashed: taller. Stretched: lower. Area $1$")
        self._move(0.5, 0.0)
        self.say("The density is divided by the stretch factor.")
        self._move(2.0, 0.0)

    @beat(
        "Collapse",
        shows="w falls to 0. The output density narrows and grows out of the top of the picture, "
        "until a single bar stands at 0 in its place, an atom; beside it: mass = 1.00.",
    )
    def collapse(self) -> None:
        self.heading("At $w = 0$ the density becomes an atom of mass $1$")
        self.say("At w = 0 no density is left: one atom of mass 1.")
        self._move(0.0, 0.0)
        self.wait(self.theme.hold)

    @beat(
        "All at once",
        shows="w moves to -0.70 and b to 1.00. The output density opens again: mirrored, squashed "
        "and shifted to the right. Beside it: area = 1.00, height times 1.43.",
    )
    def together(self) -> None:
        self.heading("Flip, squash, shift: the area stays $1$")
        self.say("Whatever w and b do, the area stays 1.")
        self.stage.set_layer(-1e-3, 0.0)
        self._move(-0.7, 1.0)

    def _move(self, w: float, b: float) -> None:
        """Let w and b run to new values, everything following."""
        start, end = (self.stage.w, self.stage.b), (w, b)

        def follow(
            stage: Stage,
            share: float,
            start: tuple[float, float] = start,
            end: tuple[float, float] = end,
        ) -> None:
            _between(stage, share, start, end)

        self.play(Change(self.stage, follow, rate_func=smooth), run_time=self.theme.slow)
