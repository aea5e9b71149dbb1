"""The file of projected embeddings: what is stored is what is read, and nothing else."""

import dataclasses
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import files
from model.embedding import Embeddings


def make(images: int = 5, colour: bool = False, seed: int = 0, **changes: Any) -> Embeddings:
    rng = np.random.default_rng(seed)
    shape = (images, 4, 3, 3) if colour else (images, 4, 3)
    parts: dict[str, Any] = {
        "layers": ("a", "b"),
        "points": rng.standard_normal((2, images, 2)),
        "pca": rng.standard_normal((2, images, 2)),
        "labels": np.arange(images) % 2,
        "class_names": ("cat", "dog"),
        "thumbnails": rng.integers(0, 256, shape, np.uint8),
        "knn_accuracy": np.array([0.25, 1.0]),
        "silhouette": np.array([-0.5, 0.5]),
        "zero_shot_accuracy": 0.75,
        "model_name": "a model",
        "parameters": {"perplexity": 30.0, "tsne": {"seed": 1, "limits": (1, 2)}},
    }
    return Embeddings(**parts | changes)


@given(images=st.integers(1, 9), colour=st.booleans(), scored=st.booleans())
@settings(max_examples=20, deadline=None)
def test_what_is_saved_is_loaded(
    tmp_path_factory: pytest.TempPathFactory, images: int, colour: bool, scored: bool
) -> None:
    path = tmp_path_factory.mktemp("store") / "e.safetensors"
    made = make(images, colour, zero_shot_accuracy=0.5 if scored else None)
    made.save(path)
    read = Embeddings.load(path)
    for field in dataclasses.fields(Embeddings):
        was, now = getattr(made, field.name), getattr(read, field.name)
        if isinstance(was, np.ndarray):
            assert now.dtype == was.dtype
            assert np.array_equal(now, was)
        else:
            assert now == was
    assert read.digest == made.digest
    assert read.to_bytes() == path.read_bytes()
    assert len(read) == images


def test_the_digest_sees_every_part() -> None:
    base = make()
    changed = [
        make(points=base.points + 1e-12),
        make(pca=-base.pca),
        make(labels=1 - base.labels),
        make(thumbnails=255 - base.thumbnails),
        make(knn_accuracy=base.knn_accuracy / 2),
        make(silhouette=base.silhouette / 2),
        make(layers=("a", "c")),
        make(class_names=("cat", "cow")),
        make(zero_shot_accuracy=None),
        make(model_name="other"),
        make(parameters={}),
    ]
    digests = {e.digest for e in [base, *changed]}
    assert len(digests) == len(changed) + 1
    assert make().digest == base.digest


def test_nothing_can_be_written_to_it() -> None:
    made = make()
    for name in ("points", "pca", "labels", "thumbnails", "knn_accuracy", "silhouette"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(made, name)[...] = 0
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.model_name = "other"  # type: ignore[misc]


def test_it_keeps_its_own_copy() -> None:
    points = np.zeros((2, 5, 2))
    made = make(points=points)
    points += 1
    assert (made.points == 0).all()


def test_the_centres_are_medians_of_each_class() -> None:
    made = make(images=9, class_names=("cat", "dog", "cow"))
    assert made.centres.shape == (2, 3, 2)
    for layer in range(2):
        for label in range(2):
            mine = [made.points[layer, i] for i in range(9) if made.labels[i] == label]
            ordered = np.sort(np.array(mine), axis=0)
            middle = (ordered[(len(mine) - 1) // 2] + ordered[len(mine) // 2]) / 2
            assert np.allclose(made.centres[layer, label], middle)
    assert np.isnan(made.centres[:, 2]).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"layers": ()}, "layers: got .*, want at least 1"),
        ({"layers": "ab"}, "layers: got 'ab', want a list of names"),
        ({"layers": ("a", "a")}, "layers: got .*, want at least 1, all different"),
        ({"class_names": ("cat",)}, "class_names: got .*, want at least 2"),
        ({"points": np.zeros((2, 4, 2))}, r"points: got shape \(2, 4, 2\), want \(2, 5, 2\)"),
        ({"pca": np.zeros((2, 5, 3))}, r"pca: got shape \(2, 5, 3\), want \(2, 5, 2\)"),
        ({"points": np.full((2, 5, 2), np.nan)}, "points: 20 of 20 values are not finite"),
        ({"labels": np.array([0, 1, 2, 0, 1])}, "labels: want .* from 0 to 1"),
        ({"labels": np.array([0, 1, -1, 0, 1])}, "labels: want .* from 0 to 1"),
        ({"labels": np.array([0, 1, 0.5, 0, 1])}, "labels: want .* from 0 to 1"),
        ({"thumbnails": np.zeros((5, 4, 4))}, "thumbnails: got float64"),
        ({"thumbnails": np.zeros((4, 4, 4), np.uint8)}, "thumbnails: got uint8 of shape"),
        ({"thumbnails": np.zeros((5, 0, 4), np.uint8)}, "thumbnails: got uint8 of shape"),
        ({"thumbnails": np.zeros((5, 4, 4, 4), np.uint8)}, r"want \(n, h, w\) or"),
        ({"thumbnails": np.zeros((5, 4), np.uint8)}, r"want \(n, h, w\) or"),
        ({"knn_accuracy": np.array([0.1, 1.1])}, "knn_accuracy: got 0.1 to 1.1, want 0 to 1"),
        ({"silhouette": np.array([-2.0, 0.0])}, "silhouette: got -2 to 0, want -1 to 1"),
        ({"silhouette": np.zeros(3)}, r"silhouette: got shape \(3,\)"),
        ({"zero_shot_accuracy": 1.5}, "zero_shot_accuracy: got 1.5"),
    ],
)
def test_parts_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_foreign_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "e.safetensors"
    with pytest.raises(ValueError, match=f"path: there is no file {path}"):
        Embeddings.load(path)
    whole = make().to_bytes()
    tensors, note = files.unpack(whole)
    wrong = [
        (whole[:-1], "cut short"),
        (files.pack(tensors, note | {"format": "other"}), "is of the format 'other'"),
        (files.pack({"points": tensors["points"]}, note), r"holds the arrays \['points'\]"),
        (files.pack(tensors, note | {"parameters": 3}), "has no parameters"),
        (files.pack(tensors, note | {"layers": None}), "layers: got None"),
        (files.pack(tensors, note | {"class_names": ["cat"]}), "class_names: got"),
        (files.pack(tensors, note | {"zero_shot_accuracy": "high"}), "zero_shot_accuracy: got"),
    ]
    for data, message in wrong:
        path.write_bytes(data)
        with pytest.raises(ValueError, match=f"path: {path} .*{message}"):
            Embeddings.load(path)


def test_reading_needs_neither_torch_nor_scikit_learn(tmp_path: Path) -> None:
    path = tmp_path / "e.safetensors"
    make().save(path)
    code = (
        "import sys; from model.embedding import Embeddings; "
        f"Embeddings.load({str(path)!r}).centres; "
        "print([m for m in ('torch', 'sklearn', 'scipy', 'manim', 'PIL', 'tqdm') "
        "if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
