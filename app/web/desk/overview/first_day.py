"""*Ngày đầu*: the five steps on the overview of a commune without visits, what to do at each, and
/desk/first-day/…, which does it at once or takes it back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.teams.members import make_codes
from app.commune.teams.missing_teams import add_missing_teams, newest_teams, remove_new_teams
from app.commune.teams.new_members import list_unseen, newest_members, reissue_codes, remove_new_members
from app.core.clock import local_date, wire_time
from app.core.errors import StaleDecision
from app.core.strings import _, lazy
from app.intake.household_import.runs import commands, queries
from app.intake.household_import.runs.models import READING, READY, HouseholdImport
from app.intake.household_import.runs.undo import may_undo
from app.review.first_day import FirstDay, first_visit_at, load_first_day
from app.sync.quarantine.retry import retry_quarantined
from app.web.cookies import delete_cookie, set_cookie
from app.web.deps import Config
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.people.invites import invite_cards
from app.web.rendering import moment, number

PATH = "/desk/first-day"
LEFT_COOKIE = "first-day-later"
LEFT_FOR = timedelta(days=7)
_DONE, _NEXT, _LATER = "done", "next", "later"
_NAMES_SHOWN = 5
router = APIRouter()
DONE = {
    "teams": lazy("Đã tạo tổ cho mọi thôn."),
    "teams-undone": lazy("Đã bỏ các tổ vừa tạo."),
    "people-undone": lazy("Đã bỏ những người vừa mời. Mời lại lúc nào cũng được."),
    "imported": lazy("Đã nhập danh sách hộ."),
    "signed-in": lazy("Chưa cấp lại mã: có người vừa đăng nhập hoặc vừa được mời. Bấm lại."),
    "changed": lazy("Chưa hoàn tác: có người vừa đăng nhập, được gọi, được mời thêm, hoặc tổ vừa có người."),
}


@dataclass(frozen=True)
class Act:
    """A button that sends something; `since` identifies what it takes back. `warning`: what follows from it,
    if it asks first; else empty."""

    label: str
    address: str
    since: str = ""
    warning: str = ""


@dataclass(frozen=True)
class Step:
    """One step, its links each a text and an address; `state`: `done`, `next` or `later`. `form`: the link to
    the form where it is done, and `act` the button that does it at once, one of them for a step that can be
    done; `more`: another way or what is there; `undo`, or `undo_form`: what takes it back."""

    title: str
    text: str
    is_done: bool
    form: tuple[str, str] | None = None
    act: Act | None = None
    more: tuple[str, str] | None = None
    undo: Act | None = None
    undo_form: tuple[str, str] | None = None
    state: str = _LATER


@dataclass(frozen=True)
class Path:
    """What templates/desk/overview/first_day.html shows; `done`: how many steps are; `is_left`: whether this
    browser was told *Để sau*; `waits`: whether a visit may arrive, because somebody has signed in."""

    steps: list[Step]
    done: int
    is_left: bool
    waits: bool


def first_day_path(session: Session, desk: DeskContext, left: str) -> Path | None:
    """The path of a commune of which no visit has arrived; None for others. `left`: the commune whose path
    this browser has left."""
    if first_visit_at(session, desk.actor) is not None:
        return None
    found = load_first_day(session, desk.actor)
    steps = [
        _list_step(session, desk, found),
        _teams_step(session, desk, found),
        _people_step(session, desk, found),
        _codes_step(session, desk, found),
        _visit_step(found),
    ]
    done = sum(step.is_done for step in steps)
    return Path(
        steps=_with_states(steps),
        done=done,
        is_left=left == desk.actor.commune_id,
        waits=found.signed_in > 0,
    )


def arrival_sentence(session: Session, desk: DeskContext) -> str:
    """That the first visit has arrived, on the day on which it did; else empty."""
    first = first_visit_at(session, desk.actor)
    if first is None or local_date(first) != local_date(desk.now):
        return ""
    return _("Lượt thăm đầu tiên đã về lúc %(when)s. Ngày đầu đã xong.", when=moment(first))


def _with_states(steps: Sequence[Step]) -> list[Step]:
    """The first step that is not done is next."""
    following = next((step for step in steps if not step.is_done), None)
    states = [_DONE if step.is_done else _NEXT if step is following else _LATER for step in steps]
    return [replace(step, state=state) for step, state in zip(steps, states, strict=True)]


def _list_step(session: Session, desk: DeskContext, found: FirstDay) -> Step:
    title, runs = _("Danh sách hộ"), queries.list_imports(session, desk.actor)
    waiting = next((run for run in runs if _waits(run, desk.now)), None)
    if waiting:
        text = _("Danh sách %(name)s đang chờ xem và xác nhận.", name=waiting.file_name)
        form = (_("Xem và xác nhận"), f"/desk/imports/{waiting.id}")
        return Step(title, text, bool(found.households), form)
    undone = next((run for run in runs if may_undo(run, desk.now)), None)
    undo = (_("Hoàn tác lần nhập"), f"/desk/imports/{undone.id}/undo") if undone else None
    if found.households:
        households, hamlets = number(found.households), number(found.hamlets)
        text = _("Đã có %(households)s hộ ở %(hamlets)s thôn.", households=households, hamlets=hamlets)
        more = (_("Nhập thêm danh sách"), "/desk/imports")
        return Step(title, text, is_done=True, more=more, undo_form=undo)
    text = _("Tải lên tệp Excel hoặc CSV. Thôn được tạo theo danh sách, sau khi xem trước.")
    more = (_("Chưa có danh sách: thêm thôn"), "/desk/hamlets/new")
    form = (_("Nhập danh sách hộ"), "/desk/imports")
    return Step(title, text, is_done=False, form=form, more=more, undo_form=undo)


def _waits(run: HouseholdImport, now: datetime) -> bool:
    return commands.effective_state(run, now) in (READING, READY)


def _teams_step(session: Session, desk: DeskContext, found: FirstDay) -> Step:
    title, new = _("Tổ của mỗi thôn"), newest_teams(session, desk.actor)
    undo = None
    if new:
        label = _("Hoàn tác: bỏ %(count)s tổ vừa tạo", count=number(len(new.teams)))
        undo = Act(label, f"{PATH}/teams/undo", wire_time(new.since))
    more = (_("Xem, đổi tên, gộp thôn vào một tổ"), "/desk/teams")
    if not found.hamlets:
        text = _("Một tổ cho mỗi thôn, đặt theo tên thôn. Đổi tên, gộp tổ lúc nào cũng được.")
        return Step(title, text, is_done=False, undo=undo)
    if not found.without_team:
        text = _("Thôn nào cũng có tổ phụ trách: %(count)s thôn.", count=number(found.hamlets))
        return Step(title, text, is_done=True, more=more, undo=undo)
    names = ", ".join(found.without_team[:_NAMES_SHOWN])
    count = number(len(found.without_team))
    text = _("%(count)s thôn chưa có tổ: %(names)s.", count=count, names=names)
    if len(found.without_team) > _NAMES_SHOWN:
        text = _("%(count)s thôn chưa có tổ: %(names)s…", count=count, names=names)
    act = Act(_("Tạo tổ cho mọi thôn"), f"{PATH}/teams")
    return Step(title, text, is_done=False, act=act, more=more, undo=undo)


def _people_step(session: Session, desk: DeskContext, found: FirstDay) -> Step:
    title, new = _("Người trong tổ"), newest_members(session, desk.actor)
    undo = None
    if new:
        count = number(len(new.accounts))
        warning = _("%(count)s người mời sau cùng được bỏ ra, mã đã in của họ thôi dùng được.", count=count)
        label = _("Hoàn tác: bỏ %(count)s người vừa mời", count=count)
        undo = Act(label, f"{PATH}/people/undo", wire_time(new.since), warning)
    if found.members:
        text = _("%(count)s người trong các tổ.", count=number(found.members))
        more = (_("Mời thêm"), "/desk/people/import")
        return Step(title, text, is_done=True, more=more, undo=undo)
    text = _("Dán từ Excel, Word, Zalo, hoặc tải tệp lên: tên, số điện thoại, thôn.")
    has_teams = found.hamlets > len(found.without_team)
    form = (_("Dán hoặc tải danh sách người"), "/desk/people/import") if has_teams else None
    return Step(title, text, is_done=False, form=form, undo=undo)


def _codes_step(session: Session, desk: DeskContext, found: FirstDay) -> Step:
    title = _("Phiếu mã mời")
    if not found.members:
        text = _("Phiếu mã hiện ra ngay sau khi mời: in, cắt, đưa tận tay từng người.")
        return Step(title, text, is_done=False)
    text = _("Đưa tận tay từng người. Chưa ai đăng nhập.")
    if found.signed_in:
        text = _("%(count)s người đã đăng nhập trên máy.", count=number(found.signed_in))
    unseen = number(len(list_unseen(session, desk.actor)))
    if unseen == "0":
        return Step(title, text, is_done=True)
    label = _("Mất phiếu: cấp lại mã cho %(count)s người", count=unseen)
    warning = _("Mã cũ của %(count)s người chưa đăng nhập thôi dùng được. In phiếu mới ngay.", count=unseen)
    form = (_("Xem ai chưa đăng nhập"), "/desk/people?show=invited")
    again = Act(label, f"{PATH}/codes", warning=warning)
    return Step(title, text, bool(found.signed_in), form=form, act=again)


def _visit_step(found: FirstDay) -> Step:
    text = _("Khi lượt đầu tiên gửi về, Ngày đầu tự hết và Tổng quan hiện ra.")
    form = (_("Xem máy của tổ"), "/desk/devices") if found.signed_in else None
    return Step(_("Lượt thăm đầu tiên"), text, is_done=False, form=form)


@router.post(f"{PATH}/teams")
def add_teams(desk: Desk) -> Response:
    """*Tạo tổ cho mọi thôn*."""
    added = desk.database.write(lambda session: add_missing_teams(session, desk.actor, desk.now))
    retry_quarantined(desk.database, desk.actor.commune_id, desk.now)
    return _overview("teams" if added else "")


@router.post(f"{PATH}/teams/undo")
def undo_teams(desk: Desk, since: Annotated[str, Form()] = "") -> Response:
    """*Hoàn tác* of the teams that began at `since`."""
    try:
        instant = _instant(since)
        desk.database.write(lambda session: remove_new_teams(session, desk.actor, instant, desk.now))
    except StaleDecision:
        return _overview("changed")
    return _overview("teams-undone")


@router.post(f"{PATH}/people/undo")
def undo_people(desk: Desk, since: Annotated[str, Form()] = "") -> Response:
    """*Hoàn tác* of the people who were invited at `since`."""
    try:
        instant = _instant(since)
        desk.database.write(lambda session: remove_new_members(session, desk.actor, instant, desk.now))
    except StaleDecision:
        return _overview("changed")
    return _overview("people-undone")


@router.post(f"{PATH}/codes")
def print_again(request: Request, desk: Desk) -> Response:
    """New codes for everybody who has not signed in yet, as a sheet to cut."""
    unseen = [account.id for account in desk.database.read(lambda session: list_unseen(session, desk.actor))]
    codes = make_codes(desk.database, len(unseen))
    try:
        desk.database.write(lambda session: reissue_codes(session, desk.actor, unseen, codes, desk.now))
    except StaleDecision:
        return _overview("signed-in")
    return invite_cards(request, desk, dict(zip(unseen, codes, strict=True))) if unseen else _overview()


@router.get(f"{PATH}/arrived")
def ask_for_visit(desk: Desk) -> Response:
    """The open path asks every 20 seconds: the overview, once the first visit has arrived."""
    first = desk.database.read(lambda session: first_visit_at(session, desk.actor))
    if first is None:
        return Response(status_code=204)
    return Response(headers={"HX-Redirect": "/desk/", "Cache-Control": "no-store"})


@router.post(f"{PATH}/leave")
def leave(desk: Desk, settings: Config) -> Response:
    """*Để sau*: this browser shows the overview of this commune, for a week."""
    response = _overview()
    set_cookie(response, LEFT_COOKIE, desk.actor.commune_id, LEFT_FOR, settings)
    return response


@router.post(f"{PATH}/resume")
def resume(_desk: Desk, settings: Config) -> Response:
    """*Mở lại Ngày đầu*."""
    return delete_cookie(_overview(), LEFT_COOKIE, settings)


def _instant(text: str) -> datetime:
    """Raises `StaleDecision` for a text that no page has sent."""
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise StaleDecision from None
    if instant.tzinfo is None:
        raise StaleDecision
    return instant


def _overview(done: str = "") -> Response:
    return RedirectResponse(f"/desk/?done={done}" if done else "/desk/", 303)
