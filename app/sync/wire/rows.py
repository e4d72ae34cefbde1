"""Rows as the wire has them, from rows as the tables have them."""

from collections.abc import Mapping
from typing import TypeVar, cast

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.commune.accounts.access import Actor
from app.commune.catalog.services import ServiceRow
from app.core.batch import Batch
from app.core.clock import wire_time
from app.core.db import RowOf, table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.types import Row
from app.fieldwork.derived.household_days.models import LAST_DAYS, LastDays, LastDaysOf, VisitedHousehold
from app.fieldwork.households.models import Household, HouseholdValues
from app.fieldwork.households.wire import HouseholdRow
from app.fieldwork.outreach.models import OutreachSession, OutreachSessionValues
from app.fieldwork.outreach.wire import OutreachSessionRow, outreach_session_row
from app.fieldwork.remarks.models import RemarkValues, ReportRemark
from app.fieldwork.remarks.wire import RemarkRow, remark_row
from app.fieldwork.visits.models import Visit, VisitService, VisitValues
from app.sync.wire.protocol import FollowUpRow, NameRow, TombstoneRow, VisitRow, VisitServiceRow

Values = TypeVar("Values", HouseholdValues, VisitValues, OutreachSessionValues, RemarkValues)
RecordKey = tuple[str, str]  # kind, id
RecordRow = HouseholdRow | VisitRow | OutreachSessionRow | RemarkRow

_SERVICES, _DAYS = table_of(VisitService), table_of(VisitedHousehold)
_FIND_SERVICES = Prepared(
    select(_SERVICES.c.visit_id, _SERVICES.c.code, _SERVICES.c.outcome, _SERVICES.c.people)
    .where(_SERVICES.c.commune_id == bindparam("commune_id"), in_list(_SERVICES.c.visit_id, "ids"))
    .order_by(_SERVICES.c.visit_id, _SERVICES.c.position)
)


def _by_ids(model: type[RowOf[Values]], values: type[Values]) -> Prepared[Values]:
    table = table_of(model)
    found = select(table).where(table.c.commune_id == bindparam("commune_id"), in_list(table.c.id, "ids"))
    return Prepared(found, values)


_FIND_DAYS = Prepared(
    select(_DAYS.c.household_id, *LAST_DAYS).where(
        _DAYS.c.commune_id == bindparam("commune_id"), in_list(_DAYS.c.household_id, "ids")
    ),
    LastDaysOf,
)
_FIND_HOUSEHOLDS, _FIND_VISITS = _by_ids(Household, HouseholdValues), _by_ids(Visit, VisitValues)
_FIND_OUTREACH = _by_ids(OutreachSession, OutreachSessionValues)
_FIND_REMARKS = _by_ids(ReportRemark, RemarkValues)


def household(row: HouseholdValues, days: LastDays | None) -> HouseholdRow:
    """A household, whoever reads it; `days`: of its counted visits, None without any."""
    wire: HouseholdRow = {
        "id": row["id"],
        "hamlet_id": row["hamlet_id"],
        "head_name": row["head_name"],
        "house_no": row["house_no"],
        "alley": row["alley"],
        "phone": row["phone"],
        "state": row["state"],
        "version": row["version"],
        "met_on": None,
        "feed_seq": row["feed_seq"],
    }
    if row["smart_device"]:
        wire["smart_device"] = row["smart_device"]
    if row["business"]:
        wire["business"] = row["business"]
    if days is None or days["last_counted_on"] is None or days["last_result"] is None:
        return wire
    if days["met_on"]:
        wire["met_on"] = days["met_on"].isoformat()
    if days["guided_on"]:
        wire["guided_on"] = days["guided_on"].isoformat()
    if days["last_counted_on"] != days["met_on"]:
        wire["last_counted_on"] = days["last_counted_on"].isoformat()
    wire["last_result"] = days["last_result"]
    if days["last_follow_up_on"]:
        wire["last_follow_up_on"] = days["last_follow_up_on"].isoformat()
    return wire


def visit(row: VisitValues, services: list[VisitServiceRow], reader: str) -> VisitRow:
    """A visit for the phone of account `reader`; only its author gets the notes and answers."""
    review_at, follow_up_on = row["reviewed_at"], row["follow_up_on"]
    wire: VisitRow = {
        "id": row["id"],
        "household_id": row["household_id"],
        "hamlet_id": row["hamlet_id"],
        "recorded_by": row["recorded_by"],
        "occurred_at": wire_time(row["occurred_at"]),
        "received_at": wire_time(row["received_at"]),
        "counted_on": row["counted_on"].isoformat(),
        "result": row["result"],
        "services": services,
        "note": row["note"] if row["recorded_by"] == reader else "",
        "follow_up_on": follow_up_on.isoformat() if follow_up_on else None,
        "version": row["version"],
        "review": {
            "state": row["review_state"],
            "reason": row["review_reason"],
            "field": row["review_field"],
            "note": row["review_note"] if row["recorded_by"] == reader else "",
            "at": wire_time(review_at) if review_at else None,
        },
        "feed_seq": row["feed_seq"],
    }
    if row["needs"]:
        wire["needs"] = row["needs"]
    if row["dropped_needs"]:
        wire["dropped_needs"] = row["dropped_needs"]
    if row["counted_since"] != row["received_at"]:
        wire["counted_since"] = wire_time(row["counted_since"])
    if row["answers"] and row["recorded_by"] == reader:
        wire["answers"] = [{"at": one["at"], "text": one["text"]} for one in row["answers"]]
    if row["vouched_by"] and row["recorded_by"] == reader:
        wire["vouched_by"] = row["vouched_by"]
        wire["disowned"] = row["disowned_at"] is not None
    return wire


