"""A blob of datapoints that turns: one Cloud."""

from content import BLUE, FRAMES, OPACITY, RADIUS, blob_at
from manim import config, linear

from mobjects.batch import Cloud
from mobjects.motion import Change
from mobjects.story import Story


class Blob(Story):
    def construct(self) -> None:
        cloud = Cloud(blob_at(0), BLUE, radius=RADIUS, opacity=OPACITY)
        self.add(cloud)
        turn = Change(cloud, lambda c, share: c.set_points(blob_at(share)), rate_func=linear)
        self.play(turn, run_time=FRAMES / config.frame_rate)
