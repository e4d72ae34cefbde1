"""/desk/people/{id}/days/{day}: one person's day as it went."""

import re
from datetime import timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient

from app.core.clock import wire_time
from app.core.db import Database
from tests.cases import cases
from tests.conftest import NOW
from tests.fieldwork.derived.flags.flagged import LONG_NOTE, MORNING, Op, rows_in, visits_at
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.world import World, add_households, give_lan_both_hamlets

pytestmark = pytest.mark.both_databases
DAY = "2026-11-24"


def test_day_has_its_hours_pace_absences_colleagues_and_the_phones_clock(
    desk: TestClient, lan: Phone, nam: Phone, database: Database, world: World
) -> None:
    give_lan_both_hamlets(database, world)
    lan.exchange(
        _at(lan, world.duc, 0),
        _at(lan, world.mai, 6, result="not_home", services=[]),
        _at(lan, world.anh, 16),
        _at(lan, world.duc, 300, note="Quay lại buổi chiều"),
    )
    nam.exchange(_at(nam, world.anh, 14), _at(nam, world.households[world.tay][1], 40))
    shown = _page(desk, world.lan)
    for part in (
        "Một ngày của Nguyễn Thị Lan 24/11/2026",
        "Lượt 4 lượt, 3 hộ",
        "Vắng nhà 1/4",
        "Giờ 08:40–08:56, 13:40",
        "Giữa hai lượt thường là 8 phút",
        "Trần Văn Nam 2 lượt cùng thôn, 08:54–09:20",
        "08:40 – 12 · Nguyễn Văn Đức",
        "08:46 6 phút 14 · Trần Thị Mai",
        "13:40 4 giờ 44 phút 12 · Nguyễn Văn Đức",
        "Trần Văn Nam cũng ghi hộ này lúc 08:54.",
    ):
        assert part in shown
    assert "Giờ trên máy" not in shown


def test_flag_stands_at_its_visit_and_leads_to_the_day(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    operations = visits_at(lan, add_households(database, world, 44), 12, note=LONG_NOTE)
    lan.exchange(*operations)
    rows_in(database)
    address = f"/desk/people/{world.lan}/days/{DAY}"
    visit = f"/desk/visits/{operations[0]['data']['id']}"
    for page in ("/desk/flags", "/desk/visits?flag=any", visit):
        assert f'href="{address}" data-key="n"' in desk.get(page).text, page
    shown = _page(desk, world.lan)
    assert "Người này ghi 44 lượt trong ngày. 44 lượt ghi liền nhau, cách nhau 12 giây." in shown
    assert shown.count("Nhiều lượt, Ghi dồn dập") == 44


def test_sentence_about_one_visit_stands_at_it_with_the_visit_before(
    desk: TestClient, lan: Phone, database: Database, world: World
) -> None:
    first, second = _at(lan, world.duc, 0), _at(lan, world.duc, 60)
    lan.exchange(first, second)
    rows_in(database)
    html = desk.get(f"/desk/people/{world.lan}/days/{DAY}").text
    assert words(html).count("Hộ này có 2 lượt trong ngày; lượt này không phải lượt đầu.") == 1
    assert f'<a href="/desk/visits/{first["data"]["id"]}">Xem lượt trước</a>' in html


def test_number_of_visits_is_that_of_the_list_it_leads_to(desk: TestClient, lan: Phone, world: World) -> None:
    first, second, third = (_at(lan, world.duc, minutes) for minutes in (0, 90, 180))
    lan.exchange(first, second, third)
    assert lan.statuses(lan.op("visit.withdraw", {"id": third["data"]["id"]})) == ["applied"]
    desk.post(
        f"/desk/visits/{first['data']['id']}/return",
        data={"version": "1", "reason": "not_true", "field": "", "note": "Gọi lại giúp"},
    )
    html = desk.get(f"/desk/people/{world.lan}/days/{DAY}").text
    assert "Lượt 2 lượt, 1 hộ" in words(html)
    (listed,) = re.findall(r'href="(/desk/visits\?volunteer=[^"]+)"', html)
    assert "2 lượt thăm" in words(desk.get(unescape(listed)).text)


def test_clock_that_was_wrong_is_shown_beside_the_time_that_counts(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.now = NOW + timedelta(hours=3)  # of the phone, also when it sends
    lan.exchange(lan.visit(world.duc))
    assert "Giờ trên máy 19:40, đã tính lại." in _page(desk, world.lan)


def test_neighbours_are_the_nearest_days_with_visits_and_the_people_of_the_same_day(
    desk: TestClient, lan: Phone, nam: Phone, world: World
) -> None:
    for days in (0, 3, 9):
        lan.exchange(_at(lan, world.duc, -days * 24 * 60))
    nam.exchange(_at(nam, world.anh, -3 * 24 * 60))
    links = _links(desk, world.lan, "2026-11-21")
    assert links == {
        "arrowleft": f"/desk/people/{world.lan}/days/2026-11-15",
        "arrowright": f"/desk/people/{world.lan}/days/2026-11-24",
        "j": f"/desk/people/{world.nam}/days/2026-11-21",
    }
    assert _links(desk, world.lan, DAY) == {"arrowleft": f"/desk/people/{world.lan}/days/2026-11-21"}
    assert _links(desk, world.nam, "2026-11-21") == {"k": f"/desk/people/{world.lan}/days/2026-11-21"}
    empty = _page(desk, world.lan, "2026-11-20")
    assert "Không có lượt nào trong ngày này." in empty
    assert set(_links(desk, world.lan, "2026-11-20")) == {"arrowleft", "arrowright"}


@cases("day", ["2026-11-31", "24-11-2026", "20261124", "2026-W48-2", "9999-01-01", "hom-nay", "2026-1-2"])
def test_day_that_is_none_is_no_page(desk: TestClient, world: World, day: str) -> None:
    assert desk.get(f"/desk/people/{world.lan}/days/{day}").status_code == 404


def test_person_of_another_commune_is_no_page(desk: TestClient, world: World) -> None:
    assert desk.get(f"/desk/people/{world.hoa}/days/{DAY}").status_code == 404


def _at(phone: Phone, household: str, minutes: int, **content: object) -> Op:
    return phone.visit(household, **content) | {"at": wire_time(MORNING + timedelta(minutes=minutes))}


def _page(desk: TestClient, account_id: str, day: str = DAY) -> str:
    answer = desk.get(f"/desk/people/{account_id}/days/{day}")
    assert answer.status_code == 200
    return words(answer.text)


def _links(desk: TestClient, account_id: str, day: str) -> dict[str, str]:
    """The addresses of the neighbours, by the key of each."""
    html = desk.get(f"/desk/people/{account_id}/days/{day}").text
    return {key: href for href, key in re.findall(r'href="([^"]+)" data-key="([a-z]+)"', html)}
