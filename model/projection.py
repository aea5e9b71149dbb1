"""Drawing layers wider than the plane: one fixed linear map for each.

A layer that fits is drawn as it is. A wider one is seen along the principal
axes of the data there, turned within the drawing to lie as the layer before it
lies (orthogonal Procrustes); a softmax so that its corners lie evenly around,
in all drawings alike. The map is the same at every checkpoint: what moves on
screen then moves because the data do, never because the view does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from model.checks import ArrayLike, FloatArray, as_points, read_only
from model.layers import Softmax
from model.network import Network


@dataclass(frozen=True, eq=False)
class Projection:
    """A linear map from a layer's space to the drawing.

    Attributes
    ----------
    name
        The representation, e.g. ``h1``.
    matrix
        (d_l, dim): columns of length 1, at right angles, or the identity.
    exact
        Whether distances on screen are those in the layer's space: so for
        layers no wider than the drawing, and for a softmax one wider, whose
        simplex lies flat.
    kept
        Share of the data's variance that is seen, 0 to 1; 1 where exact.
    """

    name: str
    matrix: Float[np.ndarray, "d dim"]
    exact: bool
    kept: float

    @property
    def label(self) -> str:
        """What to write beside the drawing: ``exact`` or ``projection``."""
        return "exact" if self.exact else "projection"

    def __call__(self, points: ArrayLike) -> Float[np.ndarray, "n dim"]:
        """Map points of the layer, (n, d_l) -> (n, dim).

        Raises
        ------
        ValueError
            When ``points`` is not (n, d_l), is empty, or is not finite.
        """
        return as_points(points, "points", dim=len(self.matrix)) @ self.matrix


def fit_projections(
    networks: Sequence[Network], x: ArrayLike, *, dim: int = 2
) -> tuple[Projection, ...]:
    """One map for the input and each layer, the same for all ``networks``.

    Parameters
    ----------
    networks
        The same stack at one or more checkpoints, the trained one last. Each
        weighs the same in the choice of the axes, however far its data spread.
    x
        (n, d_in) datapoints.
    dim
        Of the drawing: 2, or 3 for views of space.

    Raises
    ------
    ValueError
        When there is no network, they differ in their layers' names or
        widths, ``x`` does not fit, or ``dim`` is neither 2 nor 3.
    """
    if dim not in (2, 3):
        raise ValueError(f"dim: got {dim!r}, want 2 or 3")
    if not networks:
        raise ValueError("networks: got none, want at least one")
    for index, network in enumerate(networks):
        if (network.names, network.widths) != (networks[-1].names, networks[-1].widths):
            raise ValueError(
                f"networks[{index}]: is {network!r} of widths {network.widths}, "
                f"want {networks[-1]!r} of widths {networks[-1].widths}, as the last"
            )
    traces = [network.trace(x) for network in networks]
    flat = (False, *(isinstance(layer, Softmax) for layer in networks[-1]))
    found: list[Projection] = []
    drawn: FloatArray | None = None
    for index, name in enumerate(traces[-1].names):
        clouds = [trace.points[index] for trace in traces]
        projection = _fit(name, clouds, dim, flat[index], drawn)
        drawn = projection(clouds[-1])
        found.append(projection)
    return tuple(found)


def simplex_axes(classes: int) -> Float[np.ndarray, "k 2"]:
    """Orthogonal projection of shares (n, k) onto a plane: ``y @ simplex_axes(k)``.

    The one-hot codes fall on the corners of a regular k-gon, the first one on
    top, the others counter-clockwise. Of three classes nothing is lost: the triangle
    is the two-simplex itself, seen from along (1, 1, 1), lengths as they are.
    Of more, lengths shrink. Two classes need no projection: the identity.

    Raises
    ------
    ValueError
        When there are fewer than two classes.
    """
    if classes < 2:
        raise ValueError(f"classes: got {classes}, want 2 or more")
    if classes == 2:
        return np.eye(2)
    turn = np.pi / 2 + 2 * np.pi * np.arange(classes) / classes
    return np.sqrt(2 / classes) * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def _fit(
    name: str, clouds: list[FloatArray], dim: int, simplex: bool, before: FloatArray | None
) -> Projection:
    """The map of one layer, whose picture lies as ``before`` does, unless it is a simplex."""
    width = clouds[-1].shape[1]
    if width <= dim:
        return Projection(name, read_only(np.eye(width, dim)), True, 1.0)
    exact = simplex and width == dim + 1
    axes = _principal_axes(clouds, dim)
    fixed = simplex and dim == 2
    if fixed:
        axes = simplex_axes(width)
    elif exact:
        axes = _simplex_axes(width)
    kept = 1.0 if exact else _kept(clouds, axes)
    if before is not None and not fixed:
        axes = axes @ _turn(clouds[-1] @ axes, before)
    return Projection(name, read_only(axes), exact, kept)


def _principal_axes(clouds: list[FloatArray], dim: int) -> FloatArray:
    """The directions in which the clouds spread most."""
    _, directions = np.linalg.eigh(_spread(clouds))
    return directions[:, ::-1][:, :dim]


def _kept(clouds: list[FloatArray], axes: FloatArray) -> float:
    """The share of the clouds' spread along ``axes``; all of it where there is none."""
    total = _spread(clouds)
    whole = float(np.trace(total))
    seen = float(np.trace(axes.T @ total @ axes))
    return 1.0 if whole == 0 else float(np.clip(seen / whole, 0, 1))


def _spread(clouds: list[FloatArray]) -> FloatArray:
    """The sum of the clouds' covariances, each over its own total variance."""
    total = np.zeros((clouds[-1].shape[1],) * 2)
    for cloud in clouds:
        centred = cloud - cloud.mean(axis=0)
        spread = float(np.square(centred).sum())
        if spread > 0:
            total += centred.T @ centred / spread
    return total


def _simplex_axes(width: int) -> FloatArray:
    """Unit vectors at right angles to each other and to (1, ..., 1)."""
    steps = np.column_stack([np.ones(width), np.eye(width)[:, : width - 1]])
    return -np.linalg.qr(steps)[0][:, 1:]


def _turn(points: FloatArray, target: FloatArray) -> FloatArray:
    """The rotation or reflection that brings points nearest to their targets.

    Both about their means: the orthogonal Procrustes problem (Schönemann 1966).
    """
    cross = (points - points.mean(axis=0)).T @ (target - target.mean(axis=0))
    if not cross.any():
        return np.eye(len(cross))
    left, _, right = np.linalg.svd(cross)
    return left @ right
