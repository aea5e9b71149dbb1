"""How long the exact geometry takes and how far it is from the forward pass.

    python tests/benchmarks/geometry.py

Networks have normal weights (He et al. 2015) and biases; each time is the best
of several runs on this machine, each error the largest found by ``verify``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from nets import gaussian

from model import Network, Softmax
from model.geometry import (
    collapse,
    decision_boundary,
    grid_lines,
    linear_regions,
    trace_polylines,
    verify,
)

BOX = ((-2.0, 2.0), (-2.0, 2.0))
GRID = grid_lines(BOX, 41)
CLASSIFIER = gaussian((2, 2, 2, 2), 8, tail=(Softmax(),))
NETWORKS = {
    "2-2-2-2, softmax": CLASSIFIER,
    "2-32-32-32-2": gaussian((2, 32, 32, 32, 2), 1),
    "2-32-32-32-10, softmax": gaussian((2, 32, 32, 32, 10), 3, tail=(Softmax(),)),
    "2-64-64-64-2": gaussian((2, 64, 64, 64, 2), 1),
}


def best(task: Callable[[], object], runs: int = 5) -> tuple[float, object]:
    """The shortest time in milliseconds, and what the task gives."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = task()
        times.append(time.perf_counter() - start)
    return 1e3 * min(times), result


def timings(name: str, net: Network) -> None:
    """Print one line for each thing computed of ``net``."""
    tasks: dict[str, Callable[[], object]] = {
        "41 + 41 grid lines": lambda: trace_polylines(net, GRID),
        "linear regions": lambda: linear_regions(net, BOX),
        "decision boundary": lambda: decision_boundary(net, BOX, None),
        "rank and collapse": lambda: collapse(net, BOX),
    }
    for task, run in tasks.items():
        took, result = best(run)
        size = result.points[0] if task.startswith("41") else getattr(result, "regions", result)
        print(f"{name:24}{task:20}{took:10.1f} ms{len(size):10,} items")  # type: ignore[arg-type]


def main() -> None:
    """Print both tables."""
    for name, net in NETWORKS.items():
        timings(name, net)
    print()
    fields = ("area", "pattern", "maps", "images", "polylines", "boundary")
    print(f"{'largest error':24}" + "".join(f"{field:>11}" for field in fields))
    for name, net in NETWORKS.items():
        report = verify(net, BOX)
        errors = "".join(f"{getattr(report, field):11.1e}" for field in fields)
        print(f"{name:24}{errors}  ({report.regions:,} regions)")


if __name__ == "__main__":
    main()
