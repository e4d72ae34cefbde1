"""One quarantined operation: its content, the reason it is quarantined, and *Nhận*, *Bỏ*, *Giữ*."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.core.errors import Rejected, StaleDecision
from app.core.strings import _, lazy
from app.fieldwork.outreach.commands import OutreachContent
from app.fieldwork.remarks.operations import RemarkContent
from app.sync.applying.push_context import REVOKED
from app.sync.quarantine import decisions
from app.sync.quarantine.undo import refusal_of
from app.sync.quarantine.view import QuarantineItem, count_of_phone, find_item
from app.web.desk.page.context import Desk, DeskContext, FormVersion, PathId
from app.web.desk.page.frame import QUARANTINE, build_frame
from app.web.desk.page.labels import Link, household_label, household_link, member_link
from app.web.desk.records.quarantine.labels import (
    FAULTS,
    HOUSEHOLD_FIELDS,
    NO_FIT,
    STALE_HOUSEHOLD,
    UNDO_REFUSALS,
    Fact,
    command_facts,
    household_value,
    household_values,
    operation_label,
    reason_sentences,
)
from app.web.frame import Frame
from app.web.rendering import day, html, moment

router = APIRouter()

SHOWN_TEXT = 80  # characters of a remark
STATES = {"applied": lazy("Đã nhận"), "dropped": lazy("Đã bỏ")}


@dataclass(frozen=True)
class ItemKey:
    """The operation that an address names."""

    op_id: PathId
    payload_hash: PathId

    def address(self, action: str = "") -> str:
        return f"/desk/quarantine/{self.op_id}/{self.payload_hash}{action}"

    @property
    def parts(self) -> tuple[str, str]:
        return self.op_id, self.payload_hash


PathKey = Annotated[ItemKey, Depends()]


@dataclass(frozen=True)
class FieldChoices:
    """The form of *Giữ*: for each field in conflict `ours` or `theirs`."""

    head_name: Annotated[str, Form()] = ""
    house_no: Annotated[str, Form()] = ""
    alley: Annotated[str, Form()] = ""
    phone: Annotated[str, Form()] = ""
    state: Annotated[str, Form()] = ""
    smart_device: Annotated[str, Form()] = ""
    business: Annotated[str, Form()] = ""


@dataclass(frozen=True)
class ItemRow:
    """One operation in the list."""

    href: str
    operation: str
    household: Link
    address: str
    author: Link
    received: str
    reasons: list[str]


@dataclass(frozen=True)
class ConflictingField:
    """A field in conflict: the commune's value and the phone's; `name` is the form's."""

    name: str
    label: str
    ours: str
    theirs: str


@dataclass(frozen=True)
class ItemPage:
    """What templates/desk/records/quarantine_item.html shows of one operation.

    `count` operations of its phone wait for the same reason; `accept_all` accepts them.
    `accept`, `drop` and `choose` are addresses: `choose` for a conflict, the others for the rest, none once
    it is decided. `attach`: for a visit whose household the commune lacks. `undo`: empty once `undo_refusal`
    says why.
    """

    title: str
    frame: Frame
    row: ItemRow
    facts: list[Fact]
    decided: str
    problem: str
    accept: str
    drop: str
    accept_all: str
    count: int
    choose: str
    attach: str
    undo: str
    state: str
    undo_refusal: str
    version: int
    conflicts: list[ConflictingField]


@router.get("/desk/quarantine/{op_id}/{payload_hash}")
def show_item(key: PathKey, desk: Desk) -> Response:
    return item_response(desk, key)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/accept")
def accept(key: PathKey, desk: Desk) -> Response:
    """*Nhận*; an operation that cannot be applied stays quarantined, and a sentence says why."""
    try:
        state = desk.database.write(
            lambda session: decisions.accept(session, desk.actor, *key.parts, desk.now)
        )
    except Rejected as fault:
        return item_response(desk, key, FAULTS.get(fault.code, NO_FIT), 409)
    return RedirectResponse(f"/desk/quarantine?done={state}" if state != "open" else key.address(), 303)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/drop")
def drop(key: PathKey, desk: Desk) -> Response:
    """*Bỏ*."""
    state = desk.database.write(lambda session: decisions.drop(session, desk.actor, *key.parts, desk.now))
    return RedirectResponse(f"/desk/quarantine?done={state}", 303)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/choose")
def choose(
    key: PathKey, desk: Desk, version: FormVersion, choices: Annotated[FieldChoices, Depends()]
) -> Response:
    """*Giữ*: every field in conflict gets one of its two values."""
    page = desk.database.read(lambda session: item_page(session, desk, key))
    chosen = {field.name: vars(choices)[field.name] for field in page.conflicts}
    if any(side not in ("ours", "theirs") for side in chosen.values()):
        return item_response(desk, key, _("Chọn một giá trị cho mỗi ô."), 422)
    theirs = {name for name, side in chosen.items() if side == "theirs"}
    try:
        state = desk.database.write(
            lambda session: decisions.choose(session, desk.actor, *key.parts, version, theirs, desk.now)
        )
    except StaleDecision:
        return item_response(desk, key, STALE_HOUSEHOLD, 409)
    except Rejected as fault:
        return item_response(desk, key, FAULTS.get(fault.code, NO_FIT), 409)
    return RedirectResponse(f"/desk/quarantine?done={state}", 303)


