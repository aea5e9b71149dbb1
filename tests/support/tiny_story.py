"""Small stories: one in order, and one for each thing that the look of a clip may lack."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Create, Rectangle

from mobjects.batch import Cloud, Lines
from mobjects.motion import Change
from mobjects.story import Beat, Story, beat
from mobjects.text import Readout, Text


class Tidy(Story):
    title = "Tidy"
    figure = "none"

    @beat("Points", shows="Some points.")
    def points(self) -> None:
        self.heading("A cloud of points")
        self.say("Three hundred points, drawn in one go.")
        xy = np.random.default_rng(0).uniform(-2, 2, size=(300, 2))
        self.cloud = Cloud(xy, self.theme.data, radius=self.theme.dot_radius)
        self.add(self.cloud)
        self.play(self.cloud.animate.shift(RIGHT), run_time=self.theme.slow)

    @beat("Question", shows="A question under the points.", question="Where do they go?")
    def question(self) -> None:
        self.heading("A question about the points")
        self.ask("Where do they go?")
        note = Text("to the right").shift(3 * DOWN)
        number = Readout(2.5, prefix="by ").shift(3 * DOWN + 3 * RIGHT)
        self.play(Create(note), run_time=self.theme.move)
        self.add(number)


def broken(draw: Callable[[Story], None]) -> type[Story]:
    """A story of one beat in which ``draw`` does something amiss."""

    class Broken(Story):
        title = "Broken"
        figure = "none"

        @beat("Broken", shows="Something amiss.")
        def only(self) -> None:
            self.say("What is amiss?")
            draw(self)
            self.wait(self.theme.quick)

    Broken.__name__ = draw.__name__
    return Broken


@broken
def text_on_text(self: Story) -> None:
    self.add(Text("first"), Text("second"))


@broken
def text_on_text_on_the_way(self: Story) -> None:
    one, other = Text("first").shift(3 * LEFT), Text("second").shift(3 * RIGHT)
    self.add(one, other)
    self.play(one.animate.shift(6 * RIGHT), other.animate.shift(6 * LEFT), run_time=3)


@broken
def text_over_data(self: Story) -> None:
    feet = np.stack([np.arange(-2, 2, 0.2), np.full(20, -0.5)], axis=1)
    width, color = self.theme.grid_width, self.theme.muted
    self.add(Text("in the thick of it"))
    self.add(Lines.segments(feet, feet + [0, 1], colors=color, stroke_width=width))


@broken
def text_over_data_on_the_way(self: Story) -> None:
    xy = np.random.default_rng(0).normal(scale=0.4, size=(300, 2))
    cloud = Cloud(xy + [-4, 0], self.theme.data, radius=0.04)
    self.add(Text("passed over"), cloud)
    self.play(cloud.animate.shift(8 * RIGHT), run_time=2)


@broken
def outside_the_frame(self: Story) -> None:
    self.add(Cloud([[7.2, 0.0]], self.theme.data, radius=0.05))


@broken
def outside_the_safe_area(self: Story) -> None:
    self.add(Text("near the side").shift(5.9 * RIGHT))


@broken
def small_text(self: Story) -> None:
    self.add(Text("tiny", size=self.theme.tick_size).scale(0.8))


@broken
def small_number(self: Story) -> None:
    self.add(Readout(0.5, size=self.theme.tick_size - 2))


@broken
def faint_text(self: Story) -> None:
    self.add(Text("faint", color=self.theme.grid))


@broken
def faint_mark(self: Story) -> None:
    self.add(Cloud([[0.0, 0.0]], self.theme.grid, radius=0.2, opacity=0.6))


@broken
def faint_line(self: Story) -> None:
    """Two colours: strong in sum, but one is faint."""
    ends = np.array([[-2.0, 0.0], [2.0, 0.0]])
    colors = [self.theme.data, self.theme.data]
    lines = Lines.segments(
        ends - [0, 1], ends + [0, 1], colors=colors, stroke_width=4, opacity=np.array([1, 0.2])
    )
    self.add(lines)


def recaptioned(story: Story, words: str) -> None:
    """Let the beat's caption have been ``words``."""

    def change(story: Story, beat: Beat) -> None:
        captions = story.timeline.spans[-1].captions
        captions[:] = [replace(caption, text=words) for caption in captions]

    story.on_beat_end.append(change)


@broken
def fast_caption(self: Story) -> None:
    recaptioned(self, "Many more characters than anyone reads in the time that there is for them.")


@broken
def long_caption(self: Story) -> None:
    recaptioned(self, "one\ntwo\nthree")


@broken
def long_beat(self: Story) -> None:
    self.wait(11.5)


@broken
def flashing(self: Story) -> None:
    screen = Rectangle(width=8, height=6, fill_color=self.theme.ink, stroke_width=0)

    def flash(mobject: Rectangle, share: float) -> None:
        mobject.set_fill(opacity=float(int(share * 20) % 2))

    self.play(Change(screen, flash), run_time=2)
    self.remove(screen)


@broken
def twinkling(self: Story) -> None:
    """As quick, but small: no finding."""
    spot = Rectangle(width=1, height=1, fill_color=self.theme.ink, stroke_width=0).shift(UP)

    def flash(mobject: Rectangle, share: float) -> None:
        mobject.set_fill(opacity=float(int(share * 20) % 2))

    self.play(Change(spot, flash), run_time=2)
    self.remove(spot)


class ShortBeat(Story):
    title = "Short"
    figure = "none"

    @beat("Broken", shows="Nothing.")
    def short(self) -> None:
        self.wait(0.2)

    @beat("Enough", shows="Nothing.")
    def enough(self) -> None:
        self.wait(1)
