"""Lessons from strangers: nothing of the reader's is replaced, run, or kept waiting."""

import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch
from lesson_texts import DATA, GOOD, POINTS, TRAINING, problems_told, write
from safetensors.torch import save_file
from torch import nn

from model import lesson
from model.__main__ import main
from model.lesson import Lesson
from model.lesson_toml import lines_of
from model.trajectory import Trajectory


def trained(folder: Path, name: str, text: str = GOOD) -> Path:
    """A lesson of this name, and what training it wrote."""
    path = folder / f"{name}.toml"
    path.write_text(text)
    Lesson.load(path).train()
    return path.with_suffix(".safetensors")


@pytest.mark.parametrize("name", ["points.csv", "net.py", "mine.toml", "w.safetensors.txt"])
def test_training_writes_no_file_of_another_kind(tmp_path, name):
    (tmp_path / "points.csv").write_text(POINTS)
    (tmp_path / "net.py").write_text("number = 3\n")
    path = write(tmp_path, f'weights = "{name}"\n{GOOD}')
    before = {each: each.read_bytes() for each in tmp_path.iterdir()}
    assert main(["train", str(path)]) == 1
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == before


def state_dict(target: Path) -> None:
    save_file({"0.weight": torch.zeros(2, 2)}, target)


def came_trained(target: Path) -> None:
    made = Trajectory.load(trained(target.parent, "other"))
    (target.parent / "other.toml").unlink()
    parts = (made.steps, made.losses, made.accuracies, made.dataset, made.checkpoints)
    Trajectory(made.layers, made.weights, made.biases, *parts).save(target)


def of_another_lesson(target: Path) -> None:
    trained(target.parent, target.stem)


def on_other_data(target: Path) -> None:
    trained(target.parent, target.stem, GOOD.replace('"moons"', '"circles"'))
    target.with_suffix(".toml").unlink()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda target: target.write_bytes(b"notes"), "no training run that could be replaced"),
        (state_dict, "no training run that could be replaced"),
        (came_trained, "holds a network that came trained"),
        (of_another_lesson, r"belongs to .*net\.toml; move it away"),
        (on_other_data, "holds a run on 'circles', not on 'moons'"),
    ],
)
def test_training_replaces_no_file_that_the_lesson_did_not_write(tmp_path, make, message):
    target = tmp_path / "net.safetensors"
    make(target)
    opened = Lesson.load(write(tmp_path, f'weights = "net.safetensors"\n{GOOD}'))
    before = target.read_bytes()
    with pytest.raises(ValueError, match=message) as caught:
        opened.train()
    assert str(target) in str(caught.value)
    assert target.read_bytes() == before


@pytest.mark.parametrize("head", ["", 'weights = "net.safetensors"\n'])
def test_training_replaces_an_older_run_of_the_lesson(tmp_path, head):
    path = write(tmp_path, head + GOOD)
    Lesson.load(path).train()
    for change in (("steps = 20", "steps = 10"), ("points = 40", "points = 50")):
        write(tmp_path, head + GOOD.replace(*change))
        made = Lesson.load(path).train()
        assert Lesson.load(path).trajectory.digest == made.digest


def long_files() -> dict[str, str]:
    """Files near the limit of their size that took seconds, a gigabyte, or no end."""
    keys = "".join(f"k{index} = 1\n" for index in range(6000))
    return {
        "spaces": f"nmae = 1\n{' ' * 60_000}\n{GOOD}",
        "spaces before a comment": f"nmae = 1\n[data{' ' * 60_000}#\n",
        "unknown keys": keys + GOOD,
        "dotted": f"x{'.a' * 30_000} = 1\n",
        "dotted with spaces": f"x{' . a' * 15_000} = 1\n",
        "dotted header": f"[x{'.a' * 30_000}]\n",
        "dotted within a table": f"x = {{ y{'.a' * 30_000} = 1 }}\n",
        "arrays": f"x = {'[' * 60_000}\n",
        "tables": f"x = {'{a=' * 20_000}\n",
        "strings without end": 'x = """' + '\\"""' * 15_000,
        "quotes": '"' * 60_000,
        "commas": f"x = [{'1,' * 30_000}]\n",
        "one key": f"{'k' * 60_000} = 1\n",
        "tables in an array": "[[classes]]\n" * 5000,
    }


