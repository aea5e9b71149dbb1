"""A small clip: a cloud, and a question about it."""

import numpy as np
from manim import DOWN, RIGHT, Create

from mobjects.batch import Cloud
from mobjects.story import Story, beat
from mobjects.text import Text


class CloudClip(Story):
    title = "A cloud & its way"
    figure = "0.1"

    @beat("Points", shows="A few hundred points <in the middle>.")
    def points(self) -> None:
        self.heading("A cloud of points")
        self.say("Three hundred points, drawn in one go.")
        xy = np.random.default_rng(0).normal(size=(300, 2))
        self.cloud = Cloud(xy, self.theme.data, radius=self.theme.dot_radius)
        self.add(self.cloud)
        self.play(self.cloud.animate.shift(RIGHT), run_time=self.theme.slow)

    @beat("Question", shows="The points move down.", question="Where do they go?")
    def question(self) -> None:
        self.ask("Where do they go?")
        self.play(self.cloud.animate.shift(DOWN), run_time=self.theme.move)
        self.say("They go down.")

    @beat("Answer", shows="A note under the points.")
    def answer(self) -> None:
        self.heading("All went down")
        note = Text("down").shift(3 * DOWN)
        self.play(Create(note), run_time=self.theme.quick)
