"""A network as a graph of units: who depends on whom, which blocks it has, what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from model.checks import FloatArray
from model.datasets import Dataset
from model.layers import L2Norm, Layer, Linear, Softmax
from model.lesson_view import LessonView, on_show, symbol
from model.network import Network

CLOSE = 0.1
_READABLE = 0.015
MOST_UNITS = 16  # of a column that is drawn whole
_ENDS = (4, 3)  # units drawn at the top and at the bottom of a longer one
MOST_COLUMNS = 9
_COLUMN_ENDS = (5, 4)


class Kept(NamedTuple):
    """Which of several things are drawn.

    Attributes
    ----------
    indices
        Of those that are.
    hole
        How many of them stand before the gap where the others would be; None
        when nothing is left out.
    """

    indices: Int[np.ndarray, " m"]
    hole: int | None


def kept(count: int, most: int, ends: tuple[int, int]) -> Kept:
    """All of ``count``, or so many at either end where there are more than ``most``."""
    if count <= most:
        return Kept(np.arange(count), None)
    first, last = ends
    return Kept(np.r_[0:first, count - last : count], first)


def kept_units(width: int) -> Kept:
    """The units of a column that are drawn."""
    return kept(width, MOST_UNITS, _ENDS)


def kept_columns(count: int) -> Kept:
    """The columns that are drawn."""
    return kept(count, MOST_COLUMNS, _COLUMN_ENDS)


def blocks(network: Network) -> list[list[int]]:
    """The layers' indices in blocks: each linear layer with what follows it."""
    found: list[list[int]] = []
    for index, layer in enumerate(network):
        if isinstance(layer, Linear) or not found:
            found.append([])
        found[-1].append(index)
    return found


def dependence(layer: Layer, width: int, out: int) -> np.ndarray:
    """The weights (d_out, d_in), or as booleans which unit depends on which."""
    if isinstance(layer, Linear):
        return layer.weight
    unitwise = width == out and not isinstance(layer, Softmax | L2Norm) and layer.name != "module"
    return np.eye(out, dtype=bool) if unitwise else np.ones((out, width), dtype=bool)


