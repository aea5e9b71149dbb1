"""What lies on the stage: texts and marks, by name, and where they are on the picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from manim import Mobject, VMobject
from manim.utils.family import extract_mobject_family_members

from mobjects.batch import Batch, Cloud, Lines
from mobjects.camera import FlatCamera
from mobjects.story import Story
from mobjects.text import Readout, Text
from mobjects.thumbnails import Thumbnails

SEEN = 0.02  # opacity from which something counts as drawn
READABLE = 0.9  # opacity from which a text, fading in or out, is there to be read


@dataclass(frozen=True)
class Piece:
    """One thing that a viewer sees as a whole: a text, a cloud, a bundle of lines.

    Attributes
    ----------
    name
        What to call it in a finding.
    mobject
        The text, or the member that is drawn.
    members
        What the camera draws, lowest first.
    """

    name: str
    mobject: Mobject
    members: tuple[Mobject, ...]

    @property
    def is_text(self) -> bool:
        return isinstance(self.mobject, Text | Readout)

    @property
    def opacity(self) -> float:
        """That of its most opaque part, 0 to 1."""
        return max(map(_opacity, self.members))


def pieces(story: Story) -> list[Piece]:
    """Everything drawn, lowest first."""
    homes = {id(m): home for top in story.mobjects for m, home in _homes(top, ())}
    drawn = extract_mobject_family_members(
        story.mobjects, use_z_index=True, only_those_with_points=True
    )
    members: dict[int, list[Mobject]] = {}
    for mobject in drawn:
        if _opacity(mobject) > SEEN:
            whole = homes[id(mobject)][-1]
            members.setdefault(id(whole), []).append(mobject)
    found = []
    for parts in members.values():
        path = homes[id(parts[0])]
        found.append(Piece(_name(path), path[-1], tuple(parts)))
    return found


def box(piece: Piece, camera: FlatCamera) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and highest corner (2,) of what is seen, in frame units about its middle."""
    lows, highs = zip(*(_extent(member, camera) for member in piece.members), strict=True)
    return np.min(lows, axis=0), np.max(highs, axis=0)


def camera_of(story: Story) -> FlatCamera:
    """The camera that a story is seen through."""
    assert isinstance(story.camera, FlatCamera)
    return story.camera


def _homes(
    mobject: Mobject, path: tuple[Mobject, ...]
) -> Iterator[tuple[Mobject, tuple[Mobject, ...]]]:
    """Each member of the family with the way to it, which ends at a text's outermost mobject."""
    inside_text = bool(path) and isinstance(path[-1], Text | Readout)
    path = path if inside_text else (*path, mobject)
    yield mobject, path
    for child in mobject.submobjects:
        yield from _homes(child, path)


def _name(path: tuple[Mobject, ...]) -> str:
    last = path[-1]
    if isinstance(last, Text):
        return repr(last.markup)
    if isinstance(last, Readout):
        return f"Readout {last.template!r}"
    plain = {"Group", "VGroup", "Mobject"}
    owners = [type(m).__name__ for m in path[:-1] if type(m).__name__ not in plain]
    return f"{type(last).__name__} of {owners[-1]}" if owners else type(last).__name__


def _opacity(mobject: Mobject) -> float:
    if isinstance(mobject, Batch):
        return float(mobject.rgbas[:, 3].max(initial=0))
    if isinstance(mobject, VMobject):
        stroke = mobject.get_stroke_opacity() if mobject.get_stroke_width() > 0 else 0
        return float(max(mobject.get_fill_opacity(), stroke))
    return 0.0


def _extent(mobject: Mobject, camera: FlatCamera) -> tuple[np.ndarray, np.ndarray]:
    points, reach = mobject.points, 0.0
    if isinstance(mobject, Thumbnails):
        points, reach = points[mobject.rgbas[:, 3] > SEEN], mobject.side / 2
    elif isinstance(mobject, Cloud):
        points, reach = points[mobject.rgbas[:, 3] > SEEN], mobject.radius
    elif isinstance(mobject, Lines):
        points = points[np.repeat(mobject.rgbas[:, 3] > SEEN, np.diff(mobject.offsets))]
        reach = mobject.stroke_width / 200
    size = np.array([camera.pixel_width, camera.pixel_height])
    pixels = camera.points_to_subpixel_coords(mobject, points)
    units = (pixels / size - 0.5) * [camera.frame_width, -camera.frame_height]
    return units.min(axis=0) - reach, units.max(axis=0) + reach
