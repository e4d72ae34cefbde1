"""/desk/people/new: *Mời người mới*."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts.access import FIELD_ROLES
from app.commune.teams.directory import list_members, list_teams
from app.commune.teams.members import NewMember, invite_member, make_codes
from app.core.errors import NumberKnown, NumberShared
from app.core.strings import _
from app.core.types import code_of
from app.sync.quarantine.retry import retry_quarantined
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.page.labels import team_label
from app.web.desk.people.fields import check_member, with_every_field
from app.web.desk.people.invite_sheet import invite_sheet
from app.web.desk.people.labels import ROLES, role_options, state_badge, team_options
from app.web.frame import Frame
from app.web.rendering import html

router = APIRouter()


@dataclass(frozen=True)
class KnownPerson:
    """Whose number was typed; `is_ended`: that person has left."""

    id: str
    name: str
    facts: str
    is_ended: bool


@dataclass(frozen=True)
class InvitePage:
    """What templates/desk/people/invite_form.html shows; `problems` are sentences by field; `known`: whose
    number was typed, which is a question."""

    title: str
    frame: Frame
    name: str
    phone: str
    teams: list[Option]
    roles: list[Option]
    problems: dict[str, str]
    known: list[KnownPerson]


@router.get("/desk/people/new")
def show_invite_form(desk: Desk) -> Response:
    return _form(desk, NewMember("", "", "", "volunteer"))


@router.post("/desk/people/new")
def invite_person(
    request: Request,
    desk: Desk,
    name: Annotated[str, Form()] = "",
    phone: Annotated[str, Form()] = "",
    team: Annotated[str, Form()] = "",
    role: Annotated[str, Form()] = "",
    same_as: Annotated[str, Form()] = "",
    other_than: Annotated[str, Form()] = "",
) -> Response:
    """Invite the person; a wrong field or a known number shows the form again with a sentence or question."""
    member = NewMember(name, phone, team, code_of(FIELD_ROLES, role) or "volunteer", same_as, other_than)
    problems = check_member(desk, member.name, member.phone, member.team_id)
    if problems:
        return _form(desk, member, problems)
    [code] = make_codes(desk.database)
    try:
        account = desk.database.write(
            lambda session: invite_member(session, desk.actor, member, code, desk.now)
        )
    except NumberKnown as error:
        return _form(desk, member, known_ids=error.owner_ids)
    except NumberShared:
        return _form(desk, member, {"phone": _("Số này đã có hai người dùng chung, không thêm được nữa.")})
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return invite_sheet(request, desk, account.id, code)


def _form(
    desk: DeskContext,
    member: NewMember,
    problems: dict[str, str] | None = None,
    known_ids: Sequence[str] = (),
) -> Response:
    def load(session: Session) -> InvitePage:
        return InvitePage(
            title=_("Mời người mới"),
            frame=build_frame(session, desk.actor, PEOPLE),
            name=member.name,
            phone=member.phone,
            teams=team_options(list_teams(session, desk.actor), member.team_id),
            roles=role_options(member.role),
            problems=with_every_field(problems or {}),
            known=[_known_person(session, desk, id) for id in known_ids],
        )

    status = 422 if problems else 409 if known_ids else 200
    return html("desk/people/invite_form.html", desk.database.read(load), status)


def _known_person(session: Session, desk: DeskContext, account_id: str) -> KnownPerson:
    entry = list_members(session, desk.actor, desk.now, account_id)[0]
    facts = (ROLES[entry.account.role], team_label(entry.team), state_badge(entry).text)
    return KnownPerson(
        entry.account.id,
        entry.account.name,
        ", ".join(fact for fact in facts if fact),
        is_ended=entry.account.ended_at is not None,
    )
