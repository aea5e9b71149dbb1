"""Exact geometry of piecewise-linear networks on a 2-D input.

A stack of linear, relu, leaky relu and identity layers maps straight segments
to polylines and cuts the plane into convex polygons, on each of which it is one
affine map. All of it is computed from the weights: nothing is sampled.
"""

from model.geometry.boundary import DecisionBoundary, decision_boundary
from model.geometry.polylines import BundleTrace, PolylineTrace, trace_polyline, trace_polylines
from model.geometry.regions import Region, linear_regions
from model.geometry.shapes import as_box, grid_lines, square

__all__ = [
    "BundleTrace",
    "DecisionBoundary",
    "PolylineTrace",
    "Region",
    "as_box",
    "decision_boundary",
    "grid_lines",
    "linear_regions",
    "square",
    "trace_polyline",
    "trace_polylines",
]
