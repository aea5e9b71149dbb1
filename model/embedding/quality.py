"""How far a layer has told the classes apart, measured in its full space."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int, Shaped


def knn_accuracy(
    points: Shaped[np.ndarray, "n d"], labels: Int[np.ndarray, " n"], *, neighbours: int = 10
) -> float:
    """Share of points whose class is the commonest among their nearest neighbours.

    Each point is left out of its own neighbours (leave-one-out). Distances are
    Euclidean; of equally common classes the first counts.

    Raises
    ------
    ValueError
        When there are not more points than neighbours.
    """
    from sklearn.neighbors import NearestNeighbors

    if len(points) <= neighbours:
        raise ValueError(f"neighbours: got {neighbours}, want fewer than the {len(points)} points")
    search = NearestNeighbors(n_neighbors=neighbours, algorithm="brute").fit(points)
    nearest = labels[search.kneighbors(return_distance=False)]
    votes = (nearest[:, :, None] == np.unique(labels)).sum(axis=1)
    return float(np.mean(np.unique(labels)[votes.argmax(axis=1)] == labels))


def silhouette(points: Shaped[np.ndarray, "n d"], labels: Int[np.ndarray, " n"]) -> float:
    """The mean silhouette of the classes, -1 to 1 (Rousseeuw 1987), by Euclidean distance.

    A point's silhouette is (b - a) / max(a, b), where a is its mean distance
    to its own class and b that to the nearest other class.

    Raises
    ------
    ValueError
        When there are fewer than 2 classes, or as many classes as points.
    """
    from sklearn.metrics import silhouette_score

    classes = len(np.unique(labels))
    if not 2 <= classes < len(points):
        raise ValueError(f"labels: got {classes} classes, want 2 to {len(points) - 1}")
    return float(silhouette_score(points, labels))
