"""What is drawn anew in every frame, against drawing everything."""

import numpy as np
import pytest
from look.playing import play
from manim import RIGHT, UP, AnimationGroup, Create, FadeIn, FadeOut, Group, Square
from tiny_story import Tidy

from mobjects.batch import Cloud, Lines
from mobjects.motion import Change, Draw, Through
from mobjects.redrawing import EVERYWHERE, extent, reached, redrawn
from mobjects.story import Story, beat
from mobjects.text import Text


def begun(*animations):
    for each in animations:
        each.begin()
    return animations


def test_what_lies_over_a_fade_is_redrawn_and_what_lies_beside_it_is_not():
    below, fading, over, beside = (Square().shift(x * RIGHT) for x in (0.2, 0, 0.3, 6))
    on_top = Square().shift(1.5 * RIGHT)  # meets what lies over the fade alone
    boxes = reached(begun(FadeIn(fading)))
    assert redrawn([below, fading, over, on_top, beside], boxes) == [fading, over, on_top]


def test_what_moves_in_unknown_ways_has_everything_over_it_redrawn():
    moved, far = Square(), Square().shift(6 * RIGHT)
    for animation in (
        moved.animate.shift(RIGHT).build(),
        FadeIn(moved, shift=UP),
        FadeOut(moved, scale=2),
        Change(moved, lambda *_: None),
    ):
        boxes = reached(begun(animation))
        assert np.array_equal(boxes[moved], EVERYWHERE)
        assert redrawn([far, moved], boxes) == [moved]
        assert redrawn([moved, far], boxes) == [moved, far]


def test_keyframes_and_drawing_on_stay_within_all_they_reach():
    cloud = Cloud([[0.0, 0.0]], "#ffffff", radius=0.1)
    lines = Lines.segments([[0, 0]], [[2, 1]], colors="#ffffff", stroke_width=4)
    through = Through(cloud, [[[0, 0]], [[3, 2]], [[1, -1]]])
    boxes = reached(begun(AnimationGroup(through, Draw(lines))))
    low, high = boxes[cloud]
    assert (low < [-0.1, -1.1]).all()
    assert (high > [3.1, 2.1]).all()
    assert (high < [3.5, 2.5]).all()
    low, high = boxes[lines]
    assert (low < 0).all()
    assert (high > [2, 1]).all()
    assert np.array_equal(reached([FadeIn(cloud), Change(cloud, print)])[cloud], EVERYWHERE)


def test_what_has_no_points_reaches_nowhere():
    group = Group(Square())
    assert (extent(group)[0] > extent(group)[1]).all()
    assert redrawn([Square(), group], {group: extent(group)}) == [group]


class Crowded(Story):
    """All kinds of animations over, under and beside others."""

    title = "Crowded"
    figure = "none"

    @beat("Crowded", shows="Squares, points and lines.")
    def only(self) -> None:
        rng = np.random.default_rng(0)
        cloud = Cloud(rng.normal(size=(50, 2)), self.theme.data, radius=0.1)
        square, glass = Square(color="#ff0000", fill_opacity=0.5), Square(fill_opacity=0.4)
        lines = Lines.segments(
            rng.normal(size=(9, 2)), rng.normal(size=(9, 2)), colors="#00ff00", stroke_width=5
        )
        self.heading("One heading")
        self.add(square.shift(0.5 * RIGHT), glass.shift(UP))
        self.play(FadeIn(cloud), Create(Square().shift(4 * RIGHT)))
        self.bring_to_back(lines)
        self.play(Draw(lines), Through(cloud, [cloud.points, cloud.points + 1.5]))
        self.heading("Another heading")
        self.play(FadeOut(square), FadeIn(Text("text")), lines.animate.shift(UP))


@pytest.mark.parametrize("story_class", [Tidy, Crowded])
def test_frames_are_those_of_drawing_everything(story_class, monkeypatch):
    quick = seen(story_class)
    monkeypatch.setattr(
        story_class, "get_moving_mobjects", lambda self, *animations: list(self.mobjects)
    )
    whole = seen(story_class)
    assert len(quick) == len(whole) > 10
    assert max(np.abs(a - b).max() for a, b in zip(quick, whole, strict=True)) <= 1


def seen(story_class: type[Story]) -> list[np.ndarray]:
    frames = []
    play(
        story_class,
        size=(320, 180),
        frame_rate=8,
        on_frame=lambda _story, frame, _count: frames.append(frame[..., :3].astype(int)),
    )
    return frames
