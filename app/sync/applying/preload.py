"""Preload: read all rows that the operations of a push name, in a constant number of statements.

Rows that a command may change are locked, visits before the households they belong to and both by id: a desk
decision or another phone waits instead of overwriting (on PostgreSQL; SQLite has one writer anyway).
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import cast

from sqlalchemy import Date, bindparam, select, union_all
from sqlmodel import Session, SQLModel

from app.commune.catalog.services import Service
from app.commune.settings import CommuneSettings
from app.core.batch import Batch, Row
from app.core.db import table_of
from app.core.feed import Tombstone
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.households.consents import HouseholdConsent
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion
from app.fieldwork.periods.models import ClosedPeriod
from app.fieldwork.periods.queries import closed_days
from app.fieldwork.remarks.models import RemarkVersion, ReportRemark
from app.fieldwork.visits.models import FollowUp, Visit, VisitService, VisitValues, VisitVersion
from app.review.citizen_requests.models import CitizenRequest
from app.sync.applying.operations import is_storable
from app.sync.wire.protocol import Operation

Model = type[SQLModel]
_VISIT = table_of(Visit)
# A household may have a long history: of its other visits only what decides which follow-up is open.
_VISITS_SINCE = Prepared(
    select(
        *(_VISIT.c[name] for name in ("id", "household_id", "hamlet_id", "happened_at", "occurred_at")),
        *(_VISIT.c[name] for name in ("counted_on", "seq", "withdrawn_at", "follow_up_on")),
    ).where(
        _VISIT.c.commune_id == bindparam("commune_id"),
        in_list(_VISIT.c.household_id, "wanted"),
        _VISIT.c.counted_on >= bindparam("since", type_=Date),
    )
)
_FOLLOW_UP = table_of(FollowUp)
# Two searches by the index, which has no place for "open or closed since".
_FOLLOW_UPS_SINCE = Prepared(
    union_all(
        *(
            select(_FOLLOW_UP).where(
                _FOLLOW_UP.c.commune_id == bindparam("commune_id"),
                in_list(_FOLLOW_UP.c.household_id, "wanted"),
                condition,
            )
            for condition in (
                _FOLLOW_UP.c.closed_on.is_(None),
                _FOLLOW_UP.c.closed_on >= bindparam("since", type_=Date),
            )
        )
    )
)
_REMARK = table_of(ReportRemark)
_REMARKS_OF = Prepared(
    select(_REMARK).where(
        _REMARK.c.commune_id == bindparam("commune_id"),
        _REMARK.c.written_by == bindparam("author"),
        _REMARK.c.withdrawn_at.is_(None),
    )
)


def load_batch(
    session: Session, commune_id: str, operations: Iterable[Operation], author_id: str = ""
) -> Batch:
    """Load the rows that these operations name, and lock those that commands may change.

    The batch also has the households into which named ones were merged, the households' versions, the acts
    of those whose number changes, and the tombstones of those that moved to another hamlet. It has the closed
    periods if a visit or session is changed or a remark written; for a remark also the other remarks of its
    author, `author_id`, whose number is limited.
    """
    operations = list(operations)
    batch = Batch(commune_id)
    visit_ids = _ids(operations, "visit.", "id")
    amended = _ids([op for op in operations if op.type != "visit.record"], "visit.", "id")
    visits = _read(session, Visit, commune_id, "id", visit_ids, lock=True)
    household_ids = {
        *(row["household_id"] for row in visits),
        *_ids(operations, "household.", "id"),
        *_ids(operations, ("visit.", "request."), "household_id"),
    }
    batch.load(Household, _read(session, Household, commune_id, "id", household_ids, lock=True))
    household_ids |= _load_merged(session, batch)
    batch.load(Visit, visits)
    _load_contents(session, batch)
    _load_requests(session, batch, operations)
    left = [row["id"] for row in batch.rows(Household) if row["moved_at"]]
    outreach_ids = _load_outreach(session, batch, operations)
    remark_ids = _load_remarks(session, batch, operations, author_id)
    named = [*amended, *left, *outreach_ids, *remark_ids]
    batch.load(Tombstone, _read(session, Tombstone, commune_id, "id", named))
    edited = _edited_households(batch, operations)
    batch.load(HouseholdVersion, _read(session, HouseholdVersion, commune_id, "household_id", edited))
    agreed = _households_with_consents(batch, operations)
    batch.load(HouseholdConsent, _read(session, HouseholdConsent, commune_id, "household_id", agreed))
    if amended or outreach_ids or remark_ids:
        batch.load(ClosedPeriod, closed_days(session, commune_id))
    if visit_ids or outreach_ids:
        batch.load(Service, _read(session, Service, commune_id))
    return batch


def _load_contents(session: Session, batch: Batch) -> None:
    """Load services and versions of the stored visits: they are amended, or sent again after the ledger was
    purged."""
    stored = [row["id"] for row in batch.rows(Visit)]
    for model in (VisitService, VisitVersion):
        batch.load(model, _read(session, model, batch.commune_id, "visit_id", stored))


def _load_outreach(session: Session, batch: Batch, operations: list[Operation]) -> list[str]:
    """Load the outreach sessions that the operations name, and their versions; returns the ids."""
    ids = _ids(operations, "outreach.", "id")
    batch.load(OutreachSession, _read(session, OutreachSession, batch.commune_id, "id", ids, lock=True))
    batch.load(OutreachVersion, _read(session, OutreachVersion, batch.commune_id, "session_id", ids))
    return ids


def _load_requests(session: Session, batch: Batch, operations: list[Operation]) -> None:
    """Load the citizens' requests that the operations name."""
    ids = _ids(operations, "request.", "id")
    batch.load(CitizenRequest, _read(session, CitizenRequest, batch.commune_id, "id", ids))


