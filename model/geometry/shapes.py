"""The shapes one sends through a network: a box, its grid, its outline."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from model.checks import ArrayLike, as_float_array


def as_box(box: ArrayLike, name: str = "box") -> Float[np.ndarray, "2 2"]:
    """Return ``box`` as ``[[xmin, xmax], [ymin, ymax]]``.

    Parameters
    ----------
    box
        ``((xmin, xmax), (ymin, ymax))`` or ``(xmin, xmax, ymin, ymax)``.
    name
        What the caller calls this argument, for the messages.

    Raises
    ------
    ValueError
        When it is neither, is unbounded (not finite), or is empty.
    """
    edges = as_float_array(box, name)
    if edges.shape not in ((2, 2), (4,)):
        raise ValueError(
            f"{name}: got shape {edges.shape}, want ((xmin, xmax), (ymin, ymax)) "
            "or (xmin, xmax, ymin, ymax)"
        )
    edges = edges.reshape(2, 2)
    for axis, (low, high) in zip("xy", edges, strict=True):
        if not low < high:
            raise ValueError(
                f"{name}: got {axis} from {low:g} to {high:g}, which is empty; "
                f"want {axis}min < {axis}max"
            )
    return edges


def grid_lines(box: ArrayLike, n: int) -> Float[np.ndarray, "lines 2 2"]:
    """The lines of a square grid, each a polyline of two vertices.

    Parameters
    ----------
    box
        ``((xmin, xmax), (ymin, ymax))`` or ``(xmin, xmax, ymin, ymax)``.
    n
        The number of lines in each direction, at least 2: the box's own edges
        are the first and the last.

    Returns
    -------
    Array (2 n, 2, 2) of (line, vertex, coordinate): the ``n`` vertical lines
    from left to right, each drawn upwards, then the ``n`` horizontal lines from
    bottom to top, each drawn rightwards.

    Raises
    ------
    ValueError
        When the box is no box or ``n`` is below 2.
    """
    (xmin, xmax), (ymin, ymax) = as_box(box)
    if n < 2:
        raise ValueError(f"n: got {n}, want at least 2 lines in each direction")
    x, y = np.linspace(xmin, xmax, n), np.linspace(ymin, ymax, n)
    lines = np.empty((2 * n, 2, 2))
    lines[:n, :, 0], lines[:n, :, 1] = x[:, None], (ymin, ymax)
    lines[n:, :, 0], lines[n:, :, 1] = (xmin, xmax), y[:, None]
    return lines


def square(box: ArrayLike) -> Float[np.ndarray, "5 2"]:
    """The box's outline as a closed polyline: counter-clockwise from (xmin, ymin) and back.

    Raises
    ------
    ValueError
        When the box is no box.
    """
    (xmin, xmax), (ymin, ymax) = as_box(box)
    return np.array([(xmin, ymin), (xmax, ymin), (xmax, ymax), (xmin, ymax), (xmin, ymin)])
