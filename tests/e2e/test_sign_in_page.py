"""The sign-in page at 360 × 640: what went wrong is said once, where it belongs; and there is a way back."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import heading, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_without_a_network_that_is_said_once_and_blamed_on_nothing(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser("lan")
    page = context.pages[0]
    page.goto("/field/sign-in")
    heading(page, "Đăng nhập")
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


def test_signed_in_there_is_a_way_back(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser("lan").pages[0]
    sign_in(page)
    page.goto("/field/sign-in")
    heading(page, "Đăng nhập")
    page.get_by_role("link", name="Hôm nay").click()
    heading(page, re.compile("Xin chào"))
