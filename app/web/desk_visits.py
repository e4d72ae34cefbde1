"""The desk's visits: the list, one visit, and what is decided about it."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import Invalid, NotFound, StaleDecision, UndoTooLate
from app.reviews import commands as reviews
from app.reviews.commands import LONGEST_NOTE, Verdict
from app.reviews.models import Decision
from app.reviews.queries import history, undoable
from app.visits.queries import Detail, detail
from app.web.deps import Config, Db, Now, Supervisor
from app.web.desk_filters import Asked, with_words
from app.web.desk_labels import RETURN_PROBLEMS, STALE, TOO_LATE
from app.web.desk_list import VisitRow, VisitsPage, visit_row, visits_page
from app.web.desk_visit import ReturnForm, Undo, VisitPanel, return_form, undo_of, visit_panel
from app.web.rendering import html
from app.web.search_words import SearchWords
from app.web.strings import _

router = APIRouter()

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,15}")
_NOTHING_TYPED = Verdict("returned")


@dataclass(frozen=True)
class PanelPage:
    """What templates/desk/panel.html gets when only the panel is swapped: the visit, and its row anew."""

    title: str
    visit: VisitPanel
    row: VisitRow
    bulk: bool


def asked_for(request: Request, settings: Config, asked: Annotated[Asked, Depends()]) -> Asked:
    """The filters in the address, its search words opened."""
    return with_words(asked, SearchWords(request, settings))


def typed_filters(
    request: Request,
    settings: Config,
    hamlet: Annotated[str, Form(max_length=64)] = "",
    volunteer: Annotated[str, Form(max_length=64)] = "",
    state: Annotated[str, Form(max_length=64)] = "",
    day: Annotated[str, Form(max_length=80)] = "",
    to: Annotated[str, Form(max_length=80)] = "",
    q: Annotated[str, Form(max_length=80)] = "",
) -> Asked:
    """The filters in the form."""
    return with_words(Asked(hamlet, volunteer, state, day, to, q), SearchWords(request, settings))


@dataclass(frozen=True)
class Desk:
    """One request at the desk: who asks, when, with which filters in the address."""

    request: Request
    actor: Supervisor
    database: Db
    now: Now
    asked: Annotated[Asked, Depends(asked_for)]

    @property
    def wants_panel(self) -> bool:
        """htmx is about to swap the panel into a list that is already there."""
        return self.request.headers.get("HX-Request-Type") == "partial"


def known_shape(visit_id: str) -> str:
    """An id as ids are made. Raises `NotFound`: anything else names nothing (and may hold a NUL)."""
    if not _ID.fullmatch(visit_id):
        raise NotFound
    return visit_id


def seen_version(version: Annotated[str, Form()] = "") -> int:
    """The version that the form was made from; 0, which no visit has, if it is no number."""
    return int(version) if _NUMBER.fullmatch(version) else 0


def typed_return(
    reason: Annotated[str, Form()] = "",
    field: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
) -> Verdict:
    """The form of *Trả lại* as it was typed; browsers end lines with CR LF."""
    return Verdict("returned", reason, field, note.replace("\r\n", "\n"))


AtDesk = Annotated[Desk, Depends()]
VisitId = Annotated[str, Depends(known_shape)]
Version = Annotated[int, Depends(seen_version)]
Typed = Annotated[Verdict, Depends(typed_return)]


@router.get("/desk/visits")
def show_visits(desk: AtDesk) -> Response:
    """The list, filtered and paged by the address."""
    page = desk.database.read(lambda session: visits_page(session, desk.actor, desk.asked, desk.now))
    return html("desk/visits.html", page)


@router.post("/desk/visits")
def filter_visits(filters: Annotated[Asked, Depends(typed_filters)], _supervisor: Supervisor) -> Response:
    """*Lọc*: the address of what was asked for. Not a GET: that would write search words into the address."""
    return RedirectResponse(filters.address("/desk/visits"), 303)


@router.get("/desk/visits/{visit_id}")
def show_visit(visit_id: VisitId, desk: AtDesk) -> Response:
    """One visit, beside the list it was opened from."""
    return _visit(desk, visit_id)


@router.get("/desk/visits/{visit_id}/return")
def ask_for_reason(visit_id: VisitId, desk: AtDesk) -> Response:
    """One visit with the form of *Trả lại*."""
    return _visit(desk, visit_id, form=_return_form(desk, visit_id, _NOTHING_TYPED, {}))


@router.post("/desk/visits/{visit_id}/accept")
def accept_visit(visit_id: VisitId, version: Version, desk: AtDesk) -> Response:
    """*Hợp lệ*."""
    try:
        desk.database.write(lambda session: reviews.accept(session, desk.actor, visit_id, version, desk.now))
    except StaleDecision:
        return _visit(desk, visit_id, problem=STALE, status=409)
    return RedirectResponse(desk.asked.address(f"/desk/visits/{visit_id}"), 303)


@router.post("/desk/visits/{visit_id}/return")
def return_visit(visit_id: VisitId, version: Version, typed: Typed, desk: AtDesk) -> Response:
    """*Trả lại*; a form that is not complete comes back with what was typed."""
    try:
        desk.database.write(
            lambda session: reviews.return_(session, desk.actor, visit_id, version, typed, desk.now)
        )
    except StaleDecision:
        form = _return_form(desk, visit_id, typed, {})
        return _visit(desk, visit_id, form=form, problem=STALE, status=409)
    except Invalid as fault:
        form = _return_form(desk, visit_id, typed, return_problems(fault.fields, typed))
        return _visit(desk, visit_id, form=form, status=422)
    return RedirectResponse(desk.asked.address(f"/desk/visits/{visit_id}"), 303)


@router.post("/desk/visits/{visit_id}/undo")
def undo_decision(visit_id: VisitId, batch: Annotated[str, Form()], desk: AtDesk) -> Response:
    """*Hoàn tác* of a decision on this visit alone."""
    batch_id = known_shape(batch)
    try:
        desk.database.write(lambda session: reviews.undo(session, desk.actor, batch_id, desk.now))
    except UndoTooLate:
        return _visit(desk, visit_id, problem=TOO_LATE, status=409)
    return RedirectResponse(desk.asked.address(f"/desk/visits/{visit_id}"), 303)


def _visit(
    desk: Desk, visit_id: str, form: ReturnForm | None = None, problem: str = "", status: int = 200
) -> Response:
    """The visit as a panel for htmx, or with the list around it."""

    def look(session: Session) -> PanelPage | VisitsPage:
        found = detail(session, desk.actor, visit_id)
        decisions = history(session, desk.actor, visit_id)
        undo = _undo(session, desk, found, decisions[-1][0] if decisions else None)
        panel = visit_panel(found, decisions, desk.asked, undo, form, problem)
        if not desk.wants_panel:
            return visits_page(session, desk.actor, desk.asked, desk.now, panel)
        row = visit_row(found.listed, desk.asked, visit_id)
        return PanelPage(_("%(door)s – Lượt thăm", door=panel.door), panel, row, bulk=desk.asked.may_wait)

    page = desk.database.read(look)
    answer = html("desk/swap.html" if desk.wants_panel else "desk/visits.html", page, status)
    if problem:
        # The address of the decision shows nothing by itself: a reload must find the visit.
        answer.headers["HX-Push-Url"] = desk.asked.address(f"/desk/visits/{visit_id}")
    return answer


def _undo(session: Session, desk: Desk, found: Detail, newest: Decision | None) -> Undo | None:
    batch = undoable(session, desk.actor, found.listed.visit, newest, desk.now)
    action = desk.asked.address(f"/desk/visits/{found.listed.visit.id}/undo")
    return undo_of(batch, action, desk.now) if batch else None


def _return_form(desk: Desk, visit_id: str, typed: Verdict, problems: dict[str, str]) -> ReturnForm:
    path = f"/desk/visits/{visit_id}"
    return return_form(desk.asked.address(f"{path}/return"), desk.asked.address(path), typed, problems)


def return_problems(wrong: list[str], typed: Verdict) -> dict[str, str]:
    """A sentence for every field of *Trả lại* that cannot stay as it is."""
    problems = {name: RETURN_PROBLEMS[name] for name in wrong}
    if "note" in problems and typed.note.strip():
        too_long = len(typed.note) > LONGEST_NOTE
        problems["note"] = RETURN_PROBLEMS["note_long" if too_long else "note_refused"]
    return problems
