"""*Giữ*: the supervisor chooses one of the two values of each field in conflict."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.core.db import Database
from tests.phone import Phone
from tests.web.desk.records.quarantine.items import addresses, decide, deliver_revoked, make_conflict
from tests.world import World

Browser = Callable[[], TestClient]


def test_supervisor_chooses_one_of_two_values_for_each_field(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    conflict = make_conflict(lan, other, world, house_no="12B", alley="Ngõ 4")
    (address,) = addresses(desk)
    page = desk.get(address).text
    for words in ("Giữ như trong sổ:", "<b>12A</b>", "Giữ như trên máy:", "<b>12B</b>", "<b>Ngõ 4</b>"):
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


def test_chosen_value_is_applied_although_the_same_phone_wrote_another_one_since(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    make_conflict(lan, other, world, house_no="12B")
    other.exchange(other.op("household.amend", {"id": world.duc, "base_version": 2, "house_no": "12C"}))
    answer = decide(desk, "choose", {"version": "3", "house_no": "theirs"})
    assert answer.headers["location"].endswith("done=applied")
    (row,) = [one for one in lan.exchange()["changes"]["household"] if one["id"] == world.duc]
    assert row["house_no"] == "12B"


def test_accepting_a_revoked_phones_change_of_a_field_that_changed_since_makes_a_conflict(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    other.exchange(other.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12A"}))
    deliver_revoked(
        desk, lan, lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"})
    )
    (address,) = addresses(desk)
    assert desk.post(f"{address}/accept").headers["location"] == address
    page = desk.get(address).text
    assert "Giữ như trên máy:" in page
    answer = decide(desk, "choose", {"version": "2", "house_no": "theirs"})
    assert answer.headers["location"].endswith("done=applied")


def test_value_of_the_commune_stays_and_the_author_is_notified(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    conflict = make_conflict(lan, other, world, house_no="12B")
    other.exchange()
    answer = decide(desk, "choose", {"version": "2", "house_no": "ours"})
    assert answer.headers["location"].endswith("done=dropped")
    changes = other.exchange()["changes"]
    assert [one["id"] for one in changes["tombstone"]] == [conflict["op_id"]]
    assert changes["household"] == []


def test_household_changed_since_it_was_shown_is_shown_again(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    make_conflict(lan, other, world, house_no="12B")
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 2, "house_no": "12C"}))
    answer = decide(desk, "choose", {"version": "2", "house_no": "theirs"})
    assert answer.status_code == 409
    assert "Hộ này vừa được sửa." in answer.text
    assert "<b>12C</b>" in answer.text
