"""Sentences about what a classifier has to do, and about what it does before and after training."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

from model import lesson_words as wording
from model.lesson_view import accuracy_written, code_of, in_words, on_show

MOST_CORNERS = 3  # that the sliding point visits, and whose coordinates are read out
SUCCESS = 0.95  # of the points right, from which on training is said to have found it
NEAR = 0.9  # the share of a point's own class, from which on it is near its target
NAME = 14  # letters of two classes' names that a heading takes


def facts() -> dict[str, str]:
    """What the beats say of this lesson."""
    view = on_show()
    k, own = view.data.classes, view.lesson.path is not None
    names = [wording.spoken(name) for name in wording.class_labels(view.data.class_names)]
    listed = ", ".join(f"{(view.data.labels == i).sum():,} {name}" for i, name in enumerate(names))
    return {
        "classes": in_words(k).capitalize(),
        "data": f"the datapoints: {listed}"
        if own
        else "a blue round cluster of discs and a red horseshoe of diamonds around it",
        "part": wording.ask_to_part(k, view.data.dim),
        "targets": wording.told_targets(names),
        "simplex": f"{in_words(k - 1)}-simplex",
        "between": wording.told_simplex(k),
        "read": f"{in_words(k)} coordinates are" if k <= MOST_CORNERS else "largest coordinate is",
        "sum": "they always add to one" if k <= MOST_CORNERS else "all together always add to one",
        **first_words(),
        **last_words(names),
    }


def first_words() -> dict[str, str]:
    """What to say of the network at the first checkpoint: how near it brings the points."""
    (step, _, right), labels = score(0), on_show().data.labels
    shares = outputs(0)
    name = "untrained network" if step == 0 else f"network after {step:,} steps"
    far = shares[np.arange(len(labels)), labels].max() < NEAR
    heading = f"The {name}: accuracy {accuracy_written(right)}"
    if far and step == 0:
        heading = "Untrained: no point is near its target"
    where = ": none is near its target" if far else ""
    return {
        "first": "Untrained" if step == 0 else f"After {step:,} steps",
        "first_network": f"the {name}",
        "first_heading": heading,
        "first_caption": f"The {name} brings no point near its target."
        if far
        else f"The {name}, before it has learned more.",
        "reached": f"{where}{overlap(shares, labels)}; accuracy {accuracy_written(right)}",
    }


def overlap(shares: Float[np.ndarray, "n k"], labels: Int[np.ndarray, " n"]) -> str:
    """How two classes lie on the segment, and how they are drawn there."""
    if shares.shape[1] > 2:
        return ""
    one, other = (shares[labels == k, 0] for k in (0, 1))
    meet = max(one.min(), other.min()) < min(one.max(), other.max())
    lie = "both classes lie on one stretch of the segment" if meet else "they lie on the segment"
    return f"; {lie}, each drawn on its own side of it"


def last_words(names: list[str]) -> dict[str, str]:
    """What to say of the network at the last checkpoint."""
    right, k = score(-1)[2], len(names)
    codes = [code_of(label, k) for label in range(k)]
    reached = f"accuracy {accuracy_written(right)}"
    if right < SUCCESS:
        what = "Trained" if on_show().trained_here else "The network"
        return {"found_heading": f"{what}: {reached}", "found": reached}
    plain = all(name.replace(" ", "").isalnum() for name in names)
    if k == 2 and plain and max(map(len, names)) <= NAME // 2:
        ends = [f"{name} to the end at ({c})" for name, c in zip(names, codes, strict=True)]
        (a, b), (c, d) = names, codes
        heading = f"Found by training: {b} to $({d})$, {a} to $({c})$"
        return {"found_heading": heading, "found": f"{ends[1]}, {ends[0]}; {reached}"}
    heading = "Found by training: each class at its target"
    return {
        "found_heading": heading,
        "found": f"the points of each class gather at its target; {reached}",
    }


def outputs(which: int) -> np.ndarray:
    """The network's output y for every datapoint at checkpoint ``which``, (n, k)."""
    run = on_show().run
    return run.network(run.checkpoints[which])(run.dataset.points)


def score(which: int) -> tuple[int, float, float]:
    """Step, loss and accuracy at checkpoint ``which``."""
    view = on_show()
    step = view.run.checkpoints[which]
    row = view.row(step)
    return step, float(view.run.losses[row]), float(view.run.accuracies[row])
