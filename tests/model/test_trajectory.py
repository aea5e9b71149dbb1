"""Trajectories: exact at recorded iterates, open about what lies between, wary of files."""

import contextlib
import hashlib
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model import files, trajectory
from model.datasets import blobs, make_dataset
from model.layers import Linear, Softmax, Tanh
from model.network import Network
from model.trajectory import Trajectory

STEPS = (0, 1, 5, 20)


def parts(seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "layers": ("linear", "tanh", "linear", "softmax"),
        "weights": (rng.normal(size=(4, 5, 2)), rng.normal(size=(4, 3, 5))),
        "biases": (rng.normal(size=(4, 5)), rng.normal(size=(4, 3))),
        "steps": np.array(STEPS),
        "losses": rng.uniform(size=4),
        "accuracies": rng.uniform(size=4),
        "dataset": blobs(30, seed=1),
        "checkpoints": STEPS,
        "recipe": {"seed": seed},
    }


@cache
def example() -> Trajectory:
    return Trajectory(**parts())


def linears(network: Network) -> list[np.ndarray]:
    found = [layer for layer in network if isinstance(layer, Linear)]
    return [array for layer in found for array in (layer.weight, layer.bias)]


def test_recorded_networks_are_exact() -> None:
    given = parts()
    for index, step in enumerate(STEPS):
        network = example().network(step)
        assert [type(layer) for layer in network] == [Linear, Tanh, Linear, Softmax]
        wanted = [given[kind][layer][index] for layer in (0, 1) for kind in ("weights", "biases")]
        for mine, theirs in zip(linears(network), wanted, strict=True):
            assert np.array_equal(mine, theirs)


def test_names_and_widths() -> None:
    assert example().names == ("x", "z1", "h1", "z2", "y")
    assert example().widths == (2, 5, 5, 3, 3)
    assert len(example()) == 4


@given(share=st.floats(0, 1), index=st.integers(0, 2))
@settings(max_examples=50, deadline=None)
def test_between_iterates_parameters_lie_on_the_line(share: float, index: int) -> None:
    before, after = STEPS[index], STEPS[index + 1]
    step = before + share * (after - before)
    share = (step - before) / (after - before)
    ends = [linears(example().network(end)) for end in (before, after)]
    between = linears(example().network(step, interpolate=True))
    for start, stop, mine in zip(*ends, between, strict=True):
        assert np.allclose(mine, start + share * (stop - start), rtol=0, atol=1e-14)


def test_interpolation_is_exact_at_recorded_steps() -> None:
    for step in STEPS:
        mine = linears(example().network(step, interpolate=True))
        for one, other in zip(mine, linears(example().network(step)), strict=True):
            assert np.array_equal(one, other)


@pytest.mark.parametrize("interpolate", [False, True])
@pytest.mark.parametrize("step", [-1, 20.5, 1e9])
def test_steps_outside_are_refused(step: float, interpolate: bool) -> None:
    with pytest.raises(ValueError, match=re.escape(f"step: got {step:g}, want 0 to 20")):
        example().network(step, interpolate=interpolate)


def test_steps_between_are_refused_by_naming_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"got 7, .* the nearest are 5 and 20; .*interpolate=True"):
        example().network(7)
    with pytest.raises(ValueError, match="step: 1 of 1 values are not finite"):
        example().network(np.nan)


def test_trace_all_is_the_trace_of_every_iterate() -> None:
    points = np.random.default_rng(3).normal(size=(17, 2))
    traced = example().trace_all(points)
    assert [array.shape for array in traced] == [(4, 17, d) for d in (2, 5, 5, 3, 3)]
    for index, step in enumerate(STEPS):
        for mine, theirs in zip(traced, example().network(step).trace(points).points, strict=True):
            assert np.allclose(mine[index], theirs, rtol=0, atol=1e-14)


def test_trace_all_takes_the_dataset_when_left_out() -> None:
    assert np.array_equal(example().trace_all()[0][2], example().dataset.points)


def test_trace_all_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match=r"points: got shape \(1, 3\), want \(n, 2\)"):
        example().trace_all([[1, 2, 3]])
    monkeypatch.setattr(trajectory, "MAX_TRACE_BYTES", 8 * 4 * 10 * 18)
    example().trace_all(np.zeros((10, 2)))
    with pytest.raises(ValueError, match="points: got 11, which take 6336 bytes"):
        example().trace_all(np.zeros((11, 2)))


