"""Declared lists (`app/web/desk/page/lists.py`): what an address asks for, what is ignored, the pager."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from fastapi import Request
from starlette.datastructures import FormData

from app.core.config import Settings
from app.core.errors import Invalid
from app.web.deps import cookie_name
from app.web.desk.page.lists import Filters, Query, Span
from app.web.forms import Code, Day, Id, Text
from tests.cases import cases

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
SETTINGS = Settings(_env_file=None)
EAST, WEST = "018f2a5c-0000-7000-8000-000000000001", "018f2a5c-0000-7000-8000-000000000002"
LIST = Filters(
    "/desk/visits",
    Id("hamlet", "Thôn", is_wanted=False),
    Code("state", "Trạng thái", options={"received": "Chưa duyệt"}, is_wanted=False),
    Day("since", "Từ ngày", wrong="Ghi ngày theo mẫu."),
    Span("new", "Đến lần đầu"),
    Text("q", "Hộ"),
    Code("sort", options={"name": ""}, is_wanted=False),
    words="q",
)


@cases(
    "asked, values",
    [
        ({}, {"hamlet": "", "state": "", "since": None, "new": None, "q": "", "sort": ""}),
        ({"hamlet": EAST}, {"hamlet": EAST}),
        ({"since": "1/11/2026"}, {"since": date(2026, 11, 1)}),
        ({"new": "2026-11-23..2026-11-29"}, {"new": (date(2026, 11, 23), date(2026, 11, 29))}),
        ({"q": "Hoàng Thị Hoa"}, {"q": "Hoàng Thị Hoa"}),
    ],
)
def test_what_an_address_asks_for(asked: dict[str, str], values: dict[str, Any]) -> None:
    query = _query(**asked)
    assert {name: query.values[name] for name in values} == values
    assert (query.ignored, query.problems) == ("", {})
    assert query.is_active == bool(asked)


@cases(
    "asked, ignored",
    [
        ({"hamlet": "../x"}, "Thôn"),
        ({"hamlet": WEST}, "Thôn"),
        ({"state": "gone", "new": "2026..x"}, "Trạng thái, Đến lần đầu"),
        ({"new": "0001-01-01..9999-12-31"}, "Đến lần đầu"),
        ({"find": "nothing that this server has encrypted"}, "Hộ"),
        ({"sort": "shoe size"}, ""),
    ],
)
def test_what_does_not_exist_is_ignored_and_named(asked: dict[str, str], ignored: str) -> None:
    query = _query(**asked).within(hamlet={EAST})
    assert query.ignored == ignored
    assert all(not query.values[name] for name in asked if name in query.values)
    assert all(not query[name].text for name in asked if name in query.values)


def test_a_filter_with_a_sentence_says_it_and_keeps_what_was_typed() -> None:
    query = _query(since="mai")
    assert (query["since"].problem, query["since"].text) == ("Ghi ngày theo mẫu.", "mai")
    assert (query.values["since"], query.ignored) == (None, "")


@cases("name, length", [("hamlet", 65), ("state", 65), ("q", 81), ("since", 81)])
def test_every_filter_is_bounded_before_it_is_read(name: str, length: int) -> None:
    with pytest.raises(Invalid) as refused:
        _query(**{name: "x" * length})
    assert refused.value.fields == [name]


def test_search_words_are_in_no_address() -> None:
    form = FormData({"q": "Hoa", "state": "received", "x": "1"})
    address = LIST.address_of_form(_request(), SETTINGS, form)
    assert "Hoa" not in address
    assert "x=" not in address
    found = {name: texts[0] for name, texts in parse_qs(urlsplit(address).query).items()}
    query = _query(**found)
    assert (query.values["q"], query.values["state"]) == ("Hoa", "received")
    assert query.address() == address, "the next page of the list is asked for by the same words"


def test_pages_begin_and_end_at_rows() -> None:
    query = _query(state="received", after=EAST)
    assert query.position == {"after": EAST}
    pager = query.pager([EAST, WEST], has_previous=True, has_next=True)
    assert pager.next == f"/desk/visits?state=received&after={WEST}"
    assert pager.previous == f"/desk/visits?state=received&before={EAST}"
    first = query.pager([EAST], has_previous=False, has_next=False)
    assert (first.first, first.previous, first.next) == ("", "", "")
    assert _query(after="../x").position == {}


def _query(**asked: str) -> Query:
    return LIST.of_address(_request(**asked), SETTINGS, NOW)


def _request(**asked: str) -> Request:
    cookie = f"{cookie_name('desk', SETTINGS)}=the cookie of this browser"
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/desk/visits",
            "query_string": urlencode(asked).encode(),
            "headers": [(b"cookie", cookie.encode())],
        }
    )
