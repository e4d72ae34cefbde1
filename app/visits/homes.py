"""Households as the desk looks at them one by one: where they are, who brought them, what was done there."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func
from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.accounts.models import Account
from app.areas import Hamlet
from app.households.models import Household, HouseholdVersion
from app.visits.models import Visit


@dataclass(frozen=True)
class AtHome:
    """A household; `visits` counts those not withdrawn. `added_by` is empty where a list brought it."""

    home: Household
    hamlet: str
    added_by: str
    added_at: datetime | None
    visits: int
    last_on: date | None


def at_home(session: Session, actor: Actor, home_ids: Iterable[str]) -> list[AtHome]:
    """Those of `home_ids` that the actor may see, in that order."""
    wanted = list(home_ids)
    homes = _by_id(session, visible_to(actor, Household).where(_column(Household.id).in_(wanted)))
    hamlets = {hamlet.id: hamlet.name for hamlet in session.exec(visible_to(actor, Hamlet))}
    added, visited = _added(session, actor, wanted), _visited(session, actor, wanted)
    return [
        AtHome(
            homes[id], hamlets[homes[id].hamlet_id], *added.get(id, ("", None)), *visited.get(id, (0, None))
        )
        for id in wanted
        if id in homes
    ]


def _added(session: Session, actor: Actor, ids: list[str]) -> dict[str, tuple[str, datetime | None]]:
    version, account = _column(HouseholdVersion), _column(Account)
    same = (account.commune_id == version.commune_id) & (account.id == version.written_by)
    first: Any = visible_to(actor, HouseholdVersion).where(
        version.household_id.in_(ids), version.version == 1
    )
    rows = session.execute(
        first.join(account, same, isouter=True).with_only_columns(
            version.household_id, account.name, version.received_at
        )
    )
    return {id: (name or "", at) for id, name, at in rows}


def _visited(session: Session, actor: Actor, ids: list[str]) -> dict[str, tuple[int, date | None]]:
    visit = _column(Visit)
    standing: Any = visible_to(actor, Visit).where(visit.household_id.in_(ids), visit.withdrawn_at.is_(None))
    figures = (visit.household_id, func.count(), func.max(visit.counted_on))
    rows = session.execute(standing.with_only_columns(*figures).group_by(visit.household_id))
    return {id: (count, last) for id, count, last in rows}


def _by_id(session: Session, homes: Any) -> dict[str, Household]:
    return {home.id: home for home in session.exec(homes)}


def _column(model: Any) -> Any:
    return model
