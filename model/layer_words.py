"""Sentences about the layers of a lesson: each is said only where it is true."""

from __future__ import annotations

from collections.abc import Sequence

from model.layers import MODULE, Layer, Linear
from model.lesson_layers import Layers
from model.lesson_view import accuracy_written, in_words, share_seen

_APART = 0.95  # accuracy from which on classes are said to come apart
_ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_UNKNOWN = "A module of one's own: only what it gives out is known."
_BENDS = {
    "leaky relu": "leaky relu folds, and keeps some of what is negative.",
    "tanh": "tanh presses every coordinate between -1 and 1.",
    "sigmoid": "sigmoid presses every coordinate between 0 and 1.",
    "L2-norm": "L2-norm puts every point at distance 1 from the origin.",
}
_SHOWN = {
    "leaky relu": "The negative side of every axis shrinks",
    "tanh": "Everything is pressed between -1 and 1; straight lines become curves",
    "sigmoid": "Everything is pressed between 0 and 1; straight lines become curves",
    "L2-norm": "Everything moves along rays to distance 1 from the origin",
    "softmax": "Everything drops onto the simplex, towards the corner of its class",
}


def caption(layers: Layers, index: int) -> str:
    """What is said while layer ``index`` moves."""
    layer = layers.net.layers[index]
    if isinstance(layer, Linear):
        return _linear(layers, index, layer)
    if layer.name == "softmax":
        return f"softmax drops everything onto the {simplex_name(layers.net.widths[index] or 2)}."
    if layer.name != "relu":
        return _BENDS.get(layer.name, _UNKNOWN)
    if any(each.name == "relu" for each in layers.net.layers[:index]):
        return "relu folds once more."
    if layers.projections[index + 1].exact:
        return "relu presses what is negative onto the axes and the origin."
    return f"relu sets what is negative to 0, in all {layers.net.widths[index]} dimensions."


def _linear(layers: Layers, index: int, layer: Linear) -> str:
    seen = layers.projections[index + 1]
    if not seen.exact and layer.out_dim > layer.in_dim:
        return f"A linear layer into {layer.out_dim} dimensions, seen by a projection."
    if index == layers.last_linear:
        classes = "two classes" if layers.data.classes == 2 else "classes"
        if layers.accuracy < _APART:
            return "The last linear layer gives one logit for each class."
        return f"The last linear layer pulls the {classes} apart."
    order = sum(isinstance(each, Linear) for each in layers.net.layers[: index + 1])
    if order == 1:
        return "A linear layer turns, stretches, shifts. Lines stay lines."
    ordinal = _ORDINALS[order] if order < len(_ORDINALS) else f"{order}th"
    return f"The {ordinal} linear layer turns its result towards new axes."


def remark(layers: Layers, index: int) -> str:
    """The note beside the drawing behind a linear layer, on two lines; may be empty."""
    seen, width = layers.projections[index + 1], layers.net.widths[index + 1]
    if index == layers.last_linear and layers.projections[index + 1].exact:
        return "On the dashed line\\ the logits are equal." if layers.data.classes == 2 else ""
    if index == layers.last_linear and "boundary" in layers.carried:
        return "On the boundary the\\ two largest logits tie."
    if not seen.exact:
        return f"{width} dimensions, seen\\ by their best plane"
    if "boundary" not in layers.carried:
        return ""
    if index == 0:
        bent = layers.folds
        return "The boundary moves\\ along, bends and all." if bent else ""
    joined = layers.net.layers[index - 1].name == "relu"
    return "What `relu` joined\\ stays together." if joined else ""


def opening(layers: Layers) -> tuple[str, str, str, str]:
    """Of the input: what there is, what is drawn on it, the note beside it, and the question."""
    count = in_words(layers.data.classes).capitalize()
    if not layers.planar:
        dim = layers.data.dim
        inputs = f"{dim} inputs" if dim > 1 else "1 input"
        return (
            f"{count} classes in {dim} dimensions." if dim > 1 else f"{count} classes on a line.",
            "Only the data are drawn: a grid of lines needs a plane.",
            f"{inputs}: neither\\ grid nor boundary",
            "Which layer will part the classes?",
        )
    start = f"{count} classes in the plane."
    found, bends = layers.collapsed, _curved(layers.net.layers)
    if found is None:
        drawn = "The grid shows how each layer bends the plane."
        if layers.piecewise_linear:
            return (
                start,
                drawn,
                f"{layers.units} folding units:\\ too many regions",
                _question(layers),
            )
        why = "a module is opaque" if bends == MODULE else f"`{bends}` bends"
        return start, drawn, f"no linear regions:\\ {why}", _question(layers)
    number = len(found.regions)
    if not layers.tinted:
        drawn = "There are more linear regions than can be told apart."
        return start, drawn, f"{number:,} regions,\\ too many to tint", _question(layers)
    note = f"{number:,} regions:\\ on each, affine logits"
    drawn = "In each tinted region the logits are one affine map."
    if number == 1:
        note, drawn = "one region:\\ affine logits", "The logits are one affine map of the plane."
    return start, drawn, note, _question(layers)


