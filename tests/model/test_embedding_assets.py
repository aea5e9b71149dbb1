"""The shipped network and the shipped points: what they say of themselves is so."""

import hashlib
import tomllib

import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from model.assets import origin_of
from model.embedding import Embeddings, contrastive, digits
from model.embedding.__main__ import POINTS, WEIGHTS
from model.embedding.capture import Features, capture, first_norms, spread
from model.embedding.projection import Reduced, Settings, reduce
from model.embedding.quality import knn_accuracy, silhouette


@pytest.fixture(scope="module")
def shown() -> Embeddings:
    return Embeddings.load(POINTS)


@pytest.fixture(scope="module")
def model() -> contrastive.ContrastiveModel:
    return contrastive.load_model(WEIGHTS)[0]


@pytest.fixture(scope="module")
def features(shown: Embeddings, model: contrastive.ContrastiveModel) -> Features:
    return capture(model.image, digits.as_batch(shown.thumbnails).split(256), shown.layers)


@pytest.fixture(scope="module")
def reduced(features: Features) -> Reduced:
    return reduce(features, Settings())


def test_the_files_are_small() -> None:
    assert WEIGHTS.stat().st_size < 2e6
    assert POINTS.stat().st_size < 1e6


def test_there_are_a_thousand_images_and_six_layers(
    shown: Embeddings, model: contrastive.ContrastiveModel
) -> None:
    assert len(shown) == 1017
    assert shown.layers == spread(first_norms(model.image), 6)
    assert len(shown.layers) == 6
    assert shown.class_names == digits.CLASS_NAMES
    assert np.bincount(shown.labels).min() >= 90


def test_the_images_are_the_held_out_ones(shown: Embeddings) -> None:
    thumbnails, labels = digits.held_out_thumbnails(digits.Placement(), seed=0)
    assert np.array_equal(shown.labels, labels)
    assert np.abs(shown.thumbnails.astype(int) - thumbnails).max() <= 1


def test_the_held_out_accuracy_is_as_stated(
    shown: Embeddings, model: contrastive.ContrastiveModel
) -> None:
    made = contrastive.load_model(WEIGHTS)[1]
    found = contrastive.model_accuracy(model, digits.as_batch(shown.thumbnails), shown.labels)
    assert found == pytest.approx(made["zero_shot_accuracy"], abs=2 / 1017)
    assert shown.zero_shot_accuracy == pytest.approx(found, abs=2 / 1017)
    assert found > 0.95
    shuffled = np.random.default_rng(0).permutation(shown.labels)
    assert contrastive.model_accuracy(model, digits.as_batch(shown.thumbnails), shuffled) < 0.2


def test_the_network_reads_the_names(
    shown: Embeddings, model: contrastive.ContrastiveModel
) -> None:
    """With the names in another order it gives the other order: the texts decide."""
    batch = digits.as_batch(shown.thumbnails)
    turned = contrastive.model_accuracy(
        model, batch, (shown.labels + 1) % 10, digits.CLASS_NAMES[-1:] + digits.CLASS_NAMES[:-1]
    )
    assert turned == pytest.approx(shown.zero_shot_accuracy, abs=2 / 1017)


def test_the_classes_disentangle_layer_by_layer(shown: Embeddings, features: Features) -> None:
    for index, array in enumerate(features.arrays):
        knn = knn_accuracy(array, shown.labels, neighbours=shown.parameters["neighbours"])
        assert shown.knn_accuracy[index] == pytest.approx(knn, abs=3 / 1017)
        score = silhouette(array, shown.labels)
        assert shown.silhouette[index] == pytest.approx(score, abs=1e-4)
    assert (np.diff(shown.knn_accuracy) > 0.02).all()
    assert (np.diff(shown.silhouette) > 0.005).all()
    assert shown.knn_accuracy[0] < 0.6
    assert shown.knn_accuracy[-1] > 0.94


def test_the_pca_view_is_the_features_pca(shown: Embeddings, reduced: Reduced) -> None:
    size = np.abs(shown.pca).max()
    assert np.abs(shown.pca - reduced.points[..., :2]).max() < 1e-4 * size
    assert shown.parameters["pca_explained"] == pytest.approx(reduced.explained, abs=1e-5)


def test_the_points_are_one_map_of_all_layers(shown: Embeddings, reduced: Reduced) -> None:
    """Of all 6,102 points together, near in the plane means near in the features."""
    every = reduced.points.reshape(-1, reduced.points.shape[2])
    some = np.random.default_rng(0).permutation(len(every))[:2000]
    assert trustworthiness(every[some], shown.points.reshape(-1, 2)[some], n_neighbors=10) > 0.97
    first, last = (knn_accuracy(shown.points[i], shown.labels) for i in (0, -1))
    assert first < 0.4
    assert last > 0.9


def test_how_they_were_made_is_beside_them(shown: Embeddings) -> None:
    weights = tomllib.loads(origin_of(WEIGHTS).read_text())
    points = tomllib.loads(origin_of(POINTS).read_text())
    digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
    assert weights["sha256"] == digest == points["weights_sha256"]
    assert points["sha256"] == shown.digest == hashlib.sha256(POINTS.read_bytes()).hexdigest()
    assert weights["command"] == "python -m model.embedding train"
    assert points["command"] == "python -m model.embedding project"
    assert weights["seconds"] < 600
    assert points["tsne_arguments"] == {
        name: value
        for name, value in shown.parameters["tsne_arguments"].items()
        if value is not None
    }
