"""All problems of a lesson are told at once, and no others: its data, classes and files."""

from pathlib import Path

import pytest
import torch
from lesson_texts import CLASSES, DATA, GOOD, POINTS, TRAINING, problems_told, write
from safetensors.torch import save_file
from torch import nn

BAD = [
    (
        GOOD.replace('"moons"', '"moon"'),
        ["line 8, data.generator: got 'moon', want one of ... (did you mean 'moons'?)"],
    ),
    (
        GOOD.replace("= 40", "= 10000000000"),
        ["line 9, data.points: got 10000000000, want less than or equal to 1000000"],
    ),
    (GOOD.replace("= 40", "= 1"), ["line 9, data.points: got 1, want greater than or equal to 2"]),
    (
        GOOD.replace("noise =", "nose ="),
        [
            (
                "line 10, data.parameters.nose: is unknown to moons, want one of ... (did "
                "you mean 'noise'?)"
            )
        ],
    ),
    (
        GOOD.replace("0.1 }", '"a" }'),
        ["line 10, data.parameters.noise: got 'a', want a finite number"],
    ),
    (
        GOOD.replace("0.1 }", "nan }"),
        ["line 10, data.parameters.noise: got nan, want a finite number"],
    ),
    (GOOD.replace("0.1 }", "-1 }"), ["line 10, data.parameters.noise: got -1, want 0 to 10"]),
    (
        GOOD.replace('"moons"', '"spirals"').replace("noise = 0.1", "classes = 1000000"),
        ["line 10, data.parameters.classes: got 1000000, want 2 to 6"],
    ),
    (
        GOOD.replace('"moons"', '"spirals"').replace("noise = 0.1", "classes = 2.5"),
        ["line 10, data.parameters.classes: got 2.5, want a whole number, 2 to 6"],
    ),
    (
        GOOD.replace("[[classes]]", "[data2]", 1),
        [
            "line 12, data2: is unknown, want one of ... (did you mean 'data'?)",
            (
                "line 16, classes: got [{'name': 'lower', 'color': '#d55e00'}], want at "
                "least 2 entries"
            ),
        ],
    ),
    (
        GOOD.replace("points = 40", 'file = "d.csv"'),
        ["line 7, data: got both of generator and file, want one of ..."],
    ),
    (
        GOOD.replace('generator = "moons"\n', ""),
        ["line 7, data: got neither of generator and file, want one of ..."],
    ),
    (
        GOOD.replace("points = 40", 'columns = ["a"]'),
        ["line 9, data.columns: belongs to data.file, want it left out here"],
    ),
    (GOOD.replace('"#0072B2"', '"blue"'), ["line 14, classes.0.color: got 'blue', want #rrggbb"]),
    (
        GOOD.replace('"#0072B2"', '"#0072B"'),
        ["line 14, classes.0.color: got '#0072B', want #rrggbb"],
    ),
    (
        GOOD.replace('"#0072B2"', '"#d55e00"'),
        ["line 18, classes.1.color: got '#d55e00' twice, want them different"],
    ),
    (
        GOOD.replace('color = "#0072B2"\n', ""),
        ["line 12, classes.0: has no color, want one for each class or for none"],
    ),
    (
        GOOD.replace('"lower"', '"upper"'),
        ["line 17, classes.1.name: got 'upper' twice, want them different"],
    ),
    (
        GOOD.replace('"lower"', '" "'),
        [("line 17, classes.1.name: got ' ', want text on one line, without spaces around it")],
    ),
    (
        GOOD.replace(TRAINING, '[[classes]]\nname="c"\n' + TRAINING),
        [
            "line 12, classes: got 3, want 2, as the data has",
            "line 20, classes.2: has no color, want one for each class or for none",
        ],
    ),
    (
        GOOD.replace(TRAINING, "[[classes]]\n" * 20 + TRAINING),
        [
            (
                "line 12, classes: got [{'name': 'upper', 'color': '#0072B2'}, {'name': "
                "'lower',..., want at most 10 entries"
            ),
            "line 20, classes.2: has no color, want one for each class or for none",
            "line 21, classes.3: has no color, want one for each class or for none",
            "line 22, classes.4: has no color, want one for each class or for none",
            "line 23, classes.5: has no color, want one for each class or for none",
            "line 24, classes.6: has no color, want one for each class or for none",
            "line 25, classes.7: has no color, want one for each class or for none",
            "line 26, classes.8: has no color, want one for each class or for none",
            "line 27, classes.9: has no color, want one for each class or for none",
        ],
    ),
    (
        'weights = "../w.safetensors"\n' + GOOD,
        [
            (
                "line 1, weights: got '../w.safetensors', want a path inside DIR, or allow "
                "others by --allow-absolute or LESSON_ABSOLUTE=yes"
            )
        ],
    ),
    (
        'weights = "/tmp/w.safetensors"\n' + GOOD,
        [
            (
                "line 1, weights: got '/tmp/w.safetensors', want a path inside DIR, or "
                "allow others by --allow-absolute or LESSON_ABSOLUTE=yes"
            )
        ],
    ),
    (
        'weights = "w.safetensors"\n' + GOOD.replace(TRAINING, ""),
        [
            (
                "line 1, weights: there is no file DIR/w.safetensors, want one of ... (did "
                "you mean 'net.safetensors'?)"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "/etc/passwd"\n'),
        [
            (
                "line 8, data.file: got '/etc/passwd', want a path inside DIR, or allow "
                "others by --allow-absolute or LESSON_ABSOLUTE=yes"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "link.csv"\n'),
        [
            (
                "line 8, data.file: got 'link.csv', want a path inside DIR, or allow "
                "others by --allow-absolute or LESSON_ABSOLUTE=yes"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "dat.csv"\n'),
        [
            (
                "line 8, data.file: there is no file DIR/dat.csv, want one of ... (did you "
                "mean 'data.csv'?)"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "data.csv"\ncolumns = ["u"]\n'),
        [
            ("line 5, network.widths.0: got 2, want 1, the datapoints' number of coordinates"),
            ("line 9, data.columns.0: there is no column 'u' in DIR/data.csv, want one of ..."),
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "data.csv"\nseparator = ",,"\n'),
        ["line 9, data.separator: got ',,', want at most 1 letters"],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "data.csv"\n').replace('"lower"', '"low"'),
        [
            (
                "line 9, classes: DIR/data.csv, column 'label': holds the class 'lower', "
                "want one of ... (did you mean 'low'?)"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "data.csv"\npoints = 3\n'),
        ["line 9, data.points: belongs to data.generator, want it left out here"],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[7, 3, 5]").replace("= 20", "= 0").replace("= 40", "= 1"),
        [
            ("line 5, network.widths.0: got 7, want 2, the datapoints' number of coordinates"),
            "line 5, network.widths.2: got 5, want 2, the number of classes",
            "line 9, data.points: got 1, want greater than or equal to 2",
            "line 21, training.steps: got 0, want greater than or equal to 1",
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "data.csv"\ncolumns = ["u", "v"]\nlabel = "w"\n'),
        [
            ("line 9, data.columns.0: there is no column 'u' in DIR/data.csv, want one of ..."),
            ("line 9, data.columns.1: there is no column 'v' in DIR/data.csv, want one of ..."),
            "line 10, data.label: there is no column 'w' in DIR/data.csv, want one of ...",
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "none.csv"\n').replace("[2, 3, 2]", "[7, 3, 5]"),
        [
            ("line 5, network.widths.0: got 7, want 2, the datapoints' number of coordinates"),
            "line 5, network.widths.2: got 5, want 2, the number of classes",
            (
                "line 8, data.file: there is no file DIR/none.csv, want one of ... (did "
                "you mean 'link.csv'?)"
            ),
        ],
    ),
    (
        GOOD.replace('"moons"', '"stripes"').replace("noise = 0.1", "gap = 50"),
        ["line 10, data.parameters.gap: got 50, want -1 to 1"],
    ),
    (
        'weights = "data.csv"\n' + GOOD,
        [
            (
                "line 1, weights: got 'data.csv', want a name that ends in .safetensors: "
                "training writes this file"
            )
        ],
    ),
    (
        'weights = "mine.toml"\n' + GOOD,
        [
            (
                "line 1, weights: got 'mine.toml', want a name that ends in .safetensors: "
                "training writes this file"
            )
        ],
    ),
    (
        'weights = "' + "w" * 300 + '.safetensors"\n' + GOOD,
        [
            (
                "line 1, weights: got "
                "'wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww...', which "
                "cannot be followed (File name too long)"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "' + "d" * 300 + '"\n'),
        [
            (
                "line 8, data.file: got "
                "'ddddddddddddddddddddddddddddddddddddddddddddddddddddddddd...', which "
                "cannot be followed (File name too long)"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "loop.csv"\n'),
        [
            (
                "line 8, data.file: got 'loop.csv', which cannot be followed (it leads "
                "around in a loop)"
            )
        ],
    ),
    (
        GOOD.replace(DATA, '[data]\nfile = "."\n'),
        ["line 8, data.file: got '.', which is a folder, want a file"],
    ),
    (
        GOOD.replace("0.1 }", "1" + "0" * 400 + " }"),
        [
            (
                "line 10, data.parameters.noise: got "
                "100000000000000000000000000000000000000000000000000000000..., want a "
                "finite number"
            )
        ],
    ),
    (
        GOOD.replace("= 40", "= 0x" + "f" * 5000),
        [
            (
                "line 9, data.points: got a number of thousands of digits, want less than "
                "or equal to 1000000"
            )
        ],
    ),
    (
        GOOD.replace("#0072B2", "#0f1117"),
        [
            (
                "line 14, classes.0.color: got '#0f1117', want a lighter one: its contrast "
                "with the dark theme's background is 1.0 : 1, so it cannot be seen"
            )
        ],
    ),
    (
        GOOD.replace("#0072B2", "#FAFAFA"),
        [
            (
                "line 14, classes.0.color: got '#FAFAFA', want a darker one: its contrast "
                "with the light theme's background is 1.0 : 1, so it cannot be seen"
            )
        ],
    ),
    (
        GOOD.replace("#0072B2", "#D55E00"),
        ["line 18, classes.1.color: got '#d55e00' twice, want them different"],
    ),
    (
        'weights = "net.safetensors"\ncheckpoints = [0, 5, 0, 0]\n'
        + GOOD.replace(TRAINING, "").replace("[2, 3, 2]", "[7, 3, 2]"),
        [
            "line 2, checkpoints: got [0, 5, 0, 0], want them in order",
            "line 2, checkpoints.1: got 5, which is not recorded; nearest is 0",
            ("line 7, network.widths.0: got 7, want 2, the datapoints' number of coordinates"),
        ],
    ),
    (
        GOOD.replace("{ noise = 0.1 }", "true"),
        ["line 10, data.parameters: got True, want a table"],
    ),
    (
        "classes = [{ name = 'upper' }, 3]\n" + GOOD.replace(CLASSES, ""),
        ["line 1, classes.1: got 3, want a table"],
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the lessons lie, and what they name."""
    (tmp_path / "data.csv").write_text(POINTS)
    (tmp_path / "link.csv").symlink_to("/etc/passwd")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 2), nn.Softmax(dim=-1))
    save_file(net.state_dict(), tmp_path / "net.safetensors")
    return tmp_path


@pytest.mark.parametrize(("text", "problems"), BAD)
def test_all_problems_and_no_others_are_told(folder, text, problems):
    before = sorted(folder.iterdir())
    path = write(folder, text)
    assert problems_told(path) == problems
    assert sorted(each for each in folder.iterdir() if each != path) == before
