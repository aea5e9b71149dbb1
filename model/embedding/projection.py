"""One plane for all layers: a joint PCA, then a joint t-SNE."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

from model.checks import FloatArray, as_float_array
from model.embedding.capture import Features

_BLOCK_NUMBERS = 2**22
_OVERSAMPLING = 10
_POWER_PASSES = 12


@dataclass(frozen=True)
class Settings:
    """Every choice that decides where the points lie.

    Attributes
    ----------
    components
        Dimensions kept by the PCA that comes before t-SNE, or as many as there are.
    perplexity
        Effective number of neighbours of a point, over all layers' points.
    early_exaggeration, iterations, theta
        As in ``sklearn.manifold.TSNE`` (Barnes-Hut); iterations at least 250.
    neighbours
        Of the k-nearest-neighbour accuracy.
    seed
        Of the randomised PCA and of t-SNE.
    """

    components: int = 50
    perplexity: float = 30.0
    early_exaggeration: float = 12.0
    iterations: int = 1000
    theta: float = 0.5
    neighbours: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        for name, least in (("components", 2), ("iterations", 250), ("neighbours", 1), ("seed", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or value < least:
                raise ValueError(f"{name}: got {value!r}, want a whole number, at least {least}")
        for name, low in (("perplexity", 1), ("early_exaggeration", 1), ("theta", 0)):
            if not low <= as_float_array(getattr(self, name), name, ndim=0) < np.inf:
                raise ValueError(f"{name}: got {getattr(self, name)!r}, want at least {low}")

    def check_counts(self, images: int, layers: int) -> None:
        """Say now what would fail after the long work.

        Raises
        ------
        ValueError
            When the layers' points together are fewer than the perplexity
            needs (3 perplexities of neighbours), or the images fewer than the
            nearest-neighbour accuracy needs.
        """
        points, wanted = images * layers, int(3 * self.perplexity) + 1
        if points <= wanted:
            raise ValueError(
                f"perplexity: {self.perplexity:g} needs more than {wanted} points, but {images} "
                f"images at {layers} layers are {points}; give more images or a perplexity below "
                f"{max((points - 1) / 3, 0):.3g}"
            )
        if images <= self.neighbours:
            raise ValueError(
                f"neighbours: got {self.neighbours}, want fewer than the {images} images"
            )


@dataclass(frozen=True, eq=False)
class Reduced:
    """Features in the first coordinates of a joint PCA.

    Attributes
    ----------
    points
        (L, n, k), the coordinate of largest variance first.
    explained
        Share of the total variance that the k coordinates keep, 0 to 1.
    """

    points: Float[np.ndarray, "l n k"]
    explained: float


def reduce(features: Features, settings: Settings) -> Reduced:
    """Project all layers' features on the leading principal axes of them all.

    A randomised PCA: subspace iteration from a random start (Halko, Martinsson
    and Tropp 2011, algorithm 4.4), with 10 extra dimensions and 12 passes over
    the data, a block of rows in memory at a time. On the shipped digits the
    first two coordinates differ from an exact PCA's by 3e-14 of the largest,
    the last of 50 by less than 1 %. The axes' signs are set so that each one's
    largest entry is positive.

    Raises
    ------
    ValueError
        When the layers differ in width: one space needs one width.
    """
    widths = {name: a.shape[1] for name, a in zip(features.names, features.arrays, strict=True)}
    if len(set(widths.values())) > 1:
        listed = ", ".join(f"{name} has {width}" for name, width in widths.items())
        raise ValueError(f"layers: want all of one width for a joint projection, but {listed}")
    width, total = widths[features.names[0]], len(features) * len(widths)
    kept = min(settings.components, width, total)
    mean = sum(block.sum(axis=0) for block in _blocks(features)) / total
    size = min(kept + _OVERSAMPLING, width, total)
    axes = np.random.default_rng(settings.seed).standard_normal((width, size))
    for _ in range(_POWER_PASSES):
        axes, _ = np.linalg.qr(_scatter(features, mean, axes))
    scores = np.concatenate([(block - mean) @ axes for block in _blocks(features)])
    _, _, turn = np.linalg.svd(scores, full_matrices=False)
    principal = axes @ turn[:kept].T
    largest = principal[np.abs(principal).argmax(axis=0), np.arange(kept)]
    scores = scores @ turn[:kept].T * np.where(largest < 0, -1.0, 1.0)
    spread = sum(((block - mean) ** 2).sum() for block in _blocks(features))
    explained = (scores**2).sum() / spread if spread > 0 else 1.0
    return Reduced(scores.reshape(len(widths), len(features), kept), float(explained))


def tsne(points: Float[np.ndarray, "l n k"], settings: Settings) -> Float[np.ndarray, "l n 2"]:
    """Return the joint t-SNE of all layers' points: one run, one plane.

    scikit-learn's Barnes-Hut t-SNE (van der Maaten 2014), started from the
    first two coordinates given. On 6 layers of 1,017 digits and one core it
    takes 22 s and openTSNE 1.0.4 takes 20 s; the latter's divergence ends 3 %
    lower, its trustworthiness is the same (0.993 and 0.994): not enough for
    one more compiled dependency. ``tests/benchmarks/embedding.py`` measures it.

    Raises
    ------
    ValueError
        When there are fewer points than the perplexity needs.
    """
    from sklearn.manifold import TSNE

    layers, images, width = points.shape
    settings.check_counts(images, layers)
    flat = points.reshape(-1, width)
    largest = flat[:, 0].std()
    start = flat[:, :2] * (1e-4 / largest if largest > 0 else 0.0)
    run = TSNE(**tsne_parameters(settings), init=start.astype(np.float32))
    return run.fit_transform(flat).astype(np.float64).reshape(layers, images, 2)


def tsne_parameters(settings: Settings) -> dict[str, Any]:
    """Every argument of ``sklearn.manifold.TSNE`` but the start, none left to its default."""
    return {
        "n_components": 2,
        "perplexity": settings.perplexity,
        "early_exaggeration": settings.early_exaggeration,
        "learning_rate": "auto",
        "max_iter": settings.iterations,
        "n_iter_without_progress": settings.iterations,
        "min_grad_norm": 1e-7,
        "metric": "euclidean",
        "metric_params": None,
        "verbose": 0,
        "random_state": settings.seed,
        "method": "barnes_hut",
        "angle": settings.theta,
        "n_jobs": 1,
    }


def parameters(settings: Settings) -> dict[str, Any]:
    """What to write down beside the points: the settings and the methods they belong to."""
    from sklearn import __version__

    return {
        **asdict(settings),
        "pca": f"randomised, {_POWER_PASSES} passes, {_OVERSAMPLING} extra dimensions, float64",
        "tsne": f"scikit-learn {__version__}, started from the first two PCA coordinates",
        "tsne_arguments": tsne_parameters(settings),
    }


def _blocks(features: Features) -> Iterator[FloatArray]:
    """All layers' rows in float64, a bounded number of them at a time."""
    for array in features.arrays:
        rows = max(_BLOCK_NUMBERS // array.shape[1], 1)
        for start in range(0, len(array), rows):
            yield np.asarray(array[start : start + rows], np.float64)


def _scatter(features: Features, mean: FloatArray, axes: FloatArray) -> FloatArray:
    """The scatter matrix of the centred rows, times ``axes``."""
    total = np.zeros_like(axes)
    for block in _blocks(features):
        centred = block - mean
        total += centred.T @ (centred @ axes)
    return total
