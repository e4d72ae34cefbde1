"""The first download: 2,000 households and 2,000 visits, from the first request until they are stored.

The limit: the same rows as one gzipped JSON file, fetched and parsed by the same browser.
"""

import gzip
import json
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page

from benchmarks import browser, replica_bench
from benchmarks.figures import Figure, main
from benchmarks.processes import uvicorn
from benchmarks.proxy import Exchange, Proxy, counting

RUNS = 5
# Notes the time at which the sync run of the first download ends.
_LISTEN = """() => {
  window.ended = new Promise((resolve) => {
    new BroadcastChannel("tung-nha").addEventListener("message", ({ data }) => {
      if (data.kind === "sync") resolve(performance.now());
    });
  });
}"""
_TOOK = """async () => {
  const ended = await window.ended;
  const asked = performance.getEntriesByType("resource").filter(({ name }) => name.endsWith("/api/v1/sync"));
  return ended - asked[0].startTime;
}"""
# How many rows of each kind are in the account's own database.
_STORED = """async (kinds) => {
  const names = (await indexedDB.databases()).map((db) => db.name);
  const name = names.find((name) => name.startsWith("tung-nha-"));
  const open = indexedDB.open(name);
  await new Promise((resolve) => { open.onsuccess = resolve; });
  const stores = kinds.map((kind) => `replica_${kind}`);
  const tx = open.result.transaction(stores, "readonly");
  const counts = await Promise.all(stores.map((store) => new Promise((resolve) => {
    const asked = tx.objectStore(store).count();
    asked.onsuccess = () => resolve(asked.result);
  })));
  open.result.close();
  return counts;
}"""
_FETCH = """async () => {
  const began = performance.now();
  const rows = await (await fetch("/rows")).json();
  return [performance.now() - began, rows.length];
}"""


def measure(small: bool = False) -> list[Figure]:
    """Seconds and bytes; the field profile in the detail."""
    households, visits, runs = (
        (30, 20, 1) if small else (replica_bench.HOUSEHOLDS, replica_bench.VISITS, RUNS)
    )
    with replica_bench.field(households, visits) as field, tempfile.TemporaryDirectory() as folder:
        rows = replica_bench.rows_of(field.instance.port, field.members[0])
        file = Path(folder) / "rows.json.gz"
        file.write_bytes(gzip.compress(json.dumps(rows, ensure_ascii=False).encode(), 6))
        with counting(field.instance.port) as proxy:
            took = [_download(proxy, field.members[0], (households, visits), False) for _ in range(runs)]
            seconds, seen = median(one for one, _ in took), took[0][1]
            slow = "" if small else _slow(proxy, field.members[0], (households, visits))
        with (
            uvicorn("benchmarks.raw_limits:create_app", {"ROWS": str(file)}) as raw,
            counting(raw.port) as proxy,
        ):
            fetch_seconds, fetch_bytes = _fetch(proxy, runs)
    what = f"first download, {households:,} households and {visits:,} visits, stored"
    size = sum(one.received for one in seen)
    requests = f"{len(seen)} requests{slow}"
    return [
        Figure(what, seconds, "s", 0.8, 0.45, fetch_seconds, "fetch of one JSON file", detail=requests),
        Figure("its bytes", size / 1e6, "MB", 0.4, 0.2, fetch_bytes / 1e6, "that file, gzip"),
    ]


def _slow(proxy: Proxy, member: tuple[str, str], expected: tuple[int, int]) -> str:
    seconds, _ = _download(proxy, member, expected, True)
    return f"; {seconds:.1f} s on the field profile"


def _download(
    proxy: Proxy, member: tuple[str, str], expected: tuple[int, int], slow: bool
) -> tuple[float, list[Exchange]]:
    """Seconds from the first request until all is stored, and the exchanges of it."""
    with browser.phone(proxy.url) as context:
        page = context.pages[0]
        page.goto("/field/sign-in")
        page.evaluate("navigator.serviceWorker.ready")
        page.evaluate(_LISTEN)
        proxy.slow = slow
        try:
            before = len(proxy.exchanges)
            browser.sign_in_here(page, member)
            seconds = float(page.evaluate(_TOOK)) / 1000
        finally:
            proxy.slow = False
        seen = [one for one in proxy.exchanges[before:] if one.path == "/api/v1/sync"]
        _check(page, expected)
        return seconds, seen


def _check(page: Page, expected: tuple[int, int]) -> None:
    stored: list[Any] = page.evaluate(_STORED, ["household", "visit"])
    if tuple(stored) != expected:
        raise RuntimeError(f"{stored} rows are stored of {expected}")


def _fetch(proxy: Proxy, runs: int) -> tuple[float, int]:
    """Seconds and bytes of the limit."""
    with browser.phone(proxy.url) as context:
        page = context.pages[0]
        page.goto("/")
        took = [float(page.evaluate(_FETCH)[0]) / 1000 for _ in range(runs)]
    return median(took), proxy.exchanges[-1].received


if __name__ == "__main__":
    main(measure)
