"""One operation that is kept apart as a page: what it says, why it is kept, what can be done with it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from app.accounts.access import Actor, visible_to
from app.catalog import Service
from app.sync.queries import Apart, apart, count_revoked
from app.web.desk_frame import QUARANTINE, Frame, frame_of
from app.web.desk_kept_words import (
    HOUSEHOLD_FIELDS,
    Fact,
    act,
    contents,
    household_value,
    household_values,
    why,
)
from app.web.desk_labels import door
from app.web.rendering import day, moment
from app.web.strings import _

STATES = {"applied": _("Đã nhận"), "dropped": _("Đã bỏ")}


@dataclass(frozen=True)
class Kept:
    """Which operation an address names."""

    op_id: str
    payload_hash: str

    def address(self, verb: str = "") -> str:
        return f"/desk/quarantine/{self.op_id}/{self.payload_hash}{verb}"


@dataclass(frozen=True)
class KeptRow:
    """One operation in the list."""

    href: str
    act: str
    door: str
    where: str
    author: str
    sent: str
    why: list[str]


@dataclass(frozen=True)
class Side:
    """A field in conflict: the commune's value and the phone's; `name` is the form's."""

    name: str
    label: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class KeptPage:
    """What templates/desk/kept.html shows of one operation.

    `all` counts what its phone delivered while it was revoked; `accept_all` takes that in.
    `sides` are there for a conflict, `accept` and `drop` (addresses) for the rest, none once it is decided.
    """

    title: str
    frame: Frame
    row: KeptRow
    facts: list[Fact]
    decided: str
    problem: str
    accept: str
    drop: str
    accept_all: str
    all: int
    choose: str
    version: int
    sides: list[Side]


def kept_page(session: Session, actor: Actor, named: Kept, problem: str = "") -> KeptPage:
    """One operation; `problem` is a sentence about what was just refused. Raises `NotFound`."""
    one = apart(session, actor, named.op_id, named.payload_hash)
    catalog = {service.code: service for service in session.exec(visible_to(actor, Service))}
    is_open, row = one.kept.state == "open", kept_row(one)
    sides = _sides(one) if is_open else []
    all_ = count_revoked(session, actor, one.kept.device_id) if is_open else 0
    of_several = all_ > 1 and one.kept.reason == "revoked"
    return KeptPage(
        title=_("%(act)s – Chờ xử lý", act=row.act),
        frame=frame_of(session, actor, QUARANTINE),
        row=row,
        facts=[*([] if sides else contents(one, catalog)), *_times(one)],
        decided="" if is_open else _decided(one),
        problem=problem,
        accept=named.address("/accept") if is_open and one.operation and not sides else "",
        drop=named.address("/drop") if is_open and not sides else "",
        accept_all=f"/desk/quarantine/devices/{one.kept.device_id}/accept" if of_several else "",
        all=all_,
        choose=named.address("/choose") if sides else "",
        version=one.home.version if one.home else 0,
        sides=sides,
    )


def kept_row(one: Apart) -> KeptRow:
    """One operation in the list."""
    home = one.home
    return KeptRow(
        href=Kept(one.kept.op_id, one.kept.payload_hash).address(),
        act=act(one),
        door=door(home) if home else _("Chưa rõ hộ nào"),
        where=", ".join(part for part in (home.alley if home else "", one.hamlet) if part),
        author=one.author,
        sent=moment(one.kept.received_at),
        why=why(one.kept),
    )


def _sides(one: Apart) -> list[Side]:
    """The fields of a conflict that would change something: both values."""
    if one.kept.reason != "conflict" or one.home is None or one.command is None:
        return []
    home: Any = one.home
    values = {name: (household_value(name, getattr(home, name)), theirs)
              for name, theirs in household_values(one.command).items()}  # fmt: skip
    return [
        Side(name, HOUSEHOLD_FIELDS[name], ours, theirs)
        for name, (ours, theirs) in values.items()
        if ours != theirs
    ]


def _times(one: Apart) -> list[Fact]:
    facts = [(_("Người ghi"), one.author), (_("Máy"), one.device or _("(không có tên)"))]
    if one.operation:
        author = one.pusher.author(one.operation)
        facts.append((_("Ghi lúc"), moment(author.happened_at)))
        if one.kept.kind == "visit":
            facts.append((_("Tính vào ngày"), day(author.counted_on)))
    return [*facts, (_("Gửi về lúc"), moment(one.kept.received_at))]


def _decided(one: Apart) -> str:
    state, at = STATES.get(one.kept.state, ""), one.kept.decided_at
    when = moment(at) if at else ""
    if one.decided_by:
        return _("%(state)s %(when)s, %(person)s.", state=state, when=when, person=one.decided_by)
    return _("%(state)s %(when)s, khi hộ hoặc lượt thăm gốc về xã.", state=state, when=when)
