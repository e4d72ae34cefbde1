"""/desk/quick-report: a few lines to copy and send, of today up to now."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.calendar.period import dates_period
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.strings import SOURCE, _, language
from app.reports.extras.models import wanted_extras
from app.reports.wording.quick import write_quick_report
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.reports.choose import QUICK_REPORT, report_address
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class QuickReportPage:
    """What templates/desk/reports/extras/quick_report.html shows. `address`: its own; `report`: that of the
    report of today, which leads to what each figure counts."""

    title: str
    frame: Frame
    lines: tuple[str, ...]
    address: str
    report: str


@router.get(QUICK_REPORT)
@language(SOURCE)
def show_quick_report(desk: ReadingDesk) -> Response:
    """*Báo nhanh*: in Vietnamese, as it is sent. Not found where the commune wants none."""

    def load(session: Session) -> QuickReportPage:
        if "today" not in wanted_extras(session, desk.actor):
            raise NotFound
        today = local_date(desk.now)
        return QuickReportPage(
            title=_("Báo nhanh hôm nay"),
            frame=build_frame(session, desk.actor, REPORTS),
            lines=write_quick_report(session, desk.actor, desk.now),
            address=QUICK_REPORT,
            report=report_address(dates_period(today, today)),
        )

    return html("desk/reports/extras/quick_report.html", desk.reading.read(load))
