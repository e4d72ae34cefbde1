"""Bulk at the desk: the buttons say which of the picked visits are flagged, and the first one leaves them."""

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


def test_flagged_visits_are_left_or_accepted_by_a_button_that_names_them(
    open_browser: Opener, server: Server, database: Database, world: World
) -> None:
    lan = LanPhone(open_browser().request)
    first, second, third = add_households(database, world, 3)
    lan.record(first)
    lan.record(second, note="CCCD 001085012345")
    lan.record(third, note="CCCD 001085012345")
    evaluate_all(database)
    desk = at_list(open_browser, DESKTOP)
    open_list(desk)
    desk.keyboard.press("a")
    _expect_picked(desk, "Đã chọn 3 lượt. 2 lượt cần xem ở lại, trừ khi chọn duyệt cả.")
    expect(button(desk, "Duyệt 1 lượt")).to_be_visible()
    expect(button(desk, "Duyệt 3 lượt, kể cả 2 lượt cần xem")).to_be_visible()
    boxes(desk).nth(2).uncheck()  # the one that is not flagged
    expect(button(desk, "Duyệt 2 lượt cần xem")).to_be_visible()
    expect(desk.locator('#bulk [value="accepted"]')).to_be_hidden()
    desk.keyboard.press("d")
    expect(button(desk, "Duyệt 2 lượt cần xem")).to_be_focused()
    boxes(desk).nth(2).check()
    button(desk, "Duyệt 1 lượt").click()
    expect(desk.get_by_text("2 lượt cần xem: ở lại, chưa duyệt.")).to_be_visible()
    _open_the_day_by_its_key(desk)
    open_list(desk)
    desk.keyboard.press("a")
    button(desk, "Duyệt 2 lượt cần xem").click()
    expect(desk.get_by_text(re.compile("Đã duyệt 2 lượt."))).to_be_visible()


def _open_the_day_by_its_key(desk: Page) -> None:
    """From the list, from an open visit, and from a group: *N*; and to and fro by arrows."""
    day = desk.get_by_role("heading", name="Một ngày của Nguyễn Thị Lan")
    open_list(desk)
    desk.keyboard.press("j")
    desk.keyboard.press("n")
    expect(day).to_be_visible()
    desk.go_back()
    desk.locator("#visits tbody tr").first.wait_for()
    desk.keyboard.press("j")
    desk.keyboard.press("Enter")
    desk.locator("#panel [data-key=n]").wait_for()
    desk.keyboard.press("n")
    expect(day).to_be_visible()
    desk.goto("/desk/flags")
    desk.locator(".groups [data-key=n]").focus()
    desk.keyboard.press("n")
    expect(day).to_be_visible()


def _expect_picked(desk: Page, words: str) -> None:
    expect(desk.locator("#bulk .picked")).to_have_text(words)
