"""`browse` opens the browser; a test that uses it runs with each engine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Playwright

from tests import machine
from tests.conftest import skip_without
from tests.e2e.engines import chromium, firefox, webkit
from tests.e2e.engines.client import Client
from tests.e2e.engines.person import Person
from tests.e2e.server import Server

Browse = Callable[[], Person]
Opener = Callable[[Path], Client]


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    if machine.xvfb() is None:
        skip_without("Xvfb")
    with webkit.screen() as name:
        yield name


@pytest.fixture(params=["chromium", "firefox", "webkit"])
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def opener(engine: str, request: pytest.FixtureRequest) -> Opener:
    """Opens the engine's browser with a profile folder."""
    program = {"chromium": machine.chromium, "firefox": machine.firefox, "webkit": machine.webkit}[engine]()
    if program is None:
        skip_without(engine)
    path = str(program)
    if engine == "firefox":
        return lambda profile: firefox.firefox(path, profile)
    if engine == "webkit":
        display: str = request.getfixturevalue("display")
        return lambda profile: webkit.webkit(path, profile, display)
    playwright: Playwright = request.getfixturevalue("playwright")
    return lambda profile: chromium.chromium(path, profile, playwright)


@pytest.fixture
def browse(opener: Opener, server: Server, tmp_path: Path) -> Iterator[Browse]:
    """Opens Lan's browser: each time a new process, with the same profile."""
    with ExitStack() as opened:

        def browse() -> Person:
            client = opener(tmp_path / "profile")
            opened.callback(client.kill)
            return Person(client, server.url)

        yield browse
