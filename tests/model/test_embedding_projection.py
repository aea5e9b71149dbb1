"""The joint projection and the measures of separation, against independent oracles."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from model.embedding import projection
from model.embedding.capture import Features
from model.embedding.projection import Settings, reduce, tsne
from model.embedding.quality import knn_accuracy, silhouette


def features(layers: int, n: int, d: int, seed: int = 0, offset: float = 3.0) -> Features:
    """Layers of correlated points away from the origin, each moved and stretched otherwise."""
    rng = np.random.default_rng(seed)
    mix = rng.standard_normal((d, d)) * np.linspace(1, 0.05, d)
    arrays = [
        (s * rng.standard_normal((n, d)) @ mix.T + offset + s).astype(np.float32)
        for s in 1 + np.arange(layers)
    ]
    return Features(tuple(f"layer {i}" for i in range(layers)), tuple(arrays))


@given(
    layers=st.integers(1, 3), n=st.integers(3, 30), d=st.integers(2, 40), seed=st.integers(0, 99)
)
@settings(max_examples=25, deadline=None)
def test_the_reduction_is_the_joint_pca(layers: int, n: int, d: int, seed: int) -> None:
    captured = features(layers, n, d, seed)
    stacked = np.concatenate(captured.arrays).astype(np.float64)
    kept = min(5, d, layers * n)
    got = reduce(captured, Settings(components=5))
    exact = PCA(kept, svd_solver="full").fit(stacked)
    wanted = exact.transform(stacked)
    assert got.points.shape == (layers, n, kept)
    flat = got.points.reshape(-1, kept)
    signs = np.sign((flat * wanted).sum(axis=0))
    scale = np.abs(wanted).max()
    sure = np.append(np.diff(-exact.singular_values_), 1) > 1e-3 * exact.singular_values_[0]
    sure[1:] &= sure[:-1]
    assert np.allclose(flat[:, sure], (signs * wanted)[:, sure], atol=1e-6 * scale)
    assert got.explained == pytest.approx(exact.explained_variance_ratio_.sum(), abs=1e-9)


def test_the_axes_signs_do_not_depend_on_the_seed() -> None:
    captured = features(2, 40, 30)
    first, second = (reduce(captured, Settings(components=4, seed=s)).points for s in (0, 1))
    assert np.allclose(first, second, atol=1e-6 * np.abs(first).max())


def test_the_reduction_reads_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    captured = features(2, 40, 30)
    whole = reduce(captured, Settings(components=4)).points
    monkeypatch.setattr(projection, "_BLOCK_NUMBERS", 70)
    assert max(len(block) for block in projection._blocks(captured)) == 2
    assert np.allclose(reduce(captured, Settings(components=4)).points, whole, atol=1e-9)


def test_points_that_all_coincide_have_no_spread() -> None:
    same = Features(("a",), (np.full((5, 3), 2.0, np.float32),))
    got = reduce(same, Settings())
    assert np.abs(got.points).max() == 0
    assert got.explained == 1.0


def test_one_space_needs_one_width() -> None:
    arrays = (np.zeros((3, 2), np.float32), np.zeros((3, 4), np.float32))
    with pytest.raises(ValueError, match="joint projection, but a has 2, b has 4"):
        reduce(Features(("a", "b"), arrays), Settings())


def groups(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two layers of three groups: mixed in the first, far apart in the second."""
    rng = np.random.default_rng(seed)
    labels = np.arange(45) % 3
    points = rng.standard_normal((2, 45, 5))
    points[1] += 20 * np.eye(5)[labels]
    return points, labels


QUICK = Settings(perplexity=8.0, iterations=300)


def test_tsne_keeps_neighbours_and_is_repeatable() -> None:
    points, labels = groups()
    placed = tsne(points, QUICK)
    assert placed.shape == (2, 45, 2)
    assert np.array_equal(tsne(points, QUICK), placed)
    assert knn_accuracy(placed[1], labels, neighbours=5) == 1.0
    assert knn_accuracy(placed[0], labels, neighbours=5) < 0.7


def test_tsne_is_joint() -> None:
    """The same points at two layers land in the same places: one map, not two."""
    points, _ = groups()
    twice = np.stack([points[1], points[1]])
    placed = tsne(twice, QUICK)
    apart = np.linalg.norm(placed[0] - placed[1], axis=1)
    size = np.linalg.norm(placed[0] - placed[0].mean(axis=0), axis=1).mean()
    assert np.median(apart) < 0.1 * size


