"""/desk/reports/{period}.csv, .xlsx and .docx: the report as a file; checking a printed one by its code."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts.commune import commune_of
from app.commune.calendar.period import parse_period
from app.commune.settings import settings_of
from app.core.audit.chain import stored_head
from app.core.errors import NotFound
from app.core.strings import SOURCE, _, language, lazy
from app.fieldwork.periods.queries import find_closed
from app.reports.check_code import check_code, find_by_code, printed_code
from app.reports.extras.tables import extra_tables
from app.reports.forms.csv import write_csv
from app.reports.forms.document import CheckCode, ReportDocument
from app.reports.forms.docx import write_docx
from app.reports.forms.xlsx import write_xlsx
from app.reports.query import report_table
from app.reports.report_form.models import period_form
from app.reports.spot_checks.lines import spot_check_lines
from app.reports.wording.queries import wording_of
from app.web.deps import get_settings
from app.web.desk.page.context import DeskContext
from app.web.desk.page.reading import ReadingContext, ReadingDesk
from app.web.desk.reports.closing import trust_of
from app.web.desk.reports.pictures.view import desk_charts, pillars_by_column
from app.web.desk.reports.states import report_state
from app.web.desk.reports.wording import wording_note
from app.web.desk.visits.download import MEDIA_TYPES, download_headers
from app.web.errors import ErrorPage
from app.web.public.check import ADDRESS as PUBLIC_CHECK
from app.web.rendering import html

router = APIRouter()

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The forms of a report by the ending of its address: how it is written, and its media type.
_FORMS: dict[str, tuple[Callable[[ReportDocument], bytes], str]] = {
    "csv": (write_csv, MEDIA_TYPES["csv"]),
    "xlsx": (write_xlsx, MEDIA_TYPES["xlsx"]),
    "docx": (write_docx, DOCX),
}
# What the report's page links to, the most wanted first.
DOWNLOADS = ((lazy("Word dự thảo"), "docx"), (lazy("Excel"), "xlsx"), (lazy("CSV"), "csv"))
_UNKNOWN_CODE = ErrorPage(
    lazy("Không kỳ nào đang chốt có mã này"),
    lazy("Xem lại từng chữ của mã. Nếu mã đúng: kỳ đã được mở lại, số liệu trên giấy có thể đã đổi."),
)
CodeText = Annotated[str, Query(max_length=40)]


@router.get("/desk/reports/check")
def enter_code(desk: ReadingDesk, code: CodeText = "") -> Response:
    """The form *Đối chiếu báo cáo giấy*: redirect to the figures of the code that was typed."""
    return _show_checked(desk, code)


@router.get("/desk/reports/check/{code}")
def scan_code(desk: ReadingDesk, code: str) -> Response:
    """The address in the QR code."""
    return _show_checked(desk, code[:40])


@router.get("/desk/reports/{code}.csv")
def download_csv(code: str, request: Request, desk: ReadingDesk) -> Response:
    """The report as CSV."""
    return _download(code, request, desk, "csv")


@router.get("/desk/reports/{code}.xlsx")
def download_xlsx(code: str, request: Request, desk: ReadingDesk) -> Response:
    """The report as an Excel workbook."""
    return _download(code, request, desk, "xlsx")


@router.get("/desk/reports/{code}.docx")
def download_docx(code: str, request: Request, desk: ReadingDesk) -> Response:
    """The draft of the report as a Word file."""
    return _download(code, request, desk, "docx")


def _show_checked(desk: ReadingContext, code: str) -> Response:
    try:
        closed = desk.reading.read(lambda session: find_by_code(session, desk.actor, code))
    except NotFound:
        advice = _(
            "Xem lại từng chữ của mã. Nếu mã đúng: kỳ đã được mở lại, số liệu trên giấy không còn hiệu lực."
        )
        return html("error.html", ErrorPage(_("Không kỳ nào đang chốt có mã này"), advice), 404)
    return RedirectResponse(f"/desk/reports/{closed.code}", 303)


@language(SOURCE)
def _download(code: str, request: Request, desk: ReadingContext, form: str) -> Response:
    origin = get_settings(request).public_url.rstrip("/") or str(request.base_url).rstrip("/")
    document = desk.reading.read(lambda session: _document(session, desk, code, origin))
    write, media_type = _FORMS[form]
    content = write(document)
    period = document.table.period.code
    by = desk.actor.account_id
    desk.reading.note(desk.actor.commune_id, "report.downloaded", by=by, form=form, period=period)
    headers = download_headers(f"bao-cao-{period}.{form}")
    return Response(content, media_type=media_type, headers=headers)


def _document(session: Session, desk: DeskContext, code: str, origin: str) -> ReportDocument:
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    table = report_table(session, desk.actor, parse_period(code, month_start), desk.now)
    commune = commune_of(session, desk.actor)
    check, closed = None, find_closed(session, desk.actor, table.period.code)
    if table.is_closed:
        printed = printed_code(commune.code, check_code(table))
        check = CheckCode(printed, f"{origin}{PUBLIC_CHECK}/{printed}")
    mark = str(stored_head(session, desk.actor.commune_id))
    wording = wording_of(session, desk.actor, table, desk.now)
    form, _is_todays = period_form(session, desk.actor.commune_id, closed)
    return ReportDocument(
        table,
        commune.name,
        desk.actor.name,
        desk.now,
        check=check,
        log_mark=mark,
        extra=extra_tables(session, desk.actor, table, closed),
        form=form,
        pillars=pillars_by_column(session, desk),
        wording=wording.paragraphs,
        closings=report_state(session, desk, table).lines,
        wording_note=wording_note(wording),
        spot_checks=spot_check_lines(session, desk.actor, table.period),
        charts=desk_charts(session, desk, table),
        trust=trust_of(session, desk, table),
    )
