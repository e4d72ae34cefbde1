"""*Gắn vào một hộ*: the household that a waiting visit is about, found in the commune or added."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from app.core.errors import NotFound, Rejected, StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.core.text import nfc
from app.core.types import is_id
from app.fieldwork.households.commands import ALLEY_LENGTH, HOUSE_NO_LENGTH, NAME_LENGTH
from app.fieldwork.households.erased import find_erased_labels
from app.sync.quarantine import attachment
from app.sync.quarantine.attachment import NewHousehold
from app.sync.quarantine.candidates import Candidates, find_candidates
from app.sync.quarantine.view import QuarantineItem, find_item
from app.web.desk.page.context import Desk, DeskContext
from app.web.desk.page.filter_fields import Option
from app.web.desk.page.frame import QUARANTINE, build_frame
from app.web.desk.page.labels import household_label
from app.web.desk.records.quarantine.item import PathKey, item_row
from app.web.desk.records.quarantine.labels import FAULTS, NO_FIT
from app.web.frame import Frame
from app.web.rendering import day, html, number

router = APIRouter()
MAX_WORDS = 80  # characters
ARRIVED = lazy("Hộ này vừa được gửi về: chưa gắn vào đâu. Hãy xem lại rồi quyết định.")
_LENGTHS = {"head_name": NAME_LENGTH, "house_no": HOUSE_NO_LENGTH, "alley": ALLEY_LENGTH}
_FIELDS = ("q", "household", "hamlet_id", *_LENGTHS)


@dataclass(frozen=True)
class NewFields:
    """The form of a new household as it was typed."""

    hamlet_id: Annotated[str, Form()] = ""
    head_name: Annotated[str, Form()] = ""
    house_no: Annotated[str, Form()] = ""
    alley: Annotated[str, Form()] = ""
    erased: Annotated[str, Form()] = ""
    """The day of an erasure that the form has shown."""


def _searchable(q: Annotated[str, Form()] = "") -> str:
    """The words that were searched for; none if they are too long or hold NUL."""
    return q if len(q) <= MAX_WORDS and "\x00" not in q else ""


Words = Annotated[str, Depends(_searchable)]


@dataclass(frozen=True)
class HouseholdChoice:
    """A household to choose."""

    id: str
    label: str
    address: str


@dataclass(frozen=True)
class AttachPage:
    """What templates/desk/records/quarantine_attach.html shows; `problems` are sentences by field.

    `waiting`: how many other operations wait for the same household; `more`: how many more match;
    `erased`: when a household with the label in the form was erased.
    """

    title: str
    frame: Frame
    address: str
    what: str
    q: str
    choices: list[HouseholdChoice]
    more: str
    waiting: str
    hamlets: list[Option]
    fields: NewFields
    erased: str
    problems: dict[str, str]


@router.get("/desk/quarantine/{op_id}/{payload_hash}/attach")
def show_candidates(key: PathKey, desk: Desk) -> Response:
    return _page(desk, key)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/attach/search")
def search(key: PathKey, desk: Desk, q: Annotated[str, Form()] = "") -> Response:
    """Find households by words; a POST, because addresses are logged and words are names."""
    if len(q) > MAX_WORDS:
        return _page(desk, key, problems={"q": _("Viết ngắn lại, nhiều nhất 80 ký tự.")})
    return _page(desk, key, _searchable(q))


@router.post("/desk/quarantine/{op_id}/{payload_hash}/attach")
def attach(key: PathKey, desk: Desk, words: Words, household: Annotated[str, Form()] = "") -> Response:
    """*Gắn vào hộ đã chọn*."""
    if not is_id(household):
        return _page(desk, key, words, problems={"household": _("Chọn một hộ.")})
    problem = _attach(
        desk,
        lambda session: attachment.attach_to_existing(session, desk.actor, *key.parts, household, desk.now),
    )
    if problem:
        return _page(desk, key, words, problems={"household": problem})
    return RedirectResponse("/desk/quarantine?done=attached", 303)


@router.post("/desk/quarantine/{op_id}/{payload_hash}/attach/new")
def add_and_attach(
    key: PathKey, desk: Desk, words: Words, fields: Annotated[NewFields, Depends()]
) -> Response:
    """*Thêm hộ này*; a wrong field shows the form again with a sentence."""
    if problems := _problems(fields):
        return _page(desk, key, words, fields, problems)
    new = NewHousehold(fields.hamlet_id, fields.head_name, fields.house_no, fields.alley)
    erased = desk.database.read(lambda session: _erased_on(session, desk, fields))
    if fields.erased != erased:
        return _page(desk, key, words, fields, erased=erased)
    problem = _attach(
        desk, lambda session: attachment.attach_to_new(session, desk.actor, *key.parts, new, desk.now)
    )
    if problem:
        return _page(desk, key, words, fields, {"household": problem})
    return RedirectResponse("/desk/quarantine?done=attached", 303)


def _erased_on(session: Session, desk: DeskContext, fields: NewFields) -> str:
    """When a household with this label was erased; empty if there was none."""
    label = (fields.hamlet_id, fields.head_name, fields.house_no, fields.alley)
    found = find_erased_labels(session, desk.actor.commune_id, [label])
    return day(found[label]) if found else ""


def _attach(desk: DeskContext, work: Callable[[Session], str]) -> str:
    """Attach; returns why it is refused, in a sentence, or an empty text."""
    try:
        desk.database.write(work)
    except StaleDecision:
        return ARRIVED
    except Rejected as fault:
        return FAULTS.get(fault.code, NO_FIT)
    return ""


def _problems(fields: NewFields) -> dict[str, str]:
    problems = {"hamlet_id": "" if is_id(fields.hamlet_id) else _("Chọn một thôn.")}
    for name, length in _LENGTHS.items():
        try:
            text = nfc(vars(fields)[name])
        except TextRefused:
            problems[name] = _("Có ký tự không dùng được. Hãy gõ lại.")
            continue
        if len(text) > length or "\n" in text:
            problems[name] = _("Viết trên một dòng, nhiều nhất %(count)s ký tự.", count=length)
        elif name == "head_name" and not text:
            problems[name] = _("Nhập tên chủ hộ.")
    return {name: sentence for name, sentence in problems.items() if sentence}


def _page(
    desk: DeskContext,
    key: PathKey,
    q: str = "",
    fields: NewFields | None = None,
    problems: dict[str, str] | None = None,
    erased: str = "",
) -> Response:
    def load(session: Session) -> AttachPage:
        item = find_item(session, desk.actor, *key.parts)
        if not item.missing_household_id:
            raise NotFound
        found = find_candidates(session, desk.actor, item, q)
        names = {hamlet.id: hamlet.name for hamlet in found.hamlets}
        row, shown = item_row(item), fields or _known_fields(item, found)
        return AttachPage(
            title=_("Lượt này ở hộ nào?"),
            frame=build_frame(session, desk.actor, QUARANTINE),
            address=key.address(),
            what=f"{row.operation}: {row.household.text}, {row.author.text}, {row.received}",
            q=q,
            choices=[
                HouseholdChoice(
                    one.id,
                    household_label(one),
                    ", ".join(filter(None, (one.alley, names.get(one.hamlet_id)))),
                )
                for one in found.households
            ],
            more=number(found.more) if found.more else "",
            waiting=number(found.waiting) if found.waiting else "",
            hamlets=[Option(one.id, one.name, one.id == shown.hamlet_id) for one in found.hamlets],
            fields=shown,
            erased=erased,
            problems=dict.fromkeys(_FIELDS, "") | (problems or {}),
        )

    return html("desk/records/quarantine_attach.html", desk.database.read(load), 422 if problems else 200)


def _known_fields(item: QuarantineItem, found: Candidates) -> NewFields:
    """What a quarantined *Thêm hộ* says of the household; otherwise the likeliest hamlet only."""
    if item.household:
        known = item.household
        return NewFields(known.hamlet_id, known.head_name, known.house_no, known.alley)
    return NewFields(found.hamlets[0].id if len(found.hamlets) else "")
