"""Images from a folder with one subfolder a class."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Int, UInt8
from PIL import Image, ImageOps
from torch import Tensor

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp")


@dataclass(frozen=True, eq=False)
class ImageFolder:
    """Image files and their classes, the classes and files in alphabetical order.

    Attributes
    ----------
    paths
        The n files.
    labels
        (n,) the class of each, an index into ``class_names``.
    class_names
        The names of the subfolders that hold an image.
    """

    paths: tuple[Path, ...]
    labels: Int[np.ndarray, " n"]
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.paths)


def scan_folder(folder: str | Path) -> ImageFolder:
    """Find the images in the subfolders of ``folder``, by their names' endings.

    Raises
    ------
    ValueError
        When it is no folder, or fewer than two of its subfolders hold images.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ValueError(f"folder: there is no folder {folder}")
    classes = {
        child.name: sorted(p for p in child.rglob("*") if p.suffix.lower() in SUFFIXES)
        for child in sorted(folder.iterdir())
        if child.is_dir()
    }
    classes = {name: paths for name, paths in classes.items() if paths}
    if len(classes) < 2:
        found = f"only {next(iter(classes))!r}" if classes else "none"
        raise ValueError(
            f"folder: {folder} has {found} for subfolders with images, want one for each of at "
            f"least 2 classes (files ending in {', '.join(SUFFIXES)})"
        )
    labels = np.repeat(np.arange(len(classes)), [len(paths) for paths in classes.values()])
    paths = tuple(path for group in classes.values() for path in group)
    return ImageFolder(paths, labels, tuple(classes))


def read_image(path: Path, *, at_least: int | None = None) -> Image.Image:
    """Return an image as upright RGB.

    Parameters
    ----------
    path
        The file.
    at_least
        A JPEG may be read at a fraction of its size, but no smaller than this
        many pixels a side; in full when None.

    Raises
    ------
    ValueError
        When it cannot be read, or not to its end.
    """
    try:
        with Image.open(path) as image:
            if at_least is not None:
                image.draft("RGB", (at_least, at_least))
            return ImageOps.exif_transpose(image).convert("RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError(f"image: cannot read {path} ({error}); mend or remove it") from error


def read_thumbnails(
    folder: ImageFolder, side: int, tick: Callable[[], object] = lambda: None
) -> UInt8[np.ndarray, "n s s 3"]:
    """Return the middle square of every image at ``side`` pixels; every file is read to its end.

    Raises
    ------
    ValueError
        When an image cannot be read, or ``side`` is not at least 1.
    """
    if side < 1:
        raise ValueError(f"thumbnail: got {side}, want at least 1 pixel")
    thumbnails = np.empty((len(folder), side, side, 3), np.uint8)
    for index, path in enumerate(folder.paths):
        thumbnails[index] = np.asarray(ImageOps.fit(read_image(path, at_least=side), (side, side)))
        tick()
    return thumbnails


def read_batches(
    folder: ImageFolder, prepare: Callable[[Image.Image], Tensor], size: int
) -> Iterator[Tensor]:
    """Yield the images, prepared for a network, ``size`` at a time."""
    for start in range(0, len(folder), size):
        paths = folder.paths[start : start + size]
        yield torch.stack([prepare(read_image(path)) for path in paths])
