"""Visits as an Excel and a CSV file: time, memory of the process that writes it, what others wait meanwhile.

The commune and its visits are those of `benchmarks.desk`. While the file is written, the list of visits is
asked for again and again; before, as often without a download.
"""

import argparse
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection

from benchmarks import desk_server
from benchmarks.desk_server import NAMES
from benchmarks.figures import Figure, main, percentile
from benchmarks.processes import Instance, peak_of_children

SECONDS, MEGABYTES = 8, 200
FORMS = ("xlsx", "csv")
_ASKED = 10  # requests of the list without a download


class _Download(threading.Thread):
    """A download of all visits: seconds until the first and until the last byte, and bytes."""

    def __init__(self, port: int, cookie: str, form: str) -> None:
        super().__init__()
        self._desk, self._cookie, self._form = HTTPConnection("127.0.0.1", port, timeout=600), cookie, form
        self.took, self.bytes = 0.0, 0

    def run(self) -> None:
        began = time.perf_counter()
        self._desk.request("GET", f"/desk/visits.{self._form}", headers={"Cookie": self._cookie})
        answer = self._desk.getresponse()
        while part := answer.read(1 << 20):
            self.bytes += len(part)
        self.took = time.perf_counter() - began
        self._desk.close()
        if answer.status != 200:
            raise RuntimeError(f"the download was answered {answer.status}")


def measure(small: bool = False, visits: int = 130_000, only: list[str] | None = None) -> list[Figure]:
    """Both databases and forms; with `small` a few visits on SQLite."""
    kinds = only or (["sqlite"] if small else list(NAMES))
    return [figure for kind in kinds for figure in _figures(kind, 200 if small else visits)]


def _figures(kind: str, visits: int) -> list[Figure]:
    with desk_server.running(kind, visits) as desk:

        def ask() -> list[float]:
            return desk.ask_all(["/desk/visits"] * 3).took

        alone = [took for _ in range(_ASKED) for took in ask()]
        what = f"{visits:,} visits, {NAMES[kind]}"
        figures = []
        for form in FORMS:
            download = _Download(desk.instance.port, desk.cookie, form)
            figures += _measured(desk.instance, download, f"desk: {form} of {what}", alone, ask)
        return figures


def _measured(
    instance: Instance, download: _Download, what: str, alone: list[float], ask: Callable[[], list[float]]
) -> list[Figure]:
    before, memory, beside = instance.cpu(), 0, list[float]()
    download.start()
    while download.is_alive():
        memory = max(memory, peak_of_children(instance.process.pid))
        beside += ask()
    download.join()
    cpu = instance.cpu() - before
    waited = f"p50 {percentile(beside, 0.5):.0f} ms, {percentile(alone, 0.5):.0f} without"
    lists = f"{len(beside)} lists of visits were asked for meanwhile: {waited}"
    detail = f"{download.bytes / 1e6:.1f} MB; CPU of the server, with the lists, {cpu:.1f} s; {lists}"
    return [
        Figure(f"{what}, until the last byte", download.took, "s", budget=SECONDS, detail=detail),
        Figure(f"{what}, memory of the writing process", memory / 1e6, "MB", budget=MEGABYTES),
    ]


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visits", type=int, default=130_000)
    parser.add_argument("--only", nargs="+", choices=list(NAMES))


if __name__ == "__main__":
    main(measure, _options)
