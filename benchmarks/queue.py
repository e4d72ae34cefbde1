"""A thousand queued visits on a phone: the time until they are durable on the server and acknowledged.

The queue is written into the phone's database as saving without a network would have left it; then the app's
own engine sends it. The limit: one POST of as many bytes to an endpoint that only reads them.
"""

from statistics import median

from playwright.sync_api import Page

from benchmarks import browser, databases, replica_bench
from benchmarks.figures import Figure, main
from benchmarks.phone import Phone
from benchmarks.processes import uvicorn
from benchmarks.proxy import counting

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
_POST = """async (size) => {
  const body = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(body.subarray(at, at + 65536));
  const began = performance.now();
  await (await fetch("/take", { method: "POST", body })).json();
  return performance.now() - began;
}"""


def measure(small: bool = False) -> list[Figure]:
    """Seconds, requests and bytes a visit; the field profile in the detail."""
    visits, runs = (15, 1) if small else (VISITS, RUNS)
    with (
        replica_bench.field(500, 0) as field,
        counting(field.instance.port) as proxy,
        browser.phone(proxy.url) as context,
    ):
        page = context.pages[0]
        browser.sign_in(page, field.members[0])
        browser.wait_for_today(page)
        maker = Phone(field.instance.port, *field.members[1])
        took: list[float] = []
        for slow in [False] * runs + [True] * (not small):
            account = page.evaluate(LAY, maker.prepare(visits))
            before, proxy.slow = len(proxy.exchanges), slow
            took.append(_send(page, account))
            seen = [one for one in proxy.exchanges[before:] if one.path == "/api/v1/sync"]
            if databases.count_visits(field.store) != visits * len(took):
                raise RuntimeError(f"{databases.count_visits(field.store)} visits are on the server")
    up, down = (sum(getattr(one, way) for one in seen) for way in ("sent", "received"))
    requests = f"{len(seen)} requests" + ("" if small else f"; {took.pop():.1f} s on the field profile")
    what = f"{visits:,} queued visits, from the browser to durable and acknowledged"
    limit = _limit(up, runs)
    return [
        Figure(what, median(took), "s", 0.45, 0.30, limit, "one POST of the same bytes", detail=requests),
        Figure("bytes of each, up", up / visits, "B", 300, 180, detail=f"and down {down / visits:.0f} B"),
    ]


def _send(page: Page, account: str) -> float:
    """Seconds until all is acknowledged."""
    ended = page.evaluate(SEND, account)
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
