"""One's own data: what is read, and the one line that says what is wrong with it."""

import io
import re
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from model import readers
from model.readers import read_csv, read_data, read_npz

GOOD = "x,y,label\n0,1,a\n2,3,b\n4.5,-1e-3,a\n"


def write(tmp_path, content, name="d.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "content",
    [
        GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.encode("utf-8-sig"),
        GOOD.replace(",", ", ").replace("\n", "\n\n"),
        GOOD.replace("a\n", '"a"\n'),
        "id,label,y,x\n7,a,1,0\n8,b,3,2\n9,a,-0.001,4.5\n",
    ],
)
def test_read_csv(tmp_path, content):
    data = read_csv(write(tmp_path, content))
    np.testing.assert_array_equal(data.points, [[0, 1], [2, 3], [4.5, -1e-3]])
    assert data.labels.tolist() == [0, 1, 0]
    assert data.class_names == ("a", "b")
    assert data.name == "d"


def test_names_decide_the_order_of_the_classes(tmp_path):
    path = write(tmp_path, GOOD)
    assert read_csv(path, class_names=["b", "a"]).labels.tolist() == [1, 0, 1]
    numbers = write(tmp_path, "x;label\n1;10\n2;9\n3;10\n", "n.tsv")
    data = read_data(numbers, ["x"], separator=";")
    assert data.class_names == ("9", "10")
    assert data.labels.tolist() == [1, 0, 1]
    indices = write(tmp_path, "x,label\n1,1\n2,0\n", "i.csv")
    assert read_csv(indices, ["x"], class_names=["no", "yes"]).labels.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is empty or has no rows"),
        ("x,y,label\n", "is empty or has no rows"),
        ("x,y,label\n0,1,a\n2,b\n", "line 3: has 2 cells, want 3"),
        ("x,y,label\n0,1,a\n2,3,4,b\n", "line 3: has 4 cells, want 3"),
        ("x,y,label\n0,one,a\n2,3,b\n", "line 2, column 'y': got 'one', want a finite number"),
        ("x,y,label\n0,1,a\n,3,b\n", "line 3, column 'x': got '', want a finite number"),
        ("x,y,label\n0,nan,a\n2,3,b\n", "line 2, column 'y': got 'nan', want a finite number"),
        ("x,y,label\n0,1,a\n2,-inf,b\n", "line 3, column 'y': got '-inf', want a finite number"),
        ("x,y,label\n0,1e999,a\n2,3,b\n", "line 2, column 'y': got '1e999'"),
        ('x,y,label\n"0,5",1,a\n2,3,b\n', "got '0,5', want a finite number; write decimals with a"),
        ("x,y,label\n0,1,a\n2,3,a\n", "column 'label': holds only 'a', want at least two classes"),
        ("x,y,label\n0,1,a\n2,3,\n", "label', line 3: got '', want a class of at most 40 letters"),
        ("x,x,y,label\n0,0,1,a\n2,2,3,b\n", "line 1: column 'x' stands there twice, want it once"),
        ("x,Y,label\n0,1,a\n2,3,b\n", "line 1: there is no column 'y', want one of x, Y, label"),
        ("x,y,lable\n0,1,a\n2,3,b\n", "there is no column 'label'.*did you mean 'lable'"),
        ("0,1,a\n2,3,b\n", "there is no column 'x', 'y', 'label', want one of 0, 1, a"),
        ("x,x,a\n0,1,a\n2,3,b\n", "no column 'y', 'label', want .*; column 'x' stands there twice"),
        (
            "x,y,label\n0,one,a\n,3,b\n1,inf,b\n",
            "line 2, column 'y': got 'one'; line 3, column 'x': got ''; line 4, column 'y': got "
            "'inf', want a finite number",
        ),
        (
            "x,y,label\n" + "".join(f"{i},no,{i % 2}\n" for i in range(8)),
            "line 6, column 'y': got 'no' and 3 more, want a finite number",
        ),
        ("x,y,label\n0,1\n2,3,4,b\n1,1,a\n", "line 2: has 2 cells; line 3: has 4 cells, want 3"),
        (
            "x,y,label\n0,1,a\n2,3," + "b" * 100_000,
            "line 3: got 'b{40}', want a class of at most 40",
        ),
        ('x,y,label\n0,1,a\n2,3,"b\nc"\n', r"line 4: got 'b\\nc', want .* on one line"),
        ("x,y,label\n0,1,a\n2,3,\x1b[31mb\n", r"line 3: got '\\x1b\[31mb', want a class"),
        ("x,y,label\n0,1,a\n2,3,\u202eb\n", r"line 3: got '\\u202eb', want a class"),
        ("a" * 140_000 + ",y,label\n0,1,a\n", "line 1: field larger than field limit"),
        ('"u\nv",y,label\n0,1,a\n2,3,b\n', r"no column 'x', want one of u\?v, y, label"),
        (GOOD.replace(",", ";"), r"one column when separated by ',', .*semicolon \(';'\)\?"),
        (GOOD.replace(",", "\t"), r"is the separator a tab"),
        (GOOD.encode("utf-16"), "is not UTF-8; save it as UTF-8"),
        (GOOD.encode() + b"1,2,\xe9\n", "line 5: byte 0xe9 is not UTF-8"),
        (GOOD + "1,2,\0\n", "holds zero bytes"),
        (GOOD + '1,2,"a', "line 5: unexpected end of data, want plain CSV"),
        ("x,y,label\n" + "".join(f"0,1,c{i}\n" for i in range(11)), "11 classes, want at most 10"),
        (",".join(f"c{i}" for i in range(1001)) + "\n1\n", "1001 columns, want at most 1000"),
        ("x,y,label\n" + "1" * 200_000 + ",1,a\n2,3,b\n", "line 2: field larger than field limit"),
    ],
)
def test_bad_csv(tmp_path, content, message):
    path = write(tmp_path, content)
    with pytest.raises(ValueError, match=message) as caught:
        read_csv(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400 + len(str(path))


def test_classes_other_than_named(tmp_path):
    with pytest.raises(ValueError, match=r"the class 'b', want one of a, beta"):
        read_csv(write(tmp_path, GOOD), class_names=["a", "beta"])


def test_a_hundred_million_rows_are_refused_unread(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(10**9)
    with pytest.raises(ValueError, match="has 1000000000 bytes, want at most"):
        read_csv(path)


@pytest.mark.parametrize(("limit", "word"), [("MAX_POINTS", "rows"), ("MAX_CSV_CELLS", "cells")])
def test_too_many_rows_or_cells_are_refused_unparsed(tmp_path, monkeypatch, limit, word):
    monkeypatch.setattr(readers, limit, 5)
    monkeypatch.setattr(readers.csv, "reader", None)
    with pytest.raises(ValueError, match=f"has over .* {word}, want at most 5"):
        read_csv(write(tmp_path, GOOD * 5))


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("none.csv", {}, "none.csv: there is no such file"),
        (".", {}, "want .csv"),
        ("d.xlsx", {}, r"the ending is '.xlsx', want .csv, .tsv, .txt or .npz"),
        ("d.csv", {"separator": ""}, "separator: got '', want one character"),
        *(
            ("d.csv", {"separator": bad}, "separator: got .*, want one character")
            for bad in ("\n", ";;", '"', "\0", "\udc80")
        ),
    ],
)
def test_bad_requests(tmp_path, name, options, message):
    write(tmp_path, GOOD)
    with pytest.raises(ValueError, match=message):
        read_data(tmp_path / name, **options)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("labels", [[0, 1, 0], [0.0, 1.0, 0.0], [False, True, False]])
