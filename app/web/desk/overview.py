"""*Tổng quan*: the phones to call today with the reasons in sentences, and how much waits for a decision."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.accounts import calls
from app.accounts.calls import Call
from app.core.strings import _
from app.deduplication.duplicates import find_duplicate_pairs
from app.sync.quarantine.view import count_waiting
from app.teams.unused_invites import UnusedInvite, unused_invites
from app.web.desk.calls.labels import call_reasons, invite_sentence, last_call_text
from app.web.desk.context import Desk, DeskContext
from app.web.desk.duplicates import format_count
from app.web.desk.frame import OVERVIEW, Frame, build_frame
from app.web.desk.labels import phone_number
from app.web.rendering import html, moment, number

router = APIRouter()

INVITES_SHOWN = 10


@dataclass(frozen=True)
class CallCard:
    """One call, about a phone or an unused invite. `last_call` is *hôm qua: hết pin*; `action` the address of
    *Đã gọi* or of its *Hoàn tác*, which names the `call` if it was about an invite; `settle` that of
    *Đã rõ, thôi nhắc*, empty without a loss."""

    person: str
    person_href: str
    team: str
    device_name: str
    phone: str
    phone_link: str
    reasons: list[str]
    last_call: str
    action: str
    call: str
    settle: str


@dataclass(frozen=True)
class PendingDecisions:
    """How many decisions a screen waits for."""

    href: str
    count: str
    label: str


@dataclass(frozen=True)
class OverviewPage:
    """What templates/desk/overview.html shows; `called`: what somebody called about today; `invites`:
    the oldest of the unused ones, of which there are `invite_count`."""

    title: str
    frame: Frame
    as_of: str
    calls: list[CallCard]
    called: list[CallCard]
    invites: list[CallCard]
    invite_count: str
    decisions: list[PendingDecisions]


@router.get("/desk", include_in_schema=False)
def start() -> Response:
    return RedirectResponse("/desk/", 303)


@router.get("/desk/")
def show_overview(desk: Desk) -> Response:
    return _overview(desk)


def _overview(desk: DeskContext) -> Response:
    def load(session: Session) -> OverviewPage:
        phones = calls.calls_to_make(session, desk.actor, desk.now)
        found = unused_invites(session, desk.actor, desk.now)
        invites = [invite for invite in found if not invite.called]
        return OverviewPage(
            title=_("Tổng quan"),
            frame=build_frame(session, desk.actor, OVERVIEW),
            as_of=moment(desk.now),
            calls=[_card(call, desk.now) for call in phones if not call.called],
            called=[
                *(_card(call, desk.now) for call in phones if call.called),
                *(_invite_card(invite, desk.now) for invite in found if invite.called),
            ],
            invites=[_invite_card(invite, desk.now) for invite in invites[:INVITES_SHOWN]],
            invite_count=number(len(invites)),
            decisions=[screen for screen in _decisions(session, desk) if screen.count != "0"],
        )

    return html("desk/overview.html", desk.database.read(load))


def _decisions(session: Session, desk: DeskContext) -> list[PendingDecisions]:
    quarantined, pairs = count_waiting(session, desk.actor), find_duplicate_pairs(session, desk.actor)
    return [
        PendingDecisions("/desk/quarantine", number(quarantined), _("bản ghi chưa tính, chờ xử lý")),
        PendingDecisions("/desk/duplicates", format_count(pairs), _("cặp hộ có thể trùng")),
    ]


def _card(call: Call, now: datetime) -> CallCard:
    device, owner = call.entry.device, call.entry.owner
    phone, phone_link = phone_number(owner.phone)
    path = f"/desk/calls/{device.id}"
    return CallCard(
        person=owner.name,
        person_href=f"/desk/people/{owner.id}",
        team=call.entry.team,
        device_name=device.name,
        phone=phone,
        phone_link=phone_link,
        reasons=call_reasons(call, now),
        last_call=last_call_text(call.last, now),
        action=f"{path}/undo" if call.called else path,
        call="",
        settle=f"{path}/settle" if call.has_lost else "",
    )


def _invite_card(invite: UnusedInvite, now: datetime) -> CallCard:
    phone, phone_link = phone_number(invite.account.phone)
    path = f"/desk/invite-calls/{invite.account.id}"
    return CallCard(
        person=invite.account.name,
        person_href=f"/desk/people/{invite.account.id}",
        team=invite.team,
        device_name="",
        phone=phone,
        phone_link=phone_link,
        reasons=[invite_sentence(invite, now)],
        last_call=last_call_text(invite.last, now),
        action=f"{path}/undo" if invite.called else path,
        call=invite.last.id if invite.called and invite.last else "",
        settle="",
    )
