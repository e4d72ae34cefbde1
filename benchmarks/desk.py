"""The desk's lists: of visits, their newest page and count, by filter and number; of households; of people.

One commune of 25 hamlets, 2,400 households and 150 volunteers has all visits, a thousand a day: 1,000,000
are 1,000 days. The newest 3 % wait for a decision; of the others 2 % were returned; 1 % is
withdrawn. Every request asks for another hamlet, volunteer, day … where its filter has one.

The list of households is measured in a commune of 12,000 with 36,000 visits, that of people in one of 200.
"""

import argparse
import gzip
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

from app.commune.accounts.people import add_supervisor
from app.core.db import Database
from benchmarks import databases, dataset, log
from benchmarks.figures import ENOUGH, Figure, main, percentile, spread
from benchmarks.processes import server

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
HAMLETS, MEMBERS, HOUSEHOLDS = 25, 6, 96
MANY_HOUSEHOLDS, VISITS_EACH = 480, 3  # of a hamlet; of a household
MANY_MEMBERS = 8  # of a hamlet's team
BUDGET, GOAL = 150, 50
WARM = 2  # requests that are not counted
ROUNDS, FEWER = ENOUGH, 20  # requests for each filter; where only their median is said
NAME, PASSWORD = "binh", "mat-khau-binh"


@dataclass(frozen=True)
class Choices:
    """What requests may ask for: hamlets and volunteers by id, and the last day that has visits."""

    hamlets: list[str]
    volunteers: list[str]
    last: date

    def day(self, ago: int) -> str:
        return (self.last - timedelta(days=ago)).strftime("%d/%m/%Y")


@dataclass(frozen=True)
class Answers:
    """Milliseconds of each request, and milliseconds of CPU of server and database for one request."""

    took: list[float]
    cpu: float

    def __str__(self) -> str:
        return f"{spread(self.took)}, CPU {self.cpu:.0f} ms"


# A filter, and what the request number `n` asks for.
FILTERS: dict[str, Callable[[Choices, int], dict[str, str]]] = {
    "no filter": lambda _at, _n: {},
    "one hamlet": lambda at, n: {"hamlet": at.hamlets[n % len(at.hamlets)]},
    "one volunteer": lambda at, n: {"volunteer": at.volunteers[n * 7 % len(at.volunteers)]},
    "waiting": lambda _at, _n: {"state": "received"},
    "returned": lambda _at, _n: {"state": "returned"},
    "accepted": lambda _at, _n: {"state": "accepted"},
    "one day": lambda at, n: {"day": at.day(n % 9)},
    "thirty days": lambda at, n: {"day": at.day(n + 29), "to": at.day(n)},
    "a name, of few or of many": lambda _at, n: {"q": ("duc ngo 3", "nguyen", "hoa", "17 gieng")[n % 4]},
    "accepted, one hamlet": lambda at, n: {"state": "accepted", "hamlet": at.hamlets[n % len(at.hamlets)]},
}
# The same for the list of households.
HOUSEHOLD_LISTS: dict[str, Callable[[Choices, int], dict[str, str]]] = {
    "no filter": lambda _at, _n: {},
    "by given name": lambda _at, _n: {"sort": "name"},
    "waiting longest first": lambda _at, _n: {"sort": "longest"},
    "not reached": lambda _at, _n: {"reached": "no"},
    "not visited since, one hamlet": lambda at, n: {
        "since": at.day(n % 9),
        "hamlet": at.hamlets[n % len(at.hamlets)],
    },
    "not visited since": lambda at, n: {"since": at.day(n % 9)},
    "a name, of few or of many": lambda _at, n: {"q": ("duc ngo 3", "nguyen", "hoa", "17 gieng")[n % 4]},
}
# The same for the list of people.
PEOPLE_LISTS: dict[str, Callable[[Choices, int], dict[str, str]]] = {
    "no filter": lambda _at, _n: {},
    "a name, of few or of many": lambda _at, n: {"q": ("duc", "nguyen", "to thon 7", "0900")[n % 4]},
    "unused invites": lambda _at, _n: {"show": "invited"},
}


def measure(
    small: bool = False, sizes: list[int] | None = None, rounds: int = ROUNDS, only: list[str] | None = None
) -> list[Figure]:
    """Every filter on both databases; the budget holds for the last of `sizes`, the detail has the others."""
    sizes = [200] if small else sizes or [10_000, 1_000_000]
    kinds = only or (["sqlite"] if small else list(NAMES))
    rounds = 2 if small else rounds
    visits = [figure for kind in kinds for figure in _figures(kind, sizes, rounds)]
    households = [figure for kind in kinds for figure in _household_figures(kind, rounds, small)]
    return visits + households + [figure for kind in kinds for figure in _people_figures(kind, rounds, small)]


