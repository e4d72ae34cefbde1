"""The ground a push stands on: everything its operations name, read in a constant number of statements.

Rows that a command may change are locked, visits before the households they are at and both by id,
so that a desk decision or another phone waits instead of overwriting (on PostgreSQL; SQLite has one
writer anyway).
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Table, bindparam, select
from sqlmodel import Session, SQLModel

from app.catalog import Service
from app.core.batch import Batch
from app.core.db import Gone
from app.core.prepared import Prepared, among
from app.households.models import Household, HouseholdVersion
from app.sync.operations import is_storable
from app.sync.protocol import Operation
from app.visits.models import FollowUp, Visit, VisitService, VisitVersion

Model = type[SQLModel]
_VISIT: Table = Visit.__table__  # type: ignore[attr-defined]
_VISITS_SINCE = Prepared(
    select(
        *(_VISIT.c[name] for name in ("id", "household_id", "hamlet_id", "happened_at", "occurred_at")),
        *(_VISIT.c[name] for name in ("seq", "withdrawn_at", "follow_up_on")),
    ).where(
        _VISIT.c.commune_id == bindparam("commune_id"),
        among(_VISIT.c.household_id, "wanted"),
        _VISIT.c.counted_on >= bindparam("since", type_=Date),
    )
)


def survey(session: Session, commune_id: str, operations: Iterable[Operation]) -> Batch:
    """A batch that knows the rows these operations name."""
    operations = list(operations)
    batch = Batch(commune_id)
    visit_ids = _named(operations, "visit.", "id")
    amended = _named([op for op in operations if op.type != "visit.record"], "visit.", "id")
    visits = _read(session, Visit, commune_id, "id", visit_ids, lock=True)
    homes = {row["household_id"]: None for row in visits}
    homes |= dict.fromkeys(_named(operations, "household.", "id"))
    homes |= dict.fromkeys(_named(operations, "visit.", "household_id"))
    batch.load(Household, _read(session, Household, commune_id, "id", homes, lock=True))
    homes |= dict.fromkeys(_load_merged(session, batch))
    batch.load(Visit, visits)
    batch.load(VisitService, _read(session, VisitService, commune_id, "visit_id", amended))
    batch.load(FollowUp, _read(session, FollowUp, commune_id, "household_id", homes))
    batch.load(Gone, _read(session, Gone, commune_id, "id", amended))
    batch.load(VisitVersion, _read(session, VisitVersion, commune_id, "visit_id", amended))
    edited = _edited(batch, operations)
    batch.load(HouseholdVersion, _read(session, HouseholdVersion, commune_id, "household_id", edited))
    if visit_ids:
        batch.load(Service, _read(session, Service, commune_id))
    return batch


def _load_merged(session: Session, batch: Batch) -> set[str]:
    """Where a household of the batch was merged: the one it turned out to be, whose ids are returned, and
    all that were merged into that. Most pushes know none and ask nothing."""
    merged = [row for row in batch.rows(Household) if row["merged_at"]]
    standing = {str(row["merged_into"] or row["id"]) for row in merged}
    unknown = [id for id in standing if batch.get(Household, id) is None]
    batch.load(Household, _read(session, Household, batch.commune_id, "id", unknown, lock=True))
    batch.load(Household, _read(session, Household, batch.commune_id, "merged_into", standing))
    return standing


def _edited(batch: Batch, operations: list[Operation]) -> set[str]:
    """The households that the operations change: those they name, and the ones these were merged into."""
    named = _named([op for op in operations if op.type == "household.amend"], "household.", "id")
    rows = [row for id in named if (row := batch.get(Household, id))]
    return {*named, *(row["merged_into"] for row in rows if row["merged_into"])}


def visits_at(session: Session, batch: Batch, households: Iterable[str], since: date) -> list[dict[str, Any]]:
    """All visits of these households since a day, as the batch has them where it knows them; of the others
    only what tells which promise one keeps (a household may have a long history)."""
    wanted = set(households)
    stored = _VISITS_SINCE.rows(session, commune_id=batch.commune_id, wanted=sorted(wanted), since=since)
    known = {row["id"]: row for row in stored} | {row["id"]: row for row in batch.rows(Visit)}
    return [row for row in known.values() if row["household_id"] in wanted]


def _named(operations: Iterable[Operation], prefix: str, key: str) -> list[str]:
    """The ids that operations of a kind carry under `key`, without repeats, sorted."""
    values = (op.data.get(key) for op in operations if op.type.startswith(prefix))
    return sorted({value for value in values if isinstance(value, str) and is_storable(value)})


def _read(
    session: Session,
    model: Model,
    commune_id: str,
    key: str = "",
    values: Iterable[str] = (),
    *,
    lock: bool = False,
) -> list[dict[str, Any]]:
    if not key:
        return _reading(model).rows(session, commune_id=commune_id)
    wanted = sorted(values)
    return _reading(model, key, lock).rows(session, commune_id=commune_id, wanted=wanted) if wanted else []


@cache
def _reading(model: Model, key: str = "", lock: bool = False) -> Prepared:
    table: Table = model.__table__  # type: ignore[attr-defined]
    statement = select(table).where(table.c.commune_id == bindparam("commune_id"))
    if key:
        statement = statement.where(among(table.c[key], "wanted"))
    if lock:
        statement = statement.order_by(table.c.id).with_for_update(key_share=True)
    return Prepared(statement)
