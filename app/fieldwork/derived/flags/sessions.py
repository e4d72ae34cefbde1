"""Outreach sessions as the rules of flags read them: many come to one place, and many visits are written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypedDict

from sqlalchemy import Date, bindparam, select
from sqlmodel import Session

from app.commune.accounts.models import Account
from app.core.batch import Batch
from app.core.db import table_of
from app.core.sql.prepared import Prepared, in_list
from app.fieldwork.derived.flags import unevaluated
from app.fieldwork.derived.flags.models import DayFlag
from app.fieldwork.derived.flags.neighbours import PersonDay
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion

UNCOUNTED = 30  # how many came, where nobody has counted them
_SESSION, _DAY, _ACCOUNT = table_of(OutreachSession), table_of(DayFlag), table_of(Account)


class _Held(TypedDict):
    hamlet_id: str
    counted_on: date
    people: int | None


class _Person(TypedDict):
    recorded_by: str
    counted_on: date


class _Id(TypedDict):
    id: str


def people_at_sessions(
    session: Session, commune_id: str, days: Iterable[date]
) -> Mapping[date, dict[str, int]]:
    """How many came to the sessions of these days, by day and hamlet."""
    found: defaultdict[date, dict[str, int]] = defaultdict(dict)
    wanted = set(days)
    if not wanted:
        return found
    for row in _HELD.rows(session, commune_id=commune_id, first=min(wanted), last=max(wanted)):
        day, people = row["counted_on"], row["people"]
        if day in wanted:
            so_far = found[day].get(row["hamlet_id"], 0)
            found[day][row["hamlet_id"]] = so_far + (UNCOUNTED if people is None else people)
    return found


def note_sessions(session: Session, batch: Batch) -> None:
    """Note the days of a batch's outreach sessions, before and after its changes, to have the flags of those
    computed about whom a rule says something on these days. Call it with the feed locked."""
    days = {row["counted_on"] for row in batch.rows(OutreachSession)}
    if not days:
        return
    days |= {date.fromisoformat(row["content"]["held_on"]) for row in batch.rows(OutreachVersion)}
    people = [row["id"] for row in _PEOPLE.rows(session, commune_id=batch.commune_id)]
    found: list[PersonDay] = [
        (row["recorded_by"], row["counted_on"])
        for day in sorted(days)
        for row in _WITH_RULES.rows(session, commune_id=batch.commune_id, people=people, day=day)
    ]
    unevaluated.note_persons(session, batch.commune_id, found)


_HELD = Prepared(
    select(_SESSION.c.hamlet_id, _SESSION.c.counted_on, _SESSION.c.people).where(
        _SESSION.c.commune_id == bindparam("commune_id"),
        _SESSION.c.counted_on.between(bindparam("first", type_=Date), bindparam("last", type_=Date)),
        _SESSION.c.withdrawn_at.is_(None),
    ),
    _Held,
)
_PEOPLE = Prepared(select(_ACCOUNT.c.id).where(_ACCOUNT.c.commune_id == bindparam("commune_id")), _Id)
_WITH_RULES = Prepared(
    select(_DAY.c.recorded_by, _DAY.c.counted_on)
    .distinct()
    .where(
        _DAY.c.commune_id == bindparam("commune_id"),
        in_list(_DAY.c.recorded_by, "people"),
        _DAY.c.counted_on == bindparam("day", type_=Date),
    ),
    _Person,
)
