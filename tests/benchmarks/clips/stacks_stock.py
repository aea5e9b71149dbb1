"""The same four stacks as Manim's own manual would have them: Dots and DashedLines in space."""

from itertools import pairwise

import numpy as np
from content import FRAMES, colors, run, stacks
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
)

from mobjects.layer_stack import Drawn

SIDE, GAP = 1.9, 0.95


def height(plane: int) -> float:
    return GAP * (plane - (len(run().windows) - 1) / 2)


def placed(points: np.ndarray, plane: int, x: float) -> np.ndarray:
    low, high = run().windows[plane]
    flat = SIDE * ((points - low) / (high - low) - 0.5) + [x, 0]
    return np.column_stack([flat, np.full(len(flat), height(plane))])


def one(drawn: Drawn, x: float) -> VGroup:
    made, planes = VGroup(), range(len(run().windows))
    data = [placed(drawn.data[i], i, x) for i in planes]
    for i in planes:
        middle = np.array([x, 0, height(i)])
        made.add(Square(SIDE, fill_opacity=0.08, stroke_opacity=0.45).move_to(middle))
        made.add(Line(middle - [SIDE / 2, 0, 0], middle + [SIDE / 2, 0, 0], stroke_width=1.4))
        made.add(Line(middle - [0, SIDE / 2, 0], middle + [0, SIDE / 2, 0], stroke_width=1.4))
        lines = placed(drawn.lines[i], i, x)
        for first, last in pairwise(drawn.offsets):
            made.add(VMobject(stroke_width=1.4).set_points_as_corners(lines[first:last]))
        made.add(*(Dot(p, radius=0.026, color=c) for p, c in zip(data[i], colors(), strict=True)))
    for i in planes[:-1]:
        for start, end, color in zip(data[i], data[i + 1], colors(), strict=True):
            line = DashedLine(start, end, dash_length=0.035, dashed_ratio=0.3)
            made.add(line.set_stroke(color, width=1.6))
    return made


class Stacks(ThreeDScene):
    def construct(self) -> None:
        self.set_camera_orientation(phi=72 * DEGREES, theta=-90 * DEGREES)
        self.add(*(one(drawn, -4.8 + 3.2 * i) for i, drawn in enumerate(stacks())))
        self.move_camera(theta=-60 * DEGREES, run_time=FRAMES / config.frame_rate)
