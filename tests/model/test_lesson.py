"""Lessons: what a file may say, what it may not, and what stands in ``assets/lessons``."""

import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from lesson_texts import DATA, GOOD, POINTS, TRAINING, write
from safetensors.torch import save_file
from torch import nn

from model import assets, lesson
from model.__main__ import main
from model.lesson import Lesson


def test_a_lesson_trains_and_is_found_again(tmp_path):
    path = write(tmp_path, GOOD)
    opened = Lesson.load(path)
    assert opened.dataset.class_names == ("upper", "lower")
    assert opened.colors == ("#0072B2", "#d55e00")
    with pytest.raises(ValueError, match=r"Mine is not trained yet; run `python -m model train .*"):
        _ = opened.trajectory
    assert main(["train", str(path)]) == 0
    found = opened.trajectory
    assert found.layers == ("linear", "relu", "linear", "softmax")
    assert found.steps[-1] == 20
    np.testing.assert_array_equal(found.dataset.points, opened.dataset.points)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["mine.safetensors", "mine.toml"]
    write(tmp_path, GOOD.replace("[network]", f"checkpoints = {[0, 1, 3, 20]}\n[network]"))
    assert Lesson.load(path).trajectory.checkpoints == (0, 1, 3, 20)


def test_training_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    from model import training

    monkeypatch.setattr(training, "SAVE_EVERY", 5)
    opened = Lesson.load(write(tmp_path, GOOD))
    save = training._Run._save
    with monkeypatch.context() as patch:
        patch.setattr(training._Run, "_save", lambda run, state: (save(run, state), 1 / 0))
        with pytest.raises(ZeroDivisionError):
            opened.train()
    assert (tmp_path / "mine.safetensors.state").is_file()
    assert not (tmp_path / "mine.safetensors").exists()
    resumed = opened.train()
    assert resumed.digest == training.train(opened.dataset, opened.recipe).digest


@pytest.mark.parametrize("change", [("steps = 20", "steps = 19"), ("points = 40", "points = 41")])
def test_a_trajectory_of_another_lesson_is_refused(tmp_path, change):
    Lesson.load(write(tmp_path, GOOD)).train()
    other = Lesson.load(write(tmp_path, GOOD.replace(*change)))
    with pytest.raises(
        ValueError, match=r"other data or by another recipe .* run `python -m model"
    ):
        _ = other.trajectory


@pytest.mark.parametrize("keep", [0, 7, 100, 2000])
def test_a_truncated_trajectory_is_refused(tmp_path, keep):
    opened = Lesson.load(write(tmp_path, GOOD))
    opened.train()
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(weights.read_bytes()[:keep])
    with pytest.raises(ValueError, match=r"mine.safetensors .*cut short"):
        _ = opened.trajectory


def test_options_that_the_lesson_decides_are_refused(tmp_path, capsys):
    assert main(["train", str(write(tmp_path, GOOD)), "--steps", "3"]) == 1
    assert "--steps: is decided by" in capsys.readouterr().err
    assert main(["train", str(tmp_path / "none.toml")]) == 1
    assert "there is no such lesson file" in capsys.readouterr().err


def test_paths_elsewhere_when_asked_for(tmp_path):
    (tmp_path / "data.csv").write_text(POINTS)
    (tmp_path / "inner").mkdir()
    path = write(tmp_path / "inner", GOOD.replace(DATA, '[data]\nfile = "../data.csv"\n'))
    opened = Lesson.load(path, allow_absolute=True)
    assert opened.dataset.labels.tolist() == [0, 1, 0]
    with pytest.raises(ValueError, match="want a path inside"):
        Lesson.load(path)


def plain() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2), nn.Softmax(dim=-1))


TRAINED = 'weights = "w.safetensors"\n' + GOOD.replace(TRAINING, "")


