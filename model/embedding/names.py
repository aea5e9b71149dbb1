"""Reading the names of layers, for those who draw them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float


def short_names(layers: Sequence[str], *, tail: bool = False) -> list[str]:
    """The names without the parts that all begin with, but for the last, or end with.

    ``encoder.blocks.0.norm1`` and ``encoder.blocks.1.norm1`` become ``blocks.0``
    and ``blocks.1``; with ``tail``, ``blocks.0.norm1`` and ``blocks.1.norm1``.
    """
    parts = [name.split(".") for name in layers]
    while not tail and min(map(len, parts)) > 1 and len({each[-1] for each in parts}) == 1:
        parts = [each[:-1] for each in parts]
    while min(map(len, parts)) > 2 and len({tuple(each[:2]) for each in parts}) == 1:
        parts = [each[1:] for each in parts]
    return [".".join(each) for each in parts]


def block_numbers(layers: Sequence[str]) -> Float[np.ndarray, " l"]:
    """The first number in each layer's name; 0, 1, ... where these do not rise.

    ``blocks.0.norm1`` and ``blocks.4.norm1`` give 0 and 4.
    """
    found = [re.search(r"\d+", name) for name in layers]
    numbers = np.array([float(each.group()) if each else -1.0 for each in found])
    rising = bool((np.diff(numbers) > 0).all()) and numbers[0] >= 0
    return numbers if rising else np.arange(float(len(layers)))
