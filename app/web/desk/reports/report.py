"""/desk/reports/{period}: the figures of a period, hamlet by hamlet."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.calendar.period import (
    Period,
    PeriodKind,
    parse_period,
    period_label,
    period_of,
    previous_period,
)
from app.commune.settings import settings_of
from app.core.audit.chain import stored_head
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.fieldwork.periods.queries import find_closed
from app.fieldwork.remarks.commands import takes_remarks
from app.reports.closing import may_close
from app.reports.compare import table_before
from app.reports.forms.document import log_note
from app.reports.query import report_table
from app.reports.report_form.models import period_form, stored_form
from app.reports.spot_checks.lines import spot_check_lines
from app.reports.table import CellValue, Remark, ReportColumn, ReportRow, ReportTable
from app.review.spot_checks.commands import may_draw
from app.web.desk.page.context import DeskContext
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.labels import REMARK_KINDS
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.reports.choose import (
    KINDS,
    PeriodLink,
    days_of,
    period_link,
    report_address,
)
from app.web.desk.reports.closing import obstacle_links, trust_of
from app.web.desk.reports.comparison import ComparisonView, comparison_view
from app.web.desk.reports.counted import figure_address
from app.web.desk.reports.download import DOWNLOADS
from app.web.desk.reports.extras.rates import rates_address
from app.web.desk.reports.extras.view import ExtraView, extra_views
from app.web.desk.reports.pictures.view import PicturesView, pictures_view, pillars_by_column
from app.web.desk.reports.states import ReportState, report_state
from app.web.desk.reports.table_view import Cell, ColumnParts, cell_text, column_parts, print_classes
from app.web.desk.reports.wording import WordingView, wording_view
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html, moment

router = APIRouter()
ShortText = Annotated[str, Query(max_length=20)]


@dataclass(frozen=True)
class RemarkList:
    """What was written about the period: text, *who, day*, and the address to change it (empty if closed).
    `add`: the address of the form for another one."""

    heading: str
    rows: list[tuple[str, str, str]]
    add: str


@dataclass(frozen=True)
class ReportPage:
    """What templates/desk/reports/report.html shows. `kinds`: the week, month, quarter and year that the
    period's last day lies in, the period's own marked; `previous` and `following`: the periods beside it.
    `paper`: the classes with which the table is printed; `parts`: how its columns
    open. `downloads`: the report as files.
    `closed`: when it was closed, or empty; `trust`: what of its visits nobody has decided on;
    `obstacles`: sentences with addresses. `sharing`: where
    the remarks are shared with the province, empty without any. `form_label`: of the link to the form.
    `spot_checks`: what those of its months have found; `spot_checks_href`: where they are, empty for what is
    no month. `form_note`: why a closed period has today's form, or empty. `extras`: what others counted,
    and new results; `rates`: where rates are typed, or empty."""

    title: str
    frame: Frame
    period: str
    address: str
    days: str
    as_of: str
    kinds: list[tuple[str, str, bool]]
    previous: PeriodLink
    following: PeriodLink | None
    columns: list[tuple[str, bool]]
    rows: list[list[Cell]]
    paper: str
    parts: ColumnParts | None
    notes: list[str]
    downloads: list[tuple[str, str]]
    closed: str
    trust: str
    may_close: bool
    obstacles: list[tuple[str, str]]
    done: str
    comparison: ComparisonView | None
    remarks: list[RemarkList]
    may_write: bool
    sharing: str
    state: ReportState
    wording: WordingView
    pictures: PicturesView
    spot_checks: tuple[str, ...]
    spot_checks_href: str
    form_label: str
    form_note: str
    extras: list[ExtraView]
    rates: str


_DONE = {
    "closed": lazy("Đã chốt kỳ. Số liệu dưới đây không đổi nữa."),
    "remark": lazy("Đã lưu ý kiến."),
    "remark_removed": lazy("Đã xóa ý kiến."),
    "worded": lazy("Đã lưu nhận xét."),
    "restored": lazy("Nhận xét lại theo câu của máy."),
    "reopened": lazy("Đã mở lại kỳ. Số liệu dưới đây theo các lượt hiện có."),
}


@router.get("/desk/reports/{code}")
def show_report(code: str, desk: ReadingDesk, done: ShortText = "", compare: ShortText = "") -> Response:
    """The report of the period that `code` names (`calendar.period`); with `compare` beside others."""
    page = desk.reading.read(lambda session: _page(session, desk, code, done, bool(compare)))
    return html("desk/reports/report.html", page)


def _page(session: Session, desk: DeskContext, code: str, done: str, is_compared: bool) -> ReportPage:
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    table = report_table(session, desk.actor, parse_period(code, month_start), desk.now)
    before = table_before(session, desk.actor, table, desk.now)
    period = table.period
    is_open = may_close(period, desk.now) and not table.is_closed
    rows = [_row(table, row) for row in table.rows]
    return ReportPage(
        title=_("Báo cáo"),
        frame=build_frame(session, desk.actor, REPORTS),
        period=period_label(period),
        address=report_address(period),
        days=days_of(period),
        as_of=moment(table.as_of),
        kinds=_kinds(period, month_start),
        previous=period_link(previous_period(period, month_start)),
        following=_following(period, month_start, desk),
        columns=[(column.heading, column.kind == "text") for column in table.columns],
        rows=rows,
        paper=print_classes(rows),
        parts=column_parts(table.columns, pillars_by_column(session, desk)),
        notes=[*table.notes, *filter(None, [log_note(str(stored_head(session, desk.actor.commune_id)))])],
        downloads=_downloads(table),
        closed=moment(table.as_of) if table.is_closed else "",
        trust=trust_of(session, desk, table),
        may_close=is_open,
        obstacles=obstacle_links(session, desk, period) if is_open else [],
        done=_DONE.get(done, ""),
        comparison=comparison_view(session, desk, table) if is_compared else None,
        remarks=_remark_lists(table),
        may_write=takes_remarks(period, desk.now) and not table.is_closed,
        sharing=f"{report_address(period)}/sharing" if table.difficulties or table.practices else "",
        state=report_state(session, desk, table),
        wording=wording_view(session, desk, table, before),
        pictures=pictures_view(session, desk, table, before),
        extras=extra_views(session, desk, table),
        rates=rates_address(session, desk, period, is_closed=table.is_closed),
        **_spot_checks(session, desk, period),
        **_form_words(session, desk, code),
    )


def _spot_checks(session: Session, desk: DeskContext, period: Period) -> dict[str, Any]:
    return {
        "spot_checks": spot_check_lines(session, desk.actor, period),
        "spot_checks_href": "/desk/spot-checks" if may_draw(period, desk.now) else "",
    }


def _downloads(table: ReportTable) -> list[tuple[str, str]]:
    """The files and their addresses; the Word file of a closed period is no draft."""
    labels = {"docx": _("Word")} if table.is_closed else {}
    return [(labels.get(form, label), f"{report_address(table.period)}.{form}") for label, form in DOWNLOADS]


def _form_words(session: Session, desk: DeskContext, code: str) -> dict[str, Any]:
    """The link to the form, and what of a closed period's form is not what one expects."""
    commune_id = desk.actor.commune_id
    _form, is_todays = period_form(session, commune_id, find_closed(session, desk.actor, code))
    return {
        "form_label": _("Sửa mẫu báo cáo") if stored_form(session, commune_id) else _("Chọn mẫu báo cáo"),
        "form_note": _("Kỳ này chốt trước khi có mẫu lưu cùng kỳ: bản Word in theo mẫu hiện nay.")
        if is_todays
        else "",
    }


