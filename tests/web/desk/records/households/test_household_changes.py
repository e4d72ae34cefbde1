"""Adding a household at the desk, its label, its state and its hamlet."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.core.desk_log import DeskEntry
from app.fieldwork.households.models import Household
from app.fieldwork.visits.models import Visit
from app.sync.wire.models import QuarantinedOperation
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import all_rows, find_household
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]
LUA = {"head_name": "Vi Thị Lụa", "house_no": "40", "alley": "Ngõ 9"}


def label_of(household: Household) -> dict[str, str]:
    return {name: getattr(household, name) for name in LUA}


def add(desk: TestClient, world: World, **changes: str) -> Any:
    """The answer to the form as it is shown, filled in with these fields."""
    page = desk.get("/desk/households/new").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    return desk.post("/desk/households/new", data=hidden | LUA | {"hamlet": world.dong} | changes)


def done(desk: TestClient, answer: Any) -> str:
    """The text of the page that an answer leads to."""
    assert answer.status_code == 303, answer.text
    return words(desk.get(answer.headers["location"]).text)


def test_added_household_is_on_the_phones_of_its_hamlet_and_can_be_visited(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange()
    page = done(desk, add(desk, world))
    assert "40 · Vi Thị Lụa" in page
    assert "Nguồn Hoàng Văn Bình 16:40 24/11/2026" in page
    (row,) = lan.exchange()["changes"]["household"]
    assert label_of(Household(**row)) == LUA
    assert lan.statuses(lan.visit(row["id"])) == ["applied"]


def test_same_form_sent_twice_adds_one(desk: TestClient, world: World, database: Database) -> None:
    form = LUA | {"hamlet": world.dong, "id": "0190b1d2-0000-7000-8000-000000000001"}
    for _ in range(2):
        answer = desk.post("/desk/households/new", data=form | {"shown": form["id"]})
        assert answer.headers["location"] == f"/desk/households/{form['id']}?done=added"
    assert len([row for row in all_rows(database, Household) if row.head_name == "Vi Thị Lụa"]) == 1


@pytest.mark.parametrize(
    "label",
    [
        {"head_name": "nguyen đuc", "house_no": ""},
        {"head_name": "Nguyễn Văn Đứt", "house_no": "40"},
        {"house_no": "12", "alley": ""},
        {"house_no": "12", "alley": "ngo 3"},
    ],
)
def test_similar_household_is_shown_before_one_is_added(
    desk: TestClient, world: World, database: Database, label: dict[str, str]
) -> None:
    answer = add(desk, world, **label)
    assert answer.status_code == 200
    assert "Thôn đã có hộ giống hộ này." in answer.text
    assert f'href="/desk/households/{world.duc}"' in answer.text
    assert len(all_rows(database, Household)) == 5
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text))
    again = desk.post("/desk/households/new", data=LUA | label | {"hamlet": world.dong} | hidden)
    assert "Đã thêm hộ." in done(desk, again)
    assert len(all_rows(database, Household)) == 6


@cases(
    "field, value, sentence",
    [
        ("head_name", "  ", "Nhập họ và tên chủ hộ."),
        ("head_name", "x" * 121, "Viết trên một dòng, nhiều nhất 120 ký tự."),
        ("head_name", "a\u202eb", "Có ký tự không dùng được. Hãy gõ lại."),
        ("house_no", "1\x00", "Có ký tự không dùng được. Hãy gõ lại."),
        ("house_no", "1" * 61, "Viết trên một dòng, nhiều nhất 60 ký tự."),
        ("alley", "x" * 3_000, "Viết trên một dòng, nhiều nhất 160 ký tự."),
        ("hamlet", "", "Chọn một thôn."),
        ("hamlet", "khong-co", "Chọn một thôn."),
        ("hamlet", "a\x00", "Chọn một thôn."),
    ],
)
def test_wrong_field_has_its_sentence_and_the_others_stay(
    desk: TestClient, world: World, database: Database, field: str, value: str, sentence: str
) -> None:
    answer = add(desk, world, **{field: value})
    assert (answer.status_code, sentence in answer.text) == (422, True)
    for name, typed in LUA.items():
        assert field == name or f'value="{typed}"' in answer.text
    assert len(all_rows(database, Household)) == 5
    if field != "hamlet":
        form = LUA | {"version": "1", field: value}
        assert sentence in desk.post(f"/desk/households/{world.duc}/edit", data=form).text


def test_edited_label_is_on_the_phone_and_a_change_in_its_queue_becomes_a_conflict(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange()
    same = lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12A"})
    other = lan.op("household.amend", {"id": world.duc, "base_version": 1, "state": "empty"})
    form = {"version": "1", "head_name": "Nguyễn Văn Đức", "house_no": "12B", "alley": "Ngõ 3"}
    assert "Đã sửa thông tin hộ." in done(desk, desk.post(f"/desk/households/{world.duc}/edit", data=form))
    assert lan.statuses(same, other) == ["conflict", "applied"]
    household = find_household(database, world, world.duc)
    assert (household.house_no, household.state, household.version) == ("12B", "empty", 3)
    (quarantined,) = all_rows(database, QuarantinedOperation)
    assert quarantined.fields == ["house_no"]
    page = words(desk.get(f"/desk/households/{world.duc}").text)
    assert "Sửa thông tin hộ (Số nhà: 12B), Hoàng Văn Bình , 16:40 24/11/2026" in page


def test_household_changed_since_the_form_was_opened_comes_back_with_what_was_typed(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "alley": "Ngõ 4"}))
    form = LUA | {"version": "1"}
    answer = desk.post(f"/desk/households/{world.duc}/edit", data=form)
    assert answer.status_code == 409
    assert "Nguyễn Thị Lan lúc 16:40 24/11/2026: Ngõ hoặc chỗ dễ nhận: Ngõ 4" in words(answer.text)
    assert 'value="Vi Thị Lụa"' in answer.text
    assert find_household(database, world, world.duc).head_name == "Nguyễn Văn Đức"
    assert 'name="version" value="2"' in answer.text
    assert desk.post(f"/desk/households/{world.duc}/edit", data=form | {"version": "2"}).status_code == 303


@pytest.mark.parametrize(
    ("state", "label"), [("moved", "Hộ đã chuyển đi"), ("empty", "Nhà trống"), ("mistake", "Thêm nhầm")]
)
def test_state_is_set_and_taken_back(
    desk: TestClient, lan: Phone, world: World, database: Database, state: str, label: str
) -> None:
    address = f"/desk/households/{world.duc}"
    assert label in words(desk.get(address).text)
    page = done(desk, desk.post(f"{address}/state", data={"version": "1", "state": state}))
    assert f"Tình trạng {label}" in page
    assert [row["state"] for row in lan.exchange()["changes"]["household"] if row["id"] == world.duc] == [
        state
    ]
    stale = desk.post(f"{address}/state", data={"version": "1", "state": "active"})
    assert (stale.status_code, "Hoàng Văn Bình lúc" in words(stale.text)) == (409, True)
    assert find_household(database, world, world.duc).state == state
    page = done(desk, desk.post(f"{address}/state", data={"version": "2", "state": "active"}))
    assert "Tình trạng Đang ở" in page


@pytest.mark.parametrize("state", ["", "khong-co", "merged"])
def test_state_that_there_is_not_is_not_found(desk: TestClient, world: World, state: str) -> None:
    form = {"version": "1", "state": state}
    assert desk.post(f"/desk/households/{world.duc}/state", data=form).status_code == 404


def test_household_is_moved_under_an_unsent_visit(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    unsent = lan.visit(world.duc)
    address = f"/desk/households/{world.duc}"
    assert "1 lượt thăm và lời hẹn của hộ chuyển theo" in words(desk.get(f"{address}/move").text)
    answer = desk.post(f"{address}/move", data={"version": "1", "hamlet": world.tay})
    page = done(desk, answer)
    assert "Đã chuyển thôn." in page
    assert "Sửa thông tin hộ (Thôn: Thôn Tây), Hoàng Văn Bình" in page
    assert lan.statuses(unsent) == ["applied"]
    assert {row.hamlet_id for row in all_rows(database, Visit)} == {world.tay}
    stale = desk.post(f"{address}/move", data={"version": "1", "hamlet": world.dong})
    assert (stale.status_code, "Hoàng Văn Bình lúc" in words(stale.text)) == (409, True)
    entries = database.read(lambda session: list(session.exec(select(DeskEntry))))
    assert [row.entry["hamlets"] for row in entries if row.entry["what"] == "household.hamlet_changed"] == [
        [world.dong, world.tay]
    ]


@cases("hamlet", ["", "khong-co", "a\x00", "x" * 1000])
def test_hamlet_to_move_to_must_be_chosen(
    desk: TestClient, world: World, database: Database, hamlet: str
) -> None:
    form = {"version": "1", "hamlet": hamlet}
    answer = desk.post(f"/desk/households/{world.duc}/move", data=form)
    assert (answer.status_code, "Chọn một thôn." in answer.text) == (422, True)
    assert find_household(database, world, world.duc).hamlet_id == world.dong


def test_merged_household_cannot_be_changed(desk: TestClient, world: World) -> None:
    form = {"surviving": world.duc, "one": "1", "other": "1"}
    desk.post(f"/desk/duplicates/{world.duc}/{world.mai}/merge", data=form)
    address = f"/desk/households/{world.mai}"
    assert "/edit" not in desk.get(address).text
    assert desk.get(f"{address}/edit").status_code == 404
    assert desk.get(f"{address}/move").status_code == 404
    assert desk.post(f"{address}/state", data={"version": "2", "state": "active"}).status_code == 409


def test_supervisor_next_door_changes_nothing(browser: Browser, world: World, database: Database) -> None:
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    address = f"/desk/households/{world.duc}"
    for path in ("edit", "move"):
        assert hoa.get(f"{address}/{path}").status_code == 404
    for path, form in (("edit", LUA), ("state", {"state": "empty"}), ("move", {"hamlet": world.tay})):
        assert hoa.post(f"{address}/{path}", data={"version": "1", **form}).status_code == 404
    assert hoa.post("/desk/households/new", data=LUA | {"hamlet": world.dong}).status_code == 422
    assert find_household(database, world, world.duc).version == 1
    assert len(all_rows(database, Household)) == 5
