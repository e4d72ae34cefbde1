"""The sign-in page at 360 × 640: an error is shown once, in its place; and there is a way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_missing_network_is_shown_once_and_no_field_is_marked(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser()
    page = context.pages[0]
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    page.evaluate("navigator.serviceWorker.ready")
    context.set_offline(True)
    page.get_by_label("Mã mời").fill("10000001")
    page.get_by_label("Số điện thoại").fill("0900000001")
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_text(re.compile("không có mạng")).filter(visible=True)).to_have_count(1)
    expect(page.locator("[aria-invalid]")).to_have_count(0)
    name = page.locator(".brand > span").bounding_box()
    assert name is not None
    assert name["width"] > 40


def test_sign_in_page_leads_back_while_signed_in(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/sign-in")
    wait_for_heading(page, "Đăng nhập")
    page.get_by_role("link", name="Hôm nay").click()
    wait_for_heading(page, re.compile("Xin chào"))