def _remark_lists(table: ReportTable) -> list[RemarkList]:
    written = zip(REMARK_KINDS, (table.difficulties, table.practices), strict=True)
    return [_remarks(table.period, kind, remarks) for kind, remarks in written]


def _remarks(period: Period, kind: str, written: tuple[Remark, ...]) -> RemarkList:
    address = f"{report_address(period)}/remarks"
    rows = [
        (one.text, f"{one.author}, {format_day(one.day)}", f"{address}/{one.id}" if one.id else "")
        for one in written
    ]
    return RemarkList(REMARK_KINDS[kind], rows, f"{address}/new?kind={kind}")


def _following(period: Period, month_start: int, desk: DeskContext) -> PeriodLink | None:
    """The period after this one, if it has begun."""
    start = period.last + timedelta(days=1)
    if period.kind is PeriodKind.DATES or start > local_date(desk.now):
        return None
    return period_link(period_of(period.kind, start, month_start))


def _kinds(period: Period, month_start: int) -> list[tuple[str, str, bool]]:
    """Label, address and whether it is the period's own kind."""
    return [
        (label, report_address(period_of(kind, period.last, month_start)), kind is period.kind)
        for kind, label, _count in KINDS
    ]


def _row(table: ReportTable, row: ReportRow) -> list[Cell]:
    return [
        Cell(cell_text(value), _href(table, row, column, value), column.heading, column.kind == "text")
        for column, value in zip(table.columns, row.cells, strict=True)
    ]


def _href(table: ReportTable, row: ReportRow, column: ReportColumn, value: CellValue) -> str:
    """The address of the list of what a number counts; empty if there is none, or nothing to list."""
    if not value:
        return ""
    if row.adjusts:
        return f"/desk/reports/{row.adjusts}" if column.code == "hamlet" else ""
    if column.code == "hamlet":
        return f"/desk/hamlets/{row.hamlet_id}" if row.hamlet_id else ""
    return figure_address(table.period.code, column.code, row.hamlet_id or "")
