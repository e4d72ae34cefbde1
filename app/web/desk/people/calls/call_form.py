"""*Đã gọi*: that somebody was called, with what came of it; *Hoàn tác*."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import calls
from app.core.errors import Invalid
from app.core.strings import _
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import OVERVIEW, build_frame
from app.web.desk.page.labels import Link, member_link, phone_number
from app.web.desk.people.calls.labels import NOTE_PROBLEM, call_reasons
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class CallPage:
    """What templates/desk/people/call.html shows: whom to call and why, and the note as it was typed."""

    title: str
    frame: Frame
    person: Link
    phone: str
    phone_link: str
    reasons: list[str]
    action: str
    note: str
    problem: str


@router.get("/desk/calls/{device_id}")
def show_call(device_id: PathId, desk: Desk) -> Response:
    return _form(desk, device_id)


@router.post("/desk/calls/{device_id}")
def mark_called(device_id: PathId, desk: Desk, note: Annotated[str, Form()] = "") -> Response:
    """*Đã gọi*; a note that cannot be stored comes back as it was typed."""
    try:
        desk.database.write(lambda session: calls.mark_called(session, desk.actor, device_id, note, desk.now))
    except Invalid:
        return _form(desk, device_id, note, NOTE_PROBLEM, 422)
    return RedirectResponse("/desk/", 303)


@router.post("/desk/calls/{device_id}/undo")
def undo_called(device_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác* of *Đã gọi*."""
    desk.database.write(lambda session: calls.unmark_called(session, desk.actor, device_id))
    return RedirectResponse("/desk/", 303)


def _form(
    desk: DeskContext, device_id: str, note: str = "", problem: str = "", status: int = 200
) -> Response:
    def load(session: Session) -> CallPage:
        call = calls.find_call(session, desk.actor, device_id, desk.now)
        phone, phone_link = phone_number(call.entry.owner.phone)
        return CallPage(
            title=_("Đã gọi %(person)s", person=call.entry.owner.name),
            frame=build_frame(session, desk.actor, OVERVIEW),
            person=member_link(call.entry.owner.id, call.entry.owner.name),
            phone=phone,
            phone_link=phone_link,
            reasons=call_reasons(call, desk.now),
            action=f"/desk/calls/{device_id}",
            note=note,
            problem=problem,
        )

    return html("desk/people/call.html", desk.database.read(load), status)
