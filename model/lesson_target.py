"""The file that training writes: what stands there may be an older run of the same lesson."""

from __future__ import annotations

from pathlib import Path

from model.datasets import Dataset
from model.trajectory import Trajectory


def check_replaceable(weights: Path, dataset: Dataset, lesson: Path | None) -> None:
    """Refuse to train into a file that another one than this lesson may have made.

    A run may replace an older one, whatever its recipe: any run under the
    lesson's own name, and one on data of the same name elsewhere, unless
    another lesson lies beside it.

    Parameters
    ----------
    weights
        Where the run is to be written.
    dataset
        What it is trained on.
    lesson
        The lesson file; None for the chapter's own.

    Raises
    ------
    ValueError
        When the file is there and must not be replaced.
    """
    if not weights.exists():
        return
    remedy = "move it away, or let `weights` name another file"
    try:
        found = Trajectory.load(weights)
    except (ValueError, OSError) as error:
        raise ValueError(
            f"{weights}: is there already, and no training run that could be replaced; {remedy}"
        ) from error
    if not found.recipe:
        raise ValueError(f"{weights}: holds a network that came trained; {remedy}")
    if lesson is None or weights == lesson.with_suffix(weights.suffix):
        return
    other = weights.with_suffix(".toml")
    if other.is_file():
        raise ValueError(f"{weights}: belongs to {other}; {remedy}")
    if found.dataset.name != dataset.name:
        raise ValueError(
            f"{weights}: holds a run on {found.dataset.name!r}, not on {dataset.name!r}; {remedy}"
        )