def telling_point(network: Network, data: Dataset) -> int:
    """A datapoint worth following through the network.

    Of those rightly classified, for which every relu sets some units to 0 and
    keeps some, the one in the middle when they are ordered by how far their
    output is from its one-hot code; or the nearest to it that has no number
    too small to be read at two decimals. Where there is none, one for which
    some relu does so and all keep some; else one rightly classified, or any.
    """
    trace = network.trace(data.points)
    output = trace.points[-1]
    cut, alive = np.zeros((2, 0, len(data)), dtype=bool)
    for layer, points in zip(network, trace.points[1:], strict=True):
        if layer.name == "relu" and points.shape[1] > 1:
            cut = np.vstack([cut, (points == 0).any(axis=1)])
            alive = np.vstack([alive, (points > 0).any(axis=1)])
    right = output.argmax(axis=1) == data.labels
    sound = right & alive.all(axis=0)
    small = [(each != 0) & (np.abs(each) < _READABLE) for each in trace.points[:-1]]
    read = ~np.concatenate(small, axis=1).any(axis=1)
    every, some = sound & cut.all(axis=0), sound & cut.any(axis=0)
    pools = [every & read, some & read, every, right & read, right, np.ones_like(right)]
    order = every if (every & read).any() else next(pool for pool in pools if pool.any())
    chosen = next(pool for pool in pools if pool.any())
    distance = np.abs(output - data.one_hot).max(axis=1)
    ordered = np.flatnonzero(order)[np.argsort(distance[order])]
    outwards = np.argsort(np.abs(np.arange(len(ordered)) - len(ordered) // 2), kind="stable")
    return int(next(index for index in ordered[outwards] if chosen[index]))


def column_of(network: Network, point: Float[np.ndarray, " d"]) -> list[FloatArray]:
    """One datapoint at every representation: an array (d_l,) each."""
    return [points[0] for points in network.trace(point[None]).points]


def written(values: FloatArray) -> list[str]:
    """Numbers as written in little room: few decimals, or few digits and a power of ten.

    A 0 without decimals is exact.
    """
    largest = float(np.abs(values).max())
    if 0.01 <= largest < 10_000:
        places = 0 if largest >= 100 else 2 + (largest < 0.1)
        return [_fixed(v, places) for v in values.tolist()]
    return [_short(v) for v in values.tolist()]


def shares_written(shares: FloatArray) -> list[str]:
    """Shares of 1 at three decimals: ``< 0.001`` and ``> 0.999`` where those would say 0 and 1.

    A 0 or 1 without decimals is exact.
    """
    whole = np.count_nonzero(shares) == 1
    return [f"{share:g}" if whole or not share else _share(share) for share in shares.tolist()]


def _set_tight(share: str) -> str:
    """A share in Typst mathematics, without its first 0 behind a sign: a unit has little room."""
    sign, _, number = share.rpartition(" ")
    return f'class("normal", {sign}) {number.lstrip("0")}' if sign else number


def _share(share: float) -> str:
    return {"0.000": "< 0.001", "1.000": "> 0.999"}.get(text := f"{share:.3f}", text)


def _fixed(value: float, places: int) -> str:
    text = f"{value:.{places}f}" if value else "0"
    return text.lstrip("-") if float(text) == 0 else text


def _short(value: float) -> str:
    digits, _, power = f"{value:.1e}".partition("e")
    return f'{digits}"e{int(power)}"'.replace('"e-', '"e−') if value else "0"


@dataclass(frozen=True, eq=False)
class LessonGraph:
    """The trained network of a lesson as a graph, and one datapoint on its way through.

    Attributes
    ----------
    view
        Of which lesson.
    """

    view: LessonView

    @cached_property
    def network(self) -> Network:
        """The trained network, without layers that do nothing."""
        return self.view.acting

    @cached_property
    def chosen(self) -> int:
        """The index of the datapoint that runs through."""
        return telling_point(self.network, self.view.data)

    @cached_property
    def values(self) -> list[FloatArray]:
        """The chosen datapoint at every representation: arrays (d_l,)."""
        return column_of(self.network, self.view.data.points[self.chosen])

    @property
    def label(self) -> int:
        """Its class."""
        return int(self.view.data.labels[self.chosen])

    @property
    def winner(self) -> int:
        """The class it is called."""
        return int(self.values[-1].argmax())

    @property
    def close(self) -> bool:
        """Whether its output is close to the one-hot code of its class: within :data:`CLOSE`."""
        code = np.eye(len(self.values[-1]))[self.label]
        return bool(np.abs(self.values[-1] - code).max() < CLOSE)

    @cached_property
    def columns(self) -> Kept:
        """Which representations are drawn."""
        return kept_columns(len(self.values))

    @property
    def columns_left_out(self) -> int:
        """How many representations are not drawn."""
        return len(self.values) - len(self.columns.indices)

    @cached_property
    def units(self) -> list[Kept]:
        """For each drawn representation, which of its units are."""
        return [kept_units(len(self.values[column])) for column in self.columns.indices]

    @cached_property
    def gaps(self) -> list[int | None]:
        """For each gap between drawn columns the layer in it; None where columns are left out."""
        return [int(a) if b == a + 1 else None for a, b in pairwise(self.columns.indices)]

    @property
    def linear_gaps(self) -> list[int]:
        """The places of the gaps that are linear layers."""
        layers = self.network.layers
        return [
            place
            for place, gap in enumerate(self.gaps)
            if gap is not None and isinstance(layers[gap], Linear)
        ]

    def connections(self) -> tuple[list[np.ndarray | None], list[FloatArray | None]]:
        """For each gap its weights, or who depends on whom, and its biases: of drawn units."""
        weights: list[np.ndarray | None] = []
        biases: list[FloatArray | None] = []
        for place, gap in enumerate(self.gaps):
            layer = None if gap is None else self.network.layers[gap]
            weight, bias = None, None
            if gap is not None and layer is not None:
                before, after = self.units[place].indices, self.units[place + 1].indices
                whole = dependence(layer, len(self.values[gap]), len(self.values[gap + 1]))
                weight = whole[np.ix_(after, before)]
                bias = layer.bias[after] if isinstance(layer, Linear) else None
            weights.append(weight)
            biases.append(bias)
        return weights, biases

    def numerals(self) -> list[list[str]]:
        """The datapoint as written into the drawn units, in Typst mathematics."""
        *inner, output = self.values
        whole = [*map(written, inner), [_set_tight(share) for share in shares_written(output)]]
        return [
            [whole[column][unit] for unit in units.indices]
            for column, units in zip(self.columns.indices, self.units, strict=True)
        ]

    def blocks(self) -> tuple[list[int], list[list[int]], list[int]]:
        """The first block of layers, those between, and the last; the first one may be empty."""
        found = blocks(self.network)
        return (found[0] if len(found) > 1 else []), found[1:-1], found[-1]

    def kinds(self, block: list[int]) -> list[str]:
        """The names of the layers of a block."""
        return [self.network.layers[index].name for index in block]

    def equation(self, layer: int) -> str:
        """A layer's equation in Typst, with its number in the book where the network is its."""
        names, depth = self.network.names, self.depth(layer)
        before, after = symbol(names[layer]), symbol(names[layer + 1])
        text = f"${after} =$ `{self.network.layers[layer].name}`$({before})$"
        if isinstance(self.network.layers[layer], Linear):
            text = f"${after} = bold(W)_{depth} {before} + bold(b)_{depth}$"
        if self.view.as_in_the_chapter:
            text += f"#h(0.2em)#text(size: 0.79em)[(1.{layer + 1})]"
        return text

    def depth(self, layer: int) -> int:
        """How many linear layers there are up to this one."""
        return sum(isinstance(each, Linear) for each in self.network.layers[: layer + 1])


def graph_on_show() -> LessonGraph:
    """The graph of the lesson that ``LESSON`` names.

    Raises
    ------
    SystemExit
        As :func:`model.lesson.shown`, and when the network has no weights to be drawn.
    """
    return _graph(on_show())


@cache
def _graph(view: LessonView) -> LessonGraph:
    if not any(isinstance(layer, Linear) for layer in view.acting):
        names = ", ".join(layer.name for layer in view.acting)
        raise SystemExit(
            f"mlp: the network ({names}) has no linear layer, whose weights it "
            "shows; classifier_goal and classifier_layers show it"
        )
    return LessonGraph(view)
