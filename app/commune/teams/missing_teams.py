"""*Tạo tổ cho mọi thôn*: a team for each hamlet that has none, and what takes the new teams back."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.commune.accounts import people
from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Assignment, Membership, Team
from app.commune.areas import Hamlet
from app.commune.teams.hamlets import list_hamlets
from app.core import desk_log
from app.core.errors import StaleDecision
from app.core.feed import lock_feed
from app.core.text import fold


@dataclass(frozen=True)
class NewTeams:
    """Teams that began at the same instant and that nobody has been in yet."""

    since: datetime
    teams: list[Team]


def hamlets_without_team(session: Session, actor: Actor) -> list[Hamlet]:
    """The hamlets that no team is in charge of, in the commune's order."""
    current = visible_to(actor, Assignment).where(col(Assignment.until).is_(None))
    in_charge = {assignment.hamlet_id for assignment in session.exec(current)}
    return [hamlet for hamlet in list_hamlets(session, actor) if hamlet.id not in in_charge]


def add_missing_teams(session: Session, actor: Actor, now: datetime) -> int:
    """A team for each hamlet without one, named after it; how many were added.

    A name that another team has is followed by a number. Whoever clicks at the same time adds none again.
    """
    lock_feed(session, actor.commune_id)
    names = {fold(team.name) for team in session.exec(visible_to(actor, Team))}
    hamlets = hamlets_without_team(session, actor)
    for hamlet in hamlets:
        name = _free_name(people.team_name([hamlet]), names)
        names.add(fold(name))
        team = people.add_team(session, [hamlet], name, now)
        desk_log.note(session, actor.commune_id, "team.added", now, team=team.id, by=actor.account_id)
    return len(hamlets)


def newest_teams(session: Session, actor: Actor) -> NewTeams | None:
    """The teams that were added last and that nobody has been in; None if there are none."""
    assigned = select(Assignment.team_id, Assignment.since, Assignment.until).where(
        Assignment.commune_id == actor.commune_id
    )
    begun: dict[str, set[datetime]] = {}
    ended = set()
    for team_id, since, until in session.exec(assigned):
        begun.setdefault(team_id, set()).add(since)
        if until is not None:
            ended.add(team_id)
    empty = [team for team in _empty_teams(session, actor) if team.id not in ended]
    since_of = {team.id: begun[team.id].copy().pop() for team in empty if len(begun.get(team.id, ())) == 1}
    if not since_of:
        return None
    newest = max(since_of.values())
    return NewTeams(newest, [team for team in empty if since_of.get(team.id) == newest])


def remove_new_teams(session: Session, actor: Actor, since: datetime, now: datetime) -> int:
    """*Hoàn tác*: remove the teams of `newest_teams`, which began at `since`; how many.

    Raises `StaleDecision` if others are the newest now, or somebody is in each of them.
    """
    lock_feed(session, actor.commune_id)
    found = newest_teams(session, actor)
    if found is None or found.since != since:
        raise StaleDecision
    ids = [team.id for team in found.teams]
    for model, key in ((Assignment, col(Assignment.team_id)), (Team, col(Team.id))):
        session.execute(delete(model).where(col(model.commune_id) == actor.commune_id, key.in_(ids)))
    for id in ids:
        desk_log.note(session, actor.commune_id, "team.removed", now, team=id, by=actor.account_id)
    return len(ids)


def _empty_teams(session: Session, actor: Actor) -> list[Team]:
    """The teams without a member, now or before."""
    joined = select(Membership.team_id).where(Membership.commune_id == actor.commune_id)
    return list(session.exec(visible_to(actor, Team).where(col(Team.id).not_in(joined))))


def _free_name(name: str, names: set[str]) -> str:
    """`name`, with the first number behind it that makes it another one than `names` (folded)."""
    if fold(name) not in names:
        return name
    numbered = (f"{name} {number}" for number in range(2, len(names) + 3))
    return next(one for one in numbered if fold(one) not in names)
