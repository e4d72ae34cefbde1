"""The fields of a visit on paper: read from the form, checked as the phone checks them, and as a command."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from pydantic import ValidationError
from starlette.datastructures import FormData

from app.commune.catalog.services import Service
from app.core.errors import Invalid, TextRefused
from app.core.strings import _
from app.core.text import nfc
from app.fieldwork.visits.codes import RESULTS, WITHOUT_FOLLOW_UP, WITHOUT_NEEDS, WITHOUT_SERVICES
from app.fieldwork.visits.commands import RecordVisit
from app.fieldwork.visits.content import (
    MAX_FOLLOW_UP_DELAY,
    MAX_NOTE_LENGTH,
    MAX_PEOPLE,
    MAX_SERVICES,
    ServiceEntry,
)
from app.web.days import parse_day
from app.web.rendering import day as format_day

MAX_FIELD = 64  # characters of any field but the note
PICK, UNKNOWN = "pick", "unknown"


@dataclass(frozen=True)
class ServiceInput:
    """What was chosen and typed for one service."""

    outcome: str
    people: str


@dataclass(frozen=True)
class Entry:
    """The form as it was sent. `follow_up`: `pick` for the day in `follow_up_on`, `unknown`, or empty.

    `needs`: the services that are ticked at *Còn cần gì?*; `seen_needs`: those that were open before.
    """

    id: str
    result: str = ""
    services: dict[str, ServiceInput] = field(default_factory=dict)
    note: str = ""
    follow_up: str = ""
    follow_up_on: str = ""
    needs: tuple[str, ...] = ()
    seen_needs: tuple[str, ...] = ()

    @property
    def added_needs(self) -> list[str]:
        """What the household wants since this visit."""
        return [code for code in self.needs if code not in self.seen_needs]

    @property
    def dropped_needs(self) -> list[str]:
        """What it does not want any more."""
        return [code for code in self.seen_needs if code not in self.needs]

    @property
    def takes_services(self) -> bool:
        """Whether a visit of this result has services."""
        return self.result not in WITHOUT_SERVICES

    @property
    def takes_follow_up(self) -> bool:
        """Whether a visit of this result has a follow-up."""
        return self.result not in WITHOUT_FOLLOW_UP


async def read_entry(request: Request) -> Entry:
    """The submitted form; browsers end lines with CR LF."""
    form = await request.form()
    return Entry(
        id=_text(form, "id"),
        result=_text(form, "result"),
        services={
            code: ServiceInput(_text(form, f"outcome-{code}"), _text(form, f"people-{code}"))
            for code in _codes(form, "service")
        },
        note=_text(form, "note", 2 * MAX_NOTE_LENGTH).replace("\r\n", "\n"),
        follow_up=_text(form, "follow_up"),
        follow_up_on=_text(form, "follow_up_on"),
        needs=_codes(form, "need"),
        seen_needs=_codes(form, "open_need"),
    )


SubmittedEntry = Annotated[Entry, Depends(read_entry)]


def check_entry(entry: Entry, catalog: dict[str, Service], visited_on: date) -> dict[str, str]:
    """A sentence for each wrong field, by the field's id."""
    problems = {} if entry.result in RESULTS else {"result": _("Chọn một kết quả trước khi lưu.")}
    if entry.takes_services:
        problems |= _check_services(entry, catalog)
    if entry.takes_follow_up:
        problems |= _one("follow_up", _follow_up_problem(entry, visited_on))
    return problems | _one("note", _note_problem(entry.note))


def command_of(entry: Entry, household_id: str, visited_on: date) -> RecordVisit:
    """The command of an entry without problems. Raises `Invalid`: our forms never send such an id."""
    services = entry.services.items() if entry.takes_services else ()
    asked = entry.result not in WITHOUT_NEEDS
    try:
        return RecordVisit(
            id=entry.id,
            household_id=household_id,
            result=entry.result,
            services=[
                ServiceEntry(code=code, outcome=one.outcome, people=int(one.people)) for code, one in services
            ],
            note=nfc(entry.note),
            follow_up_on=follow_up_day(entry, visited_on) if entry.takes_follow_up else None,
            needs=entry.added_needs if asked else None,
            dropped_needs=entry.dropped_needs if asked else None,
        )
    except ValidationError as error:
        names = {str(problem["loc"][0]) for problem in error.errors(include_input=False) if problem["loc"]}
        raise Invalid(*sorted(names)) from None


def follow_up_day(entry: Entry, visited_on: date) -> date | None:
    """The chosen day, None for none and for a text that is no day."""
    return parse_day(entry.follow_up_on, visited_on) if entry.follow_up == PICK else None


def _text(form: FormData, name: str, most: int = MAX_FIELD) -> str:
    """A field of the form up to one character more than `most`; the first one if it is repeated."""
    values = form.getlist(name)
    return values[0][: most + 1] if values and isinstance(values[0], str) else ""


def _codes(form: FormData, name: str) -> tuple[str, ...]:
    """The values of a repeated field, each once; up to one more than a visit may have."""
    codes = [code for code in form.getlist(name) if isinstance(code, str)]
    return tuple(dict.fromkeys(codes[: MAX_SERVICES + 1]))


def _one(name: str, sentence: str) -> dict[str, str]:
    return {name: sentence} if sentence else {}


def _check_services(entry: Entry, catalog: dict[str, Service]) -> dict[str, str]:
    problems: dict[str, str] = {}
    if entry.result == "helped" and not entry.services:
        problems["services"] = _("Chọn ít nhất một việc đã hướng dẫn.")
    if len(entry.services) > MAX_SERVICES or not entry.services.keys() <= catalog.keys():
        problems["services"] = _("Có việc không thuộc danh mục. Hãy chọn lại.")
    for code, one in entry.services.items():
        if code not in catalog:
            continue
        if one.outcome not in catalog[code].outcomes:
            label = catalog[code].label
            problems[f"outcome-{code}"] = _("Chọn kết quả của việc “%(service)s”.", service=label)
        if not _is_people(one.people):
            problems[f"people-{code}"] = _("Ghi số từ 1 đến %(most)s.", most=MAX_PEOPLE)
    return problems


def _is_people(text: str) -> bool:
    return text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_PEOPLE


def _follow_up_problem(entry: Entry, visited_on: date) -> str:
    if entry.result == "come_back" and not entry.follow_up:
        return _("Chọn ngày quay lại, hoặc bấm Chưa rõ ngày.")
    if entry.follow_up in ("", UNKNOWN):
        return ""
    chosen = follow_up_day(entry, visited_on)
    if chosen is None:
        return _("Chọn ngày hẹn quay lại.")
    if chosen < visited_on:
        return _("Ngày hẹn phải từ ngày thăm, %(day)s, trở đi.", day=format_day(visited_on))
    return _("Ngày hẹn xa quá một năm. Chọn ngày gần hơn.") if chosen > last_follow_up(visited_on) else ""


def last_follow_up(visited_on: date) -> date:
    """The latest day of a follow-up of a visit on this day."""
    return visited_on + MAX_FOLLOW_UP_DELAY


def _note_problem(note: str) -> str:
    try:
        text = nfc(note)
    except TextRefused:
        return _("Ghi chú có ký tự không dùng được. Hãy gõ lại.")
    too_long = len(text) > MAX_NOTE_LENGTH
    return _("Dài quá %(most)s ký tự. Viết ngắn lại.", most=MAX_NOTE_LENGTH) if too_long else ""
