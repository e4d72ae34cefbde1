"""Pages of the later bundle work from a cold start without a network, once the phone has had one exchange."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    IN_ACCOUNT,
    fill_visit,
    save_visit,
    submit_sign_in,
    wait_for_heading,
    wait_for_later_pages,
)
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
UNDRAWN = """() => [...document.querySelectorAll("svg.icon > use")].map((use) => use.getAttribute("href"))
  .filter((href) => !document.querySelector(href))"""
# A record that the server refused, because it does not know the service.
REFUSED = (
    IN_ACCOUNT
    % """async (done, db) => {
      const [op_id, at] = [crypto.randomUUID(), new Date().toISOString()];
      const services = [{ code: "vneid_install", outcome: "did_it", people: 1 }];
      const data = { id: op_id, household_id: "HOUSEHOLD", result: "helped", services, note: "" };
      const refusal = { code: "service_unknown", fields: ["services"], refused_at: at };
      const fixes = db.transaction("fixes", "readwrite").objectStore("fixes");
      return done(fixes.put({ op_id, seq: 1, type: "visit.record", data, at, ...refusal }));
    }"""
)
REASONS = """
window.reasons = [];
new MutationObserver(() => {
  const reason = document.querySelector(".attention small")?.textContent;
  if (reason && reason !== reasons.at(-1)) reasons.push(reason);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""
LATER = re.compile("/later-[0-9a-f]+[.]js")
GENERAL = "Nơi nhận chưa lưu được việc đã ghi này. Xem lại rồi lưu, hoặc báo cán bộ."
UNKNOWN_SERVICE = "Có việc không còn trong danh mục. Bỏ chọn việc đó rồi lưu lại."


def test_in_a_network_that_hangs_nothing_waits_for_the_later_pages(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser()
    page = context.pages[0]
    hanging: list[Route] = []
    answering: list[bool] = []
    context.route(LATER, lambda route: route.continue_() if answering else hanging.append(route))
    submit_sign_in(page)
    wait_for_heading(page, re.compile("Xin chào"))
    _undo_and_save_again(page, f"/field/households/{world.duc}/visit")
    page.evaluate(REFUSED.replace("HOUSEHOLD", str(world.duc)))
    page.add_init_script(REASONS)
    page.goto("/field/")
    wait_for_heading(page, re.compile("Xin chào"))
    expect(page.locator(".attention")).to_contain_text(GENERAL)
    answering.append(True)
    for route in hanging:
        route.continue_()
    expect(page.locator(".attention")).to_contain_text(UNKNOWN_SERVICE)
    _no_start_takes_the_words_back(page)


def _no_start_takes_the_words_back(page: Page) -> None:
    """Once they are stored: the page that was shown last has them, and so has each one after it."""
    page.reload()  # makes an exchange, after which they are stored
    wait_for_later_pages(page)
    page.reload()
    page.wait_for_timeout(2_000)
    assert page.evaluate("reasons") == [UNKNOWN_SERVICE]


def _undo_and_save_again(page: Page, form: str) -> None:
    page.goto(form)
    fill_visit(page)
    save_visit(page)
    page.get_by_role("button", name="Hoàn tác").click()
    expect(page.locator("#main")).to_contain_text("Đã hoàn tác. Lượt vừa ghi không được tính.")
    save_visit(page)


def test_later_pages_are_loaded_once_and_then_work_from_a_cold_start_without_a_network(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser()
    page = context.pages[0]
    _open_what_is_not_stored(page)
    _discard_a_draft(page, f"/field/households/{world.duc}/visit")
    wait_for_later_pages(page)
    page.close()
    server.stop()
    _add_a_household(context.new_page())


def _open_what_is_not_stored(page: Page) -> None:
    """It says so until it can be loaded."""
    context = page.context
    page.goto("/field/sign-in")
    bundle = page.evaluate("new URL(document.querySelector('[data-later]').dataset.later, location).href")
    context.route(bundle, lambda route: route.abort())
    submit_sign_in(page)
    wait_for_heading(page, re.compile("Xin chào"))
    page.evaluate("navigator.serviceWorker.ready")
    page.goto("/field/settings")
    wait_for_heading(page, "Phần này chưa có trên máy")
    expect(page.locator("#main")).to_contain_text("Những gì đã ghi vẫn còn trên máy.")
    context.unroute(bundle)
    page.get_by_role("link", name="Về Hôm nay").click()
    page.get_by_role("link", name="Cài đặt").click()
    wait_for_heading(page, "Cài đặt")


def _add_a_household(page: Page) -> None:
    page.goto("/field/households")
    wait_for_heading(page, "Hộ dân")
    page.get_by_role("link", name="Thêm hộ").click()
    wait_for_heading(page, "Thêm hộ mới")
    page.get_by_label("Tên chủ hộ").fill("Hoàng Thị Sáu")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Hộ Hoàng Thị Sáu")
    expect(page.locator(".bar svg.icon")).to_have_count(4)
    assert page.evaluate(UNDRAWN) == []


def _discard_a_draft(page: Page, form: str) -> None:
    """After a question that names it."""
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
