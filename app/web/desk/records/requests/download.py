"""/desk/citizen-requests.xlsx: the requests as an Excel workbook."""

import io
from datetime import date

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import commune_of
from app.core.clock import local_date
from app.core.strings import _
from app.reports.forms.document import xml_text
from app.reports.forms.sheet_layout import prepare_print
from app.reports.forms.xlsx import Fact, add_facts, heading_format, open_workbook
from app.review.citizen_requests import queries
from app.review.citizen_requests.queries import ListedRequest
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.labels import REQUEST_KINDS
from app.web.desk.records.imports.history import XLSX, attachment
from app.web.desk.records.requests.words import PATH, about, answer_text, done_text, state_text
from app.web.reading import RecentFactor
from app.web.rendering import day, moment

router = APIRouter()
YEARS = 5  # the year of today, and those before it


@router.get(f"{PATH}.xlsx", dependencies=[RecentFactor])
def download_list(desk: Desk) -> Response:
    """The requests received in the last five calendar years."""
    content = desk.database.read(lambda session: _workbook(session, desk))
    return Response(content, media_type=XLSX, headers=attachment("so-yeu-cau.xlsx"))


def _workbook(session: Session, desk: DeskContext) -> bytes:
    first = date(local_date(desk.now).year - YEARS + 1, 1, 1)
    rows = [_cells(one, desk) for one in queries.list_all(session, desk.actor, first, desk.now)]
    title, commune = _("Sổ yêu cầu của bà con"), commune_of(session, desk.actor).full_name
    content = io.BytesIO()
    with open_workbook(content, title, desk.actor.name, desk.now) as workbook:
        sheet, heading = workbook.add_worksheet(_("Sổ")), heading_format(workbook)
        wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        prepare_print(sheet, f"{title}, {commune}", moment(desk.now))
        sheet.set_column(0, len(_headings()) - 1, 18)
        for column, name in enumerate(_headings()):
            sheet.write_string(0, column, name, heading)
        for line, cells in enumerate(rows, start=1):
            for column, cell in enumerate(cells):
                sheet.write_string(line, column, xml_text(cell), wrapped)
        facts: list[Fact] = [
            (_("Đơn vị"), commune),
            (_("Nhận từ ngày"), first),
            (_("Xuất lúc"), desk.now),
            (_("Người xuất"), desk.actor.name),
        ]
        add_facts(workbook, _("Thông tin"), facts)
    return content.getvalue()


def _headings() -> list[str]:
    return [
        _("Ngày nhận"),
        _("Số đến"),
        _("Yêu cầu"),
        _("Hộ"),
        _("Thôn"),
        _("Cơ quan khác cùng làm"),
        _("Trả lời trước hết"),
        _("Trả lời"),
        _("Xong trước hết"),
        _("Kết quả"),
        _("Tình trạng"),
        _("Lý do gia hạn"),
        _("Lý do từ chối"),
    ]


def _cells(one: ListedRequest, desk: DeskContext) -> list[str]:
    request = one.request
    return [
        day(request.received_on),
        request.reference,
        str(REQUEST_KINDS[request.kind]),
        about(one).text,
        one.hamlet,
        _("có") if request.with_others else _("không"),
        day(one.clock.answer_by),
        answer_text(one, desk.now),
        day(one.clock.done_by),
        done_text(one, desk.now),
        state_text(one),
        request.extension_reason,
        request.refusal_reason,
    ]
