"""GET /desk/visits: the visits of Bình's commune, filtered by the address."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.core.clock import wire_time
from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from app.review.visit_list import listing
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import rows, words
from tests.web.link_client import BINH_PASSWORD, sign_in
from tests.world import World, add_households

Browser = Callable[[], TestClient]


@pytest.mark.parametrize("address", ["/desk/visits", "/desk/visits?day=nonsense", "/desk/visits/x"])
def test_without_a_session_the_desk_redirects_to_sign_in(client: TestClient, address: str) -> None:
    answer = client.get(address)
    goal = address.replace("?", "%3F").replace("=", "%3D")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/sign-in?next={goal}")


def test_a_volunteers_phone_does_not_open_the_desk(lan: Phone) -> None:
    assert lan.client.get("/desk/visits").status_code == 303


def test_rail_says_whose_commune_it_is_and_who_is_signed_in(desk: TestClient) -> None:
    page = desk.get("/desk/visits").text
    assert "Xã Yên Bình" in page
    assert "Hoàng Văn Bình" in page
    assert '<form class="person" method="post" action="/desk/sign-out">' in page


def test_a_commune_without_visits_says_so(desk: TestClient) -> None:
    page = desk.get("/desk/visits").text
    assert "Chưa có lượt thăm nào được gửi về. Thành viên tổ ghi trên điện thoại" in page
    assert "<table" not in page


def test_a_row_tells_when_where_who_and_what(desk: TestClient, lan: Phone, world: World) -> None:
    services = [
        {"code": "vneid_install", "outcome": "did_it", "people": 1},
        {"code": "file_application", "outcome": "done_for_them", "people": 2},
    ]
    lan.exchange(lan.visit(world.duc, services=services))
    (row,) = rows(desk, "/desk/visits")
    assert row == (
        "16:40 24/11 | 12 · Nguyễn Văn Đức Ngõ 3 Thôn Đông | Chưa duyệt | Nguyễn Thị Lan | Thôn Đông"
        " | Đã hỗ trợ Cài VNeID: Tự làm được; Nộp hồ sơ: Làm hộ, 2 hồ sơ | "
    )


def test_visit_delivered_late_is_on_top_and_shows_its_receipt(
    desk: TestClient, lan: Phone, nam: Phone, world: World, clock: FakeClock
) -> None:
    old = lan.visit(world.duc)
    clock.forward(hours=1)
    nam.now = clock()
    nam.exchange(nam.visit(world.anh))
    clock.forward(hours=8)
    sign_in(desk, "binh", BINH_PASSWORD)
    lan.exchange(old, sent_at=_wire(clock))
    first, second = rows(desk, "/desk/visits")
    assert first.startswith("16:40 24/11 +9 giờ | 12 · Nguyễn Văn Đức")
    assert second.startswith("17:40 24/11 | 3 · Lê Thị Ánh")


def test_day_of_another_year_has_its_year(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=40)
    sign_in(desk, "binh", BINH_PASSWORD)
    (row,) = rows(desk, "/desk/visits")
    assert row.startswith("16:40 24/11/2026 | 12 · Nguyễn Văn Đức")


def test_count_says_its_period_and_its_time(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    page = words(desk.get("/desk/visits").text)
    assert "2 lượt thăm, mới nhận trước mọi ngày, tính đến 16:40 24/11/2026" in page
    page = words(desk.get("/desk/visits?day=2026-11-24").text)
    assert "2 lượt thăm, mới nhận trước ngày 24/11/2026, tính đến 16:40 24/11/2026" in page


def test_filters_narrow_the_list(
    desk: TestClient, lan: Phone, nam: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    clock.forward(hours=8)
    sign_in(desk, "binh", BINH_PASSWORD)
    nam.now = clock()
    nam.exchange(nam.visit(world.anh))
    names = {
        f"hamlet={world.dong}": "Đức",
        f"hamlet={world.tay}": "Ánh",
        f"volunteer={world.lan}": "Đức",
        "day=2026-11-24": "Đức",
        "day=25/11/2026": "Ánh",
        "day=25-11": "Ánh",
        f"state=received&hamlet={world.dong}&day=24.11.2026": "Đức",
    }
    for query, name in names.items():
        (row,) = rows(desk, f"/desk/visits?{query}")
        assert name in row, query
    assert rows(desk, f"/desk/visits?hamlet={world.dong}&volunteer={world.nam}") == []
    assert rows(desk, "/desk/visits?state=accepted") == []


def test_list_of_a_span_of_days(desk: TestClient, lan: Phone, world: World, clock: FakeClock) -> None:
    for household in world.households[world.dong]:  # on the 24th, 25th and 26th
        lan.now = clock()
        lan.exchange(lan.visit(household))
        clock.forward(days=1)
    _sign_in_again(desk)
    found = {
        "day=24/11/2026&to=25/11/2026": ("từ 24/11/2026 đến 25/11/2026", ["Mai", "Đức"]),
        "day=26-11-2026&to=25-11-2026": ("từ 25/11/2026 đến 26/11/2026", ["Ước", "Mai"]),
        "to=25/11/2026": ("đến 25/11/2026", ["Mai", "Đức"]),
        "day=25/11/2026&to=25/11/2026": ("ngày 25/11/2026", ["Mai"]),
    }
    for query, (period, names) in found.items():
        listed = rows(desk, f"/desk/visits?{query}")
        assert [name in row for name, row in zip(names, listed, strict=True)] == [True] * len(names), query
        head = f"{len(names)} lượt thăm, mới nhận trước {period}, tính đến"
        assert head in words(desk.get(f"/desk/visits?{query}").text)


def test_visit_delivered_two_months_late_is_found_by_its_day(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    old = lan.visit(world.duc)
    clock.forward(days=60)
    lan.exchange(old, sent_at=_wire(clock))
    _sign_in_again(desk)
    (row,) = rows(desk, "/desk/visits?day=24/11/2026")
    assert row.startswith("16:40 24/11/2026 +60 ngày")


@pytest.mark.parametrize("few", [50, 0])
def test_a_household_is_found_as_on_the_phone(
    desk: TestClient, lan: Phone, nam: Phone, world: World, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(listing, "FEW_HOUSEHOLDS", few)
    lan.exchange(*[lan.visit(household) for household in world.households[world.dong]])
    nam.exchange(nam.visit(world.anh))
    found = {"nguyen duc 12": 1, "ĐỨC": 1, "ngo 3": 2, "nguyễn": 1, "thi": 3, "khong co": 0, "%00": 0}
    for typed, count in found.items():
        for state in ("", "&state=received"):
            page = f"/desk/visits?q={typed}{state}"
            assert len(rows(desk, page)) == count, page
            assert f"{count} lượt thăm, mới nhận trước mọi ngày" in words(desk.get(page).text)
    assert 'name="q" value="ĐỨC"' in desk.get("/desk/visits?q=ĐỨC").text


def test_a_filter_that_finds_nothing_says_so(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    page = desk.get("/desk/visits?state=returned").text
    assert "Không có lượt thăm nào khớp bộ lọc này." in page


def test_the_form_shows_what_the_list_is_filtered_by(desk: TestClient, world: World) -> None:
    page = desk.get(f"/desk/visits?hamlet={world.tay}&state=accepted&day=2026-11-24").text
    assert '<option value="thon-tay" selected>Thôn Tây</option>' in page
    assert '<option value="accepted" selected>Đã duyệt</option>' in page
    assert 'name="day" value="24/11/2026"' in page


def test_a_value_that_does_not_exist_is_ignored_and_named(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    sentences = {
        "hamlet=khong-co": "Không có giá trị này ở ô: Thôn.",
        "hamlet=%00&volunteer=%27;--": "Không có giá trị này ở ô: Thôn, Người ghi.",
        "volunteer=%ED%A0%80": "Không có giá trị này ở ô: Người ghi.",
        "state=duyet": "Không có giá trị này ở ô: Trạng thái.",
    } | dict.fromkeys(
        ("day=hom-qua", "day=31/2/2026", "day=0000-01-01", "day=%00", "day=1/1/99", "day=1/1/2020&to=x"),
        "Ghi ngày theo mẫu 24/11/2026.",
    )
    for query, sentence in sentences.items():
        assert sentence in words(desk.get(f"/desk/visits?{query}").text), query
        assert len(rows(desk, f"/desk/visits?{query}")) == 1, query


def test_what_was_typed_comes_back_as_text(desk: TestClient) -> None:
    for name in ("day", "to", "q"):
        page = desk.get("/desk/visits", params={name: '"><script>alert(1)</script>'}).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


@cases("name", ["hamlet", "volunteer", "state", "day", "to", "q", "before", "after"])
def test_too_long_filter_is_refused(desk: TestClient, name: str) -> None:
    for typed in ("a " * 15_000, "e" + "\u0301" * 5_000):
        answer = desk.get("/desk/visits", params={name: typed})
        assert (answer.status_code, "Nội dung chưa đúng" in answer.text) == (422, True)
        assert typed[:40] not in answer.text, "the page does not repeat it"
        plain = desk.get("/desk/visits", params={"before": "x" * 999})
        assert len(answer.content) == len(plain.content)


def test_search_words_of_combining_marks_only_filter_nothing(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc))
    assert len(rows(desk, "/desk/visits?q=" + "%CC%81" * 80)) == 1
    assert desk.get("/desk/visits?q=" + "%CC%81" * 81).status_code == 422


@pytest.mark.parametrize("q", ["12 · Nguyễn", "số 12, ngõ 3", "hộ 12", "nhà bác Đức"])
def test_search_finds_the_printed_label_and_leaves_out_forms_of_address(
    desk: TestClient, lan: Phone, world: World, q: str
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    assert len(rows(desk, f"/desk/visits?q={q}")) == 1


def test_names_are_shown_as_text(desk: TestClient, lan: Phone, world: World) -> None:
    household = {
        "id": "22222222-2222-4222-8222-222222222222",
        "hamlet_id": world.dong,
        "head_name": "<b>Ước</b>",
    }
    lan.exchange(lan.op("household.add", household), lan.visit(household["id"]))
    assert "&lt;b&gt;Ước&lt;/b&gt;" in desk.get("/desk/visits").text


@pytest.mark.parametrize(
    "days", ["day=0001-01-01", "to=9999-12-31", "day=31/12/9999", "day=1-1&to=9999-12-30"]
)
def test_days_at_the_ends_of_the_calendar_do_not_break_the_list(
    desk: TestClient, lan: Phone, world: World, days: str
) -> None:
    lan.exchange(lan.visit(world.duc))
    assert len(rows(desk, f"/desk/visits?{days}")) == 1


def test_withdrawn_visits_are_listed_when_asked_for(desk: TestClient, lan: Phone, world: World) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit, lan.op("visit.withdraw", {"id": visit["data"]["id"]}))
    assert rows(desk, "/desk/visits") == []
    (row,) = rows(desk, "/desk/visits?state=withdrawn")
    assert "| Đã bỏ |" in row


def test_supervisor_next_door_sees_none_of_it(browser: Browser, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    page = hoa.get(f"/desk/visits?hamlet={world.dong}").text
    assert "Xã Hữu Lũng" in page
    assert "Đức" not in page
    assert "Thôn Đông" not in page


def test_a_longer_list_costs_no_more_statements(
    desk: TestClient, lan: Phone, app: FastAPI, database: Database, world: World
) -> None:
    lan.exchange(lan.visit(world.duc))
    with _statements(app) as few:
        desk.get("/desk/visits")
    lan.exchange(*[lan.visit(household) for household in add_households(database, world, 40)])
    evaluate_all(database)
    with _statements(app) as many:
        desk.get("/desk/visits")
    assert len(many) == len(few) <= 15


def _sign_in_again(desk: TestClient) -> None:
    """A session at the desk lasts 12 hours."""
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})


def _wire(clock: FakeClock) -> str:
    return wire_time(clock())


@contextmanager
def _statements(app: FastAPI) -> Iterator[list[str]]:
    """The SELECTs that the app sends inside the `with` block."""
    sent: list[str] = []

    def collect(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            sent.append(statement)

    event.listen(app.state.database.engine, "before_cursor_execute", collect)
    yield sent
    event.remove(app.state.database.engine, "before_cursor_execute", collect)
