"""Pictures of the main screens for the README, from the demo commune: `make pictures`."""

import re
import tempfile
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, Playwright, sync_playwright

from app import demo
from app.core.clock import utc_now
from app.core.db import Database
from app.migrations import upgrade
from tests.e2e.conftest import ARGUMENTS, DESKTOP, PHONE
from tests.e2e.server import ROOT, Server
from tests.e2e.steps import desk_sign_in, fill_visit, find_household, heading, sign_in
from tests.machine import chromium

SCREENS = ROOT / "docs" / "screens"


def main() -> None:
    """Write docs/screens/*.png."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/demo.sqlite3"
        database = Database(url)
        upgrade(database)
        database.write(lambda session: demo.load(session, utc_now()))
        database.close()
        server = Server(url, Path(folder) / "server.log")
        server.start()
        try:
            with sync_playwright() as playwright:
                _phone(_page(playwright, server, PHONE))
                _desk(_page(playwright, server, DESKTOP))
        finally:
            server.stop()


def _page(playwright: Playwright, server: Server, viewport: dict[str, int]) -> Page:
    browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    context: BrowserContext = browser.new_context(
        base_url=server.url,
        viewport={"width": viewport["width"], "height": viewport["height"]},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    )
    return context.new_page()


def _phone(page: Page) -> None:
    sign_in(page, *demo.VOLUNTEERS[0][1:])
    _take(page, "today")
    find_household(page, "nguyen")
    page.wait_for_timeout(400)
    _take(page, "households")
    page.get_by_role("link", name=re.compile(r"^Ghi \d")).first.click()
    fill_visit(page)
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    _take(page, "visit")
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")
    _take(page, "saved")
    page.goto("/field/log")
    page.get_by_text("Đã gửi").first.wait_for()
    _take(page, "log")


def _desk(page: Page) -> None:
    _, name, password = demo.SUPERVISOR
    desk_sign_in(page, name, password)
    page.locator('a[href*="/desk/visits/"]').first.click()
    page.get_by_role("link", name="Trả lại").wait_for()
    _take(page, "desk")


def _take(page: Page, name: str) -> None:
    page.wait_for_timeout(200)
    page.screenshot(path=SCREENS / f"{name}.png")


if __name__ == "__main__":
    main()
