"""A search: typed before the app listens, and its result replaced under the finger."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import NOT_LISTENING, sign_in, wait_for_heading

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_tap_on_a_row_during_a_search_opens_the_household(open_browser: Opener, server: Server) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    _search_before_the_app_listens(page.context.new_page())
    for path in ("/field/households", "/field/households/quick"):
        page.goto(path)  # the second with the choice of before, which is no reason to draw the page again
        page.get_by_label("Tên hoặc số nhà").fill("nguyen duc")
        row = page.get_by_role("link", name="Nguyễn Văn Đức").first
        _put_a_finger_on(page, row)
        page.get_by_label("Tên hoặc số nhà").fill("nguyen duc 12")
        page.wait_for_url("**?q=nguyen+duc+12")
        page.mouse.up()
        wait_for_heading(page, "Hộ Nguyễn Văn Đức")


def _search_before_the_app_listens(page: Page) -> None:
    page.add_init_script(NOT_LISTENING)
    page.goto("/field/households/quick")
    page.locator("#setting").get_by_text("Cài VNeID", exact=True).click()
    page.get_by_label("Tên hoặc số nhà").fill("nguyen duc")
    page.evaluate("startTheApp()")
    page.wait_for_url("**?q=nguyen+duc")
    page.locator("#setting").get_by_text("Tự làm được", exact=True).click()
    expect(page.get_by_text("Cài VNeID · Tự làm được")).to_be_visible()
    page.close()


def _put_a_finger_on(page: Page, row: Locator) -> None:
    page.wait_for_url("**?q=nguyen+duc")
    expect(page.get_by_role("listitem")).to_have_count(1)
    box = row.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2)
    page.mouse.down()


NOTE_ORDER = """() => {
  window.order = [];
  const later = () => setTimeout(() => order.push("30 ms later"), 30);
  addEventListener("input", later, {capture: true, once: true});
  addEventListener("htmx:before:request", () => order.push("search"), {once: true});
}"""


def test_the_first_key_searches_at_once_and_the_last_one_is_not_lost(
    open_browser: Opener, server: Server
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/households")
    box = page.get_by_label("Tên hoặc số nhà")
    expect(page.get_by_role("listitem").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.evaluate(NOTE_ORDER)
    box.press_sequentially("nguyen duc 12")
    page.wait_for_url("**?q=nguyen+duc+12")
    expect(page.get_by_role("listitem")).to_have_count(1)
    assert page.evaluate("order")[0] == "search"
