"""A smaller clip: one ring that grows."""

import numpy as np

from mobjects.batch import Lines
from mobjects.story import Story, beat


class Ring(Story):
    title = "A ring"
    figure = "0.2"

    @beat("Ring", shows="A ring.")
    def ring(self) -> None:
        self.say("A ring of sixty points.")
        angle = np.linspace(0, 2 * np.pi, 60)
        points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        look = {"colors": self.theme.accent, "stroke_width": self.theme.curve_width}
        self.ring_lines = Lines(points, **look)
        self.add(self.ring_lines)
        self.wait(self.theme.quick)

    @beat("Growing", shows="The ring doubles.", question="How large will it be?")
    def growing(self) -> None:
        self.ask("How large will it be?")
        self.play(self.ring_lines.animate.scale(2), run_time=self.theme.quick)
