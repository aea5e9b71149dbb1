"""How long the small vision transformer trains and projects, and which t-SNE does better.

    python tests/benchmarks/embedding.py

One thread. The comparison wants ``pip install openTSNE`` and is left out
without it. Trustworthiness (Venna and Kaski 2001) is that of all layers'
points together, for 15 neighbours.
"""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from sklearn.manifold import TSNE, trustworthiness
from threadpoolctl import threadpool_limits

from model.embedding import Embeddings, contrastive, digits
from model.embedding.__main__ import POINTS, WEIGHTS
from model.embedding.capture import capture
from model.embedding.projection import Settings, reduce, tsne_parameters
from model.embedding.quality import knn_accuracy, silhouette
from model.embedding.vit import ViTConfig


def timed(what: str, run: Callable[[], Any]) -> Any:
    start = time.perf_counter()
    result = run()
    print(f"{what:<34}{time.perf_counter() - start:8.2f} s")
    return result


def compare(flat: np.ndarray, perplexity: float) -> None:
    """The same joint points by both libraries, from the same start, 1,000 iterations."""
    start = 1e-4 * flat[:, :2] / flat[:, 0].std()
    settings = Settings(perplexity=perplexity)
    run = TSNE(**tsne_parameters(settings), init=start.astype(np.float32))
    placed = timed(f"scikit-learn, perplexity {perplexity:g}", lambda: run.fit_transform(flat))
    report(run.kl_divergence_, flat, placed)
    if importlib.util.find_spec("openTSNE") is None:
        return
    import openTSNE

    other = openTSNE.TSNE(
        perplexity=perplexity, initialization=start, n_iter=750, n_jobs=1, random_state=0
    )
    embedding = timed(f"openTSNE, perplexity {perplexity:g}", lambda: other.fit(flat))
    report(embedding.kl_divergence, flat, np.asarray(embedding))


def report(divergence: float, flat: np.ndarray, placed: np.ndarray) -> None:
    trust = trustworthiness(flat, placed, n_neighbors=15)
    print(f"    divergence {divergence:.4f} nats, trustworthiness {trust:.4f}")


def main() -> None:
    torch.set_num_threads(1)
    shown, model = Embeddings.load(POINTS), contrastive.load_model(WEIGHTS)[0]
    short = contrastive.Training(steps=50)
    timed("training, 50 steps of 3,000", lambda: contrastive.train(
        ViTConfig(), short, digits.Placement()
    ))  # fmt: skip
    images = digits.as_batch(shown.thumbnails)
    features = timed("capture", lambda: capture(model.image, images.split(128), shown.layers))
    timed("k nearest neighbours, 6 layers", lambda: [
        knn_accuracy(array, shown.labels) for array in features.arrays
    ])  # fmt: skip
    timed("silhouettes, 6 layers", lambda: [
        silhouette(array, shown.labels) for array in features.arrays
    ])  # fmt: skip
    reduced = timed("joint PCA", lambda: reduce(features, Settings()))
    exact = np.linalg.svd(
        (stacked := np.concatenate(features.arrays).astype(np.float64)) - stacked.mean(axis=0),
        full_matrices=False,
    )
    wanted = exact.U[:, :50] * exact.S[:50]
    flat = reduced.points.reshape(-1, 50)
    signs = np.sign((flat * wanted).sum(axis=0))
    error = np.abs(flat - signs * wanted).max(axis=0) / np.abs(wanted).max()
    print(f"    largest error: first 2 coordinates {error[:2].max():.1e}, all 50 {error.max():.1e}")
    for perplexity in (30.0, 50.0):
        compare(flat, perplexity)


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
