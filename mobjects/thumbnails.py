"""Many small images as one mobject."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Self

import numpy as np
from manim import Mobject

from mobjects.batch import Batch, as_rgbas, as_scene_points


class Thumbnails(Batch):
    """Images of one size at many places, drawn in one go.

    Grey images are stencils: their brightness is the opacity of the image's
    colour, so that the background shows through. Colour images are drawn as
    they are, in a frame of the image's colour.

    Parameters
    ----------
    points
        (n, 2) or (n, 3) scene coordinates of the images' centres.
    images
        (n, h, w) grey or (n, h, w, 3) colour, uint8.
    side
        Width of an image in scene units; its height follows.
    colors
        One colour, or one for each image.
    opacity
        0 to 1; one number, or one for each image.

    Raises
    ------
    ValueError
        When shapes do not fit, a coordinate is not finite, the images are not
        uint8 or the side is not positive.
    """

    def __init__(
        self,
        points: np.ndarray,
        images: np.ndarray,
        *,
        side: float,
        colors: str | Sequence[str] | np.ndarray,
        opacity: float | np.ndarray = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not side > 0:
            raise ValueError(f"side: got {side}, want a positive number of scene units")
        self.points = as_scene_points(points)
        self.images = _as_images(images, len(self.points))
        self.rgbas = as_rgbas(colors, len(self.points), opacity)
        self.side = side

    def interpolate_color(self, mobject1: Mobject, mobject2: Mobject, alpha: float) -> Self:
        assert isinstance(mobject1, Thumbnails)
        assert isinstance(mobject2, Thumbnails)
        self.side = (1 - alpha) * mobject1.side + alpha * mobject2.side
        return super().interpolate_color(mobject1, mobject2, alpha)


def towards(
    tiles: Thumbnails, ends: np.ndarray, side: float
) -> Callable[[Thumbnails, float], None]:
    """A change, for :class:`mobjects.motion.Change`, from ``tiles`` as they are now.

    It moves them to ``ends`` (n, 2) or (n, 3), and their side to ``side``.
    """
    starts, before, stops = tiles.points.copy(), tiles.side, as_scene_points(ends)

    def change(moved: Thumbnails, share: float) -> None:
        moved.points = (1 - share) * starts + share * stops
        moved.side = (1 - share) * before + share * side

    return change


def patches(image: np.ndarray, side: int) -> np.ndarray:
    """The square patches of an image, row by row from the top left.

    Parameters
    ----------
    image
        (h, w) or (h, w, 3); h and w are multiples of ``side``.
    side
        Of a patch, in pixels.

    Returns
    -------
    (h w / side², side, side) or (h w / side², side, side, 3).

    Raises
    ------
    ValueError
        When the image cannot be cut evenly.
    """
    height, width, *rest = image.shape
    if side < 1 or height % side or width % side:
        raise ValueError(f"side: got {side}, want a divisor of {height} and {width} pixels")
    cut = image.reshape(height // side, side, width // side, side, *rest)
    return cut.swapaxes(1, 2).reshape(-1, side, side, *rest)


def lattice(count: int, columns: int, pitch: float) -> np.ndarray:
    """(count, 2) centres of cells, row by row from the top left, about the origin. Pure."""
    index = np.arange(count)
    place = np.stack([index % columns, -(index // columns)], axis=1) * pitch
    return place - (place.max(axis=0) + place.min(axis=0)) / 2


def _as_images(images: np.ndarray, count: int) -> np.ndarray:
    array = np.asarray(images)
    if array.dtype != np.uint8:
        raise ValueError(f"images: got {array.dtype}, want uint8 from 0 to 255")
    grey, colour = array.ndim == 3, array.ndim == 4 and array.shape[3] == 3
    if len(array) != count or not (grey or colour) or not array.size:
        raise ValueError(
            f"images: got shape {array.shape}, want ({count}, h, w) or ({count}, h, w, 3)"
        )
    return np.ascontiguousarray(array)
