"""What the audit costs: an exchange, which writes no entry, and a page, which adds a decision's entry or the
view of a household at most.

Each is measured with the chain of the desk log and, in turns, with a transaction that drops its entries.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from statistics import median
from unittest.mock import patch

from sqlmodel import Session, select

from app.commune.areas import Commune
from app.core import desk_log
from app.core.audit.views import HOUSEHOLD, View, Views
from app.core.clock import utc_now
from app.core.db import Database
from benchmarks import databases
from benchmarks.figures import Figure, main
from benchmarks.push import Phones, push_all

ROUNDS, VIEWS = 60, 10_000
SHARE, PAGE = 1.05, 10  # of an exchange; milliseconds of a page
Work = Callable[[], None]


def measure(small: bool = False, rounds: int = ROUNDS) -> list[Figure]:
    """Milliseconds of a push, of a transaction with an entry, and of counting a view."""
    kinds = ["sqlite"] if small else ["sqlite", "postgresql"]
    figures = [figure for kind in kinds for figure in _figures(kind, 3 if small else rounds)]
    return [*figures, _view(VIEWS)]


def _figures(kind: str, rounds: int) -> Iterator[Figure]:
    with databases.store(kind) as store:
        database = Database(store.url)
        phones = Phones(database)
        store.analyze()
        member = phones.members[0]
        with_, without = _in_turns(rounds, lambda: push_all(database, member, phones.operations(member)))
        yield Figure(
            f"a push with the chain of the desk log, {kind}", with_, "ms", without * SHARE,
            limit=without, limit_is="one without",
        )  # fmt: skip
        commune = database.read(lambda session: session.exec(select(Commune.id)).first()) or ""
        with_, without = _in_turns(rounds, lambda: _decide(database, commune))
        yield Figure(
            f"an entry of the desk log in its transaction, {kind}", with_, "ms", without + PAGE,
            limit=without, limit_is="the transaction",
        )  # fmt: skip
        database.close()


def _decide(database: Database, commune_id: str) -> None:
    """A transaction that locks a row of the commune and notes what was decided."""

    def work(session: Session) -> None:
        session.exec(select(Commune).where(Commune.id == commune_id).with_for_update()).one()
        desk_log.note(session, commune_id, "visit.accepted", utc_now(), visits=["v"], by="a", batch="b")

    database.write(work)


def _in_turns(rounds: int, work: Work) -> tuple[float, float]:
    """The medians with the chain and without it."""
    took: tuple[list[float], list[float]] = [], []
    for number in range(-4, rounds * 2):  # the first ones warm up
        with _without_chain() if number % 2 else nullcontext():
            began = time.perf_counter()
            work()
            if number >= 0:
                took[number % 2].append((time.perf_counter() - began) * 1000)
    return median(took[0]), median(took[1])


@contextmanager
def _without_chain() -> Iterator[None]:
    def drop(session: Session) -> list[desk_log.Entry]:
        desk_log.take_pending(session)
        return []

    with patch("app.core.db.chain.store_pending", drop):
        yield


def _view(count: int) -> Figure:
    views = Views()
    began = time.perf_counter()
    for number in range(count):
        views.add(View("c", "a", HOUSEHOLD, f"h{number % 500}"))
    took = (time.perf_counter() - began) * 1000 / count
    return Figure("counting that a household's page was viewed", took, "ms", PAGE)


if __name__ == "__main__":
    main(measure)
