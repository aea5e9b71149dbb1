"""Cameras that draw a whole batch in one go, flat and in space."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from manim import Camera, Mobject, MovingCamera, ThreeDCamera

from mobjects.batch import Batch, Cloud, Lines, Polygons
from mobjects.dust import Dust, paint_dust
from mobjects.paint import paint_lines, paint_marks, paint_polygons, pixel_context
from mobjects.paint_images import paint_images
from mobjects.thumbnails import Thumbnails


class BatchDrawing(Camera):
    """Adds batches to what a camera of Manim's can display, whatever its projection."""

    def type_or_raise(self, mobject: Mobject) -> Any:
        kind = super().type_or_raise(mobject)
        self.display_funcs[Batch] = self.display_batches  # type: ignore[assignment]
        return Batch if isinstance(mobject, Batch) else kind

    def display_batches(self, batches: list[Batch], pixel_array: np.ndarray) -> None:
        """Paint each batch, in order."""
        pixels_per_unit = self.pixel_width / self.frame_width
        for batch in batches:
            xy = self.points_to_subpixel_coords(batch, batch.points)
            if len(xy) != len(batch.points):
                continue
            if isinstance(batch, Dust):
                paint_dust(pixel_array, xy, batch.rgbas, batch.radius * pixels_per_unit)
            elif isinstance(batch, Cloud):
                radius = batch.radius * pixels_per_unit
                paint_marks(pixel_array, xy, batch.rgbas, radius, batch.markers)
            elif isinstance(batch, Thumbnails):
                side = batch.side * pixels_per_unit
                paint_images(pixel_context(pixel_array), xy, batch.rgbas, side, batch.images)
            elif isinstance(batch, Lines):
                self._paint_lines(batch, xy, pixel_array, pixels_per_unit)

    def _paint_lines(
        self, lines: Lines, xy: np.ndarray, pixel_array: np.ndarray, pixels_per_unit: float
    ) -> None:
        ctx = pixel_context(pixel_array)
        width = lines.stroke_width * self.cairo_line_width_multiple * pixels_per_unit
        if isinstance(lines, Polygons):
            paint_polygons(ctx, xy, lines.offsets, lines.rgbas, width)
            return
        dash = None
        if lines.dash is not None:
            dash = (lines.dash[0] * pixels_per_unit, lines.dash[1] * pixels_per_unit)
        paint_lines(ctx, xy, lines.offsets, lines.rgbas, width, dash=dash)


class FlatCamera(BatchDrawing, MovingCamera):
    """Draws the plane; its ``frame`` can move and zoom."""

    _lens: tuple[np.ndarray, np.ndarray] | None = None

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw ``mobjects``, asking only once where the frame is."""
        self._lens = self._pixels_per_unit_and_origin()
        try:
            super().capture_mobjects(mobjects, **kwargs)
        finally:
            self._lens = None

    def points_to_subpixel_coords(self, mobject: Mobject, points: np.ndarray) -> np.ndarray:
        """Pixel positions (n, 2), y downwards, of scene ``points`` (n, 3)."""
        scale, origin = self._lens or self._pixels_per_unit_and_origin()
        return self.transform_points_pre_display(mobject, points)[:, :2] * scale + origin

    def _pixels_per_unit_and_origin(self) -> tuple[np.ndarray, np.ndarray]:
        pixels = np.array([self.pixel_width, self.pixel_height])
        scale = pixels / [self.frame_width, -self.frame_height]
        return scale, pixels / 2 - self.frame_center[:2] * scale


class SpaceCamera(BatchDrawing, ThreeDCamera):
    """Draws space, as Manim's three-dimensional camera does."""
