"""The list of visits on laptops: dense rows, columns that stay when a visit opens, and *Back*."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.e2e.steps import box_of, desk_sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LAPTOP = {"width": 1366, "height": 768}
VISITS = 20
ROWS = "#visits tbody tr"


@pytest.fixture
def desk(open_browser: Opener, server: Server, world: World) -> Page:
    """Bình at a list of twenty visits."""
    context = open_browser(LAPTOP)
    LanPhone(context.request).record(*[world.duc] * VISITS)
    page = context.pages[0]
    desk_sign_in(page)
    # While flags are computed, a line above the list says so.
    end = time.monotonic() + 30
    while page.get_by_text("Đang xem xét").count() and time.monotonic() < end:
        page.reload()
    return page


def test_eighteen_rows_are_in_sight_nothing_is_cut_off_and_sign_out_is_beside_the_name(desk: Page) -> None:
    heights = desk.locator(ROWS).evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert max(heights) <= 34
    assert _rows_in_sight(desk) >= 18
    desk.set_viewport_size({"width": 1024, "height": 768})
    assert _rows_in_sight(desk) >= 12
    row = desk.locator(ROWS).first
    for words in ("12 · Nguyễn Văn Đức", "Thôn Đông", "Nguyễn Thị Lan", "Vắng nhà"):
        expect(row.get_by_text(words).locator("visible=true").first).to_be_visible()
    # Alley and hamlet in one line: *Ngõ 3, Thôn Đông*, with the comma at the word before it.
    commas = row.locator(".household small").evaluate_all(
        "all => all.map(one => ['::before', '::after'].map(part => getComputedStyle(one, part).content))"
    )
    assert commas == [["none", '","'], ["none", "none"]]
    cut = row.locator("a, .step").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1)"
    )
    assert not [one for one in cut if one]
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.set_viewport_size({"width": 360, "height": 640})
    name, out = box_of(desk.locator(".rail > .brand")), box_of(desk.get_by_role("button", name="Đăng xuất"))
    assert abs(name["y"] + name["height"] / 2 - out["y"] - out["height"] / 2) < 8


def test_columns_and_place_stay_when_a_visit_opens(desk: Page) -> None:
    """And *Back* shows the filters of the list that is shown."""
    for width, panel in {1366: 400, 1152: 380, 1024: 360}.items():
        desk.set_viewport_size({"width": width, "height": 768})
        desk.goto("/desk/visits")
        desk.locator(ROWS).nth(8).wait_for()
        assert box_of(desk.locator(".summary"))["height"] < 48
        desk.evaluate("scrollTo(0, 60)")
        before = _edges(desk)
        opened = desk.locator(ROWS).nth(8).get_by_role("link").first
        opened.click()
        expect(desk.get_by_role("heading", name="12 · Nguyễn Văn Đức")).to_be_focused()
        assert _edges(desk) == before
        assert box_of(desk.locator("#panel"))["width"] == panel
        expect(opened).to_be_visible()
        covered = box_of(desk.locator("#panel"))["x"]
        for cell in desk.locator(f"{ROWS}:first-child td:visible").all():
            box = box_of(cell)
            assert box["x"] + box["width"] <= covered, (width, cell.inner_text())

    desk.set_viewport_size({"width": 1366, "height": 768})
    desk.goto("/desk/visits")
    desk.get_by_label("Trạng thái").select_option(label="Đã duyệt")
    desk.get_by_label("Đến ngày").fill("25/11")
    desk.get_by_role("button", name="Lọc", exact=True).click()
    desk.wait_for_url("**state=accepted**")
    desk.go_back()
    desk.locator(ROWS).first.wait_for()
    expect(desk.get_by_label("Trạng thái")).to_have_value("")
    expect(desk.get_by_label("Đến ngày")).to_have_value("")


def _rows_in_sight(page: Page) -> int:
    count: int = page.locator(ROWS).evaluate_all(
        "rows => rows.filter(row => row.getBoundingClientRect().bottom <= innerHeight).length"
    )
    return count


def _edges(page: Page) -> list[list[float]]:
    """Where the cells of the ninth row begin."""
    edges: list[list[float]] = page.locator(f"{ROWS}:nth-child(9) td").evaluate_all(
        "cells => cells.map(cell => [cell.getBoundingClientRect().x, cell.getBoundingClientRect().y])"
    )
    return edges
