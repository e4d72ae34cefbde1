"""Chromium as our own process, so that a test can kill it. Playwright connects to it."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, Playwright

from tests.e2e.engines.client import SIZE, WAIT, Client, Element, RefusedError, end, start
from tests.e2e.engines.webdriver import wait_for_file

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-crash-restore-bubble",
    "--remote-debugging-port=0",
    f"--window-size={SIZE[0]},{SIZE[1]}",
]


class Chromium(Client):
    """One tab."""

    def __init__(self, page: Page, browser: "Process") -> None:
        self._page = page
        self._browser = browser
        page.set_default_timeout(WAIT * 1000)
        page.set_viewport_size({"width": SIZE[0], "height": SIZE[1]})  # no window is that narrow

    def tab(self) -> "Chromium":
        return Chromium(self._page.context.new_page(), self._browser)

    def open(self, url: str) -> None:
        self._page.goto(url)

    def reload(self) -> None:
        self._page.reload()

    def back(self) -> None:
        self._page.go_back()

    def forward(self) -> None:
        self._page.go_forward()

    def run(self, script: str, *arguments: object) -> Any:
        try:
            return self._page.evaluate(_function(script), list(arguments))
        except Error as fault:
            raise RefusedError(fault.message) from fault

    def find(self, script: str, *arguments: object) -> Element | None:
        try:
            return self._page.evaluate_handle(_function(script), list(arguments)).as_element()
        except Error:
            return None  # the page was replaced meanwhile

    def click(self, element: Element) -> None:
        try:
            # A background tab draws one frame a second, and a click takes two or three frames.
            element.click(timeout=6_000)
        except Error as fault:
            raise RefusedError(fault.message) from fault

    def type(self, element: Element, text: str) -> None:
        element.focus()
        self._page.keyboard.press("Control+End")
        self._page.keyboard.type(text)

    def picture(self, file: Path) -> None:
        self._page.screenshot(path=file)

    def kill(self) -> None:
        self._browser.kill()


class Process:
    """Chromium with this profile."""

    def __init__(self, program: str, profile: Path, playwright: Playwright) -> None:
        profile.mkdir(exist_ok=True)
        port = profile / "DevToolsActivePort"
        port.unlink(missing_ok=True)
        self._process = start(
            [program, *ARGUMENTS, f"--user-data-dir={profile}", "about:blank"], profile / "log", {}
        )
        address = wait_for_file(port).split("\n")
        self._connection = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{address[0]}")
        context = self._connection.contexts[0]
        self.page = context.pages[0] if context.pages else context.new_page()

    def kill(self) -> None:
        end(self._process)


def _function(script: str) -> str:
    return f"given => (function () {{ {script} }}).apply(null, given)"


def chromium(program: str, profile: Path, playwright: Playwright) -> Chromium:
    """Chromium with this profile."""
    browser = Process(program, profile, playwright)
    return Chromium(browser.page, browser)
