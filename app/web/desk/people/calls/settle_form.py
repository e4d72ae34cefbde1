"""*Đã rõ, thôi nhắc*: settle what a phone has lost, with a reason."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import calls
from app.core.errors import Invalid, StaleDecision
from app.core.strings import _, lazy
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import OVERVIEW, build_frame
from app.web.desk.page.labels import Link, member_link
from app.web.desk.people.calls.labels import NOTE_PROBLEM, loss_sentences
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()

LOSS_CHANGED = lazy("Tin về máy này vừa thay đổi. Hãy xem lại rồi quyết định.")
NO_REASON = lazy("Viết lý do, thí dụ: đã hỏi, các lượt đó đã ghi lại.")


@dataclass(frozen=True)
class SettlePage:
    """What templates/desk/people/settle.html shows.

    `seen`: the fingerprint of the loss; `reason` as it was typed, and why it was refused (`problem`);
    `changed`: that the loss is another one by now.
    """

    title: str
    frame: Frame
    person: Link
    losses: list[str]
    seen: str
    action: str
    reason: str
    problem: str
    changed: str


@router.get("/desk/calls/{device_id}/settle")
def show_settle_form(device_id: PathId, desk: Desk) -> Response:
    """Ask for the reason, and say what follows."""
    return _form(desk, device_id)


@router.post("/desk/calls/{device_id}/settle")
def settle_loss(
    device_id: PathId,
    desk: Desk,
    seen: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Settle a loss. `seen`: the fingerprint of the one that the page showed."""
    try:
        desk.database.write(
            lambda session: calls.settle_loss(session, desk.actor, device_id, seen, reason, desk.now)
        )
    except Invalid:
        return _form(desk, device_id, reason, NOTE_PROBLEM if reason.strip() else NO_REASON)
    except StaleDecision:
        return _form(desk, device_id, reason, changed=LOSS_CHANGED)
    return RedirectResponse("/desk/", 303)


def _form(
    desk: DeskContext, device_id: str, reason: str = "", problem: str = "", changed: str = ""
) -> Response:
    def load(session: Session) -> SettlePage:
        call = calls.find_call(session, desk.actor, device_id, desk.now)
        person = call.entry.owner.name
        return SettlePage(
            title=_("Đã rõ, thôi nhắc: máy của %(person)s", person=person),
            frame=build_frame(session, desk.actor, OVERVIEW),
            person=member_link(call.entry.owner.id, person),
            losses=list(loss_sentences(call.entry.device)),
            seen=call.loss,
            action=f"/desk/calls/{device_id}/settle",
            reason=reason,
            problem=problem,
            changed=changed,
        )

    status = 422 if problem else 409 if changed else 200
    return html("desk/people/settle.html", desk.database.read(load), status)
