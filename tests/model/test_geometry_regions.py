"""Linear regions: exact arithmetic, the forward pass and brute force as referees."""

import exact
import nets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Identity, L2Norm, LeakyReLU, Linear, Network, ReLU, Sigmoid, Softmax, Tanh
from model.geometry import linear_regions, trace_polyline

BOX_AREA = 4 * 2.5


def code(region) -> tuple[bool, ...]:
    return tuple(bool(active) for part in region.pattern for active in part)


@given(net=nets.networks())
@settings(max_examples=60, deadline=None)
def test_as_in_exact_arithmetic(net):
    found = {code(region): region for region in linear_regions(net, nets.BOX)}
    wanted = exact.regions(net, nets.BOX)
    assert set(found) == set(wanted)
    for key, (polygon, (weight, bias)) in wanted.items():
        region = found[key]
        assert region.area == pytest.approx(float(exact.area(polygon)), abs=1e-12)
        assert _as_set(region.polygon) == _as_set(polygon)
        scale = max(1, *(abs(float(value)) for row in weight for value in row))
        np.testing.assert_allclose(
            region.maps[-1][0], [[float(v) for v in row] for row in weight], atol=1e-12 * scale
        )
        np.testing.assert_allclose(
            region.maps[-1][1], [float(v) for v in bias], rtol=1e-12, atol=1e-12 * scale
        )
        assert region.rank[-1] == _exact_rank(weight)


def _as_set(polygon) -> set[tuple[float, float]]:
    return {(round(float(x), 9) + 0.0, round(float(y), 9) + 0.0) for x, y in polygon}


def _exact_rank(weight) -> int:
    if any(a[0] * b[1] != a[1] * b[0] for a in weight for b in weight):
        return 2
    return int(any(value != 0 for row in weight for value in row))


@given(net=nets.networks(max_width=16))
@settings(max_examples=40, deadline=None)
def test_they_tile_the_box(net):
    regions = linear_regions(net, nets.BOX)
    assert sum(region.area for region in regions) == pytest.approx(BOX_AREA, rel=1e-9)
    assert len({code(region) for region in regions}) == len(regions)
    for region in regions:
        a = np.roll(region.polygon, -1, axis=0) - region.polygon
        b = np.roll(a, -1, axis=0)
        assert (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).min() > -1e-12  # convex, counter-clockwise
        assert region.area > 0


@given(net=nets.networks(max_width=12), seed=st.integers(0, 999))
@settings(max_examples=40, deadline=None)
def test_random_points_lie_in_one_region_and_follow_its_map(net, seed):
    x = np.random.default_rng(seed).uniform((-2, -1), (2, 1.5), size=(200, 2))
    trace = net.trace(x)
    regions = linear_regions(net, nets.BOX)
    owners = np.zeros(len(x), dtype=int)
    for region in regions:
        inside = _depth(region.polygon, x) > 1e-9
        owners += inside
        for (weight, bias), points in zip(region.maps, trace.points, strict=True):
            scale = max(1, np.abs(points).max())
            np.testing.assert_allclose(
                x[inside] @ weight.T + bias, points[inside], atol=1e-9 * scale
            )
        kinked = [
            points
            for layer, points in zip(net, trace.points, strict=False)
            if isinstance(layer, ReLU | LeakyReLU)
        ]
        for active, points in zip(region.pattern, kinked, strict=True):
            wrong = np.where((points > 0) != active, np.abs(points), 0)[inside]
            assert wrong.max(initial=0) <= 1e-12 * max(1, np.abs(points).max())
    assert owners.max() == 1  # no two overlap
    assert (owners == 1).mean() > 0.95  # the others are on an edge


def _depth(polygon, x):
    """How deep each point lies inside a convex counter-clockwise polygon; negative outside."""
    edge = np.roll(polygon, -1, axis=0) - polygon
    edge = edge[np.linalg.norm(edge, axis=1) > 1e-12]
    corner = polygon[np.linalg.norm(np.roll(polygon, -1, axis=0) - polygon, axis=1) > 1e-12]
    to_x = x[:, None] - corner
    cross = edge[:, 0] * to_x[..., 1] - edge[:, 1] * to_x[..., 0]
    return (cross / np.linalg.norm(edge, axis=1)).min(axis=1)


def test_neighbours_share_their_corners_exactly():
    regions = linear_regions(nets.gaussian((2, 16, 16, 2), 1), nets.BOX)
    half_edges = {}
    for region in regions:
        corners = [tuple(corner) for corner in region.polygon]
        for edge in zip(corners, corners[1:] + corners[:1], strict=True):
            assert edge not in half_edges
            half_edges[edge] = region
    border = [edge for edge in half_edges if edge[::-1] not in half_edges]
    length = sum(np.hypot(b[0] - a[0], b[1] - a[1]) for a, b in border)
    assert length == pytest.approx(2 * (4 + 2.5), rel=1e-12)  # only the box's own outline


def test_images_are_those_of_the_corners():
    net = nets.gaussian((2, 6, 5, 3), 2)
    for region in linear_regions(net, nets.BOX):
        for image, points in zip(region.images, net.trace(region.polygon).points, strict=True):
            np.testing.assert_allclose(image, points, rtol=1e-12, atol=1e-12)


