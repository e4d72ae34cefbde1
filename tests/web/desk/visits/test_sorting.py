"""The heads of the list's columns sort it, on every page, up to a number of visits."""

import pytest
from fastapi.testclient import TestClient

from app.review.visit_list import listing, pages
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import rows
from tests.world import World


@pytest.fixture
def visits(lan: Phone, nam: Phone, world: World, clock: FakeClock) -> None:
    """Nam at Ánh's, Lan at Đức's and Mai's, in this order of receipt; Mai's was the first."""
    nam.exchange(nam.visit(world.anh) | {"at": "2026-11-24T08:00:00.000Z"})
    clock.forward(minutes=1)
    lan.exchange(lan.visit(world.duc) | {"at": "2026-11-24T09:00:00.000Z"})
    clock.forward(minutes=1)
    lan.exchange(lan.visit(world.mai) | {"at": "2026-11-24T07:00:00.000Z"})


@pytest.mark.usefixtures("visits")
@cases(
    "sort, names",
    [
        ("", ["Mai", "Đức", "Ánh"]),
        ("latest", ["Đức", "Ánh", "Mai"]),
        ("oldest", ["Mai", "Ánh", "Đức"]),
        ("household", ["Ánh", "Đức", "Mai"]),
        ("author", ["Đức", "Mai", "Ánh"]),
        ("hamlet", ["Đức", "Mai", "Ánh"]),
        ("state", ["Đức", "Ánh", "Mai"]),
        ("khong-co", ["Mai", "Đức", "Ánh"]),
    ],
)
def test_list_is_sorted_by_its_address(desk: TestClient, sort: str, names: list[str]) -> None:
    found = rows(desk, f"/desk/visits?sort={sort}")
    assert [next(name for name in names if name in row) for row in found] == names


@pytest.mark.both_databases
@pytest.mark.usefixtures("visits")
def test_a_head_leads_to_the_next_order_and_back(desk: TestClient) -> None:
    page = desk.get("/desk/visits?state=received").text
    assert 'href="/desk/visits?state=received&amp;sort=latest" hx-boost="false">Giờ, ngày' in page
    assert (
        page.count("aria-sort") == page.count('aria-sort="other"><a href="/desk/visits?state=received') == 1
    )
    page = desk.get("/desk/visits?sort=oldest").text
    assert 'aria-sort="ascending"><a href="/desk/visits" hx-boost="false">Giờ, ngày' in page
    assert 'name="sort" value="oldest"' in page
    assert "sort=oldest" in desk.get("/desk/visits?sort=oldest&state=received").text


@pytest.mark.usefixtures("visits")
def test_pages_of_a_sorted_list_have_every_visit_once(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    first = rows(desk, "/desk/visits?sort=household")
    page = desk.get("/desk/visits?sort=household").text
    older = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert [name for row in first + rows(desk, older) for name in ("Ánh", "Đức", "Mai") if name in row] == [
        "Ánh", "Đức", "Mai",
    ]  # fmt: skip
    newer = desk.get(older).text.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert rows(desk, newer) == first


@pytest.mark.usefixtures("visits")
def test_too_many_visits_keep_their_order_and_say_so(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED_TO", 2)
    page = desk.get("/desk/visits?sort=household").text
    assert "chưa xếp theo cột này được" in page
    assert page.index("Trần Thị Mai") < page.index("Nguyễn Văn Đức")
    assert page.count("aria-sort") == page.count('aria-sort="other"') == 1
