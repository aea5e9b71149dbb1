"""Lessons: what a file may say, what it may not, and what stands in ``assets/lessons``."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from model import assets, lesson
from model.__main__ import main
from model.lesson import Lesson

GOOD = """\
name = "Mine"

[network]
layers = ["linear", "relu", "linear", "softmax"]
widths = [2, 3, 2]

[data]
generator = "moons"
points = 40
parameters = { noise = 0.1 }

[[classes]]
name = "upper"
color = "#0072B2"

[[classes]]
name = "lower"
color = "#d55e00"

[training]
steps = 20
frames = 6
"""
DATA = GOOD[GOOD.index("[data]") : GOOD.index("[[classes]]")]
CLASSES = GOOD[GOOD.index("[[classes]]") : GOOD.index("[training]")]
TRAINING = GOOD[GOOD.index("[training]") :]
POINTS = "x,y,label\n0,1,upper\n2,3,lower\n1,1,upper\n"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    return path


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


BAD = [
    ("", "3 problems\n  data: is missing.*\n  name: is missing.*\n  network: is missing"),
    ('name = "x', "is not TOML: Unterminated string"),
    ("a = " + "[" * 5000, "is not TOML"),
    ("#" * 70_000, "is larger than 65536 bytes"),
    (GOOD.replace('"Mine"', "3"), "1 problem\n  line 1, name: got 3, want a valid string$"),
    (GOOD.replace('"Mine"', '""'), "line 1, name: got '', want at least 1 letters"),
    (GOOD.replace('"Mine"', f'"{"m" * 81}"'), "want at most 80 letters"),
    (GOOD.replace("name = ", "nmae = ", 1), r"name: is missing(.|\n)*nmae: is unknown.*'name'"),
    (GOOD.replace("[training]", "[trainig]"), r"line 20, trainig: is unknown.*mean 'training'"),
    (GOOD.replace('"relu"', '"relo"'), r"line 4, network.layers.1: got 'relo'.*mean 'relu'"),
    (GOOD.replace('"relu"', "7"), "line 4, network.layers.1: got 7, want a valid string"),
    (GOOD.replace("[2, 3, 2]", "[2, 0, 2]"), "line 5, network.widths.1: got 0, want greater than"),
    (GOOD.replace("[2, 3, 2]", "[2, 99999, 2]"), "want less than or equal to 4096"),
    (GOOD.replace("[2, 3, 2]", "[2, 3.5, 2]"), "network.widths.1: got 3.5, want a valid integer"),
    (GOOD.replace("[2, 3, 2]", "[2, true, 2]"), "got True, want a valid integer"),
    (GOOD.replace("[2, 3, 2]", "[2, 3, 3, 2]"), "network.widths: got 4, want 3: the input's"),
    (GOOD.replace("[2, 3, 2]", "[3, 3, 2]"), "widths: the input is 3 wide, but the datapoints"),
    (GOOD.replace("[2, 3, 2]", "[2, 3, 4]"), "widths: the output is 4 wide, but the dataset has 2"),
    (GOOD.replace("[2, 3, 2]", "2"), "network.widths: got 2, want a valid list"),
    (GOOD.replace("widths = [2, 3, 2]\n", ""), "network.widths: is missing, want layers and wid"),
    (GOOD.replace(', "softmax"', ""), "network.layers: got 'linear' at the end .* want .*softmax"),
    (GOOD.replace('"moons"', '"moon"'), r"line 8, data.generator: got 'moon'.*mean 'moons'"),
    (GOOD.replace("= 40", "= 10000000000"), "data.points: got 10000000000, want less than"),
    (GOOD.replace("= 40", "= 1"), "data.points: got 1, want greater than or equal to 2"),
    (GOOD.replace("noise =", "nose ="), "line 10, data.parameters.nose: is unknown.*mean 'noise'"),
    (GOOD.replace("0.1 }", '"a" }'), "line 10, data.parameters.noise: got 'a', want a finite"),
    (GOOD.replace("0.1 }", "nan }"), "data.parameters.noise: got nan, want a finite number"),
    (GOOD.replace("0.1 }", "-1 }"), "data.parameters: scale < 0"),
    (
        GOOD.replace('"moons"', '"spirals"').replace("noise = 0.1", "classes = 1000000"),
        "data.parameters: classes: got 1000000, want 2 to 6",
    ),
    (
        GOOD.replace('"moons"', '"spirals"').replace("noise = 0.1", "classes = 2.5"),
        "data.parameters.classes: got 2.5, want a whole number",
    ),
    (GOOD.replace("[[classes]]", "[data2]", 1), "line 12, data2: is unknown"),
    (GOOD.replace("points = 40", 'file = "d.csv"'), "line 7, data: got both of generator and file"),
    (GOOD.replace('generator = "moons"\n', ""), "data: got neither of generator and file"),
    (GOOD.replace("points = 40", 'columns = ["a"]'), "data.columns: belongs to data.file"),
    (GOOD.replace('"#0072B2"', '"blue"'), "line 14, classes.0.color: got 'blue', want #rrggbb"),
    (GOOD.replace('"#0072B2"', '"#0072B"'), "want #rrggbb"),
    (GOOD.replace('"#0072B2"', '"#d55e00"'), "line 18, classes.1.color: got '#d55e00' twice"),
    (GOOD.replace('color = "#0072B2"\n', ""), "line 12, classes.0: has no color"),
    (GOOD.replace('"lower"', '"upper"'), "line 17, classes.1.name: got 'upper' twice"),
    (GOOD.replace('"lower"', '" "'), "classes.1.name: got ' ', want text on one line"),
    (GOOD.replace(TRAINING, '[[classes]]\nname="c"\n' + TRAINING), "classes: got 3, want 2, as"),
    (
        GOOD.replace(TRAINING, "[[classes]]\n" * 20 + TRAINING),
        "classes: .* want at most 10 entries",
    ),
    (GOOD.replace("steps = 20", 'steps = "many"'), "training.steps: got 'many', want a valid inte"),
    (GOOD.replace("steps = 20", "steps = 0"), "line 21, training.steps: got 0, want greater than"),
    (GOOD.replace("steps = 20", "steps = 2000000"), "want less than or equal to 1000000"),
    (GOOD.replace("steps = 20", "learning_rate = inf"), "learning_rate: got inf, want a finite"),
    (GOOD.replace("steps = 20", "learning_rate = 0"), "learning_rate: got 0, want greater than 0"),
    (GOOD.replace("steps = 20", 'optimizer = "adamw"'), "got 'adamw'.*did you mean 'AdamW'"),
    (GOOD.replace("steps = 20", 'schedule = "cosin"'), "did you mean 'cosine'"),
    (GOOD.replace("steps = 20", "seed = -1"), "training.seed: got -1, want greater than or equal"),
    (GOOD.replace(TRAINING, ""), "training: is missing, want a .training. section or trained"),
    (
        "checkpoints = [0, 1, 2, 20]\n" + GOOD,
        "line 1, checkpoints.2: got 2, .* nearest are 1 and 3",
    ),
    ("checkpoints = [0, 1, 20]\n" + GOOD, "checkpoints: got .0, 1, 20., want at least 4 entries"),
    ("checkpoints = [0, 3, 1, 20]\n" + GOOD, "checkpoints: got .* want them in order"),
    ('weights = "../w.safetensors"\n' + GOOD, "line 1, weights: got .* want a path inside"),
    ('weights = "/tmp/w.safetensors"\n' + GOOD, "want a path inside .* --allow-absolute"),
    ('weights = "w.safetensors"\n' + GOOD.replace(TRAINING, ""), "there is no file .*w.safetens"),
    (GOOD.replace(DATA, '[data]\nfile = "/etc/passwd"\n'), "data.file: got .* want a path inside"),
    (GOOD.replace(DATA, '[data]\nfile = "link.csv"\n'), "data.file: got .* want a path inside"),
    (
        GOOD.replace(DATA, '[data]\nfile = "dat.csv"\n'),
        r"there is no file .*did you mean 'data.csv'",
    ),
    (GOOD.replace(DATA, '[data]\nfile = "data.csv"\ncolumns = ["u"]\n'), "no column 'u'"),
    (GOOD.replace(DATA, '[data]\nfile = "data.csv"\nseparator = ",,"\n'), "data.separator: got"),
    (
        GOOD.replace(DATA, '[data]\nfile = "data.csv"\n').replace('"lower"', '"low"'),
        "class 'lower'",
    ),
    (GOOD.replace(DATA, '[data]\nfile = "data.csv"\npoints = 3\n'), "belongs to data.generator"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_bad_lessons(tmp_path, text, message):
    (tmp_path / "data.csv").write_text(POINTS)
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    before = sorted(tmp_path.iterdir())
    path = write(tmp_path, text)
    with pytest.raises(ValueError, match=message) as caught:
        Lesson.load(path)
    assert str(caught.value).startswith(str(path))
    assert max(map(len, str(caught.value).splitlines())) < 500
    assert sorted(each for each in tmp_path.iterdir() if each != path) == before


def test_all_problems_are_told_at_once(tmp_path, capsys):
    text = GOOD.replace('"relu"', '"relo"').replace("= 40", "= 1").replace("0.1 }", '"a" }')
    text = text.replace('"lower"', '"upper"').replace("frames = 6", "frame = 6")
    text = text.replace("[network]", 'weights = "../w"\n[network]').replace("20", "-20")
    path = write(tmp_path, text)
    assert main(["train", str(path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"python -m model: {path}: 7 problems"
    told = [line.split(":")[0].strip() for line in lines[1:]]
    assert told == [
        "line 3, weights",
        "line 5, network.layers.1",
        "line 10, data.points",
        "line 11, data.parameters.noise",
        "line 18, classes.1.name",
        "line 22, training.steps",
        "line 23, training.frame",
    ]


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
        (lambda state: state.pop("0.weight"), r"0.weight is missing, want shape \(3, 2\)"),
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
        (("[network]", "checkpoints = [0, 1, 2, 20]\n[network]"), "want recorded steps"),
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
