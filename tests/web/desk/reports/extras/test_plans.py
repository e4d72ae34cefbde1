"""/desk/settings/report-extras/plans, and the activity sheets of what was done under a plan."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.core.desk_log import stored_entries
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.web.desk.desk_client import words
from tests.web.desk.reports.test_activity import lines, team_of_lan
from tests.world import World

EXTRAS = "/desk/settings/report-extras"
PLANS = f"{EXTRAS}/plans"
CAMPAIGN = {"number": "15/KH-UBND", "name": "Ra quân", "first": "24/11/2026", "last": "31/12/2026"}


def _want(desk: TestClient) -> None:
    desk.post(EXTRAS, data={"wanted": ["plans"], "version": "0"})


def _type(desk: TestClient, id: str, **values: str) -> Any:
    return desk.post(f"{PLANS}/{id}", data=CAMPAIGN | values)


def _plan_links(desk: TestClient, address: str) -> list[tuple[str, str]]:
    """The plans that a sheet offers, as text and address."""
    box = re.search(
        r'<nav class="actions" aria-label="Kế hoạch">(.*?)</nav>', desk.get(address).text, re.DOTALL
    )
    return (
        []
        if box is None
        else [(text, href) for href, text in re.findall(r'href="([^"]+)"[^>]*>([^<]+)', box[1])]
    )


def _two_days(desk: TestClient, lan: Phone, world: World, clock: FakeClock) -> None:
    """A visit and, a day later, two more."""
    lan.exchange(lan.visit(world.duc))
    clock.forward(days=1)
    desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    lan.exchange(lan.visit(world.duc), lan.visit(world.mai))


@pytest.mark.both_databases
def test_sheet_of_a_plan_has_the_days_that_are_under_it(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    _two_days(desk, lan, world, clock)
    address = f"/desk/people/{world.lan}/activity/2026-11"
    assert (_type(desk, "p1").status_code, desk.get(PLANS).status_code) == (404, 404)
    assert _plan_links(desk, address) == []
    _want(desk)
    _type(desk, "p1", first="25/11/2026")
    assert _plan_links(desk, address) == [("Mọi ngày", address), ("15/KH-UBND", f"{address}?plan=p1")]
    assert lines(desk, f"{address}?plan=p1") == [
        ["25/11/2026", "2", "2", "0"],
        ["Cộng 1 ngày", "2", "2", "0"],
    ]
    assert lines(desk, address)[-1] == ["Cộng 2 ngày", "3", "2", "0"], "without a plan every day"
    page = words(desk.get(f"{address}?plan=p1").text)
    assert "Theo kế hoạch 15/KH-UBND: Ra quân (từ 25/11/2026 đến 31/12/2026)." in page
    assert "Tháng 11/2026, từ 25/11/2026 đến 30/11/2026" in page, "the days that the sheet counts"
    assert (
        lines(desk, address.replace("2026-11", "2026-11-25..2026-12-31") + "?plan=p1")[-1][0] == "Cộng 1 ngày"
    )
    assert desk.get(address.replace("2026-11", "2026-10") + "?plan=p1").status_code == 404
    assert desk.get(f"{address}?plan=nothing").status_code == 404


def test_team_signs_what_was_done_under_a_plan(
    desk: TestClient, lan: Phone, world: World, clock: FakeClock
) -> None:
    _two_days(desk, lan, world, clock)
    _want(desk)
    _type(desk, "p1", last="24/11/2026")
    address = f"/desk/teams/{team_of_lan(desk)}/activity/2026-11"
    sheet = lines(desk, f"{address}?plan=p1")
    assert next(line for line in sheet if line[0] == "Nguyễn Thị Lan")[2:5] == ["1", "1", "1"]
    page = desk.get(f"{address}?plan=p1").text
    assert f'href="/desk/people/{world.lan}/activity/2026-11?plan=p1"' in page, (
        "a member's line leads to the same days"
    )
    assert ("Cán bộ theo dõi" in page, "TM. ỦY BAN NHÂN DÂN" in page) == (False, True)
    without = desk.get(address).text
    assert ("Cán bộ theo dõi" in without, "TM. ỦY BAN NHÂN DÂN" in without) == (True, False)


def test_days_of_two_plans_are_named_on_the_sheets_of_both(
    desk: TestClient, lan: Phone, world: World
) -> None:
    lan.exchange(lan.visit(world.duc))
    _want(desk)
    _type(desk, "p1")
    _type(desk, "p2", number="3/KH-UBND", first="01/01/2026", last="24/11/2026")
    _type(desk, "p3", number="4/KH-UBND", first="01/11/2026", last="23/11/2026")
    address = f"/desk/people/{world.lan}/activity/2026-11?plan="
    assert "Ngày 24/11/2026 cũng thuộc kế hoạch 3/KH-UBND." in words(desk.get(f"{address}p1").text)
    on_other = words(desk.get(f"{address}p2").text)
    assert "Ngày 24/11/2026 cũng thuộc kế hoạch 15/KH-UBND." in on_other
    assert "Ngày 01/11/2026–23/11/2026 cũng thuộc kế hoạch 4/KH-UBND." in on_other
    assert "15/KH-UBND." not in words(desk.get(f"{address}p3").text), "they have no day in common"


def test_plan_is_corrected_removed_and_brought_back(
    desk: TestClient, world: World, database: Database
) -> None:
    address = f"/desk/people/{world.lan}/activity/2026-11"
    _want(desk)
    _type(desk, "p1")
    _type(desk, "p1", number="99/KH-UBND")  # the same form again
    assert 'value="15/KH-UBND"' in desk.get(f"{PLANS}?edit=p1").text
    _type(desk, "p2", number="16/KH-UBND", replaces="p1")
    assert _type(desk, "p3", replaces="p1").status_code == 409, "a colleague has corrected it"
    assert [text for text, _href in _plan_links(desk, address)] == ["Mọi ngày", "16/KH-UBND"]
    assert desk.get(f"{address}?plan=p1").status_code == 404
    desk.post(f"{PLANS}/p2/remove")
    assert _plan_links(desk, address) == []
    assert "Đã bỏ: Hoàng Văn Bình" in words(desk.get(PLANS).text)
    desk.post(f"{PLANS}/p2/restore")
    assert [text for text, _href in _plan_links(desk, address)] == ["Mọi ngày", "16/KH-UBND"]
    noted = [one for one in database.read(stored_entries) if str(one["what"]).startswith("plan.")]
    assert sorted(str(one["what"]) for one in noted) == [
        "plan.removed", "plan.removed", "plan.restored", "plan.typed", "plan.typed",
    ]  # fmt: skip
    assert not any("KH-UBND" in str(one) for one in noted), "the log has no texts"
    desk.post(EXTRAS, data={"version": "1"})
    assert _plan_links(desk, address) == []


def test_what_is_not_understood_comes_back_with_a_sentence(desk: TestClient) -> None:
    _want(desk)
    refused = desk.post(f"{PLANS}/p1", data={"number": "<15>", "first": "31/02/2026", "last": "hôm nay nữa"})
    assert refused.status_code == 422
    assert "&lt;15&gt;" in refused.text
    assert refused.text.count('aria-invalid="true"') == 3
    for values in (
        {"last": "23/11/2026"}, {"last": "31/12/2029"}, {"number": ""}, {"number": "1" * 41},
        {"name": "Gọi 0912345678"}, {"first": "01/01/2019", "last": "31/12/2019"},
    ):  # fmt: skip
        assert _type(desk, "p1", **values).status_code == 422, values
    assert _type(desk, "p1", name="a\x07").status_code == 409
    assert desk.post(f"{PLANS}/p1/remove").status_code == 404
    assert "KH-UBND" not in desk.get(PLANS).text.partition("<form")[0]


def test_number_of_plans_is_bounded(desk: TestClient) -> None:
    _want(desk)
    for number in range(60):
        assert _type(desk, f"p{number}").status_code == 303, number
    assert _type(desk, "p60").status_code == 422
    assert _type(desk, "p60", replaces="p0", number="16/KH-UBND").status_code == 303, (
        "a correction is no more"
    )
    assert desk.post(f"{PLANS}/p0/restore").status_code == 422
