"""Write the last frame of each beat of a clip as a PNG, without making the video.

python tools/beats.py scenes/relu.py /tmp/stills [t|l|m|h]
"""

from __future__ import annotations

import sys
from pathlib import Path

from look.painting import picture
from look.playing import play, story_in

from mobjects.story import Beat, Story

_SIZES = {"t": (256, 144), "l": (640, 360), "m": (1280, 720), "h": (1920, 1080)}


def write_stills(path: Path, folder: Path, quality: str = "l") -> list[Path]:
    """Play the clip small; save each beat's last frame to ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []

    def keep(story: Story, beat: Beat) -> None:
        target = folder / f"{path.stem}-{len(written) + 1}.png"
        picture(story, _SIZES[quality]).save(target)
        written.append(target)
        print(f"{story.renderer.time:6.2f} s  {beat.name}: {target}")

    play(story_in(path), frame_rate=4, on_beat=keep)
    return written


if __name__ == "__main__":
    write_stills(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
