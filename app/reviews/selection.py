"""The visits that a decision on many is about: some by id, or those of a whole filter as it was shown.

Visits that cannot be decided are not dropped silently: they are counted by reason.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.accounts.access import Actor, visible_to
from app.areas import Hamlet
from app.core.db import table_of
from app.core.errors import NotFound, StaleDecision, TooLarge
from app.core.sql.query_hints import no_index_hint
from app.visits.listing import Filters, apply_filters
from app.visits.models import Visit, VisitValues

MAX_VISITS = 5_000

# Why a visit is skipped. `changed` is one of the next three; which one is not known.
CHANGED, AMENDED, WITHDRAWN, DECIDED, UNKNOWN = "changed", "amended", "withdrawn", "decided", "unknown"

_VISIT = table_of(Visit)


@dataclass(frozen=True)
class VisitSelection:
    """Visits by id, each with the version that the supervisor saw."""

    versions: Mapping[str, int]


@dataclass(frozen=True)
class FilterSelection:
    """The visits of a list that waited for a decision when it was shown.

    `filters` are the list's; `head` is the newest number of the feed and `at` the time when it was read;
    `count` is how many visits waited. Visits that arrived or changed after `head` are not part of it.
    """

    filters: Filters
    head: int
    at: datetime
    count: int


@dataclass(frozen=True)
class SelectedVisits:
    """The rows to decide, locked until the transaction ends, and how many visits are skipped, by reason."""

    rows: list[VisitValues]
    skipped: Counter[str]


def lock_selected(
    session: Session, actor: Actor, selection: VisitSelection | FilterSelection
) -> SelectedVisits:
    """The visits of `selection` that wait for a decision and have not changed since they were shown.

    Raises `TooLarge` above `MAX_VISITS`, `NotFound` if the actor may see none of them, and `StaleDecision` if
    a filter has more visits than were shown: then it is another filter.
    """
    if isinstance(selection, VisitSelection):
        return _lock_by_id(session, actor, selection.versions)
    return _lock_by_filter(session, actor, selection)


def lock_visits(session: Session, visits: SelectOfScalar[Visit]) -> list[VisitValues]:
    """The rows of these visits, locked in the order of their ids, as all writers of visits lock them.

    Raises `TooLarge` above `MAX_VISITS`.
    """
    statement: Select[*tuple[object, ...]] = visits.with_only_columns(*_VISIT.c)
    statement = statement.order_by(no_index_hint(_VISIT.c.id)).limit(MAX_VISITS + 1)
    found = session.execute(statement.with_for_update(key_share=True)).mappings()
    rows = [cast(VisitValues, dict(row)) for row in found]
    if len(rows) > MAX_VISITS:
        raise TooLarge
    return rows


def _lock_by_id(session: Session, actor: Actor, versions: Mapping[str, int]) -> SelectedVisits:
    if len(versions) > MAX_VISITS:
        raise TooLarge
    rows = lock_visits(session, visible_to(actor, Visit).where(col(Visit.id).in_(sorted(versions))))
    if not rows:
        raise NotFound
    selected = _without_skipped(rows, versions)
    selected.skipped[UNKNOWN] += len(versions) - len(rows)
    return selected


def _lock_by_filter(session: Session, actor: Actor, selection: FilterSelection) -> SelectedVisits:
    if selection.filters.waiting is None:
        raise NotFound
    waiting = apply_filters(visible_to(actor, Visit), selection.filters.waiting)
    rows = lock_visits(session, waiting.where(col(Visit.feed_seq) <= selection.head))
    if len(rows) > selection.count:
        raise StaleDecision
    selected = _without_skipped(rows, {row["id"]: row["version"] for row in rows})
    # The visits that have not changed since waited then if and only if they wait now: the others changed.
    missing = max(0, selection.count - len(rows))
    if missing:
        selected.skipped.update(_reasons_of_missing(session, actor, selection, missing))
    if not rows and not missing:
        raise NotFound
    return selected


def _without_skipped(rows: list[VisitValues], versions: Mapping[str, int]) -> SelectedVisits:
    selected = SelectedVisits([], Counter())
    for row in rows:
        reason = _skip_reason(row, versions[row["id"]])
        if reason:
            selected.skipped[reason] += 1
        else:
            selected.rows.append(row)
    return selected


def _skip_reason(row: VisitValues, version: int) -> str:
    if row["withdrawn_at"] is not None:
        return WITHDRAWN
    if row["version"] != version:
        return AMENDED
    return "" if row["review_state"] == "received" else DECIDED


def _reasons_of_missing(
    session: Session, actor: Actor, selection: FilterSelection, missing: int
) -> Counter[str]:
    """Why `missing` visits of a list no longer wait.

    The feed has the visits that changed since, but not what they were before. So its reasons are given only
    if there are as many as `missing`; otherwise all are `CHANGED`.
    """
    filters = selection.filters
    of_commune = select(col(Hamlet.id)).where(col(Hamlet.commune_id) == actor.commune_id)
    changed = select(_VISIT.c.withdrawn_at, _VISIT.c.review_state).where(
        _VISIT.c.commune_id == actor.commune_id,
        # The hamlets are named so that the index of each one's feed is read from `head` on.
        _VISIT.c.hamlet_id.in_([filters.hamlet_id] if filters.hamlet_id else of_commune),
        _VISIT.c.feed_seq > selection.head,
        _VISIT.c.received_at <= selection.at,
    )
    if filters.volunteer_id:
        changed = changed.where(_VISIT.c.recorded_by == filters.volunteer_id)
    if filters.household_ids is not None:
        changed = changed.where(_VISIT.c.household_id.in_(filters.household_ids))
    if filters.since:
        changed = changed.where(_VISIT.c.counted_on >= filters.since)
    if filters.until:
        changed = changed.where(_VISIT.c.counted_on <= filters.until)
    withdrawn_at = _VISIT.c.withdrawn_at
    changed = changed.where(or_(withdrawn_at.is_(None), withdrawn_at >= selection.at))
    reasons = Counter(
        WITHDRAWN if withdrawn else AMENDED if state == "received" else DECIDED
        for withdrawn, state in session.execute(changed.limit(MAX_VISITS))
    )
    return reasons if reasons.total() == missing else Counter({CHANGED: missing})
