"""Lists with pages, and the heads of their columns."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.fieldwork.outreach import queries
from app.web.desk.page.paging import ListPager, NumberedPager, SortedColumn, numbered_pager, page_number
from app.web.rendering import ROOT, environment
from tests.cases import cases
from tests.fieldwork.outreach import sessions
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

DESK = ROOT / "templates" / "desk"


@cases("text, page", [("", 1), ("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("٢", 1), ("9" * 7, 1)])
def test_page_of_an_address(text: str, page: int) -> None:
    assert page_number(text) == page


def test_addresses_keep_the_filters_and_end_at_the_ends() -> None:
    assert numbered_pager("/desk/needs", 1, 3) == NumberedPager("1", "3", "", "/desk/needs?page=2")
    assert numbered_pager("/desk/needs?hamlet=h", 3, 3).previous == "/desk/needs?hamlet=h&page=2"
    assert numbered_pager("/desk/needs", 1, 1) == NumberedPager("1", "1", "", "")


def test_pages_of_sessions_lead_to_each_other(
    lan: Phone, desk: TestClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 1)
    monkeypatch.setattr("app.web.desk.coverage.outreach.PAGE_SIZE", 1)
    lan.exchange(sessions.record(lan, world.dong, place="Sân trường"), sessions.record(lan, world.dong))
    first = desk.get("/desk/outreach").text
    assert 'href="/desk/outreach?page=2"' in first
    second = desk.get("/desk/outreach?page=2").text
    assert ("Sân trường" in words(first)) is not ("Sân trường" in words(second))
    filtered = desk.get("/desk/outreach", params={"day": "01/11/2026", "page": "2"}).text
    assert 'href="/desk/outreach?day=01%2F11%2F2026&amp;page=1"' in filtered


def test_pagers_and_sorted_heads_are_written_once() -> None:
    for part in ('class="pager"', "aria-sort"):
        found = [file for file in sorted(DESK.rglob("*.html")) if part in file.read_text("utf-8")]
        assert [file.relative_to(DESK).as_posix() for file in found] == ["page/parts.html"], part


def test_a_list_without_other_pages_has_no_pager_and_one_in_the_middle_leads_back_to_its_beginning() -> None:
    parts: Any = environment().get_template("desk/page/parts.html").module
    assert str(parts.list_pager(ListPager("", ""))).strip() == ""
    page = str(parts.list_pager(ListPager("/x?before=a", "/x?after=b"), "Mới hơn", first="/x"))
    assert re.findall(r'href="(/[^"]+)"', page) == ["/x", "/x?before=a", "/x?after=b"]
    assert "Mới hơn" in page


def test_the_head_of_the_sorted_column_says_so() -> None:
    parts: Any = environment().get_template("desk/page/parts.html").module
    columns = [SortedColumn("Hộ", "/x?sort=name", "descending"), SortedColumn("Việc")]
    heads = str(parts.sorted_heads(columns)).split("</th>")
    assert ' aria-sort="descending"><a href="/x?sort=name">Hộ' in heads[0]
    assert "▼" in heads[0]
    assert heads[1].strip() == '<th role="columnheader" scope="col">Việc'