def test_read_npz(tmp_path, save, labels):
    points = np.arange(6.0).reshape(3, 2)
    save(tmp_path / "d.npz", points=points, labels=labels, x=points[:, 0], y=points[:, 1])
    for columns in (["points"], ["x", "y"]):
        data = read_npz(tmp_path / "d.npz", columns)
        np.testing.assert_array_equal(data.points, points)
        assert data.labels.tolist() == [0, 1, 0]
        assert data.class_names == ("0", "1")


def test_npz_labels_may_be_text(tmp_path):
    np.savez(tmp_path / "d.npz", points=[[1], [2]], labels=["cat", "ant"])
    data = read_data(tmp_path / "d.npz", ["points"], "labels")
    assert (data.class_names, data.labels.tolist()) == (("ant", "cat"), [1, 0])


TWO = [[0.0, 1.0], [2.0, 3.0]]


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"points": TWO}, "there is no array 'labels', want one of points"),
        ({"point": TWO, "labels": [0, 1]}, "did you mean 'point'"),
        ({"points": TWO, "labels": [0, 1, 1]}, "got 3 labels, want 2, one a point"),
        ({"points": TWO, "labels": 0}, r"array 'labels': got int64 of shape \(\), want whole"),
        ({"x": TWO}, "there is no array 'points', 'labels', want one of x"),
        ({"points": [[0, np.nan], [1, 1]], "labels": [0, 1]}, "row 0, coordinate 1: got nan"),
        (
            {"points": [[0, np.nan], [np.inf, 1]], "labels": [0, 1]},
            "row 0, coordinate 1: got nan; row 1, coordinate 0: got inf, want a finite number",
        ),
        ({"points": TWO, "labels": ["a", "b" * 41]}, "row 1: got 'b{40}', want a class of at most"),
        ({"points": [["a"], ["b"]], "labels": [0, 1]}, "array 'points': got <U1 of shape"),
        ({"points": np.zeros((2, 2, 2)), "labels": [0, 1]}, r"want numbers, \(n, d\)"),
        ({"points": np.zeros((0, 2)), "labels": []}, r"want numbers, \(n, d\)"),
        ({"points": TWO, "labels": [[0], [1]]}, r"array 'labels': got int64 of shape \(2, 1\)"),
        ({"points": TWO, "labels": [1, 1]}, "holds only '1', want at least two classes"),
        ({"points": np.array([{}, {}]), "labels": [0, 1]}, "holds Python objects"),
        ({"points": np.zeros((2, 1001)), "labels": [0, 1]}, "want at most"),
    ],
)
def test_bad_npz(tmp_path, arrays, message):
    np.savez(tmp_path / "d.npz", **arrays)
    with pytest.raises(ValueError, match=message) as caught:
        read_npz(tmp_path / "d.npz")
    assert str(caught.value).startswith(str(tmp_path / "d.npz"))
    assert "\n" not in str(caught.value)