@pytest.mark.parametrize("kind", long_files())
def test_long_files_are_refused_with_few_problems(tmp_path, kind):
    path = write(tmp_path, long_files()[kind])
    told = problems_told(path)
    assert 1 <= len(told) <= 51


def test_of_many_problems_the_first_are_told(tmp_path):
    path = write(tmp_path, "".join(f"k{index} = 1\n" for index in range(120)) + GOOD)
    with pytest.raises(ValueError, match=r"mine\.toml: 120 problems") as caught:
        Lesson.load(path)
    _, *told = str(caught.value).splitlines()
    assert told[0].startswith("  line 1, k0: is unknown")
    assert told[49].startswith("  line 50, k49: is unknown")
    assert told[50:] == ["  and 70 more"]


def test_lines_of_everything_a_lesson_may_hold():
    text = (
        '# [a] = "\n'
        'name = """\nwidths = 1\n[data]\n"quotes" at the end""""\n'
        "checkpoints = [ # three\n  0, 1.5,\n  'a]b',\n  [7],\n]\n"
        '[network]\nx . y."z q" = 1\np = { noise = 0.1, b = {c = 2} }\n'
        "[[classes]]\nname = '''\ncolor = 1\n'''\n[classes.inner]\nk = 1\n[[classes]]\nlast = ''\n"
    )
    assert lines_of(text) == {
        ("name",): 2,
        ("checkpoints",): 6,
        ("checkpoints", 0): 7,
        ("checkpoints", 1): 7,
        ("checkpoints", 2): 8,
        ("checkpoints", 3): 9,
        ("checkpoints", 3, 0): 9,
        ("network",): 11,
        ("network", "x"): 12,
        ("network", "x", "y"): 12,
        ("network", "x", "y", "z q"): 12,
        ("network", "p"): 13,
        ("network", "p", "noise"): 13,
        ("network", "p", "b"): 13,
        ("network", "p", "b", "c"): 13,
        ("classes",): 14,
        ("classes", 0): 14,
        ("classes", 0, "name"): 15,
        ("classes", 0, "inner"): 18,
        ("classes", 0, "inner", "k"): 19,
        ("classes", 1): 20,
        ("classes", 1, "last"): 21,
    }


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("moon.toml", r"there is no such lesson file.*did you mean 'moons\.toml'"),
        ("m" * 300, "cannot be read .File name too long"),
        ("loop.toml", "there is no such lesson file"),
        ("none/mine.toml", "there is no such lesson file$"),
    ],
)
def test_lesson_files_that_cannot_be_opened(tmp_path, monkeypatch, name, message):
    (tmp_path / "moons.toml").write_text(GOOD)
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    monkeypatch.setenv(lesson.VARIABLE, str(tmp_path / name))
    with pytest.raises(ValueError, match=message):
        lesson.current()


def test_the_command_can_be_pasted(tmp_path):
    folder = tmp_path / "a b; c"
    folder.mkdir()
    opened = Lesson.load(write(folder, GOOD))
    assert opened.command == f"python -m model train '{folder}/mine.toml'"


CODE = """\
from torch import nn
net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2))
"""
CODED = (
    'allow_code = true\nweights = "net.pt"\n'
    + GOOD[: GOOD.index("layers =")]
    + 'entry = "net.py:net"\n'
    + DATA
)


class Harmful:
    def __reduce__(self):
        return (Path.touch, (Path("ran"),))


