"""Pull: the rows of the actor's scope that changed after the phone's cursor, in feed order."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, bindparam, func, literal_column, select, union_all
from sqlmodel import Session, SQLModel

from app.accounts.access import Actor, visible_rows
from app.accounts.models import Account
from app.areas import Hamlet
from app.catalog import Service
from app.core.db import FeedCounter, Gone, ServerEpoch, history_of
from app.core.prepared import Prepared, among
from app.households.models import Household
from app.sync import rows
from app.sync.backup.keys import NEWEST
from app.sync.protocol import PAGE_ROWS, Changes, Request
from app.visits.models import FollowUp, Visit

# What the team sees of the past: the visits of the last 12 months.
VISITS_KEPT = timedelta(days=366)

_KINDS: dict[str, type[SQLModel]] = {
    "household": Household,
    "visit": Visit,
    "follow_up": FollowUp,
    "hamlet": Hamlet,
    "member": Account,
    "service": Service,
    "gone": Gone,
}
_ROWS: dict[str, Callable[[Any], Any]] = {
    "household": rows.household,
    "follow_up": rows.follow_up,
    "hamlet": rows.name,
    "member": rows.name,
    "service": rows.service,
    "gone": rows.gone,
}


def _scoped(kind: str) -> Any:
    """The rows of a kind that a field actor's phone should have and may not have yet."""
    model = _KINDS[kind]
    table: Any = model.__table__  # type: ignore[attr-defined]
    rows_there = visible_rows(model)
    rows_there = rows_there.where(
        table.c.feed_seq > bindparam("after"), table.c.feed_seq <= bindparam("newest")
    )
    if model in (Household, Visit):
        rows_there = rows_there.where(~among(table.c.feed_seq, "told"))
    if model is Visit:
        recent = table.c.counted_on >= bindparam("oldest_day", type_=Date())
        return rows_there.where(table.c.withdrawn_at.is_(None), recent)
    return rows_there.where(table.c.active) if model is Service else rows_there


def _page(kind: str) -> Prepared:
    table: Any = _KINDS[kind].__table__  # type: ignore[attr-defined]
    return Prepared(_scoped(kind).order_by(table.c.feed_seq).limit(PAGE_ROWS + 1))


_EPOCH: Any = ServerEpoch.__table__  # type: ignore[attr-defined]
_COUNTER: Any = FeedCounter.__table__  # type: ignore[attr-defined]
_STAND = Prepared(
    select(_EPOCH.c.epoch, _COUNTER.c.head, NEWEST.label("key_id")).where(
        _COUNTER.c.commune_id == bindparam("commune_id")
    )
)
_PAGES = {kind: _page(kind) for kind in _KINDS}
# Most exchanges bring rows of one kind or two: one statement says which, instead of seven finding nothing.
_CHANGED = Prepared(
    union_all(
        *(select(literal_column(f"'{kind}'").label("kind")).where(_scoped(kind).exists()) for kind in _KINDS)
    )
)
_COUNT = Prepared(
    select(*(_scoped(kind).with_only_columns(func.count()).scalar_subquery().label(kind) for kind in _KINDS))
)

Found = tuple[int, str, dict[str, Any]]  # feed_seq, kind, row


@dataclass(frozen=True)
class Page:
    """One page of changes; `cursor` is what the phone sends next, `left` the rows after this page; `key_id`
    is the key that its backup files should be made for."""

    epoch: str
    reset: bool
    changes: Changes
    cursor: int
    more: bool
    left: int
    key_id: str | None


def pull(session: Session, actor: Actor, request: Request, today: date, told: Collection[int] = ()) -> Page:
    """The page after the request's cursor; from the beginning when cursor, epoch or scope are foreign.

    `told`: the feed numbers of rows that the phone has from this answer's results already.
    """
    stand = _STAND.first(session, commune_id=actor.commune_id)
    assert stand is not None, "a commune that has begun has its counter"
    epoch, newest = stand["epoch"], stand["head"]
    reset = _is_foreign(request, epoch, actor, newest)
    cursor = 0 if reset or request.cursor is None else request.cursor
    told = set() if reset else {number for number in told if cursor < number}
    asked = {
        "commune_id": actor.commune_id,
        "hamlet_ids": list(actor.hamlet_ids),
        "account_id": actor.account_id,
        "after": cursor,
        "newest": newest,
        "oldest_day": today - VISITS_KEPT,
        "told": list(told),
    }
    # A feed number is one row's: as many new ones as this phone was told of leave nothing to ask for.
    # Several results may carry one row, and a repeat an old one.
    found = _after(session, asked) if newest - cursor > len(told) else []
    page = found[:PAGE_ROWS]
    more = len(found) > PAGE_ROWS
    cursor = page[-1][0] if more else newest
    left = _left(session, asked | {"after": cursor}) if more else 0
    return Page(epoch, reset, _changes(session, actor, page), cursor, more, left, stand["key_id"])


def nothing(session: Session, request: Request) -> Page:
    """The page of a phone that may see nothing any more; it stays where it stands. Of a restore it hears all
    the same, for it must deliver anew what the server has forgotten."""
    epoch = history_of(session).epoch
    reset = request.epoch != epoch or request.scope is None
    return Page(epoch, reset, _no_changes(), request.cursor or 0, False, 0, request.key)


def _is_foreign(request: Request, epoch: str, actor: Actor, newest: int) -> bool:
    same = request.epoch == epoch and request.scope == actor.scope
    return not same or request.cursor is None or request.cursor > newest


def _after(session: Session, asked: dict[str, Any]) -> list[Found]:
    """Up to a page and one row of all kinds, merged by `feed_seq`."""
    found: list[Found] = []
    for row in _CHANGED.rows(session, **asked):
        kind = row["kind"]
        found.extend((one["feed_seq"], kind, one) for one in _PAGES[kind].rows(session, **asked))
    return sorted(found, key=lambda entry: entry[0])[: PAGE_ROWS + 1]


def _left(session: Session, asked: dict[str, Any]) -> int:
    (counted,) = _COUNT.rows(session, **asked)
    return int(sum(counted.values()))


def _changes(session: Session, actor: Actor, page: list[Found]) -> Changes:
    changes: Any = _no_changes()
    visit_ids = [row["id"] for _, kind, row in page if kind == "visit"]
    given = rows.services(session, actor.commune_id, visit_ids)
    for _, kind, row in page:
        if kind == "visit":
            changes[kind].append(rows.visit(row, given.get(row["id"], []), actor.account_id))
        else:
            changes[kind].append(_ROWS[kind](row))
    result: Changes = changes
    return result


def _no_changes() -> Changes:
    changes: Any = {kind: [] for kind in (*_KINDS, "guide")}
    none: Changes = changes
    return none
