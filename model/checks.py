"""Turning what a caller passed into float64 arrays, or saying plainly why not.

Every message follows one pattern: the argument's name, what came, what was
wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
else:
    # At run time whatever comes is let in, so that the checks here can say what is wrong with it.
    ArrayLike = object

FloatArray = NDArray[np.float64]


def as_float_array(value: ArrayLike, name: str, *, ndim: int | None = None) -> FloatArray:
    """Return ``value`` as a finite float64 array.

    Integers, booleans and narrower floats are converted; nothing is copied
    when ``value`` already is float64.

    Parameters
    ----------
    value
        Anything NumPy can read as numbers.
    name
        What the caller calls this argument, for the messages.
    ndim
        The number of axes wanted; any number when None.

    Raises
    ------
    ValueError
        When ``value`` is not numeric, not real, not finite, or has another
        number of axes.
    """
    try:
        raw = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name}: got ragged data, want a rectangular array ({error})") from error
    if raw.dtype.kind not in "buif":
        raise ValueError(f"{name}: got values of type {raw.dtype}, want real numbers")
    array = raw.astype(np.float64, copy=False)
    if ndim is not None and array.ndim != ndim:
        raise ValueError(f"{name}: got shape {array.shape}, want {ndim} axes")
    bad = ~np.isfinite(array)
    if bad.any():
        first = tuple(int(i) for i in np.argwhere(bad)[0])
        raise ValueError(
            f"{name}: {int(bad.sum())} of {array.size} values are not finite "
            f"(the first at index {first}), want finite numbers"
        )
    return array


def as_points(value: ArrayLike, name: str = "x", *, dim: int | None = None) -> FloatArray:
    """Return ``value`` as float64 datapoints of shape (n, d), n and d at least 1.

    Raises
    ------
    ValueError
        As :func:`as_float_array`, and when there is no datapoint or the
        points have not ``dim`` coordinates.
    """
    points = as_float_array(value, name, ndim=2)
    if points.size == 0:
        raise ValueError(f"{name}: got an empty array of shape {points.shape}, want at least 1 row")
    if dim is not None and points.shape[1] != dim:
        raise ValueError(f"{name}: got shape {points.shape}, want (n, {dim})")
    return points


def read_only(array: FloatArray) -> FloatArray:
    """Return a private copy of ``array`` that cannot be written to."""
    copy = np.array(array, dtype=np.float64)
    copy.flags.writeable = False
    return copy
