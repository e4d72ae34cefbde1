"""*Tập dùng*, from the sign-in page of a phone that was opened once: nothing of it is sent."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.visits.models import Visit
from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    LATER_IS_STORED,
    fill_visit,
    find_household,
    grow_list,
    save_visit,
    set_quick_mark,
    sign_in,
    wait_for_heading,
    wait_for_screen,
    wait_until,
)
from tests.world import LAN, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRACTICE_IS_STORED = LATER_IS_STORED.replace(".later).then", ".later.replace('later', 'practice')).then")
DATABASES = """async () => (await indexedDB.databases()).map(({ name }) => name)
    .filter((name) => name.startsWith("tap-dung"))"""


def test_room_practises_without_a_network_and_nothing_of_it_is_sent(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    context = open_browser()
    page = context.pages[0]
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    page.clock.install()
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    page.evaluate("navigator.serviceWorker.ready")
    page.clock.fast_forward(6_000)
    wait_until(page, PRACTICE_IS_STORED)
    page.close()
    server.stop()

    page = context.new_page()
    page.goto("/field/sign-in")
    page.get_by_role("link", name="Tập dùng").click()
    wait_for_heading(page, "Tập dùng")
    _look(page)
    page.get_by_role("button", name="Bắt đầu tập").click()
    _do_the_tasks(page)
    expect(page.get_by_role("link", name="Bài tập 10/10")).to_be_visible()
    expect(page.get_by_text("Đã xong cả mười bài.")).to_be_visible()
    _look(page)
    other = context.new_page()
    other.goto("/field/")
    wait_for_heading(other, "Đăng nhập")
    page.get_by_role("complementary").get_by_role("button", name="Thôi tập").click()
    wait_for_heading(page, "Đăng nhập")
    assert page.evaluate(DATABASES) == []
    assert asked == []
    other.close()

    server.start()
    sign_in(page)
    expect(page.get_by_text("Hôm nay chưa ghi")).to_be_visible()
    expect(page.get_by_text("Tập dùng")).to_be_hidden()
    assert database.read(lambda session: session.exec(select(Visit)).all()) == []


def test_real_records_are_not_seen_while_a_tab_practises_and_are_sent_all_the_same(
    open_browser: Opener, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/settings")
    page.get_by_role("link", name="Tập dùng").click()
    page.get_by_role("button", name="Bắt đầu tập").click()
    expect(page.get_by_role("button", name="Thôi tập").first).to_be_visible()
    page.goto("/field/")
    wait_for_heading(page, "Xin chào, người tập")
    page.reload()
    wait_for_heading(page, "Xin chào, người tập")
    page.goto(f"/field/households/{world.duc}")
    wait_for_heading(page, "Không tìm thấy trang này")
    page.get_by_role("button", name="Thôi tập").click()
    wait_for_heading(page, re.compile("Xin chào, (?!người tập)"))


def test_sign_in_that_is_reached_by_back_is_the_real_one(
    open_browser: Opener, server: Server, database: Database
) -> None:
    page = open_browser().pages[0]
    page.goto("/field/sign-in")
    page.evaluate("navigator.serviceWorker.ready")
    page.get_by_role("link", name="Tập dùng").click()
    page.get_by_role("button", name="Bắt đầu tập").click()
    expect(page.get_by_role("complementary")).to_contain_text("không gửi đi đâu")
    _visit(page, "Phạm Văn Lúa")
    page.get_by_text("Vắng nhà", exact=True).click()
    save_visit(page)
    while not page.url.endswith("/field/sign-in"):
        page.go_back()
    wait_for_heading(page, "Đăng nhập")
    expect(page.get_by_role("complementary")).to_be_hidden()
    expect(page.get_by_text("người tập")).to_be_hidden()
    page.get_by_label("Mã mời").fill(LAN[1])
    page.get_by_label("Số điện thoại").fill(LAN[0])
    page.get_by_role("button", name="Đăng nhập").click()
    wait_for_heading(page, "Xin chào, Nguyễn Thị Lan")
    wait_until(page, PRACTICE_IS_STORED)
    page.reload()
    wait_for_heading(page, "Xin chào, Nguyễn Thị Lan")
    page.goto("/field/settings")
    wait_for_heading(page, "Cài đặt")
    wait_until(page, f"({DATABASES})().then((names) => names.length === 0)")
    assert database.read(lambda session: session.exec(select(Visit)).all()) == []


def _do_the_tasks(page: Page) -> None:
    bar = page.get_by_role("complementary")
    expect(bar).to_contain_text("không gửi đi đâu")
    _visit(page, "Phạm Văn Lúa")
    page.get_by_text("Vắng nhà", exact=True).click()
    save_visit(page)
    expect(bar).to_contain_text("Bài tập 1/10")
    expect(page.get_by_text("Ghi thử, không gửi đi đâu.")).to_be_visible()
    _look(page)
    _visit(page, "Hoàng Thị Ngô")
    fill_visit(page)
    _look(page)
    save_visit(page)
    _visit(page, "Đặng Thị Sung")
    page.locator(".chip:has([data-repeat])").click(position={"x": 60, "y": 30})
    page.get_by_text("Tự làm được", exact=True).first.click()
    page.get_by_text("Còn cần gì?").click()
    page.locator('[name="need"]').first.check(force=True)
    save_visit(page)
    expect(bar).to_contain_text("Bài tập 5/10")
    _visit(page, "Vũ Văn Khoai")
    page.get_by_text("Hẹn quay lại", exact=True).first.click()
    page.locator("details.follow-up .chip").first.click()
    save_visit(page)
    _change_what_was_recorded(page)
    _record_otherwise(page)
    bar.get_by_role("link").click()
    wait_for_heading(page, "Tập dùng")


def _change_what_was_recorded(page: Page) -> None:
    bar = page.get_by_role("complementary")
    page.goto("/field/log")
    _look(page)
    page.get_by_role("link", name=re.compile("Phạm Văn Lúa")).click()
    page.get_by_role("link", name=re.compile("^Sửa")).click()
    page.get_by_text("Chưa cần hỗ trợ", exact=True).click()
    page.get_by_role("button", name="Lưu").click()
    expect(bar).to_contain_text("Bài tập 7/10")
    page.goto("/field/log")
    page.get_by_role("link", name=re.compile("Hoàng Thị Ngô")).click()
    page.get_by_role("link", name="Bỏ lượt ghi nhầm").click()
    page.get_by_role("button", name=re.compile("^Bỏ lượt này")).click()
    expect(bar).to_contain_text("Bài tập 8/10")


def _record_otherwise(page: Page) -> None:
    page.goto("/field/households/quick")
    set_quick_mark(page)
    grow_list(page, 21)
    for name in ("Đỗ Thị Sắn", "Bùi Văn Đậu", "Lê Thị Lạc"):
        page.get_by_role("button", name=re.compile(f"^Vắng.*{name}")).click()
    expect(page.get_by_role("complementary")).to_contain_text("Bài tập 9/10")
    _look(page)
    page.goto("/field/households/new")
    page.get_by_label("Tên chủ hộ").fill("Hoàng Thị Sáu")
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Hộ Hoàng Thị Sáu")


def _visit(page: Page, head: str) -> None:
    page.goto("/field/households")
    find_household(page, head)
    page.get_by_role("link", name=re.compile(f"^Ghi .*{head}")).click()
    page.locator("form.record").wait_for()


def _look(page: Page) -> None:
    wait_for_screen(page)
    assert axe_violations(page) == []
