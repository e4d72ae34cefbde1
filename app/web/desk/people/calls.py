"""*Cần gọi hôm nay*: *Đã gọi* of a phone or of an invite that nobody has used, with what came of it, and its
*Hoàn tác*; *Đã rõ, thôi nhắc* of what a phone has lost, with a reason."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import calls
from app.commune.accounts.calls import MAX_NOTE_LENGTH
from app.commune.teams import unused_invites
from app.commune.teams.members import find_member
from app.core.errors import Invalid, NotFound, StaleDecision
from app.core.strings import lazy
from app.core.types import is_id
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import OVERVIEW
from app.web.desk.people.call_labels import NOTE_PROBLEM, call_reasons, invite_sentence, loss_sentences
from app.web.forms import At, Filled, Form, Sent, Text, Values, submit
from app.web.screens import screen

router = APIRouter()
CALLED = Form(
    Text(
        "note",
        lazy("Người ấy nói gì"),
        lazy("Không bắt buộc. Hiện ở trang của người ấy và ở Cần gọi hôm nay, thí dụ: hết pin."),
        maxlength=MAX_NOTE_LENGTH,
    ),
    refusals={Invalid: At("note", NOTE_PROBLEM)},
)
# `seen`: the fingerprint of the loss that the page showed.
SETTLED = Form(
    Text(
        "reason",
        lazy("Lý do"),
        lazy("Thí dụ: đã hỏi, các lượt đó đã ghi lại."),
        maxlength=MAX_NOTE_LENGTH,
        most=MAX_NOTE_LENGTH,
        missing=lazy("Viết lý do, thí dụ: đã hỏi, các lượt đó đã ghi lại."),
        long=NOTE_PROBLEM,
        odd=NOTE_PROBLEM,
    ),
    Text("seen"),
    refusals={
        Invalid: At("reason", NOTE_PROBLEM),
        StaleDecision: lazy("Tin về máy này vừa thay đổi. Hãy xem lại rồi quyết định."),
    },
)


@router.get("/desk/calls/{device_id}")
def show_call(device_id: PathId, desk: Desk) -> Response:
    return _call_page(desk, device_id, CALLED.blank())


@router.post("/desk/calls/{device_id}")
def mark_called(device_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*Đã gọi*; a note that cannot be stored comes back as it was typed."""

    def mark(session: Session, typed: Values) -> None:
        calls.mark_called(session, desk.actor, device_id, typed["note"], desk.now)

    return submit(desk, CALLED, sent, mark, "/desk/", partial(_call_page, desk, device_id))


@router.post("/desk/calls/{device_id}/undo")
def undo_called(device_id: PathId, desk: Desk) -> Response:
    """*Hoàn tác* of *Đã gọi*."""
    desk.database.write(lambda session: calls.unmark_called(session, desk.actor, device_id))
    return RedirectResponse("/desk/", 303)


@router.get("/desk/invite-calls/{account_id}")
def show_invite_call(account_id: PathId, desk: Desk) -> Response:
    return _invite_page(desk, account_id, CALLED.blank())


@router.post("/desk/invite-calls/{account_id}")
def mark_invite_called(account_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*Đã gọi*; a note that cannot be stored comes back as it was typed."""

    def mark(session: Session, typed: Values) -> None:
        unused_invites.mark_called(session, desk.actor, account_id, typed["note"], desk.now)

    return submit(desk, CALLED, sent, mark, "/desk/", partial(_invite_page, desk, account_id))


@router.post("/desk/invite-calls/{account_id}/undo")
def undo_invite_called(account_id: PathId, desk: Desk, call: Annotated[str, FormField()] = "") -> Response:
    """*Hoàn tác* of *Đã gọi*; `call`: the id of the call that the page showed."""
    if not is_id(call):
        raise NotFound
    desk.database.write(lambda session: unused_invites.unmark_called(session, desk.actor, account_id, call))
    return RedirectResponse("/desk/", 303)


@router.get("/desk/calls/{device_id}/settle")
def show_settle_form(device_id: PathId, desk: Desk) -> Response:
    """Ask for the reason, and say what follows."""
    return _settle_page(desk, device_id, SETTLED.blank())


@router.post("/desk/calls/{device_id}/settle")
def settle_loss(device_id: PathId, desk: Desk, sent: Sent) -> Response:
    """Settle a loss."""

    def settle(session: Session, typed: Values) -> None:
        calls.settle_loss(session, desk.actor, device_id, typed["seen"], typed["reason"], desk.now)

    return submit(desk, SETTLED, sent, settle, "/desk/", partial(_settle_page, desk, device_id))


def _call_page(desk: DeskContext, device_id: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        call = calls.find_call(session, desk.actor, device_id, desk.now)
        return {
            "person": call.entry.owner,
            "reasons": call_reasons(call, desk.now),
            "action": f"/desk/calls/{device_id}",
            "form": form,
        }

    return screen(desk, "desk/people/call.html", OVERVIEW, load, form.status)


def _invite_page(desk: DeskContext, account_id: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        account = find_member(session, desk.actor, account_id)
        unused = unused_invites.unused_invites(session, desk.actor, desk.now, account.id)
        return {
            "person": account,
            "reasons": [invite_sentence(invite, desk.now) for invite in unused],
            "action": f"/desk/invite-calls/{account_id}",
            "form": form,
        }

    return screen(desk, "desk/people/call.html", OVERVIEW, load, form.status)


def _settle_page(desk: DeskContext, device_id: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        call = calls.find_call(session, desk.actor, device_id, desk.now)
        return {
            "call": call,
            "person": call.entry.owner,
            "losses": list(loss_sentences(call.entry.device)),
            "action": f"/desk/calls/{device_id}/settle",
            "form": form,
        }

    return screen(desk, "desk/people/settle.html", OVERVIEW, load, form.status)
