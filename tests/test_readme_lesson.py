"""The README's five lines, followed to the letter, make a clip of what was not made for this."""

import os
import re
import subprocess
from pathlib import Path

import av
import numpy as np
import pytest

from model.lesson import Lesson

ROOT = Path(__file__).parents[1]
NETWORK = """\
from torch import nn

net = nn.Sequential(
    nn.Linear(2, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Dropout(0.1),
    nn.Sequential(nn.Linear(5, 4), nn.Tanh()), nn.Linear(4, 3),
)
"""


def lines() -> list[str]:
    """The five lines, without their comments."""
    section = re.search(
        r"## Your network, your data\n(.*?)\n## ", (ROOT / "README.md").read_text(), re.S
    )
    assert section is not None
    blocks = re.findall(r"(?:^    .*\n)+", section[1], re.M)
    (block,) = (each for each in blocks if "python -m model lesson" in each)
    return [line.split("  #")[0].strip() for line in block.splitlines()]


def write_points(path: Path) -> None:
    rng = np.random.default_rng(5)
    kinds = np.array(["oak", "elm tree", "ash_1"])
    rows = [
        f"{x:.3f},{y:.3f},{kinds[k]}"
        for k in rng.permutation(np.arange(60) % 3)
        for x, y in [rng.normal([4.0 * k, 30.0 * (k == 1)], [0.5, 3.0])]
    ]
    path.write_text("\n".join(["width,height,label", *rows]) + "\n", encoding="utf-8")


def prepare(tmp_path: Path) -> Path:
    """A home with somebody's files, and the working folder beside it."""
    mine = tmp_path / "home" / "mine"
    mine.mkdir(parents=True)
    write_points(mine / "points.csv")
    (mine / "net.py").write_text(NETWORK)
    for name in ("scenes", "manim.cfg", ".venv"):
        (tmp_path / name).symlink_to(ROOT / name)
    return mine


def run(script: str, folder: Path) -> str:
    environment = {**os.environ, "HOME": str(folder / "home"), "OMP_NUM_THREADS": "1"}
    environment.pop("LESSON", None)
    done = subprocess.run(
        ["bash", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.skipif(not (ROOT / ".venv").exists(), reason="the README's lines use .venv")
def test_the_five_lines_make_a_clip(tmp_path):
    five = lines()
    assert len(five) == 5
    mine = prepare(tmp_path)
    small = "-ql -r 160,90 --fps 5 --progress_bar none --media_dir $MINE/media"
    assert "-pqh" in five[-1]
    run("\n".join([*five[:-1], five[-1].replace("-pqh", small)]), tmp_path)
    opened = Lesson.load(mine / "mine.toml")
    assert opened.dataset.class_names == ("ash_1", "elm tree", "oak")
    assert opened.trajectory.layers == (
        *("linear", "relu", "identity", "linear", "tanh", "linear", "softmax"),
    )
    (video,) = (p for p in (mine / "media").rglob("*.mp4") if "partial" not in str(p))
    with av.open(video) as container:
        assert container.streams.video[0].frames > 100


def test_a_trained_network_keeps_its_weights(tmp_path):
    """Without ``--train``: the module's own outputs are what is shown."""
    import torch

    from model.lesson_new import module_in, save_lesson

    mine = prepare(tmp_path)
    torch.manual_seed(2)
    module = module_in(f"{mine / 'net.py'}:net")
    state = {key: value + 0.3 if value.is_floating_point() else value
             for key, value in module.state_dict().items()}  # fmt: skip
    torch.save(state, mine / "net.pt")
    module = module_in(f"{mine / 'net.py'}:net", mine / "net.pt")
    opened = save_lesson(
        mine / "mine.toml", module, mine / "points.csv", columns=["width", "height"]
    )
    x = opened.dataset.points
    with torch.no_grad():
        wanted = module(torch.from_numpy(x.copy()).float()).softmax(dim=1).numpy()
    np.testing.assert_allclose(opened.trajectory.network(0)(x), wanted, atol=1e-5)
    assert sorted(p.name for p in mine.iterdir()) == [
        *("mine.safetensors", "mine.toml", "net.pt", "net.py", "points.csv"),
    ]


class Code:
    """What a pickle that runs something looks like."""

    def __reduce__(self):
        return (print, ("this ran",))


def test_weights_that_would_run_code_are_refused(tmp_path, capsys):
    import torch

    from model.lesson_new import module_in

    mine = prepare(tmp_path)
    torch.save({"0.weight": Code()}, mine / "net.pt")
    with pytest.raises(ValueError, match="more than tensors, which could run code"):
        module_in(f"{mine / 'net.py'}:net", mine / "net.pt")
    assert "this ran" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": "mine.txt"}, "want the name of a file that ends in .toml"),
        ({"path": "no/such/mine.toml"}, "there is no folder"),
        ({"data": "none.csv"}, "data: there is no file"),
        ({"data": "../outside.csv"}, "data: .*outside.csv does not lie in"),
        ({"label": "lable"}, "there is no column 'lable'.*'label'"),
        ({"columns": ["width"]}, "network: takes 2 coordinates, but the data have 1"),
        ({"columns": ["width", "label"]}, "column 'label': got .* want a finite number"),
        ({"separator": ";"}, "is the separator a comma"),
        ({"module": "two"}, "network: gives 2 numbers, but the data have 3 classes"),
        ({"module": "gelu"}, r"GELU \(layer 1\): of a kind that no file keeps; .*network.entry"),
        ({"module": "sigmoid"}, "ends in a sigmoid, want softmax, or logits"),
        ({"module": "leaky", "train": True}, "leaky relu of slope 0.3; a lesson trains those of"),
        ({"name": "x" * 81}, "name: got .* want at most 80 letters"),
    ],
)
def test_what_cannot_become_a_lesson_is_refused(tmp_path, change, message):
    from torch import nn

    from model.lesson_new import save_lesson

    mine = prepare(tmp_path)
    write_points(mine.parent / "outside.csv")
    modules = {
        "good": nn.Sequential(nn.Linear(2, 3)),
        "two": nn.Sequential(nn.Linear(2, 2)),
        "gelu": nn.Sequential(nn.Linear(2, 3), nn.GELU()),
        "sigmoid": nn.Sequential(nn.Linear(2, 3), nn.Sigmoid()),
        "leaky": nn.Sequential(nn.Linear(2, 3), nn.LeakyReLU(0.3), nn.Linear(3, 3)),
    }
    before = sorted(p.name for p in mine.iterdir())
    options = {"path": "mine.toml", "data": "points.csv", "module": "good", **change}
    path, data, module = (options.pop(key) for key in ("path", "data", "module"))
    with pytest.raises(ValueError, match=message):
        save_lesson(mine / path, modules[module], mine / data, **options)
    assert sorted(p.name for p in mine.iterdir()) == before
