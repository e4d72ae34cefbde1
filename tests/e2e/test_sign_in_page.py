"""The sign-in page at 360 × 640: an error is shown once, in its place; and there is a way back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import expect_only_fault, sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_errors_are_shown_once_in_their_place_and_a_way_back_while_signed_in(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser()
    page = context.pages[0]
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    _leave_fields_out(page)
    page.evaluate("navigator.serviceWorker.ready")
    context.set_offline(True)
    _sign_in_without_a_network(page)
    context.set_offline(False)
    sign_in(page)
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    page.get_by_role("link", name="Hôm nay").click()
    wait_for_heading(page, re.compile("Xin chào"))


def _leave_fields_out(page: Page) -> None:
    _press_sign_in(page)
    expect_only_fault(page, "#invite-error", "Nhập đủ 8 chữ số của mã mời.")
    expect(page.locator("#phone-error")).to_have_text("Nhập số điện thoại đã báo với cán bộ.")
    page.get_by_label("Mã mời").fill("1")
    expect(page.locator(".error")).to_have_count(1)
    _press_sign_in(page)
    expect_only_fault(page, "#invite-error", "Nhập đủ 8 chữ số của mã mời.")
    page.get_by_label("Mã mời").fill("12")
    expect(page.locator("#invite-error")).to_be_visible()


def _sign_in_without_a_network(page: Page) -> None:
    """The error is shown once, and no field is marked."""
    page.get_by_label("Mã mời").fill("10000001")
    page.get_by_label("Số điện thoại").fill("0900000001")
    _press_sign_in(page)
    expect(page.get_by_text(re.compile("không có mạng")).filter(visible=True)).to_have_count(1)
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    name = page.locator(".brand > span").bounding_box()
    assert name is not None
    assert name["width"] > 40


def _press_sign_in(page: Page) -> None:
    page.get_by_role("button", name="Đăng nhập").click()
