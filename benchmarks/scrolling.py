"""Whether the list of households follows the finger while it grows.

2,000 households are on the phone, 6× slower by DevTools' throttling of the page. The list is scrolled by
half a screen a frame until no row is missing; each time runs from one animation frame to the next. Beside it:
the same once more, when all rows are there.
"""

from typing import cast

from playwright.sync_api import Page

from benchmarks import browser, replica_bench
from benchmarks.figures import Figure, main, percentile

_SCROLL = """async () => {
  const main = document.getElementById("main");
  main.scrollTop = 0;
  const frames = [];
  let last = await new Promise(requestAnimationFrame);
  const isLower = () => main.scrollTop + main.clientHeight < main.scrollHeight - 2;
  while (document.querySelector("#results > [hx-get]") || isLower()) {
    main.scrollTop += 300;
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - last);
    last = now;
  }
  return frames;
}"""
_ROWS = "new Set([...document.querySelectorAll('li.entry')].map(({id}) => id)).size"


def measure(small: bool = False) -> list[Figure]:
    """The longest frame; how many there were and p99 in the detail."""
    count = 100 if small else replica_bench.HOUSEHOLDS
    with replica_bench.field(count, 20) as field, browser.phone(field.instance.url) as context:
        page = context.pages[0]
        browser.sign_in(page, field.members[0])
        browser.wait_for_today(page)
        browser.slow_cpu(page, browser.SLOWER)
        page.goto("/field/households")
        page.locator("li.entry").first.wait_for()
        page.wait_for_timeout(3_000)
        growing = _frames(page)
        if int(page.evaluate(_ROWS)) != count:
            raise SystemExit("Rows are missing, or there twice.")
        grown = _frames(page)
    what = f"longest frame while the list grows to {count:,} rows, 6× CPU"
    detail = f"{len(growing)} frames, p99 {percentile(growing, 0.99):.0f} ms; when grown {max(grown):.0f} ms"
    return [Figure(what, max(growing), "ms", 100, detail=detail)]


def _frames(page: Page) -> list[float]:
    return cast(list[float], page.evaluate(_SCROLL))


if __name__ == "__main__":
    main(measure)
