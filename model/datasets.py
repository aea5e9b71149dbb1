"""Small labelled datasets in the plane, each made from a seed.

The colours are the book's (figure 1.7): label 0 is ``blue`` with the one-hot
target (1, 0), label 1 is ``red`` with the target (0, 1).
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import NDArray

from model.checks import ArrayLike, FloatArray, as_float_array, as_points, read_only

CLASS_NAMES = ("blue", "red", "yellow", "green", "purple", "orange")
MAX_POINTS = 1_000_000


@dataclass(frozen=True, eq=False, init=False)
class Dataset:
    """Datapoints with a class each.

    Attributes
    ----------
    points
        (n, d) float64, read-only.
    labels
        (n,) int64 in 0 ... k - 1, read-only: the index of the one in the one-hot target.
    class_names
        One name for each of the k >= 2 classes.
    name
        What the dataset is called.

    Raises
    ------
    ValueError
        When points and labels do not fit, are not finite, or a label has no class.
    """

    points: Float[np.ndarray, "n d"]
    labels: Int[np.ndarray, " n"]
    class_names: tuple[str, ...]
    name: str

    def __init__(
        self,
        points: ArrayLike,
        labels: ArrayLike,
        class_names: Sequence[str] = CLASS_NAMES[:2],
        name: str = "data",
    ) -> None:
        array, names = as_points(points, "points"), tuple(class_names)
        if len(names) < 2 or len(set(names)) < len(names):
            raise ValueError(f"class_names: got {names}, want at least two different names")
        put = object.__setattr__
        put(self, "points", read_only(array))
        put(self, "labels", _as_labels(labels, len(array), len(names)))
        put(self, "class_names", names)
        put(self, "name", name)

    def __len__(self) -> int:
        return len(self.points)

    @property
    def dim(self) -> int:
        """The number of coordinates of a datapoint."""
        return int(self.points.shape[1])

    @property
    def classes(self) -> int:
        """The number of classes, k."""
        return len(self.class_names)

    @property
    def one_hot(self) -> Float[np.ndarray, "n k"]:
        """The target of each datapoint: one at its label, zero elsewhere."""
        return np.eye(self.classes)[self.labels]


def make_dataset(name: str, n: int = 600, *, seed: int = 0) -> Dataset:
    """Return the dataset called ``name`` in :data:`DATASETS`, with ``n`` points.

    Raises
    ------
    ValueError
        When there is no such dataset, ``n`` is too small or over a million,
        or the seed is not a non-negative integer.
    """
    if name not in DATASETS:
        raise ValueError(f"name: got {name!r}, want one of {', '.join(DATASETS)}")
    return DATASETS[name](n, seed=seed)


def stripes(n: int = 600, *, seed: int = 0, angle: float = 0.5, gap: float = 0.16) -> Dataset:
    """Three parallel stripes in a square, red - blue - red, turned by ``angle`` radians.

    No line separates them: blue lies between two parts of red, within red's
    convex hull.
    """
    rng, labels = _start(n, 2, seed)
    across = rng.uniform(0.5 + gap / 2, 1.5, n) * rng.choice([-1.0, 1.0], n)
    middle = rng.uniform(-0.5 + gap / 2, 0.5 - gap / 2, n)
    flat = np.stack([rng.uniform(-1.3, 1.3, n), np.where(labels == 1, across, middle)], axis=1)
    return Dataset(flat @ _rotation(angle).T, labels, name="stripes")


def wedge(n: int = 600, *, seed: int = 0, opening: float = 1.6, gap: float = 0.16) -> Dataset:
    """A disc with a blue sector of ``opening`` radians around the x-axis; the rest is red.

    No line separates them: red surrounds the tip of the sector on both sides.
    """
    rng, labels = _start(n, 2, seed)
    half = np.where(labels == 1, np.pi - opening / 2, opening / 2)
    turn = rng.uniform(-1.0, 1.0, n) * half
    points = 1.4 * np.sqrt(rng.uniform(size=n))[:, None] * _on_circle(turn)
    points = np.where((labels == 1)[:, None], -points, points)
    return Dataset(points + (labels == 0)[:, None] * [gap, 0.0] - [0.3, 0.0], labels, name="wedge")


def ring(n: int = 600, *, seed: int = 0, noise: float = 0.1) -> Dataset:
    """A blue blob within a closed red ring.

    No network whose layers are all two wide separates them without a
    passage: its decision regions are unbounded (Johnson 2019, *Deep, skinny
    neural networks are not universal approximators*).
    """
    return _blob_and_arc(n, seed, opening=0.0, noise=noise, name="ring")


def horseshoe(n: int = 600, *, seed: int = 0, opening: float = 1.6, noise: float = 0.08) -> Dataset:
    """A blue blob within a red ring that is open over ``opening`` radians.

    No line separates them: the blob lies within the ring's convex hull.
    """
    return _blob_and_arc(n, seed, opening=opening, noise=noise, name="horseshoe")


def moons(n: int = 600, *, seed: int = 0, noise: float = 0.1) -> Dataset:
    """Two interleaving half circles, as ``sklearn.datasets.make_moons``, centred."""
    rng, labels = _start(n, 2, seed)
    turn = rng.uniform(0.0, np.pi, n)
    upper = _on_circle(turn) - [0.5, 0.25]
    points = np.where((labels == 1)[:, None], -upper, upper)
    return Dataset(points + rng.normal(0.0, noise, (n, 2)), labels, name="moons")


def circles(n: int = 600, *, seed: int = 0, factor: float = 0.5, noise: float = 0.06) -> Dataset:
    """A blue circle within a red one, as ``sklearn.datasets.make_circles``."""
    rng, labels = _start(n, 2, seed)
    radius = np.where(labels == 1, 1.2, 1.2 * factor)[:, None]
    points = radius * _on_circle(rng.uniform(-np.pi, np.pi, n))
    return Dataset(points + rng.normal(0.0, noise, (n, 2)), labels, name="circles")


def spirals(
    n: int = 600, *, seed: int = 0, classes: int = 2, turns: float = 1.0, noise: float = 0.03
) -> Dataset:
    """Spiral arms around the origin, one for each class."""
    rng, labels = _start(n, classes, seed)
    along = np.sqrt(rng.uniform(0.02, 1.0, n))
    turn = 2 * np.pi * (turns * along + labels / classes)
    points = 1.5 * along[:, None] * _on_circle(turn) + rng.normal(0.0, noise, (n, 2))
    return Dataset(points, labels, CLASS_NAMES[:classes], "spirals")


def blobs(n: int = 600, *, seed: int = 0, classes: int = 3, spread: float = 0.25) -> Dataset:
    """One Gaussian blob for each class, evenly spaced around the origin."""
    rng, labels = _start(n, classes, seed)
    centres = _on_circle(2 * np.pi * labels / classes + np.pi / 2)
    points = centres + rng.normal(0.0, spread, (n, 2))
    return Dataset(points, labels, CLASS_NAMES[:classes], "blobs")


DATASETS: dict[str, Callable[..., Dataset]] = {
    maker.__name__: maker
    for maker in (stripes, wedge, ring, horseshoe, moons, circles, spirals, blobs)
}


def _start(n: int, classes: int, seed: int) -> tuple[np.random.Generator, NDArray[np.int64]]:
    """A generator, and labels in equal shares and random order."""
    if not 2 <= _as_index(classes, "classes") <= len(CLASS_NAMES):
        raise ValueError(f"classes: got {classes}, want 2 to {len(CLASS_NAMES)}")
    if not classes <= _as_index(n, "n") <= MAX_POINTS:
        raise ValueError(f"n: got {n}, want {classes} (one of each class) to {MAX_POINTS}")
    if _as_index(seed, "seed") < 0:
        raise ValueError(f"seed: got {seed}, want 0 or more")
    rng = np.random.default_rng(seed)
    return rng, rng.permutation(np.arange(n, dtype=np.int64) % classes)


def _as_index(value: int, name: str) -> int:
    try:
        return operator.index(value)
    except TypeError as error:
        raise ValueError(f"{name}: got {value!r}, want an integer") from error


def _as_labels(value: ArrayLike, n: int, classes: int) -> NDArray[np.int64]:
    raw = as_float_array(value, "labels", ndim=1)
    if len(raw) != n:
        raise ValueError(f"labels: got {len(raw)} for {n} points, want one each")
    wrong = (raw != np.floor(raw)) | (raw < 0) | (raw >= classes)
    if wrong.any():
        raise ValueError(
            f"labels: got {raw[wrong][0]:g}, want integers 0 to {classes - 1} (one per class name)"
        )
    labels = raw.astype(np.int64)
    labels.flags.writeable = False
    return labels


def _blob_and_arc(n: int, seed: int, *, opening: float, noise: float, name: str) -> Dataset:
    """A blob at the origin, and an arc of radius 1.2 that is open around the y-axis."""
    rng, labels = _start(n, 2, seed)
    turn = -np.pi / 2 + rng.uniform(-1.0, 1.0, n) * (np.pi - opening / 2)
    arc = (1.2 + rng.normal(0.0, noise, n))[:, None] * _on_circle(turn)
    blob = 0.5 * np.sqrt(rng.uniform(size=n))[:, None] * _on_circle(rng.uniform(-np.pi, np.pi, n))
    return Dataset(np.where((labels == 1)[:, None], arc, blob), labels, name=name)


def _on_circle(turn: FloatArray) -> FloatArray:
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


def _rotation(angle: float) -> FloatArray:
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, -sin], [sin, cos]])
