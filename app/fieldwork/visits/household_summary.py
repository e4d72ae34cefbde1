"""Households as the desk shows them one by one: where they are, who added them, and the number of visits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import FIELD_ROLES, Actor, visible_to
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.fieldwork.households.models import Household, HouseholdVersion
from app.fieldwork.visits.models import Visit


@dataclass(frozen=True)
class Writer:
    """Who wrote something; `is_member`: a volunteer or leader, also one who has left."""

    account_id: str
    name: str
    is_member: bool


@dataclass(frozen=True)
class HouseholdSummary:
    """A household; `visits` is the number of those not withdrawn, `last_on` the day of the last.

    `added_by` is None if an imported list added it.
    """

    household: Household
    hamlet: str
    added_by: Writer | None
    added_at: datetime | None
    visits: int
    last_on: date | None


def household_summaries(
    session: Session, actor: Actor, household_ids: Iterable[str]
) -> list[HouseholdSummary]:
    """Those of `household_ids` that the actor may see, in that order."""
    ids = list(household_ids)
    found = session.exec(visible_to(actor, Household).where(col(Household.id).in_(ids)))
    households = {household.id: household for household in found}
    hamlets = {hamlet.id: hamlet.name for hamlet in session.exec(visible_to(actor, Hamlet))}
    first_versions, visits = _first_versions(session, actor, ids), _visits(session, actor, ids)
    return [
        HouseholdSummary(
            households[id],
            hamlets[households[id].hamlet_id],
            *first_versions.get(id, (None, None)),
            *visits.get(id, (0, None)),
        )
        for id in ids
        if id in households
    ]


def _first_versions(
    session: Session, actor: Actor, ids: list[str]
) -> dict[str, tuple[Writer | None, datetime | None]]:
    """Who added each household, and when."""
    version = HouseholdVersion
    is_writer = (col(Account.commune_id) == actor.commune_id) & (col(Account.id) == version.written_by)
    rows = session.execute(
        visible_to(actor, version)
        .where(col(version.household_id).in_(ids), col(version.version) == 1)
        .join(Account, is_writer, isouter=True)
        .with_only_columns(
            col(version.household_id),
            col(version.received_at),
            col(Account.id),
            col(Account.name),
            col(Account.role),
        )
    )
    return {id: (writer_of(*account), at) for id, at, *account in rows}


def writer_of(account_id: str | None, name: str, role: str) -> Writer | None:
    """The account of these columns, None without one."""
    return Writer(account_id, name, role in FIELD_ROLES) if account_id else None


def _visits(session: Session, actor: Actor, ids: list[str]) -> dict[str, tuple[int, date | None]]:
    """The number of visits of each household, and the day of the last."""
    rows = session.execute(
        visible_to(actor, Visit)
        .where(col(Visit.household_id).in_(ids), col(Visit.withdrawn_at).is_(None))
        .with_only_columns(col(Visit.household_id), func.count(), func.max(col(Visit.counted_on)))
        .group_by(col(Visit.household_id))
    )
    return {id: (count, last) for id, count, last in rows}
