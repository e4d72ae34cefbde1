"""/desk/hamlets/{id}/walking-list: a hamlet's households to print, with room to write down visits by hand."""

from dataclasses import dataclass
from itertools import groupby

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.areas import Hamlet
from app.commune.teams.directory import list_teams
from app.core.audit import views
from app.core.clock import local_date
from app.core.strings import SOURCE, _, language
from app.review.register.walking_list import WalkingEntry, list_entries
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import HAMLETS, build_frame
from app.web.desk.page.labels import RESULTS
from app.web.frame import Frame
from app.web.rendering import day, html, number

router = APIRouter()
NOT_REACHED = "not-reached"


@dataclass(frozen=True)
class WalkingRow:
    """A household; `reached`: the day of the last visit that found somebody, or *Chưa gặp*."""

    house_no: str
    name: str
    reached: str


@dataclass(frozen=True)
class Alley:
    """The households of one alley, in the order of their numbers; `name` is empty for those without one."""

    name: str
    rows: list[WalkingRow]


@dataclass(frozen=True)
class WalkingListPage:
    """What templates/desk/people/walking_list.html shows."""

    title: str
    frame: Frame
    hamlet: str
    address: str
    teams: str
    as_of: str
    count: str
    all_count: str
    not_reached_count: str
    only_not_reached: bool
    alleys: list[Alley]
    results: list[str]


@router.get("/desk/hamlets/{hamlet_id}/walking-list")
@language(SOURCE)
def show_walking_list(hamlet_id: PathId, desk: Desk, show: str = "") -> Response:
    """All households, or with `show=not-reached` only those."""
    page = desk.database.read(lambda session: _page(session, desk, hamlet_id, show == NOT_REACHED))
    desk.note_view(views.WALKING_LIST, hamlet_id)
    return html("desk/people/walking_list.html", page)


def _page(session: Session, desk: DeskContext, hamlet_id: str, only_not_reached: bool) -> WalkingListPage:
    hamlet = access.find(session, desk.actor, Hamlet, hamlet_id)
    entries = list_entries(session, desk.actor, [hamlet_id])
    not_reached = [entry for entry in entries if entry.reached_on is None]
    shown = not_reached if only_not_reached else entries
    teams = [one.team.name for one in list_teams(session, desk.actor) if hamlet_id in one.hamlet_ids]
    return WalkingListPage(
        title=_("Phiếu đi thăm %(hamlet)s", hamlet=hamlet.name),
        frame=build_frame(session, desk.actor, HAMLETS),
        hamlet=hamlet.name,
        address=f"/desk/hamlets/{hamlet_id}/walking-list",
        teams=", ".join(teams),
        as_of=day(local_date(desk.now)),
        count=number(len(shown)),
        all_count=number(len(entries)),
        not_reached_count=number(len(not_reached)),
        only_not_reached=only_not_reached,
        alleys=[
            Alley(name, [_row(entry) for entry in group])
            for name, group in groupby(shown, key=lambda entry: entry.household.alley)
        ],
        results=list(RESULTS.values()),
    )


def _row(entry: WalkingEntry) -> WalkingRow:
    reached = day(entry.reached_on) if entry.reached_on else _("Chưa gặp")
    return WalkingRow(entry.household.house_no, entry.household.head_name, reached)
