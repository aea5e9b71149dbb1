"""What the clip of the equations shows is the trained network: the book's, and any lesson's."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from lessons import MADE, SHIPPED, by_hand, lesson_path
from look.watching import glance
from manim import Group

from mobjects.batch import Cloud, Lines
from mobjects.equations import affine
from mobjects.network_graph import NetworkGraph
from model import assets, lesson
from model.graph_words import output
from model.lesson_graph import (
    LessonGraph,
    graph_on_show,
    kept_units,
    shares_written,
    telling_point,
    written,
)
from scenes import mlp as clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lessons")


@pytest.fixture(params=["", *SHIPPED, *MADE])
def graph(
    request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> LessonGraph:
    """The default lesson's graph, and those of others, one after the other."""
    if request.param:
        monkeypatch.setenv("LESSON", str(lesson_path(request.param, folder)))
    else:
        monkeypatch.delenv("LESSON", raising=False)
    return graph_on_show()


@pytest.fixture
def default(monkeypatch: pytest.MonkeyPatch) -> LessonGraph:
    monkeypatch.delenv("LESSON", raising=False)
    return graph_on_show()


def prepared() -> clip.MLP:
    made = clip.MLP()
    made.prepare()
    return made


def number(text: str) -> float:
    return float(text.replace('"', "").replace("−", "-"))


def test_numbers_in_the_units_are_the_forward_pass(graph: LessonGraph) -> None:
    data = graph.view.data
    wanted = by_hand(graph.view.lesson, data.points[graph.chosen])
    for shown, column in zip(graph.values, wanted, strict=True):
        np.testing.assert_allclose(shown, column, rtol=0, atol=1e-9)
    assert graph.winner == int(np.argmax(wanted[-1]))
    drawn = zip(graph.numerals(), graph.columns.indices, graph.units, strict=True)
    for texts, column, units in drawn:
        values = [wanted[column][unit] for unit in units.indices]
        places = 3 if column == len(wanted) - 1 else 2
        for text, value in zip(texts, values, strict=True):
            fine = 10.0**-places if max(map(abs, wanted[column])) < 100 else 1.0
            if "class" in text:
                assert value < 0.001 if "<" in text else value > 0.999
                continue
            assert number(text) == pytest.approx(value, abs=0.501 * fine, rel=0.05)
            if text == "0":
                assert value == 0


def test_discs_are_as_full_as_their_numbers_are_large(graph: LessonGraph) -> None:
    story = prepared()
    wanted = by_hand(graph.view.lesson, graph.view.data.points[graph.chosen])
    for place, column in enumerate(graph.columns.indices):
        filled = story.filled(place)
        if isinstance(filled, Cloud):
            values = np.array(wanted[column])
            shown = np.abs(values[graph.units[place].indices]) / (np.abs(values).max() or 1.0)
            np.testing.assert_allclose(filled.rgbas[:, 3], shown, atol=1e-9)
        else:
            assert len(filled) == len(graph.units[place].indices)


def test_edges_show_the_trained_numbers(graph: LessonGraph) -> None:
    story, run = prepared(), graph.view.run
    weights = iter(run.weights)
    of_layer = {
        i: next(weights)[-1] for i, layer in enumerate(graph.network) if layer.name == "linear"
    }
    for place in graph.linear_gaps:
        whole = of_layer[graph.gaps[place]]
        before, after = graph.units[place].indices, graph.units[place + 1].indices
        shown = np.array([[whole[j, i] for i in before] for j in after])
        starts, ends = story.graph.ends[place]
        assert len(starts) == len(ends) == np.count_nonzero(shown)
        lines = story.graph.edges[place].submobjects
        if story.graph.is_bundled(place):
            signs = [shown[shown > 0], shown[shown < 0]]
            bundles = [each for each in signs if len(each)]
            assert [len(line.offsets) - 1 for line in lines] == [len(each) for each in bundles]
            scale = story.graph._largest[place]
            for strength, numbers in zip(story.graph.strengths[place], bundles, strict=True):
                np.testing.assert_allclose(strength, np.maximum(np.abs(numbers) / scale, 0.1))
            continue
        for line, value in zip(lines, shown[shown != 0], strict=False):
            assert isinstance(line, Lines)
            assert (line.dash is not None) == (value < 0)
            assert line.stroke_width == pytest.approx(story.graph.stroke_width(value, place))


