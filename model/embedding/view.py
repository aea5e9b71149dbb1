"""The embeddings on show, and what is to be told of them."""

from __future__ import annotations

import os
from functools import cache

import numpy as np
from jaxtyping import Bool, Float

from model.assets import FOLDER
from model.embedding.names import block_numbers, short_names
from model.embedding.store import Embeddings

VARIABLE = "EMBEDDINGS"
_STILL = 0.01  # of the map's extent


@cache
def shown() -> Embeddings:
    """The embeddings in the file that the environment variable ``EMBEDDINGS`` names, or our own."""
    return Embeddings.load(os.environ.get(VARIABLE) or FOLDER / "embeddings.safetensors")


def sample_image() -> int:
    """The image that is looked at closely: the one with the most ink."""
    e = shown()
    return int((e.thumbnails > 0).reshape(len(e), -1).sum(axis=1).argmax())


def depth() -> int:
    """How many blocks the network has; 0 when it is not known."""
    return int(shown().parameters.get("network", {}).get("depth", 0))


def blocks() -> list[tuple[str, bool]]:
    """The network's blocks from the input up, and whether each one is looked at."""
    e = shown()
    names = short_names(e.layers)
    if not depth():
        return [(name, True) for name in names]
    stem = names[0].rpartition(".")[0]
    return [(f"{stem}.{i}", f"{stem}.{i}" in names) for i in range(depth())]


def numbers_per_image() -> int:
    """How many numbers stand for an image at each layer."""
    return int(shown().parameters["numbers_per_image"])


def separation() -> tuple[Float[np.ndarray, " l"], Float[np.ndarray, "2 l"]]:
    """Where in the network the classes' separation is measured, and its measures."""
    e = shown()
    return block_numbers(e.layers), np.stack([e.knn_accuracy, e.silhouette])


def still() -> Bool[np.ndarray, " l"]:
    """To which layers most points hardly move on the map from the layer before.

    By less than a hundredth of what the layer spans on the map, in the median.
    """
    points = shown().points
    moved = np.median(np.linalg.norm(np.diff(points, axis=0), axis=2), axis=1)
    return np.append(False, moved < _STILL * np.ptp(points[1:], axis=1).max(axis=1))


def told_still(layer: int) -> str:
    """That the map hardly moves to ``layer``, and what the measures do meanwhile."""
    where, measured = separation()
    rise = (measured[:, layer] > measured[:, layer - 1]).all()
    before, after = where[layer - 1 : layer + 1]
    told = f"From block {before:g} to {after:g} the map hardly moves"
    return f"{told}, but both measures rise." if rise else f"{told}."
