"""/desk/teams: the teams with their hamlets and members, and the hamlets with their households."""

from collections import Counter
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.core.strings import _
from app.households.search import count_active_by_hamlet
from app.teams.directory import list_members, list_teams
from app.teams.hamlets import list_hamlets
from app.web.desk.context import Desk, DeskContext
from app.web.desk.frame import PEOPLE, Frame, build_frame
from app.web.rendering import html, number

router = APIRouter()
_DONE = {
    "team": _("Đã lưu tổ. Máy của tổ nhận danh sách mới ở lần liên lạc sau."),
    "hamlet": _("Đã lưu thôn. Máy của tổ thấy tên mới ở lần liên lạc sau."),
}


@dataclass(frozen=True)
class TeamRow:
    """A team; `members`: how many people are in it now."""

    href: str
    name: str
    hamlets: str
    members: str


@dataclass(frozen=True)
class HamletRow:
    """A hamlet; `teams`: those in charge of it, empty if there is none."""

    href: str
    name: str
    households: str
    teams: str


@dataclass(frozen=True)
class TeamsPage:
    """What templates/desk/teams.html shows."""

    title: str
    frame: Frame
    teams: list[TeamRow]
    hamlets: list[HamletRow]
    done: str


@router.get("/desk/teams")
def show_teams(desk: Desk, done: str = "") -> Response:
    """Both lists; `done` names what was just saved."""
    return html("desk/teams.html", desk.database.read(lambda session: _page(session, desk, done)))


def _page(session: Session, desk: DeskContext, done: str) -> TeamsPage:
    teams = list_teams(session, desk.actor)
    members = Counter(
        member.account.team_id
        for member in list_members(session, desk.actor, desk.now)
        if member.account.ended_at is None
    )
    households = count_active_by_hamlet(session, desk.actor)
    in_charge: dict[str, list[str]] = {}
    for entry in teams:
        for hamlet in entry.hamlets:
            in_charge.setdefault(hamlet, []).append(entry.team.name)
    return TeamsPage(
        title=_("Tổ và thôn"),
        frame=build_frame(session, desk.actor, PEOPLE),
        teams=[
            TeamRow(
                href=f"/desk/teams/{entry.team.id}",
                name=entry.team.name,
                hamlets=", ".join(entry.hamlets),
                members=number(members[entry.team.id]),
            )
            for entry in teams
        ],
        hamlets=[
            HamletRow(
                href=f"/desk/hamlets/{hamlet.id}",
                name=hamlet.name,
                households=number(households.get(hamlet.id, 0)),
                teams=", ".join(in_charge.get(hamlet.name, [])),
            )
            for hamlet in list_hamlets(session, desk.actor)
        ],
        done=_DONE.get(done, ""),
    )
