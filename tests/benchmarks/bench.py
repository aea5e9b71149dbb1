"""All that `make bench` measures, as tables ready for the README.

    python tests/benchmarks/bench.py [--quick] [--tables clips clouds stock start geometry]
                                     [--clips relu ...] [--rounds 3]

CPU seconds are user and system of the whole process tree; the sides of every
ratio are measured by turns, and the medians over the rounds are given.
``--quick`` is one round of a few clips and cloud sizes.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import geometry
from render_ratio import MANIM_DEFAULT, ROOT, Cost, again, chosen_options, measure, run

CLIPS = Path(__file__).parent / "clips"
TABLES = ("clips", "clouds", "stock", "start", "geometry")
GOALS = {2_000: 1.3, 100_000: 2.0, 1_000_000: 4.0}
FEW, MORE = (30, 60), (30, 120)
MANY = (30, 480)  # where a frame costs little against starting


def table(*cells: str) -> None:
    """One row, flushed so that a long run can be watched."""
    print("| " + " | ".join(cells) + " |", flush=True)


def head(*cells: str) -> None:
    print(flush=True)
    table(*cells)
    table(*("---" for _ in cells))


def clips(names: list[str], rounds: int, folder: Path) -> None:
    """Rendering each clip against decoding and encoding it again."""
    head("clip, 1080p60", "frames", "ratio (goal 1.5)", "encoder", "Manim's default", "peak")
    for name in names:
        found = measure(ROOT / "scenes" / f"{name}.py", rounds, folder / name, talk=False)
        (frames,), decode = found["frames"], statistics.median(found["decode"])
        ratio = statistics.median(map(_over, found["render"], found["again"]))
        encoder, default = (
            f"{1000 * (statistics.median(found[side]) - decode) / frames:.1f} ms"
            for side in ("again", "default")
        )
        peak = f"{max(found['peak']):.0f} MB"
        table(name, str(frames), f"{ratio:.2f}", encoder, default, peak)


def _over(top: float, bottom: float) -> float:
    return top / bottom


def a_frame(make: Callable[[int], Cost], frames: tuple[int, int]) -> float:
    """Milliseconds of CPU a frame: between a shorter and a longer run of the same."""
    first, last = frames
    return 1000 * (make(last).cpu - make(first).cpu) / (last - first)


def manim(
    clip: str, folder: Path, points: int = 2000, *, deep: bool = False
) -> Callable[..., Cost]:
    """Rendering ``clips/CLIP.py`` at 1080p60 with so many frames."""

    def make(frames: int) -> Cost:
        settings = {"FRAMES": frames, "POINTS": points, "DEEP": int(deep)}
        os.environ.update({f"BENCH_{name}": str(value) for name, value in settings.items()})
        quiet = ["--disable_caching", "--progress_bar", "none", "--media_dir", str(folder)]
        return run("-m", "manim", "-qh", *quiet, str(CLIPS / f"{clip}.py"))

    return make


def clouds(counts: list[int], rounds: int, quick: bool, folder: Path) -> None:
    """A moving cloud against decoding and encoding the same frames again."""
    head("points", "", "ratio", "goal", "render", "decode and encode", "peak")
    options = chosen_options()
    for count in counts:
        for deep in (False, True):
            frames, peaks = FEW if quick else MORE if count >= 100_000 else MANY, list[float]()
            ours, again_ = list[float](), list[float]()
            place = folder / f"cloud-{count}-{deep}"
            for _ in range(rounds):
                costs, encoded = dict[int, Cost](), dict[int, Cost]()
                for n in frames:
                    costs[n] = manim("blob", place, count, deep=deep)(n)
                    (video,) = place.glob("videos/blob/1080p60/*.mp4")
                    encoded[n] = again(video, place / "again.mp4", options)
                peaks.append(max(cost.peak for cost in costs.values()))
                ours.append(a_frame(costs.__getitem__, frames))
                again_.append(a_frame(encoded.__getitem__, frames))
            ratio = statistics.median(map(_over, ours, again_))
            goal = f"{GOALS[count]}" if count in GOALS else ""
            each = [f"{statistics.median(side):.1f} ms" for side in (ours, again_)]
            dimensions = "3-D" if deep else "2-D"
            table(f"{count:,}", dimensions, f"{ratio:.2f}", goal, *each, f"{max(peaks):.0f} MB")


def stock(rounds: int, quick: bool, folder: Path) -> None:
    """The same content our way, Manim's own way, and with matplotlib."""
    head("the same content", "ours", "another way", "times", "goal")
    few = (1, 4) if quick else (2, 12)
    rows = [
        ("2,000 points: VGroup of Dot", "blob", "blob_stock", "10", FEW),
        ("four stacks: Dot, DashedLine, ThreeDScene", "stacks", "stacks_stock", "50", few),
    ]
    for name, ours, theirs, goal, frames in rows:
        pairs = [
            (
                a_frame(manim(ours, folder / ours), MANY),
                a_frame(manim(theirs, folder / theirs), frames),
            )
            for _ in range(rounds)
        ]
        _row(name, pairs, goal)
    name = "2,000 points: matplotlib's FuncAnimation"
    if importlib.util.find_spec("matplotlib") is None:
        table(name, "", "not installed: pip install matplotlib", "", "")
        return
    pairs = [
        (a_frame(manim("blob", folder / "blob"), MANY), a_frame(_pyplot, MANY))
        for _ in range(rounds)
    ]
    _row(name, pairs, "")


