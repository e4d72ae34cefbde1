"""/desk/people/{id} and its forms: one person with phones and teams over time; a new code, name and number,
team, role, *Cho nghỉ*, coming back, and the erasure of somebody who has left."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.accounts import call_history
from app.commune.teams import directory, members
from app.commune.teams.directory import Member, list_members, list_teams
from app.core.clock import local_date
from app.core.errors import CodedError, NotFound, NumberKnown, PhoneInvalid
from app.core.numbers.phone import display_phone
from app.core.strings import _, lazy
from app.core.text import mask_digits
from app.fieldwork.visits.activity import active_days
from app.sync.quarantine.retry import retry_quarantined
from app.upkeep.erasure.people import ERASED_NAME, erase_member
from app.web.days import start_of
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.frame import PEOPLE
from app.web.desk.people.call_labels import call_note, loss_sentences, settled_sentence
from app.web.desk.people.invites import invite_sheet
from app.web.desk.people.labels import NAME, NO_TEAM, PHONE, ROLES, state_badge, team_field, team_options
from app.web.forms import At, Day, Filled, Form, Sent, Values, submit
from app.web.reading import RecentFactor
from app.web.screens import screen

router = APIRouter()
_DONE = {
    "edited": lazy("Đã sửa thông tin."),
    "moved": lazy("Đã chuyển tổ. Máy nhận danh sách mới ở lần liên lạc sau; lượt chưa gửi vẫn được tính."),
    "role": lazy("Đã đổi vai trò."),
    "erased": lazy("Đã xóa tên và số."),
    "ended": lazy("Đã cho nghỉ. Lượt còn trên máy sẽ vào mục Chờ xử lý."),
}
MOVE = Form(
    team_field(lazy("Sang tổ"), empty=lazy("Chọn tổ")),
    Day(
        "since",
        lazy("Từ ngày"),
        lazy("Để trống là từ bây giờ. Nếu người ấy đã đi thăm ở thôn mới, ghi ngày bắt đầu: 24/11/2026"),
        wrong=lazy("Ghi ngày theo mẫu 24/11/2026, không sau hôm nay."),
        most_ago=400_000,
    ),
    refusals={NotFound: At("team", NO_TEAM)},
)
RETURN = Form(
    team_field(lazy("Tổ")),
    refusals={PhoneInvalid: lazy("Số cũ nay là của người khác. Nhập số mới, rồi cho trở lại tổ.")},
)


def _address(account_id: str, done: str = "") -> str:
    return f"/desk/people/{account_id}" + (f"?done={done}" if done else "")


def find_entry(session: Session, desk: DeskContext, account_id: str) -> Member:
    """The person with this id. Raises `NotFound`."""
    found = list_members(session, desk.actor, desk.now, account_id)
    if not found:
        raise NotFound
    return found[0]


@router.get("/desk/people/{account_id}")
def show_person(account_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""
    return _page(desk, account_id, RETURN.blank(), _DONE.get(done, ""))


def _page(desk: DeskContext, account_id: str, form: Filled, done: str = "") -> Response:
    """The page; `form`: the team to come back to, for somebody who has left."""

    def load(session: Session) -> Mapping[str, Any]:
        member = find_entry(session, desk, account_id)
        account = member.account
        teams = list_teams(session, desk.actor) if account.ended_at else []
        return {
            "member": member,
            "account": account,
            "role": ROLES[account.role],
            "state": state_badge(member),
            "devices": [(device, list(loss_sentences(device))) for device in member.devices],
            "days": active_days(session, desk.actor, account_id, local_date(desk.now)),
            "history": [
                (team, local_date(stay.since), stay.until and local_date(stay.until))
                for team, stay in directory.memberships(session, desk.actor, account_id)
            ],
            "calls": [
                (call_note(call), call.called_by, who, call.called_at)
                for call, who in call_history.calls_of(session, desk.actor, account_id)
            ],
            "settled": [
                (settled_sentence(loss), mask_digits(loss.reason), loss.settled_by, who, loss.settled_at)
                for loss, who in call_history.settled_losses(session, desk.actor, account_id)
            ],
            "form": form if form.problems else RETURN.blank(team=account.team_id),
            "teams": team_options(teams),
            "done": done,
        }

    return screen(desk, "desk/people/person.html", PEOPLE, load, form.status)


@router.post("/desk/people/{account_id}/code")
def reissue_code(request: Request, account_id: PathId, desk: Desk) -> Response:
    """*Cấp lại mã*."""
    [code] = members.make_codes(desk.database)
    desk.database.write(lambda session: members.reissue_code(session, desk.actor, account_id, code, desk.now))
    return invite_sheet(request, desk, account_id, code)


def _edit_form(desk: DeskContext) -> Form:
    """Name and number; whose number it is already, is said by name."""

    def owner(error: CodedError) -> At:
        ids = error.owner_ids if isinstance(error, NumberKnown) else [""]
        name = desk.read(lambda session: find_entry(session, desk, ids[0])).account.name
        return At("phone", _("Số này đang là của %(name)s. Sửa số của người ấy trước.", name=name))

    return Form(NAME, PHONE, refusals={NumberKnown: owner})


@router.get("/desk/people/{account_id}/edit")
def show_edit_form(account_id: PathId, desk: Desk) -> Response:
    account = desk.read(lambda session: find_entry(session, desk, account_id)).account
    form = _edit_form(desk).blank(name=account.name, phone=display_phone(account.phone))
    return _form_page(desk, "edit", account_id)(form)


@router.post("/desk/people/{account_id}/edit")
def edit_person(account_id: PathId, desk: Desk, sent: Sent) -> Response:
    """Correct name and number."""

    def edit(session: Session, typed: Values) -> None:
        members.edit_member(session, desk.actor, account_id, typed["name"], typed["phone"], desk.now)

    done, again = _address(account_id, "edited"), _form_page(desk, "edit", account_id)
    return submit(desk, _edit_form(desk), sent, edit, done, again)


@router.get("/desk/people/{account_id}/move")
def show_move_form(account_id: PathId, desk: Desk) -> Response:
    return _form_page(desk, "move", account_id)(MOVE.blank())


@router.post("/desk/people/{account_id}/move")
def move_person(account_id: PathId, desk: Desk, sent: Sent) -> Response:
    """Move to another team."""

    def move(session: Session, typed: Values) -> None:
        since = start_of(typed["since"], desk.now)
        members.move_member(session, desk.actor, account_id, typed["team"], since, desk.now)

    def moved(_none: None) -> str:
        retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
        return _address(account_id, "moved")

    return submit(desk, MOVE, sent, move, moved, _form_page(desk, "move", account_id))


@router.post("/desk/people/{account_id}/role", dependencies=[RecentFactor])
def change_role(account_id: PathId, desk: Desk, role: Annotated[str, FormField()] = "") -> Response:
    """*Giao làm tổ trưởng*, *Thôi làm tổ trưởng*."""
    desk.database.write(lambda session: members.set_role(session, desk.actor, account_id, role, desk.now))
    return RedirectResponse(_address(account_id, "role"), 303)


@router.get("/desk/people/{account_id}/end")
def show_end_form(account_id: PathId, desk: Desk) -> Response:
    """Ask for confirmation of *Cho nghỉ* and say what it does."""
    return _form_page(desk, "end", account_id)(None)


@router.post("/desk/people/{account_id}/end")
def end_person(account_id: PathId, desk: Desk) -> Response:
    """*Cho nghỉ*."""
    desk.database.write(lambda session: members.end_member(session, desk.actor, account_id, desk.now))
    return RedirectResponse(_address(account_id, "ended"), 303)


@router.post("/desk/people/{account_id}/return")
def bring_back(request: Request, account_id: PathId, desk: Desk, sent: Sent) -> Response:
    """*Trở lại tổ*: shows the new code; asks for another number if the old one is somebody else's now."""
    [code] = members.make_codes(desk.database)

    def bring(session: Session, typed: Values) -> None:
        members.bring_back(session, desk.actor, account_id, typed["team"], code, desk.now)

    def brought(_none: None) -> Response:
        retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
        return invite_sheet(request, desk, account_id, code)

    def again(form: Filled) -> Response:
        if not form.notice:
            return _page(desk, account_id, form)
        name = desk.read(lambda session: find_entry(session, desk, account_id)).account.name
        wanted = _edit_form(desk).blank(name=name).with_problems({"phone": form.notice})
        return _form_page(desk, "edit", account_id)(wanted)

    return submit(desk, RETURN, sent, bring, brought, again)


