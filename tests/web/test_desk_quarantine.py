"""/desk/quarantine: what is kept apart, in words; *Nhận*, *Bỏ*, *Giữ*, and what the phones hear of it."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.sync.models import LedgerEntry, Quarantined
from app.visits import totals
from app.visits.models import Visit
from tests.conftest import FakeClock
from tests.sync.phone import Phone, new_id
from tests.world import World

Browser = Callable[[], TestClient]


def test_list_says_what_who_where_and_why(desk: TestClient, lan: Phone, world: World) -> None:
    assert "Không có gì chờ xử lý." in desk.get("/desk/quarantine").text
    _keep(desk, lan, lan.visit(world.duc, note="Số 012345678901", follow_up_on="2026-11-30"))
    page = desk.get("/desk/quarantine").text
    for words in ("Ghi lượt thăm", "12 · Nguyễn Văn Đức", "Ngõ 3, Thôn Đông", "Nguyễn Thị Lan", "16:40"):
        assert words in page
    assert "Gửi từ máy đã thu hồi, hoặc của người đã nghỉ." in page
    one = desk.get(_addresses(desk)[0]).text
    for words in ("Đã hỗ trợ", "Cài VNeID: Tự làm được, 1 người", "30/11/2026", "Tính vào ngày", "••01"):
        assert words in one
    assert "012345678901" not in one


def test_accepted_visit_is_counted_on_the_day_it_was_received_and_reaches_the_phone(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    _keep(desk, lan, visit)
    clock.forward(days=2)
    answer = _decide(desk, "accept")
    assert answer.headers["location"] == "/desk/quarantine?done=applied"
    (row,) = _visits(database)
    assert (row.recorded_by, row.counted_on.isoformat(), row.review_state) == (
        world.lan, "2026-11-24", "received",
    )  # fmt: skip
    _sums_up(database, world)
    told = other.exchange()["changes"]
    assert [one["id"] for one in told["visit"]] == [visit["data"]["id"]]
    (accepted,) = told["gone"]
    assert (accepted["kind"], accepted["id"]) == ("accepted", visit["op_id"])
    assert accepted["feed_seq"] < told["visit"][0]["feed_seq"], (
        "a phone stops showing its own when the row comes"
    )
    (again,) = lan.exchange(visit)["results"]
    assert (again["status"], again["version"]) == ("duplicate", 1)
    entry = database.read(lambda session: session.exec(select(LedgerEntry)).one())
    assert (entry.status, entry.record_id, entry.seq) == ("applied", row.id, visit["seq"])


def test_an_operation_is_taken_in_once_however_often_it_is_accepted(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    amended = lan.amend(visit, note="Sửa")
    _keep(desk, lan, visit, amended)
    first, second = _addresses(desk)
    for address in (first, second, second, first):
        assert desk.post(f"{address}/accept").headers["location"] == "/desk/quarantine?done=applied"
    assert desk.post(f"{first}/drop").headers["location"] == "/desk/quarantine?done=applied"
    (row,) = _visits(database)
    assert (row.note, row.version) == ("Sửa", 2)
    _sums_up(database, world)


def test_what_cannot_be_applied_stays_with_a_sentence(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    home = _home(world)
    _keep(desk, lan, lan.op("household.add", home), lan.visit(home["id"]))
    add, visit = _addresses(desk)
    assert "Vũ Thị Thắm" in desk.get(visit).text, "the household that waits beside it"
    refused = desk.post(f"{visit}/accept")
    assert refused.status_code == 409
    assert "Hãy nhận lượt thêm hộ trước." in refused.text
    assert {row.state for row in _all(database)} == {"open"}
    assert (desk.post(f"{add}/accept").status_code, desk.post(f"{visit}/accept").status_code) == (303, 303)
    assert len(_visits(database)) == 1
    _sums_up(database, world)


def test_accepted_household_brings_in_what_waited_for_it(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    home = _home(world)
    other.exchange(other.visit(home["id"]))
    _keep(desk, lan, lan.op("household.add", home))
    assert "Đợi lượt thêm hộ: hộ này chưa có ở xã." in desk.get("/desk/quarantine").text
    add = next(one for one in _addresses(desk) if "Thêm hộ" in desk.get(one).text)
    desk.post(f"{add}/accept")
    assert {row.state for row in _all(database)} == {"applied"}
    assert len(_visits(database)) == 1
    kept = {row.op_id for row in _all(database)}
    assert {row["id"] for row in other.exchange()["changes"]["gone"] if row["kind"] == "accepted"} == kept


def test_all_that_a_revoked_phone_delivered_is_taken_in_at_once(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    home = _home(world)
    add, visit, nonsense = lan.op("household.add", home), lan.visit(home["id"]), lan.op("visit.record", {})
    _keep(desk, lan, visit, nonsense, add)
    address = f"/desk/quarantine/devices/{lan.device_id}/accept"
    page = desk.get(_addresses(desk)[0]).text
    assert f'action="{address}"' in page
    assert "Nhận cả 3 lượt chờ của máy này" in page
    assert desk.post(address, data={"seen": "2"}).headers["location"].endswith("done=changed")
    assert _visits(database) == []
    assert desk.post(address, data={"seen": "3"}).headers["location"].endswith("done=some")
    assert len(_visits(database)) == 1
    assert len(_addresses(desk)) == 1
    _sums_up(database, world)


def test_supervisors_authority_stands_for_the_phones(
    desk: TestClient, nam: Phone, world: World, database: Database
) -> None:
    nam.exchange(nam.visit(world.duc))
    (address,) = _addresses(desk)
    assert (
        "Thuộc thôn mà người ghi không phụ trách lúc ghi, hoặc gửi về sau hơn 90 ngày."
        in desk.get(address).text
    )
    _decide(desk, "accept")
    (row,) = _visits(database)
    assert (row.recorded_by, row.hamlet_id) == (world.nam, world.dong)
    told = nam.exchange()["changes"]
    assert ([one["kind"] for one in told["gone"]], told["visit"]) == (["accepted"], []), "not Nam's hamlet"


def test_dropped_one_is_not_counted_is_kept_and_only_its_authors_phones_hear_of_it(
    desk: TestClient, lan: Phone, other: Phone, nam: Phone, world: World, database: Database
) -> None:
    for phone in (other, nam):
        phone.exchange()
    visit = lan.visit(world.duc)
    _keep(desk, lan, visit)
    assert _decide(desk, "drop").headers["location"] == "/desk/quarantine?done=dropped"
    assert (
        "Đã bỏ. Người ghi sẽ thấy trên máy là xã không nhận."
        in desk.get("/desk/quarantine?done=dropped").text
    )
    assert _visits(database) == []
    (kept,) = _all(database)
    assert (kept.state, kept.decided_by, kept.op_id) == ("dropped", world.binh, visit["op_id"])
    told = {"kind": "operation", "id": visit["op_id"], "hamlet_id": "", "moved_to": None}
    (gone,) = other.exchange()["changes"]["gone"]
    assert gone == told | {"feed_seq": gone["feed_seq"]}
    other.state = {}
    assert other.exchange()["changes"]["gone"] == [gone], "a new copy hears of it again"
    assert nam.exchange()["changes"]["gone"] == []
    nam.state = {}
    assert nam.exchange()["changes"]["gone"] == []
    (again,) = lan.exchange(visit)["results"]
    assert (again["status"], again["code"]) == ("quarantined", "dropped")


def test_dropping_a_reused_id_says_nothing_of_the_record_that_was_taken_in(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    lan.exchange(visit | {"data": visit["data"] | {"note": "khác"}})
    _decide(desk, "drop")
    assert lan.exchange()["changes"]["gone"] == []
    assert [one["status"] for one in lan.exchange(visit)["results"]] == ["duplicate"]


def test_dropping_a_reused_id_that_became_a_conflict_says_nothing_of_it_either(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    taken_in = other.op("household.amend", {"id": world.mai, "base_version": 1, "alley": "Ngõ 9"})
    other.exchange(taken_in)
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12A"}))
    again = taken_in | {"data": {"id": world.duc, "base_version": 1, "house_no": "12B"}}
    assert other.statuses(again) == ["quarantined"]
    assert "done=" not in _decide(desk, "accept").headers["location"]
    answer = _decide(desk, "choose", {"version": "2", "house_no": "ours"})
    assert answer.headers["location"].endswith("done=dropped")
    assert other.exchange()["changes"]["gone"] == []


def test_of_two_values_the_supervisor_keeps_one(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    conflict = _conflict(lan, other, world, house_no="12B", alley="Ngõ 4")
    (address,) = _addresses(desk)
    page = desk.get(address).text
    for words in ("Giữ như ở xã:", "<b>12A</b>", "Giữ như trên máy:", "<b>12B</b>", "<b>Ngõ 4</b>"):
        assert words in page
    assert " checked" not in page
    assert desk.post(f"{address}/accept").headers["location"] == address
    refused = desk.post(f"{address}/choose", data={"version": "2", "house_no": "theirs"})
    assert (refused.status_code, "Chọn một giá trị cho mỗi ô." in refused.text) == (422, True)
    data = {"version": "2", "house_no": "theirs", "alley": "ours"}
    assert desk.post(f"{address}/choose", data=data).headers["location"].endswith("done=applied")
    (row,) = [one for one in lan.exchange()["changes"]["household"] if one["id"] == world.duc]
    assert (row["house_no"], row["alley"], row["version"]) == ("12B", "Ngõ 3", 3)
    assert other.statuses(conflict) == ["duplicate"]
    assert "Đã nhận 16:40 24/11/2026, Hoàng Văn Bình." in desk.get(address).text


def test_chosen_value_stands_though_the_same_phone_wrote_another_one_since(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    _conflict(lan, other, world, house_no="12B")
    other.exchange(other.op("household.amend", {"id": world.duc, "base_version": 2, "house_no": "12C"}))
    answer = _decide(desk, "choose", {"version": "3", "house_no": "theirs"})
    assert answer.headers["location"].endswith("done=applied")
    (row,) = [one for one in lan.exchange()["changes"]["household"] if one["id"] == world.duc]
    assert row["house_no"] == "12B"


def test_revoked_phones_change_of_a_field_that_changed_since_becomes_a_choice(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    other.exchange(other.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12A"}))
    _keep(desk, lan, lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    (address,) = _addresses(desk)
    assert desk.post(f"{address}/accept").headers["location"] == address
    page = desk.get(address).text
    assert "Giữ như trên máy:" in page
    answer = _decide(desk, "choose", {"version": "2", "house_no": "theirs"})
    assert answer.headers["location"].endswith("done=applied")


def test_communes_value_stays_and_the_author_hears_of_it(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    conflict = _conflict(lan, other, world, house_no="12B")
    other.exchange()
    answer = _decide(desk, "choose", {"version": "2", "house_no": "ours"})
    assert answer.headers["location"].endswith("done=dropped")
    told = other.exchange()["changes"]
    assert [one["id"] for one in told["gone"]] == [conflict["op_id"]]
    assert told["household"] == []


def test_household_changed_since_the_look_is_shown_again(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    _conflict(lan, other, world, house_no="12B")
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 2, "house_no": "12C"}))
    answer = _decide(desk, "choose", {"version": "2", "house_no": "theirs"})
    assert answer.status_code == 409
    assert "Hộ này vừa được sửa." in answer.text
    assert "<b>12C</b>" in answer.text


@pytest.mark.parametrize("data", [{"id": 7}, {"id": new_id(), "household_id": "\ud800"}, {}])
def test_nonsense_can_be_dropped_and_never_taken_in(
    desk: TestClient, lan: Phone, database: Database, data: dict[str, Any]
) -> None:
    _keep(desk, lan, lan.op("visit.record", data))
    (address,) = _addresses(desk)
    assert "Nội dung không đọc được." in desk.get(address).text
    assert desk.post(f"{address}/accept").status_code == 409
    assert desk.post(f"{address}/choose").status_code == 404
    _decide(desk, "drop")
    assert _all(database)[0].state == "dropped"


def test_supervisor_next_door_finds_and_decides_nothing(
    desk: TestClient, browser: Browser, lan: Phone, world: World, database: Database
) -> None:
    _keep(desk, lan, lan.visit(world.duc))
    (address,) = _addresses(desk)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert _addresses(hoa) == []
    assert hoa.get(address).status_code == 404
    for verb in ("accept", "drop", "choose"):
        assert hoa.post(f"{address}/{verb}").status_code == 404
    hoa.post(f"/desk/quarantine/devices/{lan.device_id}/accept", data={"seen": "1"})
    assert _all(database)[0].state == "open"


def test_a_long_list_has_pages(desk: TestClient, lan: Phone, world: World) -> None:
    _keep(desk, lan, *(lan.visit(world.duc) for _ in range(51)))
    assert len(_addresses(desk)) == 50
    page = desk.get("/desk/quarantine?page=2").text
    assert "Trang 2/2" in page
    assert page.count('class="door"') == 1


def _keep(desk: TestClient, phone: Phone, *ops: dict[str, Any]) -> None:
    """Revoke the phone, and let it deliver."""
    desk.post(f"/desk/devices/{phone.device_id}/revoke")
    assert set(phone.statuses(*ops)) == {"quarantined"}


def _conflict(lan: Phone, other: Phone, world: World, **fields: Any) -> dict[str, Any]:
    """Lan's two phones change one house number: 12A is there first."""
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12A"}))
    conflict = other.op("household.amend", {"id": world.duc, "base_version": 1, **fields})
    assert other.statuses(conflict) == ["conflict"]
    return conflict


def _decide(desk: TestClient, verb: str, data: dict[str, str] | None = None) -> Any:
    """The one that waits."""
    if desk.get("/desk/quarantine").status_code == 303:
        desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    (address,) = _addresses(desk)
    return desk.post(f"{address}/{verb}", data=data or {})


def _addresses(desk: TestClient) -> list[str]:
    """The addresses of what waits, in the list's order."""
    parts = desk.get("/desk/quarantine").text.split('class="door"><a href="')[1:]
    return [part.partition('"')[0] for part in parts]


def _home(world: World) -> dict[str, Any]:
    return {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}


def _sums_up(database: Database, world: World) -> None:
    assert database.read(lambda session: totals.differences(session, world.commune_id)) == []


def _visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))


def _all(database: Database) -> list[Quarantined]:
    return database.read(lambda session: list(session.exec(select(Quarantined))))
