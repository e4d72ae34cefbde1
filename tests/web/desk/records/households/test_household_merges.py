"""*Gộp* from a household's page, and *Hoàn tác gộp* on it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.conftest import FakeClock
from tests.phone import Phone
from tests.review.deduplication.merges import all_rows, find_household
from tests.web.desk.desk_client import words
from tests.world import World

Browser = Callable[[], TestClient]


def confirmation(desk: TestClient, world: World, surviving: str) -> Any:
    return desk.get(f"/desk/duplicates/{world.mai}/{world.duc}/merge?surviving={surviving}")


def confirm(desk: TestClient, world: World) -> str:
    """Merge Mai's household into Đức's; the page that follows."""
    page = confirmation(desk, world, world.duc).text
    form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    answer = desk.post(f"/desk/duplicates/{world.mai}/{world.duc}/merge", data=form)
    assert answer.headers["location"] == f"/desk/households/{world.duc}?done=merged"
    return desk.get(answer.headers["location"]).text


def test_other_household_is_found_from_the_page(desk: TestClient, world: World) -> None:
    address = f"/desk/households/{world.duc}/merge"
    assert f'href="{address}"' in desk.get(f"/desk/households/{world.duc}").text
    assert desk.get(address).status_code == 200
    found = desk.post(address, data={"q": "tran mai"}).text
    assert f'href="/desk/duplicates/{world.duc}/{world.mai}"' in found
    assert f"{world.duc}/{world.duc}" not in desk.post(address, data={"q": "duc"}).text
    assert "Không có hộ nào khớp" in desk.post(address, data={"q": "\x00'"}).text


@pytest.mark.both_databases
def test_confirmation_spells_out_what_a_merge_does(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(
        lan.visit(world.mai), lan.visit(world.mai, follow_up_on="2026-11-30"),
        lan.op("household.amend", {"id": world.duc, "base_version": 1, "alley": ""}),
    )  # fmt: skip
    pair = desk.get(f"/desk/duplicates/{world.mai}/{world.duc}").text
    assert f"/merge?surviving={world.duc}" in pair
    text = words(confirmation(desk, world, world.duc).text)
    assert "Giữ: 12 · Nguyễn Văn Đức, Thôn Đông." in text
    assert "Gộp vào và không còn trong danh sách: 14 · Trần Thị Mai." in text
    assert "2 lượt thăm và 1 lời hẹn chưa quay lại chuyển sang hộ được giữ." in text
    assert "Hộ được giữ nhận thêm ô còn trống của nó: Ngõ hoặc chỗ dễ nhận: Ngõ 3." in text
    assert find_household(database, world, world.mai).merged_into is None


@pytest.mark.parametrize("surviving", ["", "khong-co", "%00"])
def test_confirmation_of_another_household_is_not_found(
    desk: TestClient, world: World, surviving: str
) -> None:
    assert confirmation(desk, world, surviving).status_code == 404


def test_merge_is_undone_from_the_survivors_page(
    desk: TestClient, lan: Phone, world: World, database: Database
) -> None:
    lan.exchange(lan.visit(world.mai))
    page = confirm(desk, world)
    assert "hoàn tác được đến 16:40 25/11/2026" in page
    (action,) = re.findall(r'action="(/desk/households/[\w-]+/unmerge)"', page)
    answer = desk.post(action)
    assert answer.headers["location"] == f"/desk/households/{world.mai}?done=unmerged"
    shown = words(desk.get(answer.headers["location"]).text)
    assert "Đã hoàn tác gộp." in shown
    assert "Hoàn tác gộp, Hoàng Văn Bình" in shown
    assert [visit.household_id for visit in all_rows(database, Visit)] == [world.mai]
    assert (
        desk.get(f"/desk/duplicates/{world.mai}/{world.duc}/merge?surviving={world.duc}").status_code == 200
    )


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ("visit", "đã có 1 lượt thăm mới hoặc được sửa từ lúc gộp"),
        ("edit", "hộ này đã được sửa"),
        ("late", ""),
    ],
)
def test_page_says_why_a_merge_cannot_be_undone(
    desk: TestClient, lan: Phone, world: World, database: Database, clock: FakeClock, what: str, why: str
) -> None:
    confirm(desk, world)
    if what == "visit":
        lan.exchange(lan.visit(world.mai))
    elif what == "edit":
        lan.exchange(lan.op("household.amend", {"id": world.duc, "base_version": 1, "house_no": "12B"}))
    else:
        clock.forward(days=1)
        desk.post("/desk/sign-in", data={"name": "binh", "password": "mat-khau-binh"})
    page = desk.get(f"/desk/households/{world.duc}").text
    assert (why in page, "/unmerge" in page) == (True, False)
    answer = desk.post(f"/desk/households/{world.mai}/unmerge")
    assert "Chưa hoàn tác được" in desk.get(answer.headers["location"]).text
    assert find_household(database, world, world.mai).merged_into == world.duc


def test_supervisor_next_door_neither_merges_nor_undoes(
    desk: TestClient, browser: Browser, world: World, database: Database
) -> None:
    confirm(desk, world)
    hoa = browser()
    hoa.post("/desk/sign-in", data={"name": "hoa", "password": "mat-khau-hoa"})
    assert hoa.post(f"/desk/households/{world.mai}/unmerge").status_code == 404
    assert confirmation(hoa, world, world.duc).status_code == 404
    assert hoa.get(f"/desk/households/{world.duc}/merge").status_code == 404
    assert hoa.post(f"/desk/households/{world.duc}/merge", data={"q": "mai"}).status_code == 404
    assert find_household(database, world, world.mai).merged_into == world.duc
