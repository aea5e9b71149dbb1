"""A headless Chromium for tests of pages, and a server that sends ranges, as the web's do."""

from __future__ import annotations

import functools
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), "")
SHOWN = "video.textTracks[0].activeCues.length"  # how many captions are on
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A fresh headless Chromium, closed at the end."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS, headless=True)
        yield browser
        browser.close()


class Quiet(SimpleHTTPRequestHandler):
    """Python's own, without its log."""

    def log_message(self, *_: Any) -> None:
        pass


class Whole(Quiet):
    """Sends files from the first byte only, videos in two goes."""

    def copyfile(self, source: Any, outputfile: Any) -> None:
        data = source.read()
        half = len(data) // 2 if self.path.endswith(".mp4") else len(data)
        with suppress(ConnectionError):
            outputfile.write(data[:half])
            if data[half:]:
                time.sleep(0.5)
                outputfile.write(data[half:])


class Ranges(Quiet):
    """Sends the part of a file that is asked for."""

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.name == "favicon.ico":  # browsers ask for one where a page has none
            self.send_response(204)
            return self.end_headers()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked or not path.is_file():
            return super().do_GET()
        data = path.read_bytes()
        first, last = int(asked[1]), min(int(asked[2] or len(data)), len(data) - 1)
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
        self.send_header("Content-Length", str(last + 1 - first))
        self.end_headers()
        with suppress(ConnectionError):  # the browser has seen enough
            self.wfile.write(data[first : last + 1])
        return None


@contextmanager
def served(folder: Path, handler: type[Quiet] = Ranges) -> Iterator[str]:
    """The address, ending in a slash, at which ``folder`` is served."""
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(handler, directory=str(folder))
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Visitor:
    """Opens pages, and keeps what went wrong and what was loaded.

    Attributes
    ----------
    errors
        What the console and the pages complained about.
    hosts
        The hosts that anything was asked of.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []
        self.hosts: set[str] = set()

    def open(self, address: str, *, width: int = 1280, **options: Any) -> Page:
        """A page in a browser without history; ``options`` as Playwright's ``new_context``."""
        options = {"viewport": {"width": width, "height": 800}, "color_scheme": "dark"} | options
        context = self.browser.new_context(**options)
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        page.goto(address)
        return page

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def _asked(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("data", "blob", "file"):
            self.hosts.add(parts.netloc)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def now(page: Any) -> float:
    """The video's time in seconds; ``page`` may be a frame."""
    return float(page.evaluate("document.querySelector('video').currentTime"))


def wait(page: Any, condition: str) -> None:
    """Wait until JavaScript finds ``condition`` true, with ``video`` the first one."""
    page.wait_for_function(
        f"(() => {{const video = document.querySelector('video'); return {condition}}})()"
    )


def status(page: Any) -> str:
    """What the player says about the beat that is on."""
    return str(page.locator("[data-part=now]").first.inner_text())


def press_play(page: Any, keyboard: Any) -> None:
    page.locator("video").first.focus()
    keyboard.press("Space")


def media(page: Any, name: str) -> Any:
    return page.evaluate(f"document.querySelector('video').{name}")


def at(page: Any, time: float) -> None:
    """Wait until the video stands at the frame that begins at ``time``: 10 a second."""
    wait(
        page, f"!video.seeking && video.currentTime >= {time} && video.currentTime < {time} + 0.09"
    )
