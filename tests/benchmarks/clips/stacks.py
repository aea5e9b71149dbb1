"""The four stacks of figure 1.8 in space, turning: four LayerStacks."""

from dataclasses import replace

from content import APART, FRAMES, GAP, SIDE, TURN, VIEW, colors, run, stacks
from manim import config, linear

from mobjects.layer_stack import LayerStack, Pose
from mobjects.motion import Change
from mobjects.story import Story


def turn(each: LayerStack, share: float) -> None:
    each.place(each.pose.seen_from(replace(VIEW, azimuth=VIEW.azimuth + TURN * share)))


class Stacks(Story):
    def construct(self) -> None:
        look = {"colors": colors(), "markers": ["disc"] * len(colors()), "ticks": run().ticks}
        made = []
        for i, drawn in enumerate(stacks()):
            pose = Pose((APART * (i - 1.5), 0), SIDE, GAP, VIEW)
            made.append(LayerStack(run().windows, drawn, pose, **look))
        self.add(*made)
        turns = [Change(each, turn, rate_func=linear) for each in made]
        self.play(*turns, run_time=FRAMES / config.frame_rate)
