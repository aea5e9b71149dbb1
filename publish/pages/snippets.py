"""What to paste so that another page shows a clip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from textwrap import indent

from publish.manifest import Clip, Video

BASE = "{base}"


@dataclass(frozen=True)
class Snippet:
    """Text to paste.

    Attributes
    ----------
    name
        Of the tool whose source it belongs in.
    note
        Where to paste it.
    template
        The text, with :data:`BASE` for the address of the clip's folder.
    """

    name: str
    note: str
    template: str

    def at(self, base: str) -> str:
        """The text for a folder at the address ``base``, which ends in a slash."""
        return self.template.replace(BASE, base)


def snippets(clip: Clip) -> tuple[Snippet, ...]:
    """Everything there is to paste for a clip, the most useful first."""
    return tuple(Snippet(name, note, make(clip)) for name, note, make in _KINDS)


def _iframe(clip: Clip) -> str:
    return (
        f'<iframe src="{BASE}index.html" title="{escape(clip.title)}"\n'
        '  loading="lazy" allow="fullscreen"\n'
        '  style="width: 100%; min-height: 15.5rem; aspect-ratio: 16 / 10; border: 0"></iframe>'
    )


def _video(clip: Clip) -> str:
    largest = {each.theme: each for each in sorted(clip.videos, key=lambda video: video.height)}
    shown = largest[clip.themes[-1]]
    return "\n".join(
        [
            f'<video controls playsinline preload="none" aria-label="{escape(clip.title)}"',
            f'  width="{shown.width}" height="{shown.height}" style="width: 100%; height: auto"',
            f'  poster="{BASE}{clip.posters[shown.theme]}">',
            *(_source(each, last=each is shown) for each in largest.values()),
            f'  <track kind="captions" src="{BASE}{clip.files.captions_vtt}"'
            ' srclang="en" label="English" default>',
            f'  <track kind="chapters" src="{BASE}{clip.files.chapters_vtt}" srclang="en">',
            "</video>",
        ]
    )


def _source(video: Video, *, last: bool) -> str:
    media = "" if last else f' media="(prefers-color-scheme: {video.theme})"'
    return f'  <source src="{BASE}{video.file}" type="video/mp4"{media}>'


def _quarto(clip: Clip) -> str:
    return (
        '::: {.content-visible when-format="html"}\n'
        f"```{{=html}}\n{_iframe(clip)}\n```\n"
        ":::\n\n"
        '::: {.content-visible unless-format="html"}\n'
        f"{_picture(clip)}\n"
        ":::"
    )


def _myst_sphinx(clip: Clip) -> str:
    return f"```{{raw}} html\n{_iframe(clip)}\n```"


def _myst(clip: Clip) -> str:
    return f":::{{iframe}} {BASE}index.html\n:width: 100%\n{clip.title}\n:::"


def _sphinx(clip: Clip) -> str:
    return f".. raw:: html\n\n{indent(_iframe(clip), '   ')}"


def _markdown(clip: Clip) -> str:
    return f"[{_picture(clip)}]({BASE}index.html)"


def _picture(clip: Clip) -> str:
    theme = "light" if "light" in clip.posters else clip.themes[0]
    title = clip.title.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"![{title}]({BASE}{clip.posters[theme]})"


_KINDS: tuple[tuple[str, str, Callable[[Clip], str]], ...] = (
    (
        "HTML, Moodle, Canvas",
        "The player with its beats, in a frame. In Moodle and Canvas, paste it "
        "in the editor's view of the HTML source.",
        _iframe,
    ),
    (
        "HTML, video only",
        "The browser's own player; captions need the page and the clip on one host.",
        _video,
    ),
    ("Quarto", "HTML pages get the player, other formats the poster.", _quarto),
    (
        "Jupyter Book 1, Sphinx with MyST",
        "In a Markdown page or a notebook's Markdown cell.",
        _myst_sphinx,
    ),
    ("Jupyter Book 2, MyST", "Needs the full address of the clip's folder.", _myst),
    ("Sphinx", "In a reStructuredText page.", _sphinx),
    ("Markdown", "A poster that links to the player, for where no HTML is allowed.", _markdown),
)
