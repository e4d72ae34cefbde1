"""Lists with numbered pages."""

import pytest
from fastapi.testclient import TestClient

from app.fieldwork.outreach import queries
from app.web.desk.page.paging import NumberedPager, numbered_pager, page_number
from tests.cases import cases
from tests.fieldwork.outreach import sessions
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World


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
