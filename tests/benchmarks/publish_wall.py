"""How long building the chapter takes, against its encoding alone.

    python tests/benchmarks/publish_wall.py [clips...] [--rounds 1] [--workers 2] [--quality h]

By turns: ``python -m publish`` builds the clips in one theme with as many
workers as given (start-up, joining, writing and all); then as many processes
decode those videos and encode their frames again, animation by animation, with
the same options. Of the latter only the encoding counts: the wall time of the
process that encoded longest. The smaller copy is counted apart. Run it on a
machine that does nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

import av
from av.video.reformatter import VideoReformatter

ROOT = Path(__file__).parents[2]
CHUNK = 30


class Encoder:
    """Encodes frames to a file, and adds up the seconds it takes."""

    def __init__(self, path: Path, size: tuple[int, int], rate: int, options: dict[str, str]):
        began = time.perf_counter()
        self._container = av.open(str(path), "w")
        self._stream = self._container.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height = size
        self._stream.pix_fmt, self._frames, self._rate = "yuv420p", 0, rate
        self.seconds = time.perf_counter() - began

    def encode(self, frames: list[av.VideoFrame]) -> None:
        began = time.perf_counter()
        for frame in frames:
            frame.pts, frame.time_base = self._frames, Fraction(1, self._rate)
            self._frames += 1
            self._container.mux(self._stream.encode(frame))
        self.seconds += time.perf_counter() - began

    def close(self) -> None:
        began = time.perf_counter()
        self._container.mux(self._stream.encode())
        self._container.close()
        self.seconds += time.perf_counter() - began


def encode_alone(manifest: str, theme: str) -> tuple[int, dict[str, float]]:
    """Encode a clip again; return who did, and the seconds spent on each size."""
    from manim import config

    from publish.playing import ENCODER
    from publish.recording import SMALL_OPTIONS

    clip = json.loads(Path(manifest).read_text())
    big, small = (video for video in clip["videos"] if video["theme"] == theme)
    options = config.video_encoder_options | ENCODER
    rate, spent = int(clip["frame_rate"]), Counter[str]()
    sizes = {"large": (big["width"], big["height"]), "small": (small["width"], small["height"])}
    with (
        tempfile.TemporaryDirectory() as folder,
        av.open(str(Path(manifest).parent / big["file"])) as source,
    ):
        frames = _decoded(source)
        for count in clip["plays"]:
            encoders = {
                name: Encoder(Path(folder) / f"{name}.mp4", size, rate, more)
                for (name, size), more in zip(
                    sizes.items(), (options, options | SMALL_OPTIONS), strict=True
                )
            }
            _encode_animation(islice(frames, count), encoders, sizes["small"], spent)
    return os.getpid(), dict(spent)


def _encode_animation(
    frames: Iterator[av.VideoFrame],
    encoders: dict[str, Encoder],
    size: tuple[int, int],
    spent: Counter[str],
) -> None:
    scaler = VideoReformatter()
    while chunk := list(islice(frames, CHUNK)):
        began = time.perf_counter()
        reduced = [scaler.reformat(f, *size, interpolation="AREA", threads=1) for f in chunk]
        spent["scale"] += time.perf_counter() - began
        encoders["large"].encode(chunk)
        encoders["small"].encode(reduced)
    for name, encoder in encoders.items():
        encoder.close()
        spent[name] += encoder.seconds


def _decoded(source: av.container.InputContainer) -> Iterator[av.VideoFrame]:
    source.streams.video[0].thread_type = "NONE"
    for frame in source.decode(video=0):
        frame.pict_type = av.video.frame.PictureType.NONE
        yield frame


def build(arguments: argparse.Namespace, output: Path) -> float:
    """Build in one theme from scratch; return the wall seconds."""
    command = [sys.executable, "-m", "publish", *arguments.clips, "--theme", arguments.theme]
    command += ["--workers", str(arguments.workers), "--quality", arguments.quality]
    command += ["--output", str(output), "--force", "--no-pages"]
    began = time.monotonic()
    subprocess.run(command, cwd=ROOT, check=True)
    return time.monotonic() - began


def encoding(arguments: argparse.Namespace, output: Path) -> dict[str, float]:
    """The wall seconds of encoding alone, spread over the workers."""
    paths = sorted(
        output.glob("clips/*/manifest.json"), key=lambda p: -json.loads(p.read_text())["frames"]
    )
    sums: dict[int, Counter[str]] = {}
    with ProcessPoolExecutor(arguments.workers, get_context("spawn")) as pool:
        for future in [pool.submit(encode_alone, str(p), arguments.theme) for p in paths]:
            process, spent = future.result()
            sums.setdefault(process, Counter()).update(spent)
    return {
        "large": max(each["large"] for each in sums.values()),
        "both": max(each["large"] + each["small"] + each["scale"] for each in sums.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clips", nargs="*")
    parser.add_argument("--theme", default="dark")
    parser.add_argument("--quality", default="h")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    found: dict[str, list[float]] = {"build": [], "large": [], "both": []}
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(arguments.rounds):
            found["build"].append(build(arguments, Path(folder)))
            for name, seconds in encoding(arguments, Path(folder)).items():
                found[name].append(seconds)
            print("  ".join(f"{name} {each[-1]:.1f}" for name, each in found.items()), flush=True)
    middle = {name: statistics.median(each) for name, each in found.items()}
    print(f"building                        {middle['build']:.1f} s of wall time")
    print(f"encoding alone                  {middle['large']:.1f} s")
    print(f"encoding alone, both sizes      {middle['both']:.1f} s")
    copy = middle["both"] - middle["large"]
    print(f"ratio, both sizes               {middle['build'] / middle['both']:.2f}")
    print(f"ratio, without the smaller copy {(middle['build'] - copy) / middle['large']:.2f}")
    print(f"ratio, all to the larger alone  {middle['build'] / middle['large']:.2f}")


if __name__ == "__main__":
    main()
