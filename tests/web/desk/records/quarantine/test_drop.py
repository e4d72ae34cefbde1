"""*Bỏ*: the operation is stored but not counted, and its author's phones are notified."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from app.core.db import Database
from tests.phone import Phone
from tests.web.desk.records.quarantine.items import decide, deliver_revoked, quarantined, stored_visits
from tests.world import World

Browser = Callable[[], TestClient]


def test_dropped_operation_is_stored_and_only_its_authors_phones_are_notified(
    desk: TestClient, lan: Phone, other: Phone, nam: Phone, world: World, database: Database
) -> None:
    for phone in (other, nam):
        phone.exchange()
    visit = lan.visit(world.duc)
    deliver_revoked(desk, lan, visit)
    assert decide(desk, "drop").headers["location"] == "/desk/quarantine?done=dropped"
    assert (
        "Đã bỏ. Người ghi sẽ thấy trên máy là không được nhận."
        in desk.get("/desk/quarantine?done=dropped").text
    )
    assert stored_visits(database) == []
    (item,) = quarantined(database)
    assert (item.state, item.decided_by, item.op_id) == ("dropped", world.binh, visit["op_id"])
    expected = {"kind": "operation", "id": visit["op_id"], "hamlet_id": "", "moved_to": None}
    (tombstone,) = other.exchange()["changes"]["tombstone"]
    assert tombstone == expected | {"feed_seq": tombstone["feed_seq"]}
    other.state = {}
    assert other.exchange()["changes"]["tombstone"] == [tombstone], (
        "a phone that downloads everything again gets it, too"
    )
    assert nam.exchange()["changes"]["tombstone"] == []
    nam.state = {}
    assert nam.exchange()["changes"]["tombstone"] == []
    (again,) = lan.exchange(visit)["results"]
    assert (again["status"], again["code"]) == ("quarantined", "dropped")


def test_dropping_an_operation_with_a_reused_id_makes_no_tombstone(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    lan.exchange(visit | {"data": visit["data"] | {"note": "khác"}})
    decide(desk, "drop")
    assert lan.exchange()["changes"]["tombstone"] == []
    assert [one["status"] for one in lan.exchange(visit)["results"]] == ["duplicate"]


def test_dropping_a_conflict_with_a_reused_id_makes_no_tombstone(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    applied = other.op("household.amend", {"id": world.mai, "base_version": 1, "alley": "Ngõ 9"})
    other.exchange(applied)
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12A"}))
    again = applied | {"data": {"id": world.duc, "base_version": 1, "house_no": "12B"}}
    assert other.statuses(again) == ["quarantined"]
    assert "done=" not in decide(desk, "accept").headers["location"]
    answer = decide(desk, "choose", {"version": "2", "house_no": "ours"})
    assert answer.headers["location"].endswith("done=dropped")
    assert other.exchange()["changes"]["tombstone"] == []
