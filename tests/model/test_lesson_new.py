"""``python -m model lesson``: nothing of the user's is lost, and what becomes of it is told."""

import re
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file
from torch import nn

from model import files
from model.__main__ import main
from model.lesson import Lesson
from model.lesson_new import save_lesson
from model.lesson_notes import changes

CODE = """\
from torch import nn
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
gelu = nn.Sequential(nn.Linear(2, 3), nn.GELU(), nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 2))
shares = nn.Sequential(nn.Softmax(dim=1))
norm = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 2))
"""


@pytest.fixture
def mine(tmp_path, monkeypatch) -> Path:
    """A folder with somebody's network, its weights, and data."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(CODE)
    points = np.random.default_rng(0).normal(size=(20, 2))
    rows = [f"{x:.3f},{y:.3f},{i % 2}" for i, (x, y) in enumerate(points)]
    write(tmp_path / "d.csv", "x,y,label", rows)
    module = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
    save_file(module.state_dict(), str(tmp_path / "mine.safetensors"))
    return tmp_path


def write(path: Path, header: str, rows: list[str]) -> None:
    path.write_text("\n".join([header, *rows]) + "\n")


def command(*extra: str, file: str = "mine.toml", net: str = "net", data: str = "d.csv") -> int:
    return main(["lesson", file, "--data", data, "--network", f"net.py:{net}", *extra])


@pytest.mark.parametrize("train", [[], ["--train"]])
@pytest.mark.parametrize("again", [[], ["--overwrite"]])
def test_the_users_weights_are_never_replaced(mine, capsys, train, again):
    before = (mine / "mine.safetensors").read_bytes()
    assert command("--weights", "mine.safetensors", *train, *again) == 1
    told = capsys.readouterr().err
    assert "mine.safetensors, which is where the module's weights are from; give the" in told
    (mine / "link.safetensors").symlink_to("mine.safetensors")
    assert command("--weights", "mine.safetensors", *again, file="link.toml") == 1
    assert (mine / "mine.safetensors").read_bytes() == before
    assert not (mine / "mine.toml").exists()
    assert command("--weights", "mine.safetensors", *train, file="other.toml") == 0


@pytest.mark.parametrize("train", [[], ["--train"]])
def test_weights_that_are_there_are_replaced_only_when_asked(mine, capsys, train):
    before = (mine / "mine.safetensors").read_bytes()
    assert command(*train) == 1
    assert "mine.safetensors is there already; give the lesson another" in capsys.readouterr().err
    assert (mine / "mine.safetensors").read_bytes() == before
    assert command("--overwrite") == 0
    assert Lesson.load(mine / "mine.toml").trajectory.layers[0] == "linear"
    assert command() == 1
    assert "mine.toml and mine.safetensors are there already" in capsys.readouterr().err


def test_a_lesson_taken_as_it_is_may_be_trained_after_all(mine):
    (mine / "mine.safetensors").unlink()
    assert command() == 0
    assert command("--train", "--overwrite") == 0
    assert not (mine / "mine.safetensors").exists()
    assert main(["train", "mine.toml"]) == 0


def test_a_run_is_kept_when_its_lesson_is_written_anew(mine):
    (mine / "mine.safetensors").unlink()
    assert command("--train") == 0
    (mine / "mine.toml").write_text(
        (mine / "mine.toml").read_text().replace("[training]", "[training]\nsteps = 3")
    )
    assert main(["train", "mine.toml"]) == 0
    run = (mine / "mine.safetensors").read_bytes()
    assert command("--train", "--overwrite") == 0
    assert (mine / "mine.safetensors").read_bytes() == run


def test_no_code_runs_before_it_is_known_that_a_lesson_may_be_written(mine, capsys):
    (mine / "net.py").write_text("open('ran', 'w')\n" + CODE)
    assert command() == 1
    assert not (mine / "ran").exists()


def test_nothing_is_left_when_the_lesson_cannot_be_written(mine, monkeypatch, capsys):
    whole = files.write

    def full(path: Path, data: bytes) -> None:
        if path.suffix == ".toml":
            raise OSError(28, "No space left on device")
        whole(path, data)

    monkeypatch.setattr(files, "write", full)
    before = sorted(mine.iterdir())
    assert command(file="new.toml") == 1
    assert "No space left on device" in capsys.readouterr().err
    assert sorted(mine.iterdir()) == before


@pytest.mark.parametrize("typed", ["\\t", "\t"])
def test_a_tab_may_be_typed(mine, typed):
    (mine / "t.tsv").write_text((mine / "d.csv").read_text().replace(",", "\t"))
    assert command("--separator", typed, file="t.toml", data="t.tsv") == 0
    assert len(Lesson.load(mine / "t.toml").dataset) == 20


@pytest.mark.parametrize(
    ("extra", "options", "message"),
    [
        (["--separator", ";;"], {}, "separator: got ';;', want one character"),
        (["--separator", ""], {}, "separator: got '', want one character"),
        ([], {"data": "long.csv"}, "long.csv, line 1: field larger than field limit"),
        ([], {"data": "people.csv"}, "no column 'label', .*name the column with the class by --l"),
        (
            ["--label", "kind"],
            {"data": "people.csv"},
            r"but the data have 3 \(id, age, income\); .*-",
        ),
        (
            ["--label", "kind"],
            {"data": "named.csv"},
            "'name': got 'n1' and 15 more, .* by --columns",
        ),
        (["--label", "u", "--columns", "v"], {}, "no column 'v', 'u', want one of x, y, label"),
        ([], {"data": "net.py"}, r"the ending is '.py', want .csv"),
        (
            [],
            {"net": "gelu"},
            r"module: GELU \(layer 1\), LayerNorm \(layer 3\): of a kind that no",
        ),
        (["--train"], {"net": "shares"}, "layers: got softmax; want at least one linear layer"),
        ([], {"file": "x" * 300 + ".toml"}, "File name too long"),
    ],
)
def test_refused_in_one_line(mine, capsys, extra, options, message):
    people = [f"{i},{20 + i % 9},{1000 * (i % 7)},{'ab'[i % 2]}" for i in range(20)]
    write(mine / "people.csv", "id,age,income,kind", people)
    write(mine / "named.csv", "name,age,kind", [f"n{i // 4},{i},{i % 2}" for i in range(20)])
    write(mine / "long.csv", "a" * 140_000 + ",y,label", ["1,2,3", "2,3,4"])
    before = sorted(mine.iterdir())
    assert command(*extra, **{"file": "new.toml", **options}) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert sorted(mine.iterdir()) == before
    assert re.search(message, told)


def test_a_network_too_large_to_record_leaves_no_lesson(mine):
    wide = nn.Sequential(nn.Linear(2, 300), nn.Linear(300, 300), nn.Linear(300, 2))
    with pytest.raises(ValueError, match=r"frames: 400 records of .* more than"):
        save_lesson(mine / "new.toml", wide, mine / "d.csv", train=True)
    assert not (mine / "new.toml").exists()


def test_a_lesson_too_large_to_open_is_not_written(mine):
    names = [f"{i:03}{'é' * 36}" for i in range(900)]
    write(mine / "w.csv", ",".join([*names, "label"]), [f"{'1,' * 900}a", f"{'2,' * 900}b"])
    with pytest.raises(ValueError, match="columns: with their names the lesson takes over"):
        save_lesson(mine / "new.toml", nn.Linear(900, 2), mine / "w.csv")
    assert not (mine / "new.toml").exists()


def test_what_training_changes_is_told(mine, capsys):
    assert command("--train", file="new.toml", net="norm") == 0
    assert (
        "note: module[0] (BatchNorm1d) becomes a linear layer, 2 to 2\n" in capsys.readouterr().out
    )
    assert command(file="kept.toml", net="norm") == 0
    assert "note:" not in capsys.readouterr().out


def test_changes_by_training():
    inner = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.BatchNorm1d(4))
    module = nn.Sequential(nn.BatchNorm1d(2), inner, nn.Dropout(), nn.Linear(4, 2, bias=False))
    assert changes(module) == [
        "module[0] (BatchNorm1d) becomes a linear layer, 2 to 2",
        "module[1][1] (BatchNorm1d) is left out: the linear layer before it does as much",
        "module[1][3] (BatchNorm1d) becomes a linear layer, 4 to 4",
        "module[2] (Dropout) becomes an identity",
        "module[3] (Linear) gets a bias",
    ]
    assert changes(nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Flatten(), nn.Softmax(1))) == []


@pytest.mark.parametrize(
    ("scale", "told"),
    [
        ([1, 15], None),
        ([1, 2000], "hint: 'y' spreads [12],[0-9]{3} times as far as 'x', so pictures show"),
        ([0.01, 1], "hint: 'y' spreads .* times as far as 'x'"),
        ([0, 1], "hint: 'x' is the same in all rows; leave it out by --columns"),
    ],
)
def test_units_far_apart_are_told(mine, capsys, scale, told):
    points = np.random.default_rng(0).normal(size=(400, 2)) * scale
    rows = [f"{x},{y},{i % 2}" for i, (x, y) in enumerate(points)]
    write(mine / "u.csv", "x,y,label", rows)
    assert command("--train", file="u.toml", data="u.csv") == 0
    out = capsys.readouterr().out
    assert ("hint:" in out) == (told is not None)
    assert told is None or re.search(told, out)
