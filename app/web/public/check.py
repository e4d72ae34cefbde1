"""`/check`: anybody who holds a printed report compares it with what the commune has closed."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.commune.accounts import throttle
from app.commune.calendar.period import period_label
from app.core.errors import NotFound
from app.core.strings import _
from app.reports.public_check import STEP, PublicReport, find_public_report
from app.web.deps import Db, Now
from app.web.middleware.security import client_address
from app.web.rendering import render

router = APIRouter()

ADDRESS = "/check"
_MAX_CODE = 40  # characters: more than any code with blanks and hyphens
CodeText = Annotated[str, Query(max_length=_MAX_CODE)]


@router.get(ADDRESS)
def enter_code(code: CodeText = "") -> Response:
    """The form; a code that was typed has an address of its own."""
    if code.strip():
        return RedirectResponse(f"{ADDRESS}/{quote(code.strip(), safe='')}", 303)
    return _page(None)


@router.get(f"{ADDRESS}/{{code}}")
def check(code: str, request: Request, database: Db, now: Now) -> Response:
    """The totals of the report with this code, which its QR code names; ten in a minute from one address."""
    address = throttle.network_of(client_address(request.scope))
    database.write(lambda session: throttle.count_lookup(session, address, now))
    try:
        report = database.read(lambda session: find_public_report(session, code[:_MAX_CODE]))
    except NotFound:
        problem = _("Không có báo cáo nào mang mã này. Xem lại từng chữ của mã trên giấy.")
        return _page(None, problem, 404)
    return _page(report)


def _page(report: PublicReport | None, problem: str = "", status: int = 200) -> Response:
    """The form, and what is closed under the code that was looked up."""
    label = period_label(report.period) if report else ""
    values = {"report": report, "period": label, "problem": problem, "step": STEP}
    return render("public/check.html", values, status)
