"""Tensor files: the same bytes, read with care, written whole."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from safetensors.numpy import load, save

from model import files

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(
    values=arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=finite),
    whole=arrays(np.int64, array_shapes(max_dims=2, max_side=4)),
)
@settings(max_examples=30, deadline=None)
def test_what_was_packed_is_unpacked(values: np.ndarray, whole: np.ndarray) -> None:
    data = files.pack({"v": values, "w": whole}, {"b": 1, "a": [2.5, "x", None]})
    tensors, note = files.unpack(data)
    assert note == {"a": [2.5, "x", None], "b": 1}
    assert np.array_equal(tensors["v"], values)
    assert np.array_equal(tensors["w"], whole)
    assert np.array_equal(load(data)["v"], values)
    assert files.pack({"w": whole, "v": values}, {"a": [2.5, "x", None], "b": 1}) == data


def packed() -> bytes:
    return files.pack({"v": np.arange(3.0), "w": np.arange(2)}, {"about": "this"})


def test_every_cut_is_noticed() -> None:
    data = packed()
    for length in range(len(data)):
        with pytest.raises(ValueError, match="is no safetensors file or is cut short"):
            files.unpack(data[:length])
    with pytest.raises(ValueError, match="cut short"):
        files.unpack(data + b"\0")


@given(place=st.integers(0, len(packed()) - 1), byte=st.integers(0, 255))
@settings(max_examples=300, deadline=None)
def test_a_changed_byte_gives_arrays_or_a_value_error(place: int, byte: int) -> None:
    data = bytearray(packed())
    data[place] = byte
    try:
        tensors, note = files.unpack(bytes(data))
    except ValueError:
        return
    assert isinstance(note, dict)
    assert all(array.dtype.kind in "fiu" for array in tensors.values())


def with_header(header: object, body: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def claims(shape: list[int], dtype: str = "F64") -> bytes:
    entry = {"dtype": dtype, "shape": shape, "data_offsets": [0, 8]}
    return with_header({"__metadata__": {"note": "{}"}, "v": entry}, bytes(8))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x80\x04pickled by someone", "is no safetensors file"),
        (b"\xff" * 8 + bytes(100), "header claims 18446744073709551615"),
        (claims([10**15]), "is no safetensors file"),
        (claims([2**62, 2**62]), "is no safetensors file"),
        (claims([4], "F16"), "holds 'v' as F16, want one of F64"),
        (claims([4], "BF16"), "holds 'v' as BF16, want one of F64"),
        (save({"v": np.zeros(2)}), "has no readable note"),
        (save({"v": np.zeros(2)}, {"other": "{}"}), "has no readable note"),
        (save({"v": np.zeros(2)}, {"note": "{"}), "has no readable note"),
        (save({"v": np.zeros(2)}, {"note": "[" * 100_000}), "has no readable note"),
        (save({"v": np.zeros(2)}, {"note": "[]"}), "has a note that is not a JSON object"),
    ],
)
def test_foreign_bytes_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        files.unpack(data)


def test_a_header_over_the_limit_is_not_read() -> None:
    data = save({"v": np.zeros(1)}, {"note": " " * files.MAX_HEADER_BYTES})
    with pytest.raises(ValueError, match="at most 1048576 are read"):
        files.unpack(data)


def test_read_refuses_what_is_missing_or_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    for wrong in (path, tmp_path):
        with pytest.raises(ValueError, match=f"path: there is no file {wrong}"):
            files.read(wrong)
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    path.write_bytes(bytes(10))
    assert files.read(path) == bytes(10)
    path.write_bytes(bytes(11))
    with pytest.raises(ValueError, match="is larger than 10 bytes"):
        files.read(path)


def test_what_cannot_be_read_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ValueError, match=rf"path: {path} cannot be read \(Permission denied\)"):
        files.read(path)
    with pytest.raises(ValueError, match="File name too long"):
        files.read(tmp_path / ("x" * 300))


def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x"
    files.write(path, b"old")

    def fail(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="full"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_write_replaces(tmp_path: Path) -> None:
    for data in (b"one", b"two"):
        files.write(tmp_path / "x", data)
        assert (tmp_path / "x").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_write_refuses_where_it_cannot(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is a folder, want the name of a file"):
        files.write(tmp_path, b"")
    with pytest.raises(ValueError, match=r"there is no folder .*; create it first"):
        files.write(tmp_path / "no" / "x", b"")
