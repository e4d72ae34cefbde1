"""The communes of a province at a glance: closed, late, silent, not begun, coverage; and nobody's name."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient

from app.core.clock import VIETNAM
from app.core.db import Database
from app.province.status import count_due
from app.reports.closing import close_period, reopen_period
from tests.cases import cases
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.reports.random_commune import binh
from tests.web.desk.desk_client import words
from tests.world import World

pytestmark = pytest.mark.both_databases
Act = Callable[[str], None]
OCTOBER, NOVEMBER = "2026-10", "2026-11"


@pytest.fixture
def close(database: Database, world: World, clock: FakeClock) -> Act:
    """Closes a period of the cast's commune, although something is in the way."""
    return lambda code: database.write(
        lambda session: close_period(session, binh(session, world), code, "Vẫn chốt", clock())
    )


@pytest.fixture
def reopen(database: Database, world: World, clock: FakeClock) -> Act:
    return lambda code: database.write(
        lambda session: reopen_period(session, binh(session, world), code, "Nhập thiếu", clock())
    )


def rows(client: TestClient, query: str = "") -> dict[str, str]:
    """What the page says of each commune, by its name."""
    answer = client.get(f"/province/{query}")
    assert answer.status_code == 200, answer.text
    found = {}
    for row in re.findall(r'<tr role="row">(.*?)</tr>', answer.text, re.DOTALL):
        if cells := [words(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]:
            found[cells[0]] = " ".join(cells[1:])
    return found


def test_stored_share_says_when_it_was_counted_and_that_it_is_of_no_period(
    province: World, ha: TestClient, database: Database, clock: FakeClock, lan: Phone
) -> None:
    """A visit that arrives after the counting is not in the share, and the share does not bear its time."""
    lan.exchange(lan.visit(province.duc))
    count_due(database, clock)
    counted = f"{clock.now.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    clock.forward(minutes=3)
    lan.exchange(lan.visit(province.mai))
    now = f"{clock.now.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    for period in (OCTOBER, NOVEMBER):
        page = words(ha.get(f"/province/?period={period}").text)
        share = page[page.index("Độ phủ từ trước đến nay:") :].partition("Tình trạng báo cáo")
        assert f"đếm lúc {counted} hoặc muộn hơn" in share[0]
        assert now not in share[0]
        assert f"tính đến {now}" in share[2]


def test_province_without_a_household_says_no_share_of_nothing(
    foreigner: TestClient, database: Database, clock: FakeClock
) -> None:
    count_due(database, clock)
    for page in ("", f"?period={OCTOBER}", "communes/c00004", f"reports/{OCTOBER}", "remarks"):
        answer = foreigner.get(f"/province/{page}")
        assert answer.status_code in (200, 404), page
        assert not re.search(r"\d\s?%|\b0/0\b|None", words(answer.text.partition("<main")[2])), page
    assert "Phường Ba Đình" in rows(foreigner)


def test_page_says_who_has_closed_the_month_who_is_late_and_who_has_not_begun(
    ha: TestClient, close: Act, clock: FakeClock
) -> None:
    close(OCTOBER)
    page = rows(ha)
    assert list(page) == ["Xã Yên Bình", "Xã Hữu Lũng", "Xã Chi Lăng"]
    assert page["Xã Yên Bình"].startswith("06391 Đã chốt 16:40 24/11/2026")
    assert page["Xã Hữu Lũng"].startswith("06400 Chậm hết kỳ 31/10/2026")
    assert page["Xã Chi Lăng"].startswith("06500 Chưa bắt đầu")
    assert "Đã chốt (1)" in ha.get("/province/").text


def test_period_is_late_after_five_days(ha: TestClient, clock: FakeClock) -> None:
    assert "Chưa chốt hết kỳ 30/11/2026" in rows(ha, f"?period={NOVEMBER}")["Xã Yên Bình"]
    clock.now = clock.now.replace(month=12, day=5)
    assert ha.get("/province/").status_code == 303
    form = {"name": "ha.lt", "password": "trâu gặm cỏ non"}
    ha.post("/desk/sign-in", data=form)
    assert "Chưa chốt hết kỳ 30/11/2026" in rows(ha)["Xã Yên Bình"]
    clock.forward(days=1)
    ha.post("/desk/sign-in", data=form)
    assert "Chậm hết kỳ 30/11/2026" in rows(ha)["Xã Yên Bình"]


def test_reopened_period_says_so_until_it_is_closed_again(ha: TestClient, close: Act, reopen: Act) -> None:
    close(OCTOBER)
    reopen(OCTOBER)
    assert rows(ha)["Xã Yên Bình"].startswith("06391 Đã mở lại 16:40 24/11/2026")
    close(OCTOBER)
    assert rows(ha)["Xã Yên Bình"].startswith("06391 Đã chốt")


def test_signs_are_counted_every_few_minutes(
    ha: TestClient, lan: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    assert rows(ha)["Xã Yên Bình"].endswith("– –")
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai, result="not_home", services=[]))
    count_due(database, clock)
    assert rows(ha)["Xã Yên Bình"].endswith("16:40 24/11/2026 20 %, 1/5 hộ đã gặp")
    lan.exchange(lan.visit(world.mai))
    count_due(database, clock)
    assert rows(ha)["Xã Yên Bình"].endswith("20 %, 1/5 hộ đã gặp"), "not counted again so soon"
    clock.forward(minutes=5)
    count_due(database, clock)
    assert rows(ha)["Xã Yên Bình"].endswith("40 %, 2/5 hộ đã gặp")
    assert "40 %, 2/5 hộ đã gặp" in ha.get("/province/").text, "the province's, of communes with households"


def test_commune_is_silent_when_no_phone_was_heard_for_three_working_days(
    ha: TestClient, lan: Phone, database: Database, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc))
    heard = clock.now
    clock.now = heard + timedelta(days=4, hours=1)  # 24 November is a holiday
    count_due(database, clock)
    clock.now = heard
    page = rows(ha, "?show=silent")
    assert list(page) == ["Xã Yên Bình", "Xã Hữu Lũng"]
    assert "Im lặng, lần cuối 16:40 24/11/2026" in page["Xã Yên Bình"]
    assert "Chưa máy nào liên lạc" in page["Xã Hữu Lũng"]


def test_filters_show_what_they_say(ha: TestClient, close: Act) -> None:
    close(OCTOBER)
    found = {
        show: list(rows(ha, f"?show={show}")) for show in ("closed", "late", "reopened", "not-begun", "x")
    }
    assert found == {
        "closed": ["Xã Yên Bình"],
        "late": ["Xã Hữu Lũng"],
        "reopened": [],
        "not-begun": ["Xã Chi Lăng"],
        "x": ["Xã Yên Bình", "Xã Hữu Lũng", "Xã Chi Lăng"],
    }


@cases("code", ["2026-13", "x", "2027-01", "2026-10-01..2026-10-31", "%00"])
def test_period_that_does_not_exist_or_has_not_begun_is_not_found(ha: TestClient, code: str) -> None:
    assert ha.get(f"/province/?period={code}").status_code == 404
    assert ha.get(f"/province/reports/{code}").status_code == 404
    assert ha.get(f"/province/reports/{code}.xlsx").status_code == 404
    assert ha.get(f"/province/remarks?period={code}").status_code == 404


def test_viewers_of_other_provinces_see_their_own(foreigner: TestClient) -> None:
    assert "Phường Ba Đình" in foreigner.get("/province/").text
    assert "Yên Bình" not in foreigner.get("/province/").text
    assert "Thành phố Hà Nội" in foreigner.get("/province/").text
