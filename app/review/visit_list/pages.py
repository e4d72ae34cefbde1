"""One page of the desk's list of visits: which visits are on it, in which order.

A page begins at a visit, not after a number of rows, so that the thousandth costs what the first one does. It
is found without its rows: those are read for what a screen shows at first, and for the others right after it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, UnaryExpression, and_, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from app.commune.accounts.access import Actor, find
from app.commune.accounts.models import Account
from app.commune.areas import Hamlet
from app.core.errors import NotFound
from app.core.text import by_given_name
from app.fieldwork.households.models import Household
from app.fieldwork.visits.codes import ReviewState
from app.fieldwork.visits.models import Visit
from app.review.visit_list.queries import join_names

Visits = SelectOfScalar[Visit]

PAGE_SIZE = 250
_STATE_ORDER: tuple[ReviewState, ...] = ("received", "returned", "accepted")
# What a list can be sorted by besides its own order: a key of the rows that `sorted_page` reads, and whether
# the greatest comes first. Equal ones: the latest first.
SORTS: dict[str, tuple[Callable[[Row[Any]], Any], bool]] = {
    "latest": (lambda row: row.happened_at, True),
    "oldest": (lambda row: row.happened_at, False),
    "household": (lambda row: by_given_name(row.head_name), False),
    "state": (lambda row: _STATE_ORDER.index(row.review_state), False),
    "author": (lambda row: by_given_name(row.name), False),
    "hamlet": (lambda row: row.position, False),
}


@dataclass(frozen=True)
class PagePosition:
    """Where a page begins: right below the visit `before`, or it ends right above the visit `after`; without
    either it is the first page."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class ListedVisit:
    """A visit of a page as it was found, before its row is read."""

    id: str
    review_state: ReviewState
    received_at: datetime
    version: int
    reviewed_at: datetime | None


_LISTED = (
    col(Visit.id),
    col(Visit.review_state),
    col(Visit.received_at),
    col(Visit.version),
    col(Visit.reviewed_at),
)


@dataclass(frozen=True)
class Page:
    """The visits of a page in their order; `newer` and `older`: whether there are more on either side."""

    visits: list[ListedVisit]
    newer: bool
    older: bool


def newest_page(session: Session, actor: Actor, wanted: Visits, position: PagePosition) -> Page:
    """The page at `position` in the order of receipt, newest first."""
    if position.after and (anchor := _find(session, actor, position.after)):
        found = _read(session, wanted.where(_is_newer(anchor)), upwards=True)
        if len(found) >= PAGE_SIZE:
            return Page(found[-PAGE_SIZE:], len(found) > PAGE_SIZE, True)
    elif position.before and (anchor := _find(session, actor, position.before)):
        found = _read(session, wanted.where(_is_older(anchor)))
        if found:
            return Page(found[:PAGE_SIZE], True, len(found) > PAGE_SIZE)
    found = _read(session, wanted)
    return Page(found[:PAGE_SIZE], False, len(found) > PAGE_SIZE)


def sorted_page(session: Session, actor: Actor, wanted: Visits, position: PagePosition, sort: str) -> Page:
    """The page at `position` of all the visits, sorted here: the database does not know Vietnamese order."""
    key, is_descending = SORTS[sort]
    found = join_names(actor, wanted).with_only_columns(
        *_LISTED,
        col(Visit.happened_at),
        col(Household.head_name),
        col(Hamlet.position),
        col(Account.name),
    )
    rows = sorted(session.execute(found), key=lambda row: (row.happened_at, row.id), reverse=True)
    rows.sort(key=key, reverse=is_descending)
    ids = [row.id for row in rows]
    start = 0
    if position.before in ids:
        start = ids.index(position.before) + 1
    elif position.after in ids:
        start = max(0, ids.index(position.after) - PAGE_SIZE)
    start = start if start < len(ids) else 0
    end = start + PAGE_SIZE
    visits = [ListedVisit(*row[: len(_LISTED)]) for row in rows[start:end]]
    return Page(visits, start > 0, end < len(ids))


def _find(session: Session, actor: Actor, visit_id: str) -> Visit | None:
    try:
        return find(session, actor, Visit, visit_id)
    except NotFound:
        return None


def _is_older(than: Visit) -> ColumnElement[bool]:
    received_at, happened_at = col(Visit.received_at), col(Visit.happened_at)
    is_tie = and_(happened_at == than.happened_at, col(Visit.id) < than.id)
    is_earlier = or_(received_at < than.received_at, happened_at < than.happened_at, is_tie)
    return and_(received_at <= than.received_at, is_earlier)


def _is_newer(than: Visit) -> ColumnElement[bool]:
    received_at, happened_at = col(Visit.received_at), col(Visit.happened_at)
    is_tie = and_(happened_at == than.happened_at, col(Visit.id) > than.id)
    is_later = or_(received_at > than.received_at, happened_at > than.happened_at, is_tie)
    return and_(received_at >= than.received_at, is_later)


def _read(session: Session, wanted: Visits, *, upwards: bool = False) -> list[ListedVisit]:
    """One visit more than a page, newest first: the first ones, or the last ones (`upwards`)."""
    rows = session.execute(wanted.order_by(*_order(upwards)).limit(PAGE_SIZE + 1).with_only_columns(*_LISTED))
    found = [ListedVisit(*row) for row in rows]
    return found[::-1] if upwards else found


def _order(upwards: bool) -> list[UnaryExpression[object]]:
    columns: list[Mapped[object]] = [col(Visit.received_at), col(Visit.happened_at), col(Visit.id)]
    return [column.asc() if upwards else column.desc() for column in columns]
