"""What the clip shows of a deep network: a small file of projected points.

Reading it needs NumPy and safetensors alone. :mod:`model.embedding.pipeline`
makes one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int, UInt8

from model import files
from model.checks import ArrayLike, FloatArray, as_float_array, read_only

FORMAT = "distribution-transformers embeddings 1"
_ARRAYS = ("points", "pca", "labels", "thumbnails", "knn_accuracy", "silhouette")


@dataclass(frozen=True, eq=False, init=False)
class Embeddings:
    """The same n images at L layers of a network, projected to the plane (figure 1.9).

    Attributes
    ----------
    layers
        The L layers' names, from input to output.
    points
        (L, n, 2) joint t-SNE: one run over all L n points, so that positions
        compare across layers. Cluster sizes and distances mean nothing.
    pca
        (L, n, 2) first two coordinates of a joint PCA: a linear view, in the
        features' own units.
    labels
        (n,) the class of each image, an index into ``class_names``.
    class_names
        At least two.
    thumbnails
        (n, h, w) grey or (n, h, w, 3) colour, uint8: the images, the same n in
        the same order.
    knn_accuracy
        (L,) share, 0 to 1, of images whose class is the commonest one among
        their nearest neighbours in the layer's full space, themselves left out.
    silhouette
        (L,) mean silhouette of the classes in the layer's full space, -1 to 1
        (Rousseeuw 1987).
    zero_shot_accuracy
        Share, 0 to 1, of these images whose nearest text embedding is that of
        their class; None for a network without a text encoder.
    model_name
        Which network, e.g. ``open_clip:ViT-B-32``.
    parameters
        Everything else that decides the points: the capture, the PCA, the
        t-SNE's settings and seeds. JSON values only.

    Raises
    ------
    ValueError
        When the parts do not fit together, or a number is out of its range.
    """

    layers: tuple[str, ...]
    points: Float[np.ndarray, "l n 2"]
    pca: Float[np.ndarray, "l n 2"]
    labels: Int[np.ndarray, " n"]
    class_names: tuple[str, ...]
    thumbnails: UInt8[np.ndarray, "n h w *c"]
    knn_accuracy: Float[np.ndarray, " l"]
    silhouette: Float[np.ndarray, " l"]
    zero_shot_accuracy: float | None
    model_name: str
    parameters: Mapping[str, Any]

    def __init__(
        self,
        *,
        layers: Sequence[str],
        points: ArrayLike,
        pca: ArrayLike,
        labels: ArrayLike,
        class_names: Sequence[str],
        thumbnails: ArrayLike,
        knn_accuracy: ArrayLike,
        silhouette: ArrayLike,
        zero_shot_accuracy: ArrayLike | None,
        model_name: str,
        parameters: Mapping[str, Any],
    ) -> None:
        names, classes = as_names(layers, "layers"), as_names(class_names, "class_names", 2)
        indices = _as_labels(labels, len(classes))
        shape = (len(names), len(indices), 2)
        parts = {
            "layers": names,
            "points": _shaped(points, "points", shape),
            "pca": _shaped(pca, "pca", shape),
            "labels": indices,
            "class_names": classes,
            "thumbnails": _as_thumbnails(thumbnails, len(indices)),
            "knn_accuracy": _within(knn_accuracy, "knn_accuracy", 0, shape[:1]),
            "silhouette": _within(silhouette, "silhouette", -1, shape[:1]),
            "zero_shot_accuracy": _as_share(zero_shot_accuracy, "zero_shot_accuracy"),
            "model_name": model_name,
            "parameters": json.loads(json.dumps(dict(parameters))),
        }
        for name, part in parts.items():
            object.__setattr__(self, name, part)

    def __len__(self) -> int:
        """The number of images."""
        return len(self.labels)

    @property
    def centres(self) -> Float[np.ndarray, "l k 2"]:
        """Where to write each class's name: the median of its points, at each layer.

        NaN for a class without images.
        """
        centres = np.full((len(self.layers), len(self.class_names), 2), np.nan)
        for index in np.unique(self.labels):
            centres[:, index] = np.median(self.points[:, self.labels == index], axis=1)
        return centres

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the bytes that :meth:`save` writes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def to_bytes(self) -> bytes:
        """The safetensors file of these embeddings; the same content gives the same bytes."""
        note = {
            "format": FORMAT,
            "layers": self.layers,
            "class_names": self.class_names,
            "zero_shot_accuracy": self.zero_shot_accuracy,
            "model_name": self.model_name,
            "parameters": self.parameters,
        }
        return files.pack({name: getattr(self, name) for name in _ARRAYS}, note)

    def save(self, path: str | Path) -> None:
        """Write the embeddings to ``path``, whole or not at all.

        Raises
        ------
        ValueError
            When nothing can be written there.
        """
        files.write(path, self.to_bytes())

    @staticmethod
    def load(path: str | Path) -> Embeddings:
        """Read what :meth:`save` wrote.

        Raises
        ------
        ValueError
            When the file is missing, too large, cut short, foreign, or does
            not hold sound embeddings; the message names the file and says why.
        """
        return files.load(path, _from_parts)


def _from_parts(tensors: files.Tensors, note: Mapping[str, Any]) -> Embeddings:
    if note.get("format") != FORMAT:
        raise ValueError(f"is of the format {note.get('format')!r}, want {FORMAT!r}")
    if tensors.keys() != set(_ARRAYS):
        raise ValueError(f"holds the arrays {sorted(tensors)}, want {sorted(_ARRAYS)}")
    if not isinstance(note.get("parameters"), dict):
        raise ValueError("has no parameters in its note")
    return Embeddings(
        layers=as_names(note.get("layers"), "layers"),
        class_names=as_names(note.get("class_names"), "class_names", 2),
        zero_shot_accuracy=note.get("zero_shot_accuracy"),
        model_name=str(note.get("model_name")),
        parameters=note["parameters"],
        **tensors,
    )


def as_names(value: Any, name: str, at_least: int = 1) -> tuple[str, ...]:
    """Return ``value`` as a tuple of names, or raise a ValueError that says what is wrong."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise ValueError(f"{name}: got {value!r}, want a list of names")
    if len(value) < at_least or len(set(value)) < len(value):
        raise ValueError(f"{name}: got {list(value)}, want at least {at_least}, all different")
    return tuple(str(item) for item in value)


