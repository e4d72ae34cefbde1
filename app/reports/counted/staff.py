"""The teams and members behind the figures of a report."""

from datetime import datetime

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account, Team
from app.commune.teams.hamlets import list_hamlets
from app.fieldwork.derived.household_days.counts import places_at
from app.reports.counted.listing import PAGE_SIZE, CountedList, CountedRecord, Figure, Kind
from app.reports.figures import read_staff

_COLUMNS = ("teams", "members", "active_members")


def list_staff_of(
    session: Session, actor: Actor, figure: Figure, page: int, now: datetime
) -> CountedList | None:
    """The teams and members of a figure by name, as of the period's end; None for another one."""
    if figure.column not in _COLUMNS:
        return None
    places = places_at(list_hamlets(session, actor, with_merged=True), figure.period.last)
    staff = read_staff(session, actor, figure.period, places, now)
    by_hamlet = {"teams": staff.teams, "members": staff.members, "active_members": staff.active}
    chosen = by_hamlet[figure.column]
    if chosen is None:
        return CountedList(None, 0, [])
    hamlets = [figure.hamlet_id] if figure.hamlet_id else [id for id, at in places.items() if id == at]
    ids = set[str]().union(*(chosen.get(hamlet, set()) for hamlet in hamlets))
    records = _named(session, actor, "team" if figure.column == "teams" else "member", ids)
    return CountedList(len(ids), len(ids), records[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])


def _named(session: Session, actor: Actor, kind: Kind, ids: set[str]) -> list[CountedRecord]:
    """By name."""
    if kind == "team":
        named = visible_to(actor, Team).with_only_columns(col(Team.id), col(Team.name))
        wanted = named.where(col(Team.id).in_(ids))
    else:
        named = visible_to(actor, Account).with_only_columns(col(Account.id), col(Account.name))
        wanted = named.where(col(Account.id).in_(ids))
    found = session.execute(wanted) if ids else ()
    return sorted((CountedRecord(kind, id, name=name) for id, name in found), key=lambda one: one.name)
