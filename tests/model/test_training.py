"""Training: torch's own steps, the same bytes every time, interrupted or not."""

import hashlib
import itertools
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from model import assets, files, training
from model.__main__ import main
from model.datasets import Dataset, blobs, make_dataset
from model.descent import Descent
from model.network import Network
from model.recipe import OPTIMIZERS, SCHEDULES, Recipe, pick_checkpoints
from model.training import Trajectory, train, train_to_file

SHORT = Recipe(steps=60, frames=20, seed=1)


def data(n: int = 40) -> Dataset:
    return make_dataset("moons", n)


def test_a_run_in_another_process_gives_the_same_bytes(tmp_path: Path) -> None:
    here = train_to_file(tmp_path / "a", data(), SHORT)
    command = f"{sys.executable} -m model train b --data moons --points 40 --steps 60 --frames 20"
    subprocess.run([*command.split(), "--seed", "1"], cwd=tmp_path, check=True)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert here.digest == hashlib.sha256((tmp_path / "b").read_bytes()).hexdigest()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_global_generators_and_threads_are_left_alone() -> None:
    torch.manual_seed(0)
    before, threads = torch.get_rng_state(), torch.get_num_threads()
    one = train(data(), SHORT)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.get_num_threads() == threads
    torch.manual_seed(99)
    assert train(data(), SHORT).digest == one.digest


def test_seeds_matter() -> None:
    assert train(data(), SHORT).digest != train(data(), Recipe(steps=60, frames=20)).digest


def test_iterates_are_those_of_a_plain_torch_loop() -> None:
    """The referee shares no code with the trainer but the first parameters."""
    recipe = Recipe(steps=30, frames=31, seed=3)
    trajectory = train(data(), recipe)
    assert trajectory.steps[0] == 0
    module = nn.Sequential(
        nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 2)
    ).double()
    with torch.no_grad():
        for layer, weight, bias in zip(
            module[::2], trajectory.weights, trajectory.biases, strict=True
        ):
            layer.weight.copy_(torch.tensor(weight[0]))
            layer.bias.copy_(torch.tensor(bias[0]))
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.01, weight_decay=0.05)
    points, labels = torch.tensor(data().points), torch.tensor(data().labels)
    for step in range(31):
        loss = -module(points).log_softmax(1)[torch.arange(40), labels].mean()
        if step in trajectory.steps:
            row = int(np.searchsorted(trajectory.steps, step))
            wanted = Network.from_torch(nn.Sequential(*module, nn.Softmax(dim=1)))
            mine = trajectory.network(step)(data().points)
            assert np.allclose(mine, wanted(data().points), rtol=0, atol=1e-12)
            assert trajectory.losses[row] == pytest.approx(loss.item(), abs=1e-12)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_loss_and_accuracy_are_those_of_the_numpy_network() -> None:
    trajectory = train(blobs(60), Recipe(widths=(2, 4, 4, 3), steps=100, frames=20))
    for row, step in enumerate(trajectory.steps):
        y = trajectory.network(int(step))(trajectory.dataset.points)
        right = y[np.arange(60), trajectory.dataset.labels]
        assert trajectory.losses[row] == pytest.approx(-np.log(right).mean(), abs=1e-12)
        assert trajectory.accuracies[row] == (y.argmax(1) == trajectory.dataset.labels).mean()


class Stop(Exception):
    """Stands for a cut in the power."""


