"""Painting thumbnails onto a frame, in pixels."""

from __future__ import annotations

from functools import lru_cache

import cairo
import numpy as np
from PIL import Image

from mobjects.paint import pixel_context
from mobjects.stamps import packed

_CRISP = 5.0
_RIM, _THICKEST = 0.08, 4.0


def paint_images(
    frame: np.ndarray, xy: np.ndarray, rgbas: np.ndarray, side: float, images: np.ndarray
) -> None:
    """Blend images ``side`` pixels wide, centred at ``xy`` (n, 2), in order.

    Parameters
    ----------
    frame
        (height, width, 4) bytes.
    xy, rgbas
        (n, 2) centres in pixels, y downwards, and (n, 4) colours from 0 to 1.
    images
        (n, h, w) grey: stencils of the colour; (n, h, w, 3) colour: as they
        are, framed in the colour.
    """
    width = max(1, round(side))
    height = max(1, round(side * images.shape[1] / images.shape[2]))
    scaled = _scaled(images.tobytes(), images.shape, (width, height))
    corners = xy - [width / 2, height / 2]
    if images.ndim == 3:
        from mobjects import loops

        loops.stencil(frame.view(np.uint32)[..., 0], corners, packed(rgbas), scaled)
        return
    ctx = pixel_context(frame)
    for image, (x, y), (r, g, b, a) in zip(scaled, corners, rgbas.tolist(), strict=True):
        if a > 1e-3:
            ctx.set_source_rgba(b, g, r, a)
            _picture(ctx, _surface(image), x, y, a)


def _picture(
    ctx: cairo.Context, surface: cairo.ImageSurface, x: float, y: float, opacity: float
) -> None:
    width, height = surface.get_width(), surface.get_height()
    rim = max(1.0, min(_RIM * width, _THICKEST))
    ctx.rectangle(x - rim, y - rim, width + 2 * rim, height + 2 * rim)
    ctx.fill()
    ctx.set_source_surface(surface, x, y)
    ctx.rectangle(x, y, width, height)
    ctx.save()
    ctx.clip()
    ctx.paint_with_alpha(opacity)
    ctx.restore()


@lru_cache(maxsize=8)
def _scaled(data: bytes, shape: tuple[int, ...], size: tuple[int, int]) -> np.ndarray:
    """Each image scaled to ``size`` pixels; its own pixels stay squares when they are large.

    Grey ones get an empty rim.
    """
    images = np.frombuffer(data, np.uint8).reshape(shape)
    crisp = size[0] >= _CRISP * shape[2]
    resample = Image.Resampling.NEAREST if crisp else Image.Resampling.BICUBIC
    resized = (Image.fromarray(image).resize(size, resample) for image in images)
    scaled = np.stack([np.asarray(image) for image in resized])
    return np.pad(scaled, [(0, 0), (1, 1), (1, 1)]) if images.ndim == 3 else scaled


def _surface(image: np.ndarray) -> cairo.ImageSurface:
    """A colour image (h, w, 3), whose first byte stays the first, as in a frame."""
    height, width = image.shape[:2]
    rows = np.full((height, width, 4), 255, np.uint8)
    rows[..., :3] = image
    return cairo.ImageSurface.create_for_data(rows.data, cairo.FORMAT_RGB24, width, height)
