"""/desk/outreach/new: *Nhập buổi từ giấy*, a session that a supervisor enters for the member who held it."""

import uuid
from dataclasses import dataclass, replace

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.clock import local_date
from app.core.errors import AlreadyExists, NotFound, Rejected
from app.core.strings import _, lazy
from app.core.types import is_id
from app.fieldwork.outreach.commands import RecordSession
from app.intake.paper import sessions
from app.web.desk.coverage.outreach_form import (
    Checked,
    SessionFields,
    SessionForm,
    Submitted,
    check_form,
    refusal_problems,
    session_fields,
)
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import OUTREACH, build_frame
from app.web.desk.page.member_options import member_options
from app.web.frame import Frame
from app.web.rendering import day as format_day
from app.web.rendering import html

router = APIRouter()
_OTHER = lazy("Biểu mẫu này đã được lưu với nội dung khác. Xem buổi đã lưu; nếu sai thì sửa buổi đó.")
_NO_MEMBER = lazy("Chọn người đã hướng dẫn.")


@dataclass(frozen=True)
class SessionEntryPage(SessionFields):
    """What templates/desk/coverage/outreach_entry.html shows; `stored`: the address of the session that has
    the form's id with other content."""

    title: str
    frame: Frame
    id: str
    members: list[Option]
    problem: str
    stored: str


@router.get("/desk/outreach/new")
def show_entry(desk: Desk) -> Response:
    today = format_day(local_date(desk.now))
    return _page(desk, SessionForm(id=str(uuid.uuid4()), held_on=today), {})


@router.post("/desk/outreach/new")
def enter_session(desk: Desk, form: Submitted) -> Response:
    """Record the session, once however often the form is sent; a wrong field shows the form again."""
    checked = desk.database.read(lambda session: _check(session, desk, form))
    if checked.content is None or checked.problems:
        return _page(desk, form, checked.problems, status=422)
    command = RecordSession(**checked.content.model_dump())
    try:
        desk.database.write(
            lambda session: sessions.enter(session, desk.actor, form.member, command, desk.now)
        )
    except NotFound:
        return _page(desk, form, {"member": _NO_MEMBER}, status=422)
    except AlreadyExists:
        return _page(desk, form, {}, _OTHER, 409)
    except Rejected as refusal:
        return _page(desk, form, refusal_problems(refusal), status=422)
    return RedirectResponse(f"/desk/outreach/{command.id}?saved=yes", 303)


def _check(session: Session, desk: DeskContext, form: SessionForm) -> Checked:
    checked = check_form(session, desk, form)
    if not is_id(form.member):
        checked.problems = {"member": _NO_MEMBER} | checked.problems
    return checked


def _page(
    desk: DeskContext, form: SessionForm, problems: dict[str, str], problem: str = "", status: int = 200
) -> Response:
    def load(session: Session) -> SessionEntryPage:
        shown = replace(form, id=form.id if is_id(form.id) else str(uuid.uuid4()))
        return SessionEntryPage(
            title=_("Nhập buổi từ giấy"),
            frame=build_frame(session, desk.actor, OUTREACH),
            id=shown.id,
            members=member_options(session, desk, form.member),
            problem=problem,
            stored=f"/desk/outreach/{shown.id}" if problem else "",
            **vars(session_fields(session, desk, shown, problems)),
        )

    return html("desk/coverage/outreach_entry.html", desk.database.read(load), status)
