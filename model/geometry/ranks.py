"""What a network flattens: the regions it maps to a segment or a point, and the data there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from model.checks import ArrayLike, as_points
from model.geometry.kinks import bends, largest_sums, signs
from model.geometry.regions import Region, affine_maps, linear_regions, polygonal_prefix
from model.layers import Layer
from model.network import Network


@dataclass(frozen=True, eq=False)
class Collapse:
    """Which regions, how much of the box and how much of a dataset each layer flattens.

    Attributes
    ----------
    names
        The representations reported on: those before the first smooth layer.
    regions
        The regions, as :func:`model.geometry.linear_regions` gives them.
    ranks
        (layers, regions) the rank of each region's map: 0 maps the region to
        a point, 1 to a segment, 2 keeps it a polygon.
    area_share
        (layers, 3) the share of the box's area that is mapped to points, to
        segments, to polygons.
    data_share
        (layers, 3) the same of the dataset; every row sums to 1. All nan
        without a dataset.
    region_share
        (regions,) the share of the dataset in each region; all nan without
        one. What is missing to 1 lies outside the box.
    """

    names: tuple[str, ...]
    regions: tuple[Region, ...]
    ranks: Int[np.ndarray, "layers regions"]
    area_share: Float[np.ndarray, "layers 3"]
    data_share: Float[np.ndarray, "layers 3"]
    region_share: Float[np.ndarray, " regions"]

    def to_points(self, name: str) -> Int[np.ndarray, " n"]:
        """The indices of the regions that are single points at the representation ``name``."""
        return self._of_rank(name, 0)

    def to_segments(self, name: str) -> Int[np.ndarray, " n"]:
        """The indices of the regions that are segments at the representation ``name``."""
        return self._of_rank(name, 1)

    def _of_rank(self, name: str, rank: int) -> Int[np.ndarray, " n"]:
        if name not in self.names:
            raise ValueError(f"name: got {name!r}, want one of {', '.join(self.names)}")
        return np.flatnonzero(self.ranks[self.names.index(name)] == rank)


def collapse(net: Network, box: ArrayLike, data: ArrayLike | None = None) -> Collapse:
    """Report what each layer maps to segments and points.

    A datapoint counts with the map that holds at its place. Exactly on a
    unit's zero line, that unit counts as inactive.

    Parameters
    ----------
    net
        A network as :func:`model.geometry.linear_regions` takes it.
    box
        ``((xmin, xmax), (ymin, ymax))`` or ``(xmin, xmax, ymin, ymax)``.
    data
        (n, 2) a dataset, inside the box or not; None for none.

    Raises
    ------
    ValueError
        As :func:`model.geometry.linear_regions`, and when the data are not
        finite points of two coordinates.
    """
    x = None if data is None else as_points(data, "data", dim=2)
    regions = linear_regions(net, box)
    prefix = polygonal_prefix(net)
    ranks = np.array([region.rank for region in regions]).T
    areas = np.array([region.area for region in regions])
    data_share = np.full((len(ranks), 3), np.nan)
    region_share = np.full(len(regions), np.nan)
    if x is not None:
        _, data_ranks = affine_maps(prefix, patterns(prefix, x), len(x))
        data_share = _shares(np.array(data_ranks), np.ones(len(x)))
        home = locate(net, regions, x)
        region_share = np.bincount(home[home >= 0], minlength=len(regions)) / len(x)
    names = net.names[: len(ranks)]
    return Collapse(names, regions, ranks, _shares(ranks, areas), data_share, region_share)


def patterns(layers: Sequence[Layer], x: Float[np.ndarray, "n d"]) -> list[Bool[np.ndarray, "n _"]]:
    """Which units are active at each datapoint, for each layer that bends."""
    sums, found = np.abs(x).max(axis=0), []
    for layer in layers:
        sums = largest_sums(layer, x, sums)
        if bends(layer):
            found.append(signs(x, sums) > 0)
        x = layer.forward(x)
    return found


def locate(net: Network, regions: Sequence[Region], x: ArrayLike) -> Int[np.ndarray, " n"]:
    """Return the index of the region each datapoint lies in, -1 outside of all.

    Parameters
    ----------
    net
        The network the regions are of.
    regions
        What :func:`model.geometry.linear_regions` gave for it.
    x
        (n, 2) datapoints. One on a common edge goes to one of the neighbours.

    Raises
    ------
    ValueError
        When ``x`` is not finite points of two coordinates, or there is no region.
    """
    points = as_points(x, dim=2)
    if not regions:
        raise ValueError("regions: got none, want those of linear_regions")
    corners = np.concatenate([region.polygon for region in regions])
    within = ((points >= corners.min(axis=0)) & (points <= corners.max(axis=0))).all(axis=1)
    home = np.full(len(points), -1)
    home[within] = _same_pattern(polygonal_prefix(net), regions, points[within])
    lost = within & (home < 0)  # on an edge, within rounding
    home[lost] = _nearest(regions, points[lost])
    return home


def _same_pattern(
    layers: Sequence[Layer], regions: Sequence[Region], x: Float[np.ndarray, "n 2"]
) -> Int[np.ndarray, " n"]:
    """The region with each datapoint's pattern, -1 when there is none."""
    none = np.zeros((len(x), 1), dtype=bool)
    mine = np.concatenate([none, *patterns(layers, x)], axis=1)
    theirs = np.array([np.concatenate([[False], *region.pattern]) for region in regions])
    both = np.packbits(np.concatenate([theirs, mine]), axis=1)
    _, label = np.unique(both, axis=0, return_inverse=True)
    region_of = np.full(label.max() + 1, -1)
    region_of[label[: len(regions)]] = np.arange(len(regions))
    return region_of[label[len(regions) :]]


def _nearest(regions: Sequence[Region], x: Float[np.ndarray, "n 2"]) -> Int[np.ndarray, " n"]:
    """The region whose edges each datapoint is least outside of."""
    polygons = [region.polygon for region in regions]
    starts = np.cumsum([0, *(len(polygon) for polygon in polygons[:-1])])
    corner = np.concatenate(polygons)
    edge = np.concatenate([np.roll(polygon, -1, axis=0) for polygon in polygons]) - corner
    length = np.maximum(np.linalg.norm(edge, axis=1), np.finfo(np.float64).tiny)
    home = np.empty(len(x), dtype=np.int64)
    for part in np.array_split(np.arange(len(x)), len(x) * len(edge) // 1_000_000 + 1):
        to_x = x[part, None] - corner
        inward = (edge[:, 0] * to_x[..., 1] - edge[:, 1] * to_x[..., 0]) / length
        home[part] = np.minimum.reduceat(inward, starts, axis=1).argmax(axis=1)
    return home


def _shares(
    ranks: Int[np.ndarray, "layers n"], weights: Float[np.ndarray, " n"]
) -> Float[np.ndarray, "layers 3"]:
    """The share of the weight that has rank 0, 1 and 2 at each layer."""
    share = np.stack([(ranks == rank) @ weights for rank in range(3)], axis=1)
    return share / weights.sum()
