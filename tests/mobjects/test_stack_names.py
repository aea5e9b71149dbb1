"""Names beside a stack stand at its planes, and between them."""

import numpy as np

from mobjects.layer_stack import Drawn, LayerStack, Pose
from mobjects.stack_names import distribution_names, layer_names
from mobjects.view import View


def stack() -> LayerStack:
    square = np.array([[0.0, 0], [1, 0], [1, 1], [0, 1], [0, 0]])
    drawn = Drawn([np.zeros((1, 2))] * 3, [square] * 3, np.array([0, 2, 5]))
    pose = Pose((1.0, -0.5), 3.0, 1.5, View(20, 24))
    windows = np.array([[-1.0, 1.0]] * 3)
    return LayerStack(windows, drawn, pose, colors=["#ffffff"], markers=["disc"])


def test_distributions_stand_at_the_height_of_their_planes():
    planes = stack()
    names = distribution_names(planes, ("p_0", "p_1", "p_2"), -2.0)
    found = np.array([name.get_center()[:2] for name in names])
    np.testing.assert_allclose(found[:, 1], planes.middles())
    np.testing.assert_allclose(found[:, 0], -2.0)


def test_layers_stand_between_planes_the_first_one_lowest():
    planes = stack()
    names = layer_names(planes, (("linear", "relu"), ("softmax",)), 2.0)
    middles = (planes.middles()[1:] + planes.middles()[:-1]) / 2
    for (arrow, words), middle in zip(names, middles, strict=True):
        assert abs(words.get_center()[1] - middle) < 1e-9
        tip, foot = arrow.heads.points[0], arrow.shafts.points[0]
        assert tip[1] > middle > foot[1]
    relu, linear = names[0][1]
    assert relu.markup == "`relu`"
    assert relu.get_center()[1] > linear.get_center()[1]
