"""What follows from a change of visits: totals, flags, needs. Every command that changes visits calls this.

Take the facts before and after the change, and give both to `update`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from app.core.batch import Batch
from app.core.clock import local_date
from app.fieldwork.derived import open_visits, totals, visit_facts
from app.fieldwork.derived.flags import facts as flag_facts
from app.fieldwork.derived.flags import neighbours
from app.fieldwork.derived.flags import update as flags
from app.fieldwork.derived.flags.facts import FlagFacts
from app.fieldwork.derived.household_days import visited_days
from app.fieldwork.derived.household_days.outdated_rows import VisitingFacts
from app.fieldwork.derived.needs import update as needs


@dataclass(frozen=True)
class VisitFacts:
    """The visits, by id: what those that count add to the totals, what the rules of flags read of them, the
    needs that they list or drop; which households were visited, and which visits are open."""

    counted: visit_facts.Facts = field(default_factory=dict)
    flagged: FlagFacts = field(default_factory=dict)
    asked: needs.NeedFacts = field(default_factory=dict)
    visited: VisitingFacts = field(default_factory=dict)
    open: open_visits.OpenFacts = field(default_factory=dict)


def facts(batch: Batch) -> VisitFacts:
    """The facts of a batch's visits as they are now."""
    counted = visit_facts.facts(batch)
    return VisitFacts(
        counted,
        flag_facts.facts(batch),
        needs.facts(batch),
        visited_days.facts(batch, counted),
        open_visits.facts(batch),
    )


def load_facts(session: Session, commune_id: str, visit_ids: Iterable[str]) -> VisitFacts:
    """The same for visits as the database has them."""
    ids = list(visit_ids)
    counted = visit_facts.load_facts(session, commune_id, ids)
    return VisitFacts(
        counted,
        neighbours.load_facts(session, commune_id, ids),
        needs.load_facts(session, commune_id, ids),
        visited_days.load_facts(session, commune_id, ids, counted),
        open_visits.load_facts(session, commune_id, ids),
    )


def update(session: Session, commune_id: str, before: VisitFacts, after: VisitFacts, now: datetime) -> None:
    """Update what is derived from visits. Call it when they are written and the feed is locked, so that only
    one transaction of a commune does this at a time; the households of visits that may count no longer are
    locked before the feed, because their rows may be sent again."""
    totals.update(session, commune_id, before.counted, after.counted)
    visited_days.update(session, commune_id, before.visited, after.visited, local_date(now))
    open_visits.update(session, commune_id, before.open, after.open)
    flags.update(session, commune_id, before.flagged, after.flagged)
    with_needs = needs.changed_days(before.asked, after.asked)
    needs.update(
        session, commune_id, with_needs | needs.changed_days(before.counted, after.counted), with_needs
    )
