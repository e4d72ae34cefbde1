"""Which extras a commune's reports may have, and what was typed for them."""

from datetime import date, datetime
from typing import Literal, get_args

from sqlalchemy import JSON, Index
from sqlmodel import AutoString, Field, Session, SQLModel

from app.commune.accounts.access import Actor
from app.commune.settings import stored_extras
from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

Extra = Literal[
    "adults", "businesses", "rates", "outcomes", "venue", "smart_device", "business", "plans", "today"
]
EXTRAS: tuple[Extra, ...] = get_args(Extra)
CountKind = Literal["adults", "businesses"]
COUNT_KINDS: tuple[CountKind, ...] = get_args(CountKind)


@stores(rows.FIGURE, {rows.FIGURE: "kind counts source", rows.DECIDED: "typed_by undone_by"})
class HamletCount(SQLModel, table=True):
    """How many adults or household businesses the hamlets have, as somebody else has counted them. Each time
    it is typed adds a `version` of its kind; one that was undone does not count.

    `counts`: by the hamlet's id, without those that the source does not have. `source`: who counted;
    `as_of`: of which day the numbers are.
    """

    __tablename__ = "hamlet_count"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    kind: CountKind = Field(primary_key=True, sa_type=AutoString)
    version: int = Field(primary_key=True)
    counts: dict[str, int] = Field(sa_type=JSON)
    source: str
    as_of: date
    typed_by: str
    typed_at: datetime = Field(sa_type=Instant)
    undone_by: str | None = None
    undone_at: datetime | None = Field(default=None, sa_type=Instant)


@stores(rows.FIGURE, {rows.FIGURE: "code name value source", rows.DECIDED: "typed_by removed_by"})
class TypedRate(SQLModel, table=True):
    """A rate or a number of a period that belongs to somebody else (*Tỷ lệ tài khoản mức 2*), as they have
    told it. Nothing is computed from it: `value` is a text. A correction removes it and adds another one.

    `code`: of the period; `source`: whose it is; `as_of`: of which day.
    """

    __tablename__ = "typed_rate"
    __table_args__ = (Index("ix_typed_rate_code", "commune_id", "code"),)

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    id: str = Field(primary_key=True)
    code: str
    name: str
    value: str
    source: str
    as_of: date
    typed_by: str
    typed_at: datetime = Field(sa_type=Instant)
    removed_by: str | None = None
    removed_at: datetime | None = Field(default=None, sa_type=Instant)


def wanted_extras(session: Session, actor: Actor) -> frozenset[str]:
    """The extras that the commune wants in its reports."""
    row = stored_extras(session, actor.commune_id)
    return frozenset(row.wanted if row else ())
