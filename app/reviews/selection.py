"""What a decision is about: visits picked one by one, or a whole filter as it stood when it was shown.

Nothing that was asked for is passed over in silence: what cannot be decided is counted, with the reason.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Table, or_, select
from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.areas import Hamlet
from app.core.batch import Row
from app.core.errors import NotFound, StaleDecision, TooLarge
from app.core.plans import beside_the_index
from app.visits.listing import Filters, narrowed
from app.visits.models import Visit

MOST = 5_000

# Why a visit was left out. `changed` is one of the next three, where the list does not tell which.
CHANGED, AMENDED, WITHDRAWN, DECIDED, UNKNOWN = "changed", "amended", "withdrawn", "decided", "unknown"


@dataclass(frozen=True)
class Picked:
    """Visits by id, each with the version that was looked at."""

    versions: Mapping[str, int]


@dataclass(frozen=True)
class Shown:
    """All of a list that waited for a decision when it was shown: the list's filters, the feed's `head` and
    the instant of the look, and the `count` it gave. What arrived or changed after `head` was not looked at.
    """

    filters: Filters
    head: int
    at: datetime
    count: int


@dataclass(frozen=True)
class Taken:
    """The rows to decide, locked until the transaction ends; and how many are left out, by reason."""

    rows: list[Row]
    left_out: Counter[str]


def take(session: Session, actor: Actor, wanted: Picked | Shown) -> Taken:
    """What of `wanted` waits for a decision and is as it was looked at.

    Raises `TooLarge` above `MOST` visits, `NotFound` if the actor may see none of them, `StaleDecision`
    if a filter finds more than was shown: then it is not the same filter any more.
    """
    if isinstance(wanted, Picked):
        return _picked(session, actor, wanted.versions)
    return _shown(session, actor, wanted)


def locked(session: Session, visits: Any) -> list[Row]:
    """These visits' rows, locked in the order of their ids, as every writer of visits locks them.

    Raises `TooLarge` above `MOST`.
    """
    table = _table()
    statement = visits.with_only_columns(*table.c).order_by(beside_the_index(table.c.id)).limit(MOST + 1)
    rows = [dict(row) for row in session.execute(statement.with_for_update(key_share=True)).mappings()]
    if len(rows) > MOST:
        raise TooLarge
    return rows


def _picked(session: Session, actor: Actor, versions: Mapping[str, int]) -> Taken:
    if len(versions) > MOST:
        raise TooLarge
    id: Any = Visit.id
    rows = locked(session, visible_to(actor, Visit).where(id.in_(sorted(versions))))
    if not rows:
        raise NotFound
    taken = _sorted_out(rows, versions)
    taken.left_out[UNKNOWN] += len(versions) - len(rows)
    return taken


def _shown(session: Session, actor: Actor, wanted: Shown) -> Taken:
    if wanted.filters.waiting is None:
        raise NotFound
    unchanged = narrowed(visible_to(actor, Visit), wanted.filters.waiting)
    rows = locked(session, unchanged.where(_table().c.feed_seq <= wanted.head))
    if len(rows) > wanted.count:
        raise StaleDecision
    taken = _sorted_out(rows, {row["id"]: row["version"] for row in rows})
    # A visit that did not change since waits now exactly if it did then: the others changed.
    missing = max(0, wanted.count - len(rows))
    if missing:
        taken.left_out.update(_changes_since(session, actor, wanted, missing))
    if not rows and not missing:
        raise NotFound
    return taken


def _sorted_out(rows: list[Row], versions: Mapping[str, int]) -> Taken:
    taken = Taken([], Counter())
    for row in rows:
        reason = _obstacle(row, versions[row["id"]])
        if reason:
            taken.left_out[reason] += 1
        else:
            taken.rows.append(row)
    return taken


def _obstacle(row: Row, version: int) -> str:
    if row["withdrawn_at"] is not None:
        return WITHDRAWN
    if row["version"] != version:
        return AMENDED
    return "" if row["review_state"] == "received" else DECIDED


def _changes_since(session: Session, actor: Actor, wanted: Shown, missing: int) -> Counter[str]:
    """Why `missing` visits of a list do not wait there any more.

    The feed tells what changed, not what it was before; so it is believed only if the numbers agree.
    """
    table, filters = _table(), wanted.filters
    hamlets: Any = [filters.hamlet_id] if filters.hamlet_id else select(Hamlet.id).where(_of(actor, Hamlet))  # type: ignore[call-overload]
    changed = select(table.c.withdrawn_at, table.c.review_state).where(
        table.c.commune_id == actor.commune_id,
        table.c.hamlet_id.in_(hamlets),  # so that each hamlet's feed is read from `head` on
        table.c.feed_seq > wanted.head,
        table.c.received_at <= wanted.at,
    )
    if filters.volunteer_id:
        changed = changed.where(table.c.recorded_by == filters.volunteer_id)
    if filters.homes is not None:
        changed = changed.where(table.c.household_id.in_(filters.homes))
    if filters.since:
        changed = changed.where(table.c.counted_on >= filters.since)
    if filters.until:
        changed = changed.where(table.c.counted_on <= filters.until)
    changed = changed.where(or_(table.c.withdrawn_at.is_(None), table.c.withdrawn_at >= wanted.at))
    reasons = Counter(
        WITHDRAWN if withdrawn else AMENDED if state == "received" else DECIDED
        for withdrawn, state in session.execute(changed.limit(MOST))
    )
    return reasons if reasons.total() == missing else Counter({CHANGED: missing})


def _of(actor: Actor, model: Any) -> Any:
    return model.commune_id == actor.commune_id


def _table() -> Table:
    table: Table = Visit.__table__  # type: ignore[attr-defined]
    return table