def npy(shape: str, dtype: str = "<f8", body: bytes = b"") -> bytes:
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}}}"
    return npy_header(header) + body


def npy_header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (npy("(10**9, 10)"), "malformed node|Cannot parse header"),
        (npy("(1250000000,)"), "claims 10000000000 bytes, but 0 are there"),
        (npy(f"(0, {2**70})"), "float64 of shape .*, want a size that arrays can have"),
        (npy("(True, 2)", body=bytes(16)), "want a size that arrays can have"),
        (npy("(-1, -2)", body=bytes(16)), "want a size that arrays can have"),
        (npy(f"({10**15},)", "<U0"), "want a size that arrays can have"),
        (npy_header("(" * 9000), "is no npz file or is damaged"),
        (npy_header("-" * 9000), "is no npz file or is damaged"),
        (b"", "magic string"),
        (b"\x93NUMPY\x09\x00", "version"),
    ],
)
def test_npz_headers_that_lie(tmp_path, member, message):
    path = tmp_path / "d.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("points.npy", member)
        archive.writestr("labels.npy", member)
    with pytest.raises(ValueError, match=message) as caught:
        read_npz(path)
    assert len(str(caught.value)) < 300 + len(str(path))
    assert "\n" not in str(caught.value)


def lying_zip(path: Path, method: int) -> None:
    """50 MB in a few kilobytes, which the directory says are 300 bytes."""
    size = 50_000_000
    with zipfile.ZipFile(path, "w", method) as archive:
        for name in ("points.npy", "labels.npy"):
            archive.writestr(name, bytes(size))
    told = path.read_bytes().replace(size.to_bytes(4, "little"), (300).to_bytes(4, "little"))
    path.write_bytes(told)


