"""A household's telephone number at the desk: entered with a signed slip, shown while somebody is to come,
withdrawn; and deleted once nobody is expected."""

from typing import Any
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.households.consents import HouseholdConsent
from app.sync.wire.models import QuarantinedOperation, RefusedOperation
from app.upkeep.retention import daily
from tests.conftest import FakeClock
from tests.consents import NUMBER, agreed
from tests.phone import Phone, new_id
from tests.review.deduplication.merges import all_rows, find_household
from tests.upkeep.erasure.remains import erase
from tests.web.desk.desk_client import words
from tests.web.desk.records.households.test_household_list import shown
from tests.world import World

SHOWN, HIDDEN = "0912 345 678", "có, không hiện vì không còn lời hẹn"


def test_number_with_a_signed_slip_is_shown_while_somebody_is_to_come(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    address = f"/desk/households/{world.duc}"
    assert "Ủy ban nhân dân xã" in desk.get(f"{address}/number").text
    wrong = desk.post(f"{address}/number", data={"phone": "12"})
    assert (wrong.status_code, "Xem lại các chữ số" in wrong.text) == (422, True)
    assert (
        desk.post(f"{address}/number", data={"phone": NUMBER}).headers["location"] == f"{address}?done=number"
    )
    page = words(desk.get(address).text)
    assert HIDDEN in page
    assert SHOWN not in page
    assert SHOWN not in words(desk.get(f"{address}/data-sheet").text)
    lan.exchange(lan.visit(world.duc, result="come_back", services=[], follow_up_on="2026-12-20"))
    for answer in (desk.get(address), desk.get(f"{address}/data-sheet")):
        assert SHOWN in words(answer.text)
        assert "Đồng ý, đã ký giấy" in words(answer.text)
    (row,) = all_rows(database, HouseholdConsent)
    assert (row.kind, row.device_id, row.entered_by) == ("slip", None, world.binh)


@pytest.mark.both_databases
def test_callers_number_finds_the_household_that_expects_somebody_and_no_other(
    desk: TestClient, lan: Phone, world: World
) -> None:
    def found(typed: str) -> list[str]:
        address = desk.post("/desk/households", data={"q": typed}).headers["location"]
        # What stands there instead is random, and has two digits by chance now and then.
        assert len(typed) < len(NUMBER) or typed not in unquote(address)
        return shown(desk, address)

    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, **agreed(lan)}))
    assert found(NUMBER) == [], "nobody is to come there: the number is not shown"
    lan.exchange(lan.visit(world.duc, result="come_back", services=[], follow_up_on="2026-12-20"))
    for typed in (
        NUMBER,
        "0912 345 678",
        "+84 912 345 678",
        "0084912345678",
        "0912.345.678",
    ):
        assert found(typed) == ["12 · Nguyễn Văn Đức"], typed
    assert found("0912345679") == []
    assert found("12") == ["12 · Nguyễn Văn Đức"], "a house number"


def test_withdrawal_at_the_desk_deletes_the_number_and_an_older_consent_brings_none_back(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    asked = lan.op("household.amend", {"id": world.duc, "base_version": 1, **agreed(lan)})
    desk.post(f"/desk/households/{world.duc}/number", data={"phone": "0987654321"})
    answer = desk.post(f"/desk/households/{world.duc}/number/withdraw")
    assert "Đã xóa số điện thoại" in desk.get(answer.headers["location"]).text
    assert find_household(database, world, world.duc).phone is None
    (late,) = lan.exchange(asked)["results"]
    assert (late["code"], find_household(database, world, world.duc).phone) == ("consent_withdrawn", None)
    log = words(desk.get("/desk/log").text)
    assert "Ghi hộ rút đồng ý, xóa số điện thoại" in log


def test_supervisor_next_door_enters_and_withdraws_nothing(
    hoa: TestClient, world: World, database: Database
) -> None:
    for address in ("number", "number/withdraw"):
        answer = hoa.post(f"/desk/households/{world.duc}/{address}", data={"phone": NUMBER})
        assert answer.status_code == 404
    assert hoa.get(f"/desk/households/{world.duc}/number").status_code == 404
    assert all_rows(database, HouseholdConsent) == []


@pytest.mark.both_databases
def test_number_is_deleted_once_nobody_is_expected_any_more(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    """The number of Mai, to whom somebody comes back, stays. So does one that was agreed to this week."""
    for household in (world.duc, world.mai):
        lan.exchange(lan.op("household.amend", {"id": household, "base_version": 1, **agreed(lan)}))
    lan.exchange(lan.visit(world.mai, result="come_back", services=[]))
    clock.forward(days=6)
    daily.purge_numbers(database, clock())
    assert find_household(database, world, world.duc).phone
    before = lan.exchange()["cursor"]
    clock.forward(days=2)
    daily.purge_numbers(database, clock())
    assert find_household(database, world, world.duc).phone is None
    assert find_household(database, world, world.mai).phone
    lan.now = clock()
    (row,) = lan.exchange(cursor=before)["changes"]["household"]
    assert (row["id"], row["phone"]) == (world.duc, None)


@pytest.mark.both_databases
def test_numbers_that_wait_leave_with_the_decision_and_with_a_withdrawal(
    desk: TestClient, lan: Phone, nam: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    """Lan's second thoughts come first; what Nam had asked for waits, because the house is not his."""
    waiting = [
        nam.op("household.amend", {"id": one, "base_version": 1, **agreed(nam)})
        for one in (world.duc, world.mai, new_id())
    ]
    assert nam.statuses(*waiting) == ["quarantined"] * 3
    clock.forward(minutes=1)
    lan.now = clock()
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "phone": ""}))
    daily.purge_numbers(database, clock())
    stored = {one.op_id: one.payload for one in all_rows(database, QuarantinedOperation)}
    assert [NUMBER in stored[one["op_id"]] for one in waiting] == [False, True, True]


@pytest.mark.both_databases
def test_number_that_was_refused_leaves_with_a_withdrawal_and_with_an_erasure(
    lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    wrong = {"base_version": 1, "head_name": "Đ" * 500, **agreed(lan)}
    third = world.households[world.dong][2]
    refused = [lan.op("household.amend", {"id": one, **wrong}) for one in (world.duc, world.mai, third)]
    assert lan.statuses(*refused) == ["rejected"] * 3
    assert [NUMBER in payload for payload in _refused(database, refused)] == [True, True, True]
    clock.forward(minutes=1)
    lan.now = clock()
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "phone": ""}))
    erase(database, world, third, clock())
    daily.purge_numbers(database, clock())
    assert [NUMBER in payload for payload in _refused(database, refused)] == [False, True, False]
    assert "\\u0110" in _refused(database, refused)[0], "the rest stays as it was sent"
    (again,) = lan.exchange(refused[0])["results"]
    assert (again["status"], again["fields"]) == ("rejected", ["head_name"])
    assert NUMBER not in _refused(database, refused)[0], "a copy that comes late is known"


def _refused(database: Database, sent: list[dict[str, Any]]) -> list[str]:
    stored = {one.op_id: one.payload for one in all_rows(database, RefusedOperation)}
    return [stored[one["op_id"]] for one in sent]
