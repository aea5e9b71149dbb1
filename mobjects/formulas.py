"""What each kind of layer computes, as Typst mathematics (equations 1.1 to 1.6)."""

from __future__ import annotations

_BEND = {
    "relu": "max({0}, bold(0))",
    "leaky relu": "max({0}, {1:g} thin {0})",
    "tanh": "tanh({0})",
    "sigmoid": "1 \\/ (1 + e^(-{0}))",
    "L2-norm": "{0} \\/ |{0}|",
    "identity": "{0}",
}


def formula(kind: str, before: str, after: str, depth: int, size: int, slope: float = 0.01) -> str:
    """A layer's equation, between dollar signs.

    Parameters
    ----------
    kind
        The layer's name, e.g. ``relu``.
    before, after
        Symbols of what it takes and gives, in Typst mathematics.
    depth
        How many linear layers there are up to here, this one counted.
    size
        The width of what it takes.
    slope
        Of a leaky relu below zero.
    """
    if kind == "linear":
        return f"${after} = bold(W)_{depth} {before} + bold(b)_{depth}$"
    if kind != "softmax":
        return f"${after} = {_BEND.get(kind, 'f({0})').format(before, slope)}$"
    inner = before.replace("bold(", "").replace(")", "", 1)
    parts = [inner.replace(f"_{depth}", f"_({depth},{k + 1})", 1) for k in range(min(size, 2))]
    if size == 2 and parts[0] != parts[1]:
        return f"${after} = e^({before}) \\/ (e^({parts[0]}) + e^({parts[1]}))$"
    return (
        f"${after} = e^({before}) \\/ sum_k e^({inner.replace(f'_{depth}', f'_({depth},k)', 1)})$"
    )
