"""Distributions on less than the plane: on its half-axes and at its origin, or on a circle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from manim import Group

from mobjects.axis import Plane
from mobjects.batch import Cloud, Lines, Polygons
from mobjects.masses import MassTable
from mobjects.theme import theme

_PER_DENSITY = 3.5  # plane units for a density of 1
_ATOM_RADIUS = 0.53  # plane units for a mass of 1


class OnTheAxes(Group):
    """Humps outside the positive half-axes and a disc at the origin.

    A hump's height is the density by length, the disc's area is the atom's mass.

    Parameters
    ----------
    plane
        Where.
    along_x, along_y
        (n, 2): positions above 0 on the half-axis, rising, and the density there;
        cut at the plane's edge.
    atom
        The mass at the origin, 0 to 1.
    colors
        Of the two humps and the disc; the theme's parts when left out.
    """

    def __init__(
        self,
        plane: Plane,
        along_x: np.ndarray,
        along_y: np.ndarray,
        atom: float,
        *,
        colors: tuple[str, str, str] | None = None,
    ) -> None:
        super().__init__()
        parts = theme().parts
        *humps, disc = colors or (parts.x_axis, parts.y_axis, parts.origin)
        ends = plane.x_window[1], plane.y_window[1]
        for axis, (whole, color) in enumerate(zip((along_x, along_y), humps, strict=True)):
            graph = whole[whole[:, 0] <= ends[axis]]
            outline = np.zeros((len(graph) + 2, 2))
            outline[:, axis] = [*graph[:, 0], graph[-1, 0], graph[0, 0]]
            outline[:-2, 1 - axis] = -_PER_DENSITY * graph[:, 1]
            self.add(tinted(plane.at(outline), len(graph), color))
        radius = _ATOM_RADIUS * plane.units[0] * np.sqrt(atom)
        self.add(Cloud(plane.at(np.zeros((1, 2))), disc, radius=radius))


class AroundCircle(Group):
    """A band around the unit circle, as wide as the density of the angle, at a scale.

    Parameters
    ----------
    plane
        Where.
    circle, outside
        (n, 2): the unit circle and the band's outer edge.
    """

    def __init__(self, plane: Plane, circle: np.ndarray, outside: np.ndarray) -> None:
        super().__init__()
        outline = plane.at(np.concatenate([outside, circle[::-1]]))
        self.add(tinted(outline, len(outside), theme().data))


def tinted(outline: np.ndarray, count: int, color: str) -> Group:
    """A closed outline (n, 3) as a tint, its first ``count`` vertices drawn as the curve."""
    t = theme()
    area = Polygons(outline, colors=color, opacity=t.density_opacity)
    area.supports = "the curve along its edge"
    return Group(area, Lines(outline[:count], colors=color, stroke_width=t.curve_width))


def part_colors() -> tuple[str, str, str, str]:
    """The theme's colours of open quadrant, half-axes and origin, in that order."""
    parts = theme().parts
    return parts.quadrant, parts.x_axis, parts.y_axis, parts.origin


def parts_table(exact: Sequence[float], counted: Sequence[float], points: int) -> MassTable:
    """The masses of open quadrant, half-axes and origin: exact, and counted in ``points``."""
    return MassTable(
        ("open quadrant", "$x_1$-axis", "$x_2$-axis", "origin"),
        part_colors(),
        exact,
        counted,
        notes=(
            "shaded: density along the axis",
            "disc: area proportional to its mass",
            f"counted: share of the {points:,} points",
        ),
    )
