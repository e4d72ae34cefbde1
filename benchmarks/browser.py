"""A real Chromium as a phone, and the steps that benchmarks take with it."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, CDPSession, Page, ViewportSize, sync_playwright

from tests.e2e.conftest import ARGUMENTS, PHONE
from tests.e2e.steps import wait_for_heading
from tests.machine import chromium

SLOWER = 6  # a cheap phone's CPU, as DevTools throttles it


@contextmanager
def phone(url: str, *arguments: str) -> Iterator[BrowserContext]:
    """A browser with an empty profile and further arguments; paths are relative to `url`."""
    program = chromium()
    if program is None:
        raise SystemExit("Chromium is missing: `python -m tests.machine` installs it on Debian.")
    with tempfile.TemporaryDirectory(prefix="tungnha-bench-") as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            args=[*ARGUMENTS, *arguments],
            base_url=url,
            viewport=ViewportSize(width=PHONE["width"], height=PHONE["height"]),
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            has_touch=True,
        )
        context.set_default_timeout(120_000)
        try:
            yield context
        finally:
            context.close()


def sign_in(page: Page, member: tuple[str, str]) -> None:
    """Open the sign-in page, fill it in and tap; the first download follows."""
    page.goto("/field/sign-in")
    sign_in_here(page, member)


def sign_in_here(page: Page, member: tuple[str, str]) -> None:
    """The same on a sign-in page that is open already."""
    page.get_by_label("Mã mời").fill(member[1])
    page.get_by_label("Số điện thoại").fill(member[0])
    page.get_by_role("button", name="Đăng nhập").click()


def wait_for_today(page: Page) -> None:
    """Wait until *Hôm nay* is on screen, with the list downloaded and the service worker active."""
    wait_for_heading(page, re.compile("Xin chào"))
    page.evaluate("navigator.serviceWorker.ready")


def slow_cpu(page: Page, times: float) -> CDPSession:
    """Throttle the page's CPU by that factor."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": times})
    return session
