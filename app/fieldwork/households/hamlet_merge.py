"""Merging two hamlets: households and teams go to the surviving one, visits stay where they were recorded.

So no earlier figure changes. Who may read the surviving hamlet may also read those merged into it, and what
phones still send for a merged one is written to the survivor (`accounts.access.AccessPeriod`,
docs/decisions/0046).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from app.commune.accounts import access
from app.commune.accounts.access import FIELD_ROLES, MAX_DELAY, Actor, visible_to
from app.commune.accounts.models import Account, Assignment
from app.commune.areas import Hamlet
from app.commune.teams.arrangement import open_assignment
from app.core import desk_log
from app.core.batch import Batch
from app.core.clock import local_date
from app.core.db import table_of
from app.core.errors import Invalid, StaleDecision
from app.core.feed import feed
from app.fieldwork.households.models import Household


@dataclass(frozen=True)
class MergePreview:
    """What a merge concerns: the households of both hamlets, and the teams and people of the losing one."""

    losing: Hamlet
    surviving: Hamlet
    losing_households: int
    surviving_households: int
    teams: int
    people: int

    @property
    def seen(self) -> dict[str, int]:
        """The feed numbers of both hamlets, by id."""
        return {hamlet.id: hamlet.feed_seq for hamlet in (self.losing, self.surviving)}


def preview(session: Session, actor: Actor, losing_id: str, surviving_id: str) -> MergePreview:
    """What merging these would concern. Raises `NotFound`, and `Invalid` for one hamlet twice or a merged
    one."""
    losing, surviving = (access.find(session, actor, Hamlet, id) for id in (losing_id, surviving_id))
    if losing.id == surviving.id or losing.merged_into or surviving.merged_into:
        raise Invalid("hamlet")
    teams = {assignment.team_id for assignment in _open_assignments(session, actor, losing_id)}
    people = visible_to(actor, Account).where(
        col(Account.team_id).in_(teams), col(Account.role).in_(FIELD_ROLES), col(Account.ended_at).is_(None)
    )
    return MergePreview(
        losing,
        surviving,
        _count_households(session, actor, losing_id),
        _count_households(session, actor, surviving_id),
        len(teams),
        session.execute(people.with_only_columns(func.count())).scalar_one(),
    )


@dataclass(frozen=True)
class Merge:
    """Which hamlet is merged into which, from `since` on; `seen`: by id, the feed numbers that the supervisor
    saw of both."""

    losing_id: str
    surviving_id: str
    since: datetime
    seen: dict[str, int]


def check_since(since: datetime, now: datetime) -> None:
    """Raises `Invalid` unless a merge may count from this instant: it has passed, on one of the last
    `MAX_DELAY` days or today."""
    if since > now or local_date(now) - local_date(since) > MAX_DELAY:
        raise Invalid("since")


def merge_hamlets(session: Session, actor: Actor, merge: Merge, now: datetime) -> None:
    """Merge the losing hamlet into the surviving one. Merging them again changes nothing.

    Households move now, whatever `since` says; the teams of the losing hamlet are noted as in charge of the
    surviving one since then. What was recorded in the losing hamlet stays there.

    Raises `NotFound`, `Invalid` if both ids are the same or for another `since`, and `StaleDecision` if one
    of them was renamed or merged meanwhile.
    """
    losing_id, surviving_id = merge.losing_id, merge.surviving_id
    if losing_id == surviving_id:
        raise Invalid("hamlet")
    check_since(merge.since, now)
    both = {hamlet.id: hamlet for hamlet in _lock(session, actor, losing_id, surviving_id)}
    losing, surviving = both[losing_id], both[surviving_id]
    if losing.merged_into == surviving_id:
        return
    if any(hamlet.merged_into or hamlet.feed_seq != merge.seen.get(hamlet.id) for hamlet in both.values()):
        raise StaleDecision
    _move_households(session, actor, losing_id, surviving_id)
    _hand_over(session, actor, merge, now)
    earlier = session.exec(visible_to(actor, Hamlet).where(Hamlet.merged_into == losing_id)).all()
    for hamlet in (losing, *earlier):
        hamlet.merged_into = surviving_id
    losing.merged_at, losing.joined_id = merge.since, surviving_id
    feed(session, actor.commune_id, [losing, *earlier, surviving])
    session.add_all([losing, *earlier, surviving])
    session.flush()
    details = {"by": actor.account_id, "hamlets": [losing_id, surviving_id], "surviving": surviving_id}
    desk_log.note(session, actor.commune_id, "hamlet.merged", now, **details)


def _lock(session: Session, actor: Actor, *hamlet_ids: str) -> list[Hamlet]:
    """Both hamlets, locked against pushes and other merges. Raises `NotFound`."""
    for hamlet_id in hamlet_ids:
        access.find(session, actor, Hamlet, hamlet_id)
    wanted = visible_to(actor, Hamlet).where(col(Hamlet.id).in_(hamlet_ids)).order_by(col(Hamlet.id))
    return list(session.exec(wanted.with_for_update().execution_options(populate_existing=True)))


def _move_households(session: Session, actor: Actor, losing_id: str, surviving_id: str) -> None:
    """All households, also merged ones and those where nobody lives, in one batch."""
    table = table_of(Household)
    rows = select(table).where(table.c.commune_id == actor.commune_id, table.c.hamlet_id == losing_id)
    locked = session.execute(rows.order_by(table.c.id).with_for_update(key_share=True)).mappings()
    batch = Batch(actor.commune_id)
    batch.load(Household, [dict(row) for row in locked])
    for household in list(batch.rows(Household)):
        batch.change(Household, household)["hamlet_id"] = surviving_id
    batch.write(session, (Household,))


def _hand_over(session: Session, actor: Actor, merge: Merge, now: datetime) -> None:
    """End the charges of the losing hamlet now, and give its teams the surviving one: since the day of the
    merge, or since they had the losing one if that is later."""
    in_charge = {one.team_id for one in _open_assignments(session, actor, merge.surviving_id)}
    for assignment in _open_assignments(session, actor, merge.losing_id):
        assignment.until = now
        session.add(assignment)
        if assignment.team_id not in in_charge:
            since = max(merge.since, assignment.since)
            open_assignment(session, actor.commune_id, assignment.team_id, merge.surviving_id, since)
    session.flush()


def _open_assignments(session: Session, actor: Actor, hamlet_id: str) -> list[Assignment]:
    wanted = visible_to(actor, Assignment).where(
        Assignment.hamlet_id == hamlet_id, col(Assignment.until).is_(None)
    )
    return list(session.exec(wanted))


def _count_households(session: Session, actor: Actor, hamlet_id: str) -> int:
    wanted = visible_to(actor, Household).where(
        Household.hamlet_id == hamlet_id, Household.state == "active", col(Household.merged_into).is_(None)
    )
    count: int = session.execute(wanted.with_only_columns(func.count())).scalar_one()
    return count
