"""The households behind the figures of what households have said of themselves."""

from sqlalchemy import func
from sqlmodel import Session, col

from app.commune.accounts.access import Actor, visible_to
from app.fieldwork.households.models import Household, HouseholdFact
from app.reports.counted.listing import PAGE_SIZE, CountedList, CountedRecord, Figure

SAID = {"no": ("no",), "yes": ("yes",), "asked": ("no", "yes"), "unknown": ()}
"""The columns, and what the households of each have said; nothing if they were not asked."""


def list_facts_of(
    session: Session, actor: Actor, figure: Figure, fact: HouseholdFact, page: int
) -> CountedList | None:
    """Those who live there today and have said what the column counts; None for a column that counts none."""
    said = SAID.get(figure.column)
    if said is None:
        return None
    stored = col(getattr(Household, fact))
    here = [] if figure.hamlet_ids is None else [col(Household.hamlet_id).in_(figure.hamlet_ids)]
    wanted = visible_to(actor, Household).where(
        Household.state == "active",
        col(Household.merged_into).is_(None),
        stored.in_(said) if said else stored.is_(None),
        *here,
    )
    total = int(session.execute(wanted.with_only_columns(func.count())).scalar_one())
    ids = wanted.with_only_columns(col(Household.id)).order_by(col(Household.head_name), col(Household.id))
    found = session.execute(ids.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE)).scalars()
    return CountedList(total, total, [CountedRecord("household", id, household_id=id) for id in found])
