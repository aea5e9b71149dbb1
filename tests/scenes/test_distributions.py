"""The densities, the atom and the loss of the clip, another way."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import kstest, norm, wasserstein_distance

from mobjects.axis import Axis
from mobjects.density import AtomBar
from scenes import distributions as clip


def data_pdf(x: float) -> float:
    return 0.45 * norm.pdf(x, -1.2, 0.4) + 0.55 * norm.pdf(x, 1.1, 0.32)


def test_every_density_is_the_data_s_by_change_of_variables() -> None:
    data, p1, p2, out = clip.stages()
    y = np.linspace(0.05, 2.5, 7)
    expected = [data_pdf((v + 0.3) / 1.2) / 1.2 for v in y.tolist()]
    np.testing.assert_allclose(data.pdf(y), [data_pdf(v) for v in y.tolist()])
    np.testing.assert_allclose(p1.pdf(y), expected)
    np.testing.assert_allclose(p2.pdf(y), expected)
    np.testing.assert_allclose(out.pdf(clip.START[0] * y + clip.START[1]), expected)
    assert p1.atoms == []


def test_the_atom_holds_the_mass_below_the_kink() -> None:
    below = quad(data_pdf, -6, 0.25)[0]
    for p, place in zip(clip.stages()[2:], (0.0, clip.START[1]), strict=True):
        ((location, mass),) = p.atoms
        assert location == place
        assert mass == pytest.approx(below, abs=1e-8)


def test_travellers_are_a_sample_at_every_stage() -> None:
    x, z, h, y = clip.travellers()
    assert len(x) == clip.POINTS
    assert kstest(x, clip.DATA.cdf).pvalue > 0.1
    np.testing.assert_allclose(z, 1.2 * x - 0.3)
    np.testing.assert_allclose(h, np.maximum(z, 0))
    np.testing.assert_allclose(y, clip.START[0] * h + clip.START[1])


def test_the_target_s_stem_ends_under_its_ring() -> None:
    top = Axis((-2, 2), 4.0)
    bar = AtomBar(top, *clip.TARGET.atoms[0], 2.0, hollow=True)
    assert bar.tip.points[0, 1] == pytest.approx(0.8)
    assert bar.bar.points[1, 1] == pytest.approx(0.8 - bar.tip.radius)


@pytest.mark.parametrize("step", [0, 20, clip.STEPS])
def test_the_loss_is_the_distance_between_two_samples(step: int) -> None:
    weight, bias, loss = clip.training()[step]
    rng = np.random.default_rng(0)
    n = 200_000
    left = rng.random(n) < 0.45
    x = np.where(left, rng.normal(-1.2, 0.4, n), rng.normal(1.1, 0.32, n))
    y = weight * np.maximum(1.2 * x - 0.3, 0) + bias
    target = np.where(rng.random(n) < 0.4, -1.0, rng.normal(1.1, 0.6, n))
    assert loss == pytest.approx(wasserstein_distance(y, target), abs=0.02)


def test_the_steps_go_down_the_loss_s_own_gradient() -> None:
    levels = (np.arange(2000) + 0.5) / 2000
    h = np.maximum(1.2 * clip.DATA.quantile(levels) - 0.3, 0)
    y = clip.TARGET.quantile(levels)
    for weight, bias, _ in (clip.training()[0], clip.training()[7]):
        e = 1e-4
        slope = [
            (clip.distance(weight + e, bias) - clip.distance(weight - e, bias)) / (2 * e),
            (clip.distance(weight, bias + e) - clip.distance(weight, bias - e)) / (2 * e),
        ]
        np.testing.assert_allclose(clip.gradient(weight, bias, h, y), slope, atol=5e-3)


def test_the_loss_falls_as_the_clip_says() -> None:
    losses = [step.loss for step in clip.training()]
    said = re.findall(r"-?\d\.\d\d", clip.Distributions.train.beat.shows)
    shown = [clip.training()[-1].weight, clip.training()[-1].bias, losses[0], losses[-1]]
    assert said == [f"{number:.2f}" for number in shown]
    assert min(losses) > losses[-1] - 0.01
    assert all(step.weight > 0 for step in clip.training())
