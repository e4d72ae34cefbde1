"""/desk/people/{id}/…: a new code, name and number, team, role, *Cho nghỉ* and coming back."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.teams import members
from app.commune.teams.directory import Member, list_teams
from app.core.errors import NumberKnown, PhoneInvalid
from app.core.numbers.phone import display_phone
from app.core.strings import _
from app.sync.quarantine.retry import retry_quarantined
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.page.labels import team_label
from app.web.desk.people.fields import check_person, check_team, parse_since, with_every_field
from app.web.desk.people.invite_sheet import invite_sheet
from app.web.desk.people.labels import team_options
from app.web.desk.people.person import find_entry
from app.web.frame import Frame
from app.web.reading import RecentFactor
from app.web.rendering import html, number

router = APIRouter()


@dataclass(frozen=True)
class EditPage:
    """What templates/desk/people/person_edit.html shows; `problems` are sentences by field."""

    title: str
    frame: Frame
    address: str
    person: str
    name: str
    phone: str
    problems: dict[str, str]


@dataclass(frozen=True)
class MovePage:
    """What templates/desk/people/person_move.html shows; `problems` are sentences by field."""

    title: str
    frame: Frame
    address: str
    person: str
    team: str
    teams: list[Option]
    since: str
    unsent: str
    problems: dict[str, str]


@dataclass(frozen=True)
class EndPage:
    """What templates/desk/people/person_end.html shows: the consequences of *Cho nghỉ*."""

    title: str
    frame: Frame
    address: str
    person: str
    unsent: str


@router.post("/desk/people/{account_id}/code")
def reissue_code(request: Request, account_id: PathId, desk: Desk) -> Response:
    """*Cấp lại mã*."""
    [code] = members.make_codes(desk.database)
    desk.database.write(lambda session: members.reissue_code(session, desk.actor, account_id, code, desk.now))
    return invite_sheet(request, desk, account_id, code)


@router.get("/desk/people/{account_id}/edit")
def show_edit_form(account_id: PathId, desk: Desk) -> Response:
    entry = desk.database.read(lambda session: find_entry(session, desk, account_id))
    return _edit_form(desk, account_id, entry.account.name, display_phone(entry.account.phone), {})


@router.post("/desk/people/{account_id}/edit")
def edit_person(
    account_id: PathId, desk: Desk, name: Annotated[str, Form()] = "", phone: Annotated[str, Form()] = ""
) -> Response:
    """Correct name and number."""
    problems = check_person(name, phone)
    if not problems:
        try:
            desk.database.write(
                lambda session: members.edit_member(session, desk.actor, account_id, name, phone, desk.now)
            )
            return _redirect(account_id, "edited")
        except NumberKnown as error:
            owner_id = error.owner_ids[0]
            problems = {"phone": desk.database.read(lambda session: _owner(session, desk, owner_id))}
    return _edit_form(desk, account_id, name, phone, problems)


@router.get("/desk/people/{account_id}/move")
def show_move_form(account_id: PathId, desk: Desk) -> Response:
    return _move_form(desk, account_id, "", "", {})


@router.post("/desk/people/{account_id}/move")
def move_person(
    account_id: PathId, desk: Desk, team: Annotated[str, Form()] = "", since: Annotated[str, Form()] = ""
) -> Response:
    """Move to another team."""
    problems = check_team(desk, team)
    start = parse_since(since, desk.now)
    if start is None:
        problems["since"] = _("Ghi ngày theo mẫu 24/11/2026, không sau hôm nay.")
    if problems or start is None:
        return _move_form(desk, account_id, team, since, problems)
    desk.database.write(
        lambda session: members.move_member(session, desk.actor, account_id, team, start, desk.now)
    )
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return _redirect(account_id, "moved")


@router.post("/desk/people/{account_id}/role", dependencies=[RecentFactor])
def change_role(account_id: PathId, desk: Desk, role: Annotated[str, Form()] = "") -> Response:
    """*Giao làm tổ trưởng*, *Thôi làm tổ trưởng*."""
    desk.database.write(lambda session: members.set_role(session, desk.actor, account_id, role, desk.now))
    return _redirect(account_id, "role")


@router.get("/desk/people/{account_id}/end")
def show_end_form(account_id: PathId, desk: Desk) -> Response:
    """Ask for confirmation of *Cho nghỉ* and say what it does."""

    def load(session: Session) -> EndPage:
        entry = find_entry(session, desk, account_id)
        return EndPage(
            title=_("Cho %(name)s nghỉ?", name=entry.account.name),
            frame=build_frame(session, desk.actor, PEOPLE),
            address=f"/desk/people/{account_id}",
            person=entry.account.name,
            unsent=_unsent(entry),
        )

    return html("desk/people/person_end.html", desk.database.read(load))


@router.post("/desk/people/{account_id}/end")
def end_person(account_id: PathId, desk: Desk) -> Response:
    """*Cho nghỉ*."""
    desk.database.write(lambda session: members.end_member(session, desk.actor, account_id, desk.now))
    return _redirect(account_id, "ended")


@router.post("/desk/people/{account_id}/return")
def bring_back(
    request: Request, account_id: PathId, desk: Desk, team: Annotated[str, Form()] = ""
) -> Response:
    """*Trở lại tổ*: shows the new code."""
    [code] = members.make_codes(desk.database)
    try:
        desk.database.write(
            lambda session: members.bring_back(session, desk.actor, account_id, team, code, desk.now)
        )
    except PhoneInvalid:
        entry = desk.database.read(lambda session: find_entry(session, desk, account_id))
        problems = {"phone": _("Số cũ nay là của người khác. Nhập số mới, rồi cho trở lại tổ.")}
        return _edit_form(desk, account_id, entry.account.name, "", problems)
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return invite_sheet(request, desk, account_id, code)


def _edit_form(
    desk: DeskContext, account_id: str, name: str, phone: str, problems: dict[str, str]
) -> Response:
    def load(session: Session) -> EditPage:
        person = find_entry(session, desk, account_id).account.name
        return EditPage(
            title=_("Sửa tên và số của %(name)s", name=person),
            frame=build_frame(session, desk.actor, PEOPLE),
            address=f"/desk/people/{account_id}",
            person=person,
            name=name,
            phone=phone,
            problems=with_every_field(problems),
        )

    return html("desk/people/person_edit.html", desk.database.read(load), 422 if problems else 200)


def _move_form(
    desk: DeskContext, account_id: str, team: str, since: str, problems: dict[str, str]
) -> Response:
    def load(session: Session) -> MovePage:
        entry = find_entry(session, desk, account_id)
        own = entry.account.team_id
        teams = [one for one in list_teams(session, desk.actor) if one.team.id != own]
        return MovePage(
            title=_("Chuyển %(name)s sang tổ khác", name=entry.account.name),
            frame=build_frame(session, desk.actor, PEOPLE),
            address=f"/desk/people/{account_id}",
            person=entry.account.name,
            team=team_label(entry.team),
            teams=team_options(teams, team),
            since=since,
            unsent=_unsent(entry),
            problems=with_every_field(problems),
        )

    return html("desk/people/person_move.html", desk.database.read(load), 422 if problems else 200)


def _owner(session: Session, desk: DeskContext, account_id: str) -> str:
    return _(
        "Số này đang là của %(name)s. Sửa số của người ấy trước.",
        name=find_entry(session, desk, account_id).account.name,
    )


def _unsent(entry: Member) -> str:
    return _("%(count)s lượt", count=number(entry.unsent)) if entry.unsent else ""


def _redirect(account_id: str, done: str) -> Response:
    return RedirectResponse(f"/desk/people/{account_id}?done={done}", 303)
