"""The first visit on 2G (50 kbit/s, 800 ms), through TLS: what is on the screen when, after how many bytes.

The server stands behind Caddy with deploy/Caddyfile, and the link carries the handshakes too. Needs Debian's
package `caddy`.
"""

import time
from dataclasses import dataclass

from playwright.sync_api import Page

from benchmarks import browser, databases
from benchmarks.deployment import caddy
from benchmarks.figures import Figure, main
from benchmarks.link import TWO_G, Link, Profile, slow_link
from benchmarks.processes import server
from tests.e2e.steps import wait_until

KB = 1000
FRAME_S, FORM_S, BEFORE_FORM_KB, ANSWER_MS = 5, 12, 45, 100
# Notes in milliseconds since navigation began the first frame with text and the first with the form in it,
# and how long after a tap on its button the page has said something.
_WATCH = """
window.moments = {};
new PerformanceObserver((list) => {
  for (const {name, startTime} of list.getEntries())
    if (name === "first-contentful-paint") moments.frame = startTime;
}).observe({type: "paint", buffered: true});
const look = () => {
  const button = document.querySelector("form button.primary");
  if (!button?.getClientRects().length) return requestAnimationFrame(look);
  moments.form = performance.now();
  setTimeout(() => {
    const tapped = performance.now();
    button.click();
    const answered = () => {
      const said = document.querySelector("[data-held]:not([hidden]), .error");
      if (said) moments.answer = performance.now() - tapped;
      else requestAnimationFrame(answered);
    };
    requestAnimationFrame(answered);
  }, 300);
};
requestAnimationFrame(look);
"""
_ERROR = "#invite-error"


@dataclass(frozen=True)
class Moments:
    """Seconds since the address was opened; `before_form` in bytes, `answer` in ms after the tap."""

    frame: float
    form: float
    before_form: int
    answer: float
    works: float


def measure(small: bool = False) -> list[Figure]:
    """`small`: on a link that is not slow."""
    seen = watch(Profile(10_000_000, 0.0) if small else TWO_G)
    return [
        Figure("first visit on 2G, its frame", seen.frame, "s", FRAME_S),
        Figure(
            "its sign-in form",
            seen.form,
            "s",
            FORM_S,
            detail=f"works after {seen.works:.1f} s",
        ),
        Figure("bytes before the form, TLS included", seen.before_form / KB, "KB", BEFORE_FORM_KB),
        Figure("a tap on its button says something after", seen.answer, "ms", ANSWER_MS),
    ]


def watch(profile: Profile) -> Moments:
    """Open the app for the first time through a link, and tap *Đăng nhập* as soon as it is there."""
    with (
        databases.store("sqlite") as store,
        server(store.url) as instance,
        caddy(instance.port) as (port, _process),
        slow_link(port, profile) as link,
        browser.phone(f"https://127.0.0.1:{link.port}", "--ignore-certificate-errors") as context,
    ):
        page = context.pages[0]
        page.add_init_script(_WATCH)
        return _visit(page, link)


def _visit(page: Page, link: Link) -> Moments:
    began, before = time.monotonic(), link.received
    page.goto("/field/sign-in", wait_until="commit")
    wait_until(page, "window.moments?.form")
    before_form = link.received - before
    page.wait_for_selector(_ERROR, timeout=120_000)
    works = time.monotonic() - began
    moments = page.evaluate("moments")
    return Moments(moments["frame"] / 1000, moments["form"] / 1000, before_form, moments["answer"], works)


if __name__ == "__main__":
    main(measure)
