"""Title pages: one line of where it is from, one of what it is called."""

from __future__ import annotations

from mobjects.theme import Theme

_PAGE = b"""\
#let at = sys.inputs
#let unit = int(at.width) * 1pt / 1920
#set page(
  width: int(at.width) * 1pt, height: int(at.height) * 1pt, margin: 150 * unit,
  fill: rgb(at.background),
)
#set text(font: "Libertinus Serif", size: 48 * unit, fill: rgb(at.ink))
#set par(leading: 0.45em)
#set align(horizon)
#text(fill: rgb(at.muted), at.source)
#v(40 * unit, weak: true)
#text(size: 104 * unit, at.title)
"""


def title_page(title: str, source: str, theme: Theme, size: tuple[int, int]) -> bytes:
    """A PNG of ``size`` (width and height in pixels) in the theme's colours."""
    import typst

    inputs = {
        "title": title,
        "source": source,
        "width": str(size[0]),
        "height": str(size[1]),
        "background": theme.background,
        "ink": theme.ink,
        "muted": theme.muted,
    }
    page = typst.compile(_PAGE, format="png", ppi=72, sys_inputs=inputs)
    assert isinstance(page, bytes)
    return page
