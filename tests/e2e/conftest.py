"""Real Chromium and a real server. A page that violates the content policy or throws fails its test."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.conftest import skip_without
from tests.e2e.server import Server
from tests.machine import chromium, headless_chromium
from tests.world import World

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Pages of tests live too shortly for optimized code, and V8 with little memory is busy with freeing some:
# without the one and with more of the other the tests of the screens take a sixth less CPU time.
SHORT_PAGES = "--js-flags=--single-threaded-gc,--no-opt,--no-maglev,--min-semi-space-size=32"
PHONE = {"width": 360, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
TIMEOUT_MS = 30_000  # for actions and for `expect`, whose own default of 5 s is too short on a busy machine
# Of stories whose part on the server is tested on both databases without a browser.
DATABASES = ["sqlite", "postgresql"] if os.environ.get("FAULTS") == "long" else ["sqlite"]
Opener = Callable[..., BrowserContext]

expect.set_options(timeout=TIMEOUT_MS)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """One for all tests of this folder. It does not live for the whole session: while it does, `asyncio.run`
    fails."""
    if chromium() is None:
        skip_without("Chromium")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="package")
def shared_browser(playwright: Playwright) -> Iterator[Browser]:
    """One for all tests, each with a context of its own: to start a browser takes two seconds of CPU time."""
    browser = playwright.chromium.launch(executable_path=headless_chromium(), args=[*ARGUMENTS, SHORT_PAGES])
    yield browser
    browser.close()


@pytest.fixture
def server(database_url: str, world: World, tmp_path: Path) -> Iterator[Server]:
    server = Server(database_url, tmp_path / "server.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def page_errors() -> Iterator[list[str]]:
    """Violations of the content policy and uncaught errors of all pages. The test fails if there are any."""
    errors: list[str] = []
    yield errors
    assert errors == []


@pytest.fixture
def open_browser(shared_browser: Browser, server: Server, page_errors: list[str]) -> Iterator[Opener]:
    """Opens a window with a storage of its own, with which it ends: `open_browser(viewport, **options)`."""
    with ExitStack() as opened:

        def open_browser(viewport: dict[str, int] = PHONE, **options: object) -> BrowserContext:
            context = shared_browser.new_context(**window_options(server, viewport) | options)  # type: ignore[arg-type]
            context = opened.enter_context(_watched(context, page_errors))
            context.new_page()
            return context

        yield open_browser


@pytest.fixture
def open_profile(
    playwright: Playwright, server: Server, tmp_path: Path, page_errors: list[str]
) -> Iterator[Opener]:
    """Opens a browser with the profile of this name on the disk; the same name again opens the same profile.

    For tests that start the browser a second time, or, with `windows`, need what only a browser with windows
    has: a prompt to install, background sync.
    """
    with ExitStack() as opened:

        def open_profile(
            profile: str, viewport: dict[str, int] = PHONE, *, windows: bool = True, **options: object
        ) -> BrowserContext:
            context = playwright.chromium.launch_persistent_context(
                str(tmp_path / profile),
                executable_path=chromium() if windows else headless_chromium(),
                args=ARGUMENTS,
                **window_options(server, viewport),  # type: ignore[arg-type]
                **options,  # type: ignore[arg-type]
            )
            return opened.enter_context(_watched(context, page_errors))

        yield open_profile


def window_options(server: Server, viewport: dict[str, int]) -> dict[str, object]:
    return {
        "base_url": server.url,
        "viewport": ViewportSize(width=viewport["width"], height=viewport["height"]),
        "locale": "vi-VN",
        "timezone_id": "Asia/Ho_Chi_Minh",
        "has_touch": viewport is PHONE,
    }


@contextmanager
def _watched(context: BrowserContext, page_errors: list[str]) -> Iterator[BrowserContext]:
    """The context, closed in the end, with the errors of all its pages collected."""
    context.set_default_timeout(TIMEOUT_MS)
    context.on("page", lambda page: collect_errors(page, page_errors))
    for page in context.pages:
        collect_errors(page, page_errors)
    yield context
    context.close()


def collect_errors(page: Page, page_errors: list[str]) -> None:
    page.on("pageerror", lambda error: page_errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            page_errors.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
