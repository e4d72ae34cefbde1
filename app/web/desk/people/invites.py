"""/desk/people/new: *Mời người mới*; the sheet with an invite code, in digits and as a QR code that fills the
phone's sign-in form, and the sheet with those of many people, to cut."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import segno
from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.models import Account
from app.commune.accounts.sign_in import INVITE_LIFETIME
from app.commune.teams.directory import list_members, list_teams
from app.commune.teams.members import InviteCode, NewMember, invite_member, make_codes
from app.core.errors import NotFound, NumberKnown, NumberShared
from app.core.strings import SOURCE, language, lazy
from app.review.first_day import first_visit_at
from app.sync.quarantine.retry import retry_quarantined
from app.web.addresses import commune_origin
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import PEOPLE
from app.web.desk.people.labels import (
    NAME,
    NO_TEAM,
    PHONE,
    ROLES,
    state_badge,
    team_field,
    team_options,
)
from app.web.forms import At, Code, Filled, Form, Sent, Text, Values, submit
from app.web.screens import screen

router = APIRouter()
CARDS_ON_A_PAGE = 6
QUIET_ZONE = 4  # modules; the least that ISO/IEC 18004 allows
# `same_as`, `other_than`: whether a known number is of the same person.
INVITE = Form(
    NAME,
    PHONE,
    team_field(lazy("Tổ"), empty=lazy("Chọn tổ")),
    Code("role", lazy("Vai trò"), wrong=lazy("Chọn vai trò."), options=ROLES, is_wanted=False),
    Text("same_as"),
    Text("other_than"),
    refusals={
        NotFound: At("team", NO_TEAM),
        NumberShared: At("phone", lazy("Số này đã có hai người dùng chung, không thêm được nữa.")),
    },
)


@dataclass(frozen=True)
class QrCode:
    """A QR code as SVG: a square of `size` modules with its quiet zone, and a path along the dark
    ones, one module wide."""

    size: int
    path: str


@router.get("/desk/people/new")
def show_invite_form(desk: Desk) -> Response:
    return _form_page(desk, INVITE.blank())


@router.post("/desk/people/new")
def invite_person(request: Request, desk: Desk, sent: Sent) -> Response:
    """Invite the person; a known number is asked about."""
    [code] = make_codes(desk.database)

    def invite(session: Session, typed: Values) -> Account | NumberKnown:
        member = NewMember(
            typed["name"],
            typed["phone"],
            typed["team"],
            typed["role"] or "volunteer",
            typed["same_as"],
            typed["other_than"],
        )
        try:
            return invite_member(session, desk.actor, member, code, desk.now)
        except NumberKnown as known:
            return known

    def invited(outcome: Account | NumberKnown) -> Response:
        if isinstance(outcome, NumberKnown):
            return _form_page(desk, INVITE.read(sent, desk.now), outcome.owner_ids)
        retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
        return invite_sheet(request, desk, outcome.id, code)

    return submit(desk, INVITE, sent, invite, invited, lambda form: _form_page(desk, form))


def _form_page(desk: DeskContext, form: Filled, known_ids: Sequence[str] = ()) -> Response:
    """The form; `known_ids`: whose number was typed, which is a question."""

    def load(session: Session) -> Mapping[str, Any]:
        known = [list_members(session, desk.actor, desk.now, id)[0] for id in known_ids]
        return {
            "form": form,
            "teams": team_options(list_teams(session, desk.actor)),
            "known": [
                (one.account, [ROLES[one.account.role], one.team_label, state_badge(one).text])
                for one in known
            ],
        }

    return screen(desk, "desk/people/invite_form.html", PEOPLE, load, 409 if known_ids else form.status)


@language(SOURCE)
def invite_sheet(request: Request, desk: DeskContext, account_id: str, code: InviteCode) -> Response:
    """The page with the code of this account, which is shown once."""

    def load(session: Session) -> Mapping[str, Any]:
        address = _sign_in_address(session, request, desk)
        member = list_members(session, desk.actor, desk.now, account_id)[0]
        account = member.account
        return {
            "account": account,
            "role": ROLES[account.role],
            "team": member.team_label,
            "code": display_code(code),
            "qr": qr_code(invite_address(address, code, account.phone or "")),
            "address": address,
            "until": desk.now + INVITE_LIFETIME,
        }

    return screen(desk, "desk/people/invite_sheet.html", PEOPLE, load)


@language(SOURCE)
def invite_cards(request: Request, desk: DeskContext, codes: Mapping[str, InviteCode]) -> Response:
    """The page with the new codes of these accounts by printed page; they are shown once."""

    def load(session: Session) -> Mapping[str, Any]:
        address = _sign_in_address(session, request, desk)
        members = {entry.account.id: entry for entry in list_members(session, desk.actor, desk.now)}
        cards = [
            (
                members[id],
                ROLES[members[id].account.role],
                display_code(code),
                qr_code(invite_address(address, code, members[id].account.phone or "")),
            )
            for id, code in codes.items()
        ]
        return {
            "count": len(cards),
            "until": desk.now + INVITE_LIFETIME,
            "address": address,
            "after": "/desk/people" if first_visit_at(session, desk.actor) else "/desk/",
            "pages": [cards[at : at + CARDS_ON_A_PAGE] for at in range(0, len(cards), CARDS_ON_A_PAGE)],
        }

    return screen(desk, "desk/people/invite_cards.html", PEOPLE, load)


def _sign_in_address(session: Session, request: Request, desk: DeskContext) -> str:
    """The address of the phone's sign-in page, as phones of the commune reach it."""
    return f"{commune_origin(session, request, desk.actor.commune_id)}/field/sign-in"


def invite_address(sign_in: str, code: InviteCode, number: str) -> str:
    """The sign-in page's address with code and number (E.164) in its fragment, which browsers do not send.
    `static/field/pages/account/signIn.ts` reads it: digits only."""
    dialled = f"0{number[3:]}" if number.startswith("+84") else number.replace("+", "00")
    return f"{sign_in}#invite={code.code}&phone={dialled}"


def display_code(code: InviteCode) -> str:
    """*1000 0001*."""
    return f"{code.code[:4]} {code.code[4:]}"


def qr_code(text: str) -> QrCode:
    """The QR code of a text; up to 15 % of it may be unreadable."""
    rows = list(segno.make_qr(text, error="m", boost_error=False).matrix_iter(border=QUIET_ZONE))
    return QrCode(
        len(rows),
        "".join(f"M{x} {y}.5h{width}" for y, row in enumerate(rows) for x, width in _dark_runs(row)),
    )


def _dark_runs(row: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Where the row is dark: first column and width."""
    x = 0
    for is_dark, modules in groupby(row):
        width = len(list(modules))
        if is_dark:
            yield x, width
        x += width
