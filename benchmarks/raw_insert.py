"""The limit of a push: the rows that pushes have left are inserted again, by nothing but prepared statements.

Table by table, in one transaction for each batch that was pushed: once only the records themselves and their
ledger, and once the tables that follow from visits too, in which a batch adds to rows that are there.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, SQLModel

from app.commune.accounts.models import Device
from app.core.db import Database, table_of
from app.fieldwork.derived.flags.models import DayFlag, UnevaluatedDay, VisitFlag
from app.fieldwork.derived.household_days.models import HouseholdMonth, VisitedHousehold
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.derived.open_visits import OpenVisits
from app.fieldwork.derived.total_models import DailyTotal, MonthlyTotal
from app.fieldwork.visits.models import FollowUp, Visit, VisitService
from app.sync.wire.models import LedgerEntry
from benchmarks.databases import Store, named
from benchmarks.derived_rows import Rows, derived_rows, unevaluated_days

# What a push of new visits writes, in the order of the foreign keys, and what follows from it.
RECORDS: tuple[type[SQLModel], ...] = (Visit, VisitService, FollowUp, LedgerEntry)
DERIVED: tuple[type[SQLModel], ...] = (
    HouseholdNeed,
    DailyTotal,
    MonthlyTotal,
    HouseholdMonth,
    VisitedHousehold,
    OpenVisits,
    UnevaluatedDay,
)
# The column with the visit's id, of tables whose rows are a visit's.
_VISIT_OF: dict[type[SQLModel], str] = {
    Visit: "id",
    VisitService: "visit_id",
    FollowUp: "id",
    LedgerEntry: "record_id",
    HouseholdNeed: "visit_id",
}
Batch = dict[type[SQLModel], Rows]
_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Speeds:
    """Visits a second: of the records alone, and with what follows from them."""

    records: float
    derived: float


def raw_insert(store: Store) -> Speeds:
    """Call it last, when the server has stopped: it empties the tables, and leaves the same rows in them."""
    database = Database(store.url)
    batches = database.read(_batches)
    database.close()
    return Speeds(_speed(store, batches, RECORDS), _speed(store, batches, (*RECORDS, *DERIVED)))


def raw_cpu(store: Store, copy: Store, since: datetime) -> float:
    """CPU seconds of client and database for 1,000 of the visits that `store` has received since then, with
    what follows from them, inserted into `copy`, which is as `store` was before."""
    database = Database(store.url)
    batches, devices = database.read(lambda session: (_batches(session, since), _devices(session, since)))
    database.close()
    prepared = [_prepared(store, batch, (*RECORDS, *DERIVED)) for batch in batches]
    warm = len(batches) // 4
    connection = copy.connect()
    try:
        copy.load(connection, Device, devices)
        _insert(connection, prepared[:warm])
        before = time.process_time() + copy.cpu()
        _insert(connection, prepared[warm:])
        used = time.process_time() + copy.cpu() - before
    finally:
        connection.close()
    return used * 1000 / sum(len(batch[Visit]) for batch in batches[warm:])


def _speed(store: Store, batches: list[Batch], models: tuple[type[SQLModel], ...]) -> float:
    """Visits a second; the first quarter warms up and is not counted."""
    prepared = [_prepared(store, batch, models) for batch in batches]
    connection = store.connect()
    try:
        everything: list[type[SQLModel]] = [DayFlag, VisitFlag, *reversed((*RECORDS, *DERIVED))]
        store.empty(connection, [named(model)[0] for model in everything])
        warm = len(batches) // 4
        _insert(connection, prepared[:warm])
        store.analyze()
        began = time.perf_counter()
        _insert(connection, prepared[warm:])
        return sum(len(batch[Visit]) for batch in batches[warm:]) / (time.perf_counter() - began)
    finally:
        connection.close()


def _prepared(
    store: Store, batch: Batch, models: tuple[type[SQLModel], ...]
) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """The statements of a batch, each with the values of its rows."""
    found = []
    for model in models:
        if rows := batch.get(model):
            _table, columns = named(model)
            found.append((_statement(store.mark, model), [store.values(row, columns) for row in rows]))
    return found


def _insert(connection: Any, batches: list[list[tuple[str, list[tuple[Any, ...]]]]]) -> None:
    for batch in batches:
        connection.execute("BEGIN")
        cursor = connection.cursor()
        for statement, rows in batch:
            cursor.executemany(statement, rows)
        connection.execute("COMMIT")


def _batches(session: Session, since: datetime = _EVER) -> list[Batch]:
    """What each push since then has left: device and time of receipt say which."""
    rows: dict[type[SQLModel], Rows] = {model: _rows(session, model, since) for model in _VISIT_OF}
    pushed_in = {visit["id"]: (visit["received_at"], visit["device_id"]) for visit in rows[Visit]}
    found: defaultdict[Any, defaultdict[type[SQLModel], Rows]] = defaultdict(lambda: defaultdict(list))
    for model, of_model in rows.items():
        for row in of_model:
            found[pushed_in[row[_VISIT_OF[model]]]][model].append(row)
    return [_with_derived(found[key]) for key in sorted(found)]


def _with_derived(batch: Batch) -> Batch:
    visits, services = batch[Visit], batch[VisitService]
    return {**batch, **derived_rows(visits, services), UnevaluatedDay: unevaluated_days(visits)}


def _rows(session: Session, model: type[SQLModel], since: datetime) -> Rows:
    visits = table_of(Visit)
    pushed = select(visits.c.id).where(visits.c.received_at >= since)
    table = table_of(model)
    of_visits = select(table).where(table.c[_VISIT_OF[model]].in_(pushed))
    return [dict(row) for row in session.execute(of_visits).mappings()]


def _devices(session: Session, since: datetime) -> Rows:
    enrolled = select(table_of(Device)).where(table_of(Device).c.enrolled_at >= since)
    return [dict(row) for row in session.execute(enrolled).mappings()]


def _statement(mark: str, model: type[SQLModel]) -> str:
    """The insert of a row, which changes one of the same key as the app would."""
    table, columns = named(model)
    marks = ", ".join(mark for _ in columns)
    statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"
    if model not in _CHANGES:
        return statement
    key = [column.name for column in table_of(model).primary_key]
    changes = [
        f"{column} = {_CHANGES[model](f'{table}.{column}', f'excluded.{column}')}"
        for column in columns
        if column not in key
    ]
    return f"{statement} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {', '.join(changes)}"


def _sum(old: str, new: str) -> str:
    return f"{old} + {new}"


def _union(old: str, new: str) -> str:
    return f"{old} | {new}"


def _of_both(old: str, new: str) -> str:
    """The earlier first day, the later last ones, and what was found on the last."""
    before, after = old, new
    if old.endswith(("last_result", "last_follow_up_on")):
        before, after = (f"{name.partition('.')[0]}.last_counted_on" for name in (old, new))
    earlier = old.endswith("first_on")
    is_newer = f"{before} IS NULL OR {after} {'<' if earlier else '>'} {before}"
    return f"CASE WHEN {is_newer} THEN {new} ELSE {old} END"


_CHANGES: dict[type[SQLModel], Callable[[str, str], str]] = {
    DailyTotal: _sum,
    MonthlyTotal: _sum,
    HouseholdMonth: _union,
    VisitedHousehold: _of_both,
    OpenVisits: _sum,
    UnevaluatedDay: _sum,
}
