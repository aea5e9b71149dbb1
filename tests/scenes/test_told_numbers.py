"""The numbers in the text alternatives are those that the clips compute."""

import re

import numpy as np
import pytest

from model.density import Gaussian, pushforward
from scenes import distributions as d
from scenes import gaussian_blobs as g
from scenes import layer_gallery as y
from scenes import linear as n
from scenes import linear_relu_stack as k
from scenes import mapping_plot as m
from scenes import recap as c
from scenes import relu as r
from scenes import sigmoid as s
from scenes import sparsity as p


def power(value: float, digits: int) -> str:
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa} times 10 to the {int(exponent)}"


def relu_numbers():
    yield "density", [f"{r.atom_mass():.4f}", f"{r.SOURCE.mean:g}"]
    yield "one_dimension", ["Thirteen" if len(r.spaced()[0]) == 13 else "other"]
    yield "blob", [f"{r.POINTS:,}"]
    yield "shifted", [f"{mass:.4f}" for mass in r.masses(r.SHIFTED)[0]]
    yield "fold", {f"{mass:.4f}" for mass in r.masses(r.CENTRED)[0]}
    small = [p.strictly_positive_mass(i) for i in (1, 2, 3)]
    yield "remember", [f"{share:g}" for share in small]
    yield "remember", [power(p.strictly_positive_mass(i), 2) for i in (10, 100)]


def linear_numbers():
    yield "stretch", [f"{n.factor(2, 0):.2f}"]
    yield "squash", [f"{n.factor(0.5, 0):.2f}"]
    yield "taller", [f"{1 / n.factor(w, 0):.2f}" for w in (0.5, 2)]
    yield "collapse", [f"{n.image(0, 0).atoms[0][1]:.2f}"]
    yield "together", [f"{1 / n.factor(-0.7, 1):.2f}"]


def mapping_plot_numbers():
    slopes = [slope for net in (m.identity(), m.bent()) for _, slope in m.slopes(net)]
    yield "compare", {f"{slope:.2f}" for slope in slopes}
    yield "up_and_across", [f"{m.INPUTS[m.PICKED]:.2f}"]


def sigmoid_numbers():
    yield "ends", [f"{100 * s.near_ends(std)[0]:.1f}" for std in (s.NARROW, s.WIDE)]
    yield "sample", [f"{s.COUNT:,}"]


def layer_gallery_numbers():
    layer = y.exhibits()[4].layer
    means = (0.0, y.SLIDE, -y.SLIDE)
    atoms = [pushforward(layer, Gaussian(mean, 1.0)).atoms[0][1] for mean in means]
    yield "slide", [f"{mass:.2f}" for mass in atoms]
    yield "exact", [f"{atoms[0]:.2f}"]


def linear_relu_stack_numbers():
    yield "density", [f"{k.densities()[2].atoms[0][1]:.4f}"]
    yield "as_one", [f"{k.WEIGHT:.2f}", f"{k.BIAS:.2f}", f"{k.kink(k.WEIGHT, k.BIAS):.2f}"]
    yield "move_the_kink", [f"{k.kink(*setting):.2f}" for setting in k.TOUR]


def distributions_numbers():
    first, last = d.training()[0], d.training()[-1]
    yield "second", [f"{d.stages()[2].atoms[0][1]:.2f}"]
    yield "target", [f"{first.loss:.2f}", f"{first.weight:.2f}", f"{first.bias:.2f}"]
    yield "target", [f"mass {d.TARGET.atoms[0][1]:g} at {d.TARGET.atoms[0][0]:g}"]
    yield "train", [f"{v:.2f}" for v in (first.loss, last.loss, last.weight, last.bias)]


def gaussian_blobs_numbers():
    before, stretch, after = g.factors()
    yield "turn_stretch_turn", [f"{g.angle(turn):.0f} degrees" for turn in (before, after)]
    yield "turn_stretch_turn", [f"{factor:.2f}" for factor in stretch]
    yield "shift", [f"{g.area_factor():.2f}", "({:g}, {:g})".format(*g.LINEAR.bias)]
    yield "relu", [f"{mass:.4f}" for mass in g.masses()[0]]


def sparsity_numbers():
    for method, dimensions in (("one", 1), ("two", 2), ("three", 3)):
        points = p.cube_points(dimensions)
        yield method, [f"{p.positive(points).sum()} of {len(points)}"]
    yield "grow", [power(p.formula()[-1], 1)]
    yield "grow", [f"N = {int(np.flatnonzero(p.counts())[-1]) + 1}"]
    yield "when", [f"{p.case_shares(name)[0]:.4f}" for name in p.CASES]
    z, h = p.activations()
    yield "wide", [f"{(h == 0).sum()} of {len(h)}", f"{len(z)} thin"]


def recap_numbers():
    yield "line", [f"{c.arrived(np.inf):.4f}"]
    yield "plane", [f"{len(c.sheet().data[0]):,} points"]
    yield "training", [f"{c.classifier().losses[0]:.2f}"]
    accuracy, names = c.embeddings().knn_accuracy, c.embeddings().layers
    yield "transformer", [f"{accuracy[i]:.2f}" for i in (0, -1)]
    yield "transformer", ["block " + names[i].split(".")[1] for i in (0, -1)]


TOLD = {
    r.Relu: relu_numbers,
    n.LinearLayer: linear_numbers,
    m.MappingPlot: mapping_plot_numbers,
    s.SigmoidLayer: sigmoid_numbers,
    y.LayerGallery: layer_gallery_numbers,
    k.LinearReluStack: linear_relu_stack_numbers,
    d.Distributions: distributions_numbers,
    g.GaussianBlobs: gaussian_blobs_numbers,
    p.Sparsity: sparsity_numbers,
    c.Recap: recap_numbers,
}


@pytest.mark.parametrize("story", TOLD, ids=lambda story: story.__name__)
def test_numbers_told_are_the_numbers_computed(story):
    told = {each.method: each.shows for each in story.beats()}
    for method, numbers in TOLD[story]():
        for number in numbers:
            assert re.search(rf"(?<![\d.]){re.escape(number)}(?![\d])", told[method]), (
                f"{method}: {number} is not in {told[method]!r}"
            )
