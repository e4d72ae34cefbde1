"""/desk/supervisors: the supervisors of the commune."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.credentials.supervisors import Supervisor, list_supervisors
from app.core.strings import _
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import SUPERVISORS, build_frame
from app.web.desk.page.labels import Badge
from app.web.desk.people.supervisors.idle_row import IdleRow, idle_row
from app.web.desk.people.supervisors.labels import state_badge
from app.web.desk.people.supervisors.resets import all_resets
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()


@dataclass(frozen=True)
class SupervisorRow:
    """One supervisor in the list; `href` is the own account for whoever asks."""

    href: str
    name: str
    sign_in_name: str
    state: Badge
    last_use: str


@dataclass(frozen=True)
class SupervisorsPage:
    """What templates/desk/people/supervisors.html shows. `resets`: whose passwords others have set; `idle`:
    whose accounts are idle."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[SupervisorRow]
    resets: list[str]
    idle: list[IdleRow]


@router.get("/desk/supervisors")
def show_supervisors(desk: Desk) -> Response:
    def load(session: Session) -> SupervisorsPage:
        found = list_supervisors(session, desk.actor, desk.now)
        return SupervisorsPage(
            title=_("Cán bộ"),
            frame=build_frame(session, desk.actor, SUPERVISORS),
            as_of=moment(desk.now),
            count=number(len(found)),
            rows=[_row(desk, one) for one in found],
            resets=all_resets(session, desk),
            idle=[_idle_row(one) for one in found if one.is_idle(desk.now)],
        )

    return html("desk/people/supervisors.html", desk.database.read(load))


def _idle_row(one: Supervisor) -> IdleRow:
    return idle_row(one.account.name, one.idle_since, f"/desk/supervisors/{one.account.id}/end")


def _row(desk: DeskContext, one: Supervisor) -> SupervisorRow:
    is_own = one.account.id == desk.actor.account_id
    return SupervisorRow(
        href="/desk/account" if is_own else f"/desk/supervisors/{one.account.id}",
        name=one.account.name,
        sign_in_name=one.sign_in_name,
        state=state_badge(one),
        last_use=moment(one.last_used_at) if one.last_used_at else "",
    )