def test_the_weights_of_a_plain_sequential(tmp_path):
    net = plain()
    save_file(net.state_dict(), tmp_path / "w.safetensors")
    found = Lesson.load(write(tmp_path, TRAINED)).trajectory
    x = torch.tensor(found.dataset.points)
    with torch.no_grad():
        want = net.double()(x)
    np.testing.assert_allclose(found.network(0)(found.dataset.points), want.numpy(), atol=1e-12)
    loss = -torch.log(want[np.arange(40), found.dataset.labels.tolist()]).mean()
    assert found.losses[0] == pytest.approx(loss.item(), abs=1e-12)
    assert found.checkpoints == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda state: state.pop("0.weight"), r"'0.weight' is missing, want shape \(3, 2\)"),
        (lambda state: state.update({"0.weight": torch.zeros(2, 3)}), r"has shape \(2, 3\), want"),
        (lambda state: state.update({"0.bias": torch.full((3,), torch.nan)}), "are not finite"),
        (lambda state: state.update({"4.weight": torch.zeros(1)}), "holds 3 layers .* want 2"),
        (lambda state: state.update({"2.more": torch.zeros(1)}), "holds '2.more', want weights"),
        (lambda state: state.update({"2.bias": torch.zeros(2).int()}), "as int32, want floating"),
    ],
)
def test_plain_weights_that_do_not_fit(tmp_path, change, message):
    state = plain().state_dict()
    change(state)
    save_file(state, tmp_path / "w.safetensors")
    with pytest.raises(ValueError, match=message):
        _ = Lesson.load(write(tmp_path, TRAINED)).trajectory


def test_a_trajectory_may_stand_for_the_weights(tmp_path):
    made = Lesson.load(write(tmp_path, GOOD)).train()
    given = TRAINED.replace("w.safetensors", "mine.safetensors")
    assert Lesson.load(write(tmp_path, given)).trajectory.digest == made.digest
    opened = Lesson.load(write(tmp_path, given))
    with pytest.raises(ValueError, match=r"Mine: has no \[training\] section"):
        opened.train()
    for change, message in (
        (("points = 40", "points = 50"), "was trained on other data than"),
        (('"relu"', '"tanh"'), "has layers linear, relu, linear, softmax, want linear, tanh"),
        (
            ("[network]", "checkpoints = [0, 1, 2, 20]\n[network]"),
            "line 4, checkpoints.2: got 2, which is not recorded; nearest are 1",
        ),
    ):
        with pytest.raises(ValueError, match=message):
            _ = Lesson.load(write(tmp_path, given.replace(*change))).trajectory


def test_shipped_lessons_are_remade_and_checked_by_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(assets, "ASSETS", {})
    (tmp_path / "lessons").mkdir()
    write(tmp_path / "lessons", GOOD)
    where = ["--folder", str(tmp_path)]
    assert main(["assets", "--check", *where]) == 1
    assert "is not trained yet; run `python -m model train" in capsys.readouterr().err
    assert main(["assets", *where]) == 0
    assert main(["assets", "--check", *where]) == 0
    weights = tmp_path / "lessons" / "mine.safetensors"
    found = lesson.Trajectory.load(weights)
    wrong = found.losses + 0.1
    parts = (found.dataset, found.checkpoints, found.recipe)
    lesson.Trajectory(
        found.layers, found.weights, found.biases, found.steps, wrong, found.accuracies, *parts
    ).save(weights)
    capsys.readouterr()
    assert main(["assets", "mine", "--check", *where]) == 1
    assert "mine: other bytes than recorded" in capsys.readouterr().err


def test_a_header_that_claims_ten_gigabytes(tmp_path):
    header = b'{"0.weight":{"dtype":"F64","shape":[1250000000],"data_offsets":[0,10000000000]}}'
    (tmp_path / "w.safetensors").write_bytes(len(header).to_bytes(8, "little") + header)
    with pytest.raises(ValueError, match=r"w\.safetensors"):
        _ = Lesson.load(write(tmp_path, TRAINED)).trajectory