def test_written_matrices_are_the_trained_ones(graph: LessonGraph) -> None:
    story = prepared()
    for index, matrix in story.matrices.items():
        layer = graph.network.layers[index]
        weight, bias = np.array(layer.weight), np.array(layer.bias)
        head = re.search(r"mat\((.*?)\) bold.*vec\((.*?)\)", matrix[0].markup)
        assert head is not None
        rows = [row.split(", ") for row in head[1].split("; ")]
        corners = [(rows[0][0], weight[0, 0]), (rows[-1][-1], weight[-1, -1])]
        ends = head[2].split(", ")
        for text, value in [*corners, (ends[0], bias[0]), (ends[-1], bias[-1])]:
            assert number(text) == pytest.approx(value, abs=0.00501, rel=0.06)
        cut = max(weight.shape) > story.most
        assert ("dots" in matrix[0].markup) == cut
        assert (len(matrix) == 2) == cut
        if cut:
            assert f"{weight.shape[0]} × {weight.shape[1]}" in matrix[1].markup


def test_equations_name_the_layers_they_stand_for(graph: LessonGraph) -> None:
    story = prepared()
    first, middle, last = graph.blocks()
    shown = [*first, *(middle[0] if len(middle) == 1 else []), *last]
    assert sorted(story.equations) == sorted(shown)
    for index, text in story.equations.items():
        layer = graph.network.layers[index]
        assert ("bold(W)" if layer.name == "linear" else f"`{layer.name}`") in text.markup
        book = tuple(each.name for each in graph.network) == (
            *("linear", "relu", "linear", "relu", "linear", "softmax"),
        )
        assert (f"(1.{index + 1})" in text.markup) == book


@pytest.mark.parametrize("name", ["circles", "three_classes", *MADE])
def test_lessons_keep_the_rules_of_clips(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LESSON", str(lesson_path(name, folder)))
    seen = glance(clip.MLP, "dark")
    assert seen.findings == []
    assert "{" not in "".join(each.name + each.shows + each.question for each in clip.MLP.beats())


def test_datapoint_loses_one_unit_in_each_relu_and_is_rightly_called(default: LessonGraph) -> None:
    data = default.view.data
    wanted = by_hand(default.view.lesson, data.points[default.chosen])
    assert wanted[2].count(0.0) == 1
    assert wanted[4].count(0.0) == 1
    np.testing.assert_allclose(wanted[-1], data.one_hot[default.chosen], atol=0.05)


@pytest.mark.parametrize("layer", range(3))
def test_widths_grow_with_the_numbers_over_the_whole_network(
    default: LessonGraph, layer: int
) -> None:
    run, graph = assets.load("classifier"), prepared().graph
    weight, bias = run.weights[layer][-1], run.biases[layer][-1]
    numbers = [*weight.ravel(), *bias]
    lines = graph.edges[2 * layer].submobjects
    assert len(lines) == len(numbers) == graph.wired[2 * layer] + 2
    largest = max(
        float(np.abs(a).max()) for each in (run.weights, run.biases) for a in (e[-1] for e in each)
    )
    for line, value in zip(lines, numbers, strict=True):
        assert isinstance(line, Lines)
        assert (line.dash is not None) == (value < 0)
        assert line.stroke_width == pytest.approx(1.5 + 8.5 * abs(value) / largest)


def test_edges_join_the_units_they_belong_to(default: LessonGraph) -> None:
    graph = prepared().graph
    for gap, edges in enumerate(graph.edges):
        weight = default.connections()[0][gap]
        assert weight is not None
        pairs = np.argwhere(weight != 0)
        for line, (j, i) in zip(edges.submobjects[: graph.wired[gap]], pairs, strict=True):
            start, end = graph.centers[gap][i], graph.centers[gap + 1][j]
            for point in line.points:
                assert np.cross(point - start, end - start)[2] == pytest.approx(0, abs=1e-9)
            assert np.linalg.norm(line.points[0] - start) < np.linalg.norm(line.points[0] - end)


def test_relu_joins_each_unit_to_its_own_and_softmax_all(default: LessonGraph) -> None:
    assert prepared().graph.wired == [4, 2, 4, 2, 4, 4]


def test_six_equations_in_order(default: LessonGraph) -> None:
    story = prepared()
    assert list(story.equations) == list(range(6))
    for index, text in story.equations.items():
        assert f"(1.{index + 1})" in text.markup
        assert story.names[index + 1].markup.strip("$") in text.markup.split("=")[0]


def test_a_network_without_weights_and_an_untrained_lesson_end_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "mine.toml"
    head = 'name = "Mine"\n[data]\ngenerator = "moons"\npoints = 20\n[network]\n'
    path.write_text(
        head + 'layers = ["linear", "softmax"]\nwidths = [2, 2]\n[training]\nsteps = 2\n'
    )
    monkeypatch.setenv("LESSON", str(path))
    with pytest.raises(
        SystemExit, match=r"^Mine is not trained yet; run `python -m model train .*"
    ):
        clip.MLP().construct()
    (tmp_path / "net.py").write_text(
        "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__(); self.a = nn.Linear(2, 2)\n"
        "    def forward(self, x):\n        return self.a(x).tanh()\n"
    )
    other = tmp_path / "whole.toml"
    other.write_text(f'allow_code = true\n{head}entry = "net.py:Net"\n')
    monkeypatch.setenv("LESSON", str(other))
    monkeypatch.setenv("LESSON_CODE", "yes")
    with pytest.raises(SystemExit, match=r"^mlp: the network \(module, softmax\) has no linear"):
        clip.MLP().construct()


def test_the_point_to_follow_is_right_where_any_is(default: LessonGraph) -> None:
    for path in lesson.shipped():
        shown = lesson.Lesson.load(path)
        net = shown.trajectory.network(shown.trajectory.checkpoints[-1])
        at = telling_point(net, shown.dataset)
        assert net(shown.dataset.points[[at]]).argmax() == shown.dataset.labels[at]


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.5, -0.004, 0.0], ["0.50", "0.00", "0"]),
        ([123.4, -7.0], ["123", "-7"]),
        ([0.02, -0.0349], ["0.020", "-0.035"]),
        ([3.2e-5, 0.0], ['3.2"e−5"', "0"]),
        ([2.5e6], ['2.5"e6"']),
    ],
)
def test_numbers_are_written_in_little_room(values: list[float], texts: list[str]) -> None:
    assert written(np.array(values)) == texts


