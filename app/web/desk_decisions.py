"""Decisions on many visits: make them, see what became of them, undo them."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import Invalid, TooLarge, UndoTooLate
from app.reviews import commands as reviews
from app.reviews.models import DecisionBatch
from app.reviews.queries import batch_of
from app.visits.queries import choices
from app.web.desk_bulk import NOTHING, TOO_MANY, Pressed, outcome, pressed
from app.web.desk_filters import read_filters
from app.web.desk_labels import TOO_LATE
from app.web.desk_list import VisitsPage, visits_page
from app.web.desk_visits import AtDesk, Desk, known_shape, return_problems
from app.web.rendering import html

router = APIRouter()

Sent = Annotated[Pressed, Depends(pressed)]


def known_batch(batch_id: str) -> str:
    """An id as ids are made. Raises `NotFound`."""
    return known_shape(batch_id)


BatchId = Annotated[str, Depends(known_batch)]


@router.post("/desk/decisions")
def decide(sent: Sent, desk: AtDesk) -> Response:
    """*Hợp lệ* or *Trả lại* for all that is picked; what cannot be done comes back with the picks."""

    def work(session: Session) -> DecisionBatch:
        filters, _bar = read_filters(desk.asked, choices(session, desk.actor, desk.asked.q), desk.now)
        batch_id = sent.batch_id(desk.actor.account_id)
        return reviews.decide(session, desk.actor, batch_id, sent.wanted(filters), sent.verdict, desk.now)

    try:
        batch = desk.database.write(work)
    except Invalid as fault:
        if missing := NOTHING.get(fault.fields[0]):
            return _refused(desk, sent, {"visits": missing}, 422)
        return _refused(desk, sent, return_problems(fault.fields, sent.verdict), 422)
    except TooLarge:
        return _refused(desk, sent, {"visits": TOO_MANY}, 413)
    return RedirectResponse(desk.asked.address(f"/desk/decisions/{batch.id}"), 303)


@router.get("/desk/decisions/{batch_id}")
def show_decision(batch_id: BatchId, desk: AtDesk) -> Response:
    """The list as the filters have it now, under what became of the decision."""
    return _outcome(desk, batch_id)


@router.post("/desk/decisions/{batch_id}/undo")
def undo(batch_id: BatchId, desk: AtDesk) -> Response:
    """*Hoàn tác*, for one minute."""
    try:
        desk.database.write(lambda session: reviews.undo(session, desk.actor, batch_id, desk.now))
    except UndoTooLate:
        return _outcome(desk, batch_id, TOO_LATE, 409)
    return RedirectResponse(desk.asked.address(f"/desk/decisions/{batch_id}"), 303)


def _outcome(desk: Desk, batch_id: str, problem: str = "", status: int = 200) -> Response:
    def look(session: Session) -> VisitsPage:
        made = outcome(batch_of(session, desk.actor, batch_id), desk.asked, desk.now, problem)
        return visits_page(session, desk.actor, desk.asked, desk.now, outcome=made)

    answer = html("desk/visits.html", desk.database.read(look), status)
    if problem:
        answer.headers["HX-Push-Url"] = desk.asked.address(f"/desk/decisions/{batch_id}")
    return answer


def _refused(desk: Desk, sent: Pressed, problems: dict[str, str], status: int) -> Response:
    def look(session: Session) -> VisitsPage:
        return visits_page(session, desk.actor, desk.asked, desk.now, sent=sent, problems=problems)

    answer = html("desk/visits.html", desk.database.read(look), status)
    # The address of the decision shows nothing by itself: a reload must find the list.
    answer.headers["HX-Push-Url"] = desk.asked.address("/desk/visits")
    return answer
