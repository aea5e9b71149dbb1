"""Cameras that draw a whole batch in one go, flat and in space."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

import cairo
import numpy as np
from manim import Camera, Mobject, MovingCamera, ThreeDCamera, VMobject

from mobjects.batch import Batch, Cloud, Lines, Polygons
from mobjects.dotted import DottedLines, shifts
from mobjects.keeping import Kept, Outline
from mobjects.paint import paint_dots, paint_marks, pixel_context
from mobjects.paint_images import paint_images
from mobjects.paint_lines import paint_lines, paint_polygons
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
            if isinstance(batch, Cloud):
                radius = batch.radius * pixels_per_unit
                paint_marks(pixel_array, xy, batch.rgbas, radius, batch.markers)
            elif isinstance(batch, Thumbnails):
                side = batch.side * pixels_per_unit
                paint_images(pixel_array, xy, batch.rgbas, side, batch.images)
            elif isinstance(batch, DottedLines):
                sizes = batch.radius * pixels_per_unit, batch.pitch * pixels_per_unit
                paint_dots(pixel_array, xy, shifts(len(batch.rgbas)), batch.rgbas, *sizes)
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._kept = Kept()
        super().__init__(*args, **kwargs)

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw ``mobjects``, asking only once where the frame is."""
        self._kept.lens = self._pixels_per_unit_and_origin()
        try:
            super().capture_mobjects(mobjects, **kwargs)
        finally:
            self._kept.lens = self._kept.context = None

    def get_mobjects_to_display(
        self,
        mobjects: Iterable[Mobject],
        include_submobjects: bool = True,
        excluded_mobjects: list[Mobject] | None = None,
    ) -> list[Mobject]:
        """Those of ``mobjects`` and of their families that have points, the lowest first."""
        if not include_submobjects or excluded_mobjects:
            return super().get_mobjects_to_display(mobjects, include_submobjects, excluded_mobjects)
        shown = [mobject for mobject in families(mobjects) if len(mobject.points)]
        return sorted(shown, key=lambda mobject: mobject.z_index)

    def points_to_subpixel_coords(self, mobject: Mobject, points: np.ndarray) -> np.ndarray:
        """Pixel positions (n, 2), y downwards, of scene ``points`` (n, 3)."""
        scale, origin = self._kept.lens or self._pixels_per_unit_and_origin()
        if not isinstance(mobject, Batch):  # whose points are known to be finite
            points = self.transform_points_pre_display(mobject, points)
        placed = points[:, :2].T
        pixels = np.multiply(placed, scale[:, None], order="C")
        pixels += origin[:, None]
        return pixels.T

    def get_cached_cairo_context(self, pixel_array: np.ndarray) -> cairo.Context | None:  # type: ignore[override]
        return self._kept.context

    def cache_cairo_context(self, pixel_array: np.ndarray, ctx: cairo.Context) -> None:
        if self._kept.lens is not None:
            self._kept.context = ctx

    def display_vectorized(self, vmobject: VMobject, ctx: cairo.Context) -> Self:
        """Draw ``vmobject``: by a kept mask when it is only filled, and where it was."""
        known, lens = self._kept.outlines.get(vmobject), ctx.get_matrix()
        stays = known is not None and known.is_of(vmobject.points, lens)
        if stays and known is not None and _is_plain(vmobject):
            r, g, b, a = self.get_fill_rgbas(vmobject)[0]
            known.fill(ctx, (b, g, r, a))
            return self
        if not stays:
            self._kept.outlines[vmobject] = Outline(vmobject.points.copy(), lens)
        return super().display_vectorized(vmobject, ctx)

    def set_cairo_context_path(self, ctx: cairo.Context, vmobject: VMobject) -> Self:
        """Lay the outline of ``vmobject`` into ``ctx``; the one of before while it stays."""
        known = self._kept.outlines[vmobject]
        if known.path is None:
            super().set_cairo_context_path(ctx, vmobject)
            known.path = ctx.copy_path()
        else:
            ctx.new_path()
            ctx.append_path(known.path)
        return self

    def set_pixel_array(self, pixel_array: Any, convert_from_floats: bool = False) -> None:
        """Begin a frame from ``pixel_array``; in other memory when the last one was given away."""
        if self._kept.given:
            self.pixel_array = self._kept.frames.take(self.pixel_array)
            self._kept.given = False
        super().set_pixel_array(pixel_array, convert_from_floats)

    def give_frame(self) -> np.ndarray:
        """The frame as drawn, (height, width, 4) bytes; nothing is drawn on it any more."""
        self._kept.given = True
        return self.pixel_array

    def _pixels_per_unit_and_origin(self) -> tuple[np.ndarray, np.ndarray]:
        pixels, corners = np.array([self.pixel_width, self.pixel_height]), self.frame.points[:, :2]
        low, high = corners.min(axis=0), corners.max(axis=0)
        scale = pixels / (high - low) * [1, -1]
        return scale, pixels / 2 - (low + high) / 2 * scale


def _is_plain(vmobject: VMobject) -> bool:
    """Whether it is only filled, with one colour."""
    strokes = vmobject.stroke_width, vmobject.background_stroke_width
    return strokes == (0, 0) and len(vmobject.fill_rgbas) == 1


def families(mobjects: Iterable[Mobject]) -> list[Mobject]:
    """``mobjects`` and all that belongs to them, each once: where it comes last, as in Manim."""
    found: dict[Mobject, None] = {}

    def visit(mobject: Mobject) -> None:
        if mobject not in found:
            for child in reversed(mobject.submobjects):
                visit(child)
            found[mobject] = None

    for mobject in reversed(list(mobjects)):
        visit(mobject)
    return list(reversed(found))


class SpaceCamera(BatchDrawing, ThreeDCamera):
    """Draws space, as Manim's three-dimensional camera does."""
