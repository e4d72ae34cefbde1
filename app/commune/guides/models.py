"""A commune's guides."""

from datetime import date, datetime
from typing import NotRequired

from sqlalchemy import JSON, ForeignKeyConstraint, Index
from sqlmodel import Field
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.core.clock import Instant
from app.core.db import RowOf
from app.core.feed import CommuneRow
from app.core.personal_data import rows
from app.core.personal_data.columns import stores


class StoredPlace(TypedDict):
    """Where a guide that a commune has added stands: `group`, a pillar of the catalog or *team*; the codes of
    the services that it helps with; its place among these guides, from 1 on."""

    group: str
    services: list[str]
    position: int


class EarlierText(TypedDict):
    """The text that *Hoàn tác* brings back. `changed_on`: *2026-11-27*; `place`: of an added guide."""

    title: str
    body: str
    is_own: bool
    changed_on: str
    place: NotRequired[StoredPlace]


class GuideValues(TypedDict):
    """A row of `guide`."""

    commune_id: str
    code: str
    title: str
    body: str
    html: str
    source: str
    is_own: bool
    changed_on: date
    earlier: EarlierText | None
    changed_by: str | None
    changed_at: datetime | None
    place: StoredPlace | None
    removed_at: datetime | None
    feed_seq: int


@stores(rows.PUBLIC, {rows.PUBLIC: "code title body html source earlier place", rows.DECIDED: "changed_by"})
class Guide(CommuneRow, RowOf[GuideValues], table=True):
    """One guide of a commune. `body`: Markdown; `html`: what phones show, made from it by `render`.

    `is_own`: a supervisor has written this text; else it is the project's and follows it. `source`: a hash of
    what `html` was made from (`library.source_of`). `changed_on`: the day of the text. `earlier`: the text
    before the newest change by a supervisor, None if there is none to return to.

    `place`: of a guide that the commune has added; the library's have theirs in its files. `removed_at`: an
    added guide that was removed stays stored, and phones are told that they have it no longer.
    """

    __tablename__ = "guide"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        Index("ix_guide_feed", "commune_id", "feed_seq"),
    )

    commune_id: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    title: str
    body: str
    html: str
    source: str
    is_own: bool = False
    changed_on: date
    earlier: EarlierText | None = Field(default=None, sa_type=JSON)
    changed_by: str | None = None
    changed_at: datetime | None = Field(default=None, sa_type=Instant)
    place: StoredPlace | None = Field(default=None, sa_type=JSON)
    removed_at: datetime | None = Field(default=None, sa_type=Instant)
