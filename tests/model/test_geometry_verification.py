"""``verify``: silent on what is right, loud on what is not."""

from dataclasses import replace

import nets
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import LeakyReLU, Network, ReLU, Softmax
from model.geometry import decision_boundary, linear_regions, trace_polylines, verify


@given(net=nets.networks(max_width=16), tail=st.sampled_from([(), (Softmax(),)]))
@settings(max_examples=30, deadline=None)
def test_verify_finds_nothing_but_rounding(net, tail):
    net = Network([*net, *tail])
    report = verify(net, nets.BOX, samples=3, lines=7)
    x = np.random.default_rng(0).uniform((-2, -1), (2, 1.5), size=(100, 2))
    scale = max(1, *(np.abs(points).max() for points in net.trace(x).points))
    assert report.largest <= 1e-11 * scale
    assert report.regions == len(linear_regions(net, nets.BOX))


@pytest.mark.parametrize("what", ["maps", "images", "pattern", "area"])
def test_verify_finds_what_is_wrong(monkeypatch, what):
    def spoilt(net, box):
        first, *others = linear_regions(net, box)
        changes = {
            "maps": {"maps": (first.maps[0], (first.maps[1][0] + 0.1, first.maps[1][1]))},
            "images": {"images": (first.images[0], first.images[1] + 0.1)},
            "pattern": {"pattern": (~first.pattern[0],)},
            "area": {"area": first.area + 0.1},
        }
        return (replace(first, **changes[what]), *others)

    monkeypatch.setattr("model.geometry.verification.linear_regions", spoilt)
    report = verify(Network([ReLU()]), nets.BOX)
    assert getattr(report, what) > 1e-3
    assert report.largest > 1e-3


def test_verify_finds_wrong_polylines_and_boundaries(monkeypatch):
    def shifted_polylines(net, lines):
        trace = trace_polylines(net, lines)
        return replace(trace, points=(trace.points[0] + 0.1, *trace.points[1:]))

    def shifted_boundary(net, box, classes):
        boundary = decision_boundary(net, box, classes)
        return replace(boundary, segments=np.add(boundary.segments, [0.1, 0]))

    monkeypatch.setattr("model.geometry.verification.trace_polylines", shifted_polylines)
    monkeypatch.setattr("model.geometry.verification.decision_boundary", shifted_boundary)
    report = verify(Network([LeakyReLU()]), nets.BOX)
    assert report.polylines == pytest.approx(0.1)
    assert report.boundary == pytest.approx(0.1)
    assert report.largest == pytest.approx(0.1)


def test_verify_finds_overlaps(monkeypatch):
    def doubled(net, box):
        return linear_regions(net, box) * 2

    monkeypatch.setattr("model.geometry.verification.linear_regions", doubled)
    report = verify(Network([ReLU()]), nets.BOX)
    assert report.repeated == 4
    assert report.largest == np.inf


def test_verify_refuses():
    with pytest.raises(ValueError, match="samples: got 0, want at least 1"):
        verify(Network([ReLU()]), nets.BOX, samples=0)
    with pytest.raises(ValueError, match="want a 2-D input"):
        verify(nets.gaussian((3, 2), 0), nets.BOX)


def test_verify_takes_networks_without_a_linear_part_and_with_one_output():
    assert verify(Network([Softmax()]), nets.BOX).largest == 0
    assert verify(nets.gaussian((2, 4, 1), 0), nets.BOX).boundary == 0
