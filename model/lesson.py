"""A lesson: which network, which data, which four checkpoints the clips show.

The default is the chapter's classifier. The environment variable ``LESSON``
names a TOML file with another one, such as those in ``assets/lessons/``:

    name = "Mine"
    [network]
    layers = ["linear", "relu", "linear", "softmax"]
    widths = [2, 3, 2]                # the input's, then each linear layer's
    [data]
    file = "points.csv"               # or: generator = "moons"
    columns = ["x", "y"]
    label = "label"
    [training]                        # or, at the top: weights = "net.safetensors"
    steps = 1000

Classes may have names and colours (``[[classes]]``), and ``checkpoints`` be four
recorded steps; :mod:`model.lesson_schema` lists every entry and its limits.
"""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from model import assets
from model.datasets import Dataset
from model.projection import Projection, fit_projections
from model.recipe import Recipe
from model.trajectory import Trajectory

FOLDER = assets.FOLDER / "lessons"
VARIABLE = "LESSON"


@dataclass(frozen=True, eq=False)
class Lesson:
    """A network, its data and its checkpoints, ready to be drawn.

    Attributes
    ----------
    name, about
        What it is called, and what it teaches.
    path
        Its file; None for the chapter's own.
    dataset
        What the network classifies.
    colors
        ``#rrggbb`` for each class; None where the theme decides.
    weights
        The safetensors file of the trained network; None where code makes it.
    recipe
        How it is trained; None when it came trained.
    checkpoints
        Four recorded steps; None where the trajectory's own are taken.
    """

    name: str
    about: str
    path: Path | None
    dataset: Dataset
    colors: tuple[str | None, ...]
    weights: Path | None
    recipe: Recipe | None
    checkpoints: tuple[int, ...] | None = None
    _file: Any = field(default=None, repr=False)

    @staticmethod
    def load(
        path: str | Path, *, allow_absolute: bool = False, confirm_code: bool = False
    ) -> Lesson:
        """Read a lesson file, and its data.

        Parameters
        ----------
        path
            The TOML file.
        allow_absolute
            Whether the file may name paths outside its own folder.
        confirm_code
            Whether the Python file that it names may run. It runs only when
            ``allow_code = true`` also stands in the lesson.

        Raises
        ------
        ValueError
            With every problem in the file, each with its line, its key, what
            was found and what is allowed.
        """
        from model.lesson_check import load

        return load(Path(path), allow_absolute, confirm_code)

    @property
    def command(self) -> str:
        """What to run to train it."""
        if self.path is None:
            return assets.COMMAND
        return f"python -m model train {shlex.quote(str(self.path))}"

    @property
    def coded(self) -> bool:
        """Whether Python code makes its network."""
        return self._file is not None and self._file.network.entry is not None

    @cached_property
    def trajectory(self) -> Trajectory:
        """The trained network with its path, checked against the lesson.

        Raises
        ------
        ValueError
            When it is not trained yet (the message says which command does),
            its file is damaged or belongs to another lesson, or a checkpoint
            was not recorded.
        """
        from model import lesson_weights

        if self.recipe is None:
            found = lesson_weights.given(self._file, self.weights, self.dataset, self.path)
        elif self.weights is None or not self.weights.is_file():
            raise ValueError(f"{self.name} is not trained yet; run `{self.command}`")
        else:
            found = Trajectory.load(self.weights)
            self._check_own(found)
        return found if self.checkpoints is None else _with(found, self.checkpoints)

    @cached_property
    def projections(self) -> tuple[Projection, ...]:
        """How each representation is drawn in the plane: one map for all four checkpoints.

        Raises
        ------
        ValueError
            As :attr:`trajectory`.
        """
        run = self.trajectory
        networks = [run.network(step) for step in run.checkpoints]
        return fit_projections(networks, self.dataset.points)

    def train(self, *, progress: bool = False) -> Trajectory:
        """Train it, and write its trajectory; an interrupted run goes on when called again.

        Raises
        ------
        ValueError
            When it has no recipe, when :attr:`weights` names a file that is no
            older run of this lesson, or as :func:`model.training.train_to_file`.
        """
        if self.recipe is None or self.weights is None:
            raise ValueError(f"{self.name}: has no [training] section, so nothing is to be trained")
        from model.lesson_target import check_replaceable
        from model.training import train_to_file

        check_replaceable(self.weights, self.dataset, self.path)
        return train_to_file(self.weights, self.dataset, self.recipe, progress=progress)

    def _check_own(self, found: Trajectory) -> None:
        """Refuse a trajectory of other data or of another recipe."""
        from model.lesson_weights import same_data

        same = self.recipe is not None and dict(found.recipe) == self.recipe.as_dict()
        if not same or not same_data(self.dataset, found.dataset):
            raise ValueError(
                f"{self.weights}: was trained on other data or by another recipe than "
                f"{self.path or self.name} says; run `{self.command}`"
            )


def current() -> Lesson:
    """The lesson that the clips show: the file in ``LESSON``, or the chapter's own.

    ``LESSON_CODE=yes`` and ``LESSON_ABSOLUTE=yes`` are ``confirm_code`` and
    ``allow_absolute`` of :meth:`Lesson.load`.

    Raises
    ------
    ValueError
        As :meth:`Lesson.load`.
    """
    path = os.environ.get(VARIABLE)
    if not path:
        return default()
    confirm, absolute = (os.environ.get(f"{VARIABLE}_{what}") for what in ("CODE", "ABSOLUTE"))
    return Lesson.load(path, allow_absolute=absolute == "yes", confirm_code=confirm == "yes")


def shown() -> Lesson:
    """:func:`current`, read once and known to be trained.

    Raises
    ------
    SystemExit
        With what :func:`current` and :attr:`Lesson.trajectory` have to say
        where there is nothing to show.
    """
    return _shown(*(os.environ.get(f"{VARIABLE}{what}") for what in ("", "_CODE", "_ABSOLUTE")))


@cache
def _shown(*_: str | None) -> Lesson:
    try:
        lesson = current()
        assert lesson.trajectory
    except ValueError as error:
        raise SystemExit(str(error)) from None
    return lesson


@cache
def default() -> Lesson:
    """The chapter's classifier."""
    asset = assets.ASSETS["classifier"]
    data = assets.load().dataset
    return Lesson(
        name="The chapter's classifier",
        about=asset.why,
        path=None,
        dataset=data,
        colors=(None,) * data.classes,
        weights=assets.path_of("classifier"),
        recipe=asset.recipe,
    )


def shipped(folder: Path = FOLDER) -> tuple[Path, ...]:
    """The lesson files in ``assets/lessons``, or in another folder, by name."""
    return tuple(sorted(folder.glob("*.toml")))


def _with(found: Trajectory, checkpoints: tuple[int, ...]) -> Trajectory:
    parts = (found.steps, found.losses, found.accuracies, found.dataset, checkpoints, found.recipe)
    return Trajectory(found.layers, found.weights, found.biases, *parts, found.own)
