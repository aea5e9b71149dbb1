"""The same four stacks as Manim's own manual would have them: Dots and DashedLines in space."""

from itertools import pairwise

import numpy as np
from content import APART, FRAMES, GAP, SIDE, TURN, VIEW, colors, run, stacks
from manim import (
    DEGREES,
    DashedLine,
    Dot,
    Line,
    Square,
    ThreeDScene,
    VGroup,
    VMobject,
    config,
    linear,
)

from mobjects.layer_stack import Drawn, Sizes
from mobjects.theme import theme

SIZES = Sizes()
DASH, PITCH = 2 * SIZES.dot * SIDE, SIZES.pitch * SIDE
ACROSS = np.array([np.cos(np.radians(VIEW.azimuth)), np.sin(np.radians(VIEW.azimuth))])
PER_UNIT = 100  # of Manim's stroke widths


def placed(points: np.ndarray, plane: int, middle: np.ndarray) -> np.ndarray:
    """Coordinates (n, 2) on a plane as points of space (n, 3)."""
    low, high = run().windows[plane]
    flat = SIDE * ((points - low) / (high - low) - 0.5) + middle
    height = GAP * (plane - (len(run().windows) - 1) / 2)
    return np.column_stack([flat, np.full(len(flat), height)])


def frame(plane: int, middle: np.ndarray) -> VGroup:
    """The pane of a plane, its axes, and a tick at every multiple of its step."""
    (low, high), step, color = run().windows[plane], run().ticks[plane], theme().muted
    zero, tick = np.clip(0, low, high), SIZES.tick * (high - low) / 2
    pane = Square(SIDE, color=color, fill_opacity=0.08, stroke_opacity=theme().muted_opacity)
    pane.move_to(placed(np.full((1, 2), (low + high) / 2), plane, middle)[0])
    ends = [[(low, zero), (high, zero)], [(zero, low), (zero, high)]]
    for value in step * np.arange(np.ceil(low / step), np.floor(high / step) + 1):
        if value:
            ends.append([(value, zero - tick), (value, zero + tick)])
            ends.append([(zero - tick, value), (zero + tick, value)])
    lines = (Line(*placed(np.array(each), plane, middle), color=color) for each in ends)
    return VGroup(pane, *lines).set_stroke(width=theme().grid_width)


def one(drawn: Drawn, middle: np.ndarray) -> VGroup:
    made, planes = VGroup(), range(len(run().windows))
    made.add(*(frame(plane, middle) for plane in planes))
    data = [placed(drawn.data[plane], plane, middle) for plane in planes]
    for below, above in pairwise(data):
        for start, end, color in zip(below, above, colors(), strict=True):
            line = DashedLine(start, end, dash_length=DASH, dashed_ratio=DASH / PITCH)
            made.add(line.set_stroke(color, width=PER_UNIT * DASH, opacity=0.6))
    for plane in planes:
        lines = placed(drawn.lines[plane], plane, middle)
        for first, last in pairwise(drawn.offsets):
            line = VMobject(stroke_color=theme().grid, stroke_width=theme().grid_width)
            made.add(line.set_points_as_corners(lines[first:last]))
        made[-1].set_stroke(theme().muted, width=theme().axis_width)
    for points in data:
        made.add(
            *(
                Dot(point, radius=SIZES.mark * SIDE, color=color)
                for point, color in zip(points, colors(), strict=True)
            )
        )
    return made


class Stacks(ThreeDScene):
    def construct(self) -> None:
        self.camera.background_color = theme().background
        look = {"phi": (90 - VIEW.elevation) * DEGREES, "focal_distance": VIEW.distance * SIDE}
        self.set_camera_orientation(theta=(VIEW.azimuth - 90) * DEGREES, **look)
        self.add(*(one(drawn, APART * (i - 1.5) * ACROSS) for i, drawn in enumerate(stacks())))
        to = (VIEW.azimuth + TURN - 90) * DEGREES
        self.move_camera(theta=to, run_time=FRAMES / config.frame_rate, rate_func=linear)
