"""What rendering a clip costs, against decoding its video and encoding it again.

    python tests/benchmarks/render_ratio.py [--scene relu] [--rounds 3]

Both are counted in CPU seconds (user and system, of the whole process tree),
without start-up and imports, by turns. Encoding again uses the codec and the
options of ``manim.cfg``. The encoder's own CPU is that of encoding again less
that of decoding alone; the same is measured with Manim's default options.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

ROOT = Path(__file__).parents[2]
MANIM_DEFAULT = {"crf": "23"}


@dataclass(frozen=True)
class Cost:
    """CPU seconds and peak resident memory in MB of one process and its children."""

    cpu: float
    peak: float


def run(*command: str) -> Cost:
    """Run ``python command`` in the project's folder and count what it used."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    arguments = [sys.executable, *command]
    pid = os.posix_spawn(sys.executable, arguments, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} failed with status {status}")
    per_megabyte = 2**20 if sys.platform == "darwin" else 2**10
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / per_megabyte)


def frames_of(container: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    """The decoded frames, free to become any type of frame again."""
    for frame in container.decode(video=0):
        frame.pict_type = av.video.frame.PictureType.NONE
        yield frame


def encode_again(source: str, target: str, options: dict[str, str]) -> None:
    """Decode ``source`` and encode it with libx264; only decode when ``target`` is empty."""
    with av.open(source) as container:
        if not target:
            for _ in frames_of(container):
                pass
            return
        of = container.streams.video[0]
        rate = Fraction(of.average_rate or 60)
        with av.open(target, "w") as written:
            stream = written.add_stream("libx264", rate=rate, options=options)
            stream.width, stream.height, stream.pix_fmt = of.width, of.height, "yuv420p"
            for frame in frames_of(container):
                written.mux(stream.encode(frame))
            written.mux(stream.encode())


def again(source: Path, target: Path | None, options: dict[str, str]) -> Cost:
    """:func:`encode_again` in a process of its own."""
    name = "" if target is None else str(target)
    return run(__file__, "--again", str(source), name, json.dumps(options))


def render(scene: Path, media: Path, quality: str = "h") -> tuple[Cost, Path]:
    """Render without cache, by default at 1080p60; return the cost and the video."""
    quiet = ["--disable_caching", "--progress_bar", "none", "--media_dir", str(media)]
    cost = run("-m", "manim", f"-q{quality}", *quiet, str(scene))
    (video,) = (media / "videos" / scene.stem).glob("*/*.mp4")
    return cost, video


def chosen_options() -> dict[str, str]:
    """The encoder options that ``manim.cfg`` sets, over Manim's own."""
    from manim import config

    return MANIM_DEFAULT | config.video_encoder_options


def measure(scene: Path, rounds: int, folder: Path, *, talk: bool = True) -> dict[str, list[Any]]:
    """The CPU seconds of each task in each round, and the peak memory of rendering."""
    options = chosen_options()
    imports = f"import sys, runpy, manim.cli.render.commands; runpy.run_path({str(scene)!r})"
    found: dict[str, list[Any]] = {name: [] for name in ("render", "again", "default", "decode")}
    found["peak"] = []
    render(scene, folder / "before", quality="l")  # compiles what was not, and keeps it
    for _ in range(rounds):
        cost, video = render(scene, folder)
        start = run("-c", imports).cpu
        bare = run(__file__, "--again", "", "", "{}").cpu
        found["render"].append(cost.cpu - start)
        found["peak"].append(cost.peak)
        found["again"].append(again(video, folder / "again.mp4", options).cpu - bare)
        found["default"].append(again(video, folder / "default.mp4", MANIM_DEFAULT).cpu - bare)
        found["decode"].append(again(video, None, {}).cpu - bare)
        if talk:
            print("  ".join(f"{name} {values[-1]:.2f}" for name, values in found.items()))
    with av.open(video) as container:
        found["frames"] = [container.streams.video[0].frames]
    found["size"] = [path.stat().st_size / 1e6 for path in (video, folder / "default.mp4")]
    return found


def report(found: dict[str, list[Any]]) -> None:
    """Medians over the rounds, and how far the ratio strayed."""
    middle = {name: statistics.median(values) for name, values in found.items()}
    frames = middle["frames"]
    ratios = [r / a for r, a in zip(found["render"], found["again"], strict=True)]
    print(f"frames              {frames}")
    print(f"render              {middle['render']:.2f} s CPU")
    print(f"decode and encode   {middle['again']:.2f} s CPU")
    spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
    print(f"ratio               {statistics.median(ratios):.2f}  {spread}")
    print(f"peak of the render  {max(found['peak']):.0f} MB")
    for name, label in (("again", "manim.cfg"), ("default", "Manim's default")):
        encoder = 1000 * (middle[name] - middle["decode"]) / frames
        print(f"encoder, {label:<15} {encoder:.2f} ms CPU a frame")
    print(
        "size                {:.2f} MB; encoded again by Manim's default {:.2f} MB".format(
            *found["size"]
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scene", default="relu", help="name of a file in scenes/")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--again", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.again:
        source, target, encoder = options.again
        if source:
            encode_again(source, target, json.loads(encoder))
        return
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        report(measure(ROOT / "scenes" / f"{options.scene}.py", options.rounds, Path(folder)))


if __name__ == "__main__":
    main()