def test_what_was_saved_is_loaded(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    example().save(path)
    loaded = Trajectory.load(path)
    for name in ("layers", "checkpoints", "recipe", "digest"):
        assert getattr(loaded, name) == getattr(example(), name)
    for name in ("steps", "losses", "accuracies"):
        assert np.array_equal(getattr(loaded, name), getattr(example(), name))
    assert loaded.dataset.name == "blobs"
    assert loaded.dataset.class_names == ("blue", "red", "yellow")
    assert np.array_equal(loaded.dataset.labels, example().dataset.labels)
    assert np.array_equal(loaded.trace_all()[-1], example().trace_all()[-1])
    assert loaded.digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_digest_tells_content_apart() -> None:
    assert Trajectory(**parts()).digest == example().digest
    assert Trajectory(**parts(1)).digest != example().digest


def test_its_arrays_cannot_be_changed() -> None:
    for array in (example().steps, example().losses, example().weights[0], example().biases[1]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(TypeError):
        example().recipe["seed"] = 3


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("layers", ("linear", "gelu"), "layers: got 'gelu', want names out of linear, identity"),
        ("layers", "linear", "layers: got 'linear', want a list"),
        ("layers", ("linear", "softmax"), "weights: got 2, want 1, one for each linear layer"),
        ("weights", (np.zeros((4, 5, 2)),), "weights: got 1, want 2"),
        ("weights", (np.zeros((4, 5, 2)), np.zeros((4, 3, 4))), "takes 4 coordinates, but"),
        ("weights", (np.zeros((4, 5, 3)), np.zeros((4, 3, 5))), "take 3 coordinates, but the data"),
        ("biases", (np.zeros((4, 5)), np.zeros((3, 3))), r"biases\[1\]: .* want 4 rows"),
        ("biases", (np.zeros((4, 4)), np.zeros((4, 3))), "bias: got shape"),
        ("losses", [0, 1, np.inf, 1], "losses: 1 of 4 values are not finite"),
        ("losses", [0, 1, -1, 1], "losses: got -1 to 1, want 0 to inf"),
        ("accuracies", [0, 1, 1.5, 1], "accuracies: got 0 to 1.5, want 0 to 1"),
        ("steps", [0, 1, 1, 2], "steps: want at least one, all 0 or more and increasing"),
        ("steps", [0, 1, 1.5, 2], "steps: want integers"),
        ("checkpoints", (0, 1, 5), "checkpoints: got 3 steps, want 4: untrained"),
        ("checkpoints", (0, 5, 1, 20), "want recorded steps, in order"),
        ("checkpoints", (0, 1, 6, 20), "want recorded steps, in order"),
        ("dataset", make_dataset("moons", 10), "give 3 numbers, but the dataset has 2 classes"),
    ],
)
def test_parts_that_do_not_fit_are_refused(name: str, value: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Trajectory(**parts() | {name: value})


def change(tensors: dict[str, Any], note: dict[str, Any]) -> bytes:
    old_tensors, old_note = files.unpack(example().to_bytes())
    kept = {key: value for key, value in (old_tensors | tensors).items() if value is not None}
    return files.pack(kept, old_note | note)


@pytest.mark.parametrize(
    ("tensors", "note", "message"),
    [
        ({}, {"format": "other"}, "is of the format 'other', want 'distribution"),
        ({"0.bias": None}, {}, r"missing \['0.bias'\], unknown \[\]"),
        ({"extra": np.zeros(1)}, {}, r"missing \[\], unknown \['extra'\]"),
        ({"steps": np.array([0.0, 1, 5, 20])}, {}, "holds 'steps' as float64, want int64"),
        ({"losses": np.ones(4, np.float32)}, {}, "holds 'losses' as float32"),
        ({"losses": np.array([0, 1, 1, 1])}, {}, "holds 'losses' as int64, want float64"),
        ({"0.weight": np.full((4, 5, 2), np.nan)}, {}, "40 of 40 values are not finite"),
        ({"points": np.zeros((30, 3))}, {}, "the dataset has 3"),
        ({"labels": np.full(30, 9)}, {}, "labels: got 9, want integers 0 to 2"),
        ({}, {"layers": None}, "layers: got None"),
        ({}, {"layers": [["linear"]]}, "layers: got"),
        ({}, {"class_names": 3}, "no list of class names"),
        ({}, {"recipe": None}, "no recipe"),
        ({}, {"checkpoints": [0, [1], 2, "x"]}, "checkpoints"),
        ({}, {"checkpoints": None}, "checkpoints"),
        ({}, {"checkpoints": {"a": 1}}, "checkpoints"),
    ],
)
def test_foreign_files_are_refused_by_name(
    tmp_path: Path, tensors: dict[str, Any], note: dict[str, Any], message: str
) -> None:
    path = tmp_path / "t.safetensors"
    path.write_bytes(change(tensors, note))
    with pytest.raises(ValueError, match=message) as caught:
        Trajectory.load(path)
    assert str(caught.value).startswith(f"path: {path} ")


def test_a_cut_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    path.write_bytes(example().to_bytes()[:-1])
    with pytest.raises(ValueError, match=f"path: {path} is no safetensors file or is cut short"):
        Trajectory.load(path)


@given(place=st.integers(0, 2**31), byte=st.integers(0, 255))
@settings(max_examples=200, deadline=None)
def test_a_changed_byte_gives_a_trajectory_or_a_value_error(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int
) -> None:
    data = bytearray(example().to_bytes())
    data[place % len(data)] = byte
    path = tmp_path_factory.getbasetemp() / "changed.safetensors"
    path.write_bytes(data)
    with contextlib.suppress(ValueError):
        assert Trajectory.load(path).widths == example().widths


def test_reading_a_trajectory_imports_neither_torch_nor_scikit_learn() -> None:
    code = (
        "import sys; from model.training import Trajectory; from model import assets; "
        "assets.load().network(0); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'sklearn', 'matplotlib')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
