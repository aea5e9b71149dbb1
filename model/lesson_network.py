"""The network of a lesson: whether layers and widths fit one another and the data."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from model.layers import LeakyReLU, Linear, Softmax
from model.lesson_schema import MAX_LAYERS, Entries, Place, Problem
from model.trajectory import LAYER_NAMES


def network_problems(
    entries: Entries, dim: int | None, classes: int | None, *, trained: bool
) -> Iterator[Problem]:
    """What is wrong between the entries of ``[network]``, and with the data.

    Parameters
    ----------
    entries
        The lesson's.
    dim, classes
        Of the data, where they are known.
    trained
        Whether the lesson trains the network, by cross-entropy.
    """
    table = entries.table("network")
    if table is None or "entry" in table:
        return
    for key in ("layers", "widths"):
        if key not in table:
            yield ("network", key), "is missing, want layers and widths, or an entry"
    layers = _layers(entries.listed("network", "layers"))
    if layers:
        yield from _check_layers(layers, table.get("widths"), trained)
        yield from _check_slope(entries, layers, trained)
    yield from _check_ends(entries.items("network", "widths"), dim, classes)


def _check_layers(layers: list[str], widths: object, trained: bool) -> Iterator[Problem]:
    linear = layers.count(Linear.name)
    if isinstance(widths, list) and len(widths) != linear + 1:
        yield (
            ("network", "widths"),
            f"got {len(widths)}, want {linear + 1}: the input's and one for each of the "
            f"{linear} linear layers",
        )
    if trained and (layers[-1] != Softmax.name or linear == 0):
        yield (
            ("network", "layers"),
            f"got {layers[-1]!r} at the end of {linear} linear layers, want at least one, and "
            "softmax at the end, for it is trained by cross-entropy",
        )


def _check_slope(entries: Entries, layers: list[str], trained: bool) -> Iterator[Problem]:
    slope, place = entries.value("network", "slope"), ("network", "slope")
    usual = LeakyReLU().slope
    if LeakyReLU.name not in layers and "slope" in (entries.table("network") or {}):
        yield place, f"belongs to layers {LeakyReLU.name!r}, want it left out here"
    elif trained and slope is not None and slope != usual:
        yield place, f"got {slope}, want {usual}, with which leaky relus are trained here"


def _check_ends(
    widths: list[int | None], dim: int | None, classes: int | None
) -> Iterator[Problem]:
    """The first width is the data's, and the last one the number of classes."""
    last = len(widths) - 1
    for index, want, why in (
        (0, dim, "the datapoints' number of coordinates"),
        (last, classes, "the number of classes"),
    ):
        if widths and want is not None and widths[index] not in (None, want):
            place: Place = ("network", "widths", index)
            yield place, f"got {widths[index]}, want {want}, {why}"


def _layers(given: list[Any]) -> list[str] | None:
    """The layers, misspelt ones as what they must have been; None when some are past guessing."""
    found = []
    for name in given[:MAX_LAYERS]:
        near = difflib.get_close_matches(str(name), LAYER_NAMES, n=1, cutoff=0.5)
        if not isinstance(name, str) or not near:
            return None
        found.append(name if name in LAYER_NAMES else near[0])
    return found
