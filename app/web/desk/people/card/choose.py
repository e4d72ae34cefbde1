"""/desk/card: whose card is to be checked."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.teams.directory import ENDED, list_members, search
from app.core.strings import _
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import CARDS, build_frame
from app.web.desk.page.labels import Badge, team_label
from app.web.desk.people.labels import ROLES, state_badge
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()
PATH = "/desk/card"
_MAX_WORDS = 80


@dataclass(frozen=True)
class NameRow:
    """A member; `begin`: the address of *Kiểm tra*."""

    name: str
    role: str
    team: str
    state: Badge
    begin: str


@dataclass(frozen=True)
class ChoosePage:
    """What templates/desk/people/card_choose.html shows: all members, or those with the words `q`."""

    title: str
    frame: Frame
    q: str
    rows: list[NameRow]


@router.get(PATH)
def choose_card(desk: Desk, q: str = "") -> Response:
    """The members, also those who have left: their names are told at doors too."""
    words = q[:_MAX_WORDS]

    def load(session: Session) -> ChoosePage:
        found = search(list_members(session, desk.actor, desk.now), words)
        found.sort(key=lambda member: member.state == ENDED)
        return ChoosePage(
            title=_("Kiểm tra thẻ"),
            frame=build_frame(session, desk.actor, CARDS),
            q=words,
            rows=[
                NameRow(
                    name=member.account.name,
                    role=ROLES[member.account.role],
                    team=team_label(member.team),
                    state=state_badge(member),
                    begin=f"{PATH}/{member.account.id}/begin",
                )
                for member in found
                if member.account.erased_at is None
            ],
        )

    return html("desk/people/card_choose.html", desk.database.read(load))
