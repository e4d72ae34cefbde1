"""Rows as the wire has them, from rows as the tables have them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session

from app.accounts.access import Actor
from app.core.batch import Batch
from app.core.clock import wire_time
from app.core.prepared import Prepared, among
from app.households.models import Household
from app.sync.protocol import (
    FollowUpRow,
    GoneRow,
    HouseholdRow,
    NameRow,
    ServiceRow,
    VisitRow,
)
from app.visits.models import Visit, VisitService

Row = Mapping[str, Any]

_SERVICES: Any = VisitService.__table__  # type: ignore[attr-defined]
_GIVEN_NAMES = ("code", "outcome", "people")
_GIVEN = Prepared(
    select(_SERVICES.c.visit_id, _SERVICES.c.code, _SERVICES.c.outcome, _SERVICES.c.people)
    .where(_SERVICES.c.commune_id == bindparam("commune_id"), among(_SERVICES.c.visit_id, "ids"))
    .order_by(_SERVICES.c.visit_id, _SERVICES.c.position)
)


def _named(model: Any) -> Prepared:
    table = model.__table__
    return Prepared(
        select(table).where(table.c.commune_id == bindparam("commune_id"), among(table.c.id, "ids"))
    )


_NAMED = {Household: _named(Household), Visit: _named(Visit)}


def household(row: Row) -> HouseholdRow:
    return {
        "id": row["id"],
        "hamlet_id": row["hamlet_id"],
        "head_name": row["head_name"],
        "house_no": row["house_no"],
        "alley": row["alley"],
        "phone": row["phone"],
        "state": row["state"],
        "version": row["version"],
        "feed_seq": row["feed_seq"],
    }


def visit(row: Row, services: list[dict[str, Any]], reader: str) -> VisitRow:
    """A visit for the phone of account `reader`: the note goes to its author only."""
    review_at, follow_up_on = row["reviewed_at"], row["follow_up_on"]
    return {
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


def follow_up(row: Row) -> FollowUpRow:
    return {
        "id": row["id"],
        "household_id": row["household_id"],
        "due_on": row["due_on"].isoformat(),
        "closed_by": row["closed_by"],
        "feed_seq": row["feed_seq"],
    }


def name(row: Row) -> NameRow:
    return {"id": row["id"], "name": row["name"], "feed_seq": row["feed_seq"]}


def service(row: Row) -> ServiceRow:
    return {
        "code": row["code"],
        "pillar": row["pillar"],
        "label": {"vi": row["label_vi"], "en": row["label_en"]},
        "outcomes": row["outcomes"],
        "first": row["first"],
        "order": row["position"],
        "unit": row["unit"],
        "feed_seq": row["feed_seq"],
    }


def gone(row: Row) -> GoneRow:
    return {
        "kind": row["kind"],
        "id": row["id"],
        "hamlet_id": row["hamlet_id"],
        "moved_to": row["moved_to"],
        "feed_seq": row["feed_seq"],
    }


def current(
    session: Session, batch: Batch, actor: Actor, records: set[tuple[str, str]]
) -> dict[tuple[str, str], Any]:
    """The current wire rows of `records` (kind, id) that the actor's scope holds.

    Rows of the batch as it was just written, others read in two statements.
    """
    found: dict[tuple[str, str], Any] = {}
    homes = _current(session, batch, actor, Household, [id for kind, id in records if kind == "household"])
    calls = _current(session, batch, actor, Visit, [id for kind, id in records if kind == "visit"])
    calls = [row for row in calls if row["withdrawn_at"] is None]
    given = _given(session, batch, [row["id"] for row in calls])
    found |= {("household", row["id"]): household(row) for row in homes}
    found |= {("visit", row["id"]): visit(row, given.get(row["id"], []), actor.account_id) for row in calls}
    return found


def _given(session: Session, batch: Batch, visit_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The services of these visits; of those that are new in the batch nobody need ask the database."""
    new = set(batch.added(Visit))
    given = services(session, batch.commune_id, [id for id in visit_ids if id not in new])
    for row in batch.rows(VisitService):
        if row["visit_id"] in new:
            given.setdefault(row["visit_id"], []).append({name: row[name] for name in _GIVEN_NAMES})
    return given


def services(session: Session, commune_id: str, visit_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The services of these visits, each visit's in its order, in one statement."""
    given: dict[str, list[dict[str, Any]]] = {}
    for row in _GIVEN.rows(session, commune_id=commune_id, ids=visit_ids) if visit_ids else []:
        given.setdefault(row.pop("visit_id"), []).append(row)
    return given


def _current(
    session: Session, batch: Batch, actor: Actor, model: type[Visit] | type[Household], ids: list[str]
) -> list[Row]:
    known = [row for id in ids if (row := batch.get(model, id)) is not None]
    seen = {row["id"] for row in known}
    unknown = [id for id in ids if id not in seen]
    if unknown:
        known += _NAMED[model].rows(session, commune_id=actor.commune_id, ids=unknown)
    return [row for row in known if row["hamlet_id"] in actor.hamlet_ids and not row.get("merged_into")]