CODE = """\
from pathlib import Path
from torch import nn
Path(__file__).with_name("ran").touch()
def build():
    return nn.Sequential(nn.Flatten(), nn.Linear(2, 2), nn.Dropout(), nn.Softmax(dim=-1))
def number():
    return 3
"""
WITH_CODE = "allow_code = true\n" + GOOD.replace(TRAINING, "").replace(
    GOOD[GOOD.index("layers =") : GOOD.index("[data]")], 'entry = "net.py:build"\n\n'
)


@pytest.mark.parametrize(
    ("text", "confirm", "message"),
    [
        (WITH_CODE, False, "network.entry: would run Python code; confirm it by --allow-code"),
        (WITH_CODE.replace("true", "false"), True, "want `allow_code = true` in the file"),
        (WITH_CODE.replace("net.py", "../net.py"), True, "want a path inside"),
        (WITH_CODE.replace("net.py", "nat.py"), True, "did you mean 'net.py'"),
        (WITH_CODE.replace("net.py:", "net:"), True, "entry: got .* want file.py:function"),
        (WITH_CODE + TRAINING, True, "training: stands beside network.entry"),
    ],
)
def test_code_runs_only_when_allowed_and_confirmed(tmp_path, text, confirm, message):
    (tmp_path / "net.py").write_text(CODE)
    with pytest.raises(ValueError, match=message):
        Lesson.load(write(tmp_path, text), confirm_code=confirm)
    assert not (tmp_path / "ran").exists()


def test_code_that_is_allowed_and_confirmed(tmp_path):
    (tmp_path / "net.py").write_text(CODE)
    path = write(tmp_path, WITH_CODE)
    found = Lesson.load(path, confirm_code=True).trajectory
    assert found.layers == ("identity", "linear", "identity", "softmax")
    assert (tmp_path / "ran").exists()
    write(tmp_path, WITH_CODE.replace(":build", ":number"))
    with pytest.raises(ValueError, match=r"number gave int, want nn\.Module"):
        _ = Lesson.load(path, confirm_code=True).trajectory


def test_the_default_lesson_is_the_chapter_s(monkeypatch):
    monkeypatch.delenv(lesson.VARIABLE, raising=False)
    found = lesson.current()
    assert found.path is None
    assert found.trajectory.digest == assets.load().digest
    monkeypatch.setenv(lesson.VARIABLE, str(lesson.FOLDER / "moons.toml"))
    assert lesson.current().name == "Two moons"


def test_the_default_lesson_needs_neither_pydantic_nor_torch():
    code = (
        "import sys, model.lesson; model.lesson.current().trajectory;"
        "sys.exit(any(n in sys.modules for n in ('pydantic', 'torch', 'sklearn')))"
    )
    environment = {k: v for k, v in os.environ.items() if k != lesson.VARIABLE}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


SHIPPED = {
    "circles": ((2, 2 + 1, 3, 2, 2), 2),
    "moons": ((2,) * 7, 2),
    "spirals": ((2, 8, 8, 8, 8, 2, 2), 2),
    "tanh": ((2,) * 7, 2),
    "three_classes": ((2, 4, 4, 4, 4, 3, 3), 3),
}


def test_every_shipped_lesson_is_known():
    assert [path.stem for path in lesson.shipped()] == sorted(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_lessons_are_trained_well(name):
    widths, classes = SHIPPED[name]
    found = Lesson.load(lesson.FOLDER / f"{name}.toml")
    run = found.trajectory
    assert (run.widths, run.dataset.classes) == (widths, classes)
    assert ("tanh" in run.layers) == (name == "tanh")
    assert run.accuracies[-1] == 1.0
    assert run.losses[-1] < 0.01
    net = run.network(run.steps[-1])
    assert (net(run.dataset.points).argmax(axis=1) == run.dataset.labels).all()
    rows = np.searchsorted(run.steps, run.checkpoints)
    assert (np.diff(run.losses[rows]) < 0).all()
    assert (np.diff(run.accuracies[rows]) >= 0).all()
    assert run.accuracies[rows[0]] < 0.7
    assert found.weights.stat().st_size < 250_000
