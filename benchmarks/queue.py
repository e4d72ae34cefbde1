"""A thousand queued visits on a phone: the time until they are durable on the server and acknowledged.

The queue is written into the phone's database as saving without a network would have left it; then the app's
own engine sends it: when the network comes back, from the `online` event on, or when a save announces it.
Each run is another person's phone, in a hamlet of its own, with two months of plausible days. The limit: one
POST of as many bytes to an endpoint that only reads them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Page

from benchmarks import browser, databases, replica_bench
from benchmarks.figures import Figure, main
from benchmarks.phone import Phone
from benchmarks.processes import uvicorn
from benchmarks.proxy import Proxy, counting

VISITS = 1000
RUNS = 5
# Writes operations into the outbox with the next sequence numbers, and returns the account's id.
LAY = """async (operations) => {
  const names = (await indexedDB.databases()).map((db) => db.name);
  const name = names.find((name) => name.startsWith("tung-nha-"));
  const open = indexedDB.open(name);
  await new Promise((resolve) => { open.onsuccess = resolve; });
  const tx = open.result.transaction(["outbox", "meta"], "readwrite", { durability: "strict" });
  const meta = tx.objectStore("meta");
  const next = await new Promise((resolve) => {
    meta.get("next_seq").onsuccess = ({ target }) => resolve(target.result);
  });
  operations.forEach((operation, place) => tx.objectStore("outbox").put({ ...operation, seq: next + place }));
  meta.put(next + operations.length, "next_seq");
  await new Promise((resolve) => { tx.oncomplete = resolve; });
  open.result.close();
  return name.slice("tung-nha-".length);
}"""
# Announces a change of the outbox, as a save does; resolves with the time until the sync run has ended.
SEND = """async (account_id) => {
  const channel = new BroadcastChannel("tung-nha");
  const began = performance.now();
  const ended = new Promise((resolve) => {
    channel.addEventListener("message", ({ data }) => {
      if (data.kind === "sync") resolve({ took: performance.now() - began, left: data.left });
    });
  });
  channel.postMessage({ kind: "outbox", account_id });
  return ended;
}"""
# Resolves with the time from the next `online` event until the sync run that empties the outbox has ended.
_BACK = """() => {
  window.sent = new Promise((resolve, reject) => {
    let began = 0;
    addEventListener("online", ({ timeStamp }) => { began = timeStamp; }, { once: true, capture: true });
    new BroadcastChannel("tung-nha").addEventListener("message", ({ data }) => {
      if (data.kind === "sync" && began && !data.left) resolve({ took: performance.now() - began, left: 0 });
    });
    setTimeout(() => reject(new Error("the queue was not sent")), 120_000);
  });
}"""
_POST = """async (size) => {
  const body = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(body.subarray(at, at + 65536));
  const began = performance.now();
  await (await fetch("/take", { method: "POST", body })).json();
  return performance.now() - began;
}"""


@dataclass(frozen=True)
class Run:
    """One queue that was sent: seconds, requests, and their bytes up and down."""

    took: float
    requests: int
    up: int
    down: int


def measure(small: bool = False) -> list[Figure]:
    """Seconds, requests and bytes a visit; the field profile in the detail."""
    visits, runs = (15, 1) if small else (VISITS, RUNS)
    waits = [_network_comes_back] * runs + [_save_announces] * runs + [_network_comes_back] * (not small)
    with (
        replica_bench.field(500, 0, hamlets=len(waits), members=1) as field,
        counting(field.instance.port) as proxy,
    ):
        seen = []
        for number, (wait, member) in enumerate(zip(waits, field.members, strict=True)):
            seen.append(
                _run(proxy, Phone(field.instance.port, *member), member, visits, wait, number == 2 * runs)
            )
            if databases.count_visits(field.store) != visits * len(seen):
                raise RuntimeError(f"{databases.count_visits(field.store)} visits are on the server")
    limit = _limit(seen[0].up, runs), "one POST of the same bytes"
    what = f"{visits:,} queued visits, from %s to durable and acknowledged"
    back, saved = (_middle(some) for some in (seen[:runs], seen[runs : 2 * runs]))
    slow = "" if small else f"; {seen[-1].took:.1f} s on the field profile"
    details = f"{back.requests} requests{slow}", f"{saved.requests} requests"
    bytes_up, bytes_down = back.up / visits, f"and down {back.down / visits:.0f} B"
    return [
        Figure(what % "the network's return", back.took, "s", 0.45, 0.30, *limit, detail=details[0]),
        Figure(what % "the save that announces them", saved.took, "s", 0.45, 0.30, *limit, detail=details[1]),
        Figure("bytes of each, up", bytes_up, "B", 300, 180, detail=bytes_down),
    ]


def _middle(runs: list[Run]) -> Run:
    """The run of the median time."""
    return sorted(runs, key=lambda run: run.took)[len(runs) // 2]


def _run(
    proxy: Proxy,
    maker: Phone,
    member: tuple[str, str],
    visits: int,
    wait: Callable[[Page, Callable[[], str]], float],
    slow: bool,
) -> Run:
    """Send a queue from a phone on which nothing else is."""
    with browser.phone(proxy.url) as context:
        page = context.pages[0]
        browser.sign_in(page, member)
        browser.wait_for_today(page)
        before, proxy.slow = len(proxy.exchanges), slow
        took = wait(page, lambda: str(page.evaluate(LAY, maker.prepare(visits))))
        proxy.slow = False
    seen = [one for one in proxy.exchanges[before:] if one.path == "/api/v1/sync"]
    up, down = (sum(getattr(one, way) for one in seen) for way in ("sent", "received"))
    return Run(took, len(seen), up, down)


def _network_comes_back(page: Page, lay: Callable[[], str]) -> float:
    """Seconds from the `online` event until all is acknowledged; the queue is laid without a network."""
    page.context.set_offline(True)
    lay()
    page.evaluate(_BACK)
    page.context.set_offline(False)
    return float(page.evaluate("sent")["took"]) / 1000


def _save_announces(page: Page, lay: Callable[[], str]) -> float:
    """Seconds from the announcement of a change of the outbox, as a save makes it, until all is
    acknowledged."""
    ended = page.evaluate(SEND, lay())
    if ended["left"]:
        raise RuntimeError(f"{ended['left']} operations are left")
    return float(ended["took"]) / 1000


def _limit(size: int, runs: int) -> float:
    with (
        uvicorn("benchmarks.raw_limits:create_app", {}) as raw,
        counting(raw.port) as proxy,
        browser.phone(proxy.url) as context,
    ):
        page = context.pages[0]
        page.goto("/")
        return median(float(page.evaluate(_POST, size)) / 1000 for _ in range(runs))


if __name__ == "__main__":
    main(measure)
