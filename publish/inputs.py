"""What a clip was made from: the files it imported and read, settings and versions."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from publish import files
from publish.catalogue import ROOT
from publish.job import QUALITIES, Lesson
from publish.manifest import Inputs

PACKAGES = ("manim", "numpy", "numba", "scipy", "av", "typst", "Pillow", "pycairo", "safetensors")
CONFIG = "manim.cfg"
# What may be one's own, and the module by which a clip shows it.
OWN = {"lesson": "model.lesson", "embeddings": "model.embedding"}
_CODE = ("model", "mobjects", "scenes", "publish")
_COMPILED = (".pyc", ".nbi", ".nbc")  # by Python and by numba
_NOT_OURS = (".venv", ".git", "build", "media")
# Of this room, only what draws and encodes; the rest writes about the frames.
_DRAWING = ("publish/playing.py", "publish/recording.py", "publish/video.py")
_SYSTEM = ("/usr/", "/etc/", "/proc/", "/sys/", "/dev/", "/var/lib/")
_READ = os.O_RDONLY


class Witness:
    """Notes which files are opened for reading from now on, and which modules are imported.

    Files of the system, of Python and of installed packages do not count:
    their versions do. Neither do files that appear while it watches.
    """

    def __init__(self, apart: Iterable[Path] = ()) -> None:
        self._began = time.time()
        self._apart = tuple(f"{path.resolve()}{os.sep}" for path in apart)
        self._opened: set[str] = {str(ROOT / CONFIG)}
        self._watching = True
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and self._watching:
            path, _, flags = arguments
            reads = not isinstance(flags, int) or flags & os.O_ACCMODE == _READ
            if reads and isinstance(path, str | os.PathLike):
                self._opened.add(os.fspath(path))

    def inputs(self) -> dict[str, str]:
        """The SHA-256 of each file, by its path from the project's folder, or absolute."""
        self._watching = False
        sources = {str(getattr(m, "__file__", None) or "") for m in list(sys.modules.values())}
        names = {os.path.abspath(name) for name in self._opened | sources if name}
        counted = sorted(name for name in names if self._counts(name))
        return {name_of(Path(name)): self._digest(Path(name)) for name in counted}

    def _digest(self, path: Path) -> str:
        """The file's digest; of one that changed meanwhile nobody knows which state was read."""
        return files.digest(path) if path.stat().st_mtime < self._began else "changed meanwhile"

    def _counts(self, name: str) -> bool:
        if name.endswith(_COMPILED) or name.startswith(self._apart):
            return False
        if name.startswith(f"{ROOT}{os.sep}"):
            own = name_of(Path(name))
            room = own.split("/")[0]
            ours = own in _DRAWING if room == "publish" else room not in _NOT_OURS
            return ours and not name.startswith(_packages()) and os.path.isfile(name)
        if name.startswith((*_packages(), *_SYSTEM)) or not os.path.isfile(name):
            return False
        return os.stat(name).st_mtime < self._began


@cache
def _packages() -> tuple[str, ...]:
    """Where Python and its packages lie, unless the project lies there itself."""
    home = Path.home() / ".cache"
    folders = {sys.prefix, sys.base_prefix, sys.exec_prefix, str(home)}
    ends = (folder.rstrip(os.sep) + os.sep for folder in folders)
    return tuple(end for end in ends if not str(ROOT).startswith(end))


def name_of(path: Path) -> str:
    """``path`` from the project's folder where it lies there, else absolute."""
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else str(path)


@cache
def versions() -> dict[str, str]:
    """Of Python and of every package that takes part in drawing and encoding."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package.lower()] = version(package)
        except PackageNotFoundError:
            found[package.lower()] = "none"
    return found


def settings(
    quality: str, lesson: Lesson | None, embeddings: str, shows: Iterable[str]
) -> dict[str, str]:
    """What else the frames depend on: size and rate, versions, and what of one's own it shows."""
    chosen = QUALITIES[quality]
    size = f"{chosen.width}x{chosen.height} at {chosen.frame_rate}"
    own = {"lesson": lesson_digest(lesson), "embeddings": embeddings and digest_now(embeddings)}
    return {"quality": size, **{name: own[name] for name in shows}, **versions()}


def lesson_digest(lesson: Lesson | None) -> str:
    """One digest of everything in a lesson; empty for the chapter's own."""
    if lesson is None:
        return ""
    parts = {name: files.digest(content) for name, content in sorted(lesson.contents.items())}
    return files.digest(json.dumps([lesson.file, parts]).encode())


def inputs(found: Mapping[str, str], chosen: Mapping[str, str]) -> Inputs:
    """Files and settings with their common digest."""
    whole = json.dumps([dict(found), dict(chosen)], sort_keys=True)
    return Inputs(digest=files.digest(whole.encode()), files=dict(found), settings=dict(chosen))


def changed(recorded: Inputs, quality: str, lesson: Lesson | None, embeddings: str) -> str:
    """Why a clip made from ``recorded`` is out of date; empty when it is not."""
    shows = [name for name in OWN if name in recorded.settings]
    for key, value in settings(quality, lesson, embeddings, shows).items():
        if recorded.settings.get(key) != value:
            return f"another version of {key}" if key in versions() else f"another {key}"
    for name, known in recorded.files.items():
        if digest_now(name) != known:
            return f"{name} changed"
    return ""


def digest_now(name: str) -> str:
    """The digest of a file named as by :func:`name_of`; empty where there is none."""
    try:
        return files.digest(ROOT / name)
    except OSError:
        return ""


def project_digest() -> str:
    """One digest of the project's code, settings and assets, to compare machines by."""
    paths = [ROOT / CONFIG, *(ROOT / "assets").rglob("*.*")]
    paths += [path for room in _CODE for path in (ROOT / room).rglob("*.py")]
    names = {name_of(path): files.digest(path) for path in sorted(paths) if path.is_file()}
    return files.digest(json.dumps(names).encode())
