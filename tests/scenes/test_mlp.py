"""What the clip of the equations shows is the trained network."""

from __future__ import annotations

import numpy as np
import pytest
from manim import Group

from mobjects.batch import Lines
from mobjects.network_graph import NetworkGraph
from model import assets
from scenes import mlp as clip


@pytest.fixture(scope="module")
def story() -> clip.MLP:
    made = clip.MLP()
    made.prepare()
    return made


def forward(x: np.ndarray) -> list[list[float]]:
    """Equations 1.1 to 1.6 in plain arithmetic."""
    run = assets.load("classifier")
    found = [[float(v) for v in x]]
    for layer in range(3):
        weight, bias = run.weights[layer][-1].tolist(), run.biases[layer][-1].tolist()
        a, b = found[-1]
        z = [weight[j][0] * a + weight[j][1] * b + bias[j] for j in range(2)]
        found.append(z)
        if layer < 2:
            found.append([max(v, 0.0) for v in z])
        else:
            powers = [np.exp(v) for v in z]
            found.append([float(p / sum(powers)) for p in powers])
    return found


def test_numbers_in_the_units_are_the_forward_pass() -> None:
    wanted = forward(clip.trained()[0].points[clip.chosen()])
    for shown, column in zip(clip.values(), wanted, strict=True):
        np.testing.assert_allclose(shown, column, rtol=0, atol=1e-9)
    for texts, column in zip(clip.numerals(), wanted, strict=True):
        for text, value in zip(texts, column, strict=True):
            assert float(text) == pytest.approx(
                value, abs=0.00501 if column is not wanted[-1] else 0.000501
            )


def test_datapoint_loses_one_unit_in_each_relu_and_is_rightly_called() -> None:
    data, _ = clip.trained()
    wanted = forward(data.points[clip.chosen()])
    assert wanted[2].count(0.0) == 1
    assert wanted[4].count(0.0) == 1
    np.testing.assert_allclose(wanted[-1], data.one_hot[clip.chosen()], atol=0.05)


@pytest.mark.parametrize("layer", range(3))
def test_edges_show_the_trained_numbers(story: clip.MLP, layer: int) -> None:
    run, graph = assets.load("classifier"), story.graph
    weight, bias = run.weights[layer][-1], run.biases[layer][-1]
    numbers = [*weight.ravel(), *bias]
    lines = graph.edges[2 * layer].submobjects
    assert len(lines) == len(numbers) == graph.wired[2 * layer] + 2
    largest = max(
        float(np.abs(a).max()) for each in (run.weights, run.biases) for a in (e[-1] for e in each)
    )
    for line, number in zip(lines, numbers, strict=True):
        assert isinstance(line, Lines)
        assert (line.dash is not None) == (number < 0)
        assert line.stroke_width == pytest.approx(1.5 + 8.5 * abs(number) / largest)


def test_edges_join_the_units_they_belong_to(story: clip.MLP) -> None:
    graph = story.graph
    for gap, edges in enumerate(graph.edges):
        weight = clip.connections()[0][gap]
        pairs = np.argwhere(weight != 0)
        for line, (j, i) in zip(edges.submobjects[: graph.wired[gap]], pairs, strict=True):
            start, end = graph.centers[gap][i], graph.centers[gap + 1][j]
            for point in line.points:
                assert np.cross(point - start, end - start)[2] == pytest.approx(0, abs=1e-9)
            assert np.linalg.norm(line.points[0] - start) < np.linalg.norm(line.points[0] - end)


def test_relu_joins_each_unit_to_its_own_and_softmax_all(story: clip.MLP) -> None:
    assert story.graph.wired == [4, 2, 4, 2, 4, 4]


def test_written_matrices_are_the_trained_ones(story: clip.MLP) -> None:
    run = assets.load("classifier")
    for layer, text in enumerate(story.matrices):
        for number in [*run.weights[layer][-1].ravel(), *run.biases[layer][-1]]:
            assert f"{number:.2f}" in text.markup


def test_six_equations_in_order(story: clip.MLP) -> None:
    for index, text in enumerate(story.equations):
        assert f"(1.{index + 1})" in text.markup
        assert story.names[index + 1].markup.strip("$") in text.markup.split("=")[0]


def test_wrong_matrices_are_refused() -> None:
    with pytest.raises(ValueError, match=r"weights\[0\]: got shape \(2, 3\)"):
        NetworkGraph([2, 2], [np.ones((2, 3))], [None], size=(4.0, 2.0))


def test_a_column_may_have_any_number_of_units() -> None:
    graph = NetworkGraph([1, 3], [np.ones((3, 1))], [np.zeros(3)], size=(4.0, 2.0))
    assert isinstance(graph.edges[0], Group)
    np.testing.assert_allclose(graph.centers[1][:, 1], [1, 0, -1])
    np.testing.assert_allclose(graph.centers[0], [[-2, 0, 0]])
