"""What the clips ask of a lesson: its first and last network, names, and where points are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from jaxtyping import Float, Int

from model import lesson
from model.checks import ArrayLike, as_points
from model.datasets import Dataset
from model.layers import Identity
from model.lesson import Lesson
from model.network import Network
from model.projection import Projection, simplex_axes
from model.recipe import CLASSIFIER
from model.trajectory import Trajectory

__all__ = [
    "LessonView",
    "code_of",
    "in_words",
    "inputs_drawn",
    "on_show",
    "share_seen",
    "simplex_axes",
    "spread_out",
    "symbol",
]

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, eq=False)
class LessonView:
    """A lesson with its trained network, as the clips draw it.

    Attributes
    ----------
    lesson
        The lesson.
    run
        Its trajectory, at least one iterate long.
    """

    lesson: Lesson
    run: Trajectory

    @property
    def data(self) -> Dataset:
        """What the network classifies."""
        return self.run.dataset

    @cached_property
    def before(self) -> Network:
        """The network at the first checkpoint."""
        return self.run.network(self.run.checkpoints[0])

    @cached_property
    def after(self) -> Network:
        """The network at the last checkpoint."""
        return self.run.network(self.run.checkpoints[-1])

    @cached_property
    def acting(self) -> Network:
        """The last network without the identities in it, which dropout and flatten leave."""
        layers = [layer for layer in self.after if not isinstance(layer, Identity)]
        return Network(layers or self.after)

    @property
    def trained_here(self) -> bool:
        """Whether the path from an earlier network is recorded, and not the end alone."""
        return self.run.checkpoints[0] < self.run.checkpoints[-1]

    @property
    def as_in_the_chapter(self) -> bool:
        """Whether its layers are those of equations 1.1 to 1.6, of whatever widths."""
        return self.run.layers == CLASSIFIER

    def row(self, step: int) -> int:
        """The index among the recorded iterates of ``step``."""
        return int(np.searchsorted(self.run.steps, step))


def on_show() -> LessonView:
    """The lesson that ``LESSON`` names, trained.

    Raises
    ------
    SystemExit
        As :func:`model.lesson.shown`.
    """
    return _view(lesson.shown())


@cache
def _view(shown: Lesson) -> LessonView:
    return LessonView(shown, shown.trajectory)


def inputs_drawn(view: LessonView) -> tuple[Float[np.ndarray, "n 2"], str]:
    """The datapoints in the plane, and what to write beside them; empty for the chapter's own.

    Two coordinates are drawn as they are, one on the x-axis, and more by the
    lesson's projection.
    """
    data = view.data
    if data.dim <= 2:
        label = "" if view.lesson.path is None else "exact"
        return np.pad(data.points, ((0, 0), (0, 2 - data.dim))), label
    projection = view.lesson.projections[0]
    return projection(data.points)[:, :2], share_seen(projection)


def symbol(name: str) -> str:
    """The Typst mathematics of a representation's name: ``z1``, ``h1``, ``h1.3``, ``x``, ``y``.

    Several in one depth, as behind two nonlinearities, are told apart by the
    layer's number, raised.
    """
    letter, rest = name[0], name[1:]
    depth, _, place = rest.partition(".")
    lower = f"_{depth}" if depth else ""
    upper = f"^(({place}))" if place else ""
    return f"bold({letter}){lower}{upper}"


def in_words(count: int) -> str:
    """A count as written in running text: ``two``, ``ten``, ``64``."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else f"{count:,}"


def loss_written(loss: float) -> str:
    """A loss with three decimals; one above 0 that rounds to 0 is ``< 0.001``."""
    return "< 0.001" if 0 < loss < 0.0005 else f"{loss:.3f}"


def accuracy_written(accuracy: float) -> str:
    """An accuracy (0 to 1) as all clips of a lesson write it: ``57.7 %``."""
    return f"{100 * accuracy:.1f} %"


def code_of(label: int, classes: int) -> str:
    """The one-hot code of a class, without its brackets: ``0, 1``."""
    return ", ".join("1" if i == label else "0" for i in range(classes))


def share_seen(projection: Projection) -> str:
    """What stands beside a drawing: ``exact``, or ``projection`` and how much of the spread."""
    if projection.exact:
        return projection.label
    return f"{projection.label}, {100 * projection.kept:.0f} % of the spread"


def spread_out(points: ArrayLike, count: int) -> Int[np.ndarray, " m"]:
    """Indices of ``count`` points far from each other, the leftmost first (Gonzalez 1985).

    Fewer when there are fewer.
    """
    rows = as_points(points, "points")
    chosen = [int(rows[:, 0].argmin())]
    while len(chosen) < min(count, len(rows)):
        distance = np.linalg.norm(rows[:, None] - rows[chosen], axis=2).min(axis=1)
        chosen.append(int(distance.argmax()))
    return np.array(chosen, dtype=np.int64)
