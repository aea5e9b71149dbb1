"""All problems of a lesson are told at once, and no others: the file, its network, its training."""

import pytest
from lesson_texts import GOOD, TRAINING, problems_told, write

from model.__main__ import main

BAD = [
    (
        "",
        [
            "data: is missing, want it to be there",
            "name: is missing, want it to be there",
            "network: is missing, want it to be there",
        ],
    ),
    ('name = "x', [": is not TOML: Unterminated string (at end of document)"]),
    ("a = " + "[" * 5000, [", line 1: nests deeper than 8, the most of a lesson"]),
    ("#" * 70_000, [": is larger than 65536 bytes, the most of a lesson"]),
    (GOOD.replace('"Mine"', "3"), ["line 1, name: got 3, want a valid string"]),
    (GOOD.replace('"Mine"', '""'), ["line 1, name: got '', want at least 1 letters"]),
    (
        GOOD.replace('"Mine"', f'"{"m" * 81}"'),
        [
            (
                "line 1, name: got "
                "'mmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmmm..., want at "
                "most 80 letters"
            )
        ],
    ),
    (
        GOOD.replace("name = ", "nmae = ", 1),
        [
            "name: is missing, want it to be there",
            "line 1, nmae: is unknown, want one of ... (did you mean 'name'?)",
        ],
    ),
    (
        GOOD.replace("[training]", "[trainig]"),
        [
            "training: is missing, want a [training] section or trained weights",
            "line 20, trainig: is unknown, want one of ... (did you mean 'training'?)",
        ],
    ),
    (
        GOOD.replace('"relu"', '"relo"'),
        ["line 4, network.layers.1: got 'relo', want one of ... (did you mean 'relu'?)"],
    ),
    (GOOD.replace('"relu"', "7"), ["line 4, network.layers.1: got 7, want a valid string"]),
    (
        GOOD.replace("[2, 3, 2]", "[2, 0, 2]"),
        ["line 5, network.widths.1: got 0, want greater than or equal to 1"],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[2, 99999, 2]"),
        ["line 5, network.widths.1: got 99999, want less than or equal to 4096"],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[2, 3.5, 2]"),
        ["line 5, network.widths.1: got 3.5, want a valid integer"],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[2, true, 2]"),
        ["line 5, network.widths.1: got True, want a valid integer"],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[2, 3, 3, 2]"),
        [
            (
                "line 5, network.widths: got 4, want 3: the input's and one for each of "
                "the 2 linear layers"
            )
        ],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[3, 3, 2]"),
        [("line 5, network.widths.0: got 3, want 2, the datapoints' number of coordinates")],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[2, 3, 4]"),
        ["line 5, network.widths.2: got 4, want 2, the number of classes"],
    ),
    (GOOD.replace("[2, 3, 2]", "2"), ["line 5, network.widths: got 2, want a valid list"]),
    (
        GOOD.replace("widths = [2, 3, 2]\n", ""),
        ["line 3, network.widths: is missing, want layers and widths, or an entry"],
    ),
    (
        GOOD.replace(', "softmax"', ""),
        [
            (
                "line 4, network.layers: got 'linear' at the end of 2 linear layers, want "
                "at least one, and softmax at the end, for it is trained by cross-entropy"
            )
        ],
    ),
    (
        GOOD.replace("steps = 20", 'steps = "many"'),
        ["line 21, training.steps: got 'many', want a valid integer"],
    ),
    (
        GOOD.replace("steps = 20", "steps = 0"),
        ["line 21, training.steps: got 0, want greater than or equal to 1"],
    ),
    (
        GOOD.replace("steps = 20", "steps = 2000000"),
        ["line 21, training.steps: got 2000000, want less than or equal to 1000000"],
    ),
    (
        GOOD.replace("steps = 20", "learning_rate = inf"),
        ["line 21, training.learning_rate: got inf, want a finite number"],
    ),
    (
        GOOD.replace("steps = 20", "learning_rate = 0"),
        ["line 21, training.learning_rate: got 0, want greater than 0"],
    ),
    (
        GOOD.replace("steps = 20", 'optimizer = "adamw"'),
        [("line 21, training.optimizer: got 'adamw', want one of ... (did you mean 'AdamW'?)")],
    ),
    (
        GOOD.replace("steps = 20", 'schedule = "cosin"'),
        [("line 21, training.schedule: got 'cosin', want one of ... (did you mean 'cosine'?)")],
    ),
    (
        GOOD.replace("steps = 20", "seed = -1"),
        ["line 21, training.seed: got -1, want greater than or equal to 0"],
    ),
    (
        GOOD.replace(TRAINING, ""),
        ["training: is missing, want a [training] section or trained weights"],
    ),
    (
        "checkpoints = [0, 1, 2, 20]\n" + GOOD,
        ["line 1, checkpoints.2: got 2, which is not recorded; nearest are 1 and 3"],
    ),
    (
        "checkpoints = [0, 1, 20]\n" + GOOD,
        ["line 1, checkpoints: got [0, 1, 20], want at least 4 entries"],
    ),
    (
        "checkpoints = [0, 3, 1, 20]\n" + GOOD,
        ["line 1, checkpoints: got [0, 3, 1, 20], want them in order"],
    ),
    (
        GOOD.replace('"relu"', '"relo"')
        .replace("[2, 3, 2]", "[2, 3, 3, 2]")
        .replace("= 20", "= 0")
        .replace("[network]", "checkpoints = [5, 0, 1, 7]\n[network]"),
        [
            "line 3, checkpoints: got [5, 0, 1, 7], want them in order",
            "line 5, network.layers.1: got 'relo', want one of ... (did you mean 'relu'?)",
            (
                "line 6, network.widths: got 4, want 3: the input's and one for each of "
                "the 2 linear layers"
            ),
            "line 22, training.steps: got 0, want greater than or equal to 1",
        ],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[7, 3, 5]"),
        [
            ("line 5, network.widths.0: got 7, want 2, the datapoints' number of coordinates"),
            "line 5, network.widths.2: got 5, want 2, the number of classes",
        ],
    ),
    (
        GOOD.replace('"Mine"', r'"a\u001b[31m"'),
        [
            (
                "line 1, name: got 'a\\x1b[31m', want text on one line, without control or "
                "bidirectional characters"
            )
        ],
    ),
    (
        GOOD.replace('"Mine"', r'"a\u202eb"'),
        [
            (
                "line 1, name: got 'a\\u202eb', want text on one line, without control or "
                "bidirectional characters"
            )
        ],
    ),
    (
        r'about = "one\ntwo\u0007"' + "\n" + GOOD,
        [
            (
                "line 1, about: got 'one\\ntwo\\x07', want text without control or "
                "bidirectional characters"
            )
        ],
    ),
    (r'"\u001b[31m" = 1' + "\n" + GOOD, ["'\\x1b[31m': is unknown, want one of ..."]),
    (
        GOOD.replace('"relu"', '"leaky relu"').replace("[data]", "slope = 0.2\n[data]"),
        [("line 7, network.slope: got 0.2, want 0.01, with which leaky relus are trained here")],
    ),
    (
        GOOD.replace("[data]", "slope = 0.2\n[data]"),
        ["line 7, network.slope: belongs to layers 'leaky relu', want it left out here"],
    ),
    (
        GOOD.replace("[data]", "slope = 11\n[data]"),
        [
            "line 7, network.slope: got 11, want less than or equal to 10",
            "line 7, network.slope: belongs to layers 'leaky relu', want it left out here",
        ],
    ),
    (
        'about = """\nwidths = 3\n[training]\nsteps = 5\n"""\n' + GOOD.replace("= 20", "= 0"),
        ["line 26, training.steps: got 0, want greater than or equal to 1"],
    ),
    (
        GOOD.replace("[2, 3, 2]", "[\n  2,\n  0,\n  2,\n]"),
        ["line 7, network.widths.1: got 0, want greater than or equal to 1"],
    ),
    (
        GOOD.replace("frames = 6", "frames = 10000").replace("[2, 3, 2]", "[2, 4000, 2]"),
        [
            (
                "line 22, training.frames: 10000 records of 20002 parameters and the data "
                "take 1600320976 bytes, more than 268435456; record fewer or use smaller "
                "widths"
            )
        ],
    ),
    (
        GOOD.replace("training]", "training.a.b.c.d.e.f.g.h]"),
        [", line 20: nests deeper than 8, the most of a lesson"],
    ),
    (
        "one two three four five six seven eight nine ten",
        [(": is not TOML: Expected '=' after a key in a key/value pair (at line 1, column 5)")],
    ),
    ("training = 3\n" + GOOD.replace(TRAINING, ""), ["line 1, training: got 3, want a table"]),
]


@pytest.mark.parametrize(("text", "problems"), BAD)
def test_all_problems_and_no_others_are_told(tmp_path, text, problems):
    path = write(tmp_path, text)
    assert problems_told(path) == problems
    assert list(tmp_path.iterdir()) == [path]


def test_all_problems_are_told_at_once(tmp_path, capsys):
    text = GOOD.replace('"relu"', '"relo"').replace("= 40", "= 1").replace("0.1 }", '"a" }')
    text = text.replace('"lower"', '"upper"').replace("frames = 6", "frame = 6")
    text = text.replace("[network]", 'weights = "../w"\n[network]').replace("20", "-20")
    path = write(tmp_path, text)
    assert main(["train", str(path)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == f"python -m model: {path}: 8 problems"
    told = [line.split(":")[0].strip() for line in lines[1:]]
    assert told == [
        "line 3, weights",
        "line 3, weights",
        "line 5, network.layers.1",
        "line 10, data.points",
        "line 11, data.parameters.noise",
        "line 18, classes.1.name",
        "line 22, training.steps",
        "line 23, training.frame",
    ]
