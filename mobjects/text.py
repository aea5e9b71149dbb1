"""All text and mathematics: Typst markup in, one filled mobject a colour out.

Typst compiles in this process, with the fonts inside its own wheel and no
other, so a text looks the same on every machine and needs no network.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import lru_cache

import numpy as np
import svgelements as se
import typst
from manim import LEFT, VGroup, VMobject

from mobjects.theme import theme

_PREAMBLE = """\
#set page(width: auto, height: auto, margin: 0pt, fill: none)
#set text(font: "Libertinus Serif", size: 20pt, fill: rgb("#000000"), top-edge: "cap-height")
#show math.equation: set text(font: "New Computer Modern Math")
#show raw: set text(font: "DejaVu Sans Mono", size: 1.0em)
#set par(leading: 0.55em)
"""

# Typst sets 20 pt; a Manim font size of 48 gives capitals of 0.45 scene units.
_CAP_HEIGHT_PT = 20 * 0.645
_UNITS_PER_POINT_AND_SIZE = 0.45 / 48 / _CAP_HEIGHT_PT

_SIGNS = {"<": "$<$#h(0.25em)", ",": '$","$'}
_XLINK = "{http://www.w3.org/1999/xlink}href"
_INHERIT = "#000000"


class Text(VGroup):
    """A line or paragraph of Typst markup; mathematics between dollar signs.

    Parameters
    ----------
    markup
        Typst markup: ``*strong*``, ```relu``` for layer names,
        ``$bold(x)$`` for mathematics.
    size
        Manim font size; the theme's ``body_size`` when left out.
    color
        ``#rrggbb``; the theme's ``ink`` when left out. Parts that the markup
        colours itself (``#text(fill: ...)``) keep their colour.

    Raises
    ------
    ValueError
        When Typst cannot compile the markup; the message quotes it.

    Notes
    -----
    Text lies below everything else (``z_index`` -1), so that whatever moves
    is drawn over an unchanged picture of it.
    """

    def __init__(self, markup: str, *, size: float | None = None, color: str | None = None) -> None:
        super().__init__()
        self.markup = markup
        self.size = theme().body_size if size is None else size
        scale = self.size * _UNITS_PER_POINT_AND_SIZE
        for fill, outline in _outlines(markup):
            glyphs = VMobject(stroke_width=0, fill_opacity=1)
            glyphs.points = outline * scale
            glyphs.set_fill((color or theme().ink) if fill == _INHERIT else fill)
            self.add(glyphs)
        self.set_z_index(-1)
        self.center()

    @property
    def descent(self) -> float:
        """How far the letters hang below the baseline, in scene units, as made; of one line."""
        return _descent(self.markup) * self.size * _UNITS_PER_POINT_AND_SIZE


class Math(Text):
    """Typst mathematics, without the dollar signs, in display style."""

    def __init__(
        self, formula: str, *, size: float | None = None, color: str | None = None
    ) -> None:
        super().__init__(f"$ {formula} $", size=size, color=color)


class Readout(VGroup):
    """A number that changes while it is on screen.

    The glyphs are compiled once; setting a value only moves them. The left
    edge and the baseline stay, so that digits do not dance.

    Parameters
    ----------
    value
        The number shown first.
    decimals
        Digits behind the point.
    positive
        Whether the number is above 0, and shown as less than the smallest
        that the digits can write, rather than as 0, where it rounds to 0.
    prefix, suffix
        Typst markup set before and behind the number, e.g. ``$w = $``.
    size, color
        As for :class:`Text`.
    """

    def __init__(
        self,
        value: float,
        *,
        decimals: int = 2,
        positive: bool = False,
        prefix: str = "",
        suffix: str = "",
        size: float | None = None,
        color: str | None = None,
    ) -> None:
        super().__init__()
        self.decimals, self.positive = decimals, positive
        self.size = theme().body_size if size is None else size
        self._scale = self.size * _UNITS_PER_POINT_AND_SIZE
        self._color = color or theme().ink
        self._prefix, self._suffix = prefix, suffix
        self.glyphs = VMobject(stroke_width=0, fill_opacity=1, fill_color=self._color)
        self.add(self.glyphs)
        self.set_value(value)

    def set_value(self, value: float) -> Readout:
        """Show ``value``, keeping the left end of the baseline where it is."""
        self.value = float(value)
        origin = self._origin()
        pieces, advance = [], 0.0
        for piece in self._pieces():
            outline, width = _measured(piece)
            if len(outline):
                pieces.append(outline + [advance, 0.0, 0.0])
            advance += width
        self.glyphs.points = np.concatenate(pieces) * self._scale + origin
        return self

    @property
    def template(self) -> str:
        """The markup with an ellipsis for the number."""
        return f"{self._prefix}…{self._suffix}"

    @property
    def descent(self) -> float:
        """How far the glyphs hang below the baseline, in scene units."""
        return max(map(_descent, self._last_pieces)) * self._scale

    def _origin(self) -> np.ndarray:
        """Where the left end of the baseline is now, wherever the mobject was moved."""
        if not len(self.glyphs.points):
            return np.zeros(3)
        first = next(p for p in self._last_pieces if len(_measured(p)[0]))
        return self.glyphs.points[0] - _measured(first)[0][0] * self._scale

    def _pieces(self) -> list[str]:
        text = f"{self.value:,.{self.decimals}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
            if self.positive and self.value > 0:
                text = f"<{10**-self.decimals:.{self.decimals}f}"
        digits = [_SIGNS.get(c, f"${c}$") for c in text]
        self._last_pieces = [p for p in (self._prefix, *digits, self._suffix) if p]
        return self._last_pieces


def left_aligned(*lines: VMobject, buff: float = 0.25) -> VGroup:
    """Stack texts downwards with a common left edge."""
    return VGroup(*lines).arrange(np.array([0.0, -1.0, 0.0]), buff=buff, aligned_edge=LEFT)


def plain(markup: str) -> str:
    """The words of ``markup`` without its Typst signs, for captions and transcripts."""
    return re.sub(r"[`$*_#]", "", markup)


def _compile(markup: str) -> bytes:
    try:
        return typst.compile((_PREAMBLE + markup).encode(), format="svg", ignore_system_fonts=True)
    except typst.TypstError as error:
        raise ValueError(f"markup: {markup!r} is not Typst: {error}") from error


@lru_cache(maxsize=1024)
def _outlines(markup: str) -> tuple[tuple[str, np.ndarray], ...]:
    """The cubic outlines (n, 3) of ``markup`` in points, y upwards, one array a fill colour."""
    root = ET.fromstring(_compile(markup))
    symbols = {node.get("id"): node for node in root.iter() if node.tag.endswith("symbol")}
    by_fill: dict[str, list[np.ndarray]] = {}
    _collect(root, se.Matrix(), symbols, by_fill)
    if not by_fill:
        raise ValueError(f"markup: {markup!r} shows nothing, want some text")
    flip = np.array([1.0, -1.0, 1.0])
    return tuple((fill, np.concatenate(parts) * flip) for fill, parts in by_fill.items())


def _descent(markup: str) -> float:
    """How far ``markup`` hangs below its baseline, in points."""
    heights = _measured(markup)[0][:, 1]
    return max(0.0, -float(heights.min())) if len(heights) else 0.0


@lru_cache(maxsize=256)
def _measured(markup: str) -> tuple[np.ndarray, float]:
    """The outline of ``markup`` with its baseline at y = 0, and its advance width, in points.

    A hair rule of known height at either side gives the baseline and the advance.
    """
    rule = '#box(width: 1pt, height: 30pt, baseline: 10pt, fill: rgb("#0000ff"))'
    parts = dict(_outlines(f"{rule};{markup}{rule}"))
    bars = parts["#0000ff"]
    left, right = bars[:, 0].min() + 1.0, bars[:, 0].max() - 1.0
    baseline = bars[:, 1].min() + 10.0
    outline = parts.get(_INHERIT, np.zeros((0, 3))) - [left, baseline, 0.0]
    return outline, float(right - left)


def _collect(
    node: ET.Element,
    matrix: se.Matrix,
    symbols: dict[str | None, ET.Element],
    by_fill: dict[str, list[np.ndarray]],
) -> None:
    for child in node:
        tag = child.tag.rsplit("}", 1)[-1]
        if tag in ("defs", "symbol"):
            continue
        local = se.Matrix(child.get("transform", "")) * matrix
        if tag == "use":
            local = se.Matrix(f"translate({child.get('x', 0)},{child.get('y', 0)})") * local
            path = symbols[child.get(_XLINK, "")[1:]][0]
            _add(path.get("d", ""), child.get("fill", _INHERIT), local, by_fill)
        elif tag == "path":
            fill, stroke = child.get("fill", _INHERIT), child.get("stroke")
            if fill != "none":
                _add(child.get("d", ""), fill, local, by_fill)
            elif stroke:
                width = float(child.get("stroke-width", 1))
                _add(_bar(child.get("d", ""), width), stroke, local, by_fill)
        else:
            _collect(child, local, symbols, by_fill)


def _add(d: str, fill: str, matrix: se.Matrix, by_fill: dict[str, list[np.ndarray]]) -> None:
    outline = _cubics(d)
    if len(outline):
        linear = np.array([[matrix.a, matrix.c], [matrix.b, matrix.d]])
        placed = np.zeros((len(outline), 3))
        placed[:, :2] = outline @ linear.T + [matrix.e, matrix.f]
        by_fill.setdefault(fill, []).append(placed)


def _bar(d: str, width: float) -> str:
    """A straight stroke (a fraction bar, an underline) as a filled rectangle."""
    (x0, y0), (x1, y1) = _cubics(d)[[0, -1]]
    along = np.array([x1 - x0, y1 - y0])
    nx, ny = np.array([-along[1], along[0]]) / np.hypot(*along) * width / 2
    return (
        f"M {x0 + nx} {y0 + ny} L {x1 + nx} {y1 + ny} L {x1 - nx} {y1 - ny} L {x0 - nx} {y0 - ny} Z"
    )


@lru_cache(maxsize=1024)
def _cubics(d: str) -> np.ndarray:
    """An SVG path as Manim's cubic points (4 a curve), in the path's own units."""
    points: list[tuple[float, float]] = []
    for segment in se.Path(d):
        if isinstance(segment, se.Move) or segment.start is None or segment.end is None:
            continue
        start, end = complex(*segment.start), complex(*segment.end)
        if isinstance(segment, se.CubicBezier):
            first, second = complex(*segment.control1), complex(*segment.control2)
        elif isinstance(segment, se.QuadraticBezier):
            middle = complex(*segment.control)
            first, second = start + (middle - start) * 2 / 3, end + (middle - end) * 2 / 3
        else:
            if abs(end - start) < 1e-9:
                continue
            first, second = start + (end - start) / 3, start + (end - start) * 2 / 3
        points += [(p.real, p.imag) for p in (start, first, second, end)]
    return np.array(points).reshape(-1, 2)
