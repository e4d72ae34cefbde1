"""Real Chromium, real server. A page that breaks the content policy or throws fails its test."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, ViewportSize, sync_playwright

from tests.conftest import missing
from tests.e2e.server import Server
from tests.machine import chromium
from tests.world import World

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
Opener = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if chromium() is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def server(database_url: str, world: World, tmp_path: Path) -> Iterator[Server]:
    server = Server(database_url, tmp_path / "server.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def complaints() -> Iterator[list[str]]:
    """What pages complained of: policy violations and uncaught errors. The test fails if there are any."""
    heard: list[str] = []
    yield heard
    assert heard == []


@pytest.fixture
def open_browser(
    playwright: Playwright, server: Server, tmp_path: Path, complaints: list[str]
) -> Iterator[Opener]:
    """Opens a browser with a profile of its own name; the same name again is the same profile."""
    with ExitStack() as opened:

        def open_browser(profile: str, viewport: dict[str, int] = PHONE, **options: object) -> BrowserContext:
            return opened.enter_context(
                _context(playwright, server, tmp_path / profile, viewport, complaints, options)
            )

        yield open_browser


@contextmanager
def _context(
    playwright: Playwright,
    server: Server,
    profile: Path,
    viewport: dict[str, int],
    complaints: list[str],
    options: dict[str, object],
) -> Iterator[BrowserContext]:
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        args=ARGUMENTS,
        base_url=server.url,
        viewport=ViewportSize(width=viewport["width"], height=viewport["height"]),
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        has_touch=viewport is PHONE,
        **options,  # type: ignore[arg-type]
    )
    context.set_default_timeout(15_000)
    context.on("page", lambda page: _listen(page, complaints))
    for page in context.pages:
        _listen(page, complaints)
    yield context
    context.close()


def _listen(page: Page, complaints: list[str]) -> None:
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            complaints.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
