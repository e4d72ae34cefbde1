"""What follows from a change of visits. Every command that changes visits calls this.

Take the states before and after the change, and give both to `update`.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from app.fieldwork.derived.flags.update import FLAGS
from app.fieldwork.derived.household_days.days import HouseholdDays
from app.fieldwork.derived.household_days.visited_days import VisitedHouseholds
from app.fieldwork.derived.mechanism import Change, DerivedTable, changes_of, differences_in
from app.fieldwork.derived.needs.update import HouseholdNeeds
from app.fieldwork.derived.open_visits import OpenVisitCounts
from app.fieldwork.derived.totals import DailyTotals, MonthlyTotals
from app.fieldwork.derived.visit_facts import States, load_states, states
from app.fieldwork.periods.queries import mark_stale

__all__ = ["TABLES", "load_states", "rebuild", "states", "update", "wrong"]

# Monthly totals are sums of the daily ones, which are right by then.
TABLES: tuple[DerivedTable, ...] = (
    DailyTotals(),
    MonthlyTotals(),
    HouseholdDays(),
    VisitedHouseholds(),
    OpenVisitCounts(),
    FLAGS,
    HouseholdNeeds(),
)


def update(session: Session, commune_id: str, before: States, after: States, now: datetime) -> None:
    """Update everything that is derived from visits, from their states before and after the change, and note
    which closed periods are to be counted anew.

    Call it after writing the visits, with the feed locked, so that only one transaction of a commune does
    this at a time. Before the feed, lock the households of visits that may stop counting: their rows may be
    sent to phones again.
    """
    if changes := changes_of(before, after):
        for table in TABLES:
            table.update(session, commune_id, changes, now)
        _mark_stale(session, commune_id, changes)


def wrong(session: Session, commune_id: str, now: datetime) -> Iterator[tuple[DerivedTable, int]]:
    """The tables that are not what their definitions say of the visits, each with the number of its rows."""
    for table in TABLES:
        if keys := table.wrong(session, commune_id, now):
            yield table, len(keys)


def rebuild(session: Session, commune_id: str, now: datetime) -> dict[str, int]:
    """Write each table as its definition says; how many rows differed, by the table's name. Call it with the
    feed locked."""
    return {str(table.model.__tablename__): table.rebuild(session, commune_id, now) for table in TABLES}


def _mark_stale(session: Session, commune_id: str, changes: list[Change]) -> None:
    pairs = differences_in(changes, lambda state: state.fact)
    if days := {fact.day for pair in pairs for fact in pair if fact}:
        mark_stale(session, commune_id, days)
