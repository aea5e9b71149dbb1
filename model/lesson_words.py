"""Sentences about a lesson that hold for whatever number of classes and coordinates it has."""

from __future__ import annotations

from collections.abc import Sequence

from model.lesson_view import in_words

ACTING = {
    "relu": ("then cut off what is negative", "relu works on each unit alone."),
    "leaky relu": ("then shrink what is negative", "leaky relu works on each unit alone."),
    "tanh": ("then bend each into $(-1, 1)$", "tanh works on each unit alone."),
    "sigmoid": ("then bend each into $(0, 1)$", "sigmoid works on each unit alone."),
    "softmax": ("then make shares of them", "softmax makes shares of 1."),
    "L2-norm": ("then bring their length to one", "L2-norm divides by the length."),
    "identity": ("and leave them as they are", "The identity changes nothing."),
    "module": ("then send them through a module", "A module: known by what it gives out."),
}


def class_labels(names: Sequence[str]) -> tuple[str, ...]:
    """What to call the classes: their names, or ``class 3`` where they are numbers."""
    if any(name.strip("+-.").replace(".", "").isdigit() for name in names):
        return tuple(f"class {name}" for name in names)
    return tuple(names)


def spoken(name: str, most: int = 14) -> str:
    """A class's name in a caption: short, without signs that markup would take for its own."""
    words = " ".join("".join(" " if letter in "`$*_#" else letter for letter in name).split())
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


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


def mixing(layers: Sequence[str], first: bool) -> str:
    """What a block of layers does, as a heading."""
    if layers[0] != "linear":
        return f"First of all, `{layers[0]}`"
    rest = [ACTING[name][0] for name in layers[1:2]]
    start = "Mix the coordinates" if first else "Mix them once more"
    return ", ".join([start, *rest])


def shares_made(classes: int, layers: Sequence[str]) -> str:
    """What the last block does, as a heading."""
    count = in_words(classes)
    if tuple(layers) == ("linear", "softmax"):
        return f"{count.capitalize()} logits, turned into {count} shares"
    return f"At last, {count} shares"


def acting(name: str) -> str:
    """What a layer does, as a caption; empty for a linear layer."""
    return ACTING[name][1] if name in ACTING else ""


def counted(inputs: int) -> str:
    """So many inputs, in words."""
    return f"{in_words(inputs)} inputs" if inputs > 1 else "one input"


def general(kinds: set[str]) -> list[str]:
    """The equations of any block of layers between the first and the last."""
    lines = ["$bold(z)_l = bold(W)_l bold(h)_(l-1) + bold(b)_l$"]
    if len(kinds) == 1:
        lines.append(f"$bold(h)_l =$ `{kinds.pop()}`$(bold(z)_l)$")
    elif kinds:
        lines.append("$bold(h)_l = f_l (bold(z)_l)$")
    return lines
