"""/desk/outreach: sessions with their sums, filters, and nothing of the commune next door."""

import pytest
from fastapi.testclient import TestClient

from tests.fieldwork.outreach.sessions import record, withdraw
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World


def test_sessions_are_listed_with_their_sums(lan: Phone, nam: Phone, world: World, desk: TestClient) -> None:
    assert "Chưa có buổi nào." in words(desk.get("/desk/outreach").text)
    withdrawn = record(lan, world.dong, place="Chợ phiên")
    lan.exchange(record(lan, world.dong, place="Sân <trường>"), withdrawn)
    lan.exchange(withdraw(lan, withdrawn))
    nam.exchange(record(nam, world.tay, people=None, held_on="2026-11-20"))

    page = desk.get("/desk/outreach")
    text = words(page.text)
    assert "2 buổi, 30 người dự" in text
    assert "1 buổi chưa đếm người dự." in text
    assert "Sân &lt;trường&gt;" in page.text
    assert "Chợ phiên" not in text
    assert f'href="/desk/people/{world.lan}"' in page.text
    assert f'href="/desk/hamlets/{world.tay}"' in page.text
    assert page.text.index("24/11/2026") < page.text.index("20/11/2026")


@pytest.mark.both_databases
def test_filters_are_days_hamlet_and_person(lan: Phone, nam: Phone, world: World, desk: TestClient) -> None:
    lan.exchange(record(lan, world.dong, held_on="2026-11-10"), record(lan, world.dong))
    nam.exchange(record(nam, world.tay))

    def count(**query: str) -> str:
        return words(desk.get("/desk/outreach", params=query).text).split(" buổi, ")[0].rsplit(" ", 1)[1]

    assert count() == "3"
    assert count(day="20/11") == "2"
    assert count(to="10-11-2026") == "1"
    assert count(hamlet=world.tay) == "1"
    assert count(volunteer=world.lan, day="2026-11-24") == "1"
    assert count(hamlet="nowhere") == "0"
    assert count(page="9999") == "3"
    wrong = desk.get("/desk/outreach", params={"day": "hôm kia"})
    assert wrong.status_code == 200
    assert "Ngày chưa đúng." in wrong.text
    assert 'value="hôm kia"' in wrong.text


def test_supervisor_next_door_sees_none(lan: Phone, world: World, hoa: TestClient) -> None:
    lan.exchange(record(lan, world.dong))
    assert "Chưa có buổi nào." in hoa.get("/desk/outreach").text
