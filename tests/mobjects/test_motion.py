"""Keyframes and waves are pure functions, exact where they must be."""

import numpy as np
import pytest

from mobjects.batch import Cloud
from mobjects.motion import Change, Through, keyframe
from mobjects.wave import arriving

FRAMES = np.array([[[0.0, 0]], [[1.0, 2]], [[5.0, 2]]])


def test_keyframes_are_met_exactly():
    for i, share in enumerate((0, 0.5, 1)):
        np.testing.assert_array_equal(keyframe(FRAMES, share), FRAMES[i])


def test_straight_in_between():
    np.testing.assert_allclose(keyframe(FRAMES, 0.25), [[0.5, 1]])
    np.testing.assert_allclose(keyframe(FRAMES, 0.75), [[3, 2]])


def test_no_keyframes():
    with pytest.raises(ValueError, match="frames: got none"):
        keyframe([], 0.5)


def test_through_ends_on_the_last_frame():
    cloud = Cloud(FRAMES[0], "#ffffff", radius=0.1)
    animation = Through(cloud, FRAMES)
    animation.begin()
    animation.interpolate(1)
    np.testing.assert_array_equal(cloud.points[:, :2], FRAMES[-1])


def test_change_calls_with_the_share():
    seen = []
    animation = Change(Cloud(FRAMES[0], "#ffffff", radius=0.1), lambda m, s: seen.append(s))
    animation.begin()
    animation.interpolate(0.5)
    assert seen[-1] == 0.5


def test_a_wave_arrives_when_the_front_passes():
    starts, ends = np.zeros((3, 3)), np.ones((3, 3))
    frames = arriving(starts, ends, np.array([0.0, 1, 2]), np.array([-2.0, 0, 1, 2]))
    np.testing.assert_array_equal(frames[0], starts)
    np.testing.assert_array_equal(frames[1, 0], ends[0])
    assert frames[1, 1].max() < 1
    np.testing.assert_array_equal(frames[3], ends)
