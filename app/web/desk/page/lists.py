"""Lists with filters, each declared once; what its address asks for that does not exist is ignored and named.

    LIST = Filters(
        "/desk/households", Id("hamlet", lazy("Thôn")), Day("since", lazy("Chưa thăm từ ngày")),
        Text("q", lazy("Hộ")), words="q",
    )

A field is read as in a form (`app/web/forms.py`). One with a sentence for what is wrong says it at the field;
one without is ignored, and `Query.ignored` names it. The text of `words` is in no address: it is encrypted
there (`search_words.py`).
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from starlette.datastructures import FormData, QueryParams

from app.core.clock import local_date
from app.core.config import Settings
from app.core.errors import Invalid
from app.core.types import is_id, validate_year
from app.web.desk.page.paging import ListPager
from app.web.desk.page.search_words import SearchWordCipher
from app.web.forms import Entry, Field, FieldError

FIND = "find"  # encrypted search words
_MAX_ID, _MAX_TEXT = 64, 80  # each row repeats the filters in its address, and each search word costs time
_MAX_ENCRYPTED = 600  # 80 characters of four bytes each
_POSITIONS = ("before", "after")


@dataclass(frozen=True)
class Span(Field):
    """The two days of *2026-11-23..2026-11-29*; None for nothing."""

    def read(self, texts: Sequence[str], _today: date) -> tuple[date, date] | None:
        if not texts or not texts[-1]:
            return None
        try:
            first, last = (validate_year(date.fromisoformat(day)) for day in texts[-1].split(".."))
        except ValueError:
            raise FieldError(str(self.wrong)) from None
        return first, last


class Filters:
    """The filters of the list at `path`. `words`: the field that search words are typed in, if there is
    one."""

    def __init__(self, path: str, *fields: Field, words: str = "") -> None:
        self.path, self.fields, self.words = path, fields, words

    def of_address(self, request: Request, settings: Settings, now: datetime) -> "Query":
        """The query of the address, its search words decrypted. Raises `Invalid` for a value that is too
        long."""
        texts = self._texts(request.query_params) | _positions(request.query_params)
        if self.words:
            cipher = SearchWordCipher(request, settings)
            find = request.query_params.get(FIND, "")
            typed = texts[self.words]
            texts[FIND] = cipher.encrypt(typed) if typed else find[:_MAX_ENCRYPTED]
            texts[self.words] = typed or cipher.decrypt(texts[FIND])
        return self._read(texts, now)

    def address_of_form(self, request: Request, settings: Settings, sent: FormData) -> str:
        """The address of what the filter form says. Raises `Invalid`."""
        texts = self._texts(sent)
        if self.words:
            texts[FIND] = SearchWordCipher(request, settings).encrypt(texts[self.words])
        return Query(self, texts).address()

    def _texts(self, sent: FormData | QueryParams) -> dict[str, str]:
        texts = {}
        for one in self.fields:
            text = sent.get(one.name, "")
            texts[one.name] = text if isinstance(text, str) else ""
            if len(texts[one.name]) > (_MAX_TEXT if one.widget == "text" else _MAX_ID):
                raise Invalid(one.name)
        return texts

    def _read(self, texts: dict[str, str], now: datetime) -> "Query":
        values, problems, ignored = dict[str, Any](), dict[str, str](), list[str]()
        for one in self.fields:
            try:
                values[one.name] = one.read([texts[one.name]] if texts[one.name] else [], local_date(now))
            except FieldError as error:
                values[one.name] = one.read([], local_date(now))
                if sentence := str(error):
                    problems[one.name] = sentence
                else:
                    ignored.append(one.name)
        if self.words and texts[FIND] and not texts[self.words]:
            ignored.append(self.words)
        return Query(self, texts, values, problems, tuple(ignored))


@dataclass(frozen=True)
class Query:
    """What an address asks of a list: `texts` by parameter, `values` that exist. `query["name"]`, in
    templates `query.name`, is a filter's `Entry`."""

    filters: Filters
    texts: Mapping[str, str]
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Entry:
        one = next(one for one in self.filters.fields if one.name == name)
        text = "" if name in self.unknown else self.texts[name]
        if name not in self.problems and self.values.get(name):
            text = next(iter(one.written(self.values[name])), text)
        return Entry(one, [text] if text else [], self.problems.get(name, ""), has_focus=False)

    def within(self, **existing: Container[str]) -> "Query":
        """Without the values that do not exist here."""
        texts = {name: self.values[name] for name in existing}
        unknown = [name for name, text in texts.items() if text and text not in existing[name]]
        return replace(
            self, values={**self.values, **dict.fromkeys(unknown, "")}, unknown=(*self.unknown, *unknown)
        )

    def address(self, **changes: str) -> str:
        """The list with these filters, without the empty ones; `changes` replace some."""
        values = {**self.texts, **changes, self.filters.words: ""}
        query = urlencode({name: value for name, value in values.items() if value})
        return f"{self.filters.path}?{query}" if query else self.filters.path

    @property
    def ignored(self) -> str:
        """The labels of filters whose value does not exist."""
        labels = {one.name: str(one.label) for one in self.filters.fields if one.label}
        return ", ".join(labels[name] for name in labels if name in self.unknown)

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered, or should be."""
        return any(self.texts.get(one.name) for one in self.filters.fields if one.label)

    @property
    def position(self) -> dict[str, str]:
        """Where the page begins or ends (`before` or `after` a row); nothing for the first page."""
        return {name: self.texts[name] for name in _POSITIONS if self.texts.get(name)}

    def pager(self, ids: list[str], *, has_previous: bool, has_next: bool) -> ListPager:
        """The pager of a page with the rows `ids`."""

        def address(name: str, id: str) -> str:
            return self.address(**dict.fromkeys(_POSITIONS, "") | {name: id})

        return ListPager(
            first=address("before", "") if has_previous else "",
            previous=address("before", ids[0]) if has_previous and ids else "",
            next=address("after", ids[-1]) if has_next and ids else "",
        )


def _positions(sent: QueryParams) -> dict[str, str]:
    return {name: sent.get(name, "") if is_id(sent.get(name, "")) else "" for name in _POSITIONS}
