"""/desk/households: search, filters, orders and pages."""

import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.review.register import listing
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.statements import sent_statements
from tests.web.desk.desk_client import pager_link, words
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.world import World, add_households

Browser = Callable[[], TestClient]
DUC, MAI, UOC = "12 · Nguyễn Văn Đức", "14 · Trần Thị Mai", "5 · Đặng Thị Ước"
ANH, DIEP = "3 · Lê Thị Ánh", "7 · Vi Văn Điệp"


def shown(desk: TestClient, address: str = "/desk/households") -> list[str]:
    """The households of the list, in its order."""
    page = desk.get(address)
    assert page.status_code == 200
    return re.findall(r'<b><a href="/desk/households/[\w-]+">([^<]+)<', page.text)


def search(desk: TestClient, **form: str) -> str:
    """The address that the filter form leads to."""
    answer = desk.post("/desk/households", data=form)
    assert answer.status_code == 303
    address: str = answer.headers["location"]
    return address


@cases(
    "q, found",
    [
        ("nguyen duc 12", [DUC]),
        ("NGÕ 3", [DUC, MAI]),
        ("uoc", [UOC]),
        ("van hoa", [ANH]),
        ("12 · Nguyễn", [DUC]),
        ("số 12, ngõ 3", [DUC]),
        ("hộ 12", [DUC]),
        ("nhà ông Đức", [DUC]),
        ("cô mai", [MAI]),
        ("khong ai", []),
        ("%", []),
    ],
)
def test_search_finds_labels_without_accents_and_keeps_the_words_out_of_the_address(
    desk: TestClient, q: str, found: list[str]
) -> None:
    address = search(desk, q=q)
    assert shown(desk, address) == found
    assert q not in unquote(address)


def test_orders_are_by_address_by_given_name_and_by_last_visit(
    desk: TestClient, lan: Phone, nam: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.mai))
    clock.forward(hours=9)  # of the next day
    sign_in(desk, "binh", BINH_PASSWORD)
    nam.now = clock()
    nam.exchange(nam.visit(world.anh))
    assert shown(desk) == [UOC, DUC, MAI, DIEP, ANH]
    assert shown(desk, "/desk/households?sort=name") == [ANH, DIEP, DUC, MAI, UOC]
    assert shown(desk, "/desk/households?sort=longest")[-2:] == [MAI, ANH]
    assert shown(desk, "/desk/households?sort=latest")[:2] == [ANH, MAI]
    page = desk.get("/desk/households?sort=longest").text
    assert 'aria-sort="ascending"><a href="/desk/households?sort=latest"' in page


def test_alleys_and_house_numbers_are_in_the_order_of_numbers(
    desk: TestClient, lan: Phone, world: World
) -> None:
    for house_no, alley in (("1", "Ngõ 12"), ("100", "Ngõ 3")):
        label = {"head_name": "Vi Văn Thử", "house_no": house_no, "alley": alley}
        lan.exchange(lan.op("household.add", {"id": new_id(), "hamlet_id": world.dong, **label}))
    assert shown(desk)[:5] == [UOC, DUC, MAI, "100 · Vi Văn Thử", "1 · Vi Văn Thử"]


def test_letters_are_in_the_order_of_the_phone_and_of_the_walking_list(
    desk: TestClient, lan: Phone, world: World
) -> None:
    """Đ is a letter of its own, after D."""
    for name, alley in (("Vi Văn Ân", "Xóm Đình"), ("Vi Văn An", "Xóm Đình"), ("Vi Văn Thử", "Xóm Dương")):
        label = {"head_name": name, "house_no": "1", "alley": alley}
        lan.exchange(lan.op("household.add", {"id": new_id(), "hamlet_id": world.dong, **label}))
    assert shown(desk)[3:6] == ["1 · Vi Văn Thử", "1 · Vi Văn An", "1 · Vi Văn Ân"]


def test_filters_by_hamlet_state_reached_and_last_visit(
    desk: TestClient, lan: Phone, nam: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(
        lan.visit(world.duc),
        lan.visit(world.mai, result="not_home", services=[]),
        lan.op("household.amend", {"id": world.mai, "base_version": 1, "state": "empty"}),
    )
    clock.forward(hours=9)  # of the next day
    sign_in(desk, "binh", BINH_PASSWORD)
    nam.now = clock()
    nam.exchange(nam.visit(world.anh))
    assert shown(desk, f"/desk/households?hamlet={world.tay}") == [DIEP, ANH]
    assert shown(desk, "/desk/households?state=empty") == [MAI]
    assert shown(desk, "/desk/households?reached=yes") == [DUC, ANH]
    assert shown(desk, "/desk/households?reached=no") == [UOC, MAI, DIEP]
    assert shown(desk, "/desk/households?since=25/11/2026") == [UOC, DUC, MAI, DIEP]
    assert shown(desk, "/desk/households?since=24/11/2026&reached=no") == [UOC, DIEP]


def test_withdrawn_and_returned_visits_reach_nobody(desk: TestClient, lan: Phone, world: World) -> None:
    withdrawn, returned = lan.visit(world.duc), lan.visit(world.mai)
    lan.exchange(withdrawn, returned)
    lan.exchange(lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}))
    why = {"version": "1", "reason": "other", "note": "Sai", "field": "note"}
    desk.post(f"/desk/visits/{returned['data']['id']}/return", data=why)
    assert shown(desk, "/desk/households?reached=yes") == []