def test_shares_never_say_0_or_1_unless_they_are() -> None:
    assert shares_written(np.array([0.9973, 0.0027])) == ["0.997", "0.003"]
    assert shares_written(np.array([0.9996, 0.0004])) == ["> 0.999", "< 0.001"]
    assert shares_written(np.array([1.0, 1e-30, 0.0])) == ["> 0.999", "< 0.001", "0"]
    assert shares_written(np.array([0.0, 1.0])) == ["0", "1"]


@pytest.mark.parametrize("name", ["", "moons", "three_classes"])
def test_shares_find_room_in_their_units(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LESSON", f"assets/lessons/{name}.toml" if name else "")
    graph = graph_on_show()
    assert (
        output(graph)
        == {
            "": "(0.997, 0.003)",
            "moons": "(above 0.999, below 0.001)",
            "three_classes": "(above 0.999, below 0.001, below 0.001)",
        }[name]
    )
    story = prepared()
    last = len(story.graph.centers) - 1
    room = 2 * story.graph._half_width(last)
    assert all(text.width < 0.87 * room for text in story.filled(last))


def test_names_of_columns_stand_on_one_line(default: LessonGraph) -> None:
    lines = [name.get_bottom()[1] + name.descent for name in prepared().names]
    np.testing.assert_allclose(lines, lines[0], atol=1e-9)


def test_long_columns_keep_both_ends() -> None:
    assert kept_units(16).hole is None
    indices, hole = kept_units(64)
    assert hole == 4
    assert indices.tolist() == [0, 1, 2, 3, 61, 62, 63]


def test_long_matrices_are_cut_with_dots() -> None:
    rows = [[f"{10 * i + j}" for j in range(6)] for i in range(5)]
    assert affine("z", rows, "x", ["a"] * 5, 3) == (
        "z = mat(0, dots.c, 5; dots.v, dots.v, dots.v; 40, dots.c, 45) x + vec(a, dots.v, a)"
    )
    assert affine("z", [["1"]], "x", ["2"]) == "z = mat(1) x + vec(2)"


def test_wrong_matrices_are_refused() -> None:
    with pytest.raises(ValueError, match=r"weights\[0\]: got shape \(2, 3\)"):
        NetworkGraph([2, 2], [np.ones((2, 3))], [None], size=(4.0, 2.0))


def test_a_column_may_have_any_number_of_units() -> None:
    graph = NetworkGraph([1, 3], [np.ones((3, 1))], [np.zeros(3)], size=(4.0, 2.0))
    assert isinstance(graph.edges[0], Group)
    np.testing.assert_allclose(graph.centers[1][:, 1], [1, 0, -1])
    np.testing.assert_allclose(graph.centers[0], [[-2, 0, 0]])