def bomb(path: Path) -> None:
    """Zeros that take a thousand times their size in the file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("net/data.pkl", pickle.dumps({}))
        for index in range(3):
            archive.writestr(f"net/data/{index}", bytes(100 * 2**20))


def sound() -> dict[str, torch.Tensor]:
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2)).state_dict()


def saved(path: Path, **changes: torch.Tensor | None) -> None:
    state = {**sound(), **{key.replace("_", "."): value for key, value in changes.items()}}
    torch.save({key: value for key, value in state.items() if value is not None}, path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda path: path.write_bytes(pickle.dumps(Harmful(), 2)),
            "holds more than tensors, which",
        ),
        (lambda path: torch.save({"a": Harmful()}, path), "holds more than tensors, which could"),
        (lambda path: path.write_bytes(b"notes"), "is damaged, or holds more than tensors"),
        (lambda path: torch.save([1], path), "holds list, want a state dict"),
        (bomb, r"claims \d+ bytes, more than 268435456"),
        (
            lambda path: saved(path, **{"2_bias": None, "2_weight": None}),
            "does not fit the module: '2.bias', '2.weight' missing$",
        ),
        (
            lambda path: saved(path, **{"0_weight": torch.zeros(2, 3), "4_bias": torch.zeros(1)}),
            r"'4.bias' unknown, want '0.bias', .*; '0.weight' has shape \(2, 3\), want \(3, 2\)$",
        ),
        (
            lambda path: saved(path, **{"0_bias": torch.full((3,), torch.nan)}),
            "net.pt: 3 of the 3 values of '0.bias' are not finite",
        ),
    ],
)
def test_state_dicts_that_do_not_fit_the_code(tmp_path, monkeypatch, make, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(CODE)
    make(tmp_path / "net.pt")
    opened = Lesson.load(write(tmp_path, CODED), confirm_code=True)
    with pytest.raises(ValueError, match=message) as caught:
        _ = opened.trajectory
    assert str(caught.value).startswith(f"{tmp_path / 'net.pt'}: ")
    assert "weights_only" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "ran").exists()


def test_numbers_of_code_that_are_not_finite_are_told_with_their_file(tmp_path):
    (tmp_path / "net.py").write_text(f"{CODE}nn.init.constant_(net[2].bias, float('inf'))\n")
    text = CODED.replace('weights = "net.pt"\n', "")
    opened = Lesson.load(write(tmp_path, text), confirm_code=True)
    with pytest.raises(ValueError, match=r"net\.py: 2 of the 2 values of '2.bias' are not finite"):
        _ = opened.trajectory


@pytest.mark.parametrize("key", ["²", "\x1b[31m", "9" * 5000, ""])
def test_keys_of_any_kind_are_told_in_one_line(tmp_path, key):
    state = {f"{key}.weight" if key else "weight": torch.zeros(3, 2)}
    save_file(state, tmp_path / "w.safetensors")
    given = 'weights = "w.safetensors"\n' + GOOD.replace(TRAINING, "")
    with pytest.raises(ValueError, match=r"holds 1 layers .*, want 2, one for each") as caught:
        _ = Lesson.load(write(tmp_path, given)).trajectory
    assert str(caught.value).isprintable()


def test_the_slope_of_leaky_relus(tmp_path):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(0.3), nn.Linear(3, 2), nn.Softmax(dim=-1))
    save_file(net.state_dict(), tmp_path / "w.safetensors")
    text = 'weights = "w.safetensors"\n' + GOOD.replace(TRAINING, "")
    text = text.replace('"relu"', '"leaky relu"')
    steep = text.replace("[data]", "slope = 0.3\n[data]")
    found = Lesson.load(write(tmp_path, steep)).trajectory
    points = found.dataset.points
    with torch.no_grad():
        want = net.double()(torch.tensor(points)).numpy()
    np.testing.assert_allclose(found.network(0)(points), want, atol=1e-12)
    assert Lesson.load(write(tmp_path, text)).trajectory.network(0).layers[1].slope == 0.01
    found.save(tmp_path / "w.safetensors")
    assert Lesson.load(write(tmp_path, text)).trajectory.digest == found.digest
    assert Lesson.load(write(tmp_path, steep)).trajectory.digest == found.digest
    with pytest.raises(ValueError, match=r"w\.safetensors: has slopes 0\.3, want 0\.2"):
        _ = Lesson.load(write(tmp_path, steep.replace("0.3", "0.2"))).trajectory


def test_a_trajectory_of_other_widths_is_refused(tmp_path):
    trained(tmp_path, "run")
    given = 'weights = "run.safetensors"\n' + GOOD.replace(TRAINING, "")
    with pytest.raises(ValueError, match="has widths 2, 3, 2, want 2, 4, 2"):
        _ = Lesson.load(write(tmp_path, given.replace("[2, 3, 2]", "[2, 4, 2]"))).trajectory
