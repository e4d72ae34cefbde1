"""*Hoàn tác* of *Nhận*, *Bỏ* and *Gắn vào một hộ*, for one day, and when it is refused."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.derived.needs.models import HouseholdNeed
from app.fieldwork.households.models import Household
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.records.quarantine.items import (
    addresses,
    assert_consistent,
    deliver_revoked,
    make_conflict,
    new_household,
    quarantined,
    stored_visits,
    undo,
    waiting_visit,
)
from tests.world import World

Browser = Callable[[], TestClient]


def test_undone_acceptance_counts_no_more_and_phones_delete_the_visit(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc, follow_up_on="2026-11-30")
    deliver_revoked(desk, lan, visit)
    (address,) = addresses(desk)
    desk.post(f"{address}/accept")
    assert len(other.exchange()["changes"]["follow_up"]) == 1
    assert "Hoàn tác" in words(desk.get(address).text)
    answer = undo(desk, address)
    assert "Đã hoàn tác: bản ghi này lại chờ quyết định." in desk.get(answer.headers["location"]).text
    assert (stored_visits(database), addresses(desk)) == ([], [address])
    changes = other.exchange()["changes"]
    tombstones = {(one["kind"], one["id"], one["moved_to"]) for one in changes["tombstone"]}
    visit_id = visit["data"]["id"]
    assert tombstones == {
        ("visit", visit_id, None), ("follow_up", visit_id, None), ("reopened", visit["op_id"], "revoked")
    }  # fmt: skip
    (again,) = lan.exchange(visit)["results"]
    assert (again["status"], again["code"]) == ("quarantined", "revoked")
    assert_consistent(database)


@pytest.mark.both_databases
def test_undone_acceptance_of_a_visit_with_a_need_takes_the_need_along(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    open_need = lan.visit(world.duc, needs=["bills", "vneid_level_2"])
    assert lan.statuses(open_need) == ["applied"]
    services = [{"code": "bills", "outcome": "did_it", "people": 1}]
    others = {"needs": ["digital_signature"], "dropped_needs": ["vneid_level_2"]}
    closing = lan.visit(world.duc, services=services, **others)
    deliver_revoked(desk, lan, closing)
    (address,) = addresses(desk)
    desk.post(f"{address}/accept")
    assert undo(desk, address).status_code == 303
    needs = database.read(lambda session: session.exec(select(HouseholdNeed)).all())
    assert {(need.service, need.visit_id, need.closed_on) for need in needs} == {
        (service, open_need["data"]["id"], None) for service in ("bills", "vneid_level_2")
    }
    assert_consistent(database)


def test_decisions_follow_each_other_and_a_new_phone_gets_the_last_one_only(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    deliver_revoked(desk, lan, visit)
    (address,) = addresses(desk)
    for verb, state in (("accept", "applied"), ("drop", "dropped"), ("accept", "applied")):
        desk.post(f"{address}/{verb}")
        assert undo(desk, address, state).status_code == 303
        assert_consistent(database)
    desk.post(f"{address}/accept")
    other.state = {}
    changes = other.exchange()["changes"]
    assert [one["kind"] for one in changes["tombstone"]] == ["visit", "accepted"]
    assert [one["id"] for one in changes["visit"]] == [visit["data"]["id"]]
    assert changes["tombstone"][0]["feed_seq"] < changes["visit"][0]["feed_seq"]
    assert lan.statuses(visit) == ["duplicate"]


def test_undone_drop_waits_again_and_the_author_is_notified(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(world.duc)
    deliver_revoked(desk, lan, visit)
    (address,) = addresses(desk)
    desk.post(f"{address}/drop")
    assert undo(desk, address, "dropped").status_code == 303
    (tombstone,) = other.exchange()["changes"]["tombstone"]
    assert (tombstone["kind"], tombstone["moved_to"]) == ("reopened", "revoked")
    (again,) = lan.exchange(visit)["results"]
    assert (again["status"], again["code"]) == ("quarantined", "revoked")
    assert [row.state for row in quarantined(database)] == ["open"]


def test_follow_up_that_the_accepted_visit_closed_is_open_again(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    other.exchange(other.visit(world.duc, follow_up_on="2026-11-30"))
    clock.forward(hours=1)
    lan.now = clock()
    deliver_revoked(desk, lan, lan.visit(world.duc))
    (address,) = addresses(desk)
    desk.post(f"{address}/accept")
    assert other.exchange()["changes"]["follow_up"][0]["closed_by"]
    undo(desk, address)
    assert other.exchange()["changes"]["follow_up"][0]["closed_by"] is None
    assert_consistent(database)


def test_undone_household_leaves_phones_unless_it_was_visited(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    household = new_household(world)
    deliver_revoked(desk, lan, lan.op("household.add", household), lan.visit(household["id"]))
    add, visit = addresses(desk)
    for address in (add, visit):
        desk.post(f"{address}/accept")
    refused = undo(desk, add)
    assert (refused.status_code, "hộ này đã có lượt thăm." in refused.text) == (409, True)
    other.exchange()
    undo(desk, visit)
    assert undo(desk, add).status_code == 303
    removed = {one["id"] for one in other.exchange()["changes"]["tombstone"] if one["kind"] == "household"}
    assert removed == {household["id"]}
    assert household["id"] not in database.read(lambda session: set(session.exec(select(Household.id))))
    assert_consistent(database)
    for address in (add, visit):
        assert desk.post(f"{address}/accept").headers["location"].endswith("done=applied")
    assert_consistent(database)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("amended", "hộ hoặc lượt thăm này đã được sửa từ lúc nhận."),
        ("reviewed", "lượt thăm này đã được duyệt hoặc trả lại từ lúc nhận."),
        ("withdrawn", "lượt thăm này đã bỏ."),
        ("merged", "hộ này đã được gộp, hoặc được xem là không trùng, từ lúc nhận."),
        ("late", "đã quá một ngày."),
    ],
)
def test_undo_is_refused_once_something_was_done_since(
    desk: TestClient, nam: Phone, world: World, database: Database, clock: FakeClock, what: str, sentence: str
) -> None:
    visit = nam.visit(world.duc)
    nam.exchange(visit)
    (address,) = addresses(desk)
    desk.post(f"{address}/accept")
    clock.forward(minutes=1)
    _do(desk, nam, world, clock, visit["data"]["id"], what)
    answer = undo(desk, address)
    assert (answer.status_code, sentence in answer.text) == (409, True)
    assert [row.id for row in stored_visits(database)] == [visit["data"]["id"]]
    assert next(row.state for row in quarantined(database)) == "applied"
    assert_consistent(database)


def test_change_of_an_existing_record_is_not_undone(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    make_conflict(lan, other, world, house_no="12B")
    (address,) = addresses(desk)
    desk.post(f"{address}/choose", data={"version": "2", "house_no": "theirs"})
    assert "lần nhận này sửa một hộ hoặc lượt đã có" in desk.get(address).text
    assert undo(desk, address).status_code == 409


def test_undone_choice_of_the_communes_value_is_a_conflict_again(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    conflict = make_conflict(lan, other, world, house_no="12B")
    (address,) = addresses(desk)
    desk.post(f"{address}/choose", data={"version": "2", "house_no": "ours"})
    undo(desk, address, "dropped")
    (again,) = other.exchange(conflict)["results"]
    assert (again["status"], again["code"]) == ("conflict", "conflict")
    answer = desk.post(f"{address}/choose", data={"version": "2", "house_no": "theirs"})
    assert answer.headers["location"].endswith("done=applied")
    assert other.statuses(conflict) == ["duplicate"]


@pytest.mark.parametrize("new", [False, True])
def test_undone_attachment_takes_back_every_visit_that_it_applied(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database, new: bool
) -> None:
    visit = waiting_visit(lan)
    missing = visit["data"]["household_id"]
    other.exchange(other.visit(missing))
    first = addresses(desk)[0]
    form = {"household": world.mai, "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm"}
    desk.post(f"{first}/attach/new" if new else f"{first}/attach", data=form)
    assert len(stored_visits(database)) == 2
    assert undo(desk, first).status_code == 303
    assert stored_visits(database) == []
    assert {(row.state, row.reason, row.missing_id) for row in quarantined(database)} == {
        ("open", "waiting", missing)
    }
    assert_consistent(database)
    desk.post(f"{addresses(desk)[0]}/attach", data={"household": world.duc})
    assert {row.household_id for row in stored_visits(database)} == {world.duc}
    moved = {one["id"]: one["moved_to"] for one in lan.exchange()["changes"]["tombstone"]}
    assert moved[missing] == world.duc
    assert_consistent(database)


def test_colleagues_newer_decision_is_not_undone_unseen(desk: TestClient, lan: Phone, world: World) -> None:
    deliver_revoked(desk, lan, lan.visit(world.duc))
    (address,) = addresses(desk)
    desk.post(f"{address}/drop")
    undo(desk, address, "dropped")
    assert undo(desk, address, "dropped").status_code == 303, "a second press changes nothing"
    desk.post(f"{address}/accept")
    answer = undo(desk, address, "dropped")
    assert (answer.status_code, "vừa có quyết định khác" in answer.text) == (409, True)


def test_decisions_of_a_day_are_listed_with_their_undo(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    deliver_revoked(desk, lan, lan.visit(world.duc), lan.visit(world.mai))
    first, second = addresses(desk)
    desk.post(f"{first}/accept")
    clock.forward(hours=1)
    desk.post(f"{second}/drop")
    page = desk.get("/desk/quarantine/decided").text
    assert page.index(f"{second}/undo") < page.index(f"{first}/undo")
    assert "Đã bỏ 17:40 24/11/2026, Hoàng Văn Bình" in words(page)
    assert "12 · Nguyễn Văn Đức Ngõ 3, Thôn Đông Nguyễn Thị Lan Đã nhận" in words(page)
    clock.forward(hours=23.5)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    page = desk.get("/desk/quarantine/decided").text
    assert (first in page, second in page) == (False, True)


def test_supervisor_next_door_undoes_nothing(
    desk: TestClient, browser: Browser, lan: Phone, world: World, database: Database
) -> None:
    deliver_revoked(desk, lan, lan.visit(world.duc))
    (address,) = addresses(desk)
    desk.post(f"{address}/accept")
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert undo(hoa, address).status_code == 404
    assert address not in hoa.get("/desk/quarantine/decided").text
    assert len(stored_visits(database)) == 1


def _do(desk: TestClient, phone: Phone, world: World, clock: FakeClock, visit_id: str, what: str) -> None:
    """Something that forbids the undo of the acceptance of a visit at Đức's household."""
    if what == "amended":
        phone.exchange(phone.op("visit.amend", {
            "id": visit_id, "household_id": world.anh, "result": "not_home", "services": [], "base_version": 1
        }))  # fmt: skip
        for address in addresses(desk):
            desk.post(f"{address}/accept")
    elif what == "withdrawn":
        phone.exchange(phone.op("visit.withdraw", {"id": visit_id}))
        for address in addresses(desk):
            desk.post(f"{address}/accept")
    elif what == "reviewed":
        assert desk.post(f"/desk/visits/{visit_id}/accept", data={"version": "1"}).status_code == 303
    elif what == "merged":
        form = {"surviving": world.mai, "one": "1", "other": "1"}
        assert desk.post(f"/desk/duplicates/{world.mai}/{world.duc}/merge", data=form).status_code == 303
    elif what == "late":
        clock.forward(days=1)
        desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
