"""The referee: the same geometry once more, in exact rational arithmetic and by other means.

Points and weights are ``fractions.Fraction`` of the floats, so nothing is rounded. Regions are
found by clipping polygons with the half-planes of their own affine map (the product code shares
vertices between cells instead).
"""

from fractions import Fraction
from itertools import pairwise

from model import LeakyReLU, Linear, Network, ReLU

Point = list[Fraction]
Map = tuple[list[Point], Point]


def exact(rows) -> list[Point]:
    return [[Fraction(float(value)) for value in row] for row in rows]


def apply(layer, point: Point) -> Point:
    match layer:
        case Linear():
            weight, (bias,) = exact(layer.weight), exact([layer.bias])
            return [
                sum((w * x for w, x in zip(row, point, strict=True)), b)
                for row, b in zip(weight, bias, strict=True)
            ]
        case ReLU():
            return [max(x, Fraction(0)) for x in point]
        case LeakyReLU():
            return [x if x >= 0 else Fraction(layer.slope) * x for x in point]
    return list(point)


def forward(net: Network, point: Point) -> list[Point]:
    points = [point]
    for layer in net:
        points.append(apply(layer, points[-1]))
    return points


def between(a: Point, b: Point, t: Fraction) -> Point:
    return [x + t * (y - x) for x, y in zip(a, b, strict=True)]


def trace_polyline(net: Network, vertices) -> list[Point]:
    """The vertices of the polyline at the input, with every kink inserted."""
    line = exact(vertices)
    for depth, layer in enumerate(net):
        if isinstance(layer, ReLU | LeakyReLU):
            images = [forward(net, point)[depth] for point in line]
            new = [line[0]]
            for (a, za), (b, zb) in pairwise(zip(line, images, strict=True)):
                kinks = {p / (p - q) for p, q in zip(za, zb, strict=True) if p * q < 0}
                new += [between(a, b, t) for t in sorted(kinks)] + [b]
            line = new
    return line


def clip(polygon: list[Point], height, sign: int) -> list[Point]:
    """The part of a convex polygon where ``sign * height >= 0`` (Sutherland and Hodgman 1974)."""
    kept = []
    for a, b in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        ha, hb = sign * height(a), sign * height(b)
        if ha >= 0:
            kept.append(a)
        if ha * hb < 0:
            kept.append(between(a, b, ha / (ha - hb)))
    return kept


def area(polygon: list[Point]) -> Fraction:
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return sum((a[0] * b[1] - a[1] * b[0] for a, b in pairs), Fraction(0)) / 2


def regions(net: Network, box) -> dict[tuple[bool, ...], tuple[list[Point], Map]]:
    """Each activation pattern with its polygon (area above 0) and its map at the output."""
    (x0, x1), (y0, y1) = exact(box)
    one, zero = Fraction(1), Fraction(0)
    found = {
        (): ([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], ([[one, zero], [zero, one]], [zero] * 2))
    }
    for layer in net:
        if isinstance(layer, ReLU | LeakyReLU):
            found = dict(_bend(layer, found))
        elif isinstance(layer, Linear):
            found = {key: (cell, _linear(layer, affine)) for key, (cell, affine) in found.items()}
    return found


def height_of(row: Point, bias: Fraction):
    return lambda point: row[0] * point[0] + row[1] * point[1] + bias


def _linear(layer: Linear, affine: Map) -> Map:
    weight, bias = affine
    columns = [apply(Linear(layer.weight), list(column)) for column in zip(*weight, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)], apply(layer, bias)


def _bend(layer, found):
    slope = Fraction(layer.slope) if isinstance(layer, LeakyReLU) else Fraction(0)
    for key, (cell, (weight, bias)) in found.items():
        parts = [((), cell)]
        for row, b in zip(weight, bias, strict=True):
            height = height_of(row, b)
            parts = [
                ((*pattern, active), piece)
                for pattern, polygon in parts
                for active, sign in ((True, 1), (False, -1))
                if (active is False or any(height(p) > 0 for p in polygon))
                and area(piece := clip(polygon, height, sign)) > 0
            ]
        for pattern, polygon in parts:
            factor = [Fraction(1) if active else slope for active in pattern]
            yield (
                (*key, *pattern),
                (
                    polygon,
                    (
                        [[f * w for w in row] for f, row in zip(factor, weight, strict=True)],
                        [f * b for f, b in zip(factor, bias, strict=True)],
                    ),
                ),
            )


def tied(net: Network, box, classes) -> tuple[float, float]:
    """Where the top two of ``classes`` tie: the length of the segments, the area of the areas.

    The edges of an area are not counted among the segments.
    """
    segments, areas = set(), []
    for cell, (weight, bias) in regions(net, box).values():
        logits = {k: height_of(weight[k], bias[k]) for k in classes}
        for a in classes:
            for b in classes:
                if a < b:
                    _tie(cell, logits, a, b, segments, areas)
    edges = {frozenset(map(tuple, e)) for area_ in areas for e in _edges(area_)}
    length = sum(float(_squared(*segment)) ** 0.5 for segment in segments - edges)
    return length, float(sum({frozenset(map(tuple, p)): area(p) for p in areas}.values()))


def _tie(cell, logits, a, b, segments, areas) -> None:
    def gap(point):
        return logits[a](point) - logits[b](point)

    rivals = [(lambda p, k=k: logits[a](p) - logits[k](p)) for k in logits if k not in (a, b)]
    part = clip(clip(cell, gap, 1), gap, -1)
    for rival in rivals:
        part = clip(part, rival, 1)
    corners = {tuple(point) for point in part}
    if len(corners) == 2:
        segments.add(frozenset(corners))
    elif len(corners) > 2:
        areas.append(part)


def _edges(polygon):
    return zip(polygon, polygon[1:] + polygon[:1], strict=True)


def _squared(a, b) -> Fraction:
    return sum(((x - y) ** 2 for x, y in zip(a, b, strict=True)), Fraction(0))
