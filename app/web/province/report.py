"""/province/reports/{period}: what the closed reports of a period come to, beside the period before; a chart
of one figure by commune; the whole as Word and Excel."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.calendar.period import period_label
from app.core.strings import SOURCE, _, language, lazy
from app.fieldwork.remarks.models import KINDS
from app.province.document import ProvinceDocument
from app.province.shared_remarks import list_shared
from app.province.table import extra_tables, province_table
from app.province.totals import Totals, read_totals
from app.reports.forms.docx import write_docx
from app.reports.forms.xlsx import write_xlsx
from app.reports.query import NOTES
from app.reports.table import Remark, ReportColumn
from app.web.desk.page.filter_fields import IdFilter, Option
from app.web.desk.reports.download import DOCX
from app.web.desk.reports.table_view import Cell, cell_text, plain_rows, print_classes
from app.web.desk.visits.download import MEDIA_TYPES, download_headers
from app.web.frame import Frame
from app.web.province.context import (
    REPORTS,
    ProvinceReader,
    ProvinceReadingContext,
    province_frame,
    report_address,
)
from app.web.province.overview import commune_address
from app.web.province.periods import PeriodLinks, chosen_period, days_of, period_links
from app.web.rendering import html, moment

router = APIRouter()
DOWNLOADS = ((lazy("Word dự thảo"), "docx"), (lazy("Excel"), "xlsx"))
_FIRST_FIGURE = "guided"  # of the chart, unless another is chosen


@dataclass(frozen=True)
class Bar:
    """A commune in the chart: its figure in words, and as a share of 100 of the largest."""

    name: str
    href: str
    text: str
    percent: int


@dataclass(frozen=True)
class Table:
    """A table with its name; `rows` as templates/desk/reports/report_parts.html shows them."""

    name: str
    columns: list[tuple[str, bool]]
    rows: list[list[Cell]]


@dataclass(frozen=True)
class ReportPage:
    """What templates/province/report.html shows. `whole`: the table that the files have; `extra`: those
    beside it. `figures`: what the chart can show; `figure`: what it shows, `bars` by commune. `own_notes`: of
    these sums; `notes`: what the columns count."""

    title: str
    frame: Frame
    period: str
    address: str
    days: str
    as_of: str
    links: PeriodLinks
    downloads: list[tuple[str, str]]
    whole: Table
    paper: str
    extra: list[Table]
    figures: list[Option]
    figure: str
    bars: list[Bar]
    own_notes: list[str]
    notes: list[str]


@router.get(REPORTS)
def show_newest(desk: ProvinceReader) -> Response:
    """The month that ended last."""
    return RedirectResponse(report_address(chosen_period("", desk.now).code), 303)


@router.get(f"{REPORTS}/{{code}}.docx")
def download_docx(code: str, desk: ProvinceReader) -> Response:
    """The draft of the province's report as a Word file."""
    return _download(desk, code, "docx", write_docx, DOCX)


@router.get(f"{REPORTS}/{{code}}.xlsx")
def download_xlsx(code: str, desk: ProvinceReader) -> Response:
    """The province's report as an Excel workbook."""
    return _download(desk, code, "xlsx", write_xlsx, MEDIA_TYPES["xlsx"])


@router.get(f"{REPORTS}/{{code}}")
def show_report(code: str, desk: ProvinceReader, figure: IdFilter = "") -> Response:
    """The sums of the period; `figure`: the code of the column in the chart."""
    return html("province/report.html", desk.reading.read(lambda s: _page(s, desk, code, figure)))


def _page(session: Session, desk: ProvinceReadingContext, code: str, figure: str) -> ReportPage:
    period = chosen_period(code, desk.now)
    totals = read_totals(session, desk.viewer, period.code, desk.now)
    table = province_table(totals)
    rows = plain_rows(table.columns, table.rows)
    chosen = next((one for one in (figure, _FIRST_FIGURE, *totals.codes) if one in totals.codes), "")
    return ReportPage(
        title=_("Số liệu"),
        frame=province_frame(session, desk.viewer, REPORTS),
        period=period_label(period),
        address=report_address(period.code),
        days=days_of(period),
        as_of=moment(desk.now),
        links=period_links(period, desk.now, report_address),
        downloads=[(str(label), f"{report_address(period.code)}.{form}") for label, form in DOWNLOADS],
        whole=Table(_("Theo xã, phường"), _heads(table.columns), rows),
        paper=print_classes(rows),
        extra=[
            Table(one.name, _heads(one.columns), plain_rows(one.columns, one.rows))
            for one in extra_tables(totals)
        ],
        figures=[Option(one, totals.heading(one), one == chosen) for one in totals.codes],
        figure=totals.heading(chosen) if chosen else "",
        bars=_bars(totals, chosen) if chosen else [],
        own_notes=list(table.notes[: -len(NOTES)]),
        notes=list(table.notes[-len(NOTES) :]),
    )


def _heads(columns: Iterable[ReportColumn]) -> list[tuple[str, bool]]:
    return [(column.heading, column.kind == "text") for column in columns]


def _bars(totals: Totals, code: str) -> list[Bar]:
    """The communes by official code, not by figure: nobody is first or last."""
    figures = [(line.commune, line.figure(code)) for line in totals.lines]
    most = max((figure or 0 for _commune, figure in figures), default=0)
    return [
        Bar(
            name=commune.full_name,
            href=f"{commune_address(commune.id)}/reports/{totals.period.code}",
            text=cell_text(figure),
            percent=max(0, figure or 0) * 100 // most if most > 0 else 0,
        )
        for commune, figure in figures
    ]


@language(SOURCE)
def _download(
    desk: ProvinceReadingContext,
    code: str,
    form: str,
    write: Callable[[ProvinceDocument], bytes],
    media_type: str,
) -> Response:
    period = chosen_period(code, desk.now)
    content = write(_document(desk, period.code))
    desk.note_opened(period.code, form=form)
    headers = download_headers(f"bao-cao-tinh-{desk.viewer.province_code}-{period.code}.{form}")
    return Response(content, media_type=media_type, headers=headers)


def _document(desk: ProvinceReadingContext, code: str) -> ProvinceDocument:
    totals = desk.reading.read(lambda session: read_totals(session, desk.viewer, code, desk.now))
    shared = list_shared(desk.reading, desk.viewer, totals.glances)
    remarks = {
        kind: tuple(Remark(one.day, one.commune.full_name, one.text) for one in shared if one.kind == kind)
        for kind in KINDS
    }
    table = province_table(totals, remarks["difficulty"], remarks["practice"])
    return ProvinceDocument(
        table, totals.province.name, desk.viewer.name, desk.now, extra=extra_tables(totals)
    )
