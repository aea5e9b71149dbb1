"""Exact geometry of piecewise-linear networks on a 2-D input.

A stack of linear, relu, leaky relu and identity layers maps straight segments
to polylines and cuts the plane into convex polygons, on each of which it is one
affine map. All of it is computed from the weights: nothing is sampled.
"""

from model.geometry.boundary import DecisionBoundary, decision_boundary
from model.geometry.marching import sampled_boundary
from model.geometry.polylines import BundleTrace, PolylineTrace, trace_polyline, trace_polylines
from model.geometry.ranks import Collapse, collapse, locate
from model.geometry.regions import Region, linear_regions
from model.geometry.shapes import as_box, grid_lines, square
from model.geometry.verification import Verification, verify

__all__ = [
    "BundleTrace",
    "Collapse",
    "DecisionBoundary",
    "PolylineTrace",
    "Region",
    "Verification",
    "as_box",
    "collapse",
    "decision_boundary",
    "grid_lines",
    "linear_regions",
    "locate",
    "sampled_boundary",
    "square",
    "trace_polyline",
    "trace_polylines",
    "verify",
]
