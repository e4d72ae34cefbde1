"""A server whose commune has a long log of visits, and its supervisor at the desk."""

import gzip
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from urllib.parse import urlencode

from app.commune.accounts.people import add_supervisor
from app.core.db import Database
from benchmarks import databases, dataset, log
from benchmarks.figures import ENOUGH, Figure, percentile, spread
from benchmarks.processes import Instance, server

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
HAMLETS, MEMBERS, HOUSEHOLDS = 25, 6, 96  # members and households of each
WARM = 2  # requests that are not counted
ROUNDS, FEWER = ENOUGH, 20  # requests for each page; where only their median is said
_NAME, _PASSWORD = "binh", "mat-khau-binh"
_FORM = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Answers:
    """Milliseconds of each request, and milliseconds of CPU of server and database for one request."""

    took: list[float]
    cpu: float

    def __str__(self) -> str:
        return f"{spread(self.took)}, CPU {self.cpu:.0f} ms"


@dataclass(frozen=True)
class Desk:
    """Bình's session at a running server."""

    store: databases.Store
    instance: Instance
    log: log.VisitLog
    connection: HTTPConnection
    cookie: str

    def ask_all(
        self,
        addresses: list[str],
        sign: bytes = b'class="list',
        change: Callable[[], None] = lambda: None,
        form: str | None = None,
    ) -> Answers:
        """The answers for these addresses, of which the first `WARM` are not counted. `sign`: what each page
        has; `change` is called before each request, which sends `form` if there is one."""

        def ask(address: str) -> float:
            change()
            return self._ask(address, sign, form)

        for address in addresses[:WARM]:
            ask(address)
        before, counted = self._cpu(), addresses[WARM:]
        took = [ask(address) for address in counted]
        return Answers(took, (self._cpu() - before) * 1000 / len(counted))

    def _cpu(self) -> float:
        """Seconds of server and database so far."""
        return self.instance.cpu() + self.store.cpu()

    def page(self, address: str) -> str:
        """The page at this address."""
        return gzip.decompress(self._read(address)).decode()

    def _ask(self, address: str, sign: bytes, form: str | None) -> float:
        """Milliseconds until the whole page has arrived, gzipped as for a browser."""
        began = time.perf_counter()
        body = self._read(address, form)
        took = (time.perf_counter() - began) * 1000
        if sign not in gzip.decompress(body):
            raise RuntimeError(f"{address} was answered with another page")
        return took

    def _read(self, address: str, form: str | None = None) -> bytes:
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"} | ({} if form is None else _FORM)
        self.connection.request("GET" if form is None else "POST", address, form, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{address} was answered {answer.status}")
        return body


@contextmanager
def running(kind: str, visits: int, households: int = HOUSEHOLDS, members: int = MEMBERS) -> Iterator[Desk]:
    """A commune with so many visits, and `households` and `members` in each hamlet."""
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, HAMLETS, members, households)
        database.write(
            lambda session: add_supervisor(session, commune.id, "Hoàng Văn Bình", _NAME, _PASSWORD)
        )
        database.close()
        began = time.monotonic()
        visit_log = log.write(store, commune.id, visits)
        print(f"{visits:,} visits written to {NAMES[kind]} in {time.monotonic() - began:.0f} s", flush=True)
        with server(store.url) as instance:
            yield Desk(store, instance, visit_log, *signed_in(instance.port, _NAME, _PASSWORD))


def rounds_of(sizes: list[int], rounds: int) -> list[tuple[int, int]]:
    """How many requests with each number of visits: the last is judged by its p95."""
    return [*((size, min(rounds, FEWER)) for size in sizes[:-1]), (sizes[-1], rounds)]


def judged(what: str, answers: dict[int, Answers], budget: float, goal: float | None = None) -> Figure:
    """The p95 with the last number of visits; the others are in the detail."""
    *smaller, last = answers
    beside = [f"at {size:,}, {answers[size]}" for size in smaller]
    detail = "; ".join([str(answers[last]), *beside])
    seen = answers[last]
    data = {"cpu": seen.cpu}
    return Figure(what, percentile(seen.took, 0.95), "ms", budget, goal, detail=detail, data=data)


def signed_in(port: int, name: str, password: str) -> tuple[HTTPConnection, str]:
    """A connection, and the cookie of the session of whoever has this sign-in name."""
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("POST", "/desk/sign-in", urlencode({"name": name, "password": password}), _FORM)
    answer = connection.getresponse()
    answer.read()
    return connection, (answer.headers["set-cookie"] or "").partition(";")[0]
