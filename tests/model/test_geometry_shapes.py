"""Boxes, grids and outlines."""

import numpy as np
import pytest

from model.geometry import as_box, grid_lines, square


@pytest.mark.parametrize("box", [((-2, 1), (0, 3)), (-2, 1, 0, 3), np.array([-2.0, 1, 0, 3])])
def test_grid_and_square(box):
    lines = grid_lines(box, 4)
    assert lines.shape == (8, 2, 2)
    np.testing.assert_array_equal(lines[:4, :, 0], np.array([[-2, -1, 0, 1]] * 2).T)
    np.testing.assert_array_equal(lines[:4, :, 1], [[0, 3]] * 4)
    np.testing.assert_array_equal(lines[4:, :, 1], np.array([[0, 1, 2, 3]] * 2).T)
    np.testing.assert_array_equal(lines[4:, :, 0], [[-2, 1]] * 4)
    np.testing.assert_array_equal(square(box), [[-2, 0], [1, 0], [1, 3], [-2, 3], [-2, 0]])


@pytest.mark.parametrize(
    ("box", "message"),
    [
        ((0, 1), r"box: got shape \(2,\), want \(\(xmin, xmax\), \(ymin, ymax\)\)"),
        ((0, 1, 0, np.inf), "box: 1 of 4 values are not finite"),
        ((1, 1, 0, 1), "box: got x from 1 to 1, which is empty; want xmin < xmax"),
        (((0, 1), (2, 1)), "box: got y from 2 to 1, which is empty; want ymin < ymax"),
        (((0, 1), (2,)), "box: got ragged data"),
        (None, "box: got values of type object"),
    ],
)
def test_refused_boxes(box, message):
    for use in (as_box, square, lambda box: grid_lines(box, 3)):
        with pytest.raises(ValueError, match=message):
            use(box)


def test_a_grid_of_one_line_is_refused():
    with pytest.raises(ValueError, match="n: got 1, want at least 2 lines in each direction"):
        grid_lines((0, 1, 0, 1), 1)
