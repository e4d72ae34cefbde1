"""Visits after their term: without notes and without an author. They are counted as before, and on no phone
since long."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    and_,
    bindparam,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlmodel import Session

from app.commune.accounts.models import ANONYMOUS, Account
from app.core.batch import Batch
from app.core.clock import Instant, local_date
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.core.types import Row
from app.fieldwork.derived.flags.models import DayFlag, VisitFlag
from app.fieldwork.visits.models import FollowUp, Visit
from app.review.citizen_requests.models import CitizenRequest
from app.review.decisions.models import Decision
from app.upkeep.retention.steps import Step, all_columns_of, columns_of

_VISIT, _FOLLOW_UP, _REQUEST = table_of(Visit), table_of(FollowUp), table_of(CitizenRequest)
_DECISION, _ACCOUNT = table_of(Decision), table_of(Account)
_VISIT_FLAG, _DAY_FLAG = table_of(VisitFlag), table_of(DayFlag)
_COMMUNE: BindParameter[str] = bindparam("commune_id")
_PEOPLE = ("entered_by", "withdrawn_by", "vouched_by")


def has_request(household_id: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a citizen's request about the household is open, or had its data restricted."""
    is_restricted = and_(_REQUEST.c.kind == "restrict", _REQUEST.c.is_refused.is_(False))
    return exists().where(
        _REQUEST.c.commune_id == _COMMUNE,
        _REQUEST.c.household_id == household_id,
        or_(_REQUEST.c.closed_on.is_(None), is_restricted),
    )


def is_pending() -> ColumnElement[bool]:
    """Whether somebody still has to do something with a visit: decide on it, correct it, come back for its
    appointment, or answer a request about its household."""
    is_open = or_(_VISIT.c.review_state == "received", _VISIT.c.review_state == "returned")
    has_appointment = exists().where(
        _FOLLOW_UP.c.commune_id == _COMMUNE, _FOLLOW_UP.c.id == _VISIT.c.id, _FOLLOW_UP.c.closed_by.is_(None)
    )
    is_undecided = and_(_VISIT.c.withdrawn_at.is_(None), is_open)
    return or_(is_undecided, has_appointment, has_request(_VISIT.c.household_id))


_DUE = (
    _VISIT.c.commune_id == _COMMUNE,
    _VISIT.c.received_at < bindparam("before", type_=Instant),
    ~is_pending(),
)
_MOST: BindParameter[int] = bindparam("most", type_=Integer)
_AUTHORS = Prepared(
    select(_ACCOUNT.c.id).where(_ACCOUNT.c.commune_id == _COMMUNE, _ACCOUNT.c.id != ANONYMOUS)
)
# One author after the other: by the index of an author's visits nothing is read that has been purged.
_OF_AUTHOR = Prepared(
    select(_VISIT.c.id)
    .where(*_DUE, _VISIT.c.withdrawn_at.is_(None), _VISIT.c.recorded_by == bindparam("account_id"))
    .limit(_MOST)
)
_WITHDRAWN = Prepared(
    select(_VISIT.c.id)
    .where(*_DUE, _VISIT.c.withdrawn_at.is_not(None), _VISIT.c.recorded_by != ANONYMOUS)
    .limit(_MOST)
)
_LOCK = Prepared(
    select(_VISIT)
    .where(*_DUE, in_list(_VISIT.c.id, "ids"))
    .order_by(_VISIT.c.id)
    .with_for_update(key_share=True)
)
_IN_IDS = (_DECISION.c.commune_id == _COMMUNE, in_list(_DECISION.c.visit_id, "ids"))
_DECISIONS = Prepared(select(_DECISION.c.id, _DECISION.c.note, _DECISION.c.earlier).where(*_IN_IDS))
_EMPTY_DECISION: Prepared[Row] = Prepared(
    update(_DECISION)
    .where(_DECISION.c.commune_id == _COMMUNE, _DECISION.c.id == bindparam("decision_id"))
    .values(note="", earlier=bindparam("without_note"))
)
_DELETE_FLAGS: Prepared[Row] = Prepared(
    delete(_VISIT_FLAG).where(_VISIT_FLAG.c.commune_id == _COMMUNE, in_list(_VISIT_FLAG.c.visit_id, "ids"))
)
_DELETE_DAYS: Prepared[Row] = Prepared(
    delete(_DAY_FLAG).where(
        _DAY_FLAG.c.commune_id == _COMMUNE,
        in_list(_DAY_FLAG.c.recorded_by, "people"),
        _DAY_FLAG.c.counted_on < bindparam("day", type_=Date()),
    )
)


def find_due(session: Session, commune_id: str, before: datetime, most: int) -> list[Row]:
    """The ids of visits that were received before `before`, are not pending and have an author."""
    values: dict[str, Any] = {"commune_id": commune_id, "before": before}
    found = _WITHDRAWN.rows(session, **values, most=most)
    for author in _AUTHORS.rows(session, commune_id=commune_id):
        if len(found) >= most:
            break
        found += _OF_AUTHOR.rows(session, **values, account_id=author["id"], most=most - len(found))
    return found


def purge(session: Session, commune_id: str, found: list[Row], before: datetime) -> None:
    """Empty the notes and forget the author, as far as nothing has become pending meanwhile. What decisions
    noted of them goes too, and their flags."""
    batch = Batch(commune_id)
    ids = sorted(row["id"] for row in found)
    batch.load(Visit, _LOCK.rows(session, commune_id=commune_id, before=before, ids=ids))
    people = sorted({visit["recorded_by"] for visit in batch.rows(Visit)})
    for visit in batch.rows(Visit):
        named = {name: ANONYMOUS for name in _PEOPLE if dict(visit)[name] is not None}
        purged = batch.change(Visit, visit, named)
        purged["recorded_by"], purged["device_id"] = ANONYMOUS, ""
        purged["note"] = purged["review_note"] = ""
        purged["answers"] = None
    batch.write(session, (Visit,))
    ids = [visit["id"] for visit in batch.rows(Visit)]
    _empty_decisions(session, commune_id, ids)
    _DELETE_FLAGS.run(session, commune_id=commune_id, ids=ids)
    _DELETE_DAYS.run(session, commune_id=commune_id, people=people, day=local_date(before))


def _empty_decisions(session: Session, commune_id: str, ids: list[str]) -> None:
    changed = [
        {
            "commune_id": commune_id,
            "decision_id": row["id"],
            "without_note": row["earlier"] and row["earlier"] | {"note": ""},
        }
        for row in _DECISIONS.rows(session, commune_id=commune_id, ids=ids)
        if row["note"] or (row["earlier"] and row["earlier"]["note"])
    ]
    _EMPTY_DECISION.run_all(session, changed)


VISITS = Step(
    "visits",
    columns_of(Visit, "note review_note answers recorded_by device_id entered_by withdrawn_by vouched_by")
    + columns_of(Decision, "note earlier")
    + all_columns_of(VisitFlag, DayFlag),
    find_due,
    purge,
    is_of_authors=True,
)
