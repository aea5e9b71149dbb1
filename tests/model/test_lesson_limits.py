"""The limits that lessons are held to are those of what they are drawn on and made by."""

import inspect
import itertools

import numpy as np
import pytest

from mobjects import theme
from model.datasets import DATASETS
from model.lesson_colors import BACKGROUNDS, check_color, contrast
from model.lesson_schema import PARAMETERS, arguments_of, check_parameters


def test_colors_must_show_on_the_backgrounds_of_the_themes(monkeypatch):
    for name, background in BACKGROUNDS.items():
        monkeypatch.setenv(theme.VARIABLE, name)
        assert theme.theme().background == background


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ff0000", "#FFFFFF", 4.0)],
)
def test_contrast(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.005)


def test_colors_that_show_and_that_do_not():
    assert check_color("#0072B2") == "#0072B2"
    with pytest.raises(ValueError, match="want a lighter one: its contrast with the dark theme's"):
        check_color("#0f1117")
    with pytest.raises(ValueError, match="want a darker one: its contrast with the light theme's"):
        check_color("#fafafa")
    assert check_color("#F0E442") == "#F0E442"


@pytest.mark.parametrize("generator", DATASETS)
def test_generators_take_all_that_lessons_may_say(generator):
    names = [n for n in inspect.signature(DATASETS[generator]).parameters if n in PARAMETERS]
    for values in itertools.product(*(PARAMETERS[name] for name in names)):
        given = dict(zip(names, values, strict=True))
        assert list(check_parameters(generator, given)) == []
        made = DATASETS[generator](30, seed=0, **arguments_of(generator, given))
        assert np.isfinite(made.points).all()
    entries = set(inspect.signature(DATASETS[generator]).parameters)
    assert entries == {"n", "seed", *names}
