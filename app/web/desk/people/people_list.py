"""/desk/people: the members of the teams, their phone and whether they use the app."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.teams.directory import ENDED, Member, list_members, search
from app.core.strings import _
from app.web.desk.page.context import Desk
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.page.labels import Badge, phone_number, team_label
from app.web.desk.people.labels import ROLES, state_badge
from app.web.frame import Frame
from app.web.rendering import html, moment, number

router = APIRouter()
MAX_WORDS = 80
"""Characters of a search."""


@dataclass(frozen=True)
class PersonRow:
    """One person in the list; `phone_link` calls them."""

    href: str
    name: str
    role: str
    phone: str
    phone_link: str
    team: str
    state: Badge
    last_contact: str
    unsent: str


@dataclass(frozen=True)
class PeoplePage:
    """What templates/desk/people/people.html shows. `has_people`: there are some, perhaps none with these
    words. `invited`: only those with an unused code are listed; `unused`: how many there are."""

    title: str
    frame: Frame
    as_of: str
    count: str
    rows: list[PersonRow]
    q: str
    has_people: bool
    invited: bool
    unused: str


@router.get("/desk/people")
def show_people(desk: Desk, q: str = "", show: str = "") -> Response:
    """The list; `q` has words of a name, number or team. `show=invited`: those with an unused code, the
    oldest code first."""
    words, invited = q[:MAX_WORDS], show == "invited"

    def load(session: Session) -> PeoplePage:
        members = list_members(session, desk.actor, desk.now)
        unused = sorted(
            (one for one in members if one.invited_at), key=lambda one: one.invited_at or desk.now
        )
        found = search(unused if invited else members, words)
        if not invited:
            found.sort(key=lambda member: member.state == ENDED)
        return PeoplePage(
            title=_("Tổ và người"),
            frame=build_frame(session, desk.actor, PEOPLE),
            as_of=moment(desk.now),
            count=number(len(found)),
            rows=[_row(member) for member in found],
            q=words,
            has_people=bool(members),
            invited=invited,
            unused=number(len(unused)) if unused else "",
        )

    return html("desk/people/people.html", desk.database.read(load))


def _row(member: Member) -> PersonRow:
    account = member.account
    phone, phone_link = phone_number(account.phone)
    return PersonRow(
        href=f"/desk/people/{account.id}",
        name=account.name,
        role=ROLES[account.role],
        phone=phone,
        phone_link=phone_link,
        team=team_label(member.team),
        state=state_badge(member),
        last_contact=moment(member.last_contact_at) if member.last_contact_at else "",
        unsent=_("%(count)s lượt", count=number(member.unsent)) if member.unsent else "",
    )
