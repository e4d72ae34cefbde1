"""Households that a waiting visit may be about: those near the author's other visits come first."""

from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, actor_for, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.commune.teams.hamlets import list_hamlets
from app.core.text import fold
from app.fieldwork.households.models import Household
from app.fieldwork.households.search import find_households
from app.fieldwork.visits.models import Visit
from app.sync.quarantine.view import QuarantineItem
from app.sync.wire.models import QuarantinedOperation

MAX_CANDIDATES = 20


@dataclass(frozen=True)
class Candidates:
    """Households to choose from, the likeliest first; `more` of them match and are not shown.

    `hamlets`: the commune's, the likeliest first. `waiting`: how many other operations wait for the same
    household.
    """

    households: list[Household]
    more: int
    hamlets: list[Hamlet]
    waiting: int


def find_candidates(session: Session, actor: Actor, item: QuarantineItem, words: str) -> Candidates:
    """What matches `words`; without words, the households near the author's other visits."""
    quarantined = item.quarantined
    near = _nearest_visited(session, actor, quarantined)
    author = session.get_one(Account, (quarantined.commune_id, quarantined.account_id))
    likely = [*([near.hamlet_id] if near else []), *actor_for(session, author).hamlet_ids]
    found = find_households(session, actor, words, likely)
    found.sort(key=lambda household: _distance(household, item.household, near, likely))
    hamlets = list_hamlets(session, actor)
    hamlets.sort(key=lambda hamlet: _place(hamlet.id, likely))
    waiting = _count_waiting(session, actor, quarantined, item.missing_household_id)
    return Candidates(found[:MAX_CANDIDATES], max(0, len(found) - MAX_CANDIDATES), hamlets, waiting)


def _nearest_visited(session: Session, actor: Actor, quarantined: QuarantinedOperation) -> Household | None:
    """The household of the visit that the phone recorded just before or after this operation."""
    of_household = (col(Household.commune_id) == actor.commune_id) & (col(Household.id) == Visit.household_id)
    wanted = (
        visible_to(actor, Visit)
        .where(col(Visit.device_id) == quarantined.device_id)
        .join(Household, of_household)
        .order_by(func.abs(col(Visit.seq) - quarantined.seq))
        .with_only_columns(Household)
        .limit(1)
    )
    household: Household | None = session.execute(wanted).scalar()
    return household


def _distance(
    household: Household, named: Household | None, near: Household | None, likely: list[str]
) -> tuple[object, ...]:
    """Sort key. `named`: as a quarantined *Thêm hộ* describes the household."""
    has_other_name = named is None or fold(named.head_name) != fold(household.head_name)
    is_elsewhere = near is None or (near.hamlet_id, near.alley) != (household.hamlet_id, household.alley)
    order = (household.alley, len(household.house_no), household.house_no, household.id)
    return (has_other_name, _place(household.hamlet_id, likely), is_elsewhere, *order)


def _place(hamlet_id: str, likely: list[str]) -> int:
    return likely.index(hamlet_id) if hamlet_id in likely else len(likely)


def _count_waiting(session: Session, actor: Actor, quarantined: QuarantinedOperation, missing_id: str) -> int:
    wanted = visible_to(actor, QuarantinedOperation).where(
        col(QuarantinedOperation.state) == "open",
        col(QuarantinedOperation.missing_id) == missing_id,
        col(QuarantinedOperation.op_id) != quarantined.op_id,
    )
    count: int = session.execute(wanted.with_only_columns(func.count())).scalar_one()
    return count
