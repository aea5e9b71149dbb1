"""``python -m model``: train a network, or remake those in ``assets/``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from model import assets
from model.datasets import DATASETS, make_dataset
from model.lesson import Lesson, shipped
from model.recipe import INITS, OPTIMIZERS, SCHEDULES, Recipe
from model.trajectory import LAYER_NAMES, Trajectory


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return 0 when done, 1 when refused or not the same, 130 when stopped."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except (ValueError, OSError) as error:
        print(f"python -m model: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from where it last saved.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    shown = argparse.ArgumentDefaultsHelpFormatter
    parser = argparse.ArgumentParser("python -m model", description=__doc__, formatter_class=shown)
    commands = parser.add_subparsers(required=True, metavar="command")

    remake = commands.add_parser(
        "assets", help="remake the trained networks", formatter_class=shown
    )
    remake.add_argument("names", nargs="*", help="which of them; all when left out")
    remake.add_argument("--folder", type=Path, default=assets.FOLDER, help="where they are")
    remake.add_argument(
        "--check", action="store_true", help="write nothing; fail if it would be other bytes"
    )
    remake.set_defaults(run=_assets)

    new = commands.add_parser("train", help="train a network of your own", formatter_class=shown)
    new.add_argument(
        "file", type=Path, help="a lesson (.toml), or where to write the trajectory (.safetensors)"
    )
    new.add_argument("--allow-code", action="store_true", help="let the lesson run its Python file")
    new.add_argument("--allow-absolute", action="store_true", help="let it name paths elsewhere")
    new.add_argument("--data", choices=sorted(DATASETS), default="horseshoe", help="the dataset")
    new.add_argument("--points", type=int, default=600, help="how many datapoints")
    new.add_argument("--data-seed", type=int, default=0, help="of the dataset")
    _add_recipe(new)
    new.set_defaults(run=_train, usual=vars(new.parse_args(["file"])))

    _add_lesson(commands.add_parser("lesson", help="a lesson from a module and a data file"))

    tell = commands.add_parser("show", help="say what a trajectory holds")
    tell.add_argument("file", type=Path)
    tell.set_defaults(run=_show)
    return parser


def _add_lesson(parser: argparse.ArgumentParser) -> None:
    """The options of :func:`model.lesson_new.save_lesson`."""
    said = parser.add_argument
    said("file", type=Path, help="the lesson to write, e.g. mine.toml; mine.safetensors beside it")
    said("--data", type=Path, required=True, help="a CSV or npz file in the lesson's folder")
    said("--label", default="label", help="its column with the class (%(default)s)")
    said("--columns", nargs="+", help="its columns with the coordinates; else all others")
    said(
        "--separator",
        default=",",
        type=lambda typed: typed.replace("\\t", "\t"),
        help="what stands between the cells: , or ; or \\t for a tab (%(default)s)",
    )
    said("--network", required=True, help="file.py:name of an nn.Sequential; this runs the file")
    said("--weights", type=Path, help="its state dict (.safetensors, .pt)")
    said("--name", help="what the lesson is called; else as the file")
    said(
        "--train",
        action="store_true",
        help="take its layers and widths only, to be trained by `python -m model train`",
    )
    said(
        "--overwrite",
        action="store_true",
        help="replace a lesson of that name and the weights beside it",
    )
    parser.set_defaults(run=_lesson)


def _add_recipe(parser: argparse.ArgumentParser) -> None:
    """One option for each entry of :class:`Recipe`."""
    recipe = Recipe()
    parser.add_argument(
        "--layers", nargs="+", choices=LAYER_NAMES, default=recipe.layers, help="bottom to top"
    )
    parser.add_argument(
        "--widths", nargs="+", type=int, default=recipe.widths, help="input, then each linear layer"
    )
    for name, choices in (("init", INITS), ("optimizer", OPTIMIZERS), ("schedule", SCHEDULES)):
        parser.add_argument(f"--{name}", choices=choices, default=getattr(recipe, name), help=" ")
    for name, kind in (
        ("learning_rate", float),
        ("weight_decay", float),
        ("batch_size", int),
        ("steps", int),
        ("frames", int),
        ("seed", int),
    ):
        option = f"--{name.replace('_', '-')}"
        parser.add_argument(option, type=kind, default=getattr(recipe, name), help=" ")


def _assets(options: argparse.Namespace) -> int:
    lessons = {path.stem: path for path in shipped(options.folder / "lessons")}
    status = 0
    for name in options.names or [*assets.ASSETS, *lessons]:
        if name in lessons:
            wanted, trajectory = _remake_lesson(lessons[name], options.check)
        elif options.check:
            wanted = assets.recorded_digest(name, options.folder)
            trajectory = assets.train(name, progress=True)
        else:
            trajectory = assets.make(name, options.folder, progress=True)
            wanted = trajectory.digest
        if trajectory.digest != wanted:
            print(f"{name}: other bytes than recorded, {wanted}", file=sys.stderr)
            status = 1
        print(f"{name}: {_summary(trajectory)}")
    return status


def _remake_lesson(path: Path, check: bool) -> tuple[str, Trajectory]:
    """The digest that is there, or that is made, and the trajectory as trained now."""
    lesson = Lesson.load(path)
    if not check:
        trajectory = lesson.train(progress=True)
        return trajectory.digest, trajectory
    from model import training

    return lesson.trajectory.digest, training.train(lesson.dataset, lesson.recipe, progress=True)


def _train(options: argparse.Namespace) -> int:
    if options.file.suffix == ".toml":
        return _train_lesson(options)
    from model.training import train_to_file

    entries = {name: getattr(options, name) for name in Recipe.__dataclass_fields__}
    dataset = make_dataset(options.data, options.points, seed=options.data_seed)
    trajectory = train_to_file(options.file, dataset, Recipe(**entries), progress=True)
    print(f"{options.file}: {_summary(trajectory)}")
    return 0


def _train_lesson(options: argparse.Namespace) -> int:
    for name in ("data", "points", "data_seed", *Recipe.__dataclass_fields__):
        if getattr(options, name) != options.usual[name]:
            option = f"--{name.replace('_', '-')}"
            raise ValueError(f"{option}: is decided by {options.file}; change it there")
    lesson = Lesson.load(
        options.file, allow_absolute=options.allow_absolute, confirm_code=options.allow_code
    )
    trajectory = lesson.train(progress=True)
    print(f"{lesson.weights}: {_summary(trajectory)}")
    return 0


def _lesson(options: argparse.Namespace) -> int:
    from model import lesson_notes
    from model.lesson_new import check_free, module_in, save_lesson

    check_free(options.file, overwrite=options.overwrite, weights=options.weights)
    module = module_in(options.network, options.weights)
    names = ("label", "columns", "separator", "name", "train", "overwrite", "weights")
    lesson = save_lesson(
        options.file, module, options.data, **{name: getattr(options, name) for name in names}
    )
    told = f"to be trained by `{lesson.command}`"
    if not options.train:
        told = f"accuracy {lesson.trajectory.accuracies[-1]:.1%} (not trained? --train lets it be)"
    print(
        f"{options.file}: {len(lesson.dataset)} points of {lesson.dataset.classes} classes, {told}"
    )
    for what in lesson_notes.changes(module) if options.train else []:
        print(f"note: {what}")
    for what in lesson_notes.units(lesson):
        print(f"hint: {what}")
    return 0


def _show(options: argparse.Namespace) -> int:
    trajectory = Trajectory.load(options.file)
    print(f"{options.file}: {_summary(trajectory)}")
    return 0


def _summary(trajectory: Trajectory) -> str:
    return (
        f"{'-'.join(trajectory.layers)}, {len(trajectory)} iterates, "
        f"the last after {trajectory.steps[-1]} steps with loss {trajectory.losses[-1]:.4f} "
        f"and accuracy {trajectory.accuracies[-1]:.1%}; sha256 {trajectory.digest}"
    )


if __name__ == "__main__":
    sys.exit(main())
