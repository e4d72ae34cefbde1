"""The first visit: every byte that is transferred before the app works without a network.

Page, styles, code, service worker and its precache, manifest and icons, with the heads of the answers; not
the list of households, because nobody is signed in. Then the server is stopped, and the app has to open.
"""

import time
from collections import defaultdict

from playwright.sync_api import Page

from benchmarks import browser, databases
from benchmarks.figures import Figure, main
from benchmarks.processes import server
from benchmarks.proxy import Exchange, Proxy, counting
from tests.e2e.steps import wait_for_heading

KB = 1000
BUDGET = 78.4  # KB
_QUIET = 1.0  # seconds without a request, after which nothing more is expected


def measure(small: bool = False) -> list[Figure]:
    """All bytes; then JavaScript, CSS and the rest. `small` leaves out the field profile."""
    seen, _ = transfer_first_visit()
    parts: defaultdict[str, float] = defaultdict(float)
    for exchange in seen:
        parts[_part(exchange)] += exchange.received / KB
    encodings = {exchange.encoding for exchange in seen if _part(exchange) == "JavaScript"}
    detail = f"{len(seen)} requests, {', '.join(sorted(encodings)) or 'not compressed'}"
    field = [] if small else [Figure("the same on the field profile", field_seconds(), "s")]
    return [
        Figure("first visit, until it works offline", sum(parts.values()), "KB", BUDGET, 60, detail=detail),
        Figure("its JavaScript", parts["JavaScript"], "KB", goal=45),
        Figure("its CSS", parts["CSS"], "KB", goal=8),
        Figure("its page, manifest and icons", parts["rest"], "KB"),
        *field,
    ]


def transfer_first_visit(slow: bool = False) -> tuple[list[Exchange], float]:
    """What a first visit transferred, and the seconds until the service worker was active."""
    with (
        databases.store("sqlite") as store,
        server(store.url) as instance,
        counting(instance.port) as proxy,
        browser.phone(proxy.url) as context,
    ):
        page = context.pages[0]
        proxy.slow = slow
        began = time.monotonic()
        page.goto("/field/sign-in")
        wait_for_heading(page, "Đăng nhập")
        page.evaluate("navigator.serviceWorker.ready")
        took = time.monotonic() - began
        _wait_until_quiet(proxy)
        seen = list(proxy.exchanges)
        proxy.stop()
        _opens_offline(page)
        return seen, took


def field_seconds() -> float:
    """Seconds of a first visit on the field profile."""
    return transfer_first_visit(slow=True)[1]


def _wait_until_quiet(proxy: Proxy) -> None:
    count = -1
    while count != len(proxy.exchanges):
        count = len(proxy.exchanges)
        time.sleep(_QUIET)


def _opens_offline(page: Page) -> None:
    page.goto("/field/")
    wait_for_heading(page, "Đăng nhập")


def _part(exchange: Exchange) -> str:
    return {"text/javascript": "JavaScript", "text/css": "CSS"}.get(exchange.kind, "rest")


if __name__ == "__main__":
    main(measure)
