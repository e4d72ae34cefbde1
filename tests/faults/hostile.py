"""What one hostile phone, page or stranger costs everybody else: attacks on a running server, with figures.

`python -m tests.faults.hostile [--only sqlite postgresql] [--attacks NAME …]` starts a server of its own on
loopback for each database, with 12,000 households of which 2,000 have one name. While an attack goes on, Bình
opens pages and Lan sends visits. The exit code is 1 if one of their requests failed or took longer than
`MOST_MS`, if the server took `MOST_MB` more than before, or if *Tổng quan*, left in peace, is slower at its
95th percentile than `OVERVIEW_MS`. The attacks are in `tests.faults.attacks`; nothing outlives the script.
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
from app.households.commands import imported
from app.households.models import Household
from benchmarks import databases
from benchmarks.figures import percentile
from benchmarks.processes import ROOT, free_port
from tests.faults.attacks import ATTACKS, MEGABYTE, SECONDS, Scene, get, post_sign_in
from tests.sync.phone import new_id, sign_in
from tests.world import LAN, NAM, World, build

MOST_MS, MOST_MB, OVERVIEW_MS = 500, 100, 50
HOUSEHOLDS, ALIKE = 12_000, 2_000


@dataclass
class Seen:
    """What the others met meanwhile: milliseconds by request, what failed, and megabytes of the server."""

    took: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    megabytes: float = 0

    def row(self, attack: str, idle: float) -> tuple[str, bool]:
        """A line of the table, and whether all limits were kept."""
        every = [one for several in self.took.values() for one in several]
        slowest = max(self.took, key=lambda name: max(self.took[name]))
        worst, more = max(every), self.megabytes - idle
        well = worst <= MOST_MS and more <= MOST_MB and not self.failed
        overview = percentile(self.took["overview"], 0.95)
        if attack == "left in peace":
            well = well and overview <= OVERVIEW_MS
        figures = (
            f"{len(every):>5} {percentile(every, 0.5):>6.0f} {percentile(every, 0.95):>6.0f} {worst:>7.0f}"
        )
        said = f"{overview:>9.0f} {more:>6.0f}  {'well' if well else 'BROKEN'}: slowest {slowest}"
        failures = f", {len(self.failed)} failed ({self.failed[0]})" if self.failed else ""
        return f"{attack:<28} {figures} {said}{failures}", well


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", nargs="+", choices=["sqlite", "postgresql"], default=["sqlite", "postgresql"]
    )
    parser.add_argument("--attacks", nargs="+", choices=list(ATTACKS), default=list(ATTACKS))
    asked = parser.parse_args()
    results = [_all(kind, asked.attacks) for kind in asked.only]
    return 0 if all(results) else 1


def _all(kind: str, attacks: list[str]) -> bool:
    with databases.store(kind) as made, tempfile.TemporaryDirectory() as folder:
        world = _settle(made.url)
        made.analyze()
        with _served(made.url, Path(folder), world) as scene:
            _watched(scene, lambda _scene: time.sleep(3))  # what is loaded or remembered is, from here on
            idle = _megabytes(scene.process.pid)
            head = f"{'requests':>34} {'p50':>6} {'p95':>6} {'worst':>7} {'overview':>9} {'MB':>6}"
            print(f"\n{kind}, {idle:.0f} MB idle, load {os.getloadavg()[0]:.1f}\n{head}", flush=True)
            kept = []
            for name in attacks:
                line, well = _watched(scene, ATTACKS[name]).row(name, idle)
                print(line, flush=True)
                kept.append(well)
            return all(kept)


def _settle(url: str) -> World:
    """The cast, and 12,000 households more of which 2,000 have one name."""
    database = Database(url)
    world = build(database, datetime.now(UTC))

    def fill(session: Any) -> None:
        batch = Batch(world.commune_id)
        for number in range(HOUSEHOLDS):
            hamlet = (world.dong, world.tay)[number % 2]
            name, no = ("Nguyễn Văn Nam", "") if number < ALIKE else (f"Trần Thị {number}", str(number))
            batch.add(Household, imported(new_id(), hamlet, name, no, f"Ngõ {number % 40}"))
        batch.write(session, (Household,))

    database.write(fill)
    database.close()
    return world


@contextmanager
def _served(url: str, folder: Path, world: World) -> Iterator[Scene]:
    """`serve` in a process of its own, everybody signed in; ended afterwards by its id."""
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
        key = lan.exchange()["backup_key"]
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


def _watched(scene: Scene, attack: Callable[[Scene], None]) -> Seen:
    """The attack, in a process of its own, and what everybody else meets until it is over."""
    seen, over = Seen(), threading.Event()
    attacker = multiprocessing.get_context("fork").Process(target=attack, args=(scene,))
    attacker.start()
    watchers = [
        threading.Thread(target=_ask_again_and_again, args=(scene, seen, over)),
        threading.Thread(target=_weigh_again_and_again, args=(scene, seen, over)),
    ]
    for one in watchers:
        one.start()
    attacker.join(10 * SECONDS)
    if attacker.is_alive():
        attacker.terminate()
        attacker.join()
    if attacker.exitcode != 0:
        seen.failed.append(f"the attack itself: {attacker.exitcode}")
    over.set()
    for one in watchers:
        one.join()
    return seen


def _ask_again_and_again(scene: Scene, seen: Seen, over: threading.Event) -> None:
    pages = {
        "health": "/healthz",
        "overview": "/desk/",
        "visits": "/desk/visits",
        "quarantine": "/desk/quarantine",
    }
    while not over.is_set():
        for name, path in pages.items():
            _timed(seen, name, lambda path=path: get(scene.port, path, scene.desk)[0])  # type: ignore[misc]
        _timed(seen, "duplicates", lambda: get(scene.port, "/desk/duplicates", scene.desk)[0])
        _timed(seen, "push", lambda: _push(scene))
        time.sleep(0.05)


def _timed(seen: Seen, name: str, ask: Callable[[], int]) -> None:
    began = time.perf_counter()
    try:
        status = ask()
    except (OSError, httpx2.HTTPError) as error:
        seen.failed.append(f"{name}: {type(error).__name__}")
        status = 200
    seen.took.setdefault(name, []).append((time.perf_counter() - began) * 1000)
    if status != 200:
        seen.failed.append(f"{name}: {status}")


def _push(scene: Scene) -> int:
    """One visit of Lan's; 200 if it was taken in."""
    scene.lan.now = datetime.now(UTC)
    answer = scene.lan.send(scene.lan.visit(scene.world.duc), once=True)
    scene.lan.held.clear()
    if answer.status_code == 200:
        scene.lan.state = {name: answer.json()[name] for name in ("epoch", "scope", "cursor")}
        return 200 if answer.json()["results"][0]["status"] == "applied" else 500
    return int(answer.status_code)


def _weigh_again_and_again(scene: Scene, seen: Seen, over: threading.Event) -> None:
    while not over.wait(0.02):
        seen.megabytes = max(seen.megabytes, _megabytes(scene.process.pid))


def _megabytes(pid: int) -> float:
    """What a process and those that it started have in memory."""
    folder = Path(f"/proc/{pid}")
    try:
        pages = int((folder / "statm").read_text().split()[1])
        children = [child for file in folder.glob("task/*/children") for child in file.read_text().split()]
        # Until it runs a program of its own, a new process has its parent's memory.
        own = (folder / "cmdline").read_bytes()
        below = [int(child) for child in children if Path(f"/proc/{child}/cmdline").read_bytes() != own]
    except (OSError, IndexError):
        return 0.0  # one of them has just ended
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE + sum(map(_megabytes, below))


if __name__ == "__main__":
    sys.exit(main())
