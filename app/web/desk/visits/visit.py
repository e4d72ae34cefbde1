"""One visit beside the list: *Duyệt*, *Trả lại* and *Hoàn tác*."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import Invalid, StaleDecision, UndoTooLate
from app.core.strings import _
from app.fieldwork.periods.errors import PeriodClosed
from app.review.decisions import commands as reviews
from app.review.decisions.meanwhile import DecidedMeanwhile
from app.review.decisions.models import Decision
from app.review.decisions.queries import find_undoable, history, is_in_closed_period
from app.review.decisions.selection import SeenVisit
from app.review.decisions.verdicts import Verdict
from app.review.visit_list.authors import why_out_of_reach
from app.review.visit_list.flag_queries import flags_of_visits
from app.review.visit_list.flag_sentences import flag_lines
from app.review.visit_list.pages import PAGE_SIZE
from app.review.visit_list.queries import VisitDetail, visit_detail
from app.web.desk.page.context import Desk, PathId, parse_version, require_id
from app.web.desk.page.labels import CLOSED_PERIOD, STALE, TOO_LATE
from app.web.desk.visits.colleagues import ask_one
from app.web.desk.visits.filters import AddressQuery
from app.web.desk.visits.return_form import (
    ReturnForm,
    SubmittedReturn,
    UndoForm,
    build_return_form,
    build_undo_form,
    return_problems,
)
from app.web.desk.visits.rows import VisitRow, visit_rows
from app.web.desk.visits.visit_list import VisitsPage, visits_page
from app.web.desk.visits.visit_panel import (
    VisitPanel,
    visit_panel,
    with_answer,
    with_needs,
    with_reach,
    without_return,
)
from app.web.rendering import html

router = APIRouter()

_EMPTY_RETURN = Verdict("returned")


@dataclass(frozen=True)
class PanelPage:
    """What templates/desk/visits/swap.html shows when htmx replaces only the panel: the visit, and its row
    again."""

    title: str
    visit: VisitPanel
    row: VisitRow
    bulk: bool


@dataclass(frozen=True)
class VisitRequest:
    """A request for one visit, beside the list of `query`."""

    http: Request
    visit_id: PathId
    desk: Desk
    query: AddressQuery

    @property
    def wants_panel(self) -> bool:
        """Whether htmx replaces only the panel."""
        return self.http.headers.get("HX-Request-Type") == "partial"

    def address(self, action: str = "") -> str:
        """The visit's address, the list's filters included."""
        return self.query.address(f"/desk/visits/{self.visit_id}{action}")


def parse_seen(version: Annotated[str, Form()] = "", seen: Annotated[str, Form()] = "") -> SeenVisit:
    """The visit as the form was made from it; a form without `seen` knows of no decision."""
    return SeenVisit(parse_version(version), parse_version(seen))


OneVisit = Annotated[VisitRequest, Depends()]
FormSeen = Annotated[SeenVisit, Depends(parse_seen)]


@router.get("/desk/visits/{visit_id}")
def show_visit(request: OneVisit) -> Response:
    """One visit, beside the list it was opened from."""
    return _visit_page(request)


@router.get("/desk/visits/{visit_id}/return")
def show_return_form(request: OneVisit) -> Response:
    """One visit with the form of *Trả lại*."""
    return _visit_page(request, form=_return_form(request, _EMPTY_RETURN, {}))


@router.post("/desk/visits/{visit_id}/accept")
def accept_visit(request: OneVisit, seen: FormSeen) -> Response:
    """*Duyệt*; asks if a colleague has decided otherwise meanwhile."""
    desk = request.desk
    try:
        desk.database.write(
            lambda session: reviews.accept(session, desk.actor, request.visit_id, seen, desk.now)
        )
    except DecidedMeanwhile:
        return _visit_page(request, asked="accepted", status=409)
    except StaleDecision:
        return _visit_page(request, problem=STALE, status=409)
    return RedirectResponse(request.address(), 303)


@router.post("/desk/visits/{visit_id}/return")
def return_visit(request: OneVisit, seen: FormSeen, verdict: SubmittedReturn) -> Response:
    """*Trả lại*. An incomplete form, or one whose decision has to be asked about, comes back as it was filled
    in."""
    desk = request.desk
    try:
        desk.database.write(
            lambda session: reviews.return_(session, desk.actor, request.visit_id, seen, verdict, desk.now)
        )
    except DecidedMeanwhile:
        form = _return_form(request, verdict, {})
        return _visit_page(request, form=form, asked="returned", status=409)
    except StaleDecision:
        form = _return_form(request, verdict, {})
        return _visit_page(request, form=form, problem=STALE, status=409)
    except PeriodClosed:
        form = _return_form(request, verdict, {})
        return _visit_page(request, form=form, problem=CLOSED_PERIOD, status=409)
    except Invalid as fault:
        form = _return_form(request, verdict, return_problems(fault.fields, verdict))
        return _visit_page(request, form=form, status=422)
    return RedirectResponse(request.address(), 303)


@router.post("/desk/visits/{visit_id}/undo")
def undo_decision(request: OneVisit, batch: Annotated[str, Form()]) -> Response:
    """*Hoàn tác* of a decision on this visit alone."""
    desk, batch_id = request.desk, require_id(batch)
    try:
        desk.database.write(lambda session: reviews.undo(session, desk.actor, batch_id, desk.now))
    except UndoTooLate:
        return _visit_page(request, problem=TOO_LATE, status=409)
    except PeriodClosed:
        return _visit_page(request, problem=CLOSED_PERIOD, status=409)
    return RedirectResponse(request.address(), 303)


def _visit_page(
    request: VisitRequest,
    form: ReturnForm | None = None,
    problem: str = "",
    asked: str = "",
    status: int = 200,
) -> Response:
    """The panel alone for htmx, else the list with the panel beside it. `asked`: the verdict that the
    supervisor has to confirm, because a colleague decided otherwise."""
    desk, query = request.desk, request.query

    def load(session: Session) -> PanelPage | VisitsPage:
        found = visit_detail(session, desk.actor, request.visit_id)
        decisions = history(session, desk.actor, request.visit_id)
        undo = _undo_form(session, request, found, decisions[-1][0] if decisions else None)
        question = ask_one(session, desk.actor, request.visit_id, asked)
        panel = visit_panel(found, decisions, query, undo, form, problem or question)
        panel = with_answer(with_needs(panel, found), found.summary.visit)
        if not problem and is_in_closed_period(session, desk.actor, found.summary.visit):
            panel = without_return(panel)
        panel = with_reach(panel, found, why_out_of_reach(session, desk.actor, found.summary.visit))
        flags = flags_of_visits(session, desk.actor, [request.visit_id]).get(request.visit_id, [])
        lines, notices = flag_lines(flags), flag_lines(flags, notices=True)
        panel = replace(panel, asked=asked if question else "", flags=lines, notices=notices)
        if not request.wants_panel:
            return visits_page(session, desk, query, panel, most_rows=PAGE_SIZE)
        (row,) = visit_rows(session, desk, [found.summary], query, request.visit_id)
        title = _("%(household)s – Lượt thăm", household=panel.household.text)
        return PanelPage(title, panel, row, bulk=query.may_decide)

    page = desk.database.read(load)
    answer = html("desk/visits/swap.html" if request.wants_panel else "desk/visits/visits.html", page, status)
    if problem or asked:
        # The address of the decision has no page: a reload must find the visit.
        answer.headers["HX-Push-Url"] = request.address()
    return answer


def _undo_form(
    session: Session, request: VisitRequest, found: VisitDetail, newest: Decision | None
) -> UndoForm | None:
    desk = request.desk
    batch = find_undoable(session, desk.actor, found.summary.visit, newest, desk.now)
    return build_undo_form(batch, request.address("/undo"), desk.now) if batch else None


def _return_form(request: VisitRequest, verdict: Verdict, problems: dict[str, str]) -> ReturnForm:
    return build_return_form(request.address("/return"), request.address(), verdict, problems)
