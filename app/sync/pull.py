"""Pull: the rows of the actor's scope that changed after the phone's cursor, in feed order."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, func, select
from sqlmodel import Session, SQLModel

from app.accounts.access import Actor, visible_to
from app.accounts.models import Account
from app.areas import Hamlet
from app.catalog import Service
from app.core.db import FeedCounter, Gone, ServerEpoch
from app.households.models import Household
from app.sync import rows
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


Found = tuple[int, str, dict[str, Any]]  # feed_seq, kind, row


@dataclass(frozen=True)
class Page:
    """One page of changes; `cursor` is what the phone sends next, `left` the rows after this page."""

    epoch: str
    reset: bool
    changes: Changes
    cursor: int
    more: bool
    left: int


def pull(session: Session, actor: Actor, request: Request, today: date) -> Page:
    """The page after the request's cursor; from the beginning when cursor, epoch or scope are foreign."""
    epoch = session.scalars(select(ServerEpoch.epoch)).one()  # type: ignore[call-overload]
    head = session.get(FeedCounter, actor.commune_id)
    newest = head.head if head else 0
    reset = _is_foreign(request, epoch, actor, newest)
    cursor = 0 if reset or request.cursor is None else request.cursor
    found = _after(session, actor, cursor, newest, today)
    page = found[:PAGE_ROWS]
    more = len(found) > PAGE_ROWS
    cursor = page[-1][0] if more else newest
    left = _count(session, actor, cursor, newest, today) if more else 0
    return Page(epoch, reset, _changes(session, actor, page), cursor, more, left)


def nothing(request: Request) -> Page:
    """The page of a phone that may see nothing any more; it stays where it stands."""
    return Page(request.epoch or "", False, _no_changes(), request.cursor or 0, more=False, left=0)


def _is_foreign(request: Request, epoch: str, actor: Actor, newest: int) -> bool:
    same = request.epoch == epoch and request.scope == actor.scope
    return not same or request.cursor is None or request.cursor > newest


def _after(session: Session, actor: Actor, cursor: int, newest: int, today: date) -> list[Found]:
    """Up to a page and one row of all kinds, merged by `feed_seq`."""
    found: list[Found] = []
    if cursor < newest:
        for kind, model in _KINDS.items():
            table = _table(model)
            statement = _scoped(actor, model, cursor, newest, today).with_only_columns(*table.c)
            statement = statement.order_by(table.c.feed_seq).limit(PAGE_ROWS + 1)
            rows_found = session.execute(statement).mappings()
            found.extend((int(row["feed_seq"]), kind, dict(row)) for row in rows_found)
    return sorted(found, key=lambda entry: entry[0])[: PAGE_ROWS + 1]


def _count(session: Session, actor: Actor, cursor: int, newest: int, today: date) -> int:
    counts = (
        _scoped(actor, model, cursor, newest, today).with_only_columns(func.count()).scalar_subquery()
        for model in _KINDS.values()
    )
    total = session.execute(select(*counts)).one()
    return sum(total)


def _scoped(actor: Actor, model: type[SQLModel], cursor: int, newest: int, today: date) -> Any:
    table = _table(model)
    statement: Any = visible_to(actor, model)
    statement = statement.where(table.c.feed_seq > cursor, table.c.feed_seq <= newest)
    if model is Visit:
        statement = statement.where(table.c.withdrawn_at.is_(None), table.c.counted_on >= today - VISITS_KEPT)
    if model is Service:
        statement = statement.where(table.c.active)
    return statement


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


def _table(model: type[SQLModel]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table
