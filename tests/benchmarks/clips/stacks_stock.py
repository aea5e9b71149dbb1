"""The same four stacks as Manim's own manual would have them: Dots and DashedLines in space."""

import numpy as np
from content import BLUE, DATA, FRAMES, PLANES, STACKS, stack, windows
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

SIDE, GAP = 1.9, 0.95


def placed(points: np.ndarray, window: np.ndarray, plane: int, x: float) -> np.ndarray:
    flat = SIDE * points / (window[1] - window[0]) + [x, 0]
    return np.column_stack([flat, np.full(len(flat), GAP * (plane - (PLANES - 1) / 2))])


def one(index: int, x: float) -> VGroup:
    drawn, made = stack(index), VGroup()
    reaches = windows(drawn)
    data = [placed(drawn.data[i], reaches[i], i, x) for i in range(PLANES)]
    lines = [placed(drawn.lines[i], reaches[i], i, x) for i in range(PLANES)]
    for i in range(PLANES):
        middle = np.array([x, 0, data[i][0, 2]])
        made.add(Square(SIDE, fill_opacity=0.08, stroke_opacity=0.45).move_to(middle))
        made.add(Line(middle - [SIDE / 2, 0, 0], middle + [SIDE / 2, 0, 0], stroke_width=1.4))
        made.add(Line(middle - [0, SIDE / 2, 0], middle + [0, SIDE / 2, 0], stroke_width=1.4))
        for first, last in zip(drawn.offsets[:-1], drawn.offsets[1:], strict=True):
            made.add(VMobject(stroke_width=1.4).set_points_as_corners(lines[i][first:last]))
        made.add(*(Dot(p, radius=0.026, color=BLUE) for p in data[i]))
    for i in range(PLANES - 1):
        for k in range(DATA):
            line = DashedLine(data[i][k], data[i + 1][k], dash_length=0.035, dashed_ratio=0.3)
            made.add(line.set_stroke(BLUE, width=1.6))
    return made


class Stacks(ThreeDScene):
    def construct(self) -> None:
        self.set_camera_orientation(phi=72 * DEGREES, theta=-90 * DEGREES)
        self.add(*(one(i, -4.8 + 3.2 * i) for i in range(STACKS)))
        self.move_camera(theta=-60 * DEGREES, run_time=FRAMES / config.frame_rate)
