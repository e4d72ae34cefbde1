"""*Chờ xử lý*: operations that wait for a decision, one of them with *Nhận*, *Bỏ*, *Giữ*, the household that
a waiting visit is about (*Gắn vào một hộ*), and what was decided within a day, with *Hoàn tác*."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi import Form as FormField
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.commune.catalog.services import services_by_code
from app.core.errors import CodedError, NotFound, Rejected, StaleDecision
from app.core.strings import _, lazy
from app.core.types import is_id
from app.fieldwork.households.commands import ALLEY_LENGTH, HOUSE_NO_LENGTH, NAME_LENGTH
from app.fieldwork.households.erased import find_erased_labels
from app.fieldwork.outreach.commands import OutreachContent
from app.fieldwork.remarks.operations import RemarkContent
from app.review.visit_list.queries import find_disowned
from app.sync.applying.push_context import REVOKED
from app.sync.quarantine import attachment, bulk, decisions
from app.sync.quarantine.attachment import NewHousehold
from app.sync.quarantine.candidates import find_candidates
from app.sync.quarantine.undo import refusal_of, undo
from app.sync.quarantine.view import QuarantineItem, count_of_phone, find_decided, find_item, find_waiting
from app.web.desk.page.context import Desk, DeskContext, PathId, parse_version
from app.web.desk.page.frame import QUARANTINE
from app.web.desk.page.paging import numbered_pager, page_number
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
from app.web.forms import At, Code, Filled, Form, Id, Refusals, Sent, Text, Values, Version, submit
from app.web.rendering import day, moment, number
from app.web.screens import screen

router = APIRouter()
_LIST = "/desk/quarantine"
_ITEM = f"{_LIST}/{{op_id}}/{{payload_hash}}"
_SHOWN_TEXT = 80  # characters of a remark
_MAX_WORDS = 80  # characters
_STATES = {"applied": lazy("Đã nhận"), "dropped": lazy("Đã bỏ")}
_DONE = {
    "applied": lazy("Đã nhận. Từ giờ được tính."),
    "attached": lazy("Đã nhận vào hộ đã chọn. Từ giờ được tính."),
    "reopened": lazy("Đã hoàn tác: bản ghi này lại chờ quyết định."),
    "changed": lazy("Máy đó vừa gửi thêm hoặc đã có quyết định khác: chưa nhận bản ghi nào. Hãy xem lại."),
    "dropped": lazy("Đã bỏ. Người ghi sẽ thấy trên máy là không được nhận."),
}
_ARRIVED = lazy("Hộ này vừa được gửi về: chưa gắn vào đâu. Hãy xem lại rồi quyết định.")


def _fault(error: CodedError) -> str:
    """Why an operation cannot be applied."""
    return str(FAULTS.get(error.code, NO_FIT))


_REFUSALS: Refusals = {
    StaleDecision: At("household", _ARRIVED),
    Rejected: lambda error: At("household", _fault(error)),
}
_WORDS = Text(
    "q", lazy("Tìm trong sổ hộ"), lazy("Tên chủ hộ, số nhà hoặc ngõ; không cần dấu"), maxlength=_MAX_WORDS
)
ATTACH = Form(_WORDS, Id("household", wrong=lazy("Chọn một hộ.")), refusals=_REFUSALS)


def _label_field(name: str, label: str, most: int, missing: str = "") -> Text:
    long = lazy("Viết trên một dòng, nhiều nhất %(count)s ký tự.", count=most)
    odd = lazy("Có ký tự không dùng được. Hãy gõ lại.")
    return Text(name, label, maxlength=most, most=most, missing=missing, long=long, odd=odd)


# `erased`: the day of an erasure that the form has shown.
ADD = Form(
    Id("hamlet_id", lazy("Thôn"), wrong=lazy("Chọn một thôn."), empty=lazy("Chọn thôn")),
    _label_field("head_name", lazy("Chủ hộ"), NAME_LENGTH, lazy("Nhập tên chủ hộ.")),
    _label_field("house_no", lazy("Số nhà"), HOUSE_NO_LENGTH),
    _label_field("alley", lazy("Ngõ hoặc chỗ dễ nhận"), ALLEY_LENGTH),
    _WORDS,
    Text("erased"),
    refusals=_REFUSALS,
)


@dataclass(frozen=True)
class ItemKey:
    """The operation that an address names."""

    op_id: PathId
    payload_hash: PathId

    @property
    def address(self) -> str:
        return f"{_LIST}/{self.op_id}/{self.payload_hash}"

    @property
    def parts(self) -> tuple[str, str]:
        return self.op_id, self.payload_hash


PathKey = Annotated[ItemKey, Depends()]


@router.get(_LIST)
def show_quarantine(
    desk: Desk,
    page: str = "",
    done: str = "",
    device: str = "",
    applied: str = "",
    reason: str = REVOKED,
) -> Response:
    """What waits for a decision, the longest waiting first; of one `device` after *Nhận tất cả*, with the
    number that was `applied`. On the first page also the visits whose authors say *Không phải tôi ghi*, for
    30 days."""
    device_id = device if is_id(device) else ""

    def load(session: Session) -> Mapping[str, Any]:
        found = find_waiting(session, desk.actor, page_number(page), device_id)
        left = count_of_phone(session, desk.actor, device_id, reason) if device_id else 0
        address = f"{_LIST}?device={device_id}" if device_id else _LIST
        return {
            "total": found.total,
            "rows": [_row(item) for item in found.items],
            "pager": numbered_pager(address, found.page, found.pages),
            "done": _accepted_sentence(parse_version(applied), left) if applied else _DONE.get(done, ""),
            "device": device_id,
            "accept_all": _accept_all_address(device_id, reason) if left else "",
            "left": left,
            "disowned": [] if device_id else find_disowned(session, desk.actor, desk.now),
        }

    return screen(desk, "desk/records/quarantine.html", QUARANTINE, load)


@router.post(f"{_LIST}/devices/{{device_id}}/accept")
def accept_all(
    device_id: PathId, desk: Desk, seen: Annotated[str, FormField()] = "", reason: str = REVOKED
) -> Response:
    """*Nhận* for all of a phone that waits for `reason`; `seen` is the number that the page showed."""
    if reason not in bulk.REASONS:
        raise NotFound
    address, more = f"{_LIST}?device={device_id}", "" if reason == REVOKED else f"&reason={reason}"
    try:
        count = parse_version(seen)
        applied = bulk.accept_all(desk.database, desk.actor, device_id, reason, count, desk.now)
    except StaleDecision:
        return RedirectResponse(f"{address}&done=changed{more}", 303)
    return RedirectResponse(f"{address}&applied={applied}{more}", 303)


@router.get(f"{_LIST}/decided")
def show_decided(desk: Desk, page: str = "") -> Response:
    """What was decided within a day, the newest first."""

    def load(session: Session) -> Mapping[str, Any]:
        found = find_decided(session, desk.actor, page_number(page), desk.now)
        return {
            "total": found.total,
            "rows": [_row(item) for item in found.items],
            "states": _STATES,
            # Why an undo is refused already; empty where it is offered.
            "refusals": [
                UNDO_REFUSALS.get(refusal_of(item.quarantined, desk.now), "") for item in found.items
            ],
            "pager": numbered_pager(f"{_LIST}/decided", found.page, found.pages),
        }

    return screen(desk, "desk/records/quarantine_decided.html", QUARANTINE, load)


@router.get(_ITEM)
def show_item(key: PathKey, desk: Desk) -> Response:
    return _item_page(desk, key)


@router.post(f"{_ITEM}/accept")
def accept(key: PathKey, desk: Desk) -> Response:
    """*Nhận*; an operation that cannot be applied stays quarantined, and a sentence says why."""
    try:
        state = desk.database.write(
            lambda session: decisions.accept(session, desk.actor, *key.parts, desk.now)
        )
    except Rejected as fault:
        return _item_page(desk, key, problem=_fault(fault), status=409)
    return RedirectResponse(f"{_LIST}?done={state}" if state != "open" else key.address, 303)


@router.post(f"{_ITEM}/drop")
def drop(key: PathKey, desk: Desk) -> Response:
    """*Bỏ*."""
    state = desk.database.write(lambda session: decisions.drop(session, desk.actor, *key.parts, desk.now))
    return RedirectResponse(f"{_LIST}?done={state}", 303)


@router.post(f"{_ITEM}/undo")
def undo_decision(key: PathKey, desk: Desk, state: Annotated[str, FormField()] = "") -> Response:
    """*Hoàn tác*; `state` is the one that the page showed. A refusal says why."""
    refusal = desk.database.write(lambda session: undo(session, desk.actor, *key.parts, state, desk.now))
    if refusal:
        return _item_page(desk, key, problem=str(UNDO_REFUSALS[refusal]), status=409)
    return RedirectResponse(f"{_LIST}?done=reopened", 303)


@router.post(f"{_ITEM}/choose")
def choose(key: PathKey, desk: Desk, sent: Sent) -> Response:
    """*Giữ*: every field in conflict gets one of its two values."""
    item = desk.read(lambda session: find_item(session, desk.actor, *key.parts))

    def keep(session: Session, typed: Values) -> str:
        theirs = {name for name, side in typed.items() if side == "theirs"}
        seen = typed["version"]
        state = decisions.choose(session, desk.actor, *key.parts, seen, theirs, desk.now)
        return f"{_LIST}?done={state}"

    def again(form: Filled) -> Response:
        problem = form.notice or _("Chọn một giá trị cho mỗi ô.")
        return _item_page(desk, key, form, problem, 422 if form.problems else 409)

    return submit(desk, _choices(item), sent, keep, str, again)


@router.get(f"{_ITEM}/attach")
def show_candidates(key: PathKey, desk: Desk) -> Response:
    return _attach_page(desk, key, ATTACH.blank())


@router.post(f"{_ITEM}/attach/search")
def search(key: PathKey, desk: Desk, sent: Sent) -> Response:
    """Find households by words; a POST, because addresses are logged and words are names."""
    long = lazy("Viết ngắn lại, nhiều nhất 80 ký tự.")
    form = Form(Text("q", _WORDS.label, _WORDS.hint, maxlength=_MAX_WORDS, most=_MAX_WORDS, long=long))
    return _attach_page(desk, key, form.read(sent, desk.now))


@router.post(f"{_ITEM}/attach")
def attach(key: PathKey, desk: Desk, sent: Sent) -> Response:
    """*Gắn vào hộ đã chọn*."""

    def write(session: Session, typed: Values) -> None:
        attachment.attach_to_existing(session, desk.actor, *key.parts, typed["household"], desk.now)

    return submit(desk, ATTACH, sent, write, f"{_LIST}?done=attached", partial(_attach_page, desk, key))


@router.post(f"{_ITEM}/attach/new")
def add_and_attach(key: PathKey, desk: Desk, sent: Sent) -> Response:
    """*Thêm hộ này*; a wrong field shows the form again with a sentence, and so does the day on which a
    household with this label was erased."""
    form = ADD.read(sent, desk.now)
    if not form.problems:
        erased = desk.read(lambda session: _erased_on(session, desk, form.values))
        if erased != form.values["erased"]:
            return _attach_page(desk, key, form, erased)

    def write(session: Session, typed: Values) -> None:
        new = NewHousehold(typed["hamlet_id"], typed["head_name"], typed["house_no"], typed["alley"])
        attachment.attach_to_new(session, desk.actor, *key.parts, new, desk.now)

    return submit(desk, ADD, sent, write, f"{_LIST}?done=attached", partial(_attach_page, desk, key))


def _item_page(
    desk: DeskContext, key: ItemKey, form: Filled | None = None, problem: str = "", status: int = 200
) -> Response:
    """The page of one operation; `problem` is a sentence about a decision that was refused, `form` what was
    chosen for it. Raises `NotFound`."""

    def load(session: Session) -> Mapping[str, Any]:
        item = find_item(session, desk.actor, *key.parts)
        stored, conflicts = item.quarantined, _conflicts(item)
        is_open = stored.state == "open"
        count = count_of_phone(session, desk.actor, stored.device_id, stored.reason) if is_open else 0
        content = [] if conflicts else command_facts(item, services_by_code(session, desk.actor))
        refusal = "" if is_open else refusal_of(stored, desk.now)
        return {
            "row": _row(item),
            "facts": [*content, *_receipt_facts(item)],
            "is_open": is_open,
            "decided": "" if is_open else _decision_sentence(item),
            "undo_refusal": UNDO_REFUSALS.get(refusal, ""),
            "problem": problem,
            "accept_all": _accept_all_address(stored.device_id, stored.reason) if count > 1 else "",
            "count": count,
            "conflicts": conflicts,
            "form": form or _choices(item).blank(),
        }

    return screen(desk, "desk/records/quarantine_item.html", QUARANTINE, load, status)


def _attach_page(desk: DeskContext, key: ItemKey, form: Filled, erased: str = "") -> Response:
    """`form`: the one of the three that was sent; `erased`: when a household with the label in it was
    erased."""

    def load(session: Session) -> Mapping[str, Any]:
        item = find_item(session, desk.actor, *key.parts)
        if not item.missing_household_id:
            raise NotFound
        words = "" if form.problems.get("q") else form["q"].text
        words = words if len(words) <= _MAX_WORDS and "\x00" not in words else ""
        found = find_candidates(session, desk.actor, item, words)
        # What a quarantined *Thêm hộ* says of the household; otherwise the likeliest hamlet only.
        known = ADD.of(item.household) if item.household else None
        likely = found.hamlets[0].id if found.hamlets else ""
        return {
            "row": _row(item),
            "key": key,
            "words": words,
            "search": form["q"],
            "problem": form.problems.get("household", ""),
            "found": found,
            "names": {hamlet.id: hamlet.name for hamlet in found.hamlets},
            "hamlets": [(hamlet.id, hamlet.name) for hamlet in found.hamlets],
            "new": form if form.form is ADD else known or ADD.blank(hamlet_id=likely),
            "erased": erased,
        }

    status = 422 if form.problems else form.status
    return screen(desk, "desk/records/quarantine_attach.html", QUARANTINE, load, status)


def _row(item: QuarantineItem) -> dict[str, Any]:
    """An operation with its words. `household`: the one that it is about, if it is stored: one that a
    quarantined operation would add, an outreach session and a remark have none yet."""
    household = item.household
    alley = household.alley if household else ""
    subject = household.label if household else _("Chưa rõ hộ nào")
    if household is None and isinstance(item.command, OutreachContent):
        subject = item.command.place
    elif household is None and isinstance(item.command, RemarkContent):
        subject = item.command.text[:_SHOWN_TEXT]
    stored = item.quarantined
    return {
        "item": item,
        "stored": stored,
        "address": f"{_LIST}/{stored.op_id}/{stored.payload_hash}",
        "operation": operation_label(item),
        "household": household if household and household.feed_seq else None,
        "subject": subject,
        "place": ", ".join(part for part in (alley, item.hamlet) if part),
        "reasons": reason_sentences(item),
    }


def _accept_all_address(device_id: str, reason: str) -> str:
    """Where everything of a phone that waits for this reason is accepted."""
    address = f"{_LIST}/devices/{device_id}/accept"
    return address if reason == REVOKED else f"{address}?reason={reason}"


def _conflicts(item: QuarantineItem) -> dict[str, tuple[str, str]]:
    """The fields of an open conflict whose two values differ: the commune's and the phone's."""
    is_open = item.quarantined.state == "open" and item.quarantined.reason == "conflict"
    if not is_open or item.household is None or item.command is None:
        return {}
    values = {name: (household_value(name, getattr(item.household, name)), theirs)
              for name, theirs in household_values(item.command).items()}  # fmt: skip
    return {name: (ours, theirs) for name, (ours, theirs) in values.items() if ours != theirs}


def _choices(item: QuarantineItem) -> Form:
    """The form of *Giữ*: for each field in conflict one of the two values."""
    sides = {"ours": lazy("Giữ như trong sổ:"), "theirs": lazy("Giữ như trên máy:")}
    fields = [Code(name, HOUSEHOLD_FIELDS[name], wrong=name, options=sides) for name in _conflicts(item)]
    return Form(*fields, Version(), refusals={StaleDecision: STALE_HOUSEHOLD, Rejected: _fault})


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
    state, at = _STATES.get(item.quarantined.state, ""), item.quarantined.decided_at
    when = moment(at) if at else ""
    if item.decided_by:
        return _("%(state)s %(when)s, %(person)s.", state=state, when=when, person=item.decided_by)
    return _("%(state)s %(when)s, khi hộ hoặc lượt thăm gốc được gửi về.", state=state, when=when)


def _erased_on(session: Session, desk: DeskContext, typed: Values) -> str:
    """When a household with this label was erased; empty if there was none."""
    label = (typed["hamlet_id"], typed["head_name"], typed["house_no"], typed["alley"])
    found = find_erased_labels(session, desk.actor.commune_id, [label])
    return day(found[label]) if found else ""


def _accepted_sentence(applied: int, left: int) -> str:
    """How many were applied, and how many of the phone's still wait."""
    if not left:
        return _("Đã nhận %(count)s bản ghi của máy này, không còn bản ghi nào chờ.", count=number(applied))
    return _(
        "Đã nhận %(count)s bản ghi của máy này; %(left)s chưa nhận được, vì sao ghi ở từng dòng.",
        count=number(applied),
        left=number(left),
    )
