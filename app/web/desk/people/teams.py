"""/desk/teams: the teams with their hamlets and members; a team's name and hamlets."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.accounts.models import Team
from app.commune.teams import arrangement
from app.commune.teams.directory import list_members, list_teams
from app.commune.teams.hamlets import list_hamlets
from app.core.errors import NameTaken
from app.core.strings import lazy
from app.sync.quarantine.retry import retry_quarantined
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import TEAMS
from app.web.forms import At, Filled, Form, Ids, Sent, Values, name_field, submit
from app.web.screens import screen

router = APIRouter()
_DONE = {"team": lazy("Đã lưu tổ. Máy của tổ nhận danh sách mới ở lần liên lạc sau.")}
TEAM = Form(
    name_field("name", lazy("Tên tổ"), lazy("Nhập tên tổ.")),
    Ids("hamlet", lazy("Phụ trách thôn"), wrong=lazy("Chọn ít nhất một thôn."), least=1),
    refusals={NameTaken: At("name", lazy("Đã có tổ tên này. Đặt tên khác."))},
)


@router.get("/desk/teams")
def show_teams(desk: Desk, done: str = "") -> Response:
    """The list; `done` names what was just saved."""

    def load(session: Session) -> Mapping[str, Any]:
        members = list_members(session, desk.actor, desk.now)
        teams = Counter(one.account.team_id for one in members if one.account.ended_at is None)
        rows = [(entry, teams[entry.team.id]) for entry in list_teams(session, desk.actor)]
        return {"rows": rows, "done": _DONE.get(done, "")}

    return screen(desk, "desk/people/teams.html", TEAMS, load)


@router.get("/desk/teams/new")
def show_new_team(desk: Desk) -> Response:
    return _form(desk, "", TEAM.blank())


@router.post("/desk/teams/new")
def add_team(desk: Desk, sent: Sent) -> Response:
    """Add the team."""
    return _save(desk, "", sent)


@router.get("/desk/teams/{team_id}")
def show_team(team_id: PathId, desk: Desk) -> Response:
    def load(session: Session) -> Filled:
        team = access.find(session, desk.actor, Team, team_id)
        hamlets = [one.hamlet_id for one in arrangement.current_assignments(session, team)]
        return TEAM.of(team, hamlet=hamlets)

    return _form(desk, team_id, desk.read(load))


@router.post("/desk/teams/{team_id}")
def change_team(team_id: PathId, desk: Desk, sent: Sent) -> Response:
    """Change name and hamlets."""
    return _save(desk, team_id, sent)


def _save(desk: DeskContext, team_id: str, sent: Sent) -> Response:
    def save(session: Session, typed: Values) -> None:
        name, hamlets = typed["name"], list(typed["hamlet"])
        if team_id:
            arrangement.change_team(session, desk.actor, team_id, name, hamlets, desk.now)
        else:
            arrangement.add_team(session, desk.actor, name, hamlets, desk.now)

    def saved(_none: None) -> str:
        # What the team recorded in a hamlet while it was not its own waits for the right to do so.
        retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
        return "/desk/teams?done=team"

    return submit(desk, TEAM, sent, save, saved, lambda form: _form(desk, team_id, form))


def _form(desk: DeskContext, team_id: str, form: Filled) -> Response:
    def load(session: Session) -> Mapping[str, Any]:
        return {
            "form": form,
            "team": access.find(session, desk.actor, Team, team_id) if team_id else None,
            "hamlets": [(one.id, one.name) for one in list_hamlets(session, desk.actor)],
        }

    return screen(desk, "desk/people/team_form.html", TEAMS, load, form.status)