@pytest.mark.parametrize(
    ("method", "message"),
    [
        (zipfile.ZIP_BZIP2, "compressed by method 12, want what np.savez"),
        (zipfile.ZIP_LZMA, "compressed by method 14, want what np.savez"),
        (zipfile.ZIP_DEFLATED, "Bad CRC-32"),
    ],
)
def test_no_more_is_inflated_than_the_directory_claims(tmp_path, method, message):
    path = tmp_path / "d.npz"
    lying_zip(path, method)
    tracemalloc.start()
    with pytest.raises(ValueError, match=message):
        read_npz(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def flag_encrypted(data: bytes) -> bytes:
    changed = bytearray(data)
    for signature, offset in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        for found in re.finditer(re.escape(signature), data):
            changed[found.start() + offset] |= 1
    return bytes(changed)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda data: data[:80] + bytes(255 - x for x in data[80:300]) + data[300:], "decompress"),
        (flag_encrypted, "array 'points' is encrypted"),
        (lambda data: data + b"PK\1\2" * 10_001, "holds 100.* arrays, want at most 10000"),
    ],
)
def test_npz_damage_is_one_line(tmp_path, damage, message):
    path = tmp_path / "d.npz"
    np.savez_compressed(path, points=np.arange(400.0).reshape(200, 2), labels=np.arange(200) % 2)
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ValueError, match=message) as caught:
        read_npz(path)
    assert str(caught.value).startswith(str(path))
    assert "\n" not in str(caught.value)


def test_narrow_numbers_are_bounded_as_they_are_read(tmp_path, monkeypatch):
    path = tmp_path / "d.npz"
    np.savez(path, points=np.zeros((300, 2), np.uint8), labels=np.arange(300, dtype=np.uint8) % 2)
    monkeypatch.setattr(readers.files, "MAX_BYTES", 4000)
    with pytest.raises(ValueError, match=r"got \(300, 2\), want at most .* and 500 numbers"):
        read_npz(path)


@pytest.mark.parametrize("name", ["d.csv", "d.npz"])
def test_what_cannot_be_read_is_said(tmp_path, monkeypatch, name):
    path = write(tmp_path, GOOD, name)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ValueError, match=r"cannot be read \(Permission denied\)"):
        read_data(path)


def test_a_header_is_read_as_the_data_are(tmp_path):
    assert readers.read_header(write(tmp_path, '"a\nb"; c\n1;2\n'), ";") == ("a\nb", "c")
    assert readers.read_header(write(tmp_path, "")) == ()
    with pytest.raises(ValueError, match="line 1: field larger than field limit"):
        readers.read_header(write(tmp_path, "a" * 140_000))


def test_an_npz_bomb_and_damage(tmp_path, monkeypatch):
    path = tmp_path / "d.npz"
    np.savez_compressed(path, points=np.zeros((200_000, 2)), labels=np.arange(200_000) % 2)
    monkeypatch.setattr(readers.files, "MAX_BYTES", 100_000)
    with pytest.raises(ValueError, match=r"its arrays take .* bytes, want at most 100000"):
        read_npz(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=re.escape(f"{path}: is no npz file or is damaged")):
        read_npz(path)
    path.write_bytes(GOOD.encode())
    with pytest.raises(ValueError, match="is no npz file"):
        read_npz(path)
    assert io.BytesIO(whole).getbuffer().nbytes < 100_000