def _household_figures(kind: str, rounds: int, small: bool) -> list[Figure]:
    each = 4 if small else MANY_HOUSEHOLDS
    count = HAMLETS * each
    seen = _run(kind, count * VISITS_EACH, rounds, each, HOUSEHOLD_LISTS, "/desk/households")
    return [
        _figure(f"desk: list of households, {name}, {count:,} households, {NAMES[kind]}", answers)
        for name, answers in seen.items()
    ]


def _people_figures(kind: str, rounds: int, small: bool) -> list[Figure]:
    members = 1 if small else MANY_MEMBERS
    seen = _run(kind, 200, rounds, 4, PEOPLE_LISTS, "/desk/people", members)
    return [
        _figure(f"desk: list of people, {name}, {HAMLETS * members} people, {NAMES[kind]}", answers)
        for name, answers in seen.items()
    ]


def _figure(name: str, answers: Answers) -> Figure:
    return Figure(
        name,
        percentile(answers.took, 0.95),
        "ms",
        budget=BUDGET,
        goal=GOAL,
        detail=str(answers),
    )


def _figures(kind: str, sizes: list[int], rounds: int) -> list[Figure]:
    *smaller, judged = sizes
    seen = {
        size: _run(kind, size, count, HOUSEHOLDS, FILTERS, "/desk/visits")
        for size, count in rounds_of(sizes, rounds)
    }
    figures = []
    for name in FILTERS:
        beside = [f"at {size:,}, {seen[size][name]}" for size in smaller]
        took = seen[judged][name].took
        figures.append(
            Figure(
                f"desk: newest visits and the count, {name}, {judged:,} visits, {NAMES[kind]}",
                percentile(took, 0.95),
                "ms",
                budget=BUDGET,
                goal=GOAL,
                detail="; ".join([str(seen[judged][name]), *beside]),
            )
        )
    return figures


def rounds_of(sizes: list[int], rounds: int) -> list[tuple[int, int]]:
    """How many requests with each number of visits: the last is judged by its p95."""
    return [*((size, min(rounds, FEWER)) for size in sizes[:-1]), (sizes[-1], rounds)]


def _run(
    kind: str,
    size: int,
    rounds: int,
    households: int,
    filters: dict[str, Callable[[Choices, int], dict[str, str]]],
    path: str,
    members: int = MEMBERS,
) -> dict[str, Answers]:
    """The answers of the list at `path` by filter, with `size` visits, and `households` and `members` in each
    hamlet."""
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, HAMLETS, members, households)
        database.write(lambda session: add_supervisor(session, commune.id, "Hoàng Văn Bình", NAME, PASSWORD))
        began = time.monotonic()
        visit_log = log.write(store, commune.id, size)
        print(f"{size:,} visits written to {NAMES[kind]} in {time.monotonic() - began:.0f} s", flush=True)
        database.close()
        with server(store.url) as instance:
            desk, cookie = signed_in(instance.port)
            choices = Choices(visit_log.hamlets, visit_log.volunteers, visit_log.last)
            seen = {}
            for name, of in filters.items():
                addresses = [f"{path}?{urlencode(of(choices, n))}" for n in range(WARM + rounds)]
                seen[name] = ask_all(
                    desk, cookie, addresses, lambda: instance.cpu() + store.cpu(), b'class="list'
                )
            return seen


def signed_in(port: int) -> tuple[HTTPConnection, str]:
    """A connection, and the cookie of Bình's session."""
    desk = HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    desk.request("POST", "/desk/sign-in", urlencode({"name": NAME, "password": PASSWORD}), headers)
    answer = desk.getresponse()
    answer.read()
    return desk, (answer.headers["set-cookie"] or "").partition(";")[0]


def ask_all(
    desk: HTTPConnection,
    cookie: str,
    addresses: list[str],
    cpu: Callable[[], float],
    sign: bytes,
    change: Callable[[], None] = lambda: None,
) -> Answers:
    """The answers for these addresses, of which the first `WARM` are not counted. `cpu`: seconds of server
    and database so far; `sign`: what each page has; `change` is called before each request."""

    def ask(address: str) -> float:
        change()
        return _ask(desk, cookie, address, sign)

    for address in addresses[:WARM]:
        ask(address)
    before, counted = cpu(), addresses[WARM:]
    took = [ask(address) for address in counted]
    return Answers(took, (cpu() - before) * 1000 / len(counted))


def _ask(desk: HTTPConnection, cookie: str, address: str, sign: bytes) -> float:
    """Milliseconds until the whole page has arrived, gzipped as for a browser."""
    began = time.perf_counter()
    desk.request("GET", address, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    answer = desk.getresponse()
    body = answer.read()
    took = (time.perf_counter() - began) * 1000
    if answer.status != 200 or sign not in gzip.decompress(body):
        raise RuntimeError(f"{address} was answered {answer.status}")
    return took


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", help="how many visits; the budget holds for the last")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests for each filter")
    parser.add_argument("--only", nargs="+", choices=list(NAMES))


if __name__ == "__main__":
    main(measure, _options)
