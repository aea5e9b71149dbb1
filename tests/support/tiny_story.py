"""Two small stories: one in order, one whose texts lie on each other and leave the frame."""

import numpy as np
from manim import DOWN, RIGHT, Create

from mobjects.batch import Cloud
from mobjects.story import Story, beat
from mobjects.text import Text


class Tidy(Story):
    title = "Tidy"
    figure = "none"

    @beat("Points", shows="Some points.")
    def points(self) -> None:
        self.heading("A cloud of points")
        self.say("Three hundred points, drawn in one go.")
        xy = np.random.default_rng(0).normal(size=(300, 2))
        self.cloud = Cloud(xy, self.theme.data, radius=self.theme.dot_radius)
        self.add(self.cloud)
        self.play(self.cloud.animate.shift(RIGHT), run_time=self.theme.slow)

    @beat("Question", shows="A question under the points.", question="Where do they go?")
    def question(self) -> None:
        self.ask("Where do they go?")
        note = Text("to the right").shift(3 * DOWN)
        self.play(Create(note), run_time=self.theme.move)


class Untidy(Story):
    title = "Untidy"
    figure = "none"

    @beat("Overlap", shows="Two texts on each other.")
    def overlap(self) -> None:
        self.say("One on the other.")
        self.add(Text("first"), Text("second"))

    @beat("Outside", shows="A text that is cut.")
    def outside(self) -> None:
        self.clear_stage()
        self.add(Text("cut off at the side").shift(7 * RIGHT))
