"""Forms, each declared once: its fields, and in which words what was typed is refused.

    TEAM = Form(
        Text("name", lazy("Tên tổ"), missing=lazy("Nhập tên tổ."), most=80),
        Ids("hamlet", lazy("Thôn"), wrong=lazy("Chọn ít nhất một thôn."), least=1),
        refusals={NameTaken: At("name", lazy("Đã có tổ tên này. Đặt tên khác."))},
    )

`TEAM.of(team)` is the form as it stands for a row, `TEAM.blank(name="…")` with these texts. `submit` reads
what was sent, has it done, and goes on; or shows the form again as it was typed, with a sentence at each
field. Templates show a field by the macros of `desk/page/fields.html`: `{{ field(form.name) }}`.

Bounds of what is stored are the domain's: it raises `Invalid` with the names of fields, which a form's own
words explain. What is only read here (days, numbers, codes) is refused here. A refusal without words ("") is
one that the page has its own words for: `form.is_stale`.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.datastructures import FormData, QueryParams

from app.core.clock import local_date
from app.core.db import Database
from app.core.errors import CodedError, StaleDecision, TextRefused
from app.core.strings import _, lazy
from app.core.text import nfc
from app.core.types import is_id
from app.web.days import parse_day
from app.web.errors import STATUSES
from app.web.names import MAX_NAME
from app.web.rendering import day as format_day
from app.web.rendering import number as format_number

T = TypeVar("T")
ODD = lazy("Có ký tự lạ không lưu được. Xóa chỗ đó, gõ lại rồi lưu.")
DAY_EXAMPLE = lazy("Ghi ngày theo mẫu 24/11/2026.")
_GROUPED = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)", re.ASCII)
_A_YEAR = timedelta(days=364)
_MAX_DAY = 20  # characters
_SHOWN = 100_000  # characters that a form shows again: more than its request may have
_LONG_NAME = lazy("Viết tên trên một dòng, nhiều nhất 80 ký tự.")
_ODD_NAME = lazy("Tên có ký tự không dùng được. Hãy gõ lại.")


class FieldError(Exception):
    """What was typed in a field is not understood; the message says it to who typed it."""


@dataclass(frozen=True)
class Field:
    """A field by its name in the form. `label`, `hint`: the words at it; `wrong`: the sentence for what is
    not understood, or what the domain refuses; `maxlength`: characters that a browser lets one type;
    `widget`: by which macro it is shown, *text*, *choice* (a list), *radio*, *checkbox*; `lines`: how high a
    text is; the others are the attributes of the input."""

    name: str
    label: str = ""
    hint: str = ""
    wrong: str = ""
    maxlength: int = 0
    shown: int = field(default=_SHOWN, kw_only=True)
    widget: str = field(default="text", kw_only=True)
    lines: int = field(default=1, kw_only=True)
    type: str = field(default="text", kw_only=True)
    inputmode: str = field(default="", kw_only=True)
    autocomplete: str = field(default="off", kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> Any:
        """The value of what was sent under the name. Raises `FieldError`."""
        return texts[-1] if texts else ""

    def written(self, value: Any) -> list[str]:
        """How somebody would type a value."""
        return [str(value)] if value not in (None, "") else []


@dataclass(frozen=True)
class Text(Field):
    """A text. With `most` characters it is one line of a name, checked here; `missing`: the sentence for an
    empty one. Without, the domain says what it stores."""

    most: int = field(default=0, kw_only=True)
    missing: str = field(default="", kw_only=True)
    long: str = field(default="", kw_only=True)
    odd: str = field(default=ODD, kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> str:
        text = texts[-1] if texts else ""
        if not self.most:
            return text
        try:
            stored = nfc(text)
        except TextRefused:
            raise FieldError(str(self.odd)) from None
        if not stored and self.missing:
            raise FieldError(str(self.missing))
        if len(stored) > self.most or (self.lines == 1 and "\n" in stored):
            raise FieldError(str(self.long))
        return text


def name_field(name: str, label: str, missing: str, hint: str = "") -> Text:
    """The name of a person, a team, a hamlet, a service: one line, which is wanted; `missing` says so."""
    return Text(
        name, label, hint, maxlength=MAX_NAME, most=MAX_NAME, missing=missing, long=_LONG_NAME, odd=_ODD_NAME
    )


@dataclass(frozen=True)
class Day(Field):
    """A day, or None for nothing. `is_wanted`: nothing is refused; `asks_year`: so is a day without its year;
    `lies_ahead`: a day without its year is the next one, else the last one; `most_ago`: how many days ago it
    may be at most, and then it is not ahead either."""

    wrong: str = DAY_EXAMPLE
    maxlength: int = _MAX_DAY
    is_wanted: bool = field(default=False, kw_only=True)
    asks_year: bool = field(default=False, kw_only=True)
    lies_ahead: bool = field(default=False, kw_only=True)
    most_ago: int | None = field(default=None, kw_only=True)

    def read(self, texts: Sequence[str], today: date) -> date | None:
        text = texts[-1].strip() if texts else ""
        if not text and not self.is_wanted:
            return None
        has_year = _YEAR.search(text)
        guess = today + _A_YEAR if self.lies_ahead and not has_year else today
        found = parse_day(text, guess) if has_year or not self.asks_year else None
        if found is None or not (self.most_ago is None or 0 <= (today - found).days <= self.most_ago):
            raise FieldError(str(self.wrong))
        return found

    def written(self, value: Any) -> list[str]:
        return [format_day(value)] if value else []


@dataclass(frozen=True)
class Number(Field):
    """A number within bounds, its thousands grouped or not (*1.234*); None for nothing unless `is_wanted`."""

    least: int = field(default=0, kw_only=True)
    most: int = field(default=10**12, kw_only=True)
    is_wanted: bool = field(default=True, kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> int | None:
        text = texts[-1].strip() if texts else ""
        if not text and not self.is_wanted:
            return None
        if _GROUPED.fullmatch(text):
            text = text.replace(".", "")
        value = int(text) if len(text) <= 12 and text.isascii() and text.isdigit() else None
        if value is None or not self.least <= value <= self.most:
            raise FieldError(str(self.wrong) if self.wrong else self._bounds())
        return value

    def _bounds(self) -> str:
        least, most = format_number(self.least), format_number(self.most)
        return _("Ghi một số từ %(least)s đến %(most)s.", least=least, most=most)


@dataclass(frozen=True)
class Code(Field):
    """One of `options`, codes with their labels. `empty`: the label of no choice; with `is_wanted` one has to
    be made."""

    widget: str = field(default="choice", kw_only=True)
    options: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    empty: str = field(default="", kw_only=True)
    is_wanted: bool = field(default=True, kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> str:
        text = texts[-1] if texts else ""
        if text not in self.options and (text or self.is_wanted):
            raise FieldError(str(self.wrong))
        return text


@dataclass(frozen=True)
class Codes(Field):
    """Several of `options`, `least` to `most` different ones."""

    widget: str = field(default="checkbox", kw_only=True)
    options: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    least: int = field(default=0, kw_only=True)
    most: int = field(default=1_000, kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> tuple[str, ...]:
        chosen = tuple(text for text in texts if text)
        is_known = self.options.keys() >= set(chosen) and len(set(chosen)) == len(chosen)
        if not is_known or not self.least <= len(chosen) <= self.most:
            raise FieldError(str(self.wrong))
        return chosen

    def written(self, value: Any) -> list[str]:
        return [str(one) for one in value or ()]


@dataclass(frozen=True)
class Id(Field):
    """The id of a row that the page offers; whether it is there, the domain says. Empty unless `is_wanted`.
    `empty`: the label of no choice."""

    empty: str = field(default="", kw_only=True)
    widget: str = field(default="choice", kw_only=True)
    is_wanted: bool = field(default=True, kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> str:
        text = texts[-1] if texts else ""
        if (text or self.is_wanted) and not is_id(text):
            raise FieldError(str(self.wrong))
        return text


@dataclass(frozen=True)
class Ids(Field):
    """The ids of `least` to `most` rows that the page offers."""

    widget: str = field(default="checkbox", kw_only=True)
    least: int = field(default=0, kw_only=True)
    most: int = field(default=500, kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> tuple[str, ...]:
        if not self.least <= len(texts) <= self.most or not all(map(is_id, texts)):
            raise FieldError(str(self.wrong))
        return tuple(texts)

    def written(self, value: Any) -> list[str]:
        return [str(one) for one in value or ()]


@dataclass(frozen=True)
class Flag(Field):
    """A box that is ticked or not."""

    widget: str = field(default="checkbox", kw_only=True)

    def read(self, texts: Sequence[str], _today: date) -> bool:
        return bool(texts and texts[-1])

    def written(self, value: Any) -> list[str]:
        return ["yes"] if value else []


@dataclass(frozen=True)
class Version(Field):
    """The version of the row that the form was made from; 0, which no row has, if it is not a number."""

    name: str = "version"

    def read(self, texts: Sequence[str], _today: date) -> int:
        text = texts[-1] if texts else ""
        return int(text) if len(text) <= 15 and text.isascii() and text.isdigit() else 0


@dataclass(frozen=True)
class At:
    """A sentence at a field."""

    field: str
    sentence: str


Values = dict[str, Any]
Refusal = str | At | Callable[[CodedError], "str | At"]
Refusals = Mapping[type[CodedError] | str, Refusal]
Check = Callable[[Values], Mapping[str, str]]


@dataclass(frozen=True)
class Entry:
    """A field of a form as it stands: what is typed in it, and the sentence that says why it was refused."""

    field: Field
    texts: Sequence[str]
    problem: str
    has_focus: bool

    @property
    def described_by(self) -> str:
        """The ids of its hint and its sentence."""
        name = self.field.name
        return " ".join([f"{name}-hint"] * bool(self.field.hint) + [f"{name}-error"] * bool(self.problem))

    def at(self, place: int) -> str:
        """The text at a place, from 0, of a field that is there several times."""
        return self.texts[place] if place < len(self.texts) else ""

    @property
    def text(self) -> str:
        """What is typed in a field of one text."""
        return self.texts[-1][: self.field.shown] if self.texts else ""


@dataclass(frozen=True)
class Filled:
    """A form as it stands. `values` of what was read; `problems`: sentences by field; `notice`: one about the
    whole; `status`: of the answer that shows it. `filled["name"]`, in templates `form.name`, is a field's
    `Entry`."""

    form: "Form"
    typed: Mapping[str, Sequence[str]]
    values: Values = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    notice: str = ""
    status: int = 200

    def __getitem__(self, name: str) -> Entry:
        first = next((one.name for one in self.form.fields if one.name in self.problems), "")
        has_focus = name == first and not self.notice
        return Entry(self.form.field(name), self.typed.get(name, ()), self.problems.get(name, ""), has_focus)

    def with_problems(self, problems: Mapping[str, str], status: int = 422) -> "Filled":
        """The form with these sentences by field."""
        return replace(self, problems=problems, status=status)

    @property
    def is_stale(self) -> bool:
        """Whether somebody else changed meanwhile what the form was made from."""
        return self.status == STATUSES[StaleDecision]

    @property
    def entries(self) -> list[Entry]:
        """The fields that have a label, in their order."""
        return [self[one.name] for one in self.form.fields if one.label]


class Form:
    """A declared form. `refusals`: by an error, or by what an `Invalid` names, the sentence about the whole
    or `At` a field, or what makes one of the error; what an error names that is a field here needs none.
    `check`: sentences by field for values that are understood one by one and do not go together.

    Raises `ValueError` for a choice that has no sentence for what is not offered."""

    def __init__(self, *fields: Field, refusals: Refusals | None = None, check: Check | None = None) -> None:
        choices = [one for one in fields if isinstance(one, Code | Codes | Id | Ids)]
        if silent := [one.name for one in choices if not one.wrong]:
            raise ValueError(f"fields that would be refused without a sentence: {', '.join(silent)}")
        self.fields = fields
        self._fields = {one.name: one for one in fields}
        self._refusals = refusals or {}
        self._check = check

    def field(self, name: str) -> Field:
        """The field of this name. Raises `KeyError`."""
        return self._fields[name]

    def blank(self, **values: Any) -> Filled:
        """The form with these values, as somebody would type them."""
        return Filled(self, {name: self._fields[name].written(value) for name, value in values.items()})

    def of(self, row: object, **values: Any) -> Filled:
        """The form with the row's attributes that have the names of fields, or with `values` in their
        place."""
        own = {one.name: getattr(row, one.name) for one in self.fields if hasattr(row, one.name)}
        return self.blank(**own | values)

    def read(self, sent: FormData | QueryParams, now: datetime) -> Filled:
        """What was sent, with a sentence for each field that is not understood."""
        values, problems, today = Values(), dict[str, str](), local_date(now)
        typed = {
            one.name: [text for text in sent.getlist(one.name) if isinstance(text, str)]
            for one in self.fields
        }
        for one in self.fields:
            try:
                values[one.name] = one.read(typed[one.name], today)
            except FieldError as wrong:
                problems[one.name] = str(wrong)
        if self._check and not problems:
            problems |= self._check(values)
        return Filled(self, typed, values, problems, status=422 if problems else 200)

    def refused(self, filled: Filled, error: CodedError) -> Filled | None:
        """The form with why it was refused; None for an error that it has no words for."""
        found = self._found(error)
        if not found:
            return None
        found = [one(error) if callable(one) else one for one in found]
        problems = {one.field: str(one.sentence) for one in found if isinstance(one, At)}
        notice = next((str(one) for one in found if isinstance(one, str)), "")
        status = 422 if problems else next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
        return replace(filled, problems=problems, notice=notice, status=status)

    def _found(self, error: CodedError) -> list[Refusal]:
        """What the form says of the names of the error, else of its kind; else the fields' own words."""
        named = [self._refusals[name] for name in error.fields if name in self._refusals]
        kind = next((kind for kind in type(error).__mro__ if kind in self._refusals), None)
        if kind and not named:
            return [self._refusals[kind]]
        others = [name for name in error.fields if name in self._fields and name not in self._refusals]
        own = [At(name, words) for name in others if (words := self._words(name, error))]
        return [*named, *own] or ([ODD] if isinstance(error, TextRefused) else [])

    def _words(self, name: str, error: CodedError) -> str:
        field = self._fields[name]
        return field.odd if isinstance(error, TextRefused) and isinstance(field, Text) else field.wrong


class Writer(Protocol):
    """One request that changes something."""

    @property
    def database(self) -> Database: ...

    @property
    def now(self) -> datetime: ...


async def read_sent(request: Request) -> FormData:
    """The fields of a request; its size is bounded before (`bodies.py`)."""
    return await request.form(max_files=0)


Sent = Annotated[FormData, Depends(read_sent)]


def submit(
    writer: Writer,
    form: Form,
    sent: FormData,
    do: Callable[[Session, Values], T],
    done: str | Callable[[T], str | Response],
    again: Callable[[Filled], Response],
) -> Response:
    """Read what was sent and `do` it in one transaction, then go on to the address `done`, or answer what it
    makes of the outcome; or show the form `again`. Raises what `do` raises and the form has no words for."""
    filled = form.read(sent, writer.now)
    if filled.problems:
        return again(filled)
    try:
        outcome = writer.database.write(lambda session: do(session, filled.values))
    except CodedError as error:
        refused = form.refused(filled, error)
        if refused is None:
            raise
        return again(refused)
    answer = done(outcome) if callable(done) else done
    return answer if isinstance(answer, Response) else RedirectResponse(answer, 303)
