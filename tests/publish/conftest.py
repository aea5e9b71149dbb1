"""A small build with its pages, served, and a browser to look at them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import CHROMIUM, Visitor, chromium, served
from playwright.sync_api import Browser
from tiny_build import tiny_build

from publish.pages import write_pages


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of two small clips, with pages; not to be written to."""
    folder = tiny_build(tmp_path_factory.mktemp("web") / "build")
    write_pages(folder)
    return folder


@pytest.fixture(scope="session")
def site(build: Path) -> Iterator[str]:
    """The address of the folder that ``build`` lies in."""
    with served(build.parent) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if not CHROMIUM:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with chromium() as opened:
        yield opened


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Opens pages; fails when any complained, or asked another machine for anything."""
    guest = Visitor(browser)
    yield guest
    guest.close()
    assert not guest.errors
    assert not {host for host in guest.hosts if not host.startswith("127.0.0.1:")}
