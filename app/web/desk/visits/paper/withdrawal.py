"""/desk/visits/{id}/withdraw: a visit that was entered from paper by mistake is withdrawn for good."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import access
from app.core.errors import NotFound, StaleDecision
from app.core.strings import _
from app.fieldwork.visits.models import Visit
from app.intake.paper import commands as paper
from app.review.visit_list.queries import visit_detail
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import VISITS, build_frame
from app.web.desk.page.labels import RESULTS, Badge, badge, household_label
from app.web.frame import Frame
from app.web.rendering import day, html

router = APIRouter()


@dataclass(frozen=True)
class WithdrawalPage:
    """What templates/desk/visits/paper_withdraw.html shows."""

    title: str
    frame: Frame
    address: str
    visit: str
    household: str
    about: str
    state: Badge
    seen: int
    problem: str


@router.get("/desk/visits/{visit_id}/withdraw")
def show_withdrawal(visit_id: PathId, desk: Desk) -> Response:
    """Ask for confirmation and say what it does."""
    return _page(desk, visit_id)


@router.post("/desk/visits/{visit_id}/withdraw")
def withdraw_visit(
    visit_id: PathId, desk: Desk, version: FormVersion, back: Annotated[str, Form()] = ""
) -> Response:
    """Withdraw it. `version`: the feed number of the row that was seen; `back`: return to the choice of the
    next household."""

    def work(session: Session) -> Visit:
        paper.withdraw(session, desk.actor, visit_id, version, desk.now)
        return access.find(session, desk.actor, Visit, visit_id)

    try:
        visit = desk.database.write(work)
    except StaleDecision:
        return _page(desk, visit_id, _("Lượt này vừa được sửa hoặc duyệt. Xem lại rồi quyết định."), 409)
    if back != "paper":
        return RedirectResponse(f"/desk/visits/{visit_id}", 303)
    query = urlencode({"member": visit.recorded_by, "day": visit.counted_on.isoformat()})
    return RedirectResponse(f"/desk/paper?{query}", 303)


def _page(desk: DeskContext, visit_id: str, problem: str = "", status: int = 200) -> Response:
    def load(session: Session) -> WithdrawalPage:
        summary = visit_detail(session, desk.actor, visit_id).summary
        visit = summary.visit
        if visit.entered_by is None:
            raise NotFound
        return WithdrawalPage(
            title=_("Bỏ lượt nhập từ giấy?"),
            frame=build_frame(session, desk.actor, VISITS),
            address=f"/desk/visits/{visit_id}/withdraw",
            visit=f"/desk/visits/{visit_id}",
            household=household_label(summary.household),
            about=_(
                "%(result)s, %(person)s đi thăm ngày %(day)s",
                result=RESULTS[visit.result],
                person=summary.author,
                day=day(visit.counted_on),
            ),
            state=badge(visit),
            seen=visit.feed_seq,
            problem=problem,
        )

    return html("desk/visits/paper_withdraw.html", desk.database.read(load), status)
