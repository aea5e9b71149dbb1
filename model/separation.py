"""Whether straight cuts part the classes of a data set, exactly."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

MOST_NUMBERS = 4_000_000


def parted(points: Float[np.ndarray, "n d"], labels: Int[np.ndarray, " n"]) -> bool:
    """Whether some linear classifier is right about every point.

    That is, whether each class can be given an affine score such that every
    point's own class has the highest one; of two classes, whether a hyperplane
    has them strictly on its two sides. Decided by one linear program.

    Parameters
    ----------
    points
        (n, d) representations.
    labels
        (n,) their classes.

    Raises
    ------
    ValueError
        When the linear program would have more than :data:`MOST_NUMBERS` numbers.
    """
    from scipy.optimize import linprog

    kinds, own = np.unique(labels, return_inverse=True)
    n, k, d = len(points), len(kinds), points.shape[1] + 1
    if n * (k - 1) * k * d > MOST_NUMBERS:
        raise ValueError(
            f"points: got {n} of {k} classes in {d - 1} dimensions, "
            f"want fewer: n (k - 1) k (d + 1) at most {MOST_NUMBERS}"
        )
    centred = points - points.mean(axis=0)
    unit = np.column_stack([centred / (np.abs(centred).max() or 1.0), np.ones(n)])
    point, other = np.nonzero(np.arange(k) != own[:, None])
    behind = np.zeros((len(point), k, d))
    behind[np.arange(len(point)), other] = unit[point]
    behind[np.arange(len(point)), own[point]] = -unit[point]
    rows = behind.reshape(len(point), k * d)
    return bool(
        linprog(np.zeros(k * d), rows, -np.ones(len(rows)), bounds=[(None, None)] * (k * d)).success
    )
