"""The feed: every change of a row that phones copy gets the commune's next number.

A phone's cursor is such a number (`docs/decisions/0004-the-feed-is-a-locked-counter.md`).
"""

from collections.abc import Iterable, Sequence
from typing import NotRequired, TypedDict

from sqlalchemy import BigInteger, Index, bindparam, event, false, inspect, select, update
from sqlalchemy.orm import UOWTransaction
from sqlmodel import Field, Session, SQLModel

from app.core.db import RowOf, table_of
from app.core.errors import CodedError
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.prepared import Prepared
from app.core.sql.snapshot import once_in_a_read
from app.core.types import Row

COMMUNE_WIDE = ""  # the hamlet of a row that every phone of the commune has


class CommuneOff(CodedError):  # noqa: N818 - a fact, as in core/errors.py
    """An operator has switched the commune off, or it is being moved here: nobody signs in there, and phones
    keep what they have."""

    code = "commune_off"


class CommuneMoved(CommuneOff):
    """The commune has moved to another instance. `address`: where it is now; empty if that is not known."""

    def __init__(self, address: str = "") -> None:
        super().__init__()
        self.address = address


@stores(rows.TECHNICAL, {rows.TECHNICAL: "epoch"})
class FeedCounter(SQLModel, table=True):
    """The number of a commune's newest change.

    Its row is locked until the transaction ends, so numbers are committed in their order and a reader up to
    `head` misses none. Identity columns do not ensure that: measured, rows were lost behind a cursor.
    `periods_version` grows with each period that is closed or reopened.
    `is_away`: no row is numbered, because the commune has moved to another instance, or is being moved here.
    `epoch`, `version_floor`: those that a commune which was moved here goes on with
    (`app/core/epoch.py`); None and 0 for every other.
    """

    __tablename__ = "feed_counter"

    commune_id: str = Field(primary_key=True)
    head: int = Field(default=0, sa_type=BigInteger)
    periods_version: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    is_away: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    epoch: str | None = None
    version_floor: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})


class FeedRow(SQLModel):
    """A row that phones copy; `feed_seq` is set by `feed()` only."""

    feed_seq: int = Field(sa_type=BigInteger, nullable=False)


class CommuneRow(FeedRow):
    """A feed row that every phone of its commune gets."""


class AuthorRow(FeedRow):
    """A feed row that nobody's phones get but its author's."""

    written_by: str


class TombstoneValues(TypedDict):
    """A row of `tombstone`; a batch sets `commune_id` and `feed_seq`."""

    commune_id: NotRequired[str]
    kind: str
    id: str
    hamlet_id: str
    moved_to: str | None
    account_id: NotRequired[str | None]
    feed_seq: NotRequired[int]


@stores(rows.TECHNICAL, {rows.TECHNICAL: "kind moved_to"})
class Tombstone(FeedRow, RowOf[TombstoneValues], table=True):
    """A row that left a hamlet's feed: withdrawn, moved, or merged into `moved_to`, which is `erased` for a
    household that was erased on request.

    Kinds `operation`, `accepted` and `reopened`: a quarantined operation was dropped, was accepted, or waits
    again for the reason `moved_to`; only the phones of its author (`account_id`) get it, as that of an
    `AuthorRow`.
    """

    __tablename__ = "tombstone"
    __table_args__ = (Index("ix_tombstone_feed", "commune_id", "feed_seq"),)

    commune_id: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    hamlet_id: str = Field(primary_key=True)
    moved_to: str | None = None
    account_id: str | None = None


_COUNTER = table_of(FeedCounter)
_ADVANCE = Prepared(
    update(_COUNTER)
    .where(_COUNTER.c.commune_id == bindparam("commune_id"))
    .values(head=_COUNTER.c.head + bindparam("count"))
    .returning(_COUNTER.c.head, _COUNTER.c.is_away)
)
_CLOSE = Prepared(
    update(_COUNTER)
    .where(_COUNTER.c.commune_id == bindparam("commune_id"))
    .values(periods_version=_COUNTER.c.periods_version + 1)
    .returning(_COUNTER.c.is_away)
)
_FIND_HEAD = Prepared(select(_COUNTER.c.head).where(_COUNTER.c.commune_id == bindparam("commune_id")))


def feed(session: Session, commune_id: str, rows: Sequence[FeedRow | Row]) -> None:
    """Number `rows` as the commune's newest changes, in their order.

    Call it last in a transaction, communes in ascending order: the counter's row stays locked until
    the commit. `rows` are model instances or the dictionaries of a set-based insert.

    As all that locks the counter, it raises `CommuneMoved` if the commune is away: the counter's row is asked
    while it is locked, so that nothing is numbered after the moment at which a commune leaves.
    """
    if not rows:
        return
    head = _advance(session, commune_id, len(rows))
    for number, row in enumerate(rows, start=head - len(rows) + 1):
        if isinstance(row, FeedRow):
            row.feed_seq = number
        else:
            row["feed_seq"] = number


def lock_at_new_head(session: Session, commune_id: str) -> int:
    """Lock the commune's counter as `lock_feed` does, one higher, and return the new head: no row has the
    number, and whoever has read up to the head before sees that something has changed since."""
    return _advance(session, commune_id, 1)


def lock_for_closing(session: Session, commune_id: str) -> None:
    """Lock the commune's counter as `lock_feed` does; the closed periods are another version."""
    _refuse_away(_CLOSE.rows(session, commune_id=commune_id))


def lock_feed(session: Session, commune_id: str) -> None:
    """Lock the commune's counter until the transaction ends, so that no other transaction numbers a row."""
    _refuse_away(_ADVANCE.rows(session, commune_id=commune_id, count=0))


def _advance(session: Session, commune_id: str, count: int) -> int:
    rows = _ADVANCE.rows(session, commune_id=commune_id, count=count)
    _refuse_away(rows)
    (counter,) = rows
    head: int = counter["head"]
    return head


def _refuse_away(counters: Sequence[Row]) -> None:
    if any(counter["is_away"] for counter in counters):
        raise CommuneMoved


@once_in_a_read
def feed_head(session: Session, commune_id: str) -> int:
    """The number of the commune's newest change as this transaction sees it; 0 before the first."""
    counter = _FIND_HEAD.first(session, commune_id=commune_id)
    return counter["head"] if counter else 0


@event.listens_for(Session, "before_flush")
def _require_feed(session: Session, _context: UOWTransaction, _instances: Iterable[object] | None) -> None:
    """Refuse a feed row that was changed without `feed()`: the change would never reach a phone."""
    for row in [*session.new, *session.dirty]:
        is_unnumbered = isinstance(row, FeedRow) and not inspect(row).attrs.feed_seq.history.added
        if is_unnumbered and session.is_modified(row):
            raise RuntimeError(f"{type(row).__name__} changed without core.feed.feed()")
