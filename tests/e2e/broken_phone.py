"""A phone whose browser can be killed and whose memory can be damaged, and who remembers what it promised."""

import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, Route, ViewportSize

from tests.e2e.conftest import ARGUMENTS, PHONE
from tests.e2e.server import Server
from tests.e2e.steps import heading, set_quick_mark, sign_in
from tests.machine import chromium

QUICK = "/field/households/quick?page={}"
PAGE_ROWS = 30
SYNC = "**/api/v1/sync"
STORES = {"databases": "IndexedDB", "journal": "File System"}

# Taps [Đã đến] in one row after the other, as fast as each is said to be saved, and tells what it did.
TAP = """async (most) => {
  const until = async (found) => {
    for (const end = performance.now() + 20_000; performance.now() < end; ) {
      const what = found();
      if (what) return what;
      await new Promise((again) => setTimeout(again, 2));
    }
    throw new Error(`never: ${found}`);
  };
  const rows = () => [...document.querySelectorAll("#main li")];
  const button = (row) => row.querySelector('button[aria-label^="Đã đến"]');
  for (let count = 0; count < most; count += 1) {
    const row = await until(() => rows().find(button));
    const { href } = row.querySelector("a.row");
    const { id } = button(row).closest("form").elements;
    const visit = id.value;
    console.info(`tapped ${visit}`);
    button(row).click();
    await until(() => rows().find((one) => one.querySelector("a.row").href === href)?.querySelector(".step"));
    console.info(`saved ${visit}`);
  }
}"""


class BrokenPhone:
    """Lan's phone, with so many households at least in its list. `tapped` and `saved` are the visits she
    recorded, and those she was told are saved."""

    def __init__(self, playwright: Playwright, server: Server, profile: Path, homes: int) -> None:
        self.tapped: set[str] = set()
        self.saved: set[str] = set()
        self._playwright = playwright
        self.server = server
        self._profile = profile
        self._quick = QUICK.format(homes // PAGE_ROWS + 1)
        self._context: BrowserContext | None = None

    def sign_in(self) -> None:
        """Sign in, set the quick mark, and close the browser, so that the cookie is on the disk."""
        with self.opened() as page:
            sign_in(page)
            self._open_quick_mark(page)
            set_quick_mark(page)

    @contextmanager
    def opened(self) -> Iterator[Page]:
        """The browser with the same profile as before; closed at the end unless it was killed."""
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=chromium(),
            args=ARGUMENTS,
            base_url=self.server.url,
            viewport=ViewportSize(width=PHONE["width"], height=PHONE["height"]),
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            has_touch=True,
        )
        self._context.set_default_timeout(30_000)
        page = self._context.pages[0]
        page.on("console", lambda message: self._note(message.text))
        try:
            yield page
        finally:
            if self._context:
                self._context.close()
            self._context = None

    def record(self, page: Page, count: int) -> None:
        """Record that many visits, each said to be saved before the next."""
        self._open_quick_mark(page)
        before = len(self.saved)
        page.evaluate(TAP, count)
        self._heard(page, before + count)

    def record_until_killed(self, page: Page, seconds: float) -> None:
        """Record visit after visit; after so many seconds since the first the browser gets a SIGKILL."""
        self._open_quick_mark(page)
        before = len(self.saved)
        page.evaluate(f"void ({TAP})(1000)")
        self._heard(page, before + 1)
        page.wait_for_timeout(seconds * 1000)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the browser's own process; its children go with it."""
        os.kill(self._pid(), signal.SIGKILL)
        context, self._context = self._context, None
        assert context is not None
        with suppress(Error):  # there is nobody to close
            context.close()
        while self._is_running():
            time.sleep(0.02)

    def flip_a_byte(self) -> None:
        """One byte in the middle of the databases' log."""
        (log,) = (self._profile / "Default" / "IndexedDB").glob("http_127.0.0.1_*.leveldb/*.log")
        content = bytearray(log.read_bytes())
        content[len(content) // 2] ^= 0xFF
        log.write_bytes(content)

    def delete(self, what: str) -> None:
        """All databases, or the whole journal."""
        shutil.rmtree(self._profile / "Default" / STORES[what])

    def forget_cookies(self) -> None:
        """As when the session has ended."""
        for file in (self._profile / "Default").glob("Cookies*"):
            file.unlink()

    def drain(self, page: Page) -> str:
        """With the network back, let the phone send until it says that nothing waits, or for a minute.

        Returns what it says then of what waits, needs a fix or a sign-in; empty if nothing does.
        """
        self.server.start()
        page.goto("/field/log")
        said, end = "never asked", time.monotonic() + 60
        while time.monotonic() < end:
            page.wait_for_timeout(200)
            text = page.locator("#main").inner_text()
            if text.startswith("Xin chào"):  # it had to download its list first
                page.goto("/field/log")
                continue
            said = " · ".join(re.findall(".*(?:chưa gửi|Cần sửa|Đăng nhập).*", text))
            if text.startswith("Đã ghi") and not said:
                break
        return said

    def _open_quick_mark(self, page: Page) -> None:
        page.goto(self._quick)
        heading(page, "Ghi nhanh")

    def _heard(self, page: Page, saved: int) -> None:
        """Wait until so many visits were said to be saved."""
        end = time.monotonic() + 20
        while len(self.saved) < saved:
            assert time.monotonic() < end, f"{len(self.saved)} of {saved} visits are said to be saved"
            page.wait_for_timeout(5)

    def _note(self, text: str) -> None:
        word, _, visit = text.partition(" ")
        if word == "tapped":
            self.tapped.add(visit)
        elif word == "saved":
            self.saved.add(visit)

    def _is_running(self) -> bool:
        return any(True for _ in self._processes())

    def _pid(self) -> int:
        (pid,) = (pid for pid, parts in self._processes() if not any(p.startswith("--type=") for p in parts))
        return pid

    def _processes(self) -> Iterator[tuple[int, list[str]]]:
        wanted = f"--user-data-dir={self._profile}"
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parts = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if wanted in parts:
                yield int(folder.name), parts


def lose_answers(route: Route) -> None:
    """The server does its work, and the phone never hears of it."""
    with suppress(Error):  # the browser may be killed meanwhile
        route.fetch()
        route.abort()


def swallow(route: Route) -> None:
    """A network that takes the request and goes nowhere with it."""


def portal(route: Route) -> None:
    """A network that wants a sign-in of its own first, and says so with a 200."""
    with suppress(Error):
        route.fulfill(status=200, content_type="text/html", body="<title>Wi-Fi</title><a href=/>Xin chào</a>")
