"""What stays where it is: *Hôm nay* while the state changes, search and *Thêm hộ* while the list scrolls."""

import re

import pytest
from playwright.sync_api import FloatRect, Page, expect

from app.core.db import Database
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, fill_visit, sign_in, wait_for_heading, wait_until
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PARTS = [".head", "h1", ".standing", ".coverage", "a.primary", ".bar"]
OFFLINE = "Đang không có mạng. Vẫn ghi được."
NOTHING_ABOVE = """() => [...document.querySelectorAll(".search > :is(input, a)")].every((control) => {
  const { left, top, width, height } = control.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2).closest(".search");
})"""


def test_nothing_moves_when_network_and_counts_change(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    _expect_standing(page, "Hôm nay chưa ghi")
    before = _boxes(page)
    page.context.set_offline(True)
    expect(page.locator("#state")).to_have_text(OFFLINE)
    assert _boxes(page) == before
    page.goto(f"/field/households/{world.duc}/visit")
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Đã lưu trên máy")
    page.get_by_role("link", name="Xong").click()
    _expect_standing(page, "1 lượt trên máy, chưa gửi")
    assert _boxes(page) == before
    page.context.set_offline(False)
    _expect_standing(page, "Hôm nay ghi 1, đã gửi đủ")
    assert _boxes(page) == before


def test_search_and_adding_are_in_reach_wherever_the_list_is(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    add_households(database, world, 60)
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/households?page=3")
    wait_for_heading(page, "Hộ dân")
    rows = page.locator("li.entry")
    rows.nth(45).scroll_into_view_if_needed()
    wait_until(page, "document.getElementById('main').scrollTop > 1000")
    expect(page.get_by_label("Tên hoặc số nhà")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Thêm hộ mới")).to_be_in_viewport()
    assert page.evaluate(NOTHING_ABOVE)
    for row in (rows.nth(20), rows.nth(3)):  # backwards: what has the focus is not covered
        link = row.get_by_role("link").last
        link.focus()
        assert box_of(link)["y"] >= _bottom(box_of(page.locator(".search")))
    page.get_by_label("Tên hoặc số nhà").fill("khong-co")
    expect(page.locator("#results .none")).to_be_visible()
    page.locator(".search").get_by_role("link", name="Thêm hộ mới").click()
    wait_for_heading(page, "Thêm hộ mới")
    expect(page.get_by_label("Tên chủ hộ")).to_have_value("khong-co")


def _expect_standing(page: Page, text: str) -> None:
    wait_for_heading(page, re.compile("Xin chào"))
    expect(page.locator(".standing b")).to_have_text(text, timeout=75_000)


def _boxes(page: Page) -> list[FloatRect]:
    """Where the parts are at 320 and at 360 px."""
    boxes = []
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": 640})
        boxes += [box_of(page.locator(part).first) for part in PARTS]
    return boxes


def _bottom(box: FloatRect) -> float:
    return box["y"] + box["height"]
