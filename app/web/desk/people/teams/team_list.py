"""/desk/teams: the teams with their hamlets and members."""

from collections import Counter
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.teams.directory import list_members, list_teams
from app.core.strings import _, lazy
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import TEAMS, build_frame
from app.web.frame import Frame
from app.web.rendering import html, number

router = APIRouter()
_DONE = {"team": lazy("Đã lưu tổ. Máy của tổ nhận danh sách mới ở lần liên lạc sau.")}


@dataclass(frozen=True)
class TeamRow:
    """A team; `members`: how many people are in it now."""

    href: str
    name: str
    hamlets: str
    members: str


@dataclass(frozen=True)
class TeamsPage:
    """What templates/desk/people/teams.html shows."""

    title: str
    frame: Frame
    teams: list[TeamRow]
    done: str


@router.get("/desk/teams")
def show_teams(desk: Desk, done: str = "") -> Response:
    """The list; `done` names what was just saved."""
    return html("desk/people/teams.html", desk.database.read(lambda session: _page(session, desk, done)))


def _page(session: Session, desk: DeskContext, done: str) -> TeamsPage:
    teams = list_teams(session, desk.actor)
    members = Counter(
        member.account.team_id
        for member in list_members(session, desk.actor, desk.now)
        if member.account.ended_at is None
    )
    return TeamsPage(
        title=_("Tổ"),
        frame=build_frame(session, desk.actor, TEAMS),
        teams=[
            TeamRow(
                href=f"/desk/teams/{entry.team.id}",
                name=entry.team.name,
                hamlets=", ".join(entry.hamlets),
                members=number(members[entry.team.id]),
            )
            for entry in teams
        ],
        done=_DONE.get(done, ""),
    )
