"""What a household has said of itself, at the desk: shown where it is wanted or stored, and corrected."""

from typing import Any

from fastapi.testclient import TestClient

from app.core.db import Database
from tests.cases import cases
from tests.phone import Phone
from tests.review.deduplication.merges import find_household
from tests.web.desk.desk_client import words
from tests.web.desk.records.quarantine.items import addresses
from tests.world import World

EXTRAS = "/desk/settings/report-extras"


def _set(desk: TestClient, household: str, value: str, version: int, fact: str = "smart_device") -> Any:
    data = {"fact": fact, "value": value, "version": str(version)}
    return desk.post(f"/desk/households/{household}/facts", data=data)


def _page(desk: TestClient, household: str) -> str:
    return words(desk.get(f"/desk/households/{household}").text)


def test_facts_show_once_they_are_wanted_with_who_has_said_them(
    desk: TestClient, lan: Phone, world: World
) -> None:
    assert "Thiết bị thông minh" not in _page(desk, world.duc)
    desk.post(EXTRAS, data={"wanted": ["smart_device"], "version": "0"})
    page = _page(desk, world.duc)
    assert "Thiết bị thông minh Chưa biết Có Không" in page
    assert "Hộ kinh doanh" not in page
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "smart_device": "no"}))
    assert "Thiết bị thông minh Không Nguyễn Thị Lan 16:40 24/11/2026 Có Chưa biết" in _page(desk, world.duc)


def test_supervisor_corrects_a_fact_and_phones_get_it(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "smart_device": "no"}))
    assert _set(desk, world.duc, "yes", 2).headers["location"] == f"/desk/households/{world.duc}?done=edited"
    (row,) = [one for one in lan.exchange()["changes"]["household"] if one["id"] == world.duc]
    assert (row["smart_device"], row["version"]) == ("yes", 3)
    page = _page(desk, world.duc)
    assert "Thiết bị thông minh Có Hoàng Văn Bình 16:40 24/11/2026" in page, "stored, although not wanted"
    assert "Sửa thông tin hộ (Thiết bị thông minh: Không), Nguyễn Thị Lan" in page
    assert "Thiết bị thông minh Có" in words(desk.get(f"/desk/households/{world.duc}/data-sheet").text)
    _set(desk, world.duc, "", 3)
    (row,) = [one for one in lan.exchange()["changes"]["household"] if one["id"] == world.duc]
    assert "smart_device" not in row
    assert "Thiết bị thông minh" not in words(desk.get(f"/desk/households/{world.mai}/data-sheet").text)


@cases(
    "fact, value",
    [("smart_device", "maybe"), ("head_name", "yes"), ("", ""), ("state", "mistake"), ("business", "y" * 41)],
)
def test_what_there_is_not_changes_nothing(
    desk: TestClient, world: World, database: Database, fact: str, value: str
) -> None:
    assert _set(desk, world.duc, value, 1, fact).status_code in (404, 422)
    assert find_household(database, world, world.duc).version == 1


def test_change_of_a_colleague_is_not_replaced_unseen_and_other_communes_find_nothing(
    desk: TestClient, lan: Phone, hoa: TestClient, world: World, database: Database
) -> None:
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "smart_device": "no"}))
    answer = _set(desk, world.duc, "yes", 1)
    assert (answer.status_code, "chưa đổi gì" in answer.text) == (409, True)
    assert _set(hoa, world.duc, "yes", 2).status_code == 404
    assert find_household(database, world, world.duc).smart_device == "no"


def test_supervisor_chooses_between_two_answers(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    for phone, value in ((lan, "yes"), (other, "no")):
        phone.exchange(
            phone.op("household.amend", {"id": world.duc, "base_version": 1, "smart_device": value})
        )
    (address,) = addresses(desk)
    assert "Thiết bị thông minh" in desk.get(address).text
    desk.post(f"{address}/choose", data={"version": "2", "smart_device": "theirs"})
    assert find_household(database, world, world.duc).smart_device == "no"
