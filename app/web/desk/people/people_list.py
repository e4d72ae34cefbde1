"""/desk/people: the members of the teams, their phone and whether they use the app."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.teams.directory import ENDED, list_members, search
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import PEOPLE
from app.web.desk.people.labels import ROLES, state_badge
from app.web.screens import screen

router = APIRouter()
MAX_WORDS = 80
"""Characters of a search."""


@router.get("/desk/people")
def show_people(desk: Desk, q: str = "", show: str = "") -> Response:
    """The list; `q` has words of a name, number or team. `show=invited`: those with an unused code, the
    oldest code first."""
    words, invited = q[:MAX_WORDS], show == "invited"

    def load(session: Session) -> Mapping[str, Any]:
        members = list_members(session, desk.actor, desk.now)
        unused = sorted(
            (one for one in members if one.invited_at), key=lambda one: one.invited_at or desk.now
        )
        found = search(unused if invited else members, words)
        if not invited:
            found.sort(key=lambda member: member.state == ENDED)
        return {
            "rows": [(member, state_badge(member)) for member in found],
            "q": words,
            "has_people": bool(members),
            "invited": invited,
            "unused": len(unused),
            "roles": ROLES,
        }

    return screen(desk, "desk/people/people.html", PEOPLE, load)