@router.get("/desk/people/{account_id}/erase")
def show_erase_form(account_id: PathId, desk: Desk) -> Response:
    """Ask, and say what it does."""
    return _form_page(desk, "erase", account_id)(None)


@router.post("/desk/people/{account_id}/erase", dependencies=[RecentFactor])
def erase(account_id: PathId, desk: Desk) -> Response:
    """*Xóa tên và số*."""
    desk.database.write(lambda session: erase_member(session, desk.actor, account_id, desk.now))
    desk.database.rewrite_log()
    return RedirectResponse(_address(account_id, "erased"), 303)


def _form_page(desk: DeskContext, what: str, account_id: str) -> Callable[[Filled | None], Response]:
    """The page of one of the person's forms: templates/desk/people/person_{what}.html."""

    def show(form: Filled | None) -> Response:
        def load(session: Session) -> Mapping[str, Any]:
            member = find_entry(session, desk, account_id)
            account = member.account
            has_left = account.ended_at is not None
            if (what == "move" and has_left) or (what == "erase" and (account.erased_at or not has_left)):
                raise NotFound
            teams = list_teams(session, desk.actor) if what == "move" else []
            return {
                "form": form,
                "member": member,
                "account": account,
                "teams": team_options([one for one in teams if one.team.id != account.team_id]),
                "erased_name": ERASED_NAME,
            }

        status = form.status if form else 200
        return screen(desk, f"desk/people/person_{what}.html", PEOPLE, load, status)

    return show
