"""Kept pictures: each beat's last frame, small, compared as Manim compares frames.

``python -m look.golden [clips]`` renews them, and shows on a sheet what changed.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from manim.utils.testing._frames_testers import _FramesTester
from PIL import Image

from look.playing import SMALL, THEMES, clips, story_of
from look.sheet import save, sheet
from look.watching import glance

KEPT = Path(__file__).parents[2] / "tests" / "scenes" / "golden"
SHEETS = Path("build/look/golden")


class KeptFrames(_FramesTester):
    """Manim's frame comparison with the frames of one clip, kept one above the other in a WebP."""

    @contextlib.contextmanager
    def testing(self) -> Iterator[None]:
        self._frames = frames_in(self._file_path)
        self._number_frames = len(self._frames)
        yield
        assert self._frames_compared == self._number_frames, (
            f"{self._file_path.name} keeps {self._number_frames} frames, "
            f"the clip has {self._frames_compared} beats: make golden"
        )


def kept_at(clip: str, theme_name: str, folder: Path = KEPT) -> Path:
    """Where a clip's frames are kept."""
    return folder / f"{clip}-{theme_name}.webp"


def frames_in(path: Path) -> np.ndarray:
    """The frames (n, height, width, 3) that a file keeps."""
    strip = np.asarray(Image.open(path).convert("RGB"))
    return strip.reshape(-1, SMALL[1], SMALL[0], 3)


def compare(frames: Sequence[np.ndarray], path: Path) -> None:
    """Check frames against those kept, by Manim's criterion.

    Raises
    ------
    AssertionError
        Where a frame differs, or there are more or fewer.
    """
    tester = KeptFrames(path)
    with tester.testing():
        for number, frame in enumerate(frames):
            tester.check_frame(number, frame)


def keep(frames: Sequence[np.ndarray], path: Path) -> Image.Image | None:
    """Keep frames at ``path``; the sheet of old, new and difference where any changed."""
    new = np.stack(frames)
    old = frames_in(path) if path.exists() else new[:0]
    if old.shape == new.shape and (old == new).all():
        return None
    save(Image.fromarray(np.concatenate(new)), path)
    return _changes(old, new, path.stem)


def _changes(old: np.ndarray, new: np.ndarray, name: str) -> Image.Image:
    blank = np.zeros_like(new[0])
    pictures, labels = [], []
    for number in range(max(len(old), len(new))):
        before = old[number] if number < len(old) else blank
        after = new[number] if number < len(new) else blank
        step = np.abs(before.astype(np.int16) - after)
        if not step.any():
            continue
        pictures += [
            Image.fromarray(each)
            for each in (before, after, np.minimum(4 * step, 255).astype(np.uint8))
        ]
        share = (step.max(axis=2) > 1).mean()
        labels += [f"{number + 1} old", "new", f"difference x 4: {share:.1%} of the pixels"]
    return sheet(name, pictures, labels, cell=(480, 270))


def main(arguments: list[str] | None = None) -> int:
    """Renew the kept frames of the clips named, or of all."""
    parser = argparse.ArgumentParser(prog="look.golden", description=__doc__)
    parser.add_argument("clips", nargs="*", metavar="clip", help=", ".join(clips()))
    wanted = parser.parse_args(arguments).clips or clips()
    for clip in wanted:
        for theme_name in THEMES:
            seen = glance(story_of(clip), theme_name)
            changes = keep(seen.frames, kept_at(clip, theme_name))
            if changes is not None:
                shown = save(changes, SHEETS / f"{clip}-{theme_name}.png")
                print(f"{clip} {theme_name}: changed, see {shown}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
