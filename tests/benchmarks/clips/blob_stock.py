"""The same blob as Manim's own manual would have it: a VGroup of Dots."""

from content import BLUE, FRAMES, OPACITY, RADIUS, blob_at
from manim import Dot, Scene, UpdateFromAlphaFunc, VGroup, config, linear

from mobjects.theme import theme


def turn(dots: VGroup, share: float) -> None:
    for dot, (x, y) in zip(dots, blob_at(share), strict=True):
        dot.move_to((x, y, 0))


class Blob(Scene):
    def construct(self) -> None:
        self.camera.background_color = theme().background
        dots = VGroup(
            Dot((x, y, 0), radius=RADIUS, color=BLUE, fill_opacity=OPACITY) for x, y in blob_at(0)
        )
        self.add(dots)
        run_time = FRAMES / config.frame_rate
        self.play(UpdateFromAlphaFunc(dots, turn, rate_func=linear), run_time=run_time)
