"""The four stacks of figure 1.8 in space, turning: four LayerStacks."""

from content import FRAMES, colors, run, stacks
from manim import config, linear

from mobjects.layer_stack import LayerStack, Pose
from mobjects.motion import Change
from mobjects.story import Story
from mobjects.view import View


def turn(each: LayerStack, share: float) -> None:
    each.place(each.pose.seen_from(View(azimuth=30 + 60 * share)))


class Stacks(Story):
    def construct(self) -> None:
        look = {"colors": colors(), "markers": ["disc"] * len(colors()), "ticks": run().ticks}
        made = []
        for i, drawn in enumerate(stacks()):
            pose = Pose((-4.8 + 3.2 * i, 0), side=1.9, gap=0.95, view=View())
            made.append(LayerStack(run().windows, drawn, pose, **look))
        self.add(*made)
        turns = [Change(each, turn, rate_func=linear) for each in made]
        self.play(*turns, run_time=FRAMES / config.frame_rate)