def _as_labels(value: ArrayLike, classes: int) -> Int[np.ndarray, " n"]:
    raw = as_float_array(value, "labels", ndim=1)
    labels = raw.astype(np.int64)
    if not len(labels) or (labels != raw).any() or labels.min() < 0 or labels.max() >= classes:
        raise ValueError(f"labels: want at least one, each a whole number from 0 to {classes - 1}")
    labels.flags.writeable = False
    return labels


def _shaped(value: ArrayLike, name: str, shape: tuple[int, ...]) -> FloatArray:
    array = as_float_array(value, name)
    if array.shape != shape:
        raise ValueError(f"{name}: got shape {array.shape}, want {shape}")
    return read_only(array)


def _within(value: ArrayLike, name: str, low: int, shape: tuple[int, ...]) -> FloatArray:
    array = _shaped(value, name, shape)
    if (array < low).any() or (array > 1).any():
        raise ValueError(f"{name}: got {array.min():g} to {array.max():g}, want {low} to 1")
    return array


def _as_share(value: ArrayLike | None, name: str) -> float | None:
    return None if value is None else float(_within(value, name, 0, ()))


def _as_thumbnails(value: ArrayLike, count: int) -> UInt8[np.ndarray, "n h w *c"]:
    array = np.array(value)
    if array.dtype != np.uint8 or len(array) != count or 0 in array.shape:
        raise ValueError(
            f"thumbnails: got {array.dtype} of shape {array.shape}, want {count} of uint8"
        )
    if array.ndim != 3 and array.shape[3:] != (3,):
        raise ValueError(f"thumbnails: got shape {array.shape}, want (n, h, w) or (n, h, w, 3)")
    array.flags.writeable = False
    return array
