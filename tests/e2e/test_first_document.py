"""A first visit on a slow network: the sign-in page is there before the app, and what is typed counts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.accessibility import violations_in_both_schemes
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading, wait_until
from tests.e2e.test_opening_page import WITHOUT_THE_APP
from tests.world import LAN, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WITHOUT_A_WORKER = """async () => {
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}"""


@pytest.fixture
def page(open_browser: Opener) -> Page:
    """A phone on which the app's code comes when the test says so."""
    page = open_browser().pages[0]
    page.emulate_media(reduced_motion="reduce")  # no colour is measured on its way to another
    page.add_init_script(WITHOUT_THE_APP)
    return page


def test_what_is_typed_and_tapped_before_the_app_is_there_signs_in(
    page: Page, server: Server, world: World
) -> None:
    page.goto("/field/")
    wait_for_heading(page, "Đăng nhập")
    assert violations_in_both_schemes(page) == []
    page.get_by_label("Mã mời").fill(LAN[1])
    page.get_by_label("Số điện thoại").fill(LAN[0])
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.get_by_text("Tải xong máy tự đăng nhập")).to_be_visible()
    assert violations_in_both_schemes(page) == []
    page.evaluate("loadTheApp()")
    wait_for_heading(page, re.compile("Xin chào"))


def test_form_that_is_being_filled_in_stays_as_it_is_when_the_app_comes(
    page: Page, server: Server, world: World
) -> None:
    page.goto("/field/sign-in#invite=10000001&phone=0900000001")
    invite = page.get_by_label("Mã mời")
    expect(invite).to_have_value("10000001")
    invite.fill("1000")
    page.evaluate("loadTheApp()")
    wait_until(page, "!location.hash && document.querySelector('.sprite') !== null")
    page.evaluate("navigator.serviceWorker.ready")
    expect(invite).to_be_focused()
    expect(invite).to_have_value("1000")
    expect(page.get_by_label("Số điện thoại")).to_have_value("0900000001")
    assert page.evaluate("location.pathname") == "/field/sign-in"


def test_phone_with_an_account_and_without_a_cookie_opens_its_day(
    open_browser: Opener, server: Server, world: World
) -> None:
    context = open_browser()
    page = context.pages[0]
    sign_in(page)
    page.evaluate(WITHOUT_A_WORKER)
    context.clear_cookies()
    document = page.goto("/field/")
    assert document is not None
    assert 'action="/field/sign-in"' in document.text()
    wait_for_heading(page, re.compile("Xin chào"))