def test_every_argument_of_tsne_is_set() -> None:
    import inspect

    from sklearn.manifold import TSNE

    wanted = set(inspect.signature(TSNE).parameters) - {"init"}
    assert set(projection.tsne_parameters(Settings())) == wanted


@given(perplexity=st.floats(1, 50), images=st.integers(1, 60), layers=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_the_advice_on_perplexity_holds(perplexity: float, images: int, layers: int) -> None:
    asked = Settings(perplexity=perplexity, neighbours=1)
    try:
        asked.check_counts(images, layers)
    except ValueError as error:
        if "neighbours" in str(error):
            assert images == 1
            return
        assert images * layers <= 3 * perplexity + 1
        below = float(str(error).rsplit(" ", 1)[1])
        if below > 1.5 and images > 1:
            Settings(perplexity=0.99 * below, neighbours=1).check_counts(images, layers)
    else:
        assert images * layers > 3 * perplexity


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"components": 1}, "components: got 1, want a whole number, at least 2"),
        ({"iterations": 100}, "iterations: got 100, want a whole number, at least 250"),
        ({"neighbours": 0}, "neighbours: got 0"),
        ({"seed": -1}, "seed: got -1"),
        ({"perplexity": 0.5}, "perplexity: got 0.5, want at least 1"),
        ({"perplexity": float("nan")}, "perplexity: 1 of 1 values are not finite"),
        ({"theta": -0.1}, "theta: got -0.1, want at least 0"),
    ],
)
def test_settings_out_of_range_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Settings(**changes)


def test_too_few_points_are_refused() -> None:
    wanted = r"30 needs more than 91 points, but 10 images at 2 layers are 20; .* below 6\.33"
    with pytest.raises(ValueError, match=wanted):
        tsne(np.zeros((2, 10, 3)), Settings(neighbours=5))
    with pytest.raises(ValueError, match="neighbours: got 10, want fewer than the 10 images"):
        Settings(perplexity=2.0).check_counts(10, 2)


def brute_force(points: np.ndarray, labels: np.ndarray, neighbours: int) -> tuple[float, float]:
    """Both measures by their definitions, a point at a time."""
    right, total = 0, 0.0
    for i, (point, label) in enumerate(zip(points, labels, strict=True)):
        far = np.linalg.norm(points - point, axis=1)
        others = sorted((j for j in range(len(points)) if j != i), key=far.__getitem__)
        near = [labels[j] for j in others[:neighbours]]
        right += max(sorted(set(near)), key=near.count) == label
        mine = [far[j] for j in others if labels[j] == label]
        if mine:
            means = [far[labels == other].mean() for other in set(labels) - {label}]
            a, b = np.mean(mine), min(means)
            total += (b - a) / max(a, b)
    return right / len(points), total / len(points)


@given(seed=st.integers(0, 999), n=st.integers(8, 40), classes=st.integers(2, 4))
@settings(max_examples=25, deadline=None)
def test_the_measures_are_their_definitions(seed: int, n: int, classes: int) -> None:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % classes)
    points = rng.standard_normal((n, 3)) + labels[:, None]
    knn, score = brute_force(points, labels, 3)
    assert knn_accuracy(points, labels, neighbours=3) == pytest.approx(knn, abs=1e-12)
    assert silhouette(points, labels) == pytest.approx(score, abs=1e-9)


def test_the_measures_keep_their_precision_far_from_the_origin() -> None:
    points, labels = groups()
    far = (points[1] + 1000).astype(np.float32)
    exact = far.astype(np.float64)
    assert knn_accuracy(far, labels) == knn_accuracy(exact, labels)
    assert silhouette(far, labels) == pytest.approx(silhouette(exact, labels), abs=1e-3)


def test_the_measures_refuse_what_they_cannot_measure() -> None:
    points = np.zeros((5, 2))
    with pytest.raises(ValueError, match="neighbours: got 5, want fewer than the 5 points"):
        knn_accuracy(points, np.arange(5), neighbours=5)
    for labels, classes in ((np.zeros(5, int), 1), (np.arange(5), 5)):
        with pytest.raises(ValueError, match=f"labels: got {classes} classes, want 2 to 4"):
            silhouette(points, labels)
