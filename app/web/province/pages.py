"""/province/: the communes of the province at a glance, at one period; each with what it has closed, and
each report as it was closed, also as a file; the remarks that communes share."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Commune
from app.commune.calendar.period import Period, PeriodKind, period_label
from app.commune.province_access import actor_in, find_commune
from app.core.audit.chain import stored_head
from app.core.clock import local_date
from app.core.strings import SOURCE, _, language, lazy
from app.fieldwork.periods.models import ReportSummary
from app.province.glance import LATE_AFTER, Glance, look
from app.province.sent import find_sent, find_summary, list_summaries, sent_table
from app.province.shared_remarks import list_shared
from app.reports.check_code import check_code, printed_code
from app.reports.forms.csv import write_csv
from app.reports.forms.document import ReportDocument
from app.reports.forms.xlsx import write_xlsx
from app.reports.table import ReportTable
from app.reports.visit_download.job import Form
from app.upkeep.audit import witness
from app.web.desk.page.context import PathId
from app.web.desk.page.labels import REMARK_KINDS, Badge
from app.web.desk.reports.table_view import plain_rows, print_classes
from app.web.desk.visits.download import MEDIA_TYPES, download_headers
from app.web.expired_session import PROVINCE_START
from app.web.province.context import REMARKS, ProvinceReader, ProvinceReadingContext, report_address
from app.web.province.periods import chosen_period, days_of, period_links
from app.web.rendering import moment, number
from app.web.screens import screen

router = APIRouter()
LOG_MARKS = f"{PROVINCE_START}log-marks"
COMMUNE = f"{PROVINCE_START}communes/{{commune_id}}"
ShortText = Annotated[str, Query(max_length=40)]
Shows = Callable[[Glance], bool]
# What the page can show, by its name in the address; the first is all.
FILTERS: dict[str, tuple[str, Shows]] = {
    "": (lazy("Tất cả"), lambda _one: True),
    "closed": (lazy("Đã chốt"), lambda one: one.state == "closed"),
    "late": (lazy("Chậm"), lambda one: one.state == "late"),
    "reopened": (lazy("Đã mở lại"), lambda one: one.state == "reopened"),
    "silent": (lazy("Im lặng"), lambda one: one.is_silent),
    "not-begun": (lazy("Chưa bắt đầu"), lambda one: one.state == "not_begun"),
}


@router.get(PROVINCE_START)
def show_overview(desk: ProvinceReader, period: ShortText = "", show: ShortText = "") -> Response:
    """The communes at a period, by default the month that ended last."""
    chosen, shown = chosen_period(period, desk.now), show if show in FILTERS else ""

    def load(session: Session) -> Mapping[str, Any]:
        glances = look(session, desk.viewer, chosen.code, desk.now)
        _label, is_shown = FILTERS[shown]
        return {
            "period": period_label(chosen),
            "code": chosen.code,
            "links": period_links(chosen, desk.now, overview_address),
            "report": report_address(chosen.code),
            "filters": [(name, label, sum(map(shows, glances))) for name, (label, shows) in FILTERS.items()],
            "shown": shown,
            "coverage": coverage_of(glances),
            "late_after": LATE_AFTER.days,
            # When the oldest signs were counted.
            "counted": min((one.counted_at for one in glances if one.counted_at), default=None),
            "rows": [_row(one, chosen.code) for one in glances if is_shown(one)],
            "log_marks": LOG_MARKS,
        }

    return screen(desk, "province/overview.html", PROVINCE_START, load)


@router.get(LOG_MARKS)
def download_log_marks(desk: ProvinceReader) -> Response:
    """A witness of the communes' desk logs, a line as `log-witness` prints, which somebody else keeps."""
    found = desk.read(lambda session: witness.take_of(session, desk.viewer, desk.now))
    headers = download_headers(f"ma-nhat-ky-{local_date(desk.now).isoformat()}.jsonl")
    return Response(f"{found.line()}\n", media_type="application/jsonl", headers=headers)


@router.get(COMMUNE)
def show_commune(commune_id: PathId, desk: ProvinceReader) -> Response:
    """What a commune has closed, and the mark of the newest entry of its desk log, as its reports have it."""

    def load(session: Session) -> Mapping[str, Any]:
        commune = find_commune(session, desk.viewer, commune_id)
        closed = list_summaries(session, actor_in(desk.viewer, commune))
        return {
            "commune": commune,
            "log_mark": stored_head(session, commune.id),
            "rows": [(one.code, *_words(_period(one)), _closing_badge(one)) for one in closed],
        }

    return screen(desk, "province/commune.html", PROVINCE_START, load)


@router.get(f"{COMMUNE}/reports/{{code}}.xlsx")
def download_xlsx(commune_id: PathId, code: str, desk: ProvinceReader) -> Response:
    """The report as an Excel workbook."""
    return _download(desk, commune_id, code, "xlsx", write_xlsx)


@router.get(f"{COMMUNE}/reports/{{code}}.csv")
def download_csv(commune_id: PathId, code: str, desk: ProvinceReader) -> Response:
    """The report as CSV."""
    return _download(desk, commune_id, code, "csv", write_csv)


