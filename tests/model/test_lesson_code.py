"""Lessons whose network is code, and networks with layers that their names do not give."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from model import LeakyReLU, Linear, Network, Softmax, lesson
from model.datasets import moons
from model.geometry import linear_regions
from model.lesson import Lesson
from model.lesson_weights import one_iterate
from model.trajectory import Trajectory

CODE = """\
import torch
from torch import nn

class Polar(nn.Module):
    def forward(self, x):
        return torch.stack([x.norm(dim=1), x[:, 0], x[:, 1]], dim=1)

def build():
    torch.manual_seed(4)
    return nn.Sequential(Polar(), nn.Linear(3, 4), nn.LeakyReLU(0.3), nn.Linear(4, 2))

ready = build()
number = 3
"""
LESSON = """\
name = "Code"
allow_code = true
[network]
entry = "net.py:{entry}"
[data]
generator = "circles"
points = 50
"""


def write(folder: Path, entry: str = "build") -> Path:
    (folder / "net.py").write_text(CODE)
    path = folder / "code.toml"
    path.write_text(LESSON.format(entry=entry))
    return path


@pytest.mark.parametrize("entry", ["build", "ready"])
def test_a_custom_module_and_its_slope_come_through_a_lesson(tmp_path, entry):
    opened = Lesson.load(write(tmp_path, entry), confirm_code=True)
    run = opened.trajectory
    assert run.layers == ("module", "linear", "leaky relu", "linear", "softmax")
    net, x = run.network(0), opened.dataset.points
    assert net.layers[2] == LeakyReLU(0.3)
    points = torch.from_numpy(x.copy()).float()
    scope: dict = {}
    exec(CODE, scope)
    with torch.no_grad():
        logits = scope["build"]()(points)
    np.testing.assert_allclose(net(x), logits.softmax(dim=1), atol=1e-5)
    assert run.losses[0] == pytest.approx(
        float(nn.functional.cross_entropy(logits, torch.from_numpy(opened.dataset.labels.copy()))),
        abs=1e-5,
    )
    for one, other in zip(run.trace_all(), net.trace(x).points, strict=True):
        np.testing.assert_array_equal(one[0], other)
    assert [p.exact for p in opened.projections][:2] == [True, False]
    with pytest.raises(ValueError, match="only the output is known"):
        linear_regions(net, ((-1.0, 1.0), (-1.0, 1.0)))
    with pytest.raises(ValueError, match="hold code, which no file keeps"):
        run.save(tmp_path / "run.safetensors")
    assert not (tmp_path / "run.safetensors").exists()


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("number", "number failed with TypeError"),
        ("reddy", r"there is no 'reddy', want one of .*did you mean 'ready'"),
    ],
)
def test_code_that_gives_no_module_is_refused(tmp_path, entry, message):
    opened = Lesson.load(write(tmp_path, entry), confirm_code=True)
    with pytest.raises(ValueError, match=message):
        _ = opened.trajectory


def test_code_runs_only_when_confirmed(tmp_path, monkeypatch):
    path = write(tmp_path)
    monkeypatch.setenv("LESSON", str(path))
    with pytest.raises(SystemExit, match="would run Python code; confirm it by --allow-code"):
        lesson.shown()
    monkeypatch.setenv("LESSON_CODE", "yes")
    assert lesson.shown().trajectory.layers[0] == "module"


def slopes(*values: float) -> Network:
    rng = np.random.default_rng(3)
    layers: list = []
    for slope in values:
        layers += [Linear(rng.normal(size=(2, 2)), rng.normal(size=2)), LeakyReLU(slope)]
    return Network([*layers, Linear(rng.normal(size=(2, 2))), Softmax()])


def test_leaky_slopes_survive_a_trajectory_file(tmp_path):
    net, data = slopes(0.3, 0.01, -0.5), moons(30)
    run = one_iterate(net, data)
    run.save(tmp_path / "run.safetensors")
    again = Trajectory.load(tmp_path / "run.safetensors")
    assert [layer.slope for layer in again.network(0) if isinstance(layer, LeakyReLU)] == [
        *(0.3, 0.01, -0.5)
    ]
    np.testing.assert_array_equal(again.network(0)(data.points), net(data.points))
    np.testing.assert_array_equal(again.trace_all()[-1][0], net(data.points))
    assert again.digest == run.digest


@pytest.mark.parametrize(
    ("own", "message"),
    [({1: Softmax()}, "layers: got 'leaky relu'"), ({9: LeakyReLU(0.3)}, "own: got a layer at 9")],
)
def test_own_layers_must_fit(own, message):
    run = one_iterate(slopes(0.01), moons(30))
    parts = (run.steps, run.losses, run.accuracies, run.dataset, run.checkpoints, run.recipe)
    with pytest.raises(ValueError, match=message):
        Trajectory(run.layers, run.weights, run.biases, *parts, own)


@pytest.mark.parametrize("bad", [[1], {"one": 0.3}, {"1": "steep"}])
def test_damaged_slopes_are_refused(tmp_path, bad):
    from model import files

    path = tmp_path / "run.safetensors"
    one_iterate(slopes(0.3), moons(30)).save(path)
    tensors, note = files.unpack(path.read_bytes())
    path.write_bytes(files.pack(tensors, {**note, "slopes": bad}))
    with pytest.raises(ValueError, match="slope"):
        Trajectory.load(path)


def test_logits_get_their_softmax_and_shares_keep_theirs():
    rng = np.random.default_rng(0)
    logits = Network([Linear(rng.normal(size=(2, 2)))])
    shares = Network([*logits, Softmax()])
    for net in (logits, shares):
        assert one_iterate(net, moons(30)).layers == ("linear", "softmax")
