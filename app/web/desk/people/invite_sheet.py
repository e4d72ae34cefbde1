"""The sheet with an invite code: digits, and a QR code that fills the phone's sign-in form."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import segno
from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.sign_in import INVITE_LIFETIME
from app.commune.teams.directory import list_members
from app.commune.teams.members import InviteCode
from app.core.numbers.phone import display_phone
from app.core.strings import SOURCE, _, language
from app.web.addresses import commune_origin
from app.web.desk.page.context import DeskContext
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.page.labels import team_label
from app.web.desk.people.labels import ROLES
from app.web.frame import Frame
from app.web.rendering import html, moment

QUIET_ZONE = 4  # modules; the least that ISO/IEC 18004 allows


@dataclass(frozen=True)
class QrCode:
    """A QR code as SVG: a square of `size` modules with its quiet zone, and a path along the dark
    ones, one module wide."""

    size: int
    path: str


@dataclass(frozen=True)
class InviteSheet:
    """What templates/desk/people/invite_sheet.html shows: what the person who is invited needs. It is shown
    once."""

    title: str
    frame: Frame
    name: str
    role: str
    team: str
    phone: str
    code: str
    qr: QrCode
    address: str
    until: str
    person: str


@language(SOURCE)
def invite_sheet(request: Request, desk: DeskContext, account_id: str, code: InviteCode) -> Response:
    """The page with the code of this account."""

    def load(session: Session) -> InviteSheet:
        address = sign_in_address(session, request, desk)
        entry = list_members(session, desk.actor, desk.now, account_id)[0]
        account = entry.account
        return InviteSheet(
            title=_("Mã mời của %(name)s", name=account.name),
            frame=build_frame(session, desk.actor, PEOPLE),
            name=account.name,
            role=ROLES[account.role],
            team=team_label(entry.team),
            phone=display_phone(account.phone),
            code=display_code(code),
            qr=qr_code(invite_address(address, code, account.phone or "")),
            address=address,
            until=moment(desk.now + INVITE_LIFETIME),
            person=f"/desk/people/{account.id}",
        )

    return html("desk/people/invite_sheet.html", desk.database.read(load))


def sign_in_address(session: Session, request: Request, desk: DeskContext) -> str:
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
