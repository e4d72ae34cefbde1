"""A household calls about whoever stands at its door: desk and phone agree, the phone without a network."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, sign_in
from tests.e2e.taps import Taps
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_phone_without_network_and_desk_agree_once(
    open_browser: Opener, server: Server, world: World
) -> None:
    phone, desk = open_browser().pages[0], open_browser(DESKTOP).pages[0]
    sign_in(phone)
    phone.goto("/field/card")
    expect(phone.get_by_label("Bốn số cán bộ đọc")).to_be_visible()
    phone.context.set_offline(True)
    desk_sign_in(desk)

    first = _read_out(desk)
    answer = _read_back(phone, first)
    _compare(desk, answer)
    expect(desk.get_by_text("Đúng thẻ: đây là Nguyễn Thị Lan.")).to_be_visible()

    second = _read_out(desk)
    assert second != first
    _compare(desk, answer)
    expect(desk.get_by_text("Không đúng.")).to_be_visible()
    _compare(desk, _read_back(phone, second))
    expect(desk.get_by_text("Đúng thẻ: đây là Nguyễn Thị Lan.")).to_be_visible()


def _read_out(desk: Page) -> str:
    desk.goto("/desk/card?q=lan")
    desk.get_by_role("button", name="Kiểm tra thẻ của Nguyễn Thị Lan").click()
    code = desk.locator(".card-check > .code")
    expect(code).to_have_text(re.compile(r"^\d{4}$"))
    return code.inner_text()


def _read_back(phone: Page, question: str) -> str:
    phone.goto("/field/")
    taps = Taps(phone)
    taps.link("Cài đặt")
    taps.link("Thẻ thành viên")
    field = phone.get_by_label("Bốn số cán bộ đọc")
    taps.on(field)
    field.fill(question)
    taps.on(phone.get_by_role("button", name="Lấy sáu số"))
    taps.check("the six digits of *Thẻ thành viên*, from *Hôm nay*, besides what is typed")
    digits = phone.locator("dd").last
    expect(digits).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    return digits.inner_text()


def _compare(desk: Page, digits: str) -> None:
    desk.get_by_label("Sáu số người đó đọc").fill(digits)
    desk.get_by_role("button", name="So sáu số").click()
