"""A phone whose browser can be killed and whose storage can be damaged. It records which visits it called
saved."""

import gzip
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, Request, Route, ViewportSize

from tests.e2e.conftest import ARGUMENTS, PHONE
from tests.e2e.server import Server
from tests.e2e.steps import deny_background_sync, set_quick_mark, sign_in, wait_for_heading, wait_until
from tests.machine import headless_chromium

QUICK_MARK = "/field/households/quick?page={}"
PAGE_ROWS = 30
SYNC = "**/api/v1/sync"
STORES = {"databases": "IndexedDB", "journal": "File System"}  # names of Chromium's folders
DRAIN_TIMEOUT = 180  # seconds
RECOVERY_TIMEOUT = 10  # seconds; only mutants of the recovery take so long
SYNC_INTERVAL = 75  # seconds, a little more than the phone's own, after which it tries again

# Taps [Đã gặp] in one row after the other, as soon as the one before is called saved. A tap waits until this
# process knows of it, as a line of the console may be lost when the browser is killed; the other is logged.
TAP = """async (most) => {
  const until = async (found) => {
    for (const end = performance.now() + 60_000; performance.now() < end; ) {
      const what = found();
      if (what) return what;
      await new Promise((again) => setTimeout(again, 2));
    }
    throw new Error(`never: ${found}`);
  };
  const rows = () => [...document.querySelectorAll("#main li:has(a.row)")];
  const button = (row) => row.querySelector('button[aria-label^="Đã gặp"]');
  for (let count = 0; count < most; count += 1) {
    const first = await until(() => rows().find(button));
    const { href } = first.querySelector("a.row");
    const row = () => rows().find((one) => one.querySelector("a.row").href === href);
    const id = () => button(row()).closest("form").elements.id.value;
    let visit = "";
    while (id() !== visit) {
      visit = id(); // a row that is drawn anew meanwhile has another
      await tapped(visit);
    }
    button(row()).click();
    await until(() => row()?.querySelector(".step"));
    // A mark of an earlier tap, before a kill, may show only now: this one was asked about, and not saved.
    if (row().querySelector(`[action*="/${visit}/mark/undo"]`)) console.info(`saved ${visit}`);
  }
}"""

# How many operations have a file in the journal, in whatever folder it is.
JOURNAL_FILES = """async () => {
  const count = async (entry) => {
    if (entry.kind === "file") return /^[\\da-f-]{36}$/.test(entry.name) ? 1 : 0;
    let sum = 0;
    for await (const child of entry.values()) sum += await count(child);
    return sum;
  };
  return count(await navigator.storage.getDirectory());
}"""

# Resolves when the phone has ended a run of exchanges, well or not; with records to send it begins others.
END_OF_SYNC = """() => new Promise((resolve) => {
  const channel = new BroadcastChannel("tung-nha");
  channel.onmessage = ({ data }) => {
    if (data.kind !== "sync") return;
    channel.close();
    resolve();
  };
})"""


