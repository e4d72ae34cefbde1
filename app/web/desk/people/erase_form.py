"""/desk/people/{id}/erase: the name and number of somebody who has left, asked once with the consequences."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import NotFound
from app.core.strings import _
from app.upkeep.erasure.people import ERASED_NAME, erase_member
from app.web.desk.page.context import Desk, PathId
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.people.person import find_entry
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class PersonErasePage:
    """What templates/desk/people/person_erase.html shows; `erased_name`: what stands for the name then."""

    title: str
    frame: Frame
    address: str
    person: str
    erased_name: str


@router.get("/desk/people/{account_id}/erase")
def show_erase_form(account_id: PathId, desk: Desk) -> Response:
    """Ask, and say what it does."""

    def load(session: Session) -> PersonErasePage:
        account = find_entry(session, desk, account_id).account
        if account.ended_at is None or account.erased_at is not None:
            raise NotFound
        return PersonErasePage(
            title=_("Xóa tên và số của %(name)s?", name=account.name),
            frame=build_frame(session, desk.actor, PEOPLE),
            address=f"/desk/people/{account_id}",
            person=account.name,
            erased_name=ERASED_NAME,
        )

    return html("desk/people/person_erase.html", desk.database.read(load))


@router.post("/desk/people/{account_id}/erase", dependencies=[RecentFactor])
def erase(account_id: PathId, desk: Desk) -> Response:
    """*Xóa tên và số*."""
    desk.database.write(lambda session: erase_member(session, desk.actor, account_id, desk.now))
    desk.database.rewrite_log()
    return RedirectResponse(f"/desk/people/{account_id}?done=erased", 303)
