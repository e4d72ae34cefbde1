"""What households have said, on the report's page: each number leads to the households that it counts."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

EXTRAS = "/desk/settings/report-extras"
WEEK = "/desk/reports/2026-W48"
FACTS = f"{WEEK}/facts/smart_device"


def _say(phone: Phone, household: str, base_version: int = 1, **facts: Any) -> dict[str, Any]:
    return phone.op("household.amend", {"id": household, "base_version": base_version, **facts})


def _numbers(desk: TestClient) -> dict[str, int]:
    """Of each address of a list, the number in the report that leads there."""
    page = desk.get(WEEK).text
    found = re.findall(rf'<a href="({re.escape(FACTS)}/[^"]+)"[^>]*>(.*?)</a>', page)
    return {address: int(number) for address, number in found}


def _listed(desk: TestClient, address: str) -> set[str]:
    return set(re.findall(r'href="/desk/households/([0-9a-f-]{36})"', desk.get(address).text))


@pytest.mark.both_databases
def test_each_number_leads_to_the_households_that_it_counts(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(_say(lan, world.duc, smart_device="no"), _say(lan, world.mai, smart_device="yes"))
    assert desk.get(f"{FACTS}/no").status_code == 404, "not wanted"
    desk.post(EXTRAS, data={"wanted": ["smart_device"], "version": "0"})
    numbers = _numbers(desk)
    dong, tay = set(world.households[world.dong]), set(world.households[world.tay])
    said = {world.duc, world.mai}
    assert {address.removeprefix(FACTS): _listed(desk, address) for address in numbers} == {
        "/no": {world.duc},
        "/yes": {world.mai},
        "/asked": said,
        "/unknown": (dong | tay) - said,
        f"/no?hamlet={world.dong}": {world.duc},
        f"/yes?hamlet={world.dong}": {world.mai},
        f"/asked?hamlet={world.dong}": said,
        f"/unknown?hamlet={world.dong}": dong - said,
        f"/unknown?hamlet={world.tay}": tay,
    }
    for address, number in numbers.items():
        assert number == len(_listed(desk, address))
        assert f"Báo cáo: {number}. Danh sách: {number}." in words(desk.get(address).text)
        assert "Vừa có bản ghi mới" not in desk.get(address).text
    assert "Hộ có thiết bị thông minh: Không" in words(desk.get(f"{FACTS}/no?hamlet={world.dong}").text)


def test_a_closed_period_says_why_its_list_has_another_number(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(_say(lan, world.duc, smart_device="no"))
    desk.post(EXTRAS, data={"wanted": ["smart_device"], "version": "0"})
    month = "/desk/reports/2026-10"
    answer = desk.post(f"{month}/close", data={"confirm": "yes"}, follow_redirects=True)
    assert answer.status_code == 200
    lan.exchange(_say(lan, world.mai, smart_device="no"))
    address = f"{month}/facts/smart_device/no"
    assert _listed(desk, address) == {world.duc, world.mai}
    page = words(desk.get(address).text)
    assert "Kỳ đã chốt giữ số lúc chốt; danh sách là bản ghi hiện có." in page
    assert "Điều chỉnh" not in page


def test_what_the_report_does_not_have_is_not_found(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(_say(lan, world.duc, smart_device="no"))
    desk.post(EXTRAS, data={"wanted": ["smart_device"], "version": "0"})
    for address in (
        "facts/business/no",
        "facts/smart_device/hamlet",
        "facts/phone/no",
        "facts/smart_device/no?hamlet=x",
    ):
        assert desk.get(f"{WEEK}/{address}").status_code == 404