def follow_up(row: Row) -> FollowUpRow:
    """A planned return, from a row of `follow_up`."""
    return {
        "id": row["id"],
        "household_id": row["household_id"],
        "due_on": row["due_on"].isoformat(),
        "closed_by": row["closed_by"],
        "feed_seq": row["feed_seq"],
    }


def name(row: Row) -> NameRow:
    """A hamlet."""
    return {"id": row["id"], "name": row["name"], "feed_seq": row["feed_seq"]}


def member(row: Row) -> NameRow:
    """Of a row of `account` only the name; of a supervisor also the number to call, until they leave."""
    wire: NameRow = {"id": row["id"], "name": row["name"], "feed_seq": row["feed_seq"]}
    if row["contact_phone"] is not None:
        wire["phone"] = row["contact_phone"] if row["ended_at"] is None else ""
    return wire


def service(row: Row) -> ServiceRow:
    """A service of the catalog, from a row of `service`."""
    first_day, last_day = row["first_day"], row["last_day"]
    return {
        "code": row["code"],
        "pillar": row["pillar"],
        "label": {"vi": row["label_vi"], "en": row["label_en"]},
        "outcomes": row["outcomes"],
        "first": row["first"],
        "order": row["position"],
        "unit": row["unit"],
        "active": row["active"],
        "first_day": first_day.isoformat() if first_day else None,
        "last_day": last_day.isoformat() if last_day else None,
        "feed_seq": row["feed_seq"],
    }


def tombstone(row: Row) -> TombstoneRow:
    """A row that left a hamlet's feed, without the account that it is for."""
    return {
        "kind": row["kind"],
        "id": row["id"],
        "hamlet_id": row["hamlet_id"],
        "moved_to": row["moved_to"],
        "feed_seq": row["feed_seq"],
    }


def current_rows(
    session: Session, batch: Batch, actor: Actor, records: set[RecordKey]
) -> dict[RecordKey, RecordRow]:
    """The current wire rows of `records` that are in the actor's scope.

    Rows of the batch are used as they were just written, the others are read in a statement a kind.
    """
    household_ids, visit_ids, outreach_ids, remark_ids = (
        [id for kind, id in records if kind == wanted]
        for wanted in ("household", "visit", "outreach_session", "remark")
    )
    households = _current(session, batch, actor, Household, _FIND_HOUSEHOLDS, household_ids)
    visits = _current(session, batch, actor, Visit, _FIND_VISITS, visit_ids)
    visits = [row for row in visits if row["withdrawn_at"] is None]
    sessions = _current(session, batch, actor, OutreachSession, _FIND_OUTREACH, outreach_ids)
    remarks = _current(session, batch, actor, ReportRemark, _FIND_REMARKS, remark_ids)
    services = _services_of(session, batch, [row["id"] for row in visits])
    found: dict[RecordKey, RecordRow] = {}
    days = _days_of(session, actor.commune_id, [row["id"] for row in households])
    found |= {("household", row["id"]): household(row, days.get(row["id"])) for row in households}
    found |= {
        ("outreach_session", row["id"]): outreach_session_row(row)
        for row in sessions
        if row["withdrawn_at"] is None
    }
    found |= {("remark", row["id"]): remark_row(row) for row in remarks if row["withdrawn_at"] is None}
    found |= {
        ("visit", row["id"]): visit(row, services.get(row["id"], []), actor.account_id) for row in visits
    }
    return found


def _days_of(session: Session, commune_id: str, household_ids: list[str]) -> dict[str, LastDays]:
    found = _FIND_DAYS.rows(session, commune_id=commune_id, ids=household_ids) if household_ids else []
    return {row["household_id"]: row for row in found}


def _services_of(session: Session, batch: Batch, visit_ids: list[str]) -> dict[str, list[VisitServiceRow]]:
    """The services of these visits; for visits that are new in the batch nothing is read."""
    new = set(batch.added_ids(Visit))
    found = find_services(session, batch.commune_id, [id for id in visit_ids if id not in new])
    for row in batch.rows(VisitService):
        if row["visit_id"] in new:
            service = VisitServiceRow(code=row["code"], outcome=row["outcome"], people=row["people"])
            found.setdefault(row["visit_id"], []).append(service)
    return found


def find_services(
    session: Session, commune_id: str, visit_ids: list[str]
) -> dict[str, list[VisitServiceRow]]:
    """The services of these visits, each visit's in its order, in one statement."""
    found: dict[str, list[VisitServiceRow]] = {}
    for row in _FIND_SERVICES.rows(session, commune_id=commune_id, ids=visit_ids) if visit_ids else []:
        found.setdefault(row.pop("visit_id"), []).append(cast(VisitServiceRow, row))
    return found


def _current(
    session: Session,
    batch: Batch,
    actor: Actor,
    model: type[RowOf[Values]],
    statement: Prepared[Values],
    ids: list[str],
) -> list[Values]:
    rows = [row for id in ids if (row := batch.get(model, id)) is not None]
    known = {row["id"] for row in rows}
    unknown = [id for id in ids if id not in known]
    if unknown:
        rows += statement.rows(session, commune_id=actor.commune_id, ids=unknown)
    return [row for row in rows if _is_in_scope(row, actor)]


def _is_in_scope(row: Mapping[str, object], actor: Actor) -> bool:
    if "hamlet_id" not in row:
        return row["written_by"] == actor.account_id
    is_on_phones = not (row.get("merged_into") or row.get("erased_at"))
    return row["hamlet_id"] in actor.hamlet_ids and is_on_phones
