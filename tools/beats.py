"""Write the last frame of each beat of a clip as a PNG, without making the video.

python tools/beats.py scenes/relu.py /tmp/stills [t|l|m|h]
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path

from manim import tempconfig
from manim.renderer.cairo_renderer import CairoRenderer

from mobjects.story import Beat, Story

_SIZES = {"t": (256, 144), "l": (854, 480), "m": (1280, 720), "h": (1920, 1080)}


def story_in(path: Path) -> type[Story]:
    """The one story that the file at ``path`` defines."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ValueError(f"path: got {path}, want a scene file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    found = [
        member
        for _, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, Story) and member.__module__ == path.stem
    ]
    if len(found) != 1:
        raise ValueError(f"path: {path} defines {len(found)} stories, want exactly one")
    return found[0]


def write_stills(path: Path, folder: Path, quality: str = "l") -> list[Path]:
    """Play the clip without encoding; save each beat's last frame to ``folder``."""
    width, height = _SIZES[quality]
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    settings = {
        "pixel_width": width,
        "pixel_height": height,
        "frame_rate": 15,
        "save_last_frame": True,
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
        "media_dir": str(folder / "media"),
    }

    def keep(story: Story, beat: Beat) -> None:
        renderer = story.renderer
        assert isinstance(renderer, CairoRenderer)
        renderer.static_image = None
        renderer.update_frame(story)
        target = folder / f"{path.stem}-{len(written) + 1}.png"
        renderer.camera.get_image().convert("RGB").save(target)
        written.append(target)
        print(f"{story.renderer.time:6.2f} s  {beat.name}: {target}")

    with tempconfig(settings):
        story = story_in(path)()
        story.on_beat_end.append(keep)
        story.render()
    return written


if __name__ == "__main__":
    write_stills(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:4])
