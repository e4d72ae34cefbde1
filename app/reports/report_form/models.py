"""The form of a commune's reports as it is stored, and as reports have it."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import JSON
from sqlmodel import AutoString, Field, Session, SQLModel

from app.core.clock import Instant
from app.core.personal_data import rows
from app.core.personal_data.columns import stores
from app.core.sql.snapshot import once_in_a_read
from app.fieldwork.periods.models import ClosedPeriod

Signature = Literal["chairman", "deputy", "head", "department"]
SIGNATURES: tuple[Signature, ...] = get_args(Signature)
COMMITTEE_SERIES = "BC-UBND"


@dataclass(frozen=True)
class ReportForm:
    """The form of a report. `signature`: who signs, None as long as nobody has chosen; `department`: whose
    own report it is, if that signs. `series`: what stands behind the number (*BC-UBND*). `addressees`,
    `receivers`: lines of *Kính gửi* and *Nơi nhận*, which end with the `drafting_unit` (*Lưu: VT, VHXH.*)."""

    signature: Signature | None = None
    department: str = ""
    series: str = COMMITTEE_SERIES
    addressees: tuple[str, ...] = ()
    receivers: tuple[str, ...] = ()
    drafting_unit: str = ""

    @property
    def is_departments(self) -> bool:
        """Whether the department is the body whose report it is."""
        return self.signature == "department"

    def stored(self) -> dict[str, Any]:
        """As a closed period stores it."""
        return asdict(self)


DEFAULT_FORM = ReportForm()


@stores(
    rows.SETTING,
    {
        rows.SETTING: "signature department series addressees receivers drafting_unit",
        rows.DECIDED: "changed_by",
    },
)
class CommuneReportForm(SQLModel, table=True):
    """The form that a commune has saved, which later reports have. `version` grows with each change."""

    __tablename__ = "report_form"

    commune_id: str = Field(primary_key=True, foreign_key="commune.id")
    signature: Signature = Field(sa_type=AutoString)
    department: str
    series: str
    addressees: list[str] = Field(sa_type=JSON)
    receivers: list[str] = Field(sa_type=JSON)
    drafting_unit: str
    version: int = 1
    changed_by: str
    changed_at: datetime = Field(sa_type=Instant)


@once_in_a_read
def stored_form(session: Session, commune_id: str) -> CommuneReportForm | None:
    """The commune's row; None if it has saved no form."""
    return session.get(CommuneReportForm, commune_id)


def period_form(session: Session, commune_id: str, closed: ClosedPeriod | None) -> tuple[ReportForm, bool]:
    """The form of a period's report: of a closed one that with which it was closed. And whether it is today's
    although the period is closed: it was closed before forms were stored with periods."""
    if closed is not None and closed.form:
        return _closed_form(closed.form), False
    return form_of(session, commune_id), closed is not None


def form_of(session: Session, commune_id: str) -> ReportForm:
    """The commune's form, or `DEFAULT_FORM`."""
    row = stored_form(session, commune_id)
    return (
        ReportForm(
            signature=row.signature,
            department=row.department,
            series=row.series,
            addressees=tuple(row.addressees),
            receivers=tuple(row.receivers),
            drafting_unit=row.drafting_unit,
        )
        if row
        else DEFAULT_FORM
    )


def _closed_form(stored: dict[str, Any]) -> ReportForm:
    lines = {name: tuple(stored[name]) for name in ("addressees", "receivers")}
    return ReportForm(**stored | lines)