def _pyplot(frames: int) -> Cost:
    os.environ["BENCH_FRAMES"] = str(frames)
    with tempfile.TemporaryDirectory() as folder:
        target = f"{folder}/blob.mp4"
        return run(str(CLIPS / "blob_matplotlib.py"), target, json.dumps(chosen_options()))


def _row(name: str, pairs: list[tuple[float, float]], goal: str) -> None:
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    times = statistics.median(other / own for own, other in pairs)
    table(name, f"{ours:.1f} ms", f"{theirs:.1f} ms", f"{times:.1f}", goal)


def start(rounds: int, folder: Path) -> None:
    """A still of relu against Manim's own start."""
    head("start-up", "CPU")
    still = ["-ql", "-s", "--progress_bar", "none", "--media_dir", str(folder), "scenes/relu.py"]
    pairs = [
        (run("-m", "manim", *still).cpu, run("-m", "manim", "--version").cpu)
        for _ in range(max(rounds, 3))
    ]
    ours, bare = (statistics.median(side) for side in zip(*pairs, strict=True))
    table("`manim -ql -s scenes/relu.py`", f"{ours:.2f} s")
    table("`manim --version`", f"{bare:.2f} s")
    table("more (goal 1.5)", f"{ours - bare:.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=TABLES)
    parser.add_argument("--clips", nargs="+", help="names of files in scenes/; all when left out")
    parser.add_argument("--rounds", type=int, help="3 when left out, 1 with --quick")
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    quick, rounds = chosen.quick, chosen.rounds or (1 if chosen.quick else 3)
    every = [p.stem for p in sorted((ROOT / "scenes").glob("[a-z]*.py"))]
    names = chosen.clips or (["mapping_plot", "relu"] if quick else every)
    counts = [2_000, 1_000_000] if quick else [10**k for k in range(2, 7)]
    counts = sorted({*counts, 2_000})
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tables: dict[str, Callable[[], None]] = {
            "clips": lambda: clips(names, rounds, folder),
            "clouds": lambda: clouds(counts, rounds, quick, folder),
            "stock": lambda: stock(rounds, quick, folder),
            "start": lambda: start(rounds, folder),
            "geometry": geometry.main,
        }
        print(f"encoder options: {MANIM_DEFAULT | chosen_options()}; {os.cpu_count()} cores")
        for name in chosen.tables:
            tables[name]()


if __name__ == "__main__":
    sys.exit(main())
