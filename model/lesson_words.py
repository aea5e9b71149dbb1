"""Sentences about a lesson that hold for whatever number of classes and coordinates it has."""

from __future__ import annotations

from collections.abc import Sequence

from model.lesson_view import in_words


def class_labels(names: Sequence[str]) -> tuple[str, ...]:
    """What to call the classes: their names, or ``class 3`` where they are numbers."""
    if any(name.strip("+-.").replace(".", "").isdigit() for name in names):
        return tuple(f"class {name}" for name in names)
    return tuple(names)


def ask_to_part(classes: int, dim: int) -> str:
    """What to ask of the data before anything moves."""
    cut = {1: "cut", 2: "straight line"}.get(dim, "flat cut")
    if classes == 2:
        return f"Could one {cut} part the two classes?"
    return f"Could {cut}s part all classes?"


def told_targets(names: Sequence[str]) -> str:
    """Where the targets are, for those who cannot see them."""
    if len(names) == 2:
        first, second = names
        return (
            f"Right, a second plane. A ring at (1, 0) is the target of {first}, one at (0, 1) the "
            f"target of {second}."
        )
    return f"Right, {in_words(len(names))} rings, one a class: the corners of a simplex."


def told_simplex(classes: int) -> str:
    """What joins them."""
    if classes == 2:
        return "A segment joins the two targets."
    if classes == 3:
        return "A triangle joins the three targets: the two-simplex, seen square on."
    return f"Lines join all {in_words(classes)} targets: the simplex, projected onto the plane."


def sum_formula(classes: int) -> str:
    """That the shares add to one, in Typst."""
    if classes > 3:
        return f"$y_1 + dots.c + y_({classes}) = 1$"
    return f"${' + '.join(f'y_{i + 1}' for i in range(classes))} = 1$"
