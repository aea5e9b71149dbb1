"""Sentences about the network of a lesson as a graph, and the datapoint that runs through it."""

from __future__ import annotations

from collections.abc import Sequence

from model.lesson_graph import LessonGraph, graph_on_show, shares_written
from model.lesson_view import in_words, on_show
from model.lesson_words import class_labels, spoken

_MOST_TOLD = 4  # numbers of the output in words


def facts() -> dict[str, str]:
    """What the beats say of the lesson on show."""
    graph, book = graph_on_show(), on_show().as_in_the_chapter
    first, middle, last = graph.blocks()
    between = [index for block in middle for index in block]
    widths, hidden = {len(column) for column in graph.values}, graph.columns_left_out
    names = [spoken(name) for name in class_labels(on_show().data.class_names)]
    either = " or ".join(names)
    many = f"Which of the {in_words(len(names))} classes will it be?"
    return {
        "columns": in_words(len(symbols(graph))).capitalize(),
        "units": f"{in_words(widths.pop())} units" if len(widths) == 1 else "units",
        "left_out": f", of which {hidden} are left out" if hidden else "",
        "symbols": ", ".join(symbols(graph)),
        "first": "Equations 1.1 and 1.2" if book else "The first layers",
        "second": "Equations 1.3 and 1.4" if book else "The layers between",
        "third": "Equations 1.5 and 1.6" if book else "The last layers",
        "first_block": equations(graph, first),
        "middle_blocks": equations(graph, between),
        "last_block": equations(graph, last),
        "first_lit": lit(graph, first),
        "middle_lit": lit(graph, between),
        "last_lit": lit(graph, last),
        "which": f"Will it be called {either}?" if len(names) == 2 else many,
        "output": output(graph),
        "winner": names[graph.winner],
        "ending": "is close to a one-hot code" if graph.close else "gives each class a share",
    }


def symbols(graph: LessonGraph) -> list[str]:
    """The name of every representation, as written in running text."""
    return [name.replace(".", "'") for name in graph.network.names]


def equations(graph: LessonGraph, layers: Sequence[int]) -> str:
    """What some layers make of what: ``z1 = linear(x), h1 = relu(z1)``."""
    named, kinds = symbols(graph), graph.kinds(list(layers))
    steps = zip(kinds, layers, strict=True)
    return ", ".join(f"{named[i + 1]} = {kind}({named[i]})" for kind, i in steps)


def lit(graph: LessonGraph, layers: Sequence[int]) -> str:
    """Which columns light up with some layers."""
    columns = [symbols(graph)[i + 1] for i in layers if i in graph.gaps]
    if not columns:
        return "Columns that are left out have their turn"
    if len(columns) == 1:
        return f"Column {columns[0]} and the edges into it light up"
    listed = f"{', '.join(columns[:-1])} and {columns[-1]}"
    return f"Columns {listed}, each with the edges into it, light up one after the other"


def output(graph: LessonGraph) -> str:
    """The numbers of the output as they are written; of many, the largest."""
    shares = shares_written(graph.values[-1])
    numbers = [share.replace(">", "above").replace("<", "below") for share in shares]
    if len(numbers) <= _MOST_TOLD:
        return f"({', '.join(numbers)})"
    return f"with the largest share, {numbers[graph.winner]},"