def _load_remarks(session: Session, batch: Batch, operations: list[Operation], author_id: str) -> list[str]:
    """Load the remarks that the operations name, their versions, and the author's; returns the named ids."""
    ids = _ids(operations, "remark.", "id")
    if ids:
        batch.load(ReportRemark, _REMARKS_OF.rows(session, commune_id=batch.commune_id, author=author_id))
        batch.load(CommuneSettings, _read(session, CommuneSettings, batch.commune_id))
    batch.load(ReportRemark, _read(session, ReportRemark, batch.commune_id, "id", ids, lock=True))
    batch.load(RemarkVersion, _read(session, RemarkVersion, batch.commune_id, "remark_id", ids))
    return ids


def _load_merged(session: Session, batch: Batch) -> set[str]:
    """Load the survivors of merged households, and all households that were merged into them.

    Returns the ids of the survivors. Most pushes name no merged household and read nothing here.
    """
    merged = [row for row in batch.rows(Household) if row["merged_at"]]
    survivor_ids = {str(row["merged_into"] or row["id"]) for row in merged}
    unknown = [id for id in survivor_ids if batch.get(Household, id) is None]
    batch.load(Household, _read(session, Household, batch.commune_id, "id", unknown, lock=True))
    batch.load(Household, _read(session, Household, batch.commune_id, "merged_into", survivor_ids))
    return survivor_ids


def _edited_households(batch: Batch, operations: list[Operation]) -> set[str]:
    """The ids of the households that the operations amend, and of those that these were merged into."""
    named = _ids([op for op in operations if op.type == "household.amend"], "household.", "id")
    rows = [row for id in named if (row := batch.get(Household, id))]
    return {*named, *(row["merged_into"] for row in rows if row["merged_into"])}


def _households_with_consents(batch: Batch, operations: list[Operation]) -> set[str]:
    """The ids of the households whose telephone numbers operations change, and of those merged with them."""
    changed = [op for op in operations if op.type == "household.amend" and "phone" in op.data]
    named = _edited_households(batch, changed)
    return named | {row["id"] for row in batch.rows(Household) if row["merged_into"] in named}


def load_follow_ups_since(session: Session, batch: Batch, household_ids: Iterable[str], since: date) -> None:
    """Load the follow-ups of these households that are open, or were closed on `since` or later."""
    if wanted := sorted(household_ids):
        rows = _FOLLOW_UPS_SINCE.rows(session, commune_id=batch.commune_id, wanted=wanted, since=since)
        batch.load(FollowUp, rows)


def load_visits_since(
    session: Session, batch: Batch, household_ids: Iterable[str], since: date
) -> list[VisitValues]:
    """All visits of these households that count on `since` or later, with the batch's changes."""
    wanted = set(household_ids)
    rows = _VISITS_SINCE.rows(session, commune_id=batch.commune_id, wanted=sorted(wanted), since=since)
    stored = cast(list[VisitValues], rows)
    known = {row["id"]: row for row in stored} | {row["id"]: row for row in batch.rows(Visit)}
    return [row for row in known.values() if row["household_id"] in wanted]


def _ids(operations: Iterable[Operation], prefix: str | tuple[str, ...], key: str) -> list[str]:
    """The ids that operations of these type prefixes have under `key`, without repeats, sorted."""
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
) -> list[Row]:
    """The rows whose `key` column is one of `values`; without a key, all rows of the commune."""
    if not key:
        return _select_by(model).rows(session, commune_id=commune_id)
    wanted = sorted(values)
    return _select_by(model, key, lock).rows(session, commune_id=commune_id, wanted=wanted) if wanted else []


@cache
def _select_by(model: Model, key: str = "", lock: bool = False) -> Prepared[Row]:
    table = table_of(model)
    statement = select(table).where(table.c.commune_id == bindparam("commune_id"))
    if key:
        statement = statement.where(in_list(table.c[key], "wanted"))
    if lock:
        statement = statement.order_by(table.c.id).with_for_update(key_share=True)
    return Prepared(statement)
