"""Sentences about a training run: each is said only where its numbers bear it out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.lesson_run import MOST_ITERATES, Run
from model.lesson_view import (
    accuracy_written,
    code_of,
    in_words,
    loss_written,
    share_seen,
    symbol,
)
from model.lesson_words import class_labels

_NEAR_ZERO = 0.05
_TWO_LINES = 6  # the most planes that have room for two lines each
_LONGEST = 24  # letters of both classes' names, when they are called by name


def planes(run: Run) -> str:
    """How many planes there are, in words."""
    return in_words(len(run.names))


def pair(run: Run) -> str:
    """The two classes by name, or all of them as classes."""
    names = class_labels(run.data.class_names)
    if len(names) == 2 and sum(map(len, names)) <= _LONGEST:
        return f"{names[1]} and {names[0]}"
    return "the classes"


def ask_where(run: Run) -> str:
    """The question on the four checkpoints."""
    if not _cuts_tell(run):
        return f"What does training change about {pair(run)}?"
    return f"On which planes could {_cut(run)} part {pair(run)}?"


def answer(run: Run) -> str:
    """The answer as a heading; empty where straight cuts do not tell."""
    if not _cuts_tell(run):
        return ""
    parts = "parts" if run.data.classes == 2 else "part"
    symbols = tuple(f"${symbol(name)}$" for name in run.names)
    return f"Done: {_planes_told(run, 1, symbols)}, {_cut(run)} {parts} them"


def compare(run: Run) -> str:
    """The first checkpoint against the last: where straight cuts part the classes."""
    if _cuts_tell(run):
        return f"Untrained: {_planes_told(run, 0)}. Done: {_planes_told(run, 1)}."
    first, last = (float(run.accuracies[run.checkpoints[k]]) for k in (0, -1))
    return f"Untrained, accuracy {accuracy_written(first)}; done, {accuracy_written(last)}."


def answered(run: Run) -> str:
    """The comparison for those who do not hear the question: where straight cuts part what."""
    if not _cuts_tell(run):
        return compare(run)
    return f"Planes on which {_cut(run)} could part {pair(run)}: {compare(run)}"


def descend(run: Run) -> str:
    """From the second to the third checkpoint."""
    losses, rights = _between(run, 1)
    if losses[1] < losses[0] and rights[1] > rights[0]:
        return f"The loss falls as {pair(run)} draw apart on y."
    return _loss_told(losses)


def finish(run: Run) -> str:
    """From the third checkpoint to the last."""
    losses, _ = _between(run, 2)
    if _wider(run) and losses[1] < min(losses[0], _NEAR_ZERO):
        return "Then the layers spread wider, and the loss nears 0."
    return _loss_told(losses)


def arrived(run: Run, write: Callable[[str], str] = str) -> str:
    """The last heading: where the classes are, their names as ``write`` puts them in markup."""
    right = float(run.accuracies[run.checkpoints[-1]])
    names = class_labels(run.data.class_names)
    if right == 1 and len(names) == 2 and pair(run) != "the classes":
        first, second = names
        start = second.capitalize() if second.islower() and len(second) > 1 else second
        return f"{write(start)} at $({code_of(1, 2)})$, {write(first)} at $({code_of(0, 2)})$"
    if right == 1:
        return "Every datapoint nearest to the corner of its class"
    return f"{accuracy_written(right)} nearest to the corner of their class"


def heading(run: Run) -> str:
    """Through how many of the recorded steps the stack moves."""
    recorded = len(run.view.run)
    if recorded <= MOST_ITERATES:
        return f"Training, through all {recorded:,} recorded steps"
    return f"Training, through {len(run.rows):,} of {recorded:,} recorded steps"


def drawn(run: Run) -> str:
    """How many of the datapoints are drawn."""
    all_of_them = len(run.data)
    if len(run.chosen) == all_of_them:
        return f"all {all_of_them:,} datapoints"
    return f"{len(run.chosen):,} of the {all_of_them:,} datapoints"


def legend(run: Run) -> list[tuple[str, str]]:
    """The rows of the legend: which sign, and what it stands for."""
    rows = [("data" if run.view.lesson.path is None else "", drawn(run))]
    rows.append(("dots", "one datapoint's way up"))
    if run.planar:
        image = "the exact image" if run.piecewise_linear else "the image"
        rows.append(("frame", f"{image} of a square"))
    rows.append((f"$ ±{_reach(run):g} $", "how far the plane reaches:"))
    if (run.ticks == 1).all():
        rows.append(("", "one tick is 1 everywhere"))
    elif len(run.names) <= _TWO_LINES:
        rows.append(("", "one tick is 1, or as _by_ says"))
    if not run.planar:
        inputs = f"{run.data.dim} inputs" if run.data.dim > 1 else "one input"
        rows.append(("", f"{inputs}: no square"))
    if any(not each.exact for each in run.projections):
        rows.append(("", "one projection for all steps"))
    return rows


def told_legend(run: Run) -> str:
    """The rows of the legend as one sentence's words, for those who cannot see it."""
    signs = {"data": "marks, ", "dots": "dotted lines, ", "frame": "the outline, "}
    rows = []
    for sign, words in legend(run):
        start = signs.get(sign, f"{sign.strip('$ ')}, " if sign else "")
        rows.append(start + words.rstrip(":").replace("_", ""))
    return "; ".join(rows)


