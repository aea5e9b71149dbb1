"""Training a classifier, and keeping the path it took.

The run is deterministic (float64, one thread, seeds of its own): on the same
machine the same recipe and data give the same bytes, interrupted or not.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model import files
from model.datasets import Dataset
from model.recipe import Recipe, pick_checkpoints
from model.trajectory import CHECKPOINT_NAMES, Trajectory

if TYPE_CHECKING:
    from model.descent import Descent

__all__ = ["CHECKPOINT_NAMES", "Recipe", "Trajectory", "pick_checkpoints", "train", "train_to_file"]

STATE_FORMAT = "distribution-transformers run 1"
SAVE_EVERY = 500


def train(
    dataset: Dataset,
    recipe: Recipe | None = None,
    *,
    state: str | Path | None = None,
    progress: bool = False,
) -> Trajectory:
    """Train a classifier and return its trajectory.

    Parameters
    ----------
    dataset
        What to learn.
    recipe
        The network and its training; ``Recipe()`` when left out.
    state
        A file that keeps an unfinished run, written every
        :data:`SAVE_EVERY` steps. If it is there, the run goes on from it.
    progress
        Whether to show a bar with the loss.

    Raises
    ------
    ValueError
        When recipe and data do not fit, the state file is damaged or of
        another run, or the loss stops being finite.
    """
    recipe = recipe or Recipe()
    recipe.check_data(dataset)
    run = _Run(dataset, recipe, None if state is None else files.check_target(state))
    with _one_thread():
        run.finish(progress)
    return run.trajectory()


def train_to_file(
    path: str | Path, dataset: Dataset, recipe: Recipe | None = None, *, progress: bool = False
) -> Trajectory:
    """Train, and save the trajectory to ``path``; an interrupted run goes on when called again.

    The unfinished run is kept beside it, in ``<path>.state``, and removed at the end.

    Raises
    ------
    ValueError
        As :func:`train`, and when nothing can be written to ``path``.
    """
    path = files.check_target(path)
    state = path.with_name(f"{path.name}.state")
    trajectory = train(dataset, recipe, state=state, progress=progress)
    trajectory.save(path)
    state.unlink(missing_ok=True)
    return trajectory


class _Run:
    """A run and what it has recorded so far."""

    def __init__(self, dataset: Dataset, recipe: Recipe, state: Path | None) -> None:
        from model.descent import Descent

        self.dataset, self.recipe, self.state = dataset, recipe, state
        self.recorded = recipe.recorded()
        self.key = _fingerprint(dataset, recipe)
        self.descent: Descent = Descent(dataset, recipe)
        shapes = [array.shape for kind in self.descent.parameters() for array in kind]
        self.record = [np.zeros((len(self.recorded), *shape)) for shape in [*shapes, (2,)]]
        if state is not None and state.exists():
            self._restore(state)

    def finish(self, progress: bool) -> None:
        """Go on to the last step."""
        from tqdm import tqdm

        last, descent = self.recipe.steps, self.descent
        batches = descent.batches()
        with tqdm(
            total=last, initial=descent.step, unit="step", disable=None if progress else True
        ) as bar:
            while True:
                self._note(bar)
                if descent.step == last:
                    return
                if self.state is not None and descent.step and descent.step % SAVE_EVERY == 0:
                    self._save(self.state)
                descent.advance(next(batches))
                bar.update()

    def trajectory(self) -> Trajectory:
        """What was recorded."""
        *parameters, measured = self.record
        half = len(parameters) // 2
        losses, accuracies = measured.T
        return Trajectory(
            self.recipe.layers,
            tuple(parameters[:half]),
            tuple(parameters[half:]),
            self.recorded,
            losses,
            accuracies,
            self.dataset,
            pick_checkpoints(self.recorded, losses),
            self.recipe.as_dict(),
        )

    def _note(self, bar: Any) -> None:
        """Record this iterate if it is one to keep."""
        step = self.descent.step
        row = int(np.searchsorted(self.recorded, step))
        if self.recorded[row] != step:
            return
        loss, accuracy = self.descent.measure()
        if not np.isfinite(loss):
            if self.state is not None:
                self.state.unlink(missing_ok=True)
            raise ValueError(
                f"learning_rate: the loss is {loss} after {step} steps at "
                f"{self.recipe.learning_rate:g}; try a smaller one"
            )
        weights, biases = self.descent.parameters()
        for kept, value in zip(self.record, [*weights, *biases, [loss, accuracy]], strict=True):
            kept[row] = value
        bar.set_postfix(loss=f"{loss:.4f}", accuracy=f"{accuracy:.1%}", refresh=False)

    def _save(self, state: Path) -> None:
        tensors, note = self.descent.state()
        tensors |= {f"record.{index}": array for index, array in enumerate(self.record)}
        note |= {"format": STATE_FORMAT, "key": self.key}
        files.write(state, files.pack(tensors, note))

    def _restore(self, state: Path) -> None:
        remedy = f"delete {state} to start afresh"
        data = files.read(state)
        try:
            tensors, note = files.unpack(data)
        except ValueError as error:
            raise ValueError(f"state: {state} {error}; {remedy}") from error
        if note.get("format") != STATE_FORMAT or note.get("key") != self.key:
            raise ValueError(
                f"state: {state} holds another run (other data or another recipe); {remedy}"
            )
        try:
            self.descent.restore(tensors, note)
            for index, kept in enumerate(self.record):
                kept[...] = tensors[f"record.{index}"]
        except (KeyError, TypeError, ValueError, AttributeError, RuntimeError) as error:
            raise ValueError(f"state: {state} is damaged ({error}); {remedy}") from error


def _fingerprint(dataset: Dataset, recipe: Recipe) -> str:
    """What makes two runs the same run."""
    about = [recipe.as_dict(), dataset.name, dataset.class_names, dataset.points.shape]
    parts = (json.dumps(about).encode(), dataset.points.tobytes(), dataset.labels.tobytes())
    return hashlib.sha256(b"".join(parts)).hexdigest()


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """One thread for torch, so that sums are taken in one order."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
