"""Lessons for the scenes' tests: the shipped ones, and small ones of unusual shape."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from model.lesson import FOLDER, Lesson

SHIPPED = ("circles", "moons", "spirals", "tanh", "three_classes")
MADE = ("ten", "single", "wide", "deep")

_NAMES = ("ant", "bee_2", "cat", "a very long class name indeed", '"quoted" $x$', "#read(1)")


def _ten() -> tuple[np.ndarray, list[str], str, str]:
    """Ten classes around a circle, far from 0 and in hundreds; names that are hard to write."""
    names = [*_NAMES, "gnu", "hen", "ibis", "jay"]
    label = np.arange(200) % 10
    turn = 2 * np.pi * label / 10
    noise = np.random.default_rng(0).normal(0, 20, (200, 2))
    points = 500 + 300 * np.stack([np.cos(turn), np.sin(turn)], axis=1) + noise
    layers = '["linear", "relu", "linear", "softmax"]'
    return points, [names[k] for k in label], layers, "[2, 12, 10]"


def _single() -> tuple[np.ndarray, list[str], str, str]:
    """One coordinate, one hidden unit, classes that are numbers."""
    points = np.linspace(-3, 3, 60)[:, None]
    labels = [str(int(abs(x) < 1)) for x in points[:, 0]]
    return points, labels, '["linear", "tanh", "linear", "softmax"]', "[1, 1, 2]"


def _wide() -> tuple[np.ndarray, list[str], str, str]:
    """Six coordinates, layers 64 wide, data in thousandths."""
    points = 1e-3 * np.random.default_rng(1).normal(size=(80, 6))
    labels = ["above" if x > 0 else "below" for x in points[:, 0] + points[:, 3]]
    layers = '["linear", "relu", "linear", "tanh", "linear", "softmax"]'
    return points, labels, layers, "[6, 64, 64, 2]"


def _deep() -> tuple[np.ndarray, list[str], str, str]:
    """Six blocks of every kind of layer."""
    points = np.random.default_rng(2).normal(size=(80, 2))
    labels = [("left", "right", "top")[int(k)] for k in (points > 0.3) @ [1, 2] % 3]
    kinds = ("leaky relu", "sigmoid", "relu", "L2-norm", "tanh")
    layers = ", ".join(f'"linear", "{kind}"' for kind in kinds)
    return points, labels, f'[{layers}, "linear", "softmax"]', "[2, 5, 4, 6, 3, 4, 3]"


_MAKERS: dict[str, Callable[[], tuple[np.ndarray, list[str], str, str]]] = {
    "ten": _ten,
    "single": _single,
    "wide": _wide,
    "deep": _deep,
}


def lesson_path(name: str, folder: Path) -> Path:
    """A lesson's file: shipped, or written into ``folder`` and trained for a few steps."""
    if name in SHIPPED:
        return FOLDER / f"{name}.toml"
    path = folder / f"{name}.toml"
    if path.exists():
        return path
    points, labels, layers, widths = _MAKERS[name]()
    columns = [f"c{i}" for i in range(points.shape[1])]
    quoted = ['"' + label.replace('"', '""') + '"' for label in labels]
    rows = [
        ",".join([*(f"{v:.6g}" for v in row), q]) for row, q in zip(points, quoted, strict=True)
    ]
    (folder / f"{name}.csv").write_text("\n".join([",".join([*columns, "label"]), *rows]))
    path.write_text(
        f'name = "{name}"\n[network]\nlayers = {layers}\nwidths = {widths}\n'
        f'[data]\nfile = "{name}.csv"\ncolumns = {columns}\n'
        "[training]\nsteps = 40\nframes = 6\nlearning_rate = 0.05\n"
    )
    Lesson.load(path).train()
    return path


def by_hand(lesson: Lesson, point: np.ndarray, index: int = -1) -> list[list[float]]:
    """One datapoint through a trajectory's layers in plain arithmetic, identities passed over."""
    run = lesson.trajectory
    linear = iter(zip(run.weights, run.biases, strict=True))
    found = [[float(v) for v in point]]
    for name in run.layers:
        x = found[-1]
        match name:
            case "linear":
                weight, bias = (a[index].tolist() for a in next(linear))
                found.append([
                    sum(w * v for w, v in zip(row, x, strict=True)) + b
                    for row, b in zip(weight, bias, strict=True)
                ])  # fmt: skip
            case "relu":
                found.append([max(v, 0.0) for v in x])
            case "leaky relu":
                found.append([v if v >= 0 else 0.01 * v for v in x])
            case "tanh":
                found.append([2 / (1 + float(np.exp(-2 * v))) - 1 for v in x])
            case "sigmoid":
                found.append([1 / (1 + float(np.exp(-v))) for v in x])
            case "L2-norm":
                found.append([v / sum(u * u for u in x) ** 0.5 for v in x])
            case "softmax":
                powers = [float(np.exp(v - max(x))) for v in x]
                found.append([p / sum(powers) for p in powers])
    return found
