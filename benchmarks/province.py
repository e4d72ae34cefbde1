"""The province's pages: 95 communes that have 5,000,000 visits together.

One commune of 25 hamlets, 2,400 households and 150 volunteers gets its visits as in `benchmarks/desk.py`; the
others are copies of its rows. All of them close two months and have their signs counted. Then a viewer asks
for the pages again and again.
"""

import argparse
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlmodel import Session, SQLModel, select

from app.commune.accounts.access import Actor, actor_for
from app.commune.accounts.hashing import hash_secret
from app.commune.accounts.models import Account, Assignment, Membership, Team
from app.commune.accounts.people import add_supervisor
from app.commune.areas import Commune, Hamlet
from app.commune.calendar.period import PeriodKind, period_of, previous_period
from app.commune.catalog.services import Service
from app.commune.credentials import viewers
from app.commune.credentials.viewers import VIEWERS
from app.core.clock import local_date, utc_now
from app.core.db import Database, table_of
from app.core.feed import FeedCounter
from app.fieldwork.derived.household_days.models import HouseholdMonth, VisitedHousehold
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit, VisitService
from app.province.status import count_due
from app.reports.closing import close_period
from benchmarks import databases, dataset, log
from benchmarks.desk_server import HAMLETS, HOUSEHOLDS, MEMBERS, NAMES, ROUNDS, WARM, Desk, judged, signed_in
from benchmarks.figures import Figure, main
from benchmarks.processes import server

COMMUNES, VISITS = 95, 5_000_000
BUDGET, GOAL, OTHERS = 150, 50, 300  # ms: of the first page; of the others
NAME, PASSWORD = "ha", "mat-khau-ha"
# What a commune has, in the order of their foreign keys.
COPIED: tuple[type[SQLModel], ...] = (
    FeedCounter, Hamlet, Team, Account, Membership, Assignment, Service, Household, Visit, VisitService,
    DailyTotal, MonthlyTotal, HouseholdMonth, VisitedHousehold, OpenVisits,
)  # fmt: skip
# The pages by name: addresses, which are given the codes of the two closed months, and a sign of each.
PAGES = {
    "communes at a glance": ("/province/?period={month}", b'class="list'),
    "totals, compared": ("/province/reports/{month}", b'class="bars'),
    "remarks that are shared": ("/province/remarks?period={month}", b'class="period-links'),
    "a commune's report": ("/province/communes/c1/reports/{month}", b'class="report-box'),
}


def measure(
    small: bool = False,
    visits: int = VISITS,
    communes: int = COMMUNES,
    rounds: int = ROUNDS,
    only: list[str] | None = None,
) -> list[Figure]:
    """Every page on both databases."""
    kinds = only or (["sqlite"] if small else list(NAMES))
    if small:
        visits, communes, rounds = 400, 3, 2
    return [figure for kind in kinds for figure in _figures(kind, visits, communes, rounds)]


def _figures(kind: str, visits: int, communes: int, rounds: int) -> Iterator[Figure]:
    with _running(kind, visits, communes) as (desk, month):
        for name, (address, sign) in PAGES.items():
            answers = desk.ask_all([address.format(month=month)] * (WARM + rounds), sign)
            what = f"province: {name}, {communes} communes, {visits:,} visits, {NAMES[kind]}"
            is_first = name == "communes at a glance"
            yield judged(what, {visits: answers}, BUDGET if is_first else OTHERS, GOAL if is_first else None)


@contextmanager
def _running(kind: str, visits: int, communes: int) -> Iterator[tuple[Desk, str]]:
    with databases.store(kind) as store:
        database = Database(store.url)
        commune = dataset.settle(database, HAMLETS, MEMBERS, HOUSEHOLDS)
        began = time.monotonic()
        visit_log = log.write(store, commune.id, visits // communes)
        _copy(store, commune.id, range(2, communes + 1))
        print(f"{visits:,} visits written to {NAMES[kind]} in {time.monotonic() - began:.0f} s", flush=True)
        month = _close_months(database, local_date(utc_now()))
        began = time.monotonic()
        count_due(database, utc_now)
        print(f"signs of {communes} communes counted in {time.monotonic() - began:.1f} s", flush=True)
        database.write(_begin_viewer)
        store.analyze()
        database.close()
        with server(store.url) as instance:
            yield Desk(store, instance, visit_log, *signed_in(instance.port, NAME, PASSWORD)), month


def _copy(store: databases.Store, commune_id: str, numbers: range) -> None:
    """Communes with the rows of this one: ids are each commune's own."""
    connection = store.connect()
    try:
        store.trust(connection)
        for number in numbers:
            _copy_rows(store, connection, commune_id, f"c{number}", f"0{6391 + number}")
        store.settle(connection)
    finally:
        connection.close()


def _copy_rows(store: databases.Store, connection: Any, old: str, new: str, code: str) -> None:
    """In one transaction."""
    connection.execute("BEGIN")
    others = "name, kind, province_code, started_at"
    connection.execute(
        f"INSERT INTO commune (id, code, {others})"
        f" SELECT {store.mark}, {store.mark}, {others} FROM commune WHERE id = {store.mark}",
        (new, code, old),
    )
    for model in COPIED:
        table = table_of(model)
        columns = ", ".join(f'"{column.name}"' for column in table.columns if column.name != "commune_id")
        connection.execute(
            f"INSERT INTO {table.name} (commune_id, {columns})"
            f" SELECT {store.mark}, {columns} FROM {table.name} WHERE commune_id = {store.mark}",
            (new, old),
        )
    connection.execute("COMMIT")


def _close_months(database: Database, today: date) -> str:
    """Every commune closes the month before the last and the last one, whose code is returned."""
    last = previous_period(period_of(PeriodKind.MONTH, today, 1), 1)
    codes = (previous_period(last, 1).code, last.code)
    ids = database.read(lambda session: list(session.exec(select(Commune.id))))
    began = time.monotonic()
    for number, commune_id in enumerate(ids):
        actor = database.write(lambda s, n=number, c=commune_id: _add_supervisor(s, n, c))  # type: ignore[misc]
        for code in codes:
            database.write(lambda s, a=actor, c=code: close_period(s, a, c, "Vẫn chốt", utc_now()))  # type: ignore[misc]
    print(f"{len(ids) * 2} months closed in {time.monotonic() - began:.0f} s", flush=True)
    return last.code


def _add_supervisor(session: Session, number: int, commune_id: str) -> Actor:
    return actor_for(session, add_supervisor(session, commune_id, "Hoàng Văn Bình", f"binh.{number}"))


def _begin_viewer(session: Session) -> None:
    viewer, _token = viewers.begin_viewer(session, "20", "Lê Thị Hà", NAME, utc_now())
    VIEWERS.set_password_hash(session, viewer, hash_secret(PASSWORD), utc_now())


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--visits", type=int, default=VISITS, help="of all communes together")
    parser.add_argument("--communes", type=int, default=COMMUNES)
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="requests for each page")
    parser.add_argument("--only", choices=list(NAMES), action="append", help="on this database only")


if __name__ == "__main__":
    main(measure, _options)
