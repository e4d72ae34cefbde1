"""/desk/: the figures of a period beside the one before, and the records behind each."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World

DIGITS = "Số trên thẻ là 001234567890"
BACK = {"result": "come_back", "services": [], "follow_up_on": "2026-11-25"}


def test_week_is_compared_with_as_many_days_of_the_week_before(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))  # on a Tuesday
    clock.forward(days=6)  # a Monday
    lan.now = clock()
    lan.exchange(lan.visit(world.duc))
    page = _page(desk)
    assert "Tuần 49/2026 30/11/2026–06/12/2026" in page
    assert "1 hộ được hướng dẫn kỳ trước chưa có 1 lượt thăm hộ kỳ trước chưa có" in page
    assert "0 hộ gặp lần đầu 2/5 hộ đã gặp 40 %" in page
    clock.forward(days=1)
    page = _page(desk)
    assert "1 hộ được hướng dẫn ▼ 50 % 1 lượt thăm hộ ▼ 50 %" in page
    assert "So với 23/11/2026–24/11/2026" in page


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("2026-11", "Tháng 11/2026 01/11/2026–30/11/2026"),
        ("2026-Q4", "Quý IV/2026"),
        ("2026", "Năm 2026"),
        ("2026-11-20..2026-11-24", "20/11/2026–24/11/2026"),
        ("2026-W47", "Tuần 47/2026 16/11/2026–22/11/2026"),
        ("2027-01", "Tuần 48/2026"),  # not begun
        ("khong-co", "Tuần 48/2026"),
        ("\x00", "Tuần 48/2026"),
    ],
)
def test_period_is_the_one_in_the_address_or_this_week(
    desk: TestClient, lan: Phone, world: World, code: str, label: str
) -> None:
    lan.exchange(lan.visit(world.duc))
    page = desk.get("/desk/", params={"period": code})
    assert page.status_code == 200
    assert label in words(page.text)


def test_month_begins_on_the_communes_day(desk: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    desk.post("/desk/settings/month", data={"month_start_day": "15", "seen": "1"})
    page = words(desk.get("/desk/?period=2026-12").text)
    assert "Tháng 12/2026 15/11/2026–14/12/2026" in page


@pytest.mark.slow
def test_each_figure_leads_to_its_records(
    desk: TestClient, lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.duc, note=DIGITS), lan.visit(world.mai, result="not_home", services=[]))
    nam.exchange(nam.visit(world.anh, note=DIGITS))
    evaluate_all(database)
    page = desk.get("/desk/").text
    tiles = [unescape(link) for link in re.findall(r'<li><a href="([^"]+)"><b>', page)]
    shown = [words(desk.get(link).text) for link in tiles[:5]]
    assert "Báo cáo: 2. Danh sách: 2. tính đến" in shown[0]
    assert "Báo cáo: 3. Danh sách: 3. tính đến" in shown[1]
    assert "2 hộ tính đến" in shown[2]
    assert "Chỉ các hộ gặp lần đầu trong 23/11/2026–24/11/2026." in shown[2]
    assert "2 hộ tính đến" in shown[3]
    assert "2 lượt cần xem" in shown[4]
    for link in re.findall(r'href="(/desk/[^"]*)"', page):
        assert desk.get(unescape(link)).status_code in {200, 303}, link


def test_flagged_visits_are_a_decision_with_the_people_and_days_that_have_most(
    desk: TestClient, lan: Phone, nam: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.anh))
    assert "lượt cần xem" not in _decisions(desk)
    lan.exchange(lan.visit(world.duc, note=DIGITS), lan.visit(world.mai, note=DIGITS))
    nam.exchange(nam.visit(world.anh, note=DIGITS))
    evaluate_all(database)
    groups = (
        "Nguyễn Thị Lan 24/11/2026: 2 lượt, ghi chú có số như số căn cước Trần Văn Nam 24/11/2026: 1 lượt"
    )
    assert f"3 lượt cần xem {groups}" in _decisions(desk)


def test_household_is_new_in_the_week_in_which_somebody_was_reached_first(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc, result="not_home", services=[]))
    clock.forward(days=7)
    lan.now = clock()
    lan.exchange(lan.visit(world.duc))
    assert "1 hộ gặp lần đầu" in _page(desk)
    assert "0 hộ gặp lần đầu" in words(desk.get("/desk/?period=2026-W48").text)


def test_a_year_of_weeks_is_drawn_and_each_leads_to_its_visits(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))
    clock.forward(days=7)
    lan.now = clock()
    lan.exchange(lan.visit(world.duc))
    page, whole = _page(desk), desk.get("/desk/").text
    assert "23/11 30/11 0 0 0 0 0 0 2 1" in page
    (alternative,) = re.findall(r'role="img" aria-label="(.*?)"', whole)
    assert (
        "Tuần 47/2026: Lượt thăm hộ 0; Tuần 48/2026: Lượt thăm hộ 2; Tuần 49/2026: Lượt thăm hộ 1."
        in alternative
    )
    assert alternative.count(";") == 51
    behind = whole.partition('class="behind"')[2].partition("</table>")[0]
    links = [unescape(link) for link in re.findall(r'<th scope="row"><a href="(.*?)">', behind)]
    assert len(links) == 52
    assert "Danh sách: 2. tính đến" in words(desk.get(links[-2]).text)
    lan.exchange(lan.visit(world.mai))
    assert "23/11 30/11 0 0 0 0 0 0 2 2" in _page(desk), "it is read anew after a visit"
    assert "Cài VNeID 1 người" in page
    assert "Cài VNeID 2 người" in words(desk.get("/desk/?period=2026-W48").text)


def test_overdue_appointments_stand_with_the_people_who_made_them(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    lan.exchange(lan.visit(world.duc, **BACK), lan.visit(world.mai, **BACK))
    assert "Hẹn quá hạn: " not in _page(desk)
    clock.forward(days=2)
    assert "Hẹn quá hạn: 2 Nguyễn Thị Lan 2" in _page(desk)


def test_visits_sent_back_long_ago_have_a_count_of_their_own(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    visit = lan.visit(world.duc)
    lan.exchange(visit)
    form = {"version": "1", "reason": "wrong_household", "field": "household", "note": ""}
    desk.post(f"/desk/visits/{visit['data']['id']}/return", data=form)
    assert "1 lượt đã trả lại, chưa sửa" in _page(desk)
    assert "quá 3 ngày" not in _page(desk)
    clock.forward(days=3, minutes=1)
    assert "1 lượt đã trả lại, chưa sửa; 1 lượt quá 3 ngày" in _page(desk)


def test_address_of_new_households_with_other_days_is_ignored_and_named(
    desk: TestClient, database: Database
) -> None:
    for days in ("2026-11-01", "a..b", "2026-11-31..2026-12-01", "0001-01-01..9999-12-31", "\x00"):
        page = words(desk.get("/desk/households", params={"new": days}).text)
        assert "Không có giá trị này ở ô: Đến lần đầu." in page


def test_supervisor_next_door_has_figures_of_her_own(hoa: TestClient, lan: Phone, world: World) -> None:
    lan.exchange(lan.visit(world.duc))
    hoa.post("/desk/first-day/leave")
    page = words(hoa.get("/desk/").text)
    assert "0 hộ được hướng dẫn 0 lượt thăm hộ 0 hộ gặp lần đầu – hộ đã gặp Chưa có hộ nào." in page, (
        "nothing is not 100 % of nothing"
    )
    assert "Thôn Đông" not in page


def _decisions(desk: TestClient) -> str:
    """The words of *Cần quyết định*."""
    return _page(desk).split("Cần quyết định")[1].split("Độ phủ")[0]


def _page(desk: TestClient) -> str:
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    return words(desk.get("/desk/").text)
