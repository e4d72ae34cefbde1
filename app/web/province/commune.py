"""/province/communes/{id}: what a commune has closed, and each report as it was closed, also as a file."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Commune
from app.commune.calendar.period import Period, PeriodKind, period_label
from app.commune.province_access import actor_in, find_commune
from app.core.audit.chain import stored_head
from app.core.strings import SOURCE, language
from app.fieldwork.periods.models import ReportSummary
from app.province.sent import find_sent, find_summary, list_summaries, sent_table
from app.reports.check_code import check_code, printed_code
from app.reports.forms.csv import write_csv
from app.reports.forms.document import ReportDocument
from app.reports.forms.xlsx import write_xlsx
from app.reports.table import ReportTable
from app.reports.visit_download.job import Form
from app.web.desk.page.context import PathId
from app.web.desk.page.labels import Badge
from app.web.desk.reports.table_view import Cell, plain_rows, print_classes
from app.web.desk.visits.download import MEDIA_TYPES, download_headers
from app.web.expired_session import PROVINCE_START
from app.web.frame import Frame
from app.web.province.context import ProvinceReader, ProvinceReadingContext, province_frame
from app.web.province.overview import closed_badge, commune_address, reopened_badge
from app.web.province.periods import days_of
from app.web.rendering import html, moment

router = APIRouter()
PATH = f"{PROVINCE_START}communes/{{commune_id}}"


@dataclass(frozen=True)
class ClosedRow:
    """A period that the commune has closed; `href`: its report, also if it was reopened."""

    label: str
    days: str
    href: str
    state: Badge


@dataclass(frozen=True)
class CommunePage:
    """What templates/province/commune.html shows. `begun`: when the commune began, or empty; `log_mark`: of
    the newest entry of its desk log, as its reports have it, or empty."""

    title: str
    frame: Frame
    code: str
    begun: str
    log_mark: str
    rows: list[ClosedRow]


@dataclass(frozen=True)
class SentPage:
    """What templates/province/sent.html shows: a report as it was closed, with the code that is printed on
    paper. `reopened`: when it was reopened; then there is nothing but that."""

    title: str
    frame: Frame
    commune: str
    back_address: str
    days: str
    closed: str
    reopened: str
    check: str
    columns: list[tuple[str, bool]]
    rows: list[list[Cell]]
    paper: str
    notes: list[str]
    downloads: list[tuple[str, str]]


@router.get(PATH)
def show_commune(commune_id: PathId, desk: ProvinceReader) -> Response:
    def load(session: Session) -> CommunePage:
        commune = find_commune(session, desk.viewer, commune_id)
        closed = list_summaries(session, actor_in(desk.viewer, commune))
        return CommunePage(
            title=commune.full_name,
            frame=province_frame(session, desk.viewer, PROVINCE_START),
            code=commune.code,
            begun=moment(commune.started_at) if commune.started_at else "",
            log_mark=str(stored_head(session, commune.id)),
            rows=[_row(one) for one in closed],
        )

    return html("province/commune.html", desk.reading.read(load))


@router.get(f"{PATH}/reports/{{code}}.xlsx")
def download_xlsx(commune_id: PathId, code: str, desk: ProvinceReader) -> Response:
    """The report as an Excel workbook."""
    return _download(desk, commune_id, code, "xlsx", write_xlsx)


@router.get(f"{PATH}/reports/{{code}}.csv")
def download_csv(commune_id: PathId, code: str, desk: ProvinceReader) -> Response:
    """The report as CSV."""
    return _download(desk, commune_id, code, "csv", write_csv)


@router.get(f"{PATH}/reports/{{code}}")
def show_report(commune_id: PathId, code: str, desk: ProvinceReader) -> Response:
    """The report of the period as it was closed; of one that was reopened only that."""
    page, commune = desk.reading.read(lambda session: _sent_page(session, desk, commune_id, code))
    desk.note_opened(code, commune=commune)
    return html("province/sent.html", page)


def _row(one: ReportSummary) -> ClosedRow:
    period = _period(one)
    return ClosedRow(
        label=period_label(period),
        days=days_of(period),
        href=f"{commune_address(one.commune_id)}/reports/{one.code}",
        state=reopened_badge(one.reopened_at) if one.reopened_at else closed_badge(one.closed_at),
    )


def _period(one: ReportSummary) -> Period:
    """Its days, as they were when it was closed."""
    return Period(PeriodKind(one.kind), one.code, one.first, one.last)


def _sent_page(
    session: Session, desk: ProvinceReadingContext, commune_id: str, code: str
) -> tuple[SentPage, Commune]:
    commune = find_commune(session, desk.viewer, commune_id)
    actor = actor_in(desk.viewer, commune)
    summary = find_summary(session, actor, code)
    address, period = commune_address(commune_id), _period(summary)
    table = sent_table(session, actor, find_sent(session, actor, code)) if not summary.reopened_at else None
    rows = plain_rows(table.columns, table.rows) if table else []
    page = SentPage(
        title=f"{commune.full_name}: {period_label(period)}",
        frame=province_frame(session, desk.viewer, PROVINCE_START),
        commune=commune.full_name,
        back_address=address,
        days=days_of(period),
        closed=moment(summary.closed_at),
        reopened=moment(summary.reopened_at) if summary.reopened_at else "",
        check=printed_code(commune.code, check_code(table)) if table else "",
        columns=[(column.heading, column.kind == "text") for column in table.columns] if table else [],
        rows=rows,
        paper=print_classes(rows),
        notes=list(table.notes) if table else [],
        downloads=[(form, f"{address}/reports/{code}.{end}") for form, end in _FORMS] if table else [],
    )
    return page, commune


_FORMS: tuple[tuple[str, Form], ...] = (("Excel", "xlsx"), ("CSV", "csv"))


@language(SOURCE)
def _download(
    desk: ProvinceReadingContext,
    commune_id: str,
    code: str,
    form: Form,
    write: Callable[[ReportDocument], bytes],
) -> Response:
    def load(session: Session) -> tuple[Commune, ReportTable]:
        commune = find_commune(session, desk.viewer, commune_id)
        actor = actor_in(desk.viewer, commune)
        return commune, sent_table(session, actor, find_sent(session, actor, code))

    commune, table = desk.reading.read(load)
    content = write(ReportDocument(table, commune.name, desk.viewer.name, desk.now))
    desk.note_opened(code, commune=commune, form=form)
    headers = download_headers(f"bao-cao-{commune.code}-{code}.{form}")
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)
