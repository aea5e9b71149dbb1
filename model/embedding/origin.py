"""The text beside a file that says how it was made."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from model import files
from model.assets import origin_of, toml_table

PACKAGES = ("torch", "scikit-learn", "numpy", "safetensors")


def write_origin(path: Path, command: str, sha256: str, about: Mapping[str, Any]) -> None:
    """Write ``<name>.origin.toml`` beside ``path``.

    Parameters
    ----------
    path
        The file that was made.
    command
        What makes it again.
    sha256
        Its digest.
    about
        What else decided it: JSON values; each dictionary becomes a section.

    Raises
    ------
    ValueError
        When nothing can be written there.
    """
    versions = {package: version(package) for package in PACKAGES}
    sections = {
        "": {
            "command": command,
            "file": path.name,
            "sha256": sha256,
            "bytes": path.stat().st_size,
            **{key: value for key, value in about.items() if not isinstance(value, dict)},
        },
        "versions": {
            "python": platform.python_version(),
            "machine": platform.machine(),
            **versions,
        },
        **{key: value for key, value in about.items() if isinstance(value, dict)},
    }
    text = "\n".join(toml_table(title, entries) for title, entries in sections.items())
    files.write(origin_of(path), text.encode())
