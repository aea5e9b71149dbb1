"""From a network and images to what the clip shows of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float, Int, UInt8
from torch import Tensor
from tqdm import tqdm

from model import files
from model.embedding import digits
from model.embedding.capture import Features, capture, check_layers, first_norms, spread
from model.embedding.contrastive import load_model, zero_shot_accuracy
from model.embedding.folders import read_batches, read_thumbnails, scan_folder
from model.embedding.pretrained import ImageModel
from model.embedding.projection import Settings, parameters, reduce, tsne
from model.embedding.quality import knn_accuracy, silhouette
from model.embedding.store import Embeddings

LAYERS_SHOWN = 6


@dataclass(frozen=True, eq=False)
class Pictures:
    """Images as the viewer sees them, with their classes; see :class:`Embeddings`."""

    thumbnails: UInt8[np.ndarray, "n h w *c"]
    labels: Int[np.ndarray, " n"]
    class_names: tuple[str, ...]


def embed_digits(
    weights: str | Path,
    *,
    layers: Sequence[str] | None = None,
    tokens: str = "all",
    placement: digits.Placement | None = None,
    settings: Settings | None = None,
    limit: int | None = None,
    progress: bool = False,
) -> Embeddings:
    """Project what a trained :class:`ContrastiveModel` makes of the held-out digits.

    Parameters
    ----------
    weights
        A file that ``train`` wrote.
    layers
        Names of the image encoder's layers; six first norms of its blocks when None.
    tokens
        As :func:`model.embedding.capture.capture`.
    placement
        How the digits lie on their canvas, once each, by the settings' seed.
    settings
        Of the projection.
    limit
        Take only the first so many digits.
    progress
        Whether to draw progress bars.

    Raises
    ------
    ValueError
        When the weights or a layer cannot be had, or the settings do not suit
        the number of digits: all before the network runs.
    """
    settings, placement = settings or Settings(), placement or digits.Placement()
    model, _ = load_model(weights)
    chosen = _choose(model.image, layers)
    thumbnails, labels = digits.held_out_thumbnails(placement, seed=settings.seed)
    pictures = Pictures(thumbnails[:limit], labels[:limit], digits.CLASS_NAMES)
    settings.check_counts(len(pictures.labels), len(chosen))
    batches = digits.as_batch(pictures.thumbnails).split(128)
    shown = _with_bar(batches, len(batches), progress)
    features = capture(model.image, shown, chosen, tokens=tokens)
    texts = model.text(digits.CLASS_NAMES).detach().numpy()
    about = {
        "data": "held-out scikit-learn digits, each placed once on a canvas at random",
        "placement": asdict(placement),
        "network": asdict(model.config),
        "weights_sha256": hashlib.sha256(files.read(weights)).hexdigest(),
        "tokens": tokens,
    }
    name = f"contrastive ViT, {model.config.depth} blocks of width {model.config.width}"
    return project(features, pictures, settings, name, texts, about, progress=progress)


def embed_images(
    folder: str | Path,
    model: ImageModel,
    *,
    layers: Sequence[str] | None = None,
    tokens: str = "all",
    settings: Settings | None = None,
    thumbnail: int = 32,
    batch: int = 32,
    progress: bool = False,
) -> Embeddings:
    """Project what a network makes of the images of a folder with one subfolder a class.

    Parameters
    ----------
    folder, model
        The images, and the network, as :func:`model.embedding.pretrained.load` gives it.
    layers, tokens, settings, progress
        As :func:`embed_digits`.
    thumbnail
        Side of the stored thumbnails, in pixels.
    batch
        Images in memory at a time.

    Raises
    ------
    ValueError
        When the folder has fewer than two classes, an image cannot be read, a
        layer does not exist, or the settings do not suit the number of images:
        all before the network runs.
    """
    settings = settings or Settings()
    if batch < 1:
        raise ValueError(f"batch: got {batch}, want at least 1 image")
    found = scan_folder(folder)
    chosen = _choose(model.module, layers)
    settings.check_counts(len(found), len(chosen))
    with tqdm(total=len(found), desc="images", unit="image", disable=not progress) as read:
        thumbnails = read_thumbnails(found, thumbnail, read.update)
    pictures = Pictures(thumbnails, found.labels, found.class_names)
    batches = read_batches(found, model.prepare, batch)
    shown = _with_bar(batches, -(-len(found) // batch), progress)
    features = capture(model.module, shown, chosen, tokens=tokens)
    texts = None if model.encode_names is None else model.encode_names(found.class_names).numpy()
    about = {"data": Path(folder).name, "tokens": tokens}
    return project(features, pictures, settings, model.name, texts, about, progress=progress)


def project(
    features: Features,
    pictures: Pictures,
    settings: Settings,
    model_name: str,
    texts: Float[np.ndarray, "k e"] | None,
    about: Mapping[str, Any],
    *,
    progress: bool = False,
) -> Embeddings:
    """Measure captured features and project them jointly.

    Parameters
    ----------
    features, pictures
        The same images, captured and to be seen.
    settings
        Of the projection.
    model_name
        Which network.
    texts
        Text embeddings of the class names in the space of the network's own
        output, for the zero-shot accuracy; None without.
    about
        What else to write down beside the points.
    progress
        Whether to draw progress bars.

    Raises
    ------
    ValueError
        When the layers differ in width, or the settings do not suit the
        number of images.
    """
    labels = pictures.labels
    settings.check_counts(len(labels), len(features.names))
    with tqdm(total=len(features.names) + 2, unit="stage", disable=not progress) as bar:
        separation = _separation(features, labels, settings.neighbours, bar)
        bar.set_description("PCA")
        reduced = reduce(features, settings)
        bar.update()
        bar.set_description("t-SNE")
        points = tsne(reduced.points, settings)
        bar.update()
    return Embeddings(
        layers=features.names,
        points=points,
        pca=reduced.points[..., :2],
        labels=labels,
        class_names=pictures.class_names,
        thumbnails=pictures.thumbnails,
        knn_accuracy=separation[:, 0],
        silhouette=separation[:, 1],
        zero_shot_accuracy=_zero_shot(features, texts, labels),
        model_name=model_name,
        parameters={
            **about,
            **parameters(settings),
            "numbers_per_image": int(features.arrays[0].shape[1]),
            "pca_explained": reduced.explained,
        },
    )


def _with_bar(batches: Iterable[Tensor], total: int, progress: bool) -> Iterator[Tensor]:
    yield from tqdm(batches, desc="network", unit="batch", total=total, disable=not progress)


def _separation(
    features: Features, labels: Int[np.ndarray, " n"], neighbours: int, bar: tqdm
) -> Float[np.ndarray, "l 2"]:
    """Each layer's k-nearest-neighbour accuracy and silhouette."""
    separation = np.empty((len(features.names), 2))
    for index, array in enumerate(features.arrays):
        bar.set_description(f"measuring {features.names[index]}")
        separation[index, 0] = knn_accuracy(array, labels, neighbours=neighbours)
        separation[index, 1] = silhouette(array, labels)
        bar.update()
    return separation


def _zero_shot(
    features: Features, texts: Float[np.ndarray, "k e"] | None, labels: Int[np.ndarray, " n"]
) -> float | None:
    if texts is None or features.outputs is None:
        return None
    return zero_shot_accuracy(features.outputs, texts, labels)


def _choose(module: Any, layers: Sequence[str] | None) -> tuple[str, ...]:
    if layers is None:
        return spread(first_norms(module), LAYERS_SHOWN)
    return check_layers(module, layers)
