"""The built service worker in a real browser; its server knows only the shell and the built files."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import skip_without
from tests.machine import headless_chromium

from .renderers import ROOT

DIST = ROOT / "static/dist"
POLICIES: dict[str, str] = json.loads((ROOT / "app/web/document_headers.json").read_text(encoding="utf-8"))
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
OPTIONS = ["--no-sandbox", "--disable-gpu"]

OPEN_AN_ACCOUNT = """() => new Promise((resolve, reject) => {
    const opening = indexedDB.open("tung-nha");
    // The app has created it; an upgrade would mean that the name is wrong.
    opening.onupgradeneeded = () => reject(new Error("the app has no such database"));
    opening.onerror = reject;
    opening.onsuccess = () => {
        const stores = opening.result.transaction(["accounts", "settings"], "readwrite");
        stores.objectStore("accounts").put({
            account_id: "lan", commune_id: "yen-binh", device_id: "may-1", name: "Lan", role: "volunteer",
            hamlets: [], phone: "0900000001", installation_id: "1", signed_in: true,
            opened_at: "2026-11-24T08:00:00.000Z",
        });
        stores.objectStore("settings").put("lan", "open_account");
        stores.oncomplete = resolve;
    };
})"""

pytestmark = pytest.mark.browser


class Server(ThreadingHTTPServer):
    """A server that records the requests it receives: ``requests`` are their methods and paths."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.requests: list[str] = []
        self.worker_suffix = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.server.requests.append(f"GET {path}")
        if path == "/field/sw.js":
            self.answer((DIST / "sw.js").read_bytes() + self.server.worker_suffix.encode(), ".js")
        elif path.startswith("/static/dist/"):
            file = DIST / path.removeprefix("/static/dist/")
            self.answer(file.read_bytes(), file.suffix)
        elif path == "/other/page":
            self.answer(b"<title>from the server</title>", ".html")
        else:
            self.answer((DIST / "shell.html").read_bytes(), ".html")

    def do_POST(self) -> None:
        self.server.requests.append(f"POST {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(body, ".html", 401 if self.path.startswith("/api/") else 200)

    def answer(self, content: bytes, suffix: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", KINDS.get(suffix, "application/octet-stream"))
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Write no log."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if headless_chromium() is None:
        skip_without("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=headless_chromium(), args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """A page under the control of the worker."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{server.address}/field/sign-in")
        page.evaluate("() => navigator.serviceWorker.register('/field/sw.js', { updateViaCache: 'none' })")
        page.evaluate("async () => { await navigator.serviceWorker.ready; }")
        wait_for(page, "active?.state === 'activated'")
        page.goto(f"{server.address}/field/sign-in")
        assert page.evaluate("() => navigator.serviceWorker.controller !== null")
        yield page


def wait_for(page: Page, state: str) -> None:
    """Wait until this holds for the worker's registration."""
    page.wait_for_function(f"async () => (await navigator.serviceWorker.getRegistration()).{state}")


def stop(server: Server) -> None:
    server.shutdown()
    server.server_close()


def test_every_field_address_opens_without_a_server(page: Page, server: Server) -> None:
    address = server.address
    stop(server)

    for path in ("/field/", "/field/households?q=nguyen", "/field/visits/1/edit"):
        answer = page.goto(address + path)
        assert answer is not None
        assert answer.from_service_worker
        assert answer.text() == (DIST / "shell.html").read_text(encoding="utf-8")
        assert {name: answer.headers[name.lower()] for name in POLICIES} == POLICIES


def test_without_its_files_a_page_says_that_nothing_is_lost(page: Page, server: Server) -> None:
    page.evaluate("async () => { for (const key of await caches.keys()) await caches.delete(key); }")
    address = server.address
    stop(server)

    page.goto(f"{address}/field/")

    assert "Các lượt đã ghi vẫn còn trên máy." in page.inner_text("body")


def test_a_post_is_left_to_the_server(page: Page, server: Server) -> None:
    text = page.evaluate("async () => (await fetch('/field/log', { method: 'POST', body: 'thư' })).text()")

    assert text == "thư"
    assert "POST /field/log" in server.requests


def test_other_addresses_are_left_to_the_server(page: Page, server: Server) -> None:
    page.goto(f"{server.address}/other/page")

    assert page.title() == "from the server"


def test_the_shell_and_its_files_are_precached(page: Page, server: Server) -> None:
    precached = page.evaluate(
        "async () => (await (await caches.open((await caches.keys())[0])).keys()).map((one) => one.url)"
    )
    names = sorted(re.sub(r"-[0-9a-f]{10}|\?.*", "", address).rsplit("/", 1)[1] for address in precached)

    assert names == ["app.css", "field.js", "start.js"]


def test_a_new_version_waits_for_a_message_from_the_page(page: Page, server: Server) -> None:
    server.worker_suffix = "// a newer version"
    page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).update()")
    wait_for(page, "waiting?.state === 'installed'")

    page.evaluate("""async () => {
        const workers = navigator.serviceWorker;
        const changed = new Promise((resolve) => workers.addEventListener("controllerchange", resolve));
        (await workers.getRegistration()).waiting.postMessage({ type: "SKIP_WAITING" });
        await changed;
    }""")

    assert page.evaluate("async () => (await navigator.serviceWorker.getRegistration()).waiting") is None


def test_a_background_sync_runs_the_sync_engine(page: Page, server: Server) -> None:
    page.get_by_role("heading", name="Đăng nhập").wait_for()
    page.goto(f"{server.address}/other/page")  # The app itself would sync too.
    page.evaluate(OPEN_AN_ACCOUNT)
    devtools = page.context.new_cdp_session(page)
    found: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    _wait(page, lambda: bool(found))
    assert "POST /api/v1/sync" not in server.requests

    call = {"origin": server.address, "registrationId": found[-1], "tag": "tung-nha-sync", "lastChance": True}
    devtools.send("ServiceWorker.dispatchSyncEvent", call)
    _wait(page, lambda: "POST /api/v1/sync" in server.requests)


def _wait(page: Page, condition: Callable[[], bool]) -> None:
    for _ in range(200):
        if condition():
            return
        page.wait_for_timeout(100)
    pytest.fail("not true within 20 seconds")
