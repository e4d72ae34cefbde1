"""The sheet with the invites of many people, to cut: six on a printed page."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.sign_in import INVITE_LIFETIME
from app.commune.teams.directory import list_members
from app.commune.teams.members import InviteCode
from app.core.numbers.phone import display_phone
from app.core.strings import SOURCE, _, language
from app.review.first_day import first_visit_at
from app.web.desk.page.context import DeskContext
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.people.invite_sheet import QrCode, display_code, invite_address, qr_code, sign_in_address
from app.web.desk.people.labels import ROLES
from app.web.frame import Frame
from app.web.rendering import html, moment, number

CARDS_ON_A_PAGE = 6


@dataclass(frozen=True)
class InviteCard:
    """One of the invites to cut."""

    name: str
    phone: str
    team: str
    role: str
    code: str
    qr: QrCode


@dataclass(frozen=True)
class CardsPage:
    """What templates/desk/people/invite_cards.html shows: the invites, by printed page. They are shown
    once. `after`: the address of *Xong*."""

    title: str
    frame: Frame
    until: str
    address: str
    after: str
    pages: list[list[InviteCard]]


@language(SOURCE)
def invite_cards(request: Request, desk: DeskContext, codes: dict[str, InviteCode]) -> Response:
    """The page with the new codes of these accounts."""

    def load(session: Session) -> CardsPage:
        address = sign_in_address(session, request, desk)
        members = {entry.account.id: entry for entry in list_members(session, desk.actor, desk.now)}
        cards = []
        for account_id, code in codes.items():
            account, team = members[account_id].account, members[account_id].team
            cards.append(
                InviteCard(
                    name=account.name,
                    phone=display_phone(account.phone),
                    team=team.team.name if team else "",
                    role=ROLES[account.role],
                    code=display_code(code),
                    qr=qr_code(invite_address(address, code, account.phone or "")),
                )
            )
        return CardsPage(
            title=_("Mã mời của %(count)s người", count=number(len(cards))),
            frame=build_frame(session, desk.actor, PEOPLE),
            until=moment(desk.now + INVITE_LIFETIME),
            address=address,
            after="/desk/people" if first_visit_at(session, desk.actor) else "/desk/",
            pages=[cards[start : start + CARDS_ON_A_PAGE] for start in range(0, len(cards), CARDS_ON_A_PAGE)],
        )

    return html("desk/people/invite_cards.html", desk.database.read(load))
