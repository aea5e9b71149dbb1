"""Maps of wide layers: where they are exact, what they keep, and that nothing spins by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA

from model import Linear, Network, ReLU, Softmax, Tanh, lesson
from model.lesson import Lesson
from model.projection import fit_projections


def wide(seed: int, width: int = 5, out: int = 2) -> Network:
    rng = np.random.default_rng(seed)
    return Network([
        Linear(rng.normal(size=(width, 2)), rng.normal(size=width)),
        ReLU(),
        Linear(rng.normal(size=(out, width)), rng.normal(size=out)),
        Softmax(),
    ])  # fmt: skip


def cloud(seed: int, n: int = 60) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 2))


@given(seed=st.integers(0, 999), width=st.integers(3, 8))
@settings(max_examples=25, deadline=None)
def test_wide_layers_are_seen_along_their_principal_axes(seed, width):
    net, x = wide(seed, width), cloud(seed)
    maps = fit_projections([net], x)
    trace = net.trace(x)
    assert [each.name for each in maps] == list(trace.names)
    assert [each.exact for each in maps] == [True, False, False, True, True]
    for each, points in zip(maps, trace.points, strict=True):
        np.testing.assert_allclose(each.matrix.T @ each.matrix, np.eye(2), atol=1e-12)
        if each.exact:
            assert each.label == "exact"
            np.testing.assert_array_equal(each(points), points)
            continue
        pca = PCA(2).fit(points)
        assert each.label == "projection"
        assert each.kept == pytest.approx(pca.explained_variance_ratio_.sum(), abs=1e-9)
        variance = each(points).var(axis=0, ddof=1).sum()
        assert variance == pytest.approx(pca.explained_variance_.sum(), rel=1e-9)


@given(seed=st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_no_turn_or_reflection_lies_nearer_to_the_layer_before(seed):
    net, x = wide(seed), cloud(seed)
    maps, trace = fit_projections([net], x), net.trace(x)
    for index in (1, 2):
        drawn, before = (maps[i](trace.points[i]) for i in (index, index - 1))
        drawn, before = drawn - drawn.mean(axis=0), before - before.mean(axis=0)
        best = np.square(drawn - before).sum()
        for angle in np.linspace(0, 2 * np.pi, 73):
            c, s = np.cos(angle), np.sin(angle)
            for turn in ([[c, s], [-s, c]], [[c, s], [s, -c]]):
                assert best <= np.square(drawn @ turn - before).sum() + 1e-9


@given(seed=st.integers(0, 999))
@settings(max_examples=20, deadline=None)
def test_a_layer_turned_in_its_own_space_is_drawn_the_same(seed):
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    weight, bias, x = rng.normal(size=(4, 2)), rng.normal(size=4), cloud(seed)
    plain, turned = Network([Linear(weight, bias)]), Network([Linear(turn @ weight, turn @ bias)])
    pictures = [fit_projections([net], x)[1](net(x)) for net in (plain, turned)]
    np.testing.assert_allclose(*pictures, atol=1e-9)


def test_a_simplex_of_three_classes_lies_flat():
    net, x = wide(1, 5, 3), cloud(1)
    *_, z, y = fit_projections([net], x)
    assert (z.exact, y.exact, y.label) == (False, True, "exact")
    points = np.vstack([net(x), np.eye(3)])
    np.testing.assert_allclose(pdist(y(points)), pdist(points), atol=1e-12)


def test_three_wide_layers_are_exact_in_space():
    net, x = wide(1, 3), cloud(1)
    maps = fit_projections([net], x, dim=3)
    assert all(each.exact for each in maps)
    np.testing.assert_array_equal(maps[0](x), np.column_stack([x, np.zeros(len(x))]))


def test_every_checkpoint_weighs_the_same():
    rng = np.random.default_rng(0)
    x = cloud(0)
    nets = [
        Network([Linear(scale * rng.normal(size=(6, 2))), Tanh()]) for scale in (0.01, 1.0, 100.0)
    ]
    maps = fit_projections(nets, x)
    total = sum(np.cov(net.layers[0](x).T) / np.trace(np.cov(net.layers[0](x).T)) for net in nets)
    seen = np.trace(maps[1].matrix.T @ total @ maps[1].matrix)
    assert seen == pytest.approx(np.sort(np.linalg.eigvalsh(total))[-2:].sum(), rel=1e-9)
    assert maps[1].kept == pytest.approx(seen / 3, rel=1e-9)


def test_dead_layers_are_drawn_as_a_point():
    dead = Network([Linear(np.zeros((4, 2)), -np.ones(4)), ReLU()])
    maps = fit_projections([dead], cloud(0))
    drawn = maps[2](dead(cloud(0)))
    np.testing.assert_array_equal(drawn, np.zeros((60, 2)))
    assert maps[2].kept == 1.0


def test_maps_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        fit_projections([wide(0)], cloud(0))[1].matrix[0] = 0


def test_the_shipped_lessons_have_maps():
    for path in lesson.shipped():
        found = Lesson.load(path)
        run = found.trajectory
        assert [each.exact for each in found.projections] == [
            width == 2 or (index == len(run.widths) - 1 and width == 3)
            for index, width in enumerate(run.widths)
        ]
        for each, width in zip(found.projections, run.widths, strict=True):
            assert each.matrix.shape == (width, 2)
            assert 0.5 < each.kept <= 1


@pytest.mark.parametrize(
    ("networks", "x", "dim", "message"),
    [
        ([], cloud(0), 2, "networks: got none"),
        ([wide(0)], cloud(0), 4, "dim: got 4, want 2 or 3"),
        ([wide(0, 4), wide(0, 5)], cloud(0), 2, r"networks\[0\]: .* want .*\(2, 5, 5, 2, 2\)"),
        ([wide(0)], np.zeros((3, 3)), 2, r"got shape \(3, 3\), want \(n, 2\)"),
    ],
)
def test_refused(networks, x, dim, message):
    with pytest.raises(ValueError, match=message):
        fit_projections(networks, x, dim=dim)
    with pytest.raises(ValueError, match="points: got shape"):
        fit_projections([wide(0)], cloud(0))[0](np.zeros((3, 4)))


@pytest.mark.parametrize("classes", [3, 4, 10])
def test_the_corners_of_the_simplex_lie_evenly_around(classes):
    net, x = wide(2, 5, classes), cloud(2)
    y = fit_projections([net], x)[-1]
    np.testing.assert_allclose(y.matrix.T @ y.matrix, np.eye(2), atol=1e-12)
    corners = y(np.eye(classes)) @ [1, 1j]
    turns = np.exp(2j * np.pi * np.arange(classes) / classes)  # the first on top, then leftwards
    np.testing.assert_allclose(corners, 1j * np.sqrt(2 / classes) * turns, atol=1e-12)
    assert y.exact == (classes == 3)
    spread = net(x).var(axis=0).sum()
    assert y.kept == pytest.approx(y(net(x)).var(axis=0).sum() / spread if classes > 3 else 1)
