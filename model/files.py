"""Tensor files: safetensors with one JSON note, read with care and written whole.

Never pickle. All of a file's text stands under a single metadata key, since
safetensors writes several keys in no fixed order: the same content gives the
same bytes.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

MAX_BYTES = 256 * 2**20
MAX_HEADER_BYTES = 2**20
_DTYPES = {"F64": "<f8", "F32": "<f4", "I64": "<i8", "U8": "|u1"}
_KEPT = (np.float32, np.uint8)

Tensors = dict[str, NDArray[Any]]
_T = TypeVar("_T")


def pack(tensors: Mapping[str, NDArray[Any]], note: Mapping[str, Any]) -> bytes:
    """Return the bytes of a safetensors file: arrays and a JSON note.

    float32 and uint8 arrays are kept as they are, other floats become float64
    and other integers int64.
    """
    from safetensors.numpy import save

    wanted: Tensors = {
        name: np.ascontiguousarray(array, _stored_dtype(array)) for name, array in tensors.items()
    }
    return save(wanted, {"note": json.dumps(note, sort_keys=True)})


def unpack(data: bytes) -> tuple[Tensors, dict[str, Any]]:
    """Return the arrays and the note that :func:`pack` wrote.

    Raises
    ------
    ValueError
        When the bytes are cut short, are no safetensors, hold arrays of other
        types than :func:`pack` writes, or have no note.
    """
    from safetensors import SafetensorError, deserialize

    claimed = int.from_bytes(data[:8], "little")
    if len(data) < 8 or claimed > min(len(data) - 8, MAX_HEADER_BYTES):
        raise ValueError(
            f"is no safetensors file or is cut short: {len(data)} bytes, "
            f"of which the header claims {claimed} (at most {MAX_HEADER_BYTES} are read)"
        )
    try:
        found = deserialize(data)
        note = json.loads(json.loads(data[8 : 8 + claimed])["__metadata__"]["note"])
    except SafetensorError as error:
        raise ValueError(f"is no safetensors file or is cut short ({error})") from error
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError("has no readable note in its metadata") from error
    if not isinstance(note, dict):
        raise ValueError("has a note that is not a JSON object")
    return {name: _as_array(name, tensor) for name, tensor in found}, note


def read(path: str | Path) -> bytes:
    """Return the bytes of a file of at most :data:`MAX_BYTES`.

    Raises
    ------
    ValueError
        When there is no such file, it cannot be read, or it is larger.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise ValueError(f"path: there is no file {path}")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ValueError(f"path: {path} cannot be read ({error.strerror or error})") from error
    if len(data) > MAX_BYTES:
        raise ValueError(f"path: {path} is larger than {MAX_BYTES} bytes, the most that is read")
    return data


def load(path: str | Path, build: Callable[[Tensors, dict[str, Any]], _T]) -> _T:
    """Return what ``build`` makes of the arrays and the note in a file.

    Raises
    ------
    ValueError
        As :func:`read`, :func:`unpack` and ``build``; the message names the file.
    """
    data = read(path)
    try:
        return build(*unpack(data))
    except ValueError as error:
        raise ValueError(f"path: {path} {error}") from error


def check_target(path: str | Path) -> Path:
    """Return ``path`` if a file could be written there.

    Raises
    ------
    ValueError
        When its folder does not exist or cannot be written to, or it is itself a folder.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"path: {path} is a folder, want the name of a file")
    if not path.parent.is_dir():
        raise ValueError(f"path: there is no folder {path.parent}; create it first")
    if not os.access(path.parent, os.W_OK):
        raise ValueError(f"path: the folder {path.parent} cannot be written to")
    return path


def write(path: str | Path, data: bytes) -> None:
    """Write a file whole or not at all: a reader sees the old bytes or the new.

    Raises
    ------
    ValueError
        As :func:`check_target`.
    """
    path = check_target(path)
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()


def _stored_dtype(array: NDArray[Any]) -> type:
    if array.dtype in _KEPT:
        return array.dtype.type
    return np.int64 if array.dtype.kind in "iu" else np.float64


def _as_array(name: str, tensor: Mapping[str, Any]) -> NDArray[Any]:
    dtype = _DTYPES.get(tensor["dtype"])
    if dtype is None:
        raise ValueError(f"holds {name!r} as {tensor['dtype']}, want one of {', '.join(_DTYPES)}")
    native = np.dtype(dtype).newbyteorder("=")
    return np.frombuffer(tensor["data"], dtype).reshape(tensor["shape"]).astype(native)
