"""What the embeddings clip shows, read off the screen and worked out another way."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from mobjects.batch import MARKERS, Cloud
from mobjects.text import Text
from model.embedding import Embeddings
from model.embedding.view import VARIABLE, still, told_still
from scenes import embeddings as clip

FILE = Path(__file__).parents[2] / "assets" / "embeddings.safetensors"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    clip.shown.cache_clear()
    yield
    clip.shown.cache_clear()


@pytest.fixture
def e() -> Embeddings:
    return Embeddings.load(FILE)


def similar(drawn: np.ndarray, points: np.ndarray) -> bool:
    """Whether ``drawn`` is ``points`` under one scale for both axes and a shift, unturned."""
    a, b = drawn[:, :2] - drawn[:, :2].mean(axis=0), points - points.mean(axis=0)
    scale = (a * b).sum() / (b * b).sum()
    return bool(scale > 0 and np.allclose(a, scale * b, atol=1e-9 * np.abs(b).max() + 1e-12))


def words(group: object) -> list[str]:
    return [m.markup for m in group.get_family() if isinstance(m, Text)]  # type: ignore[attr-defined]


def test_it_shows_a_thousand_images_at_six_layers(e: Embeddings) -> None:
    assert len(e) >= 1000
    assert len(e.layers) == 6
    wall = clip.image_wall()
    np.testing.assert_array_equal(wall.images, e.thumbnails)
    assert (np.abs(wall.points[:, :2]) + wall.side / 2 < [6.6, 3.6]).all()
    apart = np.linalg.norm(wall.points[:, None] - wall.points[None], axis=2)
    assert apart[~np.eye(len(e), dtype=bool)].min() >= wall.side


def test_the_patches_are_the_image_cut_up(e: Embeddings) -> None:
    image, cut = e.thumbnails[clip.sample_image()], clip.sample_patches()
    assert cut.shape == (16, 4, 4)
    for index, patch in enumerate(cut):
        row, column = divmod(index, 4)
        np.testing.assert_array_equal(patch, image[4 * row : 4 * row + 4, 4 * column :][:, :4])


def test_the_account_of_the_numbers_adds_up(e: Embeddings) -> None:
    tokens = len(clip.sample_patches()) + 1
    assert tokens * e.parameters["network"]["width"] == clip.numbers_per_image() == 816
    names, marked = zip(*clip.blocks(), strict=True)
    assert names == tuple(f"blocks.{i}" for i in range(8))
    looked_at = [f"{name}.norm1" for name, mark in zip(names, marked, strict=True) if mark]
    assert looked_at == list(e.layers)


@pytest.mark.parametrize("layer", range(6))
def test_the_points_travel_through_every_layer_of_the_file(e: Embeddings, layer: int) -> None:
    joint, *_ = clip.layer_view()
    joint.set_place(layer)
    assert similar(joint.batch.points, e.points[layer])
    assert similar(joint.now.points, e.points[layer])
    np.testing.assert_array_equal(joint.batch.images, e.thumbnails)


def test_the_numbers_beside_are_the_measured_ones(e: Embeddings) -> None:
    _, curves, measures, notes = clip.layer_view()
    for layer in range(6):
        measures.show_layer(layer)
        shown = [readout.value for readout in measures.readouts]
        assert shown == [e.knn_accuracy[layer], e.silhouette[layer]]
        assert f"`{e.layers[layer]}`" in words(measures)
    np.testing.assert_array_equal(curves.series, [e.knn_accuracy, e.silhouette])
    np.testing.assert_array_equal(curves.places, [0, 1, 2, 4, 5, 7])
    assert "not to be read" in " ".join(words(notes)).replace(r"\ ", "")


def test_the_classes_do_come_apart(e: Embeddings) -> None:
    assert (np.diff(e.knn_accuracy) > 0).all()
    assert (np.diff(e.silhouette) > 0).all()


def test_names_stand_by_their_islands_and_hide_no_image(e: Embeddings) -> None:
    joint, *_ = clip.layer_view()
    points = joint.set_place(5).batch.points[:, :2]
    names = clip.class_names(joint)
    boxes = [(t.get_center()[:2], np.array([t.width, t.height]) / 2) for t in names.texts]
    for k, (center, half) in enumerate(boxes):
        assert (np.abs(points - center) > half).any(axis=1).all()
        assert (np.abs(center - joint.window.middle) + half < joint.window.size / 2).all()
        assert np.linalg.norm(points[e.labels == k] - center, axis=1).min() < 1
        for other, extent in boxes[:k]:
            assert (np.abs(center - other) > half + extent).any()


def test_the_step_without_a_move_is_told(e: Embeddings) -> None:
    moves = [np.median(np.linalg.norm(b - a, axis=1)) for a, b in pairwise(e.points)]
    assert still().tolist() == [False] * 4 + [True, False]
    assert moves[3] < 0.2 < 5 < min(m for i, m in enumerate(moves) if i != 3)
    assert told_still(4) == "From block 4 to 5 the map hardly moves, but both measures rise."


def test_every_panel_of_the_joint_figure_is_its_layer(e: Embeddings) -> None:
    family = clip.joint_figure().get_family()
    clouds = [m for m in family if isinstance(m, Cloud) and len(m.points) == len(e)]
    assert len(clouds) == 12
    for layer in range(6):
        assert similar(clouds[2 * layer].points, e.points[layer])
        assert similar(clouds[2 * layer + 1].points, e.pca[layer])
    for cloud in clouds:
        np.testing.assert_array_equal(cloud.markers, e.labels)
        assert len(np.unique(cloud.rgbas[:, :3], axis=0)) == 10
    shown = words(clip.joint_figure())
    assert [f"${value:.2f}$" in shown for value in e.knn_accuracy] == [True] * 6
    assert any("not to be read" in text for text in shown)
    assert len(MARKERS) >= len(e.class_names)


def test_another_file_is_shown_when_named(
    e: Embeddings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = np.flatnonzero(e.labels < 3)[:90]
    other = Embeddings(
        layers=["visual.resblocks.0.ln_1", "visual.resblocks.5.ln_1"],
        points=e.points[[0, 5]][:, few],
        pca=e.pca[[0, 5]][:, few],
        labels=e.labels[few],
        class_names=["cat", "dog", "heron"],
        thumbnails=np.repeat(e.thumbnails[few][..., None], 3, axis=3),
        knn_accuracy=e.knn_accuracy[[0, 5]],
        silhouette=e.silhouette[[0, 5]],
        zero_shot_accuracy=None,
        model_name="another",
        parameters={"numbers_per_image": 38400},
    )
    other.save(tmp_path / "other.safetensors")
    monkeypatch.setenv(VARIABLE, str(tmp_path / "other.safetensors"))
    joint, curves, *_ = clip.layer_view()
    assert similar(joint.set_place(1).batch.points, other.points[1])
    np.testing.assert_array_equal(curves.places, [0, 5])
    assert clip.blocks() == [("resblocks.0", True), ("resblocks.5", True)]
    assert len(clip.sample_patches()) == 1
    assert "38400" in words(clip.account())[0]
    assert len(clip.joint_figure().get_family()) > 10


def test_a_missing_file_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "none.safetensors"))
    with pytest.raises(ValueError, match=r"none\.safetensors"):
        clip.shown()