def notes(run: Run, *, narrow: bool = False) -> list[str]:
    """Beside each plane how far it reaches and, of another lesson, whether it is exact.

    In a column that is ``narrow``, or where the planes are many, some of it is left out.
    """
    chapter, crowded, found = run.view.lesson.path is None, len(run.names) > _TWO_LINES, []
    for (low, high), step, seen in zip(run.windows, run.ticks, run.projections, strict=True):
        said = f"$±{high:g}$" if low == -high else f'${low:g} thick "to" thick {high:g}$'
        if step != 1 and not (narrow or crowded):
            said += f" by {step:g}"
        if chapter:
            found.append(said)
        elif narrow:
            found.append(seen.label)
        elif crowded:
            found.append(f"{said}, {seen.label}")
        else:
            found.append(f"{said} \\ {seen.label}")
    return found


def across(run: Run) -> str:
    """What runs across below the loss."""
    gaps = np.diff(run.steps)
    return "recorded steps, not to scale" if gaps[0] < gaps[-1] else "step"


def told(run: Run) -> dict[str, str]:
    """What the beats of the clip ask for in their own words."""
    wide = [each for each in run.projections if not each.exact]
    seen = f" {wide[0].name}: {share_seen(wide[0])}." if wide else ""
    return {
        "planes": planes(run),
        "Planes": planes(run).capitalize(),
        "names": ", ".join(run.names),
        "pair": pair(run),
        "projected": seen,
        "parted": answered(run),
        "finish": finish(run),
        "descend": descend(run),
        "arrived": arrived(run).replace("$", ""),
        "legend": told_legend(run),
        "losses": ", ".join(loss_written(run.losses[row]) for row in run.checkpoints),
        "where": ask_where(run),
    }


def _cuts_tell(run: Run) -> bool:
    """Whether straight cuts part the classes at the end, and not at the input already."""
    done = run.parted[-1]
    return bool(done) and done[-1] and not done[0]


def _cut(run: Run) -> str:
    """What parts the classes: a line on planes, something flat in wider layers."""
    kind = "straight line" if run.widest <= 2 else "flat cut"
    return f"a {kind}" if run.data.classes == 2 else f"{kind}s"


def _planes_told(run: Run, when: int, names: tuple[str, ...] = ()) -> str:
    """On which planes straight cuts part the classes, untrained (0) or at the end (1)."""
    where = np.flatnonzero(run.parted[when])
    named = [(names or run.names)[i] for i in where]
    if not named:
        return "on none"
    if len(where) == len(run.names) - where[0]:
        return f"from {named[0]} on"
    *others, last = named
    return f"on {', '.join(others)} and {last}" if others else f"only on {last}"


def _between(run: Run, k: int) -> tuple[list[float], list[float]]:
    rows = list(run.checkpoints[k : k + 2])
    return run.losses[rows].tolist(), run.accuracies[rows].tolist()


def _loss_told(losses: list[float]) -> str:
    verb = "falls" if losses[1] < losses[0] else "goes"
    before, after = (loss_written(loss).replace("<", "below") for loss in losses)
    return f"The loss {verb} from {before} to {after}."


def _wider(run: Run) -> bool:
    """Whether the data lie wider at the last checkpoint than at the third, on most planes."""
    third, last = (run.spreads(k)[1:-1] for k in (2, 3))
    return bool((last > third).mean() > 0.5)


def _reach(run: Run) -> float:
    """A plane's reach as an example: the first behind the input, of those that are shortest."""
    written = [f"{high:g}" for _, high in run.windows[1:]]
    return float(min(written, key=len))
