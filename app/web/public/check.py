"""`/check`: anybody who holds a printed report compares it with what the commune has closed."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.commune.accounts import throttle
from app.commune.calendar.period import period_label
from app.core.errors import NotFound
from app.core.strings import _
from app.reports.public_check import STEP, PublicReport, PublicTotal, find_public_report
from app.web.deps import Db, Now
from app.web.middleware.security import client_address
from app.web.rendering import day, html, moment, number

router = APIRouter()

ADDRESS = "/check"
_MAX_CODE = 40  # characters: more than any code with blanks and hyphens
CodeText = Annotated[str, Query(max_length=_MAX_CODE)]


@dataclass(frozen=True)
class CheckPage:
    """What templates/public/check.html shows: the form, and of a code that was looked up what stands there.

    `title`: commune and period; `void`: the sentence of one that was reopened; `totals`: heading and figure.
    """

    problem: str = ""
    title: str = ""
    first: str = ""
    last: str = ""
    closed: str = ""
    void: str = ""
    step: int = STEP
    totals: tuple[tuple[str, str], ...] = ()


@router.get(ADDRESS)
def enter_code(code: CodeText = "") -> Response:
    """The form; a code that was typed has an address of its own."""
    if code.strip():
        return RedirectResponse(f"{ADDRESS}/{quote(code.strip(), safe='')}", 303)
    return html("public/check.html", CheckPage())


@router.get(f"{ADDRESS}/{{code}}")
def check(code: str, request: Request, database: Db, now: Now) -> Response:
    """The totals of the report with this code, which its QR code names; ten in a minute from one address."""
    address = throttle.network_of(client_address(request.scope))
    database.write(lambda session: throttle.count_lookup(session, address, now))
    try:
        report = database.read(lambda session: find_public_report(session, code[:_MAX_CODE]))
    except NotFound:
        problem = _("Không có báo cáo nào mang mã này. Xem lại từng chữ của mã trên giấy.")
        return html("public/check.html", CheckPage(problem=problem), 404)
    return html("public/check.html", _page(report))


def _page(report: PublicReport) -> CheckPage:
    return CheckPage(
        title=f"{report.commune}, {period_label(report.period)}",
        first=day(report.period.first),
        last=day(report.period.last),
        closed=moment(report.closed_at),
        void=_void(report),
        totals=tuple((total.heading, _figure(total)) for total in report.totals),
    )


def _void(report: PublicReport) -> str:
    if report.reopened_at is None:
        return ""
    when = moment(report.reopened_at)
    return _("Kỳ này đã mở lại lúc %(when)s. Bản giấy mang mã này không còn hiệu lực.", when=when)


def _figure(total: PublicTotal) -> str:
    return "–" if total.count is None else number(total.count)
