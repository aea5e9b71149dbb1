"""Files that appear whole or not at all, their digests, and one writer at a time."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from model import files

LOCK = ".lock"


class DiskFull(ValueError):
    """There is no room for a file."""


def write(path: str | Path, content: bytes | str) -> None:
    """Write a file whole or not at all, with the folders it lies in.

    Raises
    ------
    DiskFull
        When there is no room.
    ValueError
        When it cannot be written.
    """
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write(path, data)
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise (DiskFull if full else ValueError)(trouble(path, error)) from None


def write_if_new(path: str | Path, content: bytes | str) -> bool:
    """:func:`write` unless the file holds that already; say whether it was written.

    Raises
    ------
    ValueError
        As :func:`write`.
    """
    path = Path(path)
    data = content.encode() if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if path.stat().st_size == len(data) and path.read_bytes() == data:
            return False
    write(path, data)
    return True


def trouble(path: Path, error: OSError) -> str:
    """Why ``path`` could not be written, in one line."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"output: the disk is full; could not write {path}. Free some space and run again"
    return f"output: could not write {path} ({error.strerror or error})"


def digest(content: bytes | Path) -> str:
    """The SHA-256 of bytes or of a file, in hexadecimal."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only one who writes to ``folder``, and sweep what a killed run left half-written.

    Raises
    ------
    ValueError
        When another run is at work there, or the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / LOCK)
        lock.acquire(timeout=0)
    except Timeout:
        raise ValueError(
            f"output: another run is writing to {folder}; wait until it ends, or give --output"
        ) from None
    except OSError as error:
        raise ValueError(trouble(folder, error)) from None
    with lock:
        for leftover in folder.rglob(".*.tmp"):
            leftover.unlink(missing_ok=True)
        yield


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A temporary folder of this process; those of processes that were killed are swept."""
    for folder in Path(tempfile.gettempdir()).glob("publish-*-*"):
        owner = folder.name.split("-")[1]
        if owner.isdigit() and not _alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)
    return tempfile.TemporaryDirectory(prefix=f"publish-{os.getpid()}-", ignore_cleanup_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
