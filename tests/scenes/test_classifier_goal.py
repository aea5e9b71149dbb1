"""What the clip of the classifier's goal shows, worked out another way, for any lesson."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from lessons import MADE, SHIPPED, by_hand, lesson_path
from look.watching import glance

from mobjects.arrows import Arrows
from mobjects.classes import looks
from mobjects.goal import SegmentGoal, SimplexGoal
from mobjects.legend import fitted, shortened, verbatim
from mobjects.ruled_plane import RuledPlane
from mobjects.ruler import numeral
from mobjects.simplex import Simplex
from mobjects.text import Text
from model import goal_words
from model.lesson_view import LessonView, on_show, simplex_axes
from scenes import classifier_goal as clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lessons")


@pytest.fixture(params=["", *SHIPPED, *MADE])
def view(
    request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> LessonView:
    """The default lesson, and others, one after the other."""
    if request.param:
        monkeypatch.setenv("LESSON", str(lesson_path(request.param, folder)))
    else:
        monkeypatch.delenv("LESSON", raising=False)
    return on_show()


def prepared() -> clip.ClassifierGoal:
    made = clip.ClassifierGoal()
    made.prepare()
    return made


def shares_drawn(story: clip.ClassifierGoal, places: np.ndarray) -> np.ndarray:
    """Where on the simplex scene positions lie: distances' ratios, without the scene's maps."""
    corners = story.goal.at(clip.targets())[:, :2]
    system = np.vstack([corners.T, np.ones(len(corners))])
    found = np.linalg.lstsq(system, np.vstack([places[:, :2].T, np.ones(len(places))]), rcond=None)
    return found[0].T


def test_points_are_drawn_where_they_are(view: LessonView) -> None:
    story, points = prepared(), view.data.points
    shown = story.source.view.value(story.cloud.points)
    if view.data.dim == 1:
        np.testing.assert_allclose(shown, np.hstack([points, 0 * points]), rtol=0, atol=1e-9)
    elif view.data.dim == 2:
        np.testing.assert_allclose(shown, points, rtol=0, atol=1e-9 * np.abs(points).max())
    else:
        spread = points - points.mean(axis=0)
        best = np.linalg.svd(spread, full_matrices=False)[2][:2]
        seen = shown - shown.mean(axis=0)
        distances = np.linalg.norm(spread @ best.T, axis=1)
        np.testing.assert_allclose(np.linalg.norm(seen, axis=1), distances, rtol=1e-6)
        assert "projection" in story.names[0].markup
    exact = view.data.dim <= 2 and view.lesson.path is not None
    assert ("exact" in story.names[0].markup) == exact


def test_marks_tell_the_classes_apart_by_colour_and_shape(view: LessonView) -> None:
    story, labels = prepared(), view.data.labels
    looked = {
        (int(label), tuple(rgba), int(marker))
        for label, rgba, marker in zip(labels, story.cloud.rgbas, story.cloud.markers, strict=True)
    }
    assert len(looked) == len({each[1] for each in looked}) == len({each[2] for each in looked})


def test_targets_are_one_hot_codes_where_outputs_would_fall(view: LessonView) -> None:
    story, k = prepared(), view.data.classes
    corners = story.goal.at(np.eye(k))
    for label, ring in enumerate(story.goal.rings):
        np.testing.assert_allclose(ring.points, corners[[label]], atol=1e-9)
    sides = [np.linalg.norm(a - b) for a, b in combinations(corners, 2)]
    if k <= 3:
        np.testing.assert_allclose(sides, sides[0])  # isometric: all codes are sqrt(2) apart
        assert "projection" not in story.names[1].markup
    else:
        assert "projection" in story.names[1].markup
    for name, label in zip(story.looks.names, story.goal.labels, strict=True):
        assert verbatim(name)[2:5] in label.markup


def test_sliding_point_stays_on_the_simplex(view: LessonView) -> None:
    path, k = clip.sliding(), view.data.classes
    np.testing.assert_allclose(path.sum(axis=1), 1, atol=1e-12)
    np.testing.assert_allclose(path[[0, -1]], 1 / k)
    visited = min(k, goal_words.MOST_CORNERS) if k > 2 else 2
    assert set(path.argmax(axis=1)[path.max(axis=1) > 0.6]) == set(range(visited))
    if k == 2:
        np.testing.assert_allclose(path[:, 0], 1 / (1 + np.exp(-clip.SLIDE)), atol=1e-12)
    shown = clip.read_out()
    wanted = path if k <= 3 else np.stack([path.max(axis=1), path.sum(axis=1)], axis=1)
    np.testing.assert_allclose(shown, wanted)
    assert len(clip.read_names()) == shown.shape[1]


@pytest.mark.parametrize("which", [0, -1])
def test_outputs_loss_and_accuracy_by_hand(view: LessonView, which: int) -> None:
    run, data = view.run, view.data
    step = run.checkpoints[which]
    index = run.steps.tolist().index(step)
    some = range(0, len(data), max(1, len(data) // 20))
    wanted = np.array([by_hand(view.lesson, data.points[i], index)[-1] for i in some])
    shown = goal_words.outputs(which)
    np.testing.assert_allclose(shown[list(some)], wanted, rtol=0, atol=1e-9)
    told, loss, right = goal_words.score(which)
    own = shown[np.arange(len(data)), data.labels]
    assert told == step
    assert loss == pytest.approx(-np.log(own).mean(), abs=1e-6, rel=1e-5)
    assert right == pytest.approx((own >= shown.max(axis=1)).mean(), abs=1.5 / len(data))


def test_flight_ends_at_the_outputs(view: LessonView) -> None:
    story = prepared()
    story.moved = story.cloud.copy()
    flight = story.through(goal_words.outputs(-1))
    flight.begin()
    flight.finish()
    if view.data.classes <= 3:
        shown = shares_drawn(story, story.moved.points)
        np.testing.assert_allclose(shown, goal_words.outputs(-1), rtol=0, atol=1e-9)
    else:
        corners = story.goal.at(np.eye(view.data.classes))
        np.testing.assert_allclose(story.moved.points, goal_words.outputs(-1) @ corners, atol=1e-9)


def test_arrows_start_at_datapoints_and_point_at_their_targets(view: LessonView) -> None:
    story, data, chosen = prepared(), view.data, clip.journeys()
    each = max(1, clip.ARROWS // data.classes)
    assert len(set(chosen.tolist())) == len(chosen)
    assert np.bincount(data.labels[chosen]).tolist() == [each] * data.classes
    arrows = story.draw_arrows()
    starts = arrows.shafts.points[::2]
    np.testing.assert_allclose(starts, story.cloud.points[chosen], rtol=0, atol=1e-9)
    goals = np.array([story.goal.rings[label].points[0] for label in data.labels[chosen]])
    left = goals - arrows.heads.points[::3]
    np.testing.assert_allclose(np.linalg.norm(left, axis=1), 4 * story.theme.dot_radius, atol=1e-9)
    np.testing.assert_allclose(np.cross(left, goals - starts), 0, atol=1e-9)


@pytest.mark.parametrize("name", ["circles", "three_classes", *MADE])
def test_lessons_keep_the_rules_of_clips(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LESSON", str(lesson_path(name, folder)))
    seen = glance(clip.ClassifierGoal, "dark")
    assert seen.findings == []
    beats = clip.ClassifierGoal.beats()
    assert "{" not in "".join(each.name + each.shows + each.question for each in beats)


def test_what_is_said_of_accuracy_is_true(view: LessonView) -> None:
    facts, right = goal_words.facts(), goal_words.score(-1)[2]
    if right < goal_words.SUCCESS:
        assert f"{100 * right:.1f} %" in facts["found_heading"]
    else:
        assert facts["found_heading"].startswith("Found by training")
    shares = goal_words.outputs(0)[np.arange(len(view.data)), view.data.labels]
    assert ("none is near" in facts["reached"]) == (shares.max() < 0.9)
    assert f"accuracy {100 * goal_words.score(0)[2]:.1f} %" in facts["reached"]


def test_each_of_two_classes_steps_to_its_own_side_of_the_segment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LESSON", raising=False)
    story = prepared()
    labels, steps = story.data.labels, story.goal.aside(story.data.labels)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), 0.1, atol=1e-9)
    along = np.subtract(*story.goal.at(np.eye(2)))
    np.testing.assert_allclose(steps @ along, 0, atol=1e-9)
    assert len(np.unique(np.sign(steps[labels == 0, 1]))) == 1
    assert (np.sign(steps[labels == 1, 1]) == -np.sign(steps[labels == 0, 1][0])).all()


def test_a_lesson_without_a_run_leaves_the_untrained_network_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch import nn

    from model.lesson_new import save_lesson

    rows = [f"{i % 7},{i % 5},{i % 2}" for i in range(35)]
    (tmp_path / "p.csv").write_text("\n".join(["x,y,label", *rows]))
    save_lesson(tmp_path / "m.toml", nn.Sequential(nn.Linear(2, 2)), tmp_path / "p.csv")
    monkeypatch.setenv("LESSON", str(tmp_path / "m.toml"))
    beats = clip.ClassifierGoal.beats()
    assert [each.method for each in beats] == ["classes", "one_hot", "simplex", "wanted", "found"]
    assert goal_words.facts()["part"] == "Could one straight line part the two classes?"


@pytest.mark.parametrize("classes", range(3, 11))
def test_simplex_corners_form_a_regular_polygon(classes: int) -> None:
    axes = simplex_axes(classes)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-12)  # an orthogonal projection
    names = [f"class {i}" for i in range(classes)]
    drawn = Simplex(axes, looks(names, [None] * classes), [""] * classes, (0, 0), (5.5, 4.5))
    corners = drawn.at(np.eye(classes))[:, :2]
    ring = np.linalg.norm(corners - corners.mean(axis=0), axis=1)
    np.testing.assert_allclose(ring, ring[0])
    middle = drawn.at(np.full((1, classes), 1 / classes))[0, :2]
    np.testing.assert_allclose(middle, corners.mean(axis=0), atol=1e-12)
    lines = sum(len(bundle.offsets) - 1 for bundle in drawn.edges[:-1])
    assert lines + classes == classes * (classes - 1) // 2


def test_goals_of_both_kinds_keep_long_names_inside() -> None:
    for k, goal in ((2, SegmentGoal), (5, SimplexGoal)):
        long = looks([f"a name with {i} and no end to it" for i in range(k)], [None] * k)
        extra = () if k == 2 else (simplex_axes(k),)
        made = goal(*extra, long, [""] * k, (3.6, -0.45), (5.5, 5.0))
        for label in made.labels:
            assert label.get_left()[0] > 0.85 - 0.05
            assert label.get_right()[0] < 6.35 + 0.05


@pytest.mark.parametrize(
    "words", ['a"b\\', "#read(1)", "$x$", "a_b*c*", ".len()", "[x]", "\n", "@x"]
)
def test_names_are_shown_as_they_are(words: str) -> None:
    assert Text(f"{verbatim(words)}(1)").width > 0
    assert fitted(words * 30, 2.0, size=28).width <= 2.0
    assert shortened("abcdef", 4) == "abc…"


@pytest.mark.parametrize(
    ("scale", "shift", "power"), [(1, 0, 0), (1e-4, 0, -5), (300.0, 0, 2), (1.0, 5000.0, 0)]
)
def test_rulers_count_at_any_scale(scale: float, shift: float, power: int) -> None:
    values = shift + scale * np.array([[-1.0, -1.2], [1.4, 1.0]])
    plane = RuledPlane((0, 0), (5.5, 5.0), values)
    seen = [n for n in plane.numerals if n[0].get_fill_opacity() > 0.5]
    assert 3 <= len(seen) <= 16
    ticks = plane.ticks.points[::2][plane.ticks.rgbas[:, 3] > 0.5]
    read = plane.view.value(ticks)
    on_x = np.isclose(ticks[:, 1], -2.5)
    step = np.diff(np.sort(read[on_x, 0]))
    np.testing.assert_allclose(step, step[0], rtol=1e-6)
    mantissa = step[0] / 10 ** np.floor(np.log10(step[0]) + 1e-9)
    assert round(float(mantissa), 6) in (1, 2, 5)


def test_numerals_are_short() -> None:
    assert numeral(-3, 0) == "$-3$"
    assert numeral(2, 2) == "$200$"
    assert numeral(-5, -2) == "$-0.05$"
    assert numeral(1, -4) == "$.0001$"
    assert numeral(20, -7) == "$2$e$-6$"
    assert numeral(0, 9) == "$0$"


def test_too_short_an_arrow_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ends: got an arrow 0\.1 long"):
        Arrows(np.zeros((1, 2)), np.array([[0.1, 0.0]]), colors="#ffffff")
