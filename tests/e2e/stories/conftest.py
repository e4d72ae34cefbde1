"""One server with the demo commune for all stories of a worker, and one window with its officer signed in.

A story begins at *Tổng quan*, and has people, households and lists of its own: no other story changes them.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from app.core.clock import utc_now
from app.core.db import Database
from app.upkeep import demo
from tests.e2e.conftest import TIMEOUT_MS, collect_errors, window_options
from tests.e2e.hand import Hand
from tests.e2e.server import Server
from tests.e2e.steps import wait_for_heading

LAPTOP = {"width": 1366, "height": 768}


@pytest.fixture(scope="package")
def server(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the demo commune."""
    folder = tmp_path_factory.mktemp("commune")
    url = f"sqlite:///{shutil.copy(sqlite_template, folder / 'commune.sqlite3')}"
    database = Database(url)
    database.write(lambda session: demo.load(session, utc_now()))
    database.close()
    server = Server(url, folder / "server.log")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="package")
def window(shared_browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """The window of Hoàng Văn Bình, signed in."""
    window = shared_browser.new_context(**window_options(server, LAPTOP))  # type: ignore[arg-type]
    window.set_default_timeout(TIMEOUT_MS)
    _, name, password = demo.SUPERVISOR
    page = window.new_page()
    page.goto("/desk/")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    wait_for_heading(page, "Tổng quan")
    page.close()
    window.grant_permissions(["clipboard-read", "clipboard-write"])
    yield window
    window.close()


@pytest.fixture
def hand(window: BrowserContext, page_errors: list[str]) -> Iterator[Hand]:
    """The officer's, at *Tổng quan*."""
    page = window.new_page()
    collect_errors(page, page_errors)
    hand = Hand(page)
    page.goto("/desk/")
    wait_for_heading(page, "Tổng quan")
    yield hand
    page.close()
