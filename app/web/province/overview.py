"""/province/: the communes of the province at a glance, at one period."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.calendar.period import period_label
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.province.glance import LATE_AFTER, Glance, look
from app.upkeep.audit import witness
from app.web.desk.page.labels import Badge
from app.web.desk.visits.download import download_headers
from app.web.expired_session import PROVINCE_START
from app.web.frame import Frame
from app.web.province.context import ProvinceContext, ProvinceReader, province_frame, report_address
from app.web.province.periods import PeriodLinks, chosen_period, days_of, period_links
from app.web.rendering import html, moment, number

router = APIRouter()
LOG_MARKS = f"{PROVINCE_START}log-marks"
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


@dataclass(frozen=True)
class CommuneRow:
    """A commune. `state`: of the period; `contact`: a sentence about its phones, `silent`: *yes* if somebody
    should call. `percent`: of the bar, None if there is none to draw; `coverage`: in words."""

    name: str
    code: str
    href: str
    state: Badge
    contact: str
    silent: str
    percent: int | None
    coverage: str


@dataclass(frozen=True)
class OverviewPage:
    """What templates/province/overview.html shows. `filters`: label, count, address and whether it is the one
    that is on. `coverage`: of the whole province. `counted`: when the oldest signs were counted. `log_marks`:
    the address of the witness of the communes' desk logs."""

    title: str
    frame: Frame
    period: str
    days: str
    as_of: str
    links: PeriodLinks
    report: str
    filters: list[tuple[str, str, str, bool]]
    coverage: str
    late_after: str
    counted: str
    rows: list[CommuneRow]
    log_marks: str


@router.get(PROVINCE_START)
def show_overview(desk: ProvinceReader, period: ShortText = "", show: ShortText = "") -> Response:
    """The communes at a period, by default the month that ended last."""
    return html("province/overview.html", desk.reading.read(lambda s: _page(s, desk, period, show)))


@router.get(LOG_MARKS)
def download_log_marks(desk: ProvinceReader) -> Response:
    """A witness of the communes' desk logs, a line as `log-witness` prints, which somebody else keeps."""
    found = desk.reading.read(lambda session: witness.take_of(session, desk.viewer, desk.now))
    name = f"ma-nhat-ky-{local_date(desk.now).isoformat()}.jsonl"
    headers = download_headers(name)
    return Response(f"{found.line()}\n", media_type="application/jsonl", headers=headers)


def overview_address(code: str) -> str:
    """The page at the period of this code."""
    return f"{PROVINCE_START}?period={code}"


def _page(session: Session, desk: ProvinceContext, code: str, show: str) -> OverviewPage:
    period = chosen_period(code, desk.now)
    glances = look(session, desk.viewer, period.code, desk.now)
    frame = province_frame(session, desk.viewer, PROVINCE_START)
    _label, is_shown = FILTERS.get(show, FILTERS[""])
    counted = [one.counted_at for one in glances if one.counted_at]
    return OverviewPage(
        title=_("Xã, phường"),
        frame=frame,
        period=period_label(period),
        days=days_of(period),
        as_of=moment(desk.now),
        links=period_links(period, desk.now, overview_address),
        report=report_address(period.code),
        filters=_filters(glances, period.code, show),
        coverage=coverage_of(glances),
        late_after=number(LATE_AFTER.days),
        counted=moment(min(counted)) if counted else "",
        rows=[_row(one, period.code) for one in glances if is_shown(one)],
        log_marks=LOG_MARKS,
    )


def _filters(glances: list[Glance], code: str, show: str) -> list[tuple[str, str, str, bool]]:
    known = show if show in FILTERS else ""
    return [
        (
            str(label),
            number(sum(map(is_shown, glances))),
            overview_address(code) + (f"&show={name}" if name else ""),
            name == known,
        )
        for name, (label, is_shown) in FILTERS.items()
    ]


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


def _row(one: Glance, code: str) -> CommuneRow:
    address = commune_address(one.commune.id)
    return CommuneRow(
        name=one.commune.full_name,
        code=one.commune.code,
        href=f"{address}/reports/{code}" if one.state in ("closed", "reopened") else address,
        state=state_badge(one),
        contact=_contact(one),
        silent="yes" if one.is_silent else "",
        percent=one.percent,
        coverage=_coverage(one.met or 0, one.households) if one.households else "",
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
