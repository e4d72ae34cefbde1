"""Which team is in charge of which hamlets: adding a team, renaming it, and changing its hamlets from now on.

What a team's members recorded in a hamlet until now counts when it arrives (`access.access_periods`).
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from app.commune.accounts import access, people
from app.commune.accounts.access import Actor, visible_to
from app.commune.accounts.models import Account, Assignment, Team
from app.commune.areas import Hamlet
from app.core import desk_log
from app.core.errors import NameTaken, NotFound
from app.core.feed import feed
from app.core.text import fold, nfc


def add_team(session: Session, actor: Actor, name: str, hamlet_ids: Collection[str], now: datetime) -> Team:
    """A new team in charge of these hamlets. Raises `NameTaken` if a team has the same name but for accents
    and case, `NotFound` for an unknown hamlet, `TextRefused`."""
    hamlets = _find_hamlets(session, actor, hamlet_ids)
    _refuse_known_name(session, actor, name)
    team = people.add_team(session, hamlets, name, now)
    _note(session, actor, team, "team.added", now)
    return team


def change_team(
    session: Session, actor: Actor, team_id: str, name: str, hamlet_ids: Collection[str], now: datetime
) -> None:
    """Name the team and put it in charge of these hamlets from now on. Its members' phones get the lists of
    the new ones, and lose those of the others, at their next exchange.

    Raises `NotFound` for an unknown team or hamlet, `NameTaken`, `TextRefused`.
    """
    team = access.find(session, actor, Team, team_id)
    wanted = {hamlet.id for hamlet in _find_hamlets(session, actor, hamlet_ids)}
    _refuse_known_name(session, actor, name, but=team_id)
    team.name = nfc(name)
    session.add(team)
    current = {assignment.hamlet_id: assignment for assignment in current_assignments(session, team)}
    for hamlet_id in current.keys() - wanted:
        current[hamlet_id].until = now
        session.add(current[hamlet_id])
    for hamlet_id in wanted - current.keys():
        open_assignment(session, team.commune_id, team.id, hamlet_id, now)
    _note(session, actor, team, "team.changed", now)
    session.flush()


def current_assignments(session: Session, team: Team) -> list[Assignment]:
    """The hamlets that the team is in charge of now."""
    wanted = select(Assignment).where(
        Assignment.commune_id == team.commune_id,
        Assignment.team_id == team.id,
        col(Assignment.until).is_(None),
    )
    return list(session.exec(wanted))


def open_assignment(session: Session, commune_id: str, team_id: str, hamlet_id: str, since: datetime) -> None:
    """Put the team in charge since this instant; an assignment that began then and has ended goes on. The
    phones of the hamlet's other teams get the names of its members."""
    key = (commune_id, team_id, hamlet_id, since)
    assignment = session.get(Assignment, key) or Assignment(
        commune_id=commune_id, team_id=team_id, hamlet_id=hamlet_id, since=since
    )
    assignment.until = None
    session.add(assignment)
    of_team = select(Account).where(Account.commune_id == commune_id, Account.team_id == team_id)
    feed(session, commune_id, session.exec(of_team.order_by(Account.id)).all())


def _find_hamlets(session: Session, actor: Actor, hamlet_ids: Collection[str]) -> list[Hamlet]:
    """The hamlets in the commune's order. Raises `NotFound` if one is unknown or merged, or without any."""
    wanted = visible_to(actor, Hamlet).where(
        col(Hamlet.id).in_(hamlet_ids), col(Hamlet.merged_into).is_(None)
    )
    # Locked, so that none of them is merged before the transaction ends.
    locked = wanted.order_by(col(Hamlet.position)).with_for_update(read=True, key_share=True)
    found = list(session.exec(locked))
    if not found or len(found) != len(set(hamlet_ids)):
        raise NotFound
    return found


def _refuse_known_name(session: Session, actor: Actor, name: str, but: str = "") -> None:
    others = [team for team in session.exec(visible_to(actor, Team)) if team.id != but]
    if fold(nfc(name)) in {fold(team.name) for team in others}:
        raise NameTaken("name")


def _note(session: Session, actor: Actor, team: Team, what: str, now: datetime) -> None:
    desk_log.note(session, actor.commune_id, what, now, team=team.id, by=actor.account_id)
