"""/desk/services: on and off, order, the commune's own services, and what phones get of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.commune.catalog.commands import MAX_OWN_SERVICES
from app.commune.catalog.services import DEFAULT_SERVICES
from app.core.db import Database
from app.upkeep.maintenance.check import check
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]

OWN: dict[str, Any] = {
    "label": "Cài ứng dụng của tỉnh",
    "pillar": "more",
    "first": ["did_it", "done_for_them", "declined"],
    "outcome": ["explained"],
    "first_day": "01/12/2026",
    "last_day": "31.12.2026",
}


def test_switched_off_service_reaches_the_phone_as_a_row_and_so_does_its_return(
    desk: TestClient, lan: Phone, database: Database
) -> None:
    assert all(row["active"] for row in lan.exchange()["changes"]["service"])
    page = _press(desk, "vietqr", "off")
    assert "Đã tắt." in page
    assert "Đang tắt Việc Nhóm Ai đổi, lúc nào Thao tác Chuyển khoản, quét VietQR" in page
    assert "Hoàng Văn Bình 16:40 24/11/2026" in page
    (row,) = lan.exchange()["changes"]["service"]
    assert (row["code"], row["active"], row["label"]["vi"]) == ("vietqr", False, "Chuyển khoản, quét VietQR")
    assert "Đã bật lại, ở chỗ cũ." in _press(desk, "vietqr", "on")
    (row,) = lan.exchange()["changes"]["service"]
    assert (row["active"], row["order"]) == (True, 3)
    _assert_consistent(database)


def test_new_phone_gets_the_services_that_are_off_for_old_visits(desk: TestClient, lan: Phone) -> None:
    _press(desk, "vietqr", "off")
    services = {row["code"]: row["active"] for row in lan.exchange()["changes"]["service"]}
    assert (len(services), services["vietqr"], services["bills"]) == (len(DEFAULT_SERVICES), False, True)


def test_visit_that_waited_with_a_service_that_is_off_by_now_counts(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange()
    waiting = lan.visit(world.duc)
    _press(desk, "vneid_install", "off")
    assert lan.statuses(waiting) == ["applied"]
    assert "Cài VNeID" in desk.get(f"/desk/visits/{waiting['data']['id']}").text


def test_switching_twice_changes_nothing_more(desk: TestClient, lan: Phone) -> None:
    _press(desk, "bills", "off")
    lan.exchange()
    _press(desk, "bills", "off")
    _press(desk, "vietqr", "on")
    assert lan.exchange()["changes"]["service"] == []


@pytest.mark.slow
def test_last_service_stays_on(desk: TestClient) -> None:
    codes = _order(desk)
    for code in codes[1:]:
        _press(desk, code, "off")
    assert "Chưa tắt: đây là việc duy nhất đang bật." in _press(desk, codes[0], "off")
    assert _order(desk) == codes[:1]


def test_services_change_places_on_the_page_and_on_the_phone(
    desk: TestClient, lan: Phone, database: Database
) -> None:
    lan.exchange()
    first, second, third = _order(desk)[:3]
    _press(desk, second, "up")
    assert _order(desk)[:3] == [second, first, third]
    rows = {row["code"]: row["order"] for row in lan.exchange()["changes"]["service"]}
    assert rows == {second: 1, first: 2}
    _press(desk, first, "down")
    assert _order(desk)[:3] == [second, third, first]
    _assert_consistent(database)


@pytest.mark.both_databases
def test_service_moves_past_those_that_are_off(desk: TestClient) -> None:
    first, second, third = _order(desk)[:3]
    _press(desk, second, "off")
    _press(desk, third, "up")
    assert _order(desk)[:2] == [third, first]
    _press(desk, second, "on")
    assert _order(desk)[:3] == [third, second, first]


def test_first_goes_no_higher_and_a_stale_page_moves_nothing(desk: TestClient) -> None:
    before = _order(desk)
    desk.post(f"/desk/services/{before[0]}/up", data={"position": "1"})
    desk.post(f"/desk/services/{before[-1]}/down", data={"position": str(len(DEFAULT_SERVICES))})
    assert _order(desk) == before
    desk.post(f"/desk/services/{before[1]}/up", data={"position": "2"})
    answer = desk.post(f"/desk/services/{before[1]}/up", data={"position": "2"})
    assert answer.headers["location"].endswith("done=changed")
    assert desk.post(f"/desk/services/{before[1]}/up", data={"position": "a" * 99}).status_code == 303
    assert _order(desk)[:2] == [before[1], before[0]]


def test_own_service_is_last_on_the_phone_and_can_be_recorded(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange()
    assert "Đã lưu. Máy của tổ thấy ở lần liên lạc sau." in _save(desk, "new")
    (row,) = lan.exchange()["changes"]["service"]
    assert (row["label"]["vi"], row["pillar"]) == ("Cài ứng dụng của tỉnh", "more")
    assert row["order"] == len(DEFAULT_SERVICES) + 1
    assert row["first"] == ["did_it", "done_for_them", "declined"]
    assert row["outcomes"] == ["did_it", "done_for_them", "explained", "declined"]
    assert (row["first_day"], row["last_day"], row["active"]) == ("2026-12-01", "2026-12-31", True)
    assert "01/12/2026 – 31/12/2026 (chưa đến ngày)" in words(desk.get("/desk/services").text)
    visit = lan.visit(world.duc, services=[{"code": row["code"], "outcome": "explained", "people": 2}])
    refused = lan.visit(world.mai, services=[{"code": row["code"], "outcome": "referred", "people": 1}])
    assert lan.statuses(visit, refused) == ["applied", "rejected"]
    _assert_consistent(database)


@pytest.mark.both_databases
def test_changed_service_retains_the_outcomes_that_waiting_visits_may_have(
    desk: TestClient, lan: Phone, world: World
) -> None:
    code = _own(desk, lan)
    page = desk.get(f"/desk/services/{code}").text
    form = OWN | {"label": "Cài ứng dụng", "first": ["referred", "did_it", "declined"], "outcome": []}
    answer = desk.post(f"/desk/services/{code}", data=form | {"version": _version(page), "last_day": ""})
    assert answer.headers["location"].endswith("done=saved")
    (row,) = lan.exchange()["changes"]["service"]
    assert (row["code"], row["label"]["vi"], row["last_day"]) == (code, "Cài ứng dụng", None)
    assert row["outcomes"] == ["did_it", "done_for_them", "explained", "referred", "declined"]
    visit = lan.visit(world.duc, services=[{"code": code, "outcome": "explained", "people": 2}])
    assert lan.statuses(visit) == ["applied"]


@pytest.mark.both_databases
def test_colleagues_change_is_named_before_it_is_replaced(
    desk: TestClient, lan: Phone, clock: FakeClock
) -> None:
    code = _own(desk, lan)
    version = _version(desk.get(f"/desk/services/{code}").text)
    clock.forward(minutes=2)
    _save(desk, code, label="Tên của Bình", version=version)
    answer = desk.post(f"/desk/services/{code}", data=OWN | {"label": "Tên khác", "version": version})
    assert answer.status_code == 409
    page = words(answer.text)
    assert "Hoàng Văn Bình vừa đổi việc này lúc 16:42 24/11/2026; nay tên là “Tên của Bình”." in page
    assert 'value="Tên khác"' in answer.text
    form = OWN | {"label": "Tên khác", "version": _version(answer.text)}
    assert desk.post(f"/desk/services/{code}", data=form).status_code == 303


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"label": " "}, "Nhập tên việc."),
        ({"label": "a\x00b"}, "Tên có ký tự không dùng được. Hãy gõ lại."),
        ({"label": "a" * 10_000}, "Viết tên trên một dòng, nhiều nhất 80 ký tự."),
        ({"label": "cai vneid"}, "Danh mục đã có việc tên này, có thể đang tắt. Đặt tên khác."),
        ({"pillar": "khac"}, "Chọn một nhóm."),
        ({"first": ["did_it", "did_it", "declined"]}, "Chọn ba kết quả khác nhau."),
        ({"first": ["did_it"]}, "Chọn ba kết quả khác nhau."),
        ({"first": ["did_it"] * 900}, "Chọn ba kết quả khác nhau."),
        ({"outcome": ["khac"]}, "Chọn trong các kết quả dưới đây."),
        ({"first_day": "01/12"}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"first_day": "31/02/2026"}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"last_day": "9" * 9000}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"last_day": "30/11/2026"}, "Ngày cuối phải từ ngày đầu trở đi."),
    ],
)
def test_wrong_field_has_its_sentence_and_nothing_typed_is_lost(
    desk: TestClient, lan: Phone, changes: dict[str, Any], sentence: str
) -> None:
    answer = desk.post("/desk/services/new", data=OWN | changes)
    assert (answer.status_code, sentence in words(answer.text)) == (422, True)
    other_day = next(value for name, value in OWN.items() if name.endswith("_day") and name not in changes)
    assert f'value="{other_day}"' in answer.text
    assert len(lan.exchange()["changes"]["service"]) == len(DEFAULT_SERVICES)


@pytest.mark.slow
def test_commune_has_a_limited_number_of_own_services(desk: TestClient) -> None:
    for number in range(MAX_OWN_SERVICES):
        _save(desk, "new", label=f"Việc {number}")
    answer = desk.post("/desk/services/new", data=OWN)
    assert (answer.status_code, "Đã có 40 việc riêng" in words(answer.text)) == (422, True)
    assert "/desk/services/new" not in desk.get("/desk/services").text


def test_services_of_the_default_catalog_have_no_form(desk: TestClient) -> None:
    assert desk.get("/desk/services/vietqr").status_code == 404
    assert desk.post("/desk/services/vietqr", data=OWN).status_code == 404
    assert desk.post("/desk/services/khong-co/off").status_code == 404


def test_supervisor_next_door_has_a_catalog_of_her_own(
    desk: TestClient, browser: Browser, lan: Phone
) -> None:
    code = _own(desk, lan)
    _press(desk, "vietqr", "off")
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert "vietqr" in _order(hoa)
    assert "Cài ứng dụng của tỉnh" not in hoa.get("/desk/services").text
    for verb in ("on", "off", "up", "down"):
        assert hoa.post(f"/desk/services/{code}/{verb}", data={"position": "26"}).status_code == 404
    assert hoa.get(f"/desk/services/{code}").status_code == 404
    assert hoa.post(f"/desk/services/{code}", data=OWN).status_code == 404
    _press(hoa, "bills", "off")
    assert "bills" in _order(desk)
    assert lan.exchange()["changes"]["service"][0]["code"] == "vietqr"


def _press(desk: TestClient, code: str, verb: str) -> str:
    found = re.search(rf'{code}/{verb}"[^>]*><input[^>]*value="(\d+)"', desk.get("/desk/services").text)
    answer = desk.post(f"/desk/services/{code}/{verb}", data={"position": found[1] if found else ""})
    assert answer.status_code == 303
    return words(desk.get(answer.headers["location"]).text)


def _save(desk: TestClient, code: str, **changes: Any) -> str:
    answer = desk.post(f"/desk/services/{code}", data=OWN | changes)
    assert answer.status_code == 303, answer.text
    return words(desk.get(answer.headers["location"]).text)


def _own(desk: TestClient, lan: Phone) -> str:
    """The code of a new service of the commune, which Lan's phone has."""
    lan.exchange()
    _save(desk, "new")
    code: str = lan.exchange()["changes"]["service"][0]["code"]
    return code


def _version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"', maxsplit=1)[0]


def _order(desk: TestClient) -> list[str]:
    """The codes of the services that are on, in their order."""
    return re.findall(r"/desk/services/(\w[\w-]*)/off", desk.get("/desk/services").text)


def _assert_consistent(database: Database) -> None:
    assert [result.problems for result in check(database) if result.problems] == []
