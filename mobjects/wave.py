"""Points that set out one after the other."""

from __future__ import annotations

import numpy as np


def arriving(
    starts: np.ndarray,
    ends: np.ndarray,
    places: np.ndarray,
    front: np.ndarray,
    *,
    lead: float = 1.2,
) -> np.ndarray:
    """Keyframes (t, n, 3) of points that arrive when a front passes them. Pure.

    Parameters
    ----------
    starts, ends
        (n, 3) positions before and after.
    places
        (n,) where along the front's way each point lies.
    front
        (t,) rising: where the front is at each frame.
    lead
        How far ahead of the front a point sets out.

    Returns
    -------
    A point stands at its end once the front has reached its place.
    """
    share = np.clip(1 - (places[None, :] - front[:, None]) / lead, 0, 1)
    eased = share * share * (3 - 2 * share)
    return starts + eased[..., None] * (ends - starts)
