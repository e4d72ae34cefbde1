"""/province/remarks: difficulties and good practices that communes share, of a period."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.calendar.period import period_label
from app.core.strings import _
from app.province.glance import look
from app.province.shared_remarks import SharedRemark, list_shared
from app.web.desk.page.labels import REMARK_KINDS
from app.web.frame import Frame
from app.web.province.context import REMARKS, ProvinceReader, ProvinceReadingContext, province_frame
from app.web.province.periods import PeriodLinks, chosen_period, days_of, period_links
from app.web.rendering import day, html

router = APIRouter()
ShortText = Annotated[str, Query(max_length=40)]


@dataclass(frozen=True)
class RemarkList:
    """The remarks of a kind: text, and *commune, day*."""

    heading: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True)
class RemarksPage:
    """What templates/province/remarks.html shows."""

    title: str
    frame: Frame
    period: str
    days: str
    links: PeriodLinks
    lists: list[RemarkList]


@router.get(REMARKS)
def show_remarks(desk: ProvinceReader, period: ShortText = "") -> Response:
    """The remarks of a period, by default of the month that ended last."""
    code = chosen_period(period, desk.now).code
    glances = desk.reading.read(lambda session: look(session, desk.viewer, code, desk.now))
    shared = list_shared(desk.reading, desk.viewer, glances)
    page = desk.reading.read(lambda session: _page(session, desk, code, shared))
    desk.note_opened(code)
    return html("province/remarks.html", page)


def remarks_address(code: str) -> str:
    """The page of the period with this code."""
    return f"{REMARKS}?period={code}"


def _page(
    session: Session, desk: ProvinceReadingContext, code: str, shared: list[SharedRemark]
) -> RemarksPage:
    period = chosen_period(code, desk.now)
    return RemarksPage(
        title=_("Ý kiến"),
        frame=province_frame(session, desk.viewer, REMARKS),
        period=period_label(period),
        days=days_of(period),
        links=period_links(period, desk.now, remarks_address),
        lists=[
            RemarkList(
                label,
                [
                    (one.text, f"{one.commune.full_name}, {day(one.day)}")
                    for one in shared
                    if one.kind == kind
                ],
            )
            for kind, label in REMARK_KINDS.items()
        ],
    )
