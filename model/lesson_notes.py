"""What to say of a new lesson: what training will make of the module, and units far apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from model.lesson import Lesson

if TYPE_CHECKING:
    from torch import nn

UNLIKE = 20.0


def units(lesson: Lesson) -> list[str]:
    """A hint where one coordinate's standard deviation is over :data:`UNLIKE` times another's."""
    spread = lesson.dataset.points.std(axis=0)
    least, most = int(spread.argmin()), int(spread.argmax())
    if spread[most] <= UNLIKE * spread[least]:
        return []
    columns = lesson._file.data.columns
    named = len(columns) == len(spread)
    low, high = (repr(columns[at]) if named else f"coordinate {at}" for at in (least, most))
    if spread[least] == 0:
        return [f"{low} is the same in all rows; leave it out by --columns"]
    return [
        f"{high} spreads {spread[most] / spread[least]:,.0f} times as far as {low}, so pictures "
        "show little more than a line; divide each column by its standard deviation"
    ]


def changes(module: nn.Module) -> list[str]:
    """What training a lesson of the module's layers and widths does not keep of the module."""
    from torch import nn

    from model.torch_bridge import leaves

    found = []
    linear = False
    for path, child in leaves(module):
        kind = type(child).__name__
        match child:
            case nn.BatchNorm1d() if linear:
                found.append(
                    f"{path} ({kind}) is left out: the linear layer before it does as much"
                )
            case nn.BatchNorm1d(num_features=width):
                found.append(f"{path} ({kind}) becomes a linear layer, {width} to {width}")
            case nn.Dropout():
                found.append(f"{path} ({kind}) becomes an identity")
            case nn.Linear(bias=None):
                found.append(f"{path} ({kind}) gets a bias")
        linear = isinstance(child, nn.Linear | nn.BatchNorm1d)
    return found
