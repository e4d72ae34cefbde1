"""/desk/teams/new and /desk/teams/{id}: a team's name and hamlets."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.accounts.models import Team
from app.commune.teams import arrangement
from app.commune.teams.hamlets import list_hamlets
from app.core.errors import NameTaken, NotFound
from app.core.strings import _
from app.core.types import is_id
from app.sync.quarantine.retry import retry_quarantined
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import TEAMS, build_frame
from app.web.frame import Frame
from app.web.names import name_problem
from app.web.rendering import html

router = APIRouter()
MAX_HAMLETS = 500
"""Of one team."""


@dataclass(frozen=True)
class TeamPage:
    """What templates/desk/people/team_form.html shows; `address` is the form's, the problems are
    sentences."""

    title: str
    frame: Frame
    address: str
    is_new: bool
    name: str
    hamlets: list[Option]
    name_problem: str
    hamlets_problem: str


@router.get("/desk/teams/new")
def show_new_team(desk: Desk) -> Response:
    return _form(desk, "", "", [])


@router.post("/desk/teams/new")
def add_team(
    desk: Desk, name: Annotated[str, Form()] = "", hamlet: Annotated[list[str] | None, Form()] = None
) -> Response:
    """Add the team; a wrong field shows the form again with a sentence."""
    return _save(desk, "", name, hamlet or [])


@router.get("/desk/teams/{team_id}")
def show_team(team_id: PathId, desk: Desk) -> Response:
    def load(session: Session) -> tuple[str, list[str]]:
        team = access.find(session, desk.actor, Team, team_id)
        return team.name, [one.hamlet_id for one in arrangement.current_assignments(session, team)]

    name, hamlets = desk.database.read(load)
    return _form(desk, team_id, name, hamlets)


@router.post("/desk/teams/{team_id}")
def change_team(
    team_id: PathId,
    desk: Desk,
    name: Annotated[str, Form()] = "",
    hamlet: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Change name and hamlets."""
    return _save(desk, team_id, name, hamlet or [])


def _save(desk: DeskContext, team_id: str, name: str, hamlets: list[str]) -> Response:
    problem = name_problem(name, _("Nhập tên tổ."))
    hamlets_problem = "" if _are_chosen(hamlets) else _("Chọn ít nhất một thôn.")
    if problem or hamlets_problem:
        return _form(desk, team_id, name, hamlets, problem, hamlets_problem)

    def work(session: Session) -> None:
        if team_id:
            arrangement.change_team(session, desk.actor, team_id, name, hamlets, desk.now)
        else:
            arrangement.add_team(session, desk.actor, name, hamlets, desk.now)

    try:
        desk.database.write(work)
    except NameTaken:
        return _form(desk, team_id, name, hamlets, _("Đã có tổ tên này. Đặt tên khác."))
    # What the team recorded in a hamlet while it was not its own waits for the right to do so.
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return RedirectResponse("/desk/teams?done=team", 303)


def _are_chosen(hamlets: list[str]) -> bool:
    return 0 < len(hamlets) <= MAX_HAMLETS and all(is_id(hamlet) for hamlet in hamlets)


def _form(
    desk: DeskContext,
    team_id: str,
    name: str,
    chosen: list[str],
    problem: str = "",
    hamlets_problem: str = "",
) -> Response:
    def load(session: Session) -> TeamPage:
        if team_id and not is_id(team_id):
            raise NotFound
        title = access.find(session, desk.actor, Team, team_id).name if team_id else _("Thêm tổ")
        return TeamPage(
            title=title,
            frame=build_frame(session, desk.actor, TEAMS),
            address=f"/desk/teams/{team_id or 'new'}",
            is_new=not team_id,
            name=name,
            hamlets=[Option(one.id, one.name, one.id in chosen) for one in list_hamlets(session, desk.actor)],
            name_problem=problem,
            hamlets_problem=hamlets_problem,
        )

    return html(
        "desk/people/team_form.html", desk.database.read(load), 422 if problem or hamlets_problem else 200
    )
