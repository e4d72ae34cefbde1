"""/desk/hamlets: the hamlets with their households and teams, and those that were merged."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.areas import Hamlet
from app.commune.teams.directory import list_teams
from app.commune.teams.hamlets import list_hamlets
from app.core.clock import local_date
from app.core.strings import _, lazy
from app.fieldwork.households.search import count_active_by_hamlet
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.frame import HAMLETS, build_frame
from app.web.frame import Frame
from app.web.rendering import day, html, number

router = APIRouter()
_DONE = {
    "saved": lazy("Đã lưu thôn. Máy của tổ thấy tên mới ở lần liên lạc sau."),
    "merged": lazy("Đã gộp thôn. Máy của các tổ nhận danh sách mới ở lần liên lạc sau."),
}


@dataclass(frozen=True)
class HamletRow:
    """A hamlet; `known`: how many households the commune says it has; `teams`: those in charge of it."""

    href: str
    name: str
    households: str
    known: str
    teams: str


@dataclass(frozen=True)
class MergedHamlet:
    """A hamlet that was merged, and what became of it in a sentence."""

    name: str
    sentence: str


@dataclass(frozen=True)
class HamletsPage:
    """What templates/desk/people/hamlets.html shows."""

    title: str
    frame: Frame
    hamlets: list[HamletRow]
    households: str
    merged: list[MergedHamlet]
    done: str


@router.get("/desk/hamlets")
def show_hamlets(desk: Desk, done: str = "") -> Response:
    """The list; `done` names what was just saved."""
    return html("desk/people/hamlets.html", desk.database.read(lambda session: _page(session, desk, done)))


def _page(session: Session, desk: DeskContext, done: str) -> HamletsPage:
    hamlets = list_hamlets(session, desk.actor, with_merged=True)
    names = {hamlet.id: hamlet.name for hamlet in hamlets}
    households = count_active_by_hamlet(session, desk.actor)
    teams: dict[str, list[str]] = {}
    for entry in list_teams(session, desk.actor):
        for hamlet_id in entry.hamlet_ids:
            teams.setdefault(hamlet_id, []).append(entry.team.name)
    return HamletsPage(
        title=_("Thôn"),
        frame=build_frame(session, desk.actor, HAMLETS),
        hamlets=[
            HamletRow(
                href=f"/desk/hamlets/{hamlet.id}",
                name=hamlet.name,
                households=number(households.get(hamlet.id, 0)),
                known="" if hamlet.known_households is None else number(hamlet.known_households),
                teams=", ".join(teams.get(hamlet.id, [])),
            )
            for hamlet in hamlets
            if hamlet.merged_into is None
        ],
        households=number(sum(households.values())),
        merged=[MergedHamlet(one.name, _sentence(one, names)) for one in hamlets if one.merged_into],
        done=_DONE.get(done, ""),
    )


def _sentence(hamlet: Hamlet, names: dict[str, str]) -> str:
    on = day(local_date(hamlet.merged_at)) if hamlet.merged_at else ""
    return _("gộp vào %(hamlet)s từ ngày %(day)s", hamlet=names.get(hamlet.merged_into or "", ""), day=on)
