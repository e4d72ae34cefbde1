"""Decisions on many visits: make one, show its result, undo it."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import Invalid, TooLarge, UndoTooLate
from app.fieldwork.periods.errors import PeriodClosed
from app.review.decisions import commands as reviews
from app.review.decisions.meanwhile import DecidedMeanwhile
from app.review.decisions.models import DecisionBatch
from app.review.decisions.queries import find_batch
from app.review.visit_list.pages import PAGE_SIZE
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.labels import CLOSED_PERIODS, TOO_LATE
from app.web.desk.visits.bulk_form import MISSING, TOO_MANY, BulkForm, SubmittedBulkForm, batch_result
from app.web.desk.visits.colleagues import ask_many
from app.web.desk.visits.filters import AddressQuery, VisitQuery, read_list_filters
from app.web.desk.visits.return_form import return_problems
from app.web.desk.visits.visit_list import VisitsPage, visits_page
from app.web.rendering import html

router = APIRouter()


@router.post("/desk/decisions")
def decide(desk: Desk, form: SubmittedBulkForm, query: AddressQuery) -> Response:
    """*Duyệt*, *Trả lại* or back to *Chưa duyệt* for the whole selection; a refused form comes back with its
    selection, and one that colleagues have decided on in part asks what to do with those visits."""

    def run(session: Session) -> DecisionBatch:
        filters, _bar = read_list_filters(session, desk, query)
        batch_id = form.batch_id(desk.actor.account_id)
        selection = form.selection(filters)
        return reviews.decide(
            session, desk.actor, batch_id, selection, form.verdict, desk.now, form.answer, form.flagged
        )

    try:
        batch = desk.database.write(run)
    except DecidedMeanwhile as asked:
        return ask_many(desk, query, form, asked)
    except Invalid as fault:
        if sentence := MISSING.get(fault.fields[0]):
            return _refusal(desk, query, form, {"visits": sentence}, 422)
        return _refusal(desk, query, form, return_problems(fault.fields, form.verdict), 422)
    except PeriodClosed:
        return _refusal(desk, query, form, {"visits": CLOSED_PERIODS}, 409)
    except TooLarge:
        return _refusal(desk, query, form, {"visits": TOO_MANY}, 413)
    return RedirectResponse(query.address(f"/desk/decisions/{batch.id}"), 303)


@router.get("/desk/decisions/{batch_id}")
def show_decision(batch_id: PathId, desk: Desk, query: AddressQuery) -> Response:
    """The result of the decision, and below it the list as the filters have it now."""
    return _result_page(desk, query, batch_id)


@router.post("/desk/decisions/{batch_id}/undo")
def undo(batch_id: PathId, desk: Desk, query: AddressQuery) -> Response:
    """*Hoàn tác*, for one minute."""
    try:
        desk.database.write(lambda session: reviews.undo(session, desk.actor, batch_id, desk.now))
    except UndoTooLate:
        return _result_page(desk, query, batch_id, TOO_LATE, 409)
    except PeriodClosed:
        return _result_page(desk, query, batch_id, CLOSED_PERIODS, 409)
    return RedirectResponse(query.address(f"/desk/decisions/{batch_id}"), 303)


def _result_page(
    desk: DeskContext, query: VisitQuery, batch_id: str, problem: str = "", status: int = 200
) -> Response:
    def load(session: Session) -> VisitsPage:
        result = batch_result(find_batch(session, desk.actor, batch_id), query, desk.now, problem)
        return visits_page(session, desk, query, batch_result=result)

    answer = html("desk/visits/visits.html", desk.database.read(load), status)
    if problem:
        answer.headers["HX-Push-Url"] = query.address(f"/desk/decisions/{batch_id}")
    return answer


def _refusal(
    desk: DeskContext, query: VisitQuery, form: BulkForm, problems: dict[str, str], status: int
) -> Response:
    page = desk.database.read(
        lambda session: visits_page(
            session, desk, query, refused=form, problems=problems, most_rows=PAGE_SIZE
        )
    )
    answer = html("desk/visits/visits.html", page, status)
    # The address of the decision has no page: a reload must find the list.
    answer.headers["HX-Push-Url"] = query.address("/desk/visits")
    return answer
