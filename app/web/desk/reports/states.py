"""Whether a report is a draft or final; who closed and reopened its period, and why."""

from dataclasses import dataclass

from sqlmodel import Session

from app.commune.calendar.period import PeriodKind
from app.core.strings import _
from app.reports.closing_history import Closing, list_closings
from app.reports.forms.document import format_instant
from app.reports.table import ReportTable
from app.web.desk.page.context import DeskContext


@dataclass(frozen=True)
class ReportState:
    """What the report's page and Word file say of it. `lines`: the closings and reopenings, the earliest
    first."""

    label: str
    is_final: bool
    lines: tuple[str, ...]


def report_state(session: Session, desk: DeskContext, table: ReportTable) -> ReportState:
    """The state of a period's report; one that was reopened says so until it is closed again."""
    closings = list_closings(session, desk.actor, table.period)
    if table.is_closed:
        label = _("Bản chính thức: kỳ đã chốt")
    elif table.period.kind is PeriodKind.DATES:
        label = _("Bản dự thảo: khoảng ngày tự chọn, không chốt")
    elif closings:
        label = _("Bản dự thảo: kỳ đã mở lại, chưa chốt lại")
    else:
        label = _("Bản dự thảo: kỳ chưa chốt")
    return ReportState(label, table.is_closed, tuple(_line(one) for one in closings))


def _line(closing: Closing) -> str:
    """*Chốt: Hoàng Văn Bình, 16:40 24/11/2026. Lý do: …*."""
    values = {"who": closing.by, "when": format_instant(closing.at)}
    line = _("Chốt: %(who)s, %(when)s.", **values)
    if closing.what == "reopened":
        line = _("Mở lại: %(who)s, %(when)s.", **values)
    if not closing.reason:
        return line
    reason = _("Lý do: %(reason)s", reason=closing.reason)
    return f"{line} {reason}"
