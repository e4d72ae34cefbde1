"""How long a volunteer waits without a network: opening the app, finding a household, saving a visit.

2,000 households and 2,000 visits are on the phone, and the server cannot be reached. Each time runs from the
event (navigation, key, tap) to the frame that shows its result, by Chromium's own time stamps: at the speed
of this machine, and 6× slower by DevTools' throttling of the page, which leaves the service worker as fast as
it is. Each start has a new page, and the service worker is stopped before.
"""

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from benchmarks import browser, replica_bench
from benchmarks.figures import ENOUGH, Figure, main, percentile, spread
from benchmarks.proxy import counting

TIMES = {1: 12, browser.SLOWER: ENOUGH}  # by the factor that the CPU is slower
_WORDS = ("nguyen van", "tran thi", "le duc", "hoang minh", "pham hung")
# bench.painted(test): time of the first frame in which test() is true; bench.at: time of the newest event.
_PROBE = """
window.bench = {
  at: 0,
  painted: (test) => new Promise((resolve) => {
    const look = () => {
      if (!test()) return requestAnimationFrame(look);
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.now());
      port2.postMessage(null);
    };
    requestAnimationFrame(look);
  }),
};
for (const kind of ["keydown", "click"]) {
  addEventListener(kind, ({ timeStamp }) => { bench.at = timeStamp; }, { capture: true });
}
bench.list = bench.painted(() => document.querySelector('main[data-screen="households"] li a.row'));
"""
_EXPECT_RESULTS = """() => {
  const filter = () => document.querySelector("#results a.chip").href;  // names the words searched for
  const before = filter();
  bench.next = bench.painted(() => filter() !== before);
}"""
_EXPECT_SAVED = """() => {
  bench.next = bench.painted(() => document.querySelector('main[data-screen="saved"]'));
}"""
_NEXT = "async () => await bench.next - bench.at"
_FILL = """() => {
  for (const name of ["result", "service", "outcome-vneid_install"]) {
    document.querySelector(`form [name="${name}"]`).click();
  }
}"""
_VISIT_LINK = 'a.button[href$="/visit"], a.primary[href$="/visit"]'


def measure(small: bool = False) -> list[Figure]:
    """p95 at 6×; the medians in the detail."""
    households, visits, times = (
        (40, 20, {browser.SLOWER: 1}) if small else (replica_bench.HOUSEHOLDS, replica_bench.VISITS, TIMES)
    )
    with (
        replica_bench.field(households, visits) as field,
        counting(field.instance.port) as proxy,
        browser.phone(proxy.url) as context,
    ):
        page = context.pages[0]
        browser.sign_in(page, field.members[0])
        browser.wait_for_today(page)
        context.add_init_script(_PROBE)
        proxy.stop()
        took = {
            what: {speed: waits(context, speed, count) for speed, count in times.items()}
            for what, waits in _WAITS.items()
        }
    return [_figure(what, took[what], *_BUDGETS[what]) for what in _WAITS]


def _figure(what: str, took: dict[int, list[float]], budget: float, goal: float) -> Figure:
    slow = took[browser.SLOWER]
    detail = spread(slow) + (f"; at 1×, {spread(took[1])}" if 1 in took else "")
    return Figure(what, percentile(slow, 0.95), "ms", budget, goal, detail=detail)


def _starts(context: BrowserContext, speed: int, times: int) -> list[float]:
    """From the navigation to the list."""
    took = []
    for _ in range(times):
        page = context.new_page()
        session = browser.slow_cpu(page, speed)
        session.send("ServiceWorker.enable")
        session.send("ServiceWorker.stopAllWorkers")
        page.goto("/field/households", wait_until="commit")
        took.append(float(page.evaluate("bench.list")))
        page.close()
    return took


def _key_presses(context: BrowserContext, speed: int, times: int) -> list[float]:
    """From a key press in the search box to the filtered list."""
    page = _list(context, speed)
    page.locator("#q").focus()
    took: list[float] = []
    while len(took) < times:
        word = _WORDS[len(took) % len(_WORDS)].replace(" ", "")
        for letter in word[: times - len(took)]:
            page.evaluate(_EXPECT_RESULTS)
            page.keyboard.press(letter)
            took.append(float(page.evaluate(_NEXT)))
        page.locator("#q").fill("")
        page.wait_for_timeout(300 * speed)
    page.close()
    return took


def _saves(context: BrowserContext, speed: int, times: int) -> list[float]:
    """From the tap on *Lưu* to *Đã lưu trên máy*, at one household after the other."""
    page = _list(context, speed)
    took = []
    # A second visit of a day asks first: at another speed it goes on with the household after the last one.
    page.goto(
        str(page.evaluate("localStorage.next") or page.locator(_VISIT_LINK).first.get_attribute("href"))
    )
    for _ in range(times):
        page.locator('main[data-screen="visit_form"], main form[data-draft]').first.wait_for()
        page.evaluate(_FILL)
        page.wait_for_timeout(1000)  # until the draft is written, and the tap is not taken for a double tap
        page.evaluate(_EXPECT_SAVED)
        page.get_by_role("button", name="Lưu", exact=True).tap()
        took.append(float(page.evaluate(_NEXT)))
        page.wait_for_timeout(1000 if times > 1 else 0)
        link = page.locator(_VISIT_LINK).first
        page.evaluate("(next) => { localStorage.next = next; }", link.get_attribute("href"))
        link.click()
    page.close()
    return took


def _list(context: BrowserContext, speed: int) -> Page:
    """A new page with the list, after its start has finished."""
    page = context.new_page()
    browser.slow_cpu(page, speed)
    page.goto("/field/households")
    page.evaluate("bench.list")
    page.wait_for_timeout(300 * speed)
    return page


_WAITS: dict[str, Callable[[BrowserContext, int, int], list[float]]] = {
    "cold start offline to the list, 6× CPU": _starts,
    "key press to the filtered list, 6× CPU": _key_presses,
    "tap on Lưu to Đã lưu trên máy, 6× CPU": _saves,
}
_BUDGETS: dict[str, tuple[float, float]] = dict(
    zip(_WAITS, [(600, 350), (250, 150), (200, 120)], strict=True)
)


if __name__ == "__main__":
    main(measure)
