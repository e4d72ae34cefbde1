"""Pages of the later bundle work from a cold start without a network, once the phone has had one exchange."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading, wait_until
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
IS_STORED = "caches.match(document.querySelector('[data-later]').dataset.later).then(Boolean)"
UNDRAWN = """() => [...document.querySelectorAll("svg.icon > use")].map((use) => use.getAttribute("href"))
  .filter((href) => !document.querySelector(href))"""


def test_part_that_is_not_stored_says_so_until_it_can_be_loaded(open_browser: Opener, server: Server) -> None:
    context = open_browser()
    page = context.pages[0]
    page.goto("/field/sign-in")
    bundle = page.evaluate("new URL(document.querySelector('[data-later]').dataset.later, location).href")
    context.route(bundle, lambda route: route.abort())
    sign_in(page)
    page.goto("/field/settings")
    wait_for_heading(page, "Phần này chưa có trên máy")
    expect(page.locator("#main")).to_contain_text("Những gì đã ghi vẫn còn trên máy.")
    context.unroute(bundle)
    page.get_by_role("link", name="Về Hôm nay").click()
    page.get_by_role("link", name="Cài đặt").click()
    wait_for_heading(page, "Cài đặt")


def test_a_household_is_added_after_a_cold_start_without_a_network(
    open_browser: Opener, server: Server
) -> None:
    context = open_browser()
    sign_in(context.pages[0])
    wait_until(context.pages[0], IS_STORED)
    context.pages[0].close()
    server.stop()
    page = context.new_page()
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    page.get_by_role("link", name="Thêm hộ").click()
    wait_for_heading(page, "Thêm hộ mới")
    page.get_by_label("Tên chủ hộ").fill("Hoàng Thị Sáu")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Hộ Hoàng Thị Sáu")
    expect(page.locator(".bar svg.icon")).to_have_count(4)
    assert page.evaluate(UNDRAWN) == []


def test_a_draft_is_discarded_after_a_question_that_names_it(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    form = f"/field/households/{world.duc}/visit"
    page.goto(form)
    page.get_by_text("Cài VNeID", exact=True).first.click()
    page.locator("h1 .back").click()
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    page.locator('main[data-screen="household"]').wait_for()
    page.get_by_role("link", name="Ghi", exact=True).click()
    page.get_by_role("button", name="Bỏ bản nháp").click()
    wait_for_heading(page, "Bỏ bản nháp này?")
    page.reload()
    expect(page.get_by_text("Đã hỗ trợ · Cài VNeID")).to_be_visible()
    page.get_by_role("link", name="Giữ lại").click()
    expect(page.get_by_role("checkbox", name="Cài VNeID")).to_be_checked()
    page.get_by_role("button", name="Bỏ bản nháp").click()
    page.get_by_role("button", name="Bỏ", exact=True).click()
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    expect(page.get_by_role("checkbox", name="Cài VNeID")).not_to_be_checked()
    expect(page.get_by_role("button", name="Bỏ bản nháp")).to_have_count(0)