def _question(layers: Layers) -> str:
    if "boundary" not in layers.carried:
        return "One class wins all over the square. Which layer decides that?"
    if not layers.folds:
        return "No layer folds or bends. Can the boundary bend?"
    if not layers.piecewise_linear:
        return "The boundary is curved. When will it be straight?"
    return "The boundary bends where regions meet. When will it be straight?"


def straightened(layers: Layers) -> tuple[str, str]:
    """Before the last linear layer: the note and the caption on the boundary; may be empty."""
    if not ("boundary" in layers.carried and layers.folds):
        return "", ""
    if layers.tie_line() is not None:
        note = "Now the boundary\\ is straight."
        bent = "bent" if layers.piecewise_linear else "curved"
        return note, f"Every piece of the {bent} boundary now lies on one straight line."
    name, exact = layers.net.names[layers.last_linear], layers.projections[layers.last_linear].exact
    if exact:
        return "Now every piece of the\\ boundary is straight.", (
            "Where two classes meet, the boundary is straight now."
        )
    return f"In {layers.net.widths[layers.last_linear]} dimensions the\\ boundary is flat now.", (
        f"In {name} itself the boundary is flat; a projection need not show it."
    )


def ending(layers: Layers) -> tuple[str, str]:
    """At the output: the note and the caption."""
    share, count = accuracy_written(layers.accuracy), f"{len(layers.data):,}"
    return (
        f"{share} of the {count} points\\ on their class's side",
        f"{share.replace('%', 'percent')} of the points are on their class's side.",
    )


def kind_of_drawing(layers: Layers, index: int) -> str:
    """Beside representation ``index``: exact, or a projection and the share of the spread seen."""
    return share_seen(layers.projections[index]).replace("of the spread", "of spread")


def beat_words(layers: Layers, indices: Sequence[int]) -> tuple[str, str]:
    """A name, and what is seen, of a beat in which some layers act."""
    acting = [layers.net.layers[index] for index in indices]
    name = ", ".join(layer.name for layer in acting).capitalize()
    seen = layers.projections[indices[-1] + 1]
    shown = "; then ".join(_shown(layers, index) for index in indices)
    drawing = "drawn as it is" if seen.exact else f"drawn by a {share_seen(seen)}"
    return f"{name}: {seen.name}", f"{shown}. {seen.name} is {drawing}."


def input_words(layers: Layers) -> str:
    """What is seen at the input."""
    data = layers.data
    start = f"{in_words(data.classes).capitalize()} classes, {len(data):,} points"
    if not layers.planar:
        return f"{start} in {data.dim} dimensions, by a projection: data alone, no grid."
    boundary = " The decision boundary parts the classes." if "boundary" in layers.carried else ""
    if layers.tinted and layers.collapsed is not None:
        tiles = f"{len(layers.collapsed.regions)} tinted polygons tile it."
    else:
        tiles = "No regions are tinted."
    return f"{start}, in a square with a grid. {tiles}{boundary}"


def simplex_name(classes: int) -> str:
    """The simplex of that many shares, e.g. ``one-simplex``."""
    return f"{in_words(classes - 1)}-simplex"


def _curved(layers: Sequence[Layer]) -> str:
    return next((layer.name for layer in layers if not layer.piecewise_linear), "")


def _shown(layers: Layers, index: int) -> str:
    layer, width = layers.net.layers[index], layers.net.widths[index + 1]
    if isinstance(layer, Linear):
        if layer.in_dim == layer.out_dim:
            return "Everything turns, stretches and shifts; straight lines stay straight"
        return f"Everything goes from {layer.in_dim} to {layer.out_dim} dimensions, lines straight"
    if layer.name == "relu":
        plane = "pressed to 0, onto the axes and the origin"
        return (
            f"Everything negative is {plane if width == 2 else f'set to 0 in {width} dimensions'}"
        )
    return _SHOWN.get(layer.name, "Everything moves straight to where the module sends it")
