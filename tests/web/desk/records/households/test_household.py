"""/desk/households/{id}: what its page has, and the links that lead to it."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.core.batch import Batch
from app.core.db import Database
from app.fieldwork.households.commands import add_imported, new_household
from app.fieldwork.households.models import Household, HouseholdVersion
from tests.conftest import NOW
from tests.phone import Phone, new_id
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]
DUE = "2026-11-30"


def test_page_has_visits_follow_ups_and_changes_with_their_links(
    desk: TestClient, lan: Phone, world: World
) -> None:
    first, later = (
        lan.visit(world.duc, follow_up_on=DUE),
        lan.visit(world.duc, result="not_home", services=[]),
    )
    withdrawn = lan.visit(world.duc)
    lan.exchange(first, later, withdrawn)
    lan.exchange(
        lan.amend(first, note="Sửa", follow_up_on=DUE),
        lan.op("visit.withdraw", {"id": withdrawn["data"]["id"]}),
    )
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    page = desk.get(f"/desk/households/{world.duc}").text
    for visit in (first, later, withdrawn):
        assert f'href="/desk/visits/{visit["data"]["id"]}"' in page
    text = words(page)
    assert "12B · Nguyễn Văn Đức" in text
    assert "đã sửa 1 lần Nguyễn Thị Lan Đã hỗ trợ Cài VNeID: Tự làm được" in text
    assert "Đã bỏ" in text
    assert "30/11/2026" in text
    assert f'<a href="/desk/people/{world.lan}" hx-boost="false">Nguyễn Thị Lan</a>' in page


def test_household_that_a_volunteer_added_names_its_source(
    desk: TestClient, lan: Phone, world: World
) -> None:
    id = new_id()
    lan.exchange(lan.op("household.add", {"id": id, "hamlet_id": world.dong, "head_name": "Vi Thị Lụa"}))
    text = words(desk.get(f"/desk/households/{id}").text)
    assert "Nguồn Nguyễn Thị Lan 16:40 24/11/2026" in text
    assert "Chưa có lượt thăm nào." in text


def test_listed_household_says_so_and_how_the_list_has_it(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    id = new_id()
    database.write(lambda session: _import(session, world, id, NOW))
    assert "Trong danh sách" not in desk.get(f"/desk/households/{id}").text
    lan.exchange(lan.op("household.amend", {"id": id, "base_version": 1, "head_name": "Lò Văn Hai"}))
    text = words(desk.get(f"/desk/households/{id}").text)
    assert "Nguồn Danh sách 16:40 24/11/2026 Trong danh sách 8 · Lò Văn Hải · Ngõ 1" in text


def test_merged_households_lead_to_each_other(desk: TestClient, world: World) -> None:
    form = {"surviving": world.duc, "one": "1", "other": "1"}
    assert desk.post(f"/desk/duplicates/{world.duc}/{world.mai}/merge", data=form).status_code == 303
    survivor, merged = (desk.get(f"/desk/households/{id}").text for id in (world.duc, world.mai))
    assert re.search(rf'Các hộ đã gộp vào</dt>\s*<dd><a href="/desk/households/{world.mai}"', survivor)
    assert f'Hộ này đã gộp vào <a href="/desk/households/{world.duc}"' in merged
    assert "Gộp vào hộ khác, Hoàng Văn Bình" in words(merged)


@pytest.mark.parametrize("id", ["khong-co", "%00", "x" * 65])
def test_unknown_household_is_not_found(desk: TestClient, id: str) -> None:
    assert desk.get(f"/desk/households/{id}").status_code == 404


def test_supervisor_next_door_does_not_find_the_household(browser: Browser, world: World) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert hoa.get(f"/desk/households/{world.duc}").status_code == 404


def test_names_on_the_other_screens_lead_to_the_household_and_the_person(
    desk: TestClient, lan: Phone, world: World
) -> None:
    visit, id = lan.visit(world.duc), new_id()
    lan.exchange(visit)
    duplicate = {"id": id, "hamlet_id": world.dong, "head_name": "Nguyễn Văn Đức"}
    lan.exchange(lan.op("household.add", duplicate))
    household, person = f'href="/desk/households/{world.duc}"', f'href="/desk/people/{world.lan}"'
    assert person in desk.get("/desk/visits").text
    panel = desk.get(f"/desk/visits/{visit['data']['id']}").text
    assert household in panel
    assert person in panel
    (pair,) = re.findall(r'href="(/desk/duplicates/[\w-]+/[\w-]+)"', desk.get("/desk/duplicates").text)
    page = desk.get(pair).text
    assert household in page
    assert f'href="/desk/households/{id}"' in page


def _import(session: Session, world: World, id: str, now: datetime) -> None:
    batch = Batch(world.commune_id)
    add_imported(batch, new_household(id, world.dong, "Lò Văn Hải", "8", "Ngõ 1"), now)
    batch.write(session, (Household, HouseholdVersion))
