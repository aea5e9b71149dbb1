"""What is kept from frame to frame is what would have been drawn anew."""

import gc
import platform
import subprocess
import sys

import numpy as np
import pytest
from manim import RIGHT, Circle, Group, MovingCamera, Square, VGroup, VMobject, tempconfig
from manim.utils.family import extract_mobject_family_members
from manim.utils.hashing import get_json

from mobjects.camera import FlatCamera, families
from mobjects.keeping import Frames
from mobjects.text import Text


@pytest.fixture(autouse=True)
def small():
    with tempconfig({"pixel_width": 320, "pixel_height": 180, "frame_rate": 15}):
        yield


def drawn(camera, *mobjects):
    camera.reset()
    camera.capture_mobjects(mobjects)
    return camera.pixel_array.astype(int)


def test_a_text_that_stays_moves_fades_or_is_zoomed_at_looks_as_manim_draws_it():
    ours, theirs = FlatCamera(), MovingCamera()
    text = Text("A blob $bold(x)$", size=60)
    circle = Circle(fill_opacity=0.3)

    def step(change):
        change()
        np.testing.assert_allclose(
            drawn(ours, text, circle), drawn(theirs, text, circle), atol=1.01
        )

    step(lambda: None)
    step(lambda: None)
    step(lambda: text.set_opacity(0.4))
    step(lambda: text.shift(0.013 * RIGHT))
    step(lambda: circle.scale(1.1))
    step(lambda: text.set_opacity(1.0))
    step(lambda: (ours.frame.scale(0.7), theirs.frame.scale(0.7)))
    step(lambda: text.set_fill("#ff0000"))


def test_families_come_in_manims_order():
    squares = [Square() for _ in range(4)]
    inner, outer = VGroup(*squares[:2]), VGroup()
    outer.add(inner, squares[2], VMobject())
    mobjects = [outer, squares[3], Group(squares[0], inner), squares[1], outer]
    assert families(mobjects) == extract_mobject_family_members(mobjects)


def test_a_frame_given_away_is_not_drawn_on_again():
    camera = FlatCamera()
    first = drawn(camera, Square())
    given = camera.give_frame()
    second = drawn(camera, Square().shift(RIGHT))
    np.testing.assert_array_equal(given, first)
    assert np.abs(second - first).max() > 0


def test_what_is_kept_does_not_change_what_manim_knows_a_segment_by():
    camera = FlatCamera()
    drawn(camera, Square())
    before = get_json(camera)
    drawn(camera, Square(), Text("x"))
    camera.give_frame()
    assert get_json(camera) == before


def test_memory_is_used_again_when_nobody_holds_the_frame():
    frames = Frames()
    like = np.zeros((4, 4, 4), np.uint8)
    first = frames.take(like)
    second = frames.take(like)
    assert not np.shares_memory(first, second)
    where = first.ctypes.data
    del first
    gc.collect()
    assert frames.take(like).ctypes.data == where


_FAULTS_AGAIN = """
import resource, sys
from mobjects.keeping import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()

def taken():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    _ = [b"x" * 2**24 for _ in range(8)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

taken()
print(taken())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries are not asked")
def test_memory_that_was_freed_is_not_cleared_again():
    def faults(way):
        command = [sys.executable, "-c", _FAULTS_AGAIN, way]
        return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)

    assert faults("kept") < 0.1 * faults("given back")
