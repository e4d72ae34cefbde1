"""The desk decides on the visits of every page of a filter; no focused row is under the bar."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.core.db import Database
from app.fieldwork.derived.flags.evaluation import evaluate_all
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.desk_list import at_list, boxes, button, open_list
from tests.e2e.lan_phone import LanPhone
from tests.e2e.server import Server
from tests.world import World, add_households

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNDER_THE_BAR = """document.querySelector("tr:focus-within").getBoundingClientRect().bottom
    > document.getElementById("bulk").getBoundingClientRect().top"""


def test_the_whole_filter_over_every_page_and_no_focused_row_under_the_bar(
    open_browser: Opener, server: Server, database: Database, world: World
) -> None:
    lan = LanPhone(open_browser().request)
    households = add_households(database, world, 260)
    for some in (households[:130], households[130:]):
        lan.record(*some)
    evaluate_all(database)
    desk = at_list(open_browser, DESKTOP)
    _expect_no_focused_row_under_the_bar(desk)
    open_list(desk)
    whole = desk.get_by_label("Chọn cả 260 lượt của bộ lọc này")
    whole.check()
    expect(button(desk, "Duyệt 260 lượt")).to_be_visible()
    boxes(desk).nth(3).uncheck()
    expect(whole).not_to_be_checked()
    expect(button(desk, "Duyệt 249 lượt")).to_be_visible()
    whole.check()
    lan.record(world.duc)  # after the page was loaded
    desk.get_by_role("link", name="Nguyễn Văn Thử").nth(3).click()
    expect(desk.get_by_role("heading", level=2).filter(has_text="Nguyễn Văn Thử")).to_be_focused()
    desk.keyboard.press("d")
    expect(button(desk, "Duyệt 259 lượt")).to_be_visible()
    button(desk, "Duyệt 259 lượt").click()
    expect(desk.get_by_text(re.compile("Đã duyệt 259 lượt."))).to_be_visible()
    desk.goto("/desk/visits?state=received")
    expect(desk.get_by_role("row").filter(has_text="Nguyễn Văn Đức")).to_be_visible()
    expect(desk.locator("#visits tbody tr")).to_have_count(1)


def _expect_no_focused_row_under_the_bar(desk: Page) -> None:
    desk.keyboard.press("a")
    expect(button(desk, "Duyệt 250 lượt")).to_be_visible()
    under = []
    for _ in range(25):
        desk.keyboard.press("j")
        under.append(desk.evaluate(UNDER_THE_BAR))
    assert under == [False] * 25
