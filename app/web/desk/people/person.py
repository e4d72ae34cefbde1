"""/desk/people/{id}: one person with phones and teams over time, and what a supervisor can do."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response
from sqlmodel import Session

from app.commune.accounts import call_history
from app.commune.accounts.models import Device
from app.commune.teams import directory
from app.commune.teams.directory import Member, list_members
from app.core.clock import local_date
from app.core.errors import NotFound
from app.core.strings import _, lazy
from app.core.text import mask_digits
from app.fieldwork.visits.activity import ActiveDay, active_days
from app.web.desk.page.context import Desk, DeskContext, PathId
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import PEOPLE, build_frame
from app.web.desk.page.labels import Badge, Link, day_address, phone_number, supervisor_link, team_label
from app.web.desk.people.call_labels import call_note, loss_sentences, settled_sentence
from app.web.desk.people.labels import ROLES, state_badge, team_options
from app.web.frame import Frame
from app.web.rendering import day, html, moment, number

router = APIRouter()
_DONE = {
    "edited": lazy("Đã sửa thông tin."),
    "moved": lazy("Đã chuyển tổ. Máy nhận danh sách mới ở lần liên lạc sau; lượt chưa gửi vẫn được tính."),
    "role": lazy("Đã đổi vai trò."),
    "erased": lazy("Đã xóa tên và số."),
    "ended": lazy("Đã cho nghỉ. Lượt còn trên máy sẽ vào mục Chờ xử lý."),
}


@dataclass(frozen=True)
class PersonDevice:
    """A phone of the person; `revoke` is the address of *Thu hồi máy*, empty if it is revoked, `lost` that of
    *Máy bị mất*; `losses`: what it has lost and nobody has settled."""

    name: str
    last_contact: str
    unsent: str
    revoked_at: str
    revoke: str
    lost: str
    losses: list[str]


@dataclass(frozen=True)
class PersonEvent:
    """A call, or a loss that was settled: when, by whom, and what was written."""

    when: str
    who: Link
    what: str
    note: str


@dataclass(frozen=True)
class DayRow:
    """A day with visits: its page, and the list of them."""

    day: Link
    visits: Link
    households: str


@dataclass(frozen=True)
class PersonPage:
    """What templates/desk/people/person.html shows. `address` is the page's own; `other_role` what the member
    can be made; `teams` those to come back to, for somebody who has left; `days` the last 30 with visits."""

    title: str
    frame: Frame
    address: str
    visits: str
    paper: str
    role: str
    state: Badge
    phone: str
    phone_link: str
    team: str
    ended_at: str
    is_erased: bool
    invited_at: str
    devices: list[PersonDevice]
    days: list[DayRow]
    history: list[str]
    calls: list[PersonEvent]
    settled: list[PersonEvent]
    other_role: str
    teams: list[Option]
    done: str


@router.get("/desk/people/{account_id}")
def show_person(account_id: PathId, desk: Desk, done: str = "") -> Response:
    """The page; `done` names what was just done."""

    def load(session: Session) -> PersonPage:
        member = find_entry(session, desk, account_id)
        return _page(session, desk, member, _DONE.get(done, ""))

    return html("desk/people/person.html", desk.database.read(load))


def find_entry(session: Session, desk: DeskContext, account_id: str) -> Member:
    """The person with this id. Raises `NotFound`."""
    found = list_members(session, desk.actor, desk.now, account_id)
    if not found:
        raise NotFound
    return found[0]


def _page(session: Session, desk: DeskContext, member: Member, done: str) -> PersonPage:
    account = member.account
    phone, phone_link = phone_number(account.phone)
    teams = directory.list_teams(session, desk.actor) if account.ended_at else []
    history = directory.memberships(session, desk.actor, account.id)
    return PersonPage(
        title=account.name,
        frame=build_frame(session, desk.actor, PEOPLE),
        address=f"/desk/people/{account.id}",
        visits=f"/desk/visits?volunteer={account.id}",
        paper=f"/desk/paper?member={account.id}",
        role=ROLES[account.role],
        state=state_badge(member),
        phone=phone,
        phone_link=phone_link,
        team=team_label(member.team),
        ended_at=_when(account.ended_at),
        is_erased=account.erased_at is not None,
        invited_at=_when(member.invited_at),
        devices=[_device(device) for device in member.devices],
        days=[
            _day_row(one, account.id)
            for one in active_days(session, desk.actor, account.id, local_date(desk.now))
        ],
        history=[_stay(name, stay.since, stay.until) for name, stay in history],
        calls=_calls(session, desk, account.id),
        settled=_settled(session, desk, account.id),
        other_role="volunteer" if account.role == "leader" else "leader",
        teams=team_options(teams, account.team_id or ""),
        done=done,
    )


def _calls(session: Session, desk: DeskContext, account_id: str) -> list[PersonEvent]:
    return [
        PersonEvent(
            moment(call.called_at), supervisor_link(call.called_by, who), _("Đã gọi"), call_note(call)
        )
        for call, who in call_history.calls_of(session, desk.actor, account_id)
    ]


def _settled(session: Session, desk: DeskContext, account_id: str) -> list[PersonEvent]:
    return [
        PersonEvent(
            moment(loss.settled_at),
            supervisor_link(loss.settled_by, who),
            settled_sentence(loss),
            mask_digits(loss.reason),
        )
        for loss, who in call_history.settled_losses(session, desk.actor, account_id)
    ]


def _day_row(active: ActiveDay, account_id: str) -> DayRow:
    return DayRow(
        day=Link(day(active.day), day_address(account_id, active.day)),
        visits=Link(
            number(active.visits), f"/desk/visits?volunteer={account_id}&day={active.day.isoformat()}"
        ),
        households=number(active.households),
    )


def _device(device: Device) -> PersonDevice:
    return PersonDevice(
        name=device.name,
        last_contact=_when(device.last_contact_at),
        unsent=_("%(count)s lượt", count=number(device.queue_count)) if device.queue_count else "",
        revoked_at=_when(device.revoked_at),
        revoke="" if device.revoked_at else f"/desk/devices/{device.id}/revoke",
        lost=f"/desk/devices/{device.id}/lost" if device.last_contact_at else "",
        losses=list(loss_sentences(device)),
    )


def _stay(team: str, since: datetime, until: datetime | None) -> str:
    if until is None:
        return _("%(team)s, từ %(since)s", team=team, since=day(local_date(since)))
    return _(
        "%(team)s, từ %(since)s đến %(until)s",
        team=team,
        since=day(local_date(since)),
        until=day(local_date(until)),
    )


def _when(instant: datetime | None) -> str:
    return moment(instant) if instant else ""
