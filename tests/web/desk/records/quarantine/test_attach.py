"""*Gắn vào một hộ*: a visit whose household the commune lacks is attached to another, or to a new one."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.households.models import Household
from tests.conftest import FakeClock
from tests.phone import Phone, new_id
from tests.review.deduplication.merges import all_rows
from tests.upkeep.erasure.remains import erase
from tests.web.desk.desk_client import words
from tests.web.desk.records.quarantine.items import (
    addresses,
    assert_consistent,
    deliver_revoked,
    quarantined,
    stored_visits,
    waiting_visit,
)
from tests.world import World

Browser = Callable[[], TestClient]
NEW = {"head_name": "Vũ Thị Thắm", "house_no": "9", "alley": "Ngõ 3"}


def test_visit_attached_to_a_household_counts_there_and_the_phone_learns_where_it_is(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc))
    visit = waiting_visit(lan)
    (address,) = addresses(desk)
    assert f'href="{address}/attach"' in desk.get(address).text
    page = words(desk.get(f"{address}/attach").text)
    assert "Ghi lượt thăm: Chưa rõ hộ nào, Nguyễn Thị Lan, 16:40 24/11/2026" in page
    assert page.index("12 · Nguyễn Văn Đức") < page.index("5 · Đặng Thị Ước"), "the alley of the last visit"
    assert "Lê Thị Ánh" not in page, "another team's hamlet, found by searching"
    answer = desk.post(f"{address}/attach", data={"household": world.mai})
    assert "Đã nhận vào hộ đã chọn." in desk.get(answer.headers["location"]).text
    row = next(one for one in stored_visits(database) if one.id == visit["data"]["id"])
    assert (row.household_id, row.hamlet_id) == (world.mai, world.dong)
    changes = lan.exchange()["changes"]
    moved = {one["id"]: one["moved_to"] for one in changes["tombstone"] if one["kind"] == "household"}
    assert moved == {visit["data"]["household_id"]: world.mai}
    assert visit["data"]["id"] in {one["id"] for one in changes["visit"]}
    assert lan.statuses(visit) == ["duplicate"]
    assert_consistent(database)


def test_whatever_names_the_missing_household_follows(
    desk: TestClient, lan: Phone, other: Phone, world: World, database: Database
) -> None:
    visit = waiting_visit(lan)
    missing = visit["data"]["household_id"]
    other.exchange(other.visit(missing), lan.amend(visit, note="Sửa"))
    address = addresses(desk)[0]
    assert "1 việc khác cũng chờ hộ này" in words(desk.get(f"{address}/attach").text)
    desk.post(f"{address}/attach", data={"household": world.mai})
    assert {row.state for row in quarantined(database)} == {"applied"}
    assert other.statuses(other.visit(missing), lan.amend(visit, note="Sửa lần nữa")) == ["applied"] * 2
    assert {row.household_id for row in stored_visits(database)} == {world.mai}
    assert_consistent(database)


@pytest.mark.both_databases
def test_search_finds_without_accents_in_the_whole_commune(
    desk: TestClient, lan: Phone, world: World
) -> None:
    waiting_visit(lan)
    (address,) = addresses(desk)
    page = words(desk.post(f"{address}/attach/search", data={"q": "le thi anh"}).text)
    assert "3 · Lê Thị Ánh Cạnh nhà văn hóa, Thôn Tây" in page
    assert "Nguyễn Văn Đức" not in page
    page = words(desk.post(f"{address}/attach/search", data={"q": "khong co"}).text)
    assert "Không có hộ nào. Tìm bằng từ khác, hoặc thêm hộ mới bên dưới." in page
    refused = desk.post(f"{address}/attach/search", data={"q": "a" * 10_000})
    assert (refused.status_code, "nhiều nhất 80 ký tự" in refused.text) == (422, True)


def test_attached_in_another_hamlet_the_author_may_still_amend(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = waiting_visit(lan)
    desk.post(f"{addresses(desk)[0]}/attach", data={"household": world.anh})
    assert lan.statuses(lan.amend(visit, note="Đúng hộ này")) == ["applied"]
    (row,) = stored_visits(database)
    assert (row.household_id, row.hamlet_id, row.note) == (world.anh, world.tay, "Đúng hộ này")
    assert_consistent(database)


def test_household_is_added_with_the_id_that_the_visit_names(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = waiting_visit(lan)
    (address,) = addresses(desk)
    assert f'value="{world.dong}" selected' in desk.get(f"{address}/attach").text, "the author's hamlet"
    answer = desk.post(f"{address}/attach/new", data=NEW | {"hamlet_id": world.dong})
    assert answer.headers["location"].endswith("done=attached")
    missing = visit["data"]["household_id"]
    households = {row["id"]: row for row in lan.exchange()["changes"]["household"]}
    assert (households[missing]["head_name"], households[missing]["house_no"]) == ("Vũ Thị Thắm", "9")
    assert stored_visits(database)[0].household_id == missing
    assert_consistent(database)


@pytest.mark.both_databases
def test_phone_that_changed_its_household_meanwhile_replaces_nothing_unseen(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = waiting_visit(lan)
    missing = visit["data"]["household_id"]
    desk.post(f"{addresses(desk)[0]}/attach/new", data=NEW | {"hamlet_id": world.dong})
    queued = lan.op("household.amend", {"id": missing, "base_version": 1, "head_name": "Vũ Thị Thơm"})
    (result,) = lan.exchange(queued)["results"]
    assert (result["status"], result["fields"]) == ("conflict", ["head_name"])
    household = database.read(
        lambda session: session.exec(select(Household).where(Household.id == missing)).one()
    )
    assert household.head_name == "Vũ Thị Thắm", "what the supervisor wrote"
    assert_consistent(database)


def test_form_is_filled_with_what_a_waiting_addition_says_of_the_household(
    desk: TestClient, lan: Phone, other: Phone, world: World
) -> None:
    household = {"id": new_id(), "hamlet_id": world.dong, "head_name": "Vũ Thị Thắm", "alley": "Ngõ 9"}
    other.exchange(other.visit(household["id"]))
    deliver_revoked(desk, lan, lan.op("household.add", household))
    address = next(one for one in addresses(desk) if "/attach" in desk.get(one).text)
    page = desk.get(f"{address}/attach").text
    assert 'value="Vũ Thị Thắm"' in page
    assert 'value="Ngõ 9"' in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"head_name": " "}, "Nhập tên chủ hộ."),
        ({"head_name": "a\x00b"}, "Có ký tự không dùng được. Hãy gõ lại."),
        ({"head_name": "a" * 121}, "Viết trên một dòng, nhiều nhất 120 ký tự."),
        ({"house_no": "a\nb"}, "Viết trên một dòng, nhiều nhất 60 ký tự."),
        ({"hamlet_id": ""}, "Chọn một thôn."),
        ({"hamlet_id": "a b"}, "Chọn một thôn."),
    ],
)
def test_wrong_field_has_its_sentence_and_nothing_typed_is_lost(
    desk: TestClient, lan: Phone, world: World, database: Database, changes: dict[str, Any], sentence: str
) -> None:
    waiting_visit(lan)
    (address,) = addresses(desk)
    answer = desk.post(f"{address}/attach/new", data=NEW | {"hamlet_id": world.dong} | changes)
    assert (answer.status_code, sentence in words(answer.text)) == (422, True)
    assert 'value="Ngõ 3"' in answer.text
    assert stored_visits(database) == []


def test_household_that_arrived_meanwhile_is_not_replaced(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    visit = lan.visit(new_id())
    deliver_revoked(desk, lan, visit)
    (address,) = addresses(desk)
    refused = desk.post(f"{address}/attach", data={"household": new_id()})
    assert (refused.status_code, "chưa có trong sổ" in refused.text) == (422, True)
    assert "Chọn một hộ." in desk.post(f"{address}/attach", data={"household": "a b"}).text
    desk.post(f"{address}/attach", data={"household": world.mai})
    assert desk.get(f"{address}/attach").status_code == 404, "decided"
    assert desk.post(f"{address}/attach", data={"household": world.duc}).status_code == 303
    assert [row.household_id for row in stored_visits(database)] == [world.mai]


def test_only_visits_whose_household_is_missing_can_be_attached(
    desk: TestClient, lan: Phone, world: World
) -> None:
    deliver_revoked(desk, lan, lan.visit(world.duc), lan.op("household.add", NEW | {"id": new_id()}))
    for address in addresses(desk):
        assert "/attach" not in desk.get(address).text
        assert desk.get(f"{address}/attach").status_code == 404
        assert desk.post(f"{address}/attach", data={"household": world.mai}).status_code in (404, 422)


def test_supervisor_next_door_attaches_nothing(
    desk: TestClient, browser: Browser, lan: Phone, world: World, database: Database
) -> None:
    waiting_visit(lan)
    (address,) = addresses(desk)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert hoa.get(f"{address}/attach").status_code == 404
    form = NEW | {"hamlet_id": world.dong, "household": world.mai, "q": "anh"}
    for verb in ("attach", "attach/new", "attach/search"):
        assert hoa.post(f"{address}/{verb}", data=form).status_code == 404
    assert database.read(lambda session: len(session.exec(select(Household)).all())) == 5


def test_household_that_was_erased_is_named_before_it_is_added_again(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    row = next(one for one in all_rows(database, Household) if one.id == world.duc)
    label = {"head_name": row.head_name, "house_no": row.house_no, "alley": row.alley}
    erase(database, world, world.duc, clock())
    visit = waiting_visit(lan)
    (address,) = addresses(desk)
    form = label | {"hamlet_id": world.dong}
    page = desk.post(f"{address}/attach/new", data=form)
    assert "đã được xóa theo yêu cầu ngày 24/11/2026" in page.text
    assert not [one for one in all_rows(database, Household) if one.id == visit["data"]["household_id"]]
    answer = desk.post(f"{address}/attach/new", data=form | {"erased": "24/11/2026"})
    assert answer.headers["location"] == "/desk/quarantine?done=attached"
    assert visit["data"]["household_id"] in {one.household_id for one in stored_visits(database)}
