"""*Sơ đồ thôn*: the households of a hamlet in the order in which they are walked to, each with its status.

It is the status that a phone shows (static/field/pages/map/hamletMap.ts).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.fieldwork.derived.household_days.appointments import expecting
from app.fieldwork.derived.household_days.models import VisitedHousehold
from app.fieldwork.households.models import Household
from app.review.register.walking_list import list_living

Status = Literal["guided", "met", "follow_up", "absent", "new"]


@dataclass(frozen=True)
class Cell:
    """A household; `on`: the last day on which somebody was met, or, if nobody ever was, of the last visit.

    `status`: `follow_up` while somebody is to come back, also where somebody was met (`is_met`).
    """

    household: Household
    status: Status
    is_met: bool
    on: date | None


@dataclass(frozen=True)
class Alley:
    """The cells of one alley; `name` is empty for households without one."""

    name: str
    cells: list[Cell]


def hamlet_alleys(session: Session, actor: Actor, hamlet_id: str) -> list[Alley]:
    """The alleys of a hamlet, with the households that live there: three statements."""
    households = list_living(session, actor, [hamlet_id])
    expected = expecting(session, actor.commune_id, [one.id for one in households])
    days = {one.household_id: one for one in _visited(session, actor, hamlet_id)}
    cells = [_cell(one, days.get(one.id), one.id in expected) for one in households]
    return [
        Alley(found[0].household.alley, found)
        for found in (list(group) for _, group in groupby(cells, key=lambda one: one.household.alley.lower()))
    ]


def _visited(session: Session, actor: Actor, hamlet_id: str) -> Iterable[VisitedHousehold]:
    """The last days of the households of a hamlet."""
    in_hamlet = visible_to(actor, Household).where(Household.hamlet_id == hamlet_id)
    ids = in_hamlet.with_only_columns(col(Household.id))
    return session.exec(
        visible_to(actor, VisitedHousehold).where(col(VisitedHousehold.household_id).in_(ids))
    )


def _cell(household: Household, days: VisitedHousehold | None, is_expected: bool) -> Cell:
    met_on = days.met_on if days else None
    status: Status = "new"
    if is_expected:
        status = "follow_up"
    elif days and met_on:
        status = "guided" if days.guided_on else "met"
    elif days and days.last_counted_on:
        status = "absent"
    return Cell(household, status, met_on is not None, met_on or (days.last_counted_on if days else None))
