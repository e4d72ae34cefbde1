"""*Đã gọi* about an invite that nobody has used, with what came of it; *Hoàn tác*."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.teams import unused_invites
from app.commune.teams.members import find_member
from app.core.errors import Invalid, NotFound
from app.core.strings import _
from app.core.types import is_id
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import OVERVIEW, build_frame
from app.web.desk.page.labels import member_link, phone_number
from app.web.desk.people.calls.call_form import CallPage
from app.web.desk.people.calls.labels import NOTE_PROBLEM, invite_sentence
from app.web.rendering import html

router = APIRouter()


@router.get("/desk/invite-calls/{account_id}")
def show_invite_call(account_id: PathId, desk: Desk) -> Response:
    return _form(desk, account_id)


@router.post("/desk/invite-calls/{account_id}")
def mark_called(account_id: PathId, desk: Desk, note: Annotated[str, Form()] = "") -> Response:
    """*Đã gọi*; a note that cannot be stored comes back as it was typed."""
    try:
        desk.database.write(
            lambda session: unused_invites.mark_called(session, desk.actor, account_id, note, desk.now)
        )
    except Invalid:
        return _form(desk, account_id, note, NOTE_PROBLEM, 422)
    return RedirectResponse("/desk/", 303)


@router.post("/desk/invite-calls/{account_id}/undo")
def undo_called(account_id: PathId, desk: Desk, call: Annotated[str, Form()] = "") -> Response:
    """*Hoàn tác* of *Đã gọi*; `call`: the id of the call that the page showed."""
    if not is_id(call):
        raise NotFound
    desk.database.write(lambda session: unused_invites.unmark_called(session, desk.actor, account_id, call))
    return RedirectResponse("/desk/", 303)


def _form(
    desk: DeskContext, account_id: str, note: str = "", problem: str = "", status: int = 200
) -> Response:
    def load(session: Session) -> CallPage:
        account = find_member(session, desk.actor, account_id)
        unused = unused_invites.unused_invites(session, desk.actor, desk.now, account.id)
        phone, phone_link = phone_number(account.phone)
        return CallPage(
            title=_("Đã gọi %(person)s", person=account.name),
            frame=build_frame(session, desk.actor, OVERVIEW),
            person=member_link(account.id, account.name),
            phone=phone,
            phone_link=phone_link,
            reasons=[invite_sentence(invite, desk.now) for invite in unused],
            action=f"/desk/invite-calls/{account_id}",
            note=note,
            problem=problem,
        )

    return html("desk/people/call.html", desk.database.read(load), status)
