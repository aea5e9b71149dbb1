"""The arrays of an npz file from a stranger: sizes bounded before anything is inflated, no pickle.

A zip's directory can claim any size. No member is read further than it claims,
and only ways of compressing are let in that can be undone a piece at a time.
"""

from __future__ import annotations

import contextlib
import io
import math
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import files

MAX_MEMBERS = 10_000
_ENTRY = b"PK\1\2"  # each entry of a zip's directory starts with it
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_PIECE = 2**20
_MAX_AXIS = 2**53


class Refused(ValueError):
    """What the file holds is not let in."""


class Archive:
    """An npz file.

    Attributes
    ----------
    names
        What its arrays are called.

    Raises
    ------
    Refused
        When the bytes are no npz file or hold too many arrays; the message has no file name.
    """

    def __init__(self, data: bytes) -> None:
        if (count := data.count(_ENTRY)) > MAX_MEMBERS:
            raise Refused(f"holds {count} arrays, want at most {MAX_MEMBERS}")
        with _sound():
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        self.names = [name.removesuffix(".npy") for name in self._zip.namelist()]

    def arrays(self, names: Sequence[str]) -> list[NDArray[Any]]:
        """Return the arrays called so, each no larger than it says.

        Raises
        ------
        Refused
            When they are too large, damaged, compressed in another way than
            NumPy does, or hold Python objects.
        """
        with _sound():
            members = [self._zip.getinfo(f"{name}.npy") for name in names]
            total = sum(member.file_size for member in members)
            if total > files.MAX_BYTES:
                raise Refused(f"its arrays take {total} bytes, want at most {files.MAX_BYTES}")
            return [
                _array(name, self._inflated(name, member))
                for name, member in zip(names, members, strict=True)
            ]

    def _inflated(self, name: str, member: zipfile.ZipInfo) -> bytes:
        """The bytes of a member, up to the size that it claims and no further."""
        if member.compress_type not in _METHODS:
            raise Refused(
                f"array {name!r} is compressed by method {member.compress_type}, want what "
                "np.savez or np.savez_compressed writes"
            )
        if member.flag_bits & 1:
            raise Refused(f"array {name!r} is encrypted, want it as NumPy writes it")
        with self._zip.open(member) as stream:
            return b"".join(iter(lambda: stream.read(_PIECE), b""))


@contextlib.contextmanager
def _sound() -> Iterator[None]:
    """Whatever zipfile, zlib and NumPy's parser of headers raise, as one clear line."""
    try:
        yield
    except Refused:
        raise
    except Exception as error:
        told = str(error).partition("\n")[0][:100] or type(error).__name__
        raise Refused(f"is no npz file or is damaged ({told})") from error


def _array(name: str, data: bytes) -> NDArray[Any]:
    """The array in a .npy file, once its header is known to claim no more than there is."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_header is None:
        raise Refused(f"array {name!r} is of .npy version {version}, want 1.0 or 2.0")
    shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise Refused(f"array {name!r} holds Python objects (a pickle), want numbers or text")
    if not dtype.itemsize or not all(type(n) is int and 0 <= n < _MAX_AXIS for n in shape):
        told = f"{dtype} of shape {shape}"[:100]
        raise Refused(f"array {name!r} claims to be {told}, want a size that arrays can have")
    claimed, there = math.prod(shape) * dtype.itemsize, len(data) - stream.tell()
    if claimed != there:
        raise Refused(f"array {name!r} claims {claimed} bytes, but {there} are there")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)
