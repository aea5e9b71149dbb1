"""Whether texts can be read and marks be seen, measured on the picture itself."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from manim import Mobject

from look.colours import contrast
from look.finding import Finding
from look.painting import Moment
from look.stage import READABLE, Piece
from mobjects.batch import Batch
from mobjects.thumbnails import Thumbnails

TEXT_CONTRAST = 4.5
MARK_CONTRAST = 3.0
SUPPORT_CONTRAST = 1.05
CROSSED = 0.04

_STEP = 28
_CORE = 0.95
_SHADES = 16


def crossed_texts(moment: Moment, beat: str) -> list[Finding]:
    """Texts with something restless behind or over their glyphs.

    In and close around the glyphs the picture without any text has to be of
    one colour: at most :data:`CROSSED` of those pixels may differ from their
    median by more than about a tenth of the way from black to white. That
    allows a plain fill, and an axis that touches a corner of a letter, and
    nothing more.
    """
    found = []
    for text in moment.texts:
        near = moment.near(text)
        if text.opacity < READABLE or not near:
            continue
        around = moment.surroundings(text)
        behind = moment.without_texts[moment.patch(text)][around].astype(np.int16)
        restless = np.abs(behind - np.median(behind, axis=0)).max(axis=1) > _STEP
        if restless.mean() > CROSSED:
            other = max(near, key=lambda mark: _share(moment, mark, text, around))
            remark = f"{restless.mean():.0%} of its surroundings are crossed by {other.name}"
            found.append(Finding("text over data", beat, text.name, remark))
    return found


def _share(moment: Moment, mark: Piece, text: Piece, around: np.ndarray) -> float:
    """How much of a text's surroundings a mark changes."""
    painted = moment.paint(mark.members, patch=moment.patch(text)).astype(np.int16)
    changed = np.abs(painted - moment.paint([], patch=moment.patch(text))).max(axis=2) > 8
    return float(changed[around].mean())


def text_contrast(moment: Moment, beat: str) -> list[Finding]:
    """Texts whose glyphs differ too little from what is really behind them (WCAG 2: 4.5 : 1).

    Measured where glyphs cover a pixel wholly; a quarter of those pixels may
    be lower, for rounded corners.
    """
    found = []
    for text in moment.texts:
        patch, core = moment.patch(text), moment.coverage(text) >= _CORE
        ratio = contrast(moment.whole[patch][core], moment.without_texts[patch][core])
        reached = float(np.quantile(ratio, 0.25)) if len(ratio) else 1.0
        if reached < TEXT_CONTRAST:
            remark = f"contrast {reached:.2f} : 1, want {TEXT_CONTRAST}"
            found.append(Finding("text contrast", beat, text.name, remark))
    return found


def mark_contrast(moment: Moment, beat: str) -> list[Finding]:
    """Marks that differ too little from what is really behind them (WCAG 2: 3 : 1).

    Each colour of a batch is measured by itself, over the picture of all that
    lies below it, at the upper twentieth of the pixels it changes: thin lines
    never cover a pixel wholly. Pictures (thumbnails) are exempt, as in WCAG.
    A mark that only supports another (:attr:`mobjects.batch.Batch.supports`) has to be visible
    at all.
    """
    found, below = [], moment.paint([])
    for piece in moment.pieces:
        above = moment.paint(piece.members, below)
        if not piece.is_text and not isinstance(piece.mobject, Thumbnails):
            want = SUPPORT_CONTRAST if _supports(piece) else MARK_CONTRAST
            for shade, part in _shades(piece):
                patch = moment.patch(piece)
                reached = _seen(moment.paint([part], below, patch), below[patch])
                if reached is not None and reached < want:
                    remark = f"{shade}: contrast {reached:.2f} : 1, want {want}"
                    found.append(Finding("mark contrast", beat, piece.name, remark))
        below = above
    return found


def _supports(piece: Piece) -> bool:
    return isinstance(piece.mobject, Batch) and bool(piece.mobject.supports)


def _shades(piece: Piece) -> Iterator[tuple[str, Mobject]]:
    """A mark's parts of one colour each; not split where colours blend into each other."""
    for member in piece.members:
        if not isinstance(member, Batch):
            yield type(member).__name__, member
            continue
        seen = np.unique(np.rint(member.rgbas[member.rgbas[:, 3] > 0.02] * 255), axis=0)
        if len(seen) > _SHADES:
            yield f"{len(seen)} colours", member
            continue
        for shade in seen:
            part = member.copy()
            same = (np.rint(member.rgbas * 255) == shade).all(axis=1)
            part.rgbas[~same, 3] = 0
            r, g, b, a = shade.astype(int).tolist()
            yield f"#{r:02x}{g:02x}{b:02x} at {a / 255:.0%}", part


def _seen(above: np.ndarray, below: np.ndarray) -> float | None:
    """The contrast that a mark reaches where it changes the picture; None where it is covered."""
    changed = (np.abs(above.astype(np.int16) - below) > 3).any(axis=2)
    if changed.sum() < 12:
        return None
    return float(np.quantile(contrast(above[changed], below[changed]), 0.95))
