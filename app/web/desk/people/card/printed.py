"""/desk/people/{id}/card: the card on paper, for the notice board and to wear."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.card import checks
from app.commune.card.content import content_of
from app.core.numbers.phone import display_phone
from app.core.strings import SOURCE, _, language
from app.web.desk.page.context import Desk, PathId
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.people.labels import ROLES
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class PrintedCard:
    """What templates/desk/people/card_print.html shows. `ended`: nobody prints the card of who has left."""

    title: str
    frame: Frame
    person: str
    name: str
    role: str
    team: str
    commune: str
    phone: str
    ended: bool


@router.get("/desk/people/{account_id}/card")
@language(SOURCE)
def show_printed(account_id: PathId, desk: Desk) -> Response:
    """The card, in Vietnamese whatever language the desk has: households read it."""

    def load(session: Session) -> PrintedCard:
        account = checks.state(session, desk.actor, account_id, desk.now).account
        content = content_of(session, desk.actor, account_id)
        return PrintedCard(
            title=_("Thẻ thành viên của %(name)s", name=content.name),
            frame=build_frame(session, desk.actor, PEOPLE),
            person=f"/desk/people/{account_id}",
            name=content.name,
            role=ROLES[account.role],
            team=content.team,
            commune=content.commune,
            phone=display_phone(content.phone),
            ended=account.ended_at is not None,
        )

    return html("desk/people/card_print.html", desk.database.read(load))