def test_relu_on_the_plane_by_hand():
    regions = {code(region): region for region in linear_regions(Network([ReLU()]), (-1, 2, -3, 1))}
    areas = {key: region.area for key, region in regions.items()}
    assert areas == {(True, True): 2, (True, False): 6, (False, True): 1, (False, False): 3}
    assert {key: r.rank for key, r in regions.items()} == {
        (True, True): (2, 2), (True, False): (2, 1), (False, True): (2, 1), (False, False): (2, 0),
    }  # fmt: skip
    np.testing.assert_array_equal(regions[True, False].maps[1][0], [[1, 0], [0, 0]])


@pytest.mark.parametrize(
    ("layers", "count"),
    [
        pytest.param([Linear([[0, 0], [0, 0]], [0, 0]), ReLU()], 1, id="zero weights"),
        pytest.param([Linear([[0, 0]], [-3]), ReLU(), Linear([[2]]), ReLU()], 1, id="dead unit"),
        pytest.param([Linear([[1, 0], [1, 0]], [0, 0.5]), ReLU()], 3, id="parallel units"),
        pytest.param([Linear([[1, 1], [3, 3], [-7, -7]]), ReLU()], 2, id="one and the same line"),
        pytest.param([Linear([[1, 1]], [2]), ReLU()], 1, id="line through a corner of the box"),
        pytest.param([Linear([[1, 0]], [1]), ReLU()], 1, id="line along an edge of the box"),
        pytest.param([Linear([[1, 0], [0, 1], [1, 1]]), ReLU()], 6, id="three lines in a point"),
        pytest.param([Linear([[1, 0]]), LeakyReLU(1)], 1, id="leaky relu without a kink"),
        pytest.param([Identity()], 1, id="nothing"),
        pytest.param([Softmax()], 1, id="nothing but smooth"),
    ],
)
def test_coincidences(layers, count):
    regions = linear_regions(Network(layers), ((-1, 1), (-1, 1)))
    assert len(regions) == count
    assert sum(region.area for region in regions) == pytest.approx(4, rel=1e-12)


@pytest.mark.parametrize(
    "box", [((0, 1), (0, 1)), (1e6, 1e6 + 1, -5, -4), (0, 1e-6, 0, 1e-6), (-1e9, 1e9, -1, 1)]
)
def test_boxes_far_small_and_long(box):
    rng = np.random.default_rng(0)
    low = np.array([box[0], box[2]]) if len(box) == 4 else np.zeros(2)
    size = np.array([box[1] - box[0], box[3] - box[2]]) if len(box) == 4 else np.ones(2)
    weight = rng.normal(size=(9, 2)) / size
    bias = -(weight * (low + size * rng.uniform(0.2, 0.8, size=(9, 2)))).sum(axis=1)
    net = Network([Linear(weight, bias), ReLU()])  # every line meets the box
    regions = linear_regions(net, box)
    assert len(regions) > 10
    assert sum(region.area for region in regions) == pytest.approx(size.prod(), rel=1e-9)


def test_behind_smooth_layers_outlines_are_refined():
    net = nets.gaussian((2, 4, 3), 7, tail=(Tanh(), Linear(np.ones((2, 3))), Sigmoid()))
    for region in linear_regions(net, nets.BOX, tolerance=1e-3):
        assert len(region.maps) == len(region.rank) == 4  # x, z1, h1, z2
        assert len(region.images) == len(net) + 1
        assert [len(image) for image in region.images[:4]] == [len(region.polygon)] * 4
        closed = np.concatenate([region.polygon, region.polygon[:1]])
        wanted = trace_polyline(net, closed, tolerance=1e-3)
        for image, points in zip(region.images[4:], wanted.points[4:], strict=True):
            np.testing.assert_allclose(image, points[:-1], rtol=1e-12, atol=1e-12)


def test_regions_cannot_be_changed():
    region = linear_regions(Network([ReLU()]), (-1, 1, -1, 1))[0]
    arrays = [region.polygon, *region.pattern, *region.images, *region.maps[1]]
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("net", "box", "message"),
    [
        (nets.gaussian((3, 4, 2), 0), nets.BOX, "net: got a network on a 3-D input, want a 2-D"),
        (Network([ReLU()]), (0, 0, 0, 1), "box: got x from 0 to 0, which is empty"),
        (Network([ReLU()]), (0, 1, 0, np.inf), "box: 1 of 4 values are not finite"),
        (
            Network([Linear(np.eye(2)), Tanh(), Linear(np.eye(2)), ReLU()]),
            nets.BOX,
            r"net: layers\[3\] \(relu\) follows the smooth layers\[1\] \(tanh\), so its kinks lie "
            r"along curves and the regions are no polygons; want every relu before",
        ),
        (Network([L2Norm(), LeakyReLU()]), nets.BOX, r"layers\[1\] \(leaky relu\) follows"),
    ],
)
def test_refused(net, box, message):
    with pytest.raises(ValueError, match=message):
        linear_regions(net, box)
