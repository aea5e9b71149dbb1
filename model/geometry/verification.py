"""The geometry against the forward pass, at random points of every region."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from model.checks import ArrayLike
from model.geometry.boundary import decision_boundary
from model.geometry.kinks import bends, forward
from model.geometry.polylines import trace_polylines
from model.geometry.ranks import patterns
from model.geometry.regions import Region, linear_regions, polygonal_prefix
from model.geometry.shapes import as_box, grid_lines
from model.layers import Layer
from model.network import Network


@dataclass(frozen=True)
class Verification:
    """The largest errors found, each in the units of the representation it is of.

    Attributes
    ----------
    regions
        How many regions there are.
    repeated
        How many patterns come more than once (regions that overlap would).
    area
        What the regions' areas miss of the box's, as a share of it.
    pattern
        The largest input a unit has on the wrong side of zero, given the
        region's pattern.
    maps
        ``A x + c`` of the region against the forward pass.
    images
        A random point of the image polygon against the forward pass of the
        point of the region it stands for.
    polylines
        The same on the chords of a grid's images.
    boundary
        How far the two logits are apart on the decision boundary.
    """

    regions: int
    repeated: int
    area: float
    pattern: float
    maps: float
    images: float
    polylines: float
    boundary: float

    @property
    def largest(self) -> float:
        """The largest error of all; infinite when a pattern comes more than once."""
        if self.repeated:
            return float("inf")
        return max(self.area, self.pattern, self.maps, self.images, self.polylines, self.boundary)


def verify(
    net: Network, box: ArrayLike, *, samples: int = 8, lines: int = 21, seed: int = 0
) -> Verification:
    """Compare regions, maps, images, grid lines and decision boundary with the forward pass.

    Everything is compared up to the first smooth layer, where it is exact.

    Parameters
    ----------
    net
        A network as :func:`model.geometry.linear_regions` takes it.
    box
        ``((xmin, xmax), (ymin, ymax))`` or ``(xmin, xmax, ymin, ymax)``.
    samples
        How many random points in every region, on every chord and on every
        segment of the boundary.
    lines
        How many grid lines in each direction.
    seed
        Of the random points.

    Raises
    ------
    ValueError
        As :func:`model.geometry.linear_regions`; when ``samples`` is below 1.
    """
    if samples < 1:
        raise ValueError(f"samples: got {samples}, want at least 1")
    rng = np.random.default_rng(seed)
    edges = as_box(box)
    layers = polygonal_prefix(net)
    straight = Network(layers) if layers else None
    grid = grid_lines(edges, lines)
    regions = linear_regions(net, edges)
    codes = {b"".join(part.tobytes() for part in region.pattern) for region in regions}
    area = float(np.prod(edges[:, 1] - edges[:, 0]))
    pattern, maps, images = _region_errors(layers, regions, samples, rng)
    return Verification(
        regions=len(regions),
        repeated=len(regions) - len(codes),
        area=abs(sum(region.area for region in regions) - area) / area,
        pattern=pattern,
        maps=maps,
        images=images,
        polylines=_chord_error(straight, grid, samples, rng) if straight else 0.0,
        boundary=_tie_error(straight, edges, samples, rng) if straight else 0.0,
    )


def _region_errors(
    layers: Sequence[Layer], regions: Sequence[Region], samples: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """The errors of the patterns, the maps and the image polygons."""
    sizes = np.array([len(region.polygon) for region in regions])
    starts = np.cumsum(sizes) - sizes
    corners = [np.concatenate(parts) for parts in zip(*(r.images for r in regions), strict=True)]
    maps = [
        (np.stack([weight for weight, _ in pairs]), np.stack([bias for _, bias in pairs]))
        for pairs in zip(*(region.maps for region in regions), strict=True)
    ]
    active = [np.stack(parts) for parts in zip(*(r.pattern for r in regions), strict=True)]
    wrong_side, wrong_map, wrong_image = 0.0, 0.0, 0.0
    for _ in range(samples):
        share = rng.exponential(size=len(corners[0]))
        share /= np.repeat(np.add.reduceat(share, starts), sizes)
        x = np.add.reduceat(share[:, None] * corners[0], starts)
        true = forward(layers, x)
        bent = [z for layer, z in zip(layers, true[:-1], strict=True) if bends(layer)]
        for found, wanted, z in zip(patterns(layers, x), active, bent, strict=True):
            wrong_side = max(wrong_side, np.abs(z[found != wanted]).max(initial=0.0))
        for index, points in enumerate(true):
            weight, bias = maps[index]
            image = np.add.reduceat(share[:, None] * corners[index], starts)
            mapped = (weight @ x[:, :, None])[:, :, 0] + bias
            wrong_map = max(wrong_map, np.abs(mapped - points).max())
            wrong_image = max(wrong_image, np.abs(image - points).max())
    return float(wrong_side), float(wrong_map), float(wrong_image)


def _chord_error(
    net: Network, lines: Float[np.ndarray, "m v 2"], samples: int, rng: np.random.Generator
) -> float:
    """How far random points of the images' chords lie from the true ones."""
    trace = trace_polylines(net, lines)
    start = np.delete(np.arange(len(trace.points[0])), trace.offsets[1:] - 1)
    worst = 0.0
    for _ in range(samples):
        t = rng.uniform(size=(len(start), 1))
        chords = [
            points[start] + t * (points[start + 1] - points[start]) for points in trace.points
        ]
        true = net.trace(chords[0]).points
        worst = max(worst, *(float(np.abs(a - b).max()) for a, b in zip(chords, true, strict=True)))
    return worst


def _tie_error(
    net: Network, box: Float[np.ndarray, "2 2"], samples: int, rng: np.random.Generator
) -> float:
    """How far the top two logits are apart at random points of the boundary."""
    if (net.out_dim or 2) < 2:
        return 0.0
    boundary = decision_boundary(net, box, classes=None)
    if len(boundary) == 0:
        return 0.0
    start, end = boundary.segments[:, 0], boundary.segments[:, 1]
    worst = 0.0
    for _ in range(samples):
        t = rng.uniform(size=(len(start), 1))
        top = np.sort(net(start + t * (end - start)), axis=1)[:, -2:]
        worst = max(worst, float((top[:, 1] - top[:, 0]).max()))
    return worst
