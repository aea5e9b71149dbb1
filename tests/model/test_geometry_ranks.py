"""Rank, collapse and the whereabouts of data: hand-made cases and torch's Jacobians as referees."""

import nets
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Linear, Network, ReLU, Softmax
from model.geometry import collapse, linear_regions, locate


def test_relu_on_the_plane_by_hand():
    data = [[1, 1], [1, -1], [2, -1], [-1, -1], [9, 9]]
    report = collapse(Network([ReLU()]), (-1, 3, -1, 1), data)
    assert report.names == ("x", "h0")
    np.testing.assert_allclose(report.area_share, [[0, 0, 1], [1 / 8, 4 / 8, 3 / 8]])
    np.testing.assert_allclose(report.data_share, [[0, 0, 1], [0.2, 0.4, 0.4]])
    (point,) = report.to_points("h0")
    assert report.regions[point].area == 1
    assert report.region_share[point] == pytest.approx(0.2)
    assert len(report.to_segments("h0")) == 2
    assert report.region_share[report.to_segments("h0")].sum() == pytest.approx(0.4)
    assert report.region_share.sum() == pytest.approx(0.8)  # the fifth lies outside
    assert len(report.to_points("x")) == len(report.to_segments("x")) == 0


@given(net=nets.networks(max_width=6, makes=(nets.gaussian,)), seed=st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_shares_of_data_as_the_rank_of_torchs_jacobian(net, seed):
    x = np.random.default_rng(seed).uniform((-2, -1), (2, 1.5), size=(40, 2))
    report = collapse(net, nets.BOX, x)
    module = net.to_torch()
    for layer in range(1, len(net) + 1):
        jacobian = torch.func.vmap(torch.func.jacrev(module[:layer]))(torch.from_numpy(x))
        rank = torch.linalg.matrix_rank(jacobian.detach(), rtol=1e-10).numpy()
        wanted = np.bincount(rank, minlength=3) / len(x)
        np.testing.assert_allclose(report.data_share[layer], wanted, atol=1e-12)


@given(net=nets.networks(max_width=10), seed=st.integers(0, 999))
@settings(max_examples=30, deadline=None)
def test_data_are_located_by_their_patterns(net, seed):
    x = np.random.default_rng(seed).uniform((-3, -2), (3, 2), size=(60, 2))
    regions = linear_regions(net, nets.BOX)
    home = locate(net, regions, x)
    inside = (np.abs(x[:, 0]) < 2) & (x[:, 1] > -1) & (x[:, 1] < 1.5)
    np.testing.assert_array_equal(home >= 0, inside)
    for index in np.unique(home[inside]):
        weight, bias = regions[index].maps[-1]
        mine = x[home == index]
        scale = max(1, np.abs(net(mine)).max())
        np.testing.assert_allclose(mine @ weight.T + bias, net(mine), atol=1e-9 * scale)


@pytest.mark.parametrize("seed", range(6))
def test_points_on_edges_and_corners_go_to_a_neighbour(seed):
    net = nets.coincident((2, 5, 5, 2), seed)
    regions = linear_regions(net, nets.BOX)
    corners = np.concatenate([region.polygon for region in regions])
    home = locate(net, regions, corners)
    assert (home >= 0).all()
    for corner, index in zip(corners, home, strict=True):
        polygon = regions[index].polygon
        edge, to = np.roll(polygon, -1, axis=0) - polygon, corner - polygon
        assert (edge[:, 0] * to[:, 1] - edge[:, 1] * to[:, 0]).min() > -1e-12


def test_what_is_lost_stays_lost():
    flat = Linear([[1, 1], [2, 2]])  # onto a line
    report = collapse(Network([flat, Linear([[0.1, 0.2], [0.3, -0.1]]), ReLU()]), nets.BOX)
    assert report.ranks[1:].max() == 1
    noise = [Linear([[0.1, 0.7], [0.3, 2.1]]), Linear([[3, -1]]), Linear([[1]])]  # 3 x 0.1 > 0.3
    assert collapse(Network(noise), nets.BOX).ranks[:, 0].tolist() == [2, 1, 0, 0]
    zero = collapse(Network([Linear(np.zeros((3, 2)), [1, 2, 3]), ReLU()]), nets.BOX)
    assert zero.ranks[:, 0].tolist() == [2, 0, 0]


def test_rounding_is_no_rank():
    turn = np.array([[np.cos(1), -np.sin(1)], [np.sin(1), np.cos(1)]])
    net = Network([Linear([[1, 1 / 3], [3, 1]]), *(Linear(turn),) * 20])
    assert collapse(net, nets.BOX).ranks[:, 0].tolist() == [2] + [1] * 21


def test_a_thin_image_keeps_its_rank():
    report = collapse(Network([Linear([[1, 0], [0, 1e-8]])]), nets.BOX)
    assert report.ranks[:, 0].tolist() == [2, 2]


def test_without_data_the_shares_of_data_are_nan():
    report = collapse(nets.gaussian((2, 3, 2), 0, tail=(Softmax(),)), nets.BOX)
    assert report.names == ("x", "z1", "h1", "z2")
    assert np.isnan(report.data_share).all()
    assert np.isnan(report.region_share).all()
    np.testing.assert_allclose(report.area_share.sum(axis=1), 1)


def test_refused():
    net = Network([ReLU()])
    with pytest.raises(ValueError, match=r"data: got shape \(1, 3\), want \(n, 2\)"):
        collapse(net, nets.BOX, [[1, 2, 3]])
    with pytest.raises(ValueError, match="data: 1 of 2 values are not finite"):
        collapse(net, nets.BOX, [[1, np.nan]])
    with pytest.raises(ValueError, match="name: got 'y', want one of x, h0"):
        collapse(net, nets.BOX).to_points("y")
    with pytest.raises(ValueError, match="regions: got none, want those of linear_regions"):
        locate(net, [], [[0, 0]])
    with pytest.raises(ValueError, match=r"x: got shape \(2,\), want 2 axes"):
        locate(net, linear_regions(net, nets.BOX), [0, 0])
