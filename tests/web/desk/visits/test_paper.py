"""/desk/paper: a supervisor enters what a member wrote on paper, once, by the phone's rules."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from app.core.db import Database
from app.core.desk_log import stored_entries
from app.upkeep.maintenance.check import check
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import rows, words
from tests.web.desk.people.people_client import team_id
from tests.web.desk.visits.paper_client import DAY, enter, form_of, panel_of, saved_id, stored_visits, undo
from tests.world import World


def test_visit_on_paper_is_listed_marked_and_counted(
    desk: TestClient, database: Database, world: World
) -> None:
    enter(desk, world.lan, world.duc)
    assert rows(desk, "/desk/visits") == [
        "20/11 Nhập từ giấy | 12 · Nguyễn Văn Đức Ngõ 3 Thôn Đông | Chưa duyệt | Nguyễn Thị Lan"
        " | Thôn Đông | Đã hỗ trợ Cài VNeID: Tự làm được, 2 người | "
    ]
    (visit,) = stored_visits(database)
    assert (visit.recorded_by, visit.entered_by) == (world.lan, world.binh)
    assert not any(one.problems for one in check(database))
    panel = panel_of(desk, visit.id)
    assert "Nhập từ giấy Hoàng Văn Bình" in panel
    assert "Lúc thăm" not in panel, "paper has no time of day"


def test_phone_of_the_member_gets_the_visit_as_its_own(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange()
    enter(desk, world.lan, world.duc, note="Hẹn gọi lại", follow_up="pick", follow_up_on="2026-11-27")
    changes = lan.exchange()["changes"]
    (row,) = changes["visit"]
    assert (row["recorded_by"], row["note"], row["counted_on"]) == (world.lan, "Hẹn gọi lại", "2026-11-20")
    assert [one["due_on"] for one in changes["follow_up"]] == ["2026-11-27"]
    amended = lan.op("visit.amend", _content(row) | {"base_version": 1, "note": "Đã gọi"})
    assert lan.statuses(amended) == ["applied"], "its author may amend it"
    assert "Nhập từ giấy" in panel_of(desk, row["id"])


@pytest.mark.both_databases
def test_form_that_is_sent_twice_records_once(desk: TestClient, database: Database, world: World) -> None:
    form = form_of(desk, world.lan, world.duc)
    first, again = form.send(), form.send()
    assert first.headers["location"] == again.headers["location"]
    changed = form.send(note="Khác hẳn")
    assert (changed.status_code, "đã được lưu với nội dung khác" in changed.text) == (409, True)
    assert "Khác hẳn" in changed.text, "what was typed stays"
    assert len(stored_visits(database)) == 1


def test_form_that_is_sent_several_times_at_once_records_once(
    desk: TestClient, database: Database, world: World
) -> None:
    form = form_of(desk, world.lan, world.duc)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _n: form.send(), range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len(stored_visits(database)) == 1
    assert not any(one.problems for one in check(database))


def test_next_household_of_the_alley_is_suggested_with_member_and_day(desk: TestClient, world: World) -> None:
    page = enter(desk, world.lan, world.duc)
    assert "Đã nhập lượt thăm hộ 12 · Nguyễn Văn Đức." in words(page)
    assert "Hộ kế tiếp: 14 · Trần Thị Mai" in words(page)
    assert f'href="/desk/paper/{world.mai}?member={world.lan}&amp;day={DAY}"' in page


def test_undo_takes_the_visit_back_and_the_phone_deletes_it(
    desk: TestClient, database: Database, lan: Phone, world: World
) -> None:
    page = enter(desk, world.lan, world.duc)
    lan.exchange()
    assert undo(desk, page).headers["location"] == f"/desk/paper?member={world.lan}&day={DAY}"
    assert undo(desk, page).status_code == 303, "a second press changes nothing"
    assert rows(desk, "/desk/visits") == []
    (visit,) = stored_visits(database)
    assert [one["id"] for one in lan.exchange()["changes"]["tombstone"]] == [visit.id]
    assert "Đã bỏ Hoàng Văn Bình" in panel_of(desk, visit.id)
    assert not any(one.problems for one in check(database))


def test_visit_that_was_decided_since_is_not_withdrawn_unseen(
    desk: TestClient, database: Database, world: World
) -> None:
    page = enter(desk, world.lan, world.duc)
    visit = saved_id(page)
    desk.post(f"/desk/visits/{visit}/accept", data={"version": "1"})
    answer = undo(desk, page)
    assert (answer.status_code, "vừa được sửa hoặc duyệt" in answer.text) == (409, True)
    assert stored_visits(database)[0].withdrawn_at is None
    assert undo(desk, answer.text).status_code == 303, "the page that says so shows the row as it is now"
    assert stored_visits(database)[0].withdrawn_at is not None


def test_visit_of_a_phone_is_not_withdrawn_at_the_desk(
    desk: TestClient, visits: list[dict[str, Any]]
) -> None:
    path = f"/desk/visits/{visits[0]['data']['id']}/withdraw"
    assert (desk.get(path).status_code, desk.post(path, data={"version": "1"}).status_code) == (404, 404)
    assert path not in desk.get(f"/desk/visits/{visits[0]['data']['id']}").text


def test_form_of_a_withdrawn_visit_does_not_come_back(desk: TestClient, world: World) -> None:
    form = form_of(desk, world.lan, world.duc)
    undo(desk, desk.get(form.send().headers["location"]).text)
    assert form.send().status_code == 409


def test_member_who_moved_can_be_entered_for_the_hamlet_of_that_day(
    desk: TestClient, database: Database, clock: FakeClock, world: World
) -> None:
    clock.forward(hours=2)
    tay = team_id(database, "Tổ Thôn Tây")
    desk.post(f"/desk/people/{world.lan}/move", data={"team": tay, "since": ""})
    clock.forward(days=2)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    assert "Nguyễn Văn Đức" in desk.get(f"/desk/paper?member={world.lan}&day={DAY}").text
    enter(desk, world.lan, world.duc)
    today = desk.get(f"/desk/paper?member={world.lan}&day=2026-11-26").text
    assert ("Lê Thị Ánh" in today, "Nguyễn Văn Đức" in today) == (True, False)
    form = form_of(desk, world.lan, world.anh)
    form.address = form.address.replace(world.anh, world.duc).replace(DAY, "2026-11-26")
    refused = form.send()
    assert (refused.status_code, "không phụ trách thôn của hộ" in refused.text) == (422, True)


@cases("q", ["mai 14", "14 · Mai", "số 14, ngõ 3", "hộ 14", "nhà cô Mai"])
def test_search_is_without_accents_and_its_words_are_not_in_the_address(
    desk: TestClient, world: World, q: str
) -> None:
    answer = desk.post("/desk/paper", data={"member": world.lan, "day": "20/11", "q": q})
    address = answer.headers["location"]
    assert ("mai" in address.partition("find=")[0].lower(), f"day={DAY}" in address) == (False, True)
    page = words(desk.get(address).text)
    assert ("Trần Thị Mai" in page, "Nguyễn Văn Đức" in page) == (True, False)


@cases(
    "changes, sentence",
    [
        ({"member": "", "day": "20/11"}, "Chọn người đã đi thăm."),
        ({"member": "khong-co", "day": "20/11"}, "Chọn người đã đi thăm."),
        ({"day": ""}, "Nhập ngày đi thăm."),
        ({"day": "hôm kia"}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"day": "25/11/2026"}, "Ngày đi thăm chưa tới. Ghi ngày đến hôm nay, 24/11/2026."),
        ({"day": "24/9/2026"}, "Chỉ nhập được lượt thăm từ ngày 25/09/2026."),
        ({"day": "x" * 5000}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"day": "a\x00b", "q": "\x00" * 200}, "Ghi ngày theo mẫu 24/11/2026."),
    ],
)
def test_wrong_choice_has_its_sentence(
    desk: TestClient, world: World, changes: dict[str, str], sentence: str
) -> None:
    answer = desk.post("/desk/paper", data={"member": world.lan, "day": "20/11", "q": ""} | changes)
    assert (answer.status_code, sentence in words(answer.text)) == (422, True)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"result": ""}, "Chọn một kết quả trước khi lưu."),
        ({"result": "khong-co"}, "Chọn một kết quả trước khi lưu."),
        ({"service": []}, "Chọn ít nhất một việc đã hướng dẫn."),
        ({"outcome-vneid_install": ""}, "Chọn kết quả của việc “Cài VNeID”."),
        (
            {"service": ["vneid_level_2"], "outcome-vneid_level_2": "did_it"},
            "Chọn kết quả của việc “Làm mức 2”.",
        ),
        ({"people-vneid_install": "21"}, "Ghi số từ 1 đến 20."),
        ({"people-vneid_install": "-1"}, "Ghi số từ 1 đến 20."),
        ({"service": ["khong-co"]}, "Có việc không thuộc danh mục. Hãy chọn lại."),
        ({"service": [f"s{n}" for n in range(900)]}, "Có việc không thuộc danh mục. Hãy chọn lại."),
        ({"note": "a\x00b"}, "Ghi chú có ký tự không dùng được. Hãy gõ lại."),
        ({"note": "x" * 501}, "Dài quá 500 ký tự. Viết ngắn lại."),
        ({"result": "come_back"}, "Chọn ngày quay lại, hoặc bấm Chưa rõ ngày."),
        ({"follow_up": "pick", "follow_up_on": "không rõ"}, "Chọn ngày hẹn quay lại."),
        (
            {"follow_up": "pick", "follow_up_on": "2026-11-19"},
            "Ngày hẹn phải từ ngày thăm, 20/11/2026, trở đi.",
        ),
        ({"follow_up": "pick", "follow_up_on": "2027-11-22"}, "Ngày hẹn xa quá một năm. Chọn ngày gần hơn."),
    ],
)
def test_wrong_field_has_the_phones_sentence_and_keeps_the_rest(
    desk: TestClient, database: Database, world: World, changes: dict[str, Any], sentence: str
) -> None:
    form = form_of(desk, world.lan, world.duc)
    answer = form.send(**{"note": "Giữ lại"} | changes)
    assert (answer.status_code, sentence in words(answer.text)) == (422, True)
    assert "note" in changes or "Giữ lại" in answer.text
    assert stored_visits(database) == []
    assert form.send().status_code == 303, "the same form, mended"


def test_longest_follow_up_and_result_without_services(
    desk: TestClient, database: Database, world: World
) -> None:
    enter(desk, world.lan, world.duc, follow_up="pick", follow_up_on="2027-11-21")
    enter(desk, world.lan, world.mai, result="not_needed", follow_up="pick", follow_up_on="2026-11-30")
    found = {visit.result: visit.follow_up_on for visit in stored_visits(database)}
    assert found["not_needed"] is None, "as on the phone, hidden fields do not count"
    assert str(found["helped"]) == "2027-11-21"


def test_form_without_its_id_is_refused(desk: TestClient, world: World) -> None:
    form = form_of(desk, world.lan, world.duc)
    assert [form.send(id=id).status_code for id in ("", "x", "a" * 5000)] == [422] * 3


def test_supervisor_next_door_neither_enters_nor_withdraws(
    desk: TestClient, hoa: TestClient, database: Database, world: World
) -> None:
    visit = saved_id(enter(desk, world.lan, world.duc))
    form = form_of(desk, world.lan, world.mai)
    form.desk = hoa
    assert form.send().status_code == 404
    assert hoa.get(form.address).status_code == 404
    assert hoa.get(f"/desk/paper?member={world.lan}&day={DAY}&saved={visit}").text.count("Đức") == 0
    assert hoa.post(f"/desk/visits/{visit}/withdraw", data={"version": "1"}).status_code == 404
    (stored,) = stored_visits(database)
    assert stored.withdrawn_at is None


def test_entered_and_withdrawn_visits_are_in_the_desk_log(
    desk: TestClient, database: Database, world: World
) -> None:
    page = enter(desk, world.lan, world.duc)
    undo(desk, page)
    assert sorted(entry["what"] for entry in database.read(_entries)) == ["visit.entered", "visit.withdrawn"]


def _entries(session: Session) -> list[dict[str, Any]]:
    return [entry for entry in stored_entries(session) if entry["what"].startswith("visit.")]


def _content(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("id", "household_id", "result", "services", "note", "follow_up_on")}