def item_response(desk: DeskContext, key: ItemKey, problem: str = "", status: int = 200) -> Response:
    """The page of one operation; `problem` is a sentence about a decision that was refused."""
    page = desk.database.read(lambda session: item_page(session, desk, key, problem))
    return html("desk/records/quarantine_item.html", page, status)


def item_page(session: Session, desk: DeskContext, key: ItemKey, problem: str = "") -> ItemPage:
    """One operation; `problem` is a sentence about a decision that was refused. Raises `NotFound`."""
    actor = desk.actor
    item = find_item(session, actor, *key.parts)
    is_open, row = item.quarantined.state == "open", item_row(item)
    conflicts = _conflicts(item) if is_open else []
    phone, reason = item.quarantined.device_id, item.quarantined.reason
    count = count_of_phone(session, actor, phone, reason) if is_open else 0
    refusal = "" if is_open else refusal_of(item.quarantined, desk.now)
    content = [] if conflicts else command_facts(item, services_by_code(session, actor))
    return ItemPage(
        title=_("%(operation)s – Chờ xử lý", operation=row.operation),
        frame=build_frame(session, actor, QUARANTINE),
        row=row,
        facts=[*content, *_receipt_facts(item)],
        decided="" if is_open else _decision_sentence(item),
        problem=problem,
        accept=key.address("/accept") if is_open and item.operation and not conflicts else "",
        drop=key.address("/drop") if is_open and not conflicts else "",
        accept_all=accept_all_address(phone, reason) if count > 1 else "",
        count=count,
        choose=key.address("/choose") if conflicts else "",
        attach=key.address("/attach") if item.missing_household_id else "",
        undo="" if is_open or refusal else key.address("/undo"),
        state=item.quarantined.state,
        undo_refusal=UNDO_REFUSALS.get(refusal, ""),
        version=item.household.version if item.household else 0,
        conflicts=conflicts,
    )


def item_row(item: QuarantineItem) -> ItemRow:
    """One operation in the list."""
    household = item.household
    alley = household.alley if household else ""
    return ItemRow(
        href=ItemKey(item.quarantined.op_id, item.quarantined.payload_hash).address(),
        operation=operation_label(item),
        household=_subject(item),
        address=", ".join(part for part in (alley, item.hamlet) if part),
        author=member_link(item.quarantined.account_id, item.author),
        received=moment(item.quarantined.received_at),
        reasons=reason_sentences(item),
    )


def _subject(item: QuarantineItem) -> Link:
    """The household with its page; one that a quarantined operation would add, an outreach session and a
    remark have none yet."""
    household = item.household
    if household is None and isinstance(item.command, OutreachContent):
        return Link(item.command.place, "")
    if household is None and isinstance(item.command, RemarkContent):
        return Link(item.command.text[:SHOWN_TEXT], "")
    if household is None:
        return Link(_("Chưa rõ hộ nào"), "")
    return household_link(household) if household.feed_seq else Link(household_label(household), "")


def accept_all_address(device_id: str, reason: str) -> str:
    """Where everything of a phone that waits for this reason is accepted."""
    address = f"/desk/quarantine/devices/{device_id}/accept"
    return address if reason == REVOKED else f"{address}?reason={reason}"


def _conflicts(item: QuarantineItem) -> list[ConflictingField]:
    """The fields of a conflict whose two values differ."""
    if item.quarantined.reason != "conflict" or item.household is None or item.command is None:
        return []
    values = {name: (household_value(name, getattr(item.household, name)), theirs)
              for name, theirs in household_values(item.command).items()}  # fmt: skip
    return [
        ConflictingField(name, HOUSEHOLD_FIELDS[name], ours, theirs)
        for name, (ours, theirs) in values.items()
        if ours != theirs
    ]


def _receipt_facts(item: QuarantineItem) -> list[Fact]:
    """Phone and times."""
    facts = [(_("Máy"), item.device or _("(không có tên)"))]
    if item.operation:
        author = item.context.author(item.operation)
        facts.append((_("Ghi lúc"), moment(author.happened_at)))
        if item.quarantined.kind == "visit":
            facts.append((_("Tính vào ngày"), day(author.counted_on)))
    return [*facts, (_("Gửi về lúc"), moment(item.quarantined.received_at))]


def _decision_sentence(item: QuarantineItem) -> str:
    """Who decided it and when; or when a dependency's arrival did."""
    state, at = STATES.get(item.quarantined.state, ""), item.quarantined.decided_at
    when = moment(at) if at else ""
    if item.decided_by:
        return _("%(state)s %(when)s, %(person)s.", state=state, when=when, person=item.decided_by)
    return _("%(state)s %(when)s, khi hộ hoặc lượt thăm gốc được gửi về.", state=state, when=when)
