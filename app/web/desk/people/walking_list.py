"""/desk/hamlets/{id}/walking-list: a hamlet's households to print, with room to write down visits by hand."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import access
from app.commune.areas import Hamlet
from app.commune.teams.directory import list_teams
from app.core.audit import views
from app.core.strings import SOURCE, language
from app.review.register.walking_list import list_entries
from app.web.desk.page.context import Desk, PathId
from app.web.desk.page.frame import HAMLETS
from app.web.desk.page.labels import RESULTS
from app.web.screens import screen

router = APIRouter()
NOT_REACHED = "not-reached"


@router.get("/desk/hamlets/{hamlet_id}/walking-list")
@language(SOURCE)
def show_walking_list(hamlet_id: PathId, desk: Desk, show: str = "") -> Response:
    """All households, or with `show=not-reached` only those; by alley, in the order of their numbers."""

    def load(session: Session) -> Mapping[str, Any]:
        hamlet = access.find(session, desk.actor, Hamlet, hamlet_id)
        entries = list_entries(session, desk.actor, [hamlet_id])
        not_reached = [entry for entry in entries if entry.reached_on is None]
        shown = not_reached if show == NOT_REACHED else entries
        alleys = groupby(shown, key=lambda entry: entry.household.alley)
        return {
            "hamlet": hamlet,
            "teams": [
                one.team.name for one in list_teams(session, desk.actor) if hamlet_id in one.hamlet_ids
            ],
            "count": len(shown),
            "all_count": len(entries),
            "not_reached_count": len(not_reached),
            "only_not_reached": show == NOT_REACHED,
            "alleys": [(name, list(group)) for name, group in alleys],
            "results": list(RESULTS.values()),
        }

    answer = screen(desk, "desk/people/walking_list.html", HAMLETS, load)
    desk.note_view(views.WALKING_LIST, hamlet_id)
    return answer
