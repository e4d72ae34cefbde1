"""A supervisor chooses which remarks the province sees: none until then, and never who wrote them."""

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import FakeClock
from tests.web.desk.desk_client import words
from tests.web.province import conftest as provinces
from tests.web.province import test_overview
from tests.world import World

province, begin_viewer, ha = provinces.province, provinces.begin_viewer, provinces.ha  # fixtures
close = test_overview.close
REMARK = "00000000-0000-4000-8000-000000000001"
MONTH = "2026-11"
SHARING, REMARKS = f"/desk/reports/{MONTH}/sharing", f"/province/remarks?period={MONTH}"
TEXT = "Hẹn trước qua loa truyền thanh, số nhà vắng giảm rõ."


def write(desk: TestClient, text: str = TEXT, kind: str = "practice", remark: str = REMARK) -> None:
    form = {"kind": kind, "text": text}
    assert desk.post(f"/desk/reports/{MONTH}/remarks/{remark}", data=form).status_code == 303


def seen(desk: TestClient) -> str:
    """The version of the one remark, as the page shows it."""
    (number,) = re.findall(r'name="version" value="(\d+)"', desk.get(SHARING).text)
    return str(number)


def share(desk: TestClient, version: str = "") -> int:
    return desk.post(f"{SHARING}/{REMARK}", data={"version": version or seen(desk)}).status_code


@pytest.mark.both_databases
def test_province_sees_a_remark_once_it_is_shared_and_not_who_wrote_it(
    desk: TestClient, ha: TestClient, world: World
) -> None:
    write(desk)
    assert SHARING in desk.get(f"/desk/reports/{MONTH}").text
    assert "Ý kiến nào chưa chia sẻ thì cấp tỉnh không thấy." in desk.get(SHARING).text
    assert TEXT not in ha.get(REMARKS).text
    assert share(desk) == 303
    assert "Đã chia sẻ với cấp tỉnh" in desk.get(SHARING).text
    page = words(ha.get(REMARKS).text)
    assert f"Cách làm hay {TEXT} Xã Yên Bình, 24/11/2026" in page
    assert "Bình" not in page.replace("Yên Bình", "")
    assert TEXT not in ha.get("/province/remarks").text, "it is of another month"


def test_shared_text_stays_until_the_new_one_is_shared(desk: TestClient, ha: TestClient) -> None:
    write(desk)
    before = seen(desk)
    share(desk)
    write(desk, "Hẹn trước qua loa.")
    assert TEXT in ha.get(REMARKS).text
    assert f"Cấp tỉnh vẫn đang thấy: “{TEXT}”" in desk.get(SHARING).text
    assert share(desk, before) == 422, "of the words before"
    assert share(desk) == 303
    assert "Hẹn trước qua loa. " in words(ha.get(REMARKS).text)


@pytest.mark.both_databases
def test_remark_that_is_not_shared_any_more_or_removed_is_gone(
    desk: TestClient, ha: TestClient, database: Database
) -> None:
    for leave in (f"{SHARING}/{REMARK}/end", f"/desk/reports/{MONTH}/remarks/{REMARK}/remove"):
        write(desk)
        assert share(desk) == 303
        assert TEXT in ha.get(REMARKS).text
        assert desk.post(leave).status_code == 303
        assert TEXT not in ha.get(REMARKS).text
    assert desk.post(f"{SHARING}/{REMARK}/end").status_code == 303, "a second time changes nothing"
    events = [one["what"] for one in database.read(stored_entries) if "shared" in one["what"]]
    assert sorted(events) == ["remark.shared", "remark.shared", "remark.unshared", "remark.unshared"]


def test_remark_of_a_closed_period_can_be_shared(
    desk: TestClient, ha: TestClient, close: Callable[[str], None], clock: FakeClock
) -> None:
    write(desk, kind="difficulty")
    clock.now = clock.now.replace(month=12, day=1)
    close(MONTH)
    for client, name, password in ((desk, "binh", "mat-khau-binh"), (ha, "ha.lt", "trâu gặm cỏ non")):
        client.post("/desk/sign-in", data={"name": name, "password": password})
    assert share(desk) == 303
    assert f"Khó khăn, kiến nghị {TEXT}" in words(ha.get("/province/remarks").text)


@pytest.mark.parametrize("name", ["Nguyễn Văn Đức", "nguyen van duc", "NGUYỄN THỊ LAN"])
def test_text_with_the_name_of_a_household_or_member_is_not_shared(
    desk: TestClient, ha: TestClient, name: str
) -> None:
    write(desk, f"Nhờ {name}, nhà nào cũng mở cửa.")
    answer = desk.post(f"{SHARING}/{REMARK}", data={"version": seen(desk)})
    assert (answer.status_code, "có họ tên của người trong tổ hoặc chủ hộ" in answer.text) == (422, True)
    assert "mở cửa" not in ha.get(REMARKS).text


def test_supervisor_next_door_shares_nothing_of_it(desk: TestClient, hoa: TestClient, ha: TestClient) -> None:
    write(desk)
    assert share(hoa, seen(desk)) == 404
    assert hoa.post(f"{SHARING}/{REMARK}/end").status_code == 303
    assert TEXT not in ha.get(REMARKS).text
    assert share(desk) == 303
    hoa.post(f"{SHARING}/{REMARK}/end")
    assert TEXT in ha.get(REMARKS).text


def test_viewer_of_another_province_does_not_see_it(
    desk: TestClient, province: World, begin_viewer: Callable[[str, str], TestClient]
) -> None:
    write(desk)
    share(desk)
    assert TEXT not in begin_viewer("01", "khac").get(REMARKS).text