class BrokenPhone:
    """Lan's phone, whose list has at least `households` households. `tapped` are the visits that she
    recorded, `saved` those that the phone called saved."""

    def __init__(self, playwright: Playwright, server: Server, profile: Path, households: int) -> None:
        self.tapped: set[str] = set()
        self.saved: set[str] = set()
        self._playwright = playwright
        self.server = server
        self._profile = profile
        self._quick_mark = QUICK_MARK.format(households // PAGE_ROWS + 1)
        self._context: BrowserContext | None = None

    def sign_in(self) -> None:
        """Sign in, set the quick mark, and close the browser, which writes the cookie to the disk."""
        with self.opened() as page:
            sign_in(page)
            self.set_quick_mark(page)

    def set_quick_mark(self, page: Page) -> None:
        """What `record` marks; it is in the databases."""
        self._open_quick_mark(page)
        set_quick_mark(page)

    @contextmanager
    def opened(self) -> Iterator[Page]:
        """The browser with the same profile each time; closed at the end unless it was killed."""
        self._context = self._playwright.chromium.launch_persistent_context(
            str(self._profile),
            executable_path=headless_chromium(),
            args=ARGUMENTS,
            base_url=self.server.url,
            viewport=ViewportSize(width=PHONE["width"], height=PHONE["height"]),
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            has_touch=True,
        )
        self._context.set_default_timeout(60_000)
        deny_background_sync(self._context)
        self._context.expose_function("tapped", self._add_tapped)
        page = self._context.pages[0]
        page.on("console", lambda message: self._read_log(message.text))
        try:
            yield page
        finally:
            if self._context:
                self._context.close()
            self._context = None

    def record(self, page: Page, count: int) -> None:
        """Record visits, each after the one before is called saved."""
        self._open_quick_mark(page)
        before = len(self.saved)
        page.evaluate(TAP, count)
        self._wait_for_saved(page, before + count)

    def record_and_fail_to_send(self, page: Page, count: int) -> None:
        """Record visits, and wait until an exchange with one of them has failed, and the phone knows."""
        tried: set[str] = set()
        page.on("requestfailed", lambda request: tried.update(records_sent(request)))
        before = set(self.saved)
        self.record(page, count)
        wait_until(page, lambda: bool(tried & (self.saved - before)), SYNC_INTERVAL)
        wait_for_end_of_sync(page)

    def record_until_killed(self, page: Page, seconds: float) -> None:
        """Record visits; kill the browser so many seconds after the first one."""
        self._open_quick_mark(page)
        before = len(self.saved)
        page.evaluate(f"void ({TAP})(1000)")
        self._wait_for_saved(page, before + 1)
        moment = time.monotonic() + seconds
        wait_until(page, lambda: time.monotonic() > moment)
        self.kill()

    def kill(self) -> None:
        """SIGKILL to the browser's main process and the script that started it; its children end with it."""
        for pid in self._pids():
            os.kill(pid, signal.SIGKILL)
        context, self._context = self._context, None
        assert context is not None
        with suppress(Error):  # the browser is no longer there
            context.close()
        while self._is_running():
            time.sleep(0.02)

    def flip_a_byte(self) -> None:
        """Change one byte in the middle of the databases' log."""
        (log,) = (self._profile / "Default" / "IndexedDB").glob("http_127.0.0.1_*.leveldb/*.log")
        content = bytearray(log.read_bytes())
        content[len(content) // 2] ^= 0xFF
        log.write_bytes(content)

    def delete(self, store: str) -> None:
        """Delete all databases, or the whole journal."""
        shutil.rmtree(self._profile / "Default" / STORES[store])

    def delete_cookies(self) -> None:
        """As when the session has expired."""
        for file in (self._profile / "Default").glob("Cookies*"):
            file.unlink()

    def drain(self, page: Page) -> str:
        """Start the server and wait until the phone has sent everything, for `DRAIN_TIMEOUT` at most.

        Returns the lines of the log page on what waits, needs a fix or a sign-in; empty if there are none. A
        signed-out phone sends nothing however long one waits.
        The page is drawn before the phone has compared its stores, so the journal has to be empty as well.
        """
        self.server.start()
        page.goto("/field/log")
        lines, start = "the log page was never seen", time.monotonic()

        def is_at_an_end() -> bool:
            nonlocal lines
            seconds = time.monotonic() - start
            text = page.locator("#main").inner_text()
            if text.startswith("Xin chào"):  # the page after a first download
                page.goto("/field/log")
                return False
            # The hint at the end of the log says *Cần sửa thì …*, whatever waits.
            lines = " · ".join(re.findall(".*(?:chưa gửi|Cần sửa(?! thì)|Đăng nhập).*", text))
            is_signed_out = text.startswith("Đăng nhập")
            is_drained = text.startswith("Đã ghi") and not lines
            if (is_signed_out or is_drained) and seconds > RECOVERY_TIMEOUT:
                return True
            return (is_drained and page.evaluate(JOURNAL_FILES) == 0) or seconds > DRAIN_TIMEOUT

        wait_until(page, is_at_an_end, 2 * DRAIN_TIMEOUT)
        return lines

    def _open_quick_mark(self, page: Page) -> None:
        page.goto(self._quick_mark)
        wait_for_heading(page, "Ghi nhanh")

    def _wait_for_saved(self, page: Page, count: int) -> None:
        wait_until(page, lambda: len(self.saved) >= count, 90)

    def _add_tapped(self, visit: str) -> None:
        self.tapped.add(visit)

    def _read_log(self, text: str) -> None:
        word, _, visit = text.partition(" ")
        if word == "saved":
            self.saved.add(visit)

    def _is_running(self) -> bool:
        return any(True for _ in self._processes())

    def _pids(self) -> list[int]:
        return [
            pid for pid, parts in self._processes() if not any(part.startswith("--type=") for part in parts)
        ]

    def _processes(self) -> Iterator[tuple[int, list[str]]]:
        wanted = f"--user-data-dir={self._profile}"
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parts = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
            except OSError:
                continue
            if wanted in parts:
                yield int(folder.name), parts


def wait_for_end_of_sync(page: Page) -> None:
    """Until a run of exchanges that is in progress, or the next one, has ended."""
    page.evaluate(END_OF_SYNC)


def lose_answers(route: Route) -> None:
    """The server applies the request, and the phone does not get the answer."""
    with suppress(Error):  # the browser may be killed meanwhile
        route.fetch()
        route.abort()


def never_answer(route: Route) -> None:
    """A network that accepts the request and does not deliver it."""


def answer_as_portal(route: Route) -> None:
    """A captive portal: answers 200 with its own sign-in page."""
    with suppress(Error):
        route.fulfill(status=200, content_type="text/html", body="<title>Wi-Fi</title><a href=/>Xin chào</a>")


def records_sent(request: Request) -> set[str]:
    """Ids of the records that an exchange's operations are about; empty for other requests."""
    body = request.post_data_buffer
    if not request.url.endswith("/api/v1/sync") or body is None:
        return set()
    content = gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    return {operation["data"]["id"] for operation in json.loads(content)["ops"]}
