"""The visits that a decision on many is about: some by id, or those of a whole filter as it was shown.

Visits that cannot be decided are not dropped silently: they are counted by reason.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, cast

from sqlalchemy import Select, or_, select
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, visible_to
from app.commune.areas import Hamlet
from app.core.db import table_of
from app.core.errors import NotFound, StaleDecision, TooLarge
from app.core.sql.query_hints import no_index_hint
from app.fieldwork.visits.models import Visit, VisitValues, VisitVersion
from app.review.decisions.models import Decision
from app.review.visit_list.listing import WAITING, Filters, apply_filters, visible_visits

MAX_VISITS = 5_000

# Why a visit is skipped. `changed` is one of the next three; which one is not known.
CHANGED, AMENDED, WITHDRAWN, DECIDED, UNKNOWN = "changed", "amended", "withdrawn", "decided", "unknown"
SAME = "same"  # it had the verdict when it was shown
FLAGGED, FLAGGED_SINCE = "flagged", "flagged_since"  # `app/review/decisions/flagged.py`
ERASED = "erased"  # its household was: nobody can correct the visit, so it is not returned

_VISIT = table_of(Visit)


class SeenVisit(NamedTuple):
    """What a supervisor saw of a visit: its version, and the time of its review as `review_stamp` has it."""

    version: int
    review: int = 0


@dataclass(frozen=True)
class VisitSelection:
    """Visits by id, each as the supervisor saw it."""

    seen: Mapping[str, SeenVisit]


@dataclass(frozen=True)
class FilterSelection:
    """The visits of a list that could be selected as a whole when it was shown (`Filters.selectable`).

    `filters` are the list's; `head` is the newest number of the feed and `at` the time when it was read;
    `count` is how many visits there were. Visits that arrived or changed after `head` are not part of it.
    """

    filters: Filters
    head: int
    at: datetime
    count: int


@dataclass(frozen=True)
class SelectedVisits:
    """The rows to decide, locked until the transaction ends, and how many visits are skipped, by reason.

    `decided`: the rows on which somebody has decided since they were shown.
    """

    rows: list[VisitValues]
    decided: list[VisitValues] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def review_stamp(reviewed_at: datetime | None) -> int:
    """The time of a review in milliseconds since 1970; 0 if there was none."""
    return round(reviewed_at.timestamp() * 1000) if reviewed_at else 0


def see_visits(session: Session, actor: Actor, visit_ids: list[str]) -> dict[str, SeenVisit]:
    """Those of these visits that the actor may see, as they are now, by id."""
    visits = visible_to(actor, Visit).where(col(Visit.id).in_(visit_ids))
    columns = visits.with_only_columns(col(Visit.id), col(Visit.version), col(Visit.reviewed_at))
    rows = session.execute(columns)
    return {id: SeenVisit(version, review_stamp(reviewed_at)) for id, version, reviewed_at in rows}


def is_decided_since(row: VisitValues, seen: SeenVisit) -> bool:
    """Whether a decision that the supervisor did not see is in effect on the visit."""
    return row["review_state"] != WAITING and review_stamp(row["reviewed_at"]) != seen.review


def lock_selected(
    session: Session, actor: Actor, selection: VisitSelection | FilterSelection
) -> SelectedVisits:
    """The visits of `selection` that have not changed since they were shown, and those decided since.

    Raises `TooLarge` above `MAX_VISITS`, `NotFound` if the actor may see none of them, and `StaleDecision` if
    a filter has more visits than were shown: then it is another filter.
    """
    if isinstance(selection, VisitSelection):
        return _lock_by_id(session, actor, selection.seen)
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


def _lock_by_id(session: Session, actor: Actor, seen: Mapping[str, SeenVisit]) -> SelectedVisits:
    if len(seen) > MAX_VISITS:
        raise TooLarge
    rows = lock_visits(session, visible_to(actor, Visit).where(col(Visit.id).in_(sorted(seen))))
    if not rows:
        raise NotFound
    selected = SelectedVisits([])
    for row in rows:
        if reason := _skip_reason(row, seen[row["id"]].version):
            selected.skipped[reason] += 1
        else:
            is_decided = is_decided_since(row, seen[row["id"]])
            (selected.decided if is_decided else selected.rows).append(row)
    selected.skipped[UNKNOWN] += len(seen) - len(rows)
    return selected


def _skip_reason(row: VisitValues, version: int) -> str:
    if row["withdrawn_at"] is not None:
        return WITHDRAWN
    return "" if row["version"] == version else AMENDED


def _lock_by_filter(session: Session, actor: Actor, selection: FilterSelection) -> SelectedVisits:
    wanted = selection.filters.selectable
    if wanted is None:
        raise NotFound
    visits = apply_filters(visible_visits(actor, wanted), wanted).where(col(Visit.feed_seq) <= selection.head)
    rows = lock_visits(session, visits)
    if len(rows) > selection.count:
        raise StaleDecision
    selected = SelectedVisits(rows)
    # The visits that have not changed since were selectable then if and only if they are now.
    missing = max(0, selection.count - len(rows))
    if missing and wanted.state == WAITING:
        selected.decided.extend(_lock_decided(session, actor, selection)[:missing])
        selected.skipped.update(_reasons_of_missing(session, actor, selection, missing))
        known = DECIDED if selected.skipped[DECIDED] else CHANGED
        selected.skipped[known] -= len(selected.decided)
    elif missing:
        selected.skipped[CHANGED] = missing
    if not rows and not missing:
        raise NotFound
    return selected


def _lock_decided(session: Session, actor: Actor, selection: FilterSelection) -> list[VisitValues]:
    """The visits that waited when the list was shown and that were decided on since, but not amended."""
    filters, at = replace(selection.filters, state=""), selection.at
    amended = (
        select(col(VisitVersion.visit_id))
        .where(col(VisitVersion.commune_id) == actor.commune_id)
        .where(col(VisitVersion.visit_id) == col(Visit.id))
        .where(col(VisitVersion.received_at) > at, col(VisitVersion.late).is_(False))
    )
    decided = apply_filters(visible_visits(actor, filters), filters).where(
        # The hamlets are named so that the index of each one's feed is read from `head` on.
        col(Visit.hamlet_id).in_(_hamlets(actor, filters)),
        col(Visit.feed_seq) > selection.head,
        col(Visit.received_at) <= at,
        col(Visit.review_state) != WAITING,
        col(Visit.reviewed_at) > at,
        ~amended.exists(),
    )
    rows = lock_visits(session, decided)
    since = visible_to(actor, Decision).where(
        col(Decision.visit_id).in_([row["id"] for row in rows]), col(Decision.decided_at) > at
    )
    earlier: dict[str, str | None] = {}
    for decision in session.exec(since.order_by(col(Decision.decided_at), col(Decision.id))):
        earlier.setdefault(decision.visit_id, decision.earlier["state"] if decision.earlier else None)
    return [row for row in rows if earlier.get(row["id"]) == WAITING]


def _hamlets(actor: Actor, filters: Filters) -> list[str] | Select[str]:
    of_commune = select(col(Hamlet.id)).where(col(Hamlet.commune_id) == actor.commune_id)
    return [filters.hamlet_id] if filters.hamlet_id else of_commune


def _reasons_of_missing(
    session: Session, actor: Actor, selection: FilterSelection, missing: int
) -> Counter[str]:
    """Why `missing` visits of a list no longer wait.

    The feed has the visits that changed since, but not what they were before. So its reasons are given only
    if there are as many as `missing`; otherwise all are `CHANGED`.
    """
    filters = selection.filters
    changed = select(_VISIT.c.withdrawn_at, _VISIT.c.review_state).where(
        _VISIT.c.commune_id == actor.commune_id,
        _VISIT.c.hamlet_id.in_(_hamlets(actor, filters)),
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
        WITHDRAWN if withdrawn else AMENDED if state == WAITING else DECIDED
        for withdrawn, state in session.execute(changed.limit(MAX_VISITS))
    )
    return reasons if reasons.total() == missing else Counter({CHANGED: missing})
