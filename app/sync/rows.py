"""Rows as the wire has them, from rows as the tables have them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from app.accounts.access import Actor
from app.core.batch import Batch
from app.core.clock import wire_time
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
    given = services(session, actor.commune_id, [row["id"] for row in calls])
    found |= {("household", row["id"]): household(row) for row in homes}
    found |= {("visit", row["id"]): visit(row, given.get(row["id"], []), actor.account_id) for row in calls}
    return found


def services(session: Session, commune_id: str, visit_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    """The services of these visits, each visit's in its order, in one statement."""
    table: Any = VisitService.__table__  # type: ignore[attr-defined]
    if not visit_ids:
        return {}
    statement = (
        select(table.c.visit_id, table.c.code, table.c.outcome, table.c.people)
        .where(table.c.commune_id == commune_id, table.c.visit_id.in_(visit_ids))
        .order_by(table.c.visit_id, table.c.position)
    )
    given: dict[str, list[dict[str, Any]]] = {}
    for visit_id, code, outcome, people in session.execute(statement):
        given.setdefault(visit_id, []).append({"code": code, "outcome": outcome, "people": people})
    return given


def _current(
    session: Session, batch: Batch, actor: Actor, model: type[Visit] | type[Household], ids: list[str]
) -> list[Row]:
    known = [row for id in ids if (row := batch.get(model, id)) is not None]
    seen = {row["id"] for row in known}
    unknown = [id for id in ids if id not in seen]
    table: Any = model.__table__  # type: ignore[union-attr]
    if unknown:
        statement = select(table).where(table.c.commune_id == actor.commune_id, table.c.id.in_(unknown))
        known += [dict(row) for row in session.execute(statement).mappings()]
    return [row for row in known if row["hamlet_id"] in actor.hamlet_ids]
