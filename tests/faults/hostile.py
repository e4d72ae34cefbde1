"""Measures what one hostile phone, page or stranger costs other users: attacks on a running server.

`python -m tests.faults.hostile [--only sqlite postgresql] [--attacks NAME …]` starts its own server on
loopback for each database, with 12,000 households of which 2,000 have one name. During an attack Bình opens
pages and Lan sends visits. The exit code is 1 if one of their requests fails or takes longer than `MOST_MS`,
if the server's memory grows by more than `MOST_MB`, or if the 95th percentile of *Tổng quan* without an
attack is above `OVERVIEW_MS`. The attacks are in `tests.faults.attacks`. All processes are ended with the
script.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2

from app.core.batch import Batch
from app.core.db import Database
from app.fieldwork.households.commands import new_household
from app.fieldwork.households.models import Household
from benchmarks import databases
from benchmarks.figures import percentile
from benchmarks.processes import ROOT, free_port
from tests.faults.attacks import ATTACKS, MEGABYTE, SECONDS, Scene, get, post_sign_in
from tests.phone import new_id, sign_in
from tests.world import LAN, NAM, World, build

MOST_MS, MOST_MB, OVERVIEW_MS = 500, 100, 50
HOUSEHOLDS, ALIKE = 12_000, 2_000


@dataclass
class Measurement:
    """Of other users' requests during an attack: milliseconds, failures, and the server's memory in MB."""

    took: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    megabytes: float = 0

    def row(self, attack: str, idle: float) -> tuple[str, bool]:
        """A line of the table, and whether all limits were met."""
        times = [time for of_request in self.took.values() for time in of_request]
        slowest = max(self.took, key=lambda name: max(self.took[name]))
        worst, growth = max(times), self.megabytes - idle
        is_ok = worst <= MOST_MS and growth <= MOST_MB and not self.failed
        overview = percentile(self.took["overview"], 0.95)
        if attack == "no attack":
            is_ok = is_ok and overview <= OVERVIEW_MS
        figures = (
            f"{len(times):>5} {percentile(times, 0.5):>6.0f} {percentile(times, 0.95):>6.0f} {worst:>7.0f}"
        )
        limits = f"{overview:>9.0f} {growth:>6.0f}  {'ok' if is_ok else 'BROKEN'}: slowest {slowest}"
        failures = f", {len(self.failed)} failed ({self.failed[0]})" if self.failed else ""
        return f"{attack:<28} {figures} {limits}{failures}", is_ok


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    parser.add_argument("--attacks", nargs="+", choices=list(ATTACKS), default=list(ATTACKS))
    arguments = parser.parse_args()
    results = [_all(kind, arguments.attacks) for kind in arguments.only]
    return 0 if all(results) else 1


def _all(kind: str, attacks: list[str]) -> bool:
    with databases.store(kind) as made, tempfile.TemporaryDirectory() as folder:
        world = _fill_database(made.url)
        made.analyze()
        with _served(made.url, Path(folder), world) as scene:
            _measure(scene, lambda _scene: time.sleep(3))  # fills caches before the first measurement
            idle = _megabytes(scene.process.pid)
            head = f"{'requests':>34} {'p50':>6} {'p95':>6} {'worst':>7} {'overview':>9} {'MB':>6}"
            print(f"\n{kind}, {idle:.0f} MB idle, load {os.getloadavg()[0]:.1f}\n{head}", flush=True)
            within = []
            for name in attacks:
                line, is_ok = _measure(scene, ATTACKS[name]).row(name, idle)
                print(line, flush=True)
                within.append(is_ok)
            return all(within)


def _fill_database(url: str) -> World:
    """Create the cast and 12,000 more households, of which 2,000 have one name."""
    database = Database(url)
    world = build(database, datetime.now(UTC))

    def fill(session: Any) -> None:
        batch = Batch(world.commune_id)
        for number in range(HOUSEHOLDS):
            hamlet = (world.dong, world.tay)[number % 2]
            name, no = ("Nguyễn Văn Nam", "") if number < ALIKE else (f"Trần Thị {number}", str(number))
            batch.add(Household, new_household(new_id(), hamlet, name, no, f"Ngõ {number % 40}"))
        batch.write(session, (Household,))

    database.write(fill)
    database.close()
    return world


@contextmanager
def _served(url: str, folder: Path, world: World) -> Iterator[Scene]:
    """`serve` in its own process, with all users signed in."""
    port = free_port()
    settings = {"TUNGNHA_MODE": "demo", "TUNGNHA_DATABASE_URL": url, "TUNGNHA_DATA_DIR": str(folder)}
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
            cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait(process, port)
        clients = [
            httpx2.Client(
                base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"Sec-Fetch-Site": "same-origin"}
            )
            for _ in range(2)
        ]
        lan, nam = (
            sign_in(client, *who, datetime.now(UTC))  # type: ignore[arg-type]
            for client, who in zip(clients, (LAN, NAM), strict=True)
        )
        key = lan.exchange()["export_key"]
        yield Scene(port, process, world, _desk_cookie(port), lan, nam, key)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        try:
            if get(port, "/healthz")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
        if process.poll() is not None:
            break
    raise SystemExit("the server did not start: is everything built?")


def _desk_cookie(port: int) -> str:
    answer = post_sign_in(port, "binh", "mat-khau-binh")
    return (answer.headers["set-cookie"] or "").partition(";")[0]


def _measure(scene: Scene, attack: Callable[[Scene], None]) -> Measurement:
    """Run an attack in its own process, and measure the other users' requests until it is over."""
    measured, over = Measurement(), threading.Event()
    attacker = multiprocessing.get_context("fork").Process(target=attack, args=(scene,))
    attacker.start()
    watchers = [
        threading.Thread(target=_send_ordinary_requests, args=(scene, measured, over)),
        threading.Thread(target=_watch_memory, args=(scene, measured, over)),
    ]
    for one in watchers:
        one.start()
    attacker.join(10 * SECONDS)
    if attacker.is_alive():
        attacker.terminate()
        attacker.join()
    if attacker.exitcode != 0:
        measured.failed.append(f"the attack itself: {attacker.exitcode}")
    over.set()
    for one in watchers:
        one.join()
    return measured


