"""The desk's lists: of visits, their newest page and count, by filter and number; of households; of people.

One commune of 25 hamlets, 2,400 households and 150 volunteers has all visits, a thousand a day: 1,000,000
are 1,000 days. The newest 3 % wait for a decision; of the others 2 % were returned; 1 % is
withdrawn. Every request asks for another hamlet, volunteer, day … where its filter has one.

The page of the list of visits has its first 40 rows; *the other rows* are what its script gets after it.

The list of households and *Tìm* are measured in a commune of 12,000 with 36,000 visits, the list of people
in one of 200.
"""

import argparse
import json
import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urlencode

from benchmarks import desk_server
from benchmarks.desk_server import (
    HAMLETS,
    HOUSEHOLDS,
    MEMBERS,
    NAMES,
    ROUNDS,
    WARM,
    Answers,
    Desk,
    judged,
    rounds_of,
)
from benchmarks.figures import Figure, main
from benchmarks.log import VisitLog

MANY_HOUSEHOLDS, VISITS_EACH = 480, 3  # of a hamlet; of a household
MANY_MEMBERS = 8  # of a hamlet's team
BUDGET, GOAL, FIND_BUDGET = 150, 50, 100


# A filter, and what the request number `n` asks for.
FILTERS: dict[str, Callable[[VisitLog, int], dict[str, str]]] = {
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
OTHER_ROWS = "the other rows of a page"
FOUND = "two letters in *Tìm*"
# The same for the list of households.
HOUSEHOLD_LISTS: dict[str, Callable[[VisitLog, int], dict[str, str]]] = {
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
PEOPLE_LISTS: dict[str, Callable[[VisitLog, int], dict[str, str]]] = {
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
        judged(
            f"desk: list of households, {name}, {count:,} households, {NAMES[kind]}",
            {count: answers},
            FIND_BUDGET if name == FOUND else BUDGET,
            GOAL,
        )
        for name, answers in seen.items()
    ]


def _people_figures(kind: str, rounds: int, small: bool) -> list[Figure]:
    members = 1 if small else MANY_MEMBERS
    seen = _run(kind, 200, rounds, 4, PEOPLE_LISTS, "/desk/people", members)
    return [
        judged(
            f"desk: list of people, {name}, {HAMLETS * members} people, {NAMES[kind]}",
            {HAMLETS * members: answers},
            BUDGET,
            GOAL,
        )
        for name, answers in seen.items()
    ]


def _figures(kind: str, sizes: list[int], rounds: int) -> list[Figure]:
    seen = {
        size: _run(kind, size, count, HOUSEHOLDS, FILTERS, "/desk/visits")
        for size, count in rounds_of(sizes, rounds)
    }
    return [
        judged(
            f"desk: newest visits and the count, {name}, {sizes[-1]:,} visits, {NAMES[kind]}",
            {size: answers[name] for size, answers in seen.items()},
            BUDGET,
            GOAL,
        )
        for name in (*FILTERS, OTHER_ROWS)
    ]


def _run(
    kind: str,
    size: int,
    rounds: int,
    households: int,
    filters: dict[str, Callable[[VisitLog, int], dict[str, str]]],
    path: str,
    members: int = MEMBERS,
) -> dict[str, Answers]:
    """The answers of the list at `path` by filter, with `size` visits, and `households` and `members` in each
    hamlet."""
    with desk_server.running(kind, size, households, members) as desk:
        answers = {
            name: desk.ask_all([f"{path}?{urlencode(of(desk.log, n))}" for n in range(WARM + rounds)])
            for name, of in filters.items()
        }
        if filters is FILTERS:
            answers[OTHER_ROWS] = _other_rows(desk, path, rounds)
        if filters is HOUSEHOLD_LISTS:
            asked = ["/desk/find"] * (WARM + rounds)
            answers[FOUND] = desk.ask_all(asked, b'class="found"', form=urlencode({"q": "th"}))
        return answers


def _other_rows(desk: Desk, path: str, rounds: int) -> Answers:
    """The answers for the rows that follow the list's first page."""
    found = re.search(r"""hx-post="([^"]+)" hx-vals='([^']+)'""", desk.page(path))
    if found is None:
        raise RuntimeError("the page has all of its rows")
    address, form = unescape(found[1]), urlencode(json.loads(found[2]))
    return desk.ask_all([address] * (WARM + rounds), b'id="row-', form=form)


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sizes", type=int, nargs="+", help="how many visits; the budget holds for the last")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests for each filter")
    parser.add_argument("--only", nargs="+", choices=list(NAMES))


if __name__ == "__main__":
    main(measure, _options)
