"""The households on the list and the needs behind the figures of a report."""

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.derived.needs.queries import needs_open_at
from app.fieldwork.households.models import Household
from app.reports.counted.listing import PAGE_SIZE, CountedList, CountedRecord, Figure


def list_register_of(session: Session, actor: Actor, figure: Figure, page: int) -> CountedList | None:
    """The records of a figure that counts households of the list, or needs; None for another one."""
    if figure.column == "households":
        return _households(session, actor, figure, page)
    return _needs(session, actor, figure, page) if figure.column == "needs" else None


def _households(session: Session, actor: Actor, figure: Figure, page: int) -> CountedList:
    """Those on the list today, where they live today."""
    wanted = visible_to(actor, Household).where(
        Household.state == "active", col(Household.merged_into).is_(None)
    )
    if figure.hamlet_id:
        wanted = wanted.where(Household.hamlet_id == figure.hamlet_id)
    total = int(session.execute(wanted.with_only_columns(func.count())).scalar_one())
    ids = wanted.with_only_columns(col(Household.id)).order_by(col(Household.head_name), col(Household.id))
    found = session.execute(ids.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).scalars()
    return CountedList(total, total, [CountedRecord("household", id, household_id=id) for id in found])


def _needs(session: Session, actor: Actor, figure: Figure, page: int) -> CountedList:
    wanted = needs_open_at(actor, figure.period.last)
    if figure.hamlet_ids is not None:
        wanted = wanted.where(col(HouseholdNeed.hamlet_id).in_(figure.hamlet_ids))
    total = int(session.execute(wanted.with_only_columns(func.count())).scalar_one())
    household_id, service = col(HouseholdNeed.household_id), col(HouseholdNeed.service)
    columns = (household_id, service, col(HouseholdNeed.hamlet_id), col(HouseholdNeed.asked_on))
    oldest = wanted.with_only_columns(*columns).order_by(columns[3], household_id, service)
    found = session.execute(oldest.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    records = [
        CountedRecord("household", id, household_id=id, hamlet_id=hamlet, day=day, service=code)
        for id, code, hamlet, day in found
    ]
    return CountedList(total, total, records)