@router.get(f"{COMMUNE}/reports/{{code}}")
def show_report(commune_id: PathId, code: str, desk: ProvinceReader) -> Response:
    """The report of the period as it was closed, with the code that is printed on paper; of one that was
    reopened only that."""
    commune = desk.read(lambda session: find_commune(session, desk.viewer, commune_id))

    def load(session: Session) -> Mapping[str, Any]:
        actor = actor_in(desk.viewer, commune)
        summary = find_summary(session, actor, code)
        label, days = _words(_period(summary))
        is_shown = not summary.reopened_at
        table = sent_table(session, actor, find_sent(session, actor, code)) if is_shown else None
        rows = plain_rows(table.columns, table.rows) if table else []
        return {
            "commune": commune,
            "summary": summary,
            "period": label,
            "days": days,
            "check": printed_code(commune.code, check_code(table)) if table else "",
            "columns": [(one.heading, one.kind == "text") for one in table.columns] if table else [],
            "rows": rows,
            "paper": print_classes(rows),
            "notes": table.notes if table else (),
        }

    answer = screen(desk, "province/sent.html", PROVINCE_START, load)
    desk.note_opened(code, commune=commune)
    return answer


@router.get(REMARKS)
def show_remarks(desk: ProvinceReader, period: ShortText = "") -> Response:
    """The difficulties and good practices that communes share, of a period, by default of the month that
    ended last."""
    chosen = chosen_period(period, desk.now)
    glances = desk.read(lambda session: look(session, desk.viewer, chosen.code, desk.now))
    shared = list_shared(desk.reading, desk.viewer, glances)
    label, days = _words(chosen)
    shown = {
        "period": label,
        "days": days,
        "links": period_links(chosen, desk.now, lambda code: f"{REMARKS}?period={code}"),
        "lists": [
            (heading, [one for one in shared if one.kind == kind]) for kind, heading in REMARK_KINDS.items()
        ],
    }
    answer = screen(desk, "province/remarks.html", REMARKS, lambda _: shown)
    desk.note_opened(chosen.code)
    return answer


def overview_address(code: str) -> str:
    """The page at the period of this code."""
    return f"{PROVINCE_START}?period={code}"


def _row(one: Glance, code: str) -> dict[str, Any]:
    address = commune_address(one.commune.id)
    return {
        "one": one,
        "href": f"{address}/reports/{code}" if one.state in ("closed", "reopened") else address,
        "state": state_badge(one),
        "contact": _contact(one),
        "coverage": _coverage(one.met or 0, one.households) if one.households else "",
    }


def _words(period: Period) -> tuple[str, str]:
    """What it is called, and its days."""
    return period_label(period), days_of(period)


def _period(one: ReportSummary) -> Period:
    """Its days, as they were when it was closed."""
    return Period(PeriodKind(one.kind), one.code, one.first, one.last)


def _closing_badge(one: ReportSummary) -> Badge:
    return reopened_badge(one.reopened_at) if one.reopened_at else closed_badge(one.closed_at)


def coverage_of(glances: list[Glance]) -> str:
    """*55 %, 1.234/2.234 hộ đã gặp*, of all communes whose households are counted; empty without any."""
    households = sum(one.households or 0 for one in glances)
    met = sum(one.met or 0 for one in glances)
    return _coverage(met, households) if households else ""


def _coverage(met: int, households: int) -> str:
    percent = number(met * 100 // households)
    return _(
        "%(percent)s %%, %(met)s/%(all)s hộ đã gặp", percent=percent, met=number(met), all=number(households)
    )


def commune_address(commune_id: str) -> str:
    """The page of a commune."""
    return f"{PROVINCE_START}communes/{commune_id}"


def state_badge(one: Glance) -> Badge:
    """*Đã chốt*, *Đã mở lại*, *Chậm*, *Chưa chốt*, *Đang tạm dừng*, *Chưa bắt đầu*, with the time that goes
    with it."""
    if one.reopened_at:
        return reopened_badge(one.reopened_at)
    if one.closed_at:
        return closed_badge(one.closed_at)
    if one.state == "not_begun":
        return Badge("withdrawn", _("Chưa bắt đầu"), "minus")
    if one.state == "off":
        return Badge("withdrawn", _("Đang tạm dừng"), "minus")
    ended = _("hết kỳ %(day)s", day=f"{one.days.last:%d/%m/%Y}")
    if one.state == "late":
        return Badge("returned", _("Chậm"), "alert", ended)
    return Badge("received", _("Chưa chốt"), "clock", ended)


def closed_badge(closed_at: datetime) -> Badge:
    """*Đã chốt* at a time."""
    return Badge("accepted", _("Đã chốt"), "done", moment(closed_at))


def reopened_badge(reopened_at: datetime) -> Badge:
    """*Đã mở lại* at a time."""
    return Badge("returned", _("Đã mở lại"), "return", moment(reopened_at))


def _contact(one: Glance) -> str:
    """When a phone was last in contact; that nobody was for days."""
    if one.state == "not_begun":
        return ""
    if one.heard_at is None:
        return _("Chưa máy nào liên lạc") if one.counted_at else ""
    heard = moment(one.heard_at)
    return _("Im lặng, lần cuối %(when)s", when=heard) if one.is_silent else heard


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

    commune, table = desk.read(load)
    content = write(ReportDocument(table, commune.name, desk.viewer.name, desk.now))
    desk.note_opened(code, commune=commune, form=form)
    headers = download_headers(f"bao-cao-{commune.code}-{code}.{form}")
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)
