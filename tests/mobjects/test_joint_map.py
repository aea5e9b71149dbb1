"""The window over a joint map, its overview, and the measured curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mobjects.batch import Cloud
from mobjects.curve import CurvePlot
from mobjects.joint_map import JointMap, Window

LAYERS = np.random.default_rng(2).normal(size=(4, 50, 2)) * [[[3, 1]], [[1, 5]], [[9, 9]], [[2, 2]]]
LAYERS += np.array([[[0, 0]], [[40, -10]], [[-30, 30]], [[5, 5]]])


def joint_map() -> JointMap:
    cloud = Cloud(np.zeros((50, 2)), "#ffffff", radius=0.05)
    return JointMap(LAYERS, cloud, Window((6.0, 4.0), (-2, 0)), Window((2.0, 2.0), (4, -1)))


def placed(points: np.ndarray, scale: float, shift: np.ndarray) -> np.ndarray:
    return points * scale + shift


@pytest.mark.parametrize("layer", range(4))
def test_a_layer_is_drawn_true_up_to_one_scale_and_a_shift(layer: int) -> None:
    joint = joint_map().set_place(layer)
    drawn = joint.batch.points[:, :2]
    scale = np.ptp(drawn[:, 0]) / np.ptp(LAYERS[layer, :, 0])
    shift = drawn[0] - scale * LAYERS[layer, 0]
    np.testing.assert_allclose(drawn, placed(LAYERS[layer], scale, shift), atol=1e-9)


@given(st.floats(0, 3))
@settings(max_examples=60, deadline=None)
def test_no_point_ever_leaves_the_window(place: float) -> None:
    joint = joint_map().set_place(place)
    reach = np.abs(joint.batch.points[:, :2] - [-2, 0]).max(axis=0)
    assert (reach <= [3.0, 2.0]).all()
    assert max(reach / [3.0, 2.0]) > 0.1


@given(st.floats(0, 3))
@settings(max_examples=60, deadline=None)
def test_the_frame_in_the_overview_is_what_the_window_shows(place: float) -> None:
    joint = joint_map().set_place(place)
    corners = joint.sight.points[:, :2]
    low, high = corners.min(axis=0), corners.max(axis=0)
    in_overview = (joint.now.points[:, :2] - low) / (high - low)
    in_window = (joint.batch.points[:, :2] - [-5.0, -2.0]) / [6.0, 4.0]
    np.testing.assert_allclose(in_overview, in_window, atol=1e-9)
    assert (np.abs(corners - [4, -1]) <= 1 + 1e-9).all()


PLACES, SERIES = np.array([0.0, 1, 4, 7]), np.array([[0.5, 0.6, 0.8, 0.95], [0.0, -0.05, 0.1, 0.2]])


def curves() -> CurvePlot:
    return CurvePlot(
        PLACES,
        SERIES,
        colors=("#ffffff", "#ffff00"),
        markers=("disc", "diamond"),
        window=(-1, 8),
        height_window=(-0.1, 1.1),
        length=4.5,
        height=2.4,
        corner=(1.0, -1.0),
        ticks=(0, 1),
    )


@pytest.mark.parametrize("row", [0, 1])
def test_marks_stand_at_the_measured_values(row: int) -> None:
    drawn = curves().marks[row].points
    np.testing.assert_allclose((drawn[:, 0] - 1.0) / 0.5 - 1, PLACES, atol=1e-9)
    np.testing.assert_allclose((drawn[:, 1] + 1.0) / 2 - 0.1, SERIES[row], atol=1e-9)


@pytest.mark.parametrize("reach", [0, 1, 1.5, 2.25, 3])
def test_only_what_is_reached_is_shown(reach: float) -> None:
    plot = curves().set_reach(reach)
    shown = plot.marks[0].rgbas[:, 3]
    np.testing.assert_array_equal(shown, [float(i <= reach) for i in range(4)])
    end = (plot.lines[0].points[:, 0].max() - 1.0) / 0.5 - 1
    assert end == pytest.approx(np.interp(reach, range(4), PLACES))


def test_bad_series_are_refused() -> None:
    common: dict[str, Any] = {
        "window": (0, 1),
        "height_window": (0, 1),
        "length": 1.0,
        "height": 1.0,
    }
    with pytest.raises(ValueError, match=r"series: got shape \(2, 4\), want \(1, 4\)"):
        CurvePlot(PLACES, SERIES, colors=("#ffffff",), markers=("disc",), **common)
    with pytest.raises(ValueError, match=r"places: got .* want rising numbers"):
        CurvePlot(PLACES[::-1], SERIES[:1], colors=("#ffffff",), markers=("disc",), **common)
