"""/desk/needs: open needs by hamlet and service, and nothing of the commune next door."""

import pytest
from fastapi.testclient import TestClient

from app.commune.accounts.access import Actor
from app.core.db import Database
from app.fieldwork.derived.needs.queries import NeedFilter, count_by_service
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World


def test_open_needs_are_listed_the_oldest_first(
    lan: Phone, nam: Phone, world: World, desk: TestClient
) -> None:
    assert "Không có nhu cầu nào chưa được giúp." in words(desk.get("/desk/needs").text)
    old = lan.visit(world.duc, needs=["bills"]) | {"at": "2026-11-12T02:00:00.000Z"}
    new = lan.visit(world.mai, needs=["vietqr", "wallet"])
    done = [{"code": "wallet", "outcome": "did_it", "people": 1}]
    lan.exchange(new, old, lan.visit(world.mai, services=done))
    nam.exchange(nam.visit(world.anh, needs=["bills"]))

    page = desk.get("/desk/needs").text
    text = words(page)
    assert "3 việc hộ đang cần" in text
    assert "Trả điện, nước, học phí: 2" in text, "by service"
    rows = text.split("Cần việc gì", 1)[1]
    assert "Ví điện tử" not in rows, "the later visit showed it"
    assert rows.index("12 ngày") < rows.index("0 ngày")
    for link in (f"/desk/households/{world.duc}", f"/desk/visits/{old['data']['id']}"):
        assert f'href="{link}"' in page


@pytest.mark.both_databases
def test_services_with_equally_many_needs_stand_by_their_codes(
    lan: Phone, world: World, database: Database
) -> None:
    codes = ["wallet", "bills", "vssid", "feedback", "pay_fee", "online_shop", "e_invoice", "smartphone"]
    lan.exchange(lan.visit(world.duc, needs=[*codes, "vietqr"]), lan.visit(world.mai, needs=["vietqr"]))
    binh = Actor(world.commune_id, world.binh, "Hoàng Văn Bình", "supervisor")
    counts = database.read(lambda session: count_by_service(session, binh, NeedFilter()))
    assert [*counts] == ["vietqr", *sorted(codes)]


@pytest.mark.both_databases
def test_filters_are_hamlet_and_service(lan: Phone, nam: Phone, world: World, desk: TestClient) -> None:
    lan.exchange(lan.visit(world.duc, needs=["bills", "vietqr"]))
    nam.exchange(nam.visit(world.anh, needs=["bills"]))

    def count(**query: str) -> str:
        return (
            words(desk.get("/desk/needs", params=query).text).split(" việc hộ đang cần")[0].rsplit(" ", 1)[1]
        )

    assert count(hamlet=world.dong) == "2"
    assert count(service="bills") == "2"
    assert count(service="bills", hamlet=world.tay) == "1"
    assert count(hamlet="nowhere", service="no_such", page="9999") == "3"


def test_household_that_moved_away_needs_nothing(lan: Phone, world: World, desk: TestClient) -> None:
    lan.exchange(lan.visit(world.duc, needs=["bills"]))
    data = {"id": world.duc, "base_version": 1, "state": "moved"}
    lan.exchange(lan.op("household.amend", data))
    assert "Không có nhu cầu nào chưa được giúp." in words(desk.get("/desk/needs").text)


def test_supervisor_next_door_sees_none(lan: Phone, world: World, hoa: TestClient) -> None:
    lan.exchange(lan.visit(world.duc, needs=["bills"]))
    assert "Không có nhu cầu nào chưa được giúp." in words(hoa.get("/desk/needs").text)
