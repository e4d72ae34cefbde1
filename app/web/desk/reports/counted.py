"""/desk/reports/{period}/figures/{column}: what a figure of the report counts, and what that comes to."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.commune import hamlet_names
from app.commune.calendar.period import parse_period, period_label
from app.commune.catalog.services import services_by_code
from app.commune.settings import settings_of
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.fieldwork.households.models import Household
from app.reports.counted.listing import PAGE_SIZE, CountedList, CountedRecord, figure_of
from app.reports.counted.register import list_register_of
from app.reports.counted.sessions import list_sessions_of
from app.reports.counted.staff import list_staff_of
from app.reports.counted.visits import HOUSEHOLDS, households_of, list_visits_of
from app.reports.query import report_table
from app.reports.table import CellValue, ReportTable
from app.web.desk.page.context import DeskContext
from app.web.desk.page.filter_fields import IdFilter
from app.web.desk.page.frame import REPORTS, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from app.web.desk.page.reading import ReadingDesk
from app.web.desk.reports.choose import report_address
from app.web.desk.reports.table_view import cell_text
from app.web.frame import Frame
from app.web.rendering import day, html, moment

router = APIRouter()
_HOUSEHOLD = lazy("Hộ")
_SESSION, _MEMBER = lazy("Buổi"), lazy("Thành viên")
# The heading of the first column, where it is not the household.
_FIRST = {
    "sessions": _SESSION,
    "attended": _SESSION,
    "teams": lazy("Tổ"),
    "members": _MEMBER,
    "active_members": _MEMBER,
}


@dataclass(frozen=True)
class CountedRow:
    """A record: what it is, with its page, where, when, and what it adds."""

    name: str
    href: str
    hamlet: str
    day: str
    amount: str


@dataclass(frozen=True)
class CountedPage:
    """What templates/desk/reports/report_figure.html shows. `place`: the hamlet or commune; `shown`: the
    report's number `as_of` then; `total`: what the list comes to. `difference`: why they differ, empty if
    they are the same. `amount`: the heading of what each record adds."""

    title: str
    frame: Frame
    report: str
    period: str
    place: str
    shown: str
    as_of: str
    is_closed: bool
    total: str
    difference: str
    first: str
    amount: str
    rows: list[CountedRow]
    pager: NumberedPager


@router.get("/desk/reports/{code}/figures/{column}")
def show_figure(
    code: str, column: str, desk: ReadingDesk, hamlet: IdFilter = "", page: IdFilter = "1"
) -> Response:
    """The records of a figure, in their order. A column that the report has not is not found."""
    number = page_number(page)
    shown = desk.reading.read(lambda session: _page(session, desk, code, (column, hamlet), number))
    return html("desk/reports/report_figure.html", shown)


def _page(
    session: Session, desk: DeskContext, code: str, figure_name: tuple[str, str], number: int
) -> CountedPage:
    column, hamlet = figure_name
    month_start = settings_of(session, desk.actor.commune_id).month_start_day
    period = parse_period(code, month_start)
    table = report_table(session, desk.actor, period, desk.now)
    heading, place, value = _of_report(table, column, hamlet)
    figure = figure_of(session, desk.actor, table.period, column, hamlet)
    catalog = services_by_code(session, desk.actor)
    found = (
        list_visits_of(session, desk.actor, figure, catalog, number)
        or list_sessions_of(session, desk.actor, figure, number)
        or list_register_of(session, desk.actor, figure, number)
        or list_staff_of(session, desk.actor, figure, number, desk.now)
    )
    if found is None:
        raise NotFound
    base = figure_address(code, column, hamlet)
    return CountedPage(
        title=heading,
        frame=build_frame(session, desk.actor, REPORTS),
        report=report_address(table.period),
        period=period_label(table.period),
        place=place,
        shown=cell_text(value),
        as_of=moment(table.as_of),
        is_closed=table.is_closed,
        total=cell_text(found.total),
        difference=difference_words(table, hamlet) if found.total != value else "",
        first=_FIRST.get(column, str(_HOUSEHOLD)),
        amount=_("Lượt") if column in HOUSEHOLDS else _("Tính"),
        rows=counted_rows(session, desk, found),
        pager=numbered_pager(base, number, max(1, -(-found.rows // PAGE_SIZE))),
    )


def figure_address(code: str, column: str, hamlet: str) -> str:
    """The address of what a figure counts; `hamlet` is empty for the commune."""
    base = f"/desk/reports/{code}/figures/{column}"
    return f"{base}?hamlet={hamlet}" if hamlet else base


def _of_report(table: ReportTable, column: str, hamlet: str) -> tuple[str, str, CellValue]:
    """The column's heading, the row's name, and the number between them. Raises `NotFound`."""
    codes = [one.code for one in table.columns]
    rows = [row for row in table.rows if not row.adjusts and (row.hamlet_id or "") == hamlet]
    if column not in codes or not rows:
        raise NotFound
    place = codes.index(column)
    return table.columns[place].heading, str(rows[0].cells[0]), rows[0].cells[place]


def difference_words(table: ReportTable, hamlet: str) -> str:
    """Why the report has another number than the list; `hamlet` is empty for the commune."""
    if table.is_closed:
        return _(
            "Kỳ đã chốt giữ số lúc chốt; danh sách là bản ghi hiện có, phần chênh vào Điều chỉnh của kỳ sau."
        )
    if not hamlet and any(row.adjusts for row in table.rows):
        return _("Số của báo cáo gồm cả Điều chỉnh của các kỳ trước; danh sách chỉ có bản ghi của kỳ này.")
    return _("Vừa có bản ghi mới đến trong lúc mở trang. Mở lại báo cáo để xem số mới.")


def counted_rows(session: Session, desk: DeskContext, found: CountedList) -> list[CountedRow]:
    """The records of a page as the list shows them."""
    households = households_of(session, desk.actor, found.records)
    hamlets = hamlet_names(session, desk.actor)
    labels = {code: service.label for code, service in services_by_code(session, desk.actor).items()}
    return [_row(one, households, hamlets, labels) for one in found.records]


def _row(
    one: CountedRecord, households: dict[str, Household], hamlets: dict[str, str], labels: dict[str, str]
) -> CountedRow:
    household = households.get(one.household_id)
    hamlet = one.hamlet_id or (household.hamlet_id if household else "")
    name = household_label(household) if household else one.name
    addresses = {
        "visit": f"/desk/visits/{one.id}",
        "household": f"/desk/households/{one.id}",
        "session": f"/desk/outreach/{one.id}",
        "team": "/desk/teams",
        "member": f"/desk/people/{one.id}",
    }
    return CountedRow(
        name=f"{name}: {labels[one.service]}" if one.service else name,
        href=addresses[one.kind],
        hamlet=hamlets.get(hamlet, ""),
        day=day(one.day) if one.day else "",
        amount=cell_text(one.amount),
    )
