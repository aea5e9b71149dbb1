"""One's own data: what is read, and the one line that says what is wrong with it."""

import io
import re
import zipfile

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
        ("x,y,label\n0,1,a\n2,3,\n", "row 2 of the data is empty, want a class"),
        ("x,x,y,label\n0,0,1,a\n2,2,3,b\n", "line 1: column 'x' stands there twice, want it once"),
        ("x,Y,label\n0,1,a\n2,3,b\n", "line 1: there is no column 'y', want one of x, Y, label"),
        ("x,y,lable\n0,1,a\n2,3,b\n", "there is no column 'label'.*did you mean 'lable'"),
        ("0,1,a\n2,3,b\n", "line 1: there is no column 'x', want one of 0, 1, a"),
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
        ("d.csv", {"separator": "\n"}, "want one character"),
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
        ({"points": [[0, np.nan], [1, 1]], "labels": [0, 1]}, "row 0, coordinate 1: got nan"),
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


def npy_header(shape: str) -> bytes:
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


@pytest.mark.parametrize(
    ("member", "message"),
    [
        (npy_header("(10**9, 10)"), "malformed node|Cannot parse header"),
        (npy_header("(1250000000,)"), "claims 10000000000 bytes, but 0 are there"),
        (b"", "magic string"),
        (b"\x93NUMPY\x09\x00", "version"),
    ],
)
def test_npz_headers_that_lie(tmp_path, member, message):
    with zipfile.ZipFile(tmp_path / "d.npz", "w") as archive:
        archive.writestr("points.npy", member)
        archive.writestr("labels.npy", member)
    with pytest.raises(ValueError, match=message):
        read_npz(tmp_path / "d.npz")


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
