"""Reading outreach sessions: the desk's list, and how many there were in a period."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, find, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.commune.calendar.period import Period
from app.fieldwork.outreach.models import OutreachSession, OutreachVersion

PAGE_SIZE = 50
UNKNOWN_VENUE = "unknown"  # of sessions of which nobody has said it


@dataclass(frozen=True)
class SessionFilter:
    """Which sessions a list has; None and empty ids: all. `venue`: a code, or `UNKNOWN_VENUE`."""

    first: date | None = None
    last: date | None = None
    hamlet_id: str = ""
    account_id: str = ""
    venue: str = ""


@dataclass(frozen=True)
class ListedSession:
    """A session, and the names of its hamlet and author."""

    session: OutreachSession
    hamlet: str
    person: str


@dataclass(frozen=True)
class SessionSums:
    """How many sessions there were, and how many people came to those in which they were counted."""

    sessions: int
    people: int
    uncounted: int


def count_sessions(session: Session, actor: Actor, period: Period) -> dict[str, tuple[int, int]]:
    """The sessions of a period and the people who came to them, by hamlet as recorded.

    A hamlet without a session is not in it. Sessions whose people nobody counted add none.
    """
    counts: dict[str, tuple[int, int]] = {}
    for (_day, hamlet_id), (count, people) in sessions_by_day(
        session, actor, period.first, period.last
    ).items():
        so_far = counts.get(hamlet_id, (0, 0))
        counts[hamlet_id] = (so_far[0] + count, so_far[1] + people)
    return counts


def sessions_by_day(
    session: Session, actor: Actor, first: date, last: date
) -> dict[tuple[date, str], tuple[int, int]]:
    """The same of each day and hamlet."""
    keys = (col(OutreachSession.counted_on), col(OutreachSession.hamlet_id))
    found = _listed(actor, SessionFilter(first, last)).with_only_columns(
        *keys, func.count(), func.coalesce(func.sum(col(OutreachSession.people)), 0)
    )
    rows = session.execute(found.group_by(*keys).order_by(None))
    return {(day, hamlet_id): (int(count), int(people)) for day, hamlet_id, count, people in rows}


def sum_sessions(session: Session, actor: Actor, wanted: SessionFilter) -> SessionSums:
    """The sums of the sessions that a filter lets through."""
    people = col(OutreachSession.people)
    sums = _listed(actor, wanted).with_only_columns(
        func.count(), func.coalesce(func.sum(people), 0), func.count(people)
    )
    count, came, counted = session.execute(sums.order_by(None)).one()
    return SessionSums(int(count), int(came), int(count) - int(counted))


def sum_by_venue(session: Session, actor: Actor, first: date, last: date) -> dict[str, SessionSums]:
    """The sums of the sessions of these days by venue, or `UNKNOWN_VENUE`; of those that have a session."""
    venue, people = col(OutreachSession.venue), col(OutreachSession.people)
    sums = _listed(actor, SessionFilter(first, last)).with_only_columns(
        venue, func.count(), func.coalesce(func.sum(people), 0), func.count(people)
    )
    rows = session.execute(sums.group_by(venue).order_by(None))
    return {
        code or UNKNOWN_VENUE: SessionSums(int(count), int(came), int(count) - int(counted))
        for code, count, came, counted in rows
    }


def list_sessions(session: Session, actor: Actor, wanted: SessionFilter, page: int) -> list[ListedSession]:
    """One page of sessions that are not withdrawn, the latest day first; `page` counts from 1."""
    rows = session.exec(_listed(actor, wanted).limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).all()
    hamlets = _names(session, actor, Hamlet, {row.hamlet_id for row in rows})
    people = _names(session, actor, Account, {row.recorded_by for row in rows})
    return [ListedSession(row, hamlets[row.hamlet_id], people[row.recorded_by]) for row in rows]


@dataclass(frozen=True)
class SessionDetail:
    """A session as it is listed, its earlier contents (oldest first), and by their ids the names of the
    supervisors who corrected or withdrew it."""

    listed: ListedSession
    versions: list[OutreachVersion]
    supervisors: dict[str, str]

    @property
    def is_from_paper(self) -> bool:
        """Whether a supervisor entered it: its first content has neither a phone nor a phone's number."""
        first = self.versions[0] if self.versions else self.listed.session
        return not first.device_id and first.seq == 0

    @property
    def last_correction(self) -> OutreachVersion | None:
        """What a supervisor's correction replaced, if nothing was written since and it can be undone."""
        newest = self.versions[-1] if self.versions else None
        return newest if newest and newest.content.get("reason") else None


def session_detail(session: Session, actor: Actor, session_id: str) -> SessionDetail:
    """One session, also if it is withdrawn. Raises `NotFound`."""
    row = find(session, actor, OutreachSession, session_id)
    hamlets = _names(session, actor, Hamlet, {row.hamlet_id})
    found = (
        visible_to(actor, OutreachVersion)
        .where(OutreachVersion.session_id == session_id, col(OutreachVersion.late).is_(False))
        .order_by(col(OutreachVersion.version))
    )
    versions = list(session.exec(found))
    by = {row.withdrawn_by or "", *(one.content.get("corrected_by", "") for one in versions)} - {""}
    people = _names(session, actor, Account, {row.recorded_by, *by})
    listed = ListedSession(row, hamlets[row.hamlet_id], people[row.recorded_by])
    return SessionDetail(listed, versions, {id: people[id] for id in by})


def withdrawn_since(session: Session, actor: Actor, since: datetime) -> list[OutreachSession]:
    """The sessions that supervisors have withdrawn since, the latest first, at most a page."""
    withdrawn_at = col(OutreachSession.withdrawn_at)
    found = visible_to(actor, OutreachSession).where(
        withdrawn_at > since, col(OutreachSession.withdrawn_by).is_not(None)
    )
    return list(session.exec(found.order_by(withdrawn_at.desc(), col(OutreachSession.id)).limit(PAGE_SIZE)))


def _listed(actor: Actor, wanted: SessionFilter) -> SelectOfScalar[OutreachSession]:
    conditions: list[ColumnElement[bool]] = [col(OutreachSession.withdrawn_at).is_(None)]
    if wanted.first:
        conditions.append(col(OutreachSession.counted_on) >= wanted.first)
    if wanted.last:
        conditions.append(col(OutreachSession.counted_on) <= wanted.last)
    if wanted.hamlet_id:
        conditions.append(col(OutreachSession.hamlet_id) == wanted.hamlet_id)
    if wanted.account_id:
        conditions.append(col(OutreachSession.recorded_by) == wanted.account_id)
    if wanted.venue:
        conditions.append(has_venue(wanted.venue))
    order = (col(OutreachSession.counted_on).desc(), col(OutreachSession.id).desc())
    return visible_to(actor, OutreachSession).where(*conditions).order_by(*order)


def has_venue(venue: str) -> ColumnElement[bool]:
    """The condition that a session has this venue; `UNKNOWN_VENUE`: that nobody has said it."""
    stored = col(OutreachSession.venue)
    return stored.is_(None) if venue == UNKNOWN_VENUE else stored == venue


def _names(
    session: Session, actor: Actor, model: type[Hamlet] | type[Account], ids: set[str]
) -> dict[str, str]:
    names = select(col(model.id), col(model.name)).where(
        col(model.commune_id) == actor.commune_id, col(model.id).in_(sorted(ids))
    )
    return {id: name for id, name in session.execute(names)}
