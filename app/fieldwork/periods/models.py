"""The tables of closed periods."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel
from typing_extensions import TypedDict  # pydantic makes no schema of the one in Python 3.11

from app.commune.areas import ProvinceRow
from app.commune.calendar.period import Period, PeriodKind
from app.core.clock import Instant
from app.core.db import RowOf
from app.core.personal_data import rows
from app.core.personal_data.columns import stores

_IS_CLOSED = text("reopened_at IS NULL")


class ClosedDaysValues(TypedDict):
    """The columns that say which visits belong to a closed period."""

    id: str
    first: date
    last: date
    closed_at: datetime


class AdjustmentValues(TypedDict):
    """A part of an adjustment: the id of the period that is adjusted, the hamlet, empty for the commune, and
    the figures by column."""

    period: str
    hamlet: str
    cells: dict[str, int]


class SpotCheckFigures(TypedDict):
    """A draw of a month and what it has found (`app.reports.spot_checks`).

    `number`: the how manieth of its month. `shares`: the estimate and its interval, empty if nobody had
    answered; `covered`: how many households it is about.
    """

    code: str
    first: str
    last: str
    number: int
    drawn_on: str
    drawn_by: str
    reason: str
    households: int
    drawn: int
    confirmed: int
    refuted: int
    not_met: int
    shares: list[float]
    covered: int


class ExtraTableValues(TypedDict):
    """A table that stands beside the report's: code, heading and kind of its columns; its rows with their
    hamlet's id (None for the commune), then the cells; `services`: what rows are about
    (`ExtraTable.codes`)."""

    name: str
    columns: list[list[str]]
    rows: list[list[Any]]
    services: list[str]


@stores(
    rows.FIGURE,
    {
        rows.FIGURE: "kind code columns rows notes adjustments printed_adjustments check_code extras",
        rows.REMARK: "remarks wording",
        rows.SETTING: "form",
        rows.DECIDED: "closed_by reason reopened_by reopen_reason spot_checks",
    },
)
class ClosedPeriod(ProvinceRow, RowOf[ClosedDaysValues], table=True):
    """*Chốt kỳ*: the figures of a period as they were at `closed_at`. They never change; reopening the period
    sets `reopened_at`, and closing it again adds a row.

    `columns`, `rows` and `notes` are those of the `ReportTable`; `remarks` its remarks by kind, each with
    day, author and text. `rows` without those of adjustments, which `printed_adjustments` has: the adjusted
    period's code, then the cells; the last row, the commune's, includes them. `adjustments`: what they are
    made of. `is_stale`: a visit of its days has changed since a later report adjusted it. `reason`: why it
    was closed although something was in the way; empty if nothing was. `check_code`: the fingerprint of its
    figures without a hyphen (`app.reports.check_code`), so that a printed copy is found by an
    index. `form`: who signs it, to whom it goes (`app.reports.report_form`); `wording`: what its
    figures say in sentences, and what somebody has made of them (`app.reports.wording`). Both are empty if it
    was closed before there were any. `spot_checks`: what those of its months had found
    (`app.reports.spot_checks`). `extras`: what stood beside
    the table (`app.reports.extras`).
    """

    __tablename__ = "closed_period"
    __table_args__ = (
        ForeignKeyConstraint(["commune_id"], ["commune.id"]),
        ForeignKeyConstraint(["commune_id", "closed_by"], ["account.commune_id", "account.id"]),
        ForeignKeyConstraint(["commune_id", "reopened_by"], ["account.commune_id", "account.id"]),
        Index(
            "ix_closed_period",
            "commune_id",
            "code",
            unique=True,
            sqlite_where=_IS_CLOSED,
            postgresql_where=_IS_CLOSED,
        ),
        Index("ix_closed_period_check_code", "commune_id", "check_code"),
    )

    commune_id: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    kind: str
    code: str
    first: date
    last: date
    closed_at: datetime = Field(sa_type=Instant)
    closed_by: str
    reason: str = ""
    columns: list[list[str]] = Field(sa_type=JSON)
    rows: list[list[Any]] = Field(sa_type=JSON)
    notes: list[str] = Field(sa_type=JSON)
    remarks: dict[str, list[list[str]]] = Field(sa_type=JSON)
    adjustments: list[AdjustmentValues] = Field(sa_type=JSON)
    printed_adjustments: list[list[Any]] = Field(sa_type=JSON)
    is_stale: bool = False
    check_code: str = ""
    form: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    wording: dict[str, Any] = Field(
        default_factory=dict, sa_type=JSON, sa_column_kwargs={"server_default": "{}"}
    )
    spot_checks: list[SpotCheckFigures] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    extras: list[ExtraTableValues] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": "[]"}
    )
    reopened_at: datetime | None = Field(default=None, sa_type=Instant)
    reopened_by: str | None = None
    reopen_reason: str = ""

    @property
    def period(self) -> Period:
        """Its days, as they were when it was closed."""
        return Period(PeriodKind(self.kind), self.code, self.first, self.last)


@stores(rows.FIGURE, {rows.FIGURE: "code kind columns figures adjusted"})
class ReportSummary(SQLModel, table=True):
    """The commune's line of a closed report, which its province adds up; of a reopened one what it was, until
    it is closed again.

    Written with the `ClosedPeriod` in one transaction, and compared with it by `check`. A province's page
    reads the lines of all its communes in one statement: this is no table of communes, and its key does not
    begin with one.
    `columns`: code and heading; `figures`: a number or None for each of them. `adjusted`: what of them are
    adjustments, by the adjusted period's code and the column's.
    """

    __tablename__ = "report_summary"
    __table_args__ = (Index("ix_report_summary_commune", "commune_id", "last"),)

    code: str = Field(primary_key=True)
    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    kind: str
    first: date
    last: date
    closed_at: datetime = Field(sa_type=Instant)
    reopened_at: datetime | None = Field(default=None, sa_type=Instant)
    columns: list[list[str]] = Field(sa_type=JSON)
    figures: list[int | None] = Field(sa_type=JSON)
    adjusted: dict[str, dict[str, int]] = Field(sa_type=JSON)