def _send_ordinary_requests(scene: Scene, measured: Measurement, over: threading.Event) -> None:
    pages = {
        "health": "/healthz",
        "overview": "/desk/",
        "visits": "/desk/visits",
        "quarantine": "/desk/quarantine",
    }
    while not over.is_set():
        for name, path in pages.items():
            _timed(measured, name, lambda path=path: get(scene.port, path, scene.desk)[0])  # type: ignore[misc]
        _timed(measured, "duplicates", lambda: get(scene.port, "/desk/duplicates", scene.desk)[0])
        _timed(measured, "push", lambda: _push(scene))
        time.sleep(0.05)


def _timed(measured: Measurement, name: str, ask: Callable[[], int]) -> None:
    began = time.perf_counter()
    try:
        status = ask()
    except (OSError, httpx2.HTTPError) as error:
        measured.failed.append(f"{name}: {type(error).__name__}")
        status = 200
    measured.took.setdefault(name, []).append((time.perf_counter() - began) * 1000)
    if status != 200:
        measured.failed.append(f"{name}: {status}")


def _push(scene: Scene) -> int:
    """Send one visit of Lan's; 200 if it was applied."""
    scene.lan.now = datetime.now(UTC)
    answer = scene.lan.send(scene.lan.visit(scene.world.duc), omit_result_rows=True)
    scene.lan.held.clear()
    if answer.status_code == 200:
        scene.lan.state = {name: answer.json()[name] for name in ("epoch", "scope", "cursor")}
        return 200 if answer.json()["results"][0]["status"] == "applied" else 500
    return int(answer.status_code)


def _watch_memory(scene: Scene, measured: Measurement, over: threading.Event) -> None:
    while not over.wait(0.02):
        measured.megabytes = max(measured.megabytes, _megabytes(scene.process.pid))


def _megabytes(pid: int) -> float:
    """The resident memory of a process and of its descendants."""
    folder = Path(f"/proc/{pid}")
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = [child for file in folder.glob("task/*/children") for child in file.read_text().split()]
        # After a fork and before its exec, a child shares its parent's memory.
        own = (folder / "cmdline").read_bytes()
        below = [int(child) for child in children if Path(f"/proc/{child}/cmdline").read_bytes() != own]
    except (OSError, IndexError):
        return 0.0  # a process has just ended
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE + sum(map(_megabytes, below))


if __name__ == "__main__":
    sys.exit(main())
