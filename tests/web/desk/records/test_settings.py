"""/desk/settings: days off, the day on which months begin, thresholds; each change is in the desk log."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.commune.legal_basis import DUTIES, basis_text, legal_basis
from app.commune.settings import FLAG_BOUNDS, CommuneSettings, DayOff, settings_of
from app.core.db import Database
from app.core.desk_log import stored_entries
from app.review.settings import MAX_DAYS_OFF
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

PATH = "/desk/settings"
THRESHOLDS = {
    "flag_daily_visits": "60",
    "flag_burst_visits": "4",
    "flag_burst_seconds": "30",
    "flag_clock_minutes": "15",
    "flag_people": "8",
}
DEFAULTS = ["40", "5", "20", "10", "10"]


@pytest.mark.both_databases
def test_days_off_are_added_under_one_name_and_removed(desk: TestClient, database: Database) -> None:
    answer = _add(desk, day="30/11/2026", to="2/12/2026", name=" Lễ  hội ")
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã thêm ngày nghỉ." in page
    assert "30/11/2026 thứ hai Lễ hội Bỏ 01/12/2026 thứ ba Lễ hội Bỏ 02/12/2026 thứ tư Lễ hội Bỏ" in page
    answer = desk.post(f"{PATH}/days-off/2026-12-01/remove")
    page = words(desk.get(answer.headers["location"]).text)
    assert "Đã bỏ ngày nghỉ" in page
    assert "01/12/2026 thứ ba" not in page
    assert _noted(database) == [
        ("day_off.added", "2026-11-30"),
        ("day_off.added", "2026-12-01"),
        ("day_off.added", "2026-12-02"),
        ("day_off.removed", "2026-12-01"),
    ]


def test_day_without_a_year_is_the_next_such_day(desk: TestClient, database: Database) -> None:
    _add(desk, day="15/2", name="Hội xuân")
    assert [str(row.day) for row in _days_off(database)] == ["2027-02-15"]


def test_day_that_is_off_already_keeps_its_name(desk: TestClient, database: Database) -> None:
    _add(desk, day="30/11/2026", name="Lễ hội")
    answer = _add(desk, day="30/11/2026", name="Khác")
    assert "giữ tên cũ" in desk.get(answer.headers["location"]).text
    assert [row.name for row in _days_off(database)] == ["Lễ hội"]


@cases(
    "fields, sentence",
    [
        ({"day": "", "name": "Lễ"}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"day": "31/2/2027", "name": "Lễ"}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"day": "1/1/2099", "name": "Lễ"}, "Chọn một ngày từ 23/11/2025 đến 24/11/2028."),
        ({"day": "2/12/2026", "to": "1/12/2026", "name": "Lễ"}, "Ngày cuối phải từ ngày đầu trở đi"),
        ({"day": "1/12/2026", "to": "1/1/2027", "name": "Lễ"}, "mỗi lần nhiều nhất 31 ngày"),
        ({"day": "1/12/2026", "to": "mai", "name": "Lễ"}, "Ghi ngày theo mẫu 24/11/2026."),
        ({"day": "1/12/2026", "name": " "}, "Nhập tên ngày nghỉ"),
        ({"day": "1/12/2026", "name": "a" * 81}, "nhiều nhất 80 ký tự"),
        ({"day": "1/12/2026", "name": "\x00"}, "Tên có ký tự không dùng được."),
        ({"day": "\x00", "to": "١/١/٢٠٢٧", "name": "Lễ"}, "Ghi ngày theo mẫu 24/11/2026."),
    ],
)
def test_day_off_that_cannot_be_stored_comes_back_with_a_sentence(
    desk: TestClient, database: Database, fields: dict[str, str], sentence: str
) -> None:
    answer = _add(desk, **fields)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert f'name="day" type="text" value="{fields["day"]}"' in answer.text
    assert _days_off(database) == []


@pytest.mark.both_databases
def test_days_off_are_bounded(desk: TestClient, database: Database) -> None:
    spans = [(f"01/{month}/2027", f"28/{month}/2027") for month in range(1, 8)]
    assert [_add(desk, day=day, to=to, name="Nghỉ").status_code for day, to in spans] == [303] * 7
    answer = _add(desk, day="1/8/2027", to="10/8/2027", name="Nghỉ")
    assert (answer.status_code, f"Đã có {MAX_DAYS_OFF} ngày nghỉ" in answer.text) == (422, True)
    assert len(_days_off(database)) == 7 * 28


def test_month_that_begins_later_has_the_name_of_the_one_in_which_it_ends(
    desk: TestClient, database: Database, world: World
) -> None:
    assert "Tháng 11/2026 tính từ 01/11/2026 đến hết 30/11/2026." in words(desk.get(PATH).text)
    answer = _month(desk, "15", "1")
    page = words(desk.get(answer.headers["location"]).text)
    assert "Tháng 12/2026 tính từ 15/11/2026 đến hết 14/12/2026." in page
    assert _settings(database, world).month_start_day == 15
    assert _noted(database) == [("settings.changed", None)]


@cases("typed", ["", "0", "29", "-1", "1.5", "١", "9" * 40, "abc"])
def test_day_that_some_month_lacks_is_refused(
    desk: TestClient, database: Database, world: World, typed: str
) -> None:
    answer = _month(desk, typed, "1")
    assert (answer.status_code, "Ghi một số từ 1 đến 28." in answer.text) == (422, True)
    assert _settings(database, world).month_start_day == 1


def test_first_day_stays_while_a_month_is_closed(desk: TestClient, database: Database, world: World) -> None:
    assert desk.post("/desk/reports/2026-10/close").status_code == 303
    answer = _month(desk, "15", "1")
    assert (answer.status_code, "Mở lại các kỳ đó ở Báo cáo" in answer.text) == (422, True)
    assert _settings(database, world).month_start_day == 1
    assert _month(desk, "1", "1").status_code == 303, "the same day changes nothing"
    desk.post("/desk/reports/2026-10/reopen", data={"reason": "Đổi ngày đầu tháng"})
    assert _month(desk, "15", "1").status_code == 303


def test_thresholds_are_set_within_their_bounds(desk: TestClient, database: Database, world: World) -> None:
    answer = _thresholds(desk)
    assert "Đã lưu các ngưỡng." in desk.get(answer.headers["location"]).text
    settings = _settings(database, world)
    assert {name: str(getattr(settings, name)) for name in FLAG_BOUNDS} == THRESHOLDS
    least, most = FLAG_BOUNDS["flag_people"]
    for typed in (str(least - 1), str(most + 1), "", "x"):
        answer = _thresholds(desk, flag_people=typed, flag_daily_visits="70", seen=[*THRESHOLDS.values()])
        assert answer.status_code == 422
        assert f"Ghi một số từ {least} đến {most}." in answer.text
        assert 'value="70"' in answer.text, "the rest of the form stays"
    assert _settings(database, world).flag_daily_visits == 60


def test_days_of_silence_reach_the_phones(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    assert "silence_days" not in lan.exchange(), "the usual days are left out"
    answer = desk.post(f"{PATH}/silence", data={"silence_days": "60", "seen": "30"})
    page = desk.get(answer.headers["location"]).text
    assert "Đã lưu. Máy nhận số ngày mới ở lần gửi tới." in page
    assert '<option value="60" selected>' in page
    assert lan.exchange()["silence_days"] == 60
    for typed in ("", "31", "x", "9" * 30):
        answer = desk.post(f"{PATH}/silence", data={"silence_days": typed, "seen": "60"})
        assert (answer.status_code, "Chọn 30, 60 hoặc 90 ngày." in answer.text) == (422, True)
    answer = desk.post(f"{PATH}/silence", data={"silence_days": "90", "seen": "30"})
    assert (answer.status_code, "Số ngày im lặng vừa được người khác đổi." in answer.text) == (409, True)
    assert _settings(database, world).silence_days == 60


@pytest.mark.both_databases
def test_change_of_a_colleague_is_not_replaced_unseen(
    desk: TestClient, database: Database, world: World
) -> None:
    _month(desk, "15", "1")
    answer = _month(desk, "20", "1")
    assert (answer.status_code, "Ngày đầu tháng vừa được người khác đổi." in answer.text) == (409, True)
    assert _settings(database, world).month_start_day == 15
    assert _month(desk, "15", "1").status_code == 303, "the same day again changes nothing"
    _thresholds(desk)
    answer = _thresholds(desk, flag_people="9")
    assert (answer.status_code, "Ngưỡng vừa được người khác đổi." in answer.text) == (409, True)
    assert _settings(database, world).flag_people == 8


def test_supervisor_next_door_has_settings_of_her_own(
    desk: TestClient, hoa: TestClient, database: Database
) -> None:
    _add(desk, day="30/11/2026", name="Lễ hội")
    assert "Lễ hội" not in hoa.get(PATH).text
    hoa.post(f"{PATH}/days-off/2026-11-30/remove")
    assert [row.name for row in _days_off(database)] == ["Lễ hội"]
    assert desk.post(f"{PATH}/days-off/hom-nay/remove").status_code == 404


def test_public_holidays_of_the_next_year_are_shown(desk: TestClient, clock: FakeClock) -> None:
    page = words(desk.get(PATH).text)
    assert "06/02/2027 thứ bảy Tết Nguyên Đán" in page
    clock.forward(days=300)
    assert "06/02/2027 thứ bảy Tết Nguyên Đán" not in words(desk.get(PATH).text)


def test_commune_states_once_on_which_basis_it_has_its_list(
    desk: TestClient, hoa: TestClient, world: World, database: Database
) -> None:
    assert _basis_text(database, world) == "chưa nêu"
    assert "Chưa nêu." in words(desk.get(PATH).text)
    for data, sentence in (
        ({}, "Chọn một căn cứ."),
        ({"basis": "letter 793"}, "Chọn một căn cứ."),
        ({"basis": "public_task", "duty": ["procedure", "checks"]}, "Đánh dấu đủ bốn việc"),
    ):
        answer = desk.post(f"{PATH}/legal-basis", data=data)
        assert (answer.status_code, sentence in words(answer.text)) == (422, True)
    stated = {"basis": "public_task", "duty": list(DUTIES)}
    assert desk.post(f"{PATH}/legal-basis", data=stated).headers["location"] == f"{PATH}?done=legal-basis"
    page = words(desk.get(PATH).text)
    assert "điểm c khoản 1 Điều 19 Luật số 91/2025/QH15). Hoàng Văn Bình, 16:40 24/11/2026" in page
    basis = database.read(lambda session: legal_basis(session, world.commune_id))
    assert (basis and basis.basis, basis and basis.decided_by) == ("public_task", "Hoàng Văn Bình")
    late = desk.post(f"{PATH}/legal-basis", data={"basis": "consent", "seen": ""})
    assert (late.status_code, _basis_text(database, world)[:9]) == (409, "Hoạt động")
    assert (
        desk.post(f"{PATH}/legal-basis", data={"basis": "consent", "seen": "public_task"}).status_code == 303
    )
    assert _basis_text(database, world) == "Từng hộ đồng ý (Luật số 91/2025/QH15)"
    assert "Chưa nêu." in words(hoa.get(PATH).text)
    assert [what for what, _day in _noted(database)] == ["settings.changed"] * 2


def _basis_text(database: Database, world: World) -> str:
    return database.read(lambda session: basis_text(legal_basis(session, world.commune_id)))


def _add(desk: TestClient, **fields: str) -> Any:
    return desk.post(f"{PATH}/days-off", data=fields)


def _month(desk: TestClient, day: str, seen: str) -> Any:
    return desk.post(f"{PATH}/month", data={"month_start_day": day, "seen": seen})


def _thresholds(desk: TestClient, **changes: Any) -> Any:
    return desk.post(f"{PATH}/thresholds", data=THRESHOLDS | {"seen": DEFAULTS} | changes)


def _settings(database: Database, world: World) -> CommuneSettings:
    return database.read(lambda session: settings_of(session, world.commune_id))


def _days_off(database: Database) -> list[DayOff]:
    return database.read(lambda session: list(session.exec(select(DayOff))))


def _noted(database: Database) -> list[tuple[str, str | None]]:
    entries = database.read(stored_entries)
    return sorted(
        (entry["what"], entry.get("day"))
        for entry in entries
        if entry["what"].startswith(("day_off", "settings"))
    )
