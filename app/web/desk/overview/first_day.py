"""*Ngày đầu*: the five steps on the overview of a commune without visits, and what to do at each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from app.commune.teams.missing_teams import newest_teams
from app.commune.teams.new_members import list_unseen, newest_members
from app.core.clock import local_date, wire_time
from app.core.strings import _
from app.intake.household_import.runs import commands, queries
from app.intake.household_import.runs.models import READING, READY, HouseholdImport
from app.intake.household_import.runs.undo import may_undo
from app.review.first_day import FirstDay, first_visit_at, load_first_day
from app.web.desk.page.context import DeskContext
from app.web.desk.page.labels import Link
from app.web.rendering import moment, number

PATH = "/desk/first-day"
LEFT_COOKIE = "first-day-later"
LEFT_FOR = timedelta(days=7)
DONE, NEXT, LATER = "done", "next", "later"
_NAMES_SHOWN = 5


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
    """One step; `state`: `done`, `next` or `later`. `form`: the link to the form where it is done, and `act`
    the button that does it at once, one of them for a step that can be done; `more`: another way or what is
    there; `undo`, or `undo_form`: what takes it back."""

    title: str
    text: str
    is_done: bool
    form: Link | None = None
    act: Act | None = None
    more: Link | None = None
    undo: Act | None = None
    undo_form: Link | None = None
    state: str = LATER


@dataclass(frozen=True)
class Path:
    """What templates/desk/overview/first_day.html shows; `done`: how many steps are; `is_left`: whether this
    browser was told *Để sau*; `waits`: whether a visit may arrive, because somebody has signed in."""

    steps: list[Step]
    done: str
    count: str
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
        done=number(done),
        count=number(len(steps)),
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
    states = [DONE if step.is_done else NEXT if step is following else LATER for step in steps]
    return [replace(step, state=state) for step, state in zip(steps, states, strict=True)]


def _list_step(session: Session, desk: DeskContext, found: FirstDay) -> Step:
    title, runs = _("Danh sách hộ"), queries.list_imports(session, desk.actor)
    waiting = next((run for run in runs if _waits(run, desk.now)), None)
    if waiting:
        text = _("Danh sách %(name)s đang chờ xem và xác nhận.", name=waiting.file_name)
        form = Link(_("Xem và xác nhận"), f"/desk/imports/{waiting.id}")
        return Step(title, text, bool(found.households), form)
    undone = next((run for run in runs if may_undo(run, desk.now)), None)
    undo = Link(_("Hoàn tác lần nhập"), f"/desk/imports/{undone.id}/undo") if undone else None
    if found.households:
        households, hamlets = number(found.households), number(found.hamlets)
        text = _("Đã có %(households)s hộ ở %(hamlets)s thôn.", households=households, hamlets=hamlets)
        more = Link(_("Nhập thêm danh sách"), "/desk/imports")
        return Step(title, text, is_done=True, more=more, undo_form=undo)
    text = _("Tải lên tệp Excel hoặc CSV. Thôn được tạo theo danh sách, sau khi xem trước.")
    more = Link(_("Chưa có danh sách: thêm thôn"), "/desk/hamlets/new")
    form = Link(_("Nhập danh sách hộ"), "/desk/imports")
    return Step(title, text, is_done=False, form=form, more=more, undo_form=undo)


def _waits(run: HouseholdImport, now: datetime) -> bool:
    return commands.effective_state(run, now) in (READING, READY)


def _teams_step(session: Session, desk: DeskContext, found: FirstDay) -> Step:
    title, new = _("Tổ của mỗi thôn"), newest_teams(session, desk.actor)
    undo = None
    if new:
        label = _("Hoàn tác: bỏ %(count)s tổ vừa tạo", count=number(len(new.teams)))
        undo = Act(label, f"{PATH}/teams/undo", wire_time(new.since))
    more = Link(_("Xem, đổi tên, gộp thôn vào một tổ"), "/desk/teams")
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
        more = Link(_("Mời thêm"), "/desk/people/import")
        return Step(title, text, is_done=True, more=more, undo=undo)
    text = _("Dán từ Excel, Word, Zalo, hoặc tải tệp lên: tên, số điện thoại, thôn.")
    has_teams = found.hamlets > len(found.without_team)
    form = Link(_("Dán hoặc tải danh sách người"), "/desk/people/import") if has_teams else None
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
    form = Link(_("Xem ai chưa đăng nhập"), "/desk/people?show=invited")
    again = Act(label, f"{PATH}/codes", warning=warning)
    return Step(title, text, bool(found.signed_in), form=form, act=again)


def _visit_step(found: FirstDay) -> Step:
    text = _("Khi lượt đầu tiên gửi về, Ngày đầu tự hết và Tổng quan hiện ra.")
    form = Link(_("Xem máy của tổ"), "/desk/devices") if found.signed_in else None
    return Step(_("Lượt thăm đầu tiên"), text, is_done=False, form=form)