def test_household_that_was_changed_added_or_merged_is_shown_as_it_is_now(
    desk: TestClient, lan: Phone, world: World
) -> None:
    assert DUC in shown(desk)
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "head_name": "Vi Văn Đức"}))
    assert "12 · Vi Văn Đức" in shown(desk)
    form = {"surviving": world.duc, "one": "2", "other": "1"}
    assert desk.post(f"/desk/duplicates/{world.duc}/{world.mai}/merge", data=form).status_code == 303
    assert MAI not in shown(desk)


def test_erased_household_is_last_of_its_hamlet_and_says_that_it_was_there(
    desk: TestClient, world: World
) -> None:
    desk.post(f"/desk/households/{world.duc}/erase", data={"version": "1"})
    erased = "Hộ đã xóa theo yêu cầu"
    assert shown(desk) == [UOC, MAI, erased, DIEP, ANH]
    assert shown(desk, "/desk/households?sort=name") == [ANH, DIEP, MAI, UOC, erased]
    assert erased in shown(desk, "/desk/households?state=active")  # as coverage counts it
    assert f"{erased} Thôn Đông Đang ở khi xóa" in words(desk.get("/desk/households").text)


def test_every_household_is_on_one_page_down_and_up_whatever_is_added(
    desk: TestClient, lan: Phone, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE_SIZE", 5)
    add_households(database, world, 12)
    down: list[list[str]] = []
    address, last = f"/desk/households?hamlet={world.dong}", ""
    while address and len(down) < 9:
        down.append(shown(desk, address))
        last, address = address, pager_link(desk, address, "next")
    assert [len(page) for page in down] == [5, 5, 5]
    assert len({household for page in down for household in page}) == 15
    second = pager_link(desk, f"/desk/households?hamlet={world.dong}", "next")
    before = shown(desk, second)
    new = {"hamlet_id": world.dong, "head_name": "Vi Thị Lụa", "house_no": "1"}
    lan.exchange(lan.op("household.add", new | {"id": "0190b1d2-0000-7000-8000-000000000001"}))
    assert shown(desk, second) == before
    assert shown(desk, pager_link(desk, last, "prev")) == down[1]


@cases("side", ["before", "after"])
@cases("place", ["", "x", "9" * 70, "%00", "%ED%A0%80"])
def test_any_value_is_accepted_as_a_position(desk: TestClient, side: str, place: str) -> None:
    assert len(shown(desk, f"/desk/households?{side}={place}")) == 5


@cases(
    "query, sentence",
    [
        ("hamlet=khong-co", "Không có giá trị này ở ô: Thôn."),
        ("state=%00", "Không có giá trị này ở ô: Tình trạng."),
        ("reached=2", "Không có giá trị này ở ô: Đã gặp hay chưa."),
        ("find=sai", "Không có giá trị này ở ô: Hộ."),
        ("since=31/02/2026", "Ghi ngày theo mẫu 24/11/2026."),
        ("sort=khong-co", "5 hộ"),
    ],
)
def test_unknown_value_is_named_and_the_list_is_shown_without_it(
    desk: TestClient, query: str, sentence: str
) -> None:
    page = desk.get(f"/desk/households?{query}").text
    assert sentence in words(page)
    assert len(shown(desk, f"/desk/households?{query}")) == 5


def test_number_of_statements_does_not_depend_on_the_number_of_households(
    desk: TestClient, database: Database, world: World, app: object
) -> None:
    engine = app.state.database.engine  # type: ignore[attr-defined]

    def count() -> int:
        desk.get("/desk/households")
        with sent_statements(engine) as sent:
            shown(desk, "/desk/households?reached=no&since=24/11/2026&sort=latest")
        return len(sent)

    few = count()
    add_households(database, world, 150)
    assert count() == few


def test_supervisor_next_door_sees_none_of_the_households(browser: Browser, world: World) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    page = hoa.get("/desk/households")
    assert (page.status_code, "Chưa có hộ nào." in page.text) == (200, True)
    assert "Không có giá trị này ở ô: Thôn." in hoa.get(f"/desk/households?hamlet={world.dong}").text


def test_list_needs_a_supervisor(browser: Browser, lan: Phone) -> None:
    assert browser().get("/desk/households").status_code == 303
