"""The exact image of polylines at every layer of a network.

A straight segment stays straight until a unit of a relu changes sign on it.
There, and only there, a vertex is inserted: each layer's image is then a true
polyline, with no sampling. Behind a smooth layer a segment's image is a curve;
its chords are halved until they lie within a stated tolerance of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from model.checks import ArrayLike, as_float_array, as_points
from model.geometry.kinks import ZERO, bends, forward, largest_sums, signs, straight_prefix
from model.layers import Layer
from model.network import Network

MAX_HALVINGS = 40
MAX_VERTICES = 1_000_000
_CHUNK = 10_000  # segments looked at in one go, to bound the memory
_SAMPLES = np.array([0.07, 0.21, 0.36, 0.5, 0.63, 0.78, 0.92])  # uneven: symmetry hides nothing


@dataclass(frozen=True, eq=False)
class PolylineTrace:
    """A polyline at the input and behind every layer, vertex by vertex.

    Attributes
    ----------
    points
        One array (k, d_l) for the input and one for each layer, as
        ``net.trace`` gives for the input's vertices. All have the same k
        vertices: those given and every kink of every layer.
    names
        One name for each entry of ``points``.
    parameter
        (k,) where each vertex lies on the polyline that was given: ``i + t``
        is the fraction t of the way from its vertex i to the next.
    exact
        True when every layer is piecewise linear: each image then is a true
        polyline. Otherwise only those before the first smooth layer are, and
        behind it chords stand for curves.
    chord_error
        The largest distance found between a chord and the curve it stands
        for, jumps apart, at seven points of every chord; 0 when exact.
    jumps
        (layers + 1, k) True at [l, i] when the chord from vertex i to the next
        could not be brought within the tolerance at representation l: the
        layer tears the line there (L2-norm at the origin does).
    """

    points: tuple[Float[np.ndarray, "k _"], ...]
    names: tuple[str, ...]
    parameter: Float[np.ndarray, " k"]
    exact: bool
    chord_error: float
    jumps: Bool[np.ndarray, "layers k"]

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, name: str) -> Float[np.ndarray, "k _"]:
        """The vertices of the representation called ``name``."""
        if name not in self.names:
            raise ValueError(f"name: got {name!r}, want one of {', '.join(self.names)}")
        return self.points[self.names.index(name)]


@dataclass(frozen=True, eq=False)
class BundleTrace(PolylineTrace):
    """Many polylines at the input and behind every layer, stacked.

    Attributes
    ----------
    points, names, parameter, exact, chord_error, jumps
        As in :class:`PolylineTrace`, the polylines one behind the other.
    offsets
        (m + 1,) polyline i has the vertices ``offsets[i]:offsets[i + 1]``.
    """

    offsets: Int[np.ndarray, " starts"]

    def polyline(self, index: int) -> PolylineTrace:
        """The trace of polyline ``index`` alone."""
        part = slice(*self.offsets[index : index + 2])
        return PolylineTrace(
            tuple(points[part] for points in self.points),
            self.names,
            self.parameter[part],
            self.exact,
            self.chord_error,
            self.jumps[:, part],
        )


@dataclass(frozen=True, eq=False)
class _Bundle:
    """Stacked polylines on their way through the layers."""

    x: Float[np.ndarray, "k d_in"]  # at the input
    z: Float[np.ndarray, "k d"]  # at the layer reached
    parameter: Float[np.ndarray, " k"]
    last: Bool[np.ndarray, " k"]  # True at each polyline's last vertex


def trace_polyline(
    net: Network, vertices: ArrayLike, *, tolerance: float | int = 1e-3
) -> PolylineTrace:
    """Return the exact image of one polyline at every layer.

    Parameters
    ----------
    net
        Any network. Through linear, identity, relu and leaky relu layers the
        images are exact; from the first smooth layer on they are refined.
    vertices
        (v, d_in) at least two vertices.
    tolerance
        The largest distance allowed between a chord and the curve it stands
        for, in the units of each representation behind a smooth layer.

    Raises
    ------
    ValueError
        When the vertices are not finite, fewer than two, or of another width
        than the network takes; when the tolerance is not positive or asks for
        more than a million new vertices.
    """
    return trace_polylines(net, [vertices], tolerance=tolerance).polyline(0)


def trace_polylines(
    net: Network, polylines: Sequence[ArrayLike] | np.ndarray, *, tolerance: float | int = 1e-3
) -> BundleTrace:
    """Return the exact images of many polylines at every layer, all in one go.

    Parameters
    ----------
    net, tolerance
        As in :func:`trace_polyline`.
    polylines
        A sequence of (v_i, d_in) polylines, or an (m, v, d_in) array.

    Raises
    ------
    ValueError
        As :func:`trace_polyline`, naming the polyline; when there is none.
    """
    tolerance = float(as_float_array(tolerance, "tolerance", ndim=0))
    if not tolerance > 0:
        raise ValueError(f"tolerance: got {tolerance:g}, want a positive distance")
    bundle = _bundle(net, polylines)
    prefix = straight_prefix(net)
    bundle = _through(prefix, bundle)
    smooth = net.layers[len(prefix) :]
    errors = np.zeros((len(net) + 1, len(bundle.x)))
    if smooth:
        bundle, found = _refine(smooth, bundle, tolerance)
        errors = np.concatenate([np.zeros((len(prefix) + 1, len(bundle.x))), found])
    jumps = errors > tolerance / 2
    points = net.trace(bundle.x).points
    offsets = np.concatenate([[0], np.flatnonzero(bundle.last) + 1])
    error = float(errors[~jumps].max(initial=0.0))
    return BundleTrace(points, net.names, bundle.parameter, not smooth, error, jumps, offsets)


def _bundle(net: Network, polylines: Sequence[ArrayLike] | np.ndarray) -> _Bundle:
    """Stack the polylines given, once they are known to be good."""
    if len(polylines) == 0:
        raise ValueError("polylines: got none, want at least one")
    several = len(polylines) > 1
    parts: list[np.ndarray] = []
    for index, polyline in enumerate(polylines):
        name = f"polylines[{index}]" if several else "vertices"
        dim = parts[0].shape[1] if parts else net.in_dim
        parts.append(as_points(polyline, name, dim=dim))
        if len(parts[-1]) < 2:
            raise ValueError(f"{name}: got 1 vertex, want at least 2")
    lengths = [len(part) for part in parts]
    x = np.concatenate(parts)
    last = np.zeros(len(x), dtype=bool)
    last[np.cumsum(lengths) - 1] = True
    parameter = np.concatenate([np.arange(length, dtype=np.float64) for length in lengths])
    return _Bundle(x, x, parameter, last)


def _through(layers: Sequence[Layer], bundle: _Bundle) -> _Bundle:
    """Carry the bundle through piecewise-linear layers, kinks inserted."""
    sums = np.abs(bundle.x).max(axis=0)
    for layer in layers:
        sums = largest_sums(layer, bundle.z, sums)
        if bends(layer):
            bundle = _insert_kinks(bundle, sums)
        bundle = _Bundle(bundle.x, layer.forward(bundle.z), bundle.parameter, bundle.last)
    return bundle


def _insert_kinks(bundle: _Bundle, sums: Float[np.ndarray, " d"]) -> _Bundle:
    """Insert a vertex wherever a unit changes sign between two neighbours."""
    z, side = bundle.z, signs(bundle.z, sums)
    crossed = (side[:-1] * side[1:] < 0) & ~bundle.last[:-1, None]
    segment, unit = np.nonzero(crossed)
    start, rise = z[segment, unit], z[segment + 1, unit] - z[segment, unit]
    fraction = -start / rise
    order = np.lexsort((fraction, segment))
    segment, unit, fraction, rise = (a[order] for a in (segment, unit, fraction, rise))
    # units that switch at one and the same place share a vertex
    same = segment[1:] == segment[:-1]
    same &= np.diff(fraction) * np.abs(rise[1:]) <= ZERO * sums[unit[1:]]
    fresh = np.concatenate([np.ones(min(len(segment), 1), dtype=bool), ~same])
    segment, fraction = segment[fresh], fraction[fresh]
    new = _between(bundle, segment, fraction)
    where = segment + 1
    return _Bundle(
        np.insert(bundle.x, where, new.x, axis=0),
        np.insert(z, where, new.z, axis=0),
        np.insert(bundle.parameter, where, new.parameter),
        np.insert(bundle.last, where, new.last),
    )


def _between(
    bundle: _Bundle, segment: Int[np.ndarray, " n"], fraction: Float[np.ndarray, " n"]
) -> _Bundle:
    """The points that far along the segments that start at those vertices."""
    following = np.minimum(segment + 1, len(bundle.x) - 1)

    def at(values: np.ndarray) -> np.ndarray:
        t = fraction.reshape(-1, *[1] * (values.ndim - 1))
        return values[segment] + t * (values[following] - values[segment])

    last = bundle.last[segment]
    return _Bundle(at(bundle.x), at(bundle.z), at(bundle.parameter), last)


def _refine(
    layers: Sequence[Layer], bundle: _Bundle, tolerance: float
) -> tuple[_Bundle, Float[np.ndarray, "layers k"]]:
    """Halve the segments until their chords lie within the tolerance behind every layer.

    Also returns each final segment's chord error behind each of ``layers``
    (zero for the vertices that start no segment).
    """
    segment = np.flatnonzero(~bundle.last)
    low, width = np.zeros(len(segment)), 1.0
    done = [(np.flatnonzero(bundle.last), np.zeros(int(bundle.last.sum())))]
    errors = [np.zeros((len(layers), len(done[0][0])))]
    for halving in range(MAX_HALVINGS + 1):
        found = _chord_errors(layers, bundle, segment, low, width)
        # half the tolerance: between two samples a chord may be further off
        good = (found <= tolerance / 2).all(axis=0) | (halving == MAX_HALVINGS)
        done.append((segment[good], low[good]))
        errors.append(found[:, good])
        segment, low = np.repeat(segment[~good], 2), np.repeat(low[~good], 2)
        if len(segment) == 0:
            break
        width /= 2
        low[1::2] += width
        if len(segment) + sum(len(part) for part, _ in done) > MAX_VERTICES + len(bundle.x):
            raise ValueError(
                f"tolerance: {tolerance:g} asks for more than {MAX_VERTICES:,} new vertices, "
                "want a larger one"
            )
    segment, low = (np.concatenate(parts) for parts in zip(*done, strict=True))
    order = np.lexsort((low, segment))
    return _between(bundle, segment[order], low[order]), np.hstack(errors)[:, order]


def _chord_errors(
    layers: Sequence[Layer],
    bundle: _Bundle,
    segment: Int[np.ndarray, " n"],
    low: Float[np.ndarray, " n"],
    width: float,
) -> Float[np.ndarray, "layers n"]:
    """The largest distance from sampled chord points to the true ones, behind each layer."""
    fractions = np.concatenate([[0.0], _SAMPLES, [1.0]])
    errors = np.empty((len(layers), len(segment)))
    for part in np.array_split(np.arange(len(segment)), len(segment) // _CHUNK + 1):
        at = np.add.outer(low[part], width * fractions).ravel()
        z = _between(bundle, np.repeat(segment[part], len(fractions)), at).z
        for index, image in enumerate(forward(layers, z)[1:]):
            curve = image.reshape(len(part), len(fractions), image.shape[1])
            start, end = curve[:, :1], curve[:, -1:]
            chord = start + _SAMPLES[:, None] * (end - start)
            distance = np.linalg.norm(curve[:, 1:-1] - chord, axis=2)
            errors[index, part] = distance.max(axis=1, initial=0.0)
    return errors