def interrupt(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    advance = Descent.advance

    def stopping(self: Descent, batch: Any) -> None:
        if self.step == step:
            raise Stop
        advance(self, batch)

    monkeypatch.setattr(Descent, "advance", stopping)


@pytest.mark.parametrize(
    ("optimizer", "schedule", "batch_size"),
    [(name, "constant", None) for name in OPTIMIZERS] + [("AdamW", name, 16) for name in SCHEDULES],
)
def test_an_interrupted_run_ends_as_an_unbroken_one(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    optimizer: str,
    schedule: str,
    batch_size: int | None,
) -> None:
    recipe = Recipe(
        optimizer=optimizer, schedule=schedule, batch_size=batch_size, steps=60, frames=20
    )
    whole = train(data(), recipe)
    path = tmp_path / "t.safetensors"
    monkeypatch.setattr(training, "SAVE_EVERY", 7)
    with monkeypatch.context() as patch:
        interrupt(patch, 40)
        with pytest.raises(Stop):
            train_to_file(path, data(), recipe)
    assert [left.name for left in tmp_path.iterdir()] == ["t.safetensors.state"]
    done: list[int] = []
    advance = Descent.advance
    monkeypatch.setattr(
        Descent, "advance", lambda self, batch: (done.append(self.step), advance(self, batch))
    )
    assert train_to_file(path, data(), recipe).digest == whole.digest
    assert done[0] == 35
    assert [left.name for left in tmp_path.iterdir()] == ["t.safetensors"]


def test_a_killed_process_goes_on(tmp_path: Path) -> None:
    code = (
        "import os, signal; from model import training; from model.descent import Descent\n"
        "training.SAVE_EVERY = 10; advance = Descent.advance\n"
        "def cut(self, batch):\n"
        "    if self.step == 33: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    advance(self, batch)\n"
        "Descent.advance = cut\n"
        "from model.datasets import make_dataset\n"
        "training.train_to_file('t', make_dataset('moons', 40), "
        "training.Recipe(steps=60, frames=20, seed=1))\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode == -9
    state = tmp_path / "t.state"
    assert files.unpack(state.read_bytes())[1]["step"] == 30
    assert train_to_file(tmp_path / "t", data(), SHORT).digest == train(data(), SHORT).digest
    assert not state.exists()


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The state of SHORT, cut after 40 steps."""
    monkeypatch.setattr(training, "SAVE_EVERY", 20)
    with monkeypatch.context() as patch:
        interrupt(patch, 41)
        with pytest.raises(Stop):
            train(data(), SHORT, state=tmp_path / "s")
    return tmp_path / "s"


def test_the_state_of_another_run_is_refused(state: Path) -> None:
    for dataset, recipe in [(data(42), SHORT), (data(), Recipe(steps=60, frames=20, seed=2))]:
        with pytest.raises(ValueError, match=f"state: {state} holds another run .*; delete"):
            train(dataset, recipe, state=state)


def test_a_damaged_state_is_refused(state: Path) -> None:
    good = state.read_bytes()
    tensors, note = files.unpack(good)
    cut = {name: array for name, array in tensors.items() if name != "record.0"}
    narrow = tensors | {"theta.0.weight": np.zeros((3, 3))}
    for bad in (
        good[:100],
        files.pack(cut, note),
        files.pack(narrow, note),
        files.pack(tensors, note | {"step": 61}),
        files.pack(tensors, note | {"scalars": 3}),
    ):
        state.write_bytes(bad)
        with pytest.raises(ValueError, match=rf"(?s)state: {state} .*; delete {state} to start"):
            train(data(), SHORT, state=state)


def test_a_run_that_leaves_the_numbers_says_so(tmp_path: Path) -> None:
    wild = Recipe(optimizer="SGD", learning_rate=1e200, steps=50, frames=51)
    with pytest.raises(ValueError, match=r"learning_rate: the loss is .* at 1e.200; try a smaller"):
        train_to_file(tmp_path / "t", data(), wild)
    assert not list(tmp_path.iterdir())


def test_a_target_that_cannot_be_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Descent, "__init__", lambda *_: pytest.fail("started"))
    with pytest.raises(ValueError, match="path: there is no folder"):
        train_to_file(tmp_path / "no" / "t", data(), SHORT)
    with pytest.raises(ValueError, match="path: there is no folder"):
        train(data(), SHORT, state=tmp_path / "no" / "s")


def test_other_layers_widths_classes_and_batches_train() -> None:
    recipe = Recipe(
        layers=("linear", "tanh", "linear", "leaky relu", "linear", "softmax"),
        widths=(2, 8, 6, 3),
        init="default",
        schedule="one cycle",
        batch_size=16,
        learning_rate=0.03,
        steps=300,
        frames=30,
    )
    trajectory = train(blobs(120), recipe)
    assert trajectory.widths == (2, 8, 8, 6, 6, 3, 3)
    assert trajectory.accuracies[-1] > 0.97
    assert trajectory.recipe["batch_size"] == 16


@given(count=st.integers(1, 50), size=st.integers(1, 60), first=st.integers(0, 200))
@settings(max_examples=40, deadline=None)
def test_batches_go_through_all_data_in_every_epoch(count: int, size: int, first: int) -> None:
    descent = Descent(data(max(count, 2)), Recipe(batch_size=size))
    count = len(descent.points)
    per_epoch = -(-count // size)
    batches = list(itertools.islice(descent.batches(), 3 * per_epoch))
    if size >= count:
        assert batches == [None] * 3
        return
    for epoch in range(3):
        seen = np.concatenate(batches[epoch * per_epoch : (epoch + 1) * per_epoch])
        assert np.array_equal(np.sort(seen), np.arange(count))
    descent.step = first % (2 * per_epoch)
    again = next(descent.batches())
    assert np.array_equal(again, batches[descent.step])


@given(steps=st.integers(1, 5000), frames=st.integers(2, 500))
@settings(max_examples=60, deadline=None)
def test_recorded_steps_span_the_run_and_thin_out(steps: int, frames: int) -> None:
    recorded = Recipe(steps=steps, frames=frames).recorded()
    assert recorded[0] == 0
    assert recorded[-1] == steps
    assert len(recorded) <= frames
    gaps = np.diff(recorded)
    assert (gaps > 0).all()
    assert (np.diff(gaps) >= -1).all()


@given(losses=st.lists(st.floats(0, 10), min_size=1, max_size=20))
@settings(max_examples=60, deadline=None)
def test_checkpoints_are_recorded_steps_in_order(losses: list[float]) -> None:
    steps = np.arange(len(losses)) * 3
    picked = pick_checkpoints(steps, np.array(losses))
    assert picked[0] == 0
    assert picked[-1] == steps[-1]
    assert list(picked) == sorted(picked)
    assert set(picked) <= set(steps.tolist())


def test_checkpoints_tell_a_falling_loss() -> None:
    losses = np.array([1.0, 0.9, 0.6, 0.5, 0.2, 0.05, 0.0, 0.0])
    assert pick_checkpoints(np.arange(8), losses) == (0, 2, 5, 7)


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"layers": ("linear", "swish", "softmax")}, "layers: got 'swish', want names out of"),
        ({"layers": ("linear", "relu")}, "want at least one linear layer and softmax at the end"),
        ({"layers": ("softmax",)}, "want at least one linear layer"),
        ({"layers": ()}, "layers: got none"),
        ({"layers": "linear"}, "layers: got 'linear', want a list"),
        ({"layers": (["linear"],)}, "layers: got .'linear'., want names out of"),
        ({"widths": 2}, "widths: got 2, want a list"),
        ({"widths": (2, 2)}, "widths: got 2, want 4: the input's and one for each of the 3"),
        ({"widths": (2, 0, 2, 2)}, "widths: got 0, want 1 to 4096"),
        ({"widths": (2, 2.5, 2, 2)}, "widths: got 2.5, want an integer"),
        ({"init": "ones"}, "init: got 'ones', want one of default, orthogonal"),
        ({"optimizer": "adam"}, "optimizer: got 'adam', want one of AdamW, Adam"),
        ({"schedule": "step"}, "schedule: got 'step', want one of constant"),
        ({"learning_rate": 0}, "learning_rate: got 0, want a finite number above 0"),
        ({"learning_rate": "fast"}, "learning_rate: got 'fast', want a number"),
        ({"weight_decay": np.inf}, "weight_decay: got inf, want a finite number, 0 or more"),
        ({"steps": 0}, "steps: got 0, want 1 to 1000000"),
        ({"steps": "10"}, "steps: got '10', want an integer"),
        ({"frames": 1}, "frames: got 1, want 2 to 10000"),
        ({"batch_size": 0}, "batch_size: got 0, want 1"),
        ({"seed": -1}, "seed: got -1, want 0"),
    ],
)
def test_recipe_refuses(entries: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Recipe(**entries)


@pytest.mark.parametrize(
    ("recipe", "dataset", "message"),
    [
        (SHORT, blobs(30), "widths: the output is 2 wide, but the dataset has 3 classes"),
        (Recipe(widths=(3, 2, 2, 2)), data(), "widths: the input is 3 wide, but the datapoints"),
        (Recipe(widths=(2, 999, 999, 2)), data(), "frames: 400 records of 1003997 parameters"),
    ],
)
def test_recipe_and_data_that_do_not_fit_are_refused(
    recipe: Recipe, dataset: Dataset, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        train(dataset, recipe)


def test_a_recipe_survives_json() -> None:
    recipe = Recipe(batch_size=8, widths=[2, 3, 4, 2])
    assert Recipe(**json.loads(json.dumps(recipe.as_dict()))) == recipe


def test_the_command_reports_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(tmp_path / "none")]) == 1
    assert "there is no file" in capsys.readouterr().err
    assert main(["assets", "unknown"]) == 1
    assert "name: got 'unknown', want one of classifier" in capsys.readouterr().err
    assert main(["assets", "--check", "--folder", str(tmp_path)]) == 1
    assert "there is no file" in capsys.readouterr().err


def test_the_command_remakes_assets_and_checks_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small = assets.Asset("moons", 40, 0, SHORT, "to test")
    monkeypatch.setattr(assets, "ASSETS", {"classifier": small})
    where = ["--folder", str(tmp_path)]
    assert main(["assets", *where]) == 0
    origin = tomllib.loads((tmp_path / "classifier.origin.toml").read_text())
    made = Trajectory.load(tmp_path / "classifier.safetensors")
    assert origin["sha256"] == made.digest == assets.recorded_digest("classifier", tmp_path)
    assert origin["recipe"]["seed"] == 1
    assert main(["assets", "--check", *where]) == 0
    assert main(["show", str(tmp_path / "classifier.safetensors")]) == 0
    assert made.digest in capsys.readouterr().out
    (tmp_path / "classifier.origin.toml").write_text('sha256 = "0"')
    assert main(["assets", "--check", *where]) == 1
    assert "other bytes than recorded, 0" in capsys.readouterr().err
    (tmp_path / "classifier.origin.toml").write_text("sha256 =")
    assert main(["assets", "--check", *where]) == 1
    assert "is unreadable" in capsys.readouterr().err
    with pytest.raises(ValueError, match="is missing; make it with `python -m model assets`"):
        assets.load("classifier", tmp_path / "empty")
