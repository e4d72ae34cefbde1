"""/province/reports/{period}: what the closed reports of a period come to, beside the period before; a chart
of one figure by commune; the whole as Word and Excel."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.areas import Commune
from app.commune.calendar.period import period_label
from app.core.strings import SOURCE, language, lazy
from app.fieldwork.remarks.models import KINDS
from app.province.document import ProvinceDocument
from app.province.shared_remarks import list_shared
from app.province.table import extra_tables, province_table
from app.province.totals import Totals, read_totals
from app.reports.forms.docx import write_docx
from app.reports.forms.xlsx import write_xlsx
from app.reports.query import NOTES
from app.reports.table import Remark, ReportColumn
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.reports.download import DOCX
from app.web.desk.reports.table_view import cell_text, plain_rows, print_classes
from app.web.desk.visits.download import MEDIA_TYPES, download_headers
from app.web.province.context import (
    REPORTS,
    ProvinceReader,
    ProvinceReadingContext,
    report_address,
)
from app.web.province.periods import chosen_period, days_of, period_links
from app.web.screens import screen

router = APIRouter()
DOWNLOADS = ((lazy("Word dự thảo"), "docx"), (lazy("Excel"), "xlsx"))
_FIRST_FIGURE = "guided"  # of the chart, unless another is chosen


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
    period = chosen_period(code, desk.now)

    def load(session: Session) -> Mapping[str, Any]:
        totals = read_totals(session, desk.viewer, period.code, desk.now)
        table = province_table(totals)
        rows = plain_rows(table.columns, table.rows)
        chosen = next((one for one in (figure, _FIRST_FIGURE, *totals.codes) if one in totals.codes), "")
        return {
            "period": period_label(period),
            "code": period.code,
            "address": report_address(period.code),
            "days": days_of(period),
            "links": period_links(period, desk.now, report_address),
            "downloads": DOWNLOADS,
            "columns": _heads(table.columns),
            "rows": rows,
            "paper": print_classes(rows),
            "extra": [
                (one.name, _heads(one.columns), plain_rows(one.columns, one.rows))
                for one in extra_tables(totals)
            ],
            "figures": [(one, totals.heading(one)) for one in totals.codes],
            "chosen": chosen,
            "figure": totals.heading(chosen) if chosen else "",
            "bars": _bars(totals, chosen) if chosen else [],
            "own_notes": table.notes[: -len(NOTES)],
            "notes": table.notes[-len(NOTES) :],
        }

    return screen(desk, "province/report.html", REPORTS, load)


def _heads(columns: Iterable[ReportColumn]) -> list[tuple[str, bool]]:
    return [(column.heading, column.kind == "text") for column in columns]


def _bars(totals: Totals, code: str) -> list[tuple[Commune, str, int]]:
    """The communes by official code, not by figure: nobody is first or last. Each with its figure in words,
    and as a share of 100 of the largest."""
    figures = [(line.commune, line.figure(code)) for line in totals.lines]
    most = max((figure or 0 for _commune, figure in figures), default=0)
    return [
        (commune, cell_text(figure), max(0, figure or 0) * 100 // most if most > 0 else 0)
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
    totals = desk.read(lambda session: read_totals(session, desk.viewer, code, desk.now))
    shared = list_shared(desk.reading, desk.viewer, totals.glances)
    remarks = {
        kind: tuple(Remark(one.day, one.commune.full_name, one.text) for one in shared if one.kind == kind)
        for kind in KINDS
    }
    table = province_table(totals, remarks["difficulty"], remarks["practice"])
    return ProvinceDocument(
        table, totals.province.name, desk.viewer.name, desk.now, extra=extra_tables(totals)
    )
