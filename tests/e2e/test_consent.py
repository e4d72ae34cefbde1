"""A household's number: asked for on the household's own screen, stored, shown while there is an appointment,
and withdrawn with one tap; without a network."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.core.db import Database
from app.fieldwork.households.consents import HouseholdConsent
from tests.e2e.accessibility import axe_violations
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import sign_in, wait_for_heading, wait_until
from tests.review.deduplication.merges import all_rows, find_household
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NUMBER = "0912345678"
HOLD = re.compile("^Đồng ý")


def test_household_agrees_by_its_own_act_and_takes_it_back_without_a_network(
    open_browser: Opener, server: Server, world: World, database: Database
) -> None:
    page = open_browser(reduced_motion="reduce").pages[0]
    sign_in(page)
    server.stop()
    page.goto(f"/field/households/{world.duc}/edit")
    wait_for_heading(page, "Sửa thông tin hộ")
    page.get_by_text("Số điện thoại", exact=True).click()
    page.get_by_label("Số điện thoại của hộ").fill(NUMBER)
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("Bấm Xin số điện thoại để gia đình đồng ý").first).to_be_visible()
    expect(page.get_by_label("Số điện thoại của hộ")).to_have_value(NUMBER)
    _agree(page)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, re.compile("Nguyễn Văn Đức"))
    expect(page.get_by_text("Có lưu một số điện thoại, chỉ hiện khi có hẹn quay lại.")).to_be_visible()
    page.get_by_role("button", name="Gia đình rút đồng ý: xóa số").click()
    expect(page.get_by_text("Đã xóa số điện thoại trên máy này.")).to_be_visible()
    server.start()
    wait_until(page, lambda: len(all_rows(database, HouseholdConsent)) == 2, 75)
    consents = sorted(all_rows(database, HouseholdConsent), key=lambda one: one.seq)
    assert [(one.kind, one.wording_version) for one in consents] == [("device", 1), ("withdrawn", 0)]
    assert find_household(database, world, world.duc).phone is None


def _agree(page: Page) -> None:
    """By mouse too short, which says what to do; then by keyboard long enough."""
    page.get_by_role("button", name="Xin số điện thoại").click()
    sheet = page.get_by_role("dialog", name="Đưa máy cho gia đình xem")
    size = sheet.locator("p").first.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= 20
    assert axe_violations(page) == []
    button = sheet.get_by_role("button", name=HOLD)
    button.hover()
    page.mouse.down()
    wait_until(page, lambda: float(sheet.get_by_role("progressbar").get_attribute("value") or 0) > 400)
    page.mouse.up()
    expect(sheet.get_by_text("Chưa đủ hai giây.")).to_be_visible()
    button.focus()
    page.keyboard.down("Space")
    expect(sheet).to_be_hidden(timeout=10_000)
    page.keyboard.up("Space")
    expect(page.get_by_text("Gia đình đã đồng ý trên máy.")).to_be_visible()


def test_household_holds_the_whole_button_with_a_finger(open_browser: Opener, world: World) -> None:
    page = open_browser({"width": 360, "height": 640}, has_touch=True, is_mobile=True).pages[0]
    sign_in(page)
    page.goto(f"/field/households/{world.duc}/edit")
    page.get_by_text("Số điện thoại", exact=True).tap()
    page.get_by_role("button", name="Xin số điện thoại").tap()
    sheet = page.get_by_role("dialog", name="Đưa máy cho gia đình xem")
    button, progress = sheet.get_by_role("button", name=HOLD), sheet.get_by_role("progressbar")
    expect(button).to_be_in_viewport(ratio=1)
    box = button.bounding_box()
    assert box is not None
    finger = Finger(page, box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
    finger.down()
    wait_until(page, lambda: float(progress.get_attribute("value") or 0) > 400)
    finger.up()
    expect(sheet.get_by_text("Chưa đủ hai giây.")).to_be_in_viewport(ratio=1)
    expect(button).to_be_in_viewport(ratio=1)
    page.set_viewport_size({"width": 360, "height": 480})  # with the browser's own bars, and large letters
    expect(button).to_be_in_viewport(ratio=1)
    box = button.bounding_box()
    assert box is not None
    finger = Finger(page, box["x"] + box["width"] / 2, box["y"] + box["height"] - 2)
    finger.down()
    finger.tremble()
    expect(sheet).to_be_hidden(timeout=10_000)
    finger.up()
    expect(page.get_by_text("Gia đình đã đồng ý trên máy.")).to_be_visible()


class Finger:
    """A finger on the screen, at a place in pixels."""

    def __init__(self, page: Page, x: float, y: float) -> None:
        self._session, self._x, self._y = page.context.new_cdp_session(page), x, y

    def down(self) -> None:
        self._send("touchStart", [{"x": self._x, "y": self._y}])

    def tremble(self) -> None:
        """Slide as far as would scroll a page, and back: nobody's finger is still for two seconds."""
        for away in (12, 24, 12, 0):
            self._send("touchMove", [{"x": self._x, "y": self._y - away}])

    def up(self) -> None:
        self._send("touchEnd", [])

    def _send(self, type: str, points: list[dict[str, float]]) -> None:
        self._session.send("Input.dispatchTouchEvent", {"type": type, "touchPoints": points})


def test_signed_slip_is_entered_as_such_and_a_number_is_called_while_there_is_an_appointment(
    open_browser: Opener, world: World, database: Database
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/households/new?q=Son")
    page.get_by_text("Số điện thoại", exact=True).click()
    page.get_by_role("button", name="Xin số điện thoại").click()
    page.get_by_role("button", name="Đã ký giấy").click()
    page.get_by_label("Số điện thoại của hộ").fill(NUMBER)
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, "Son")
    page.get_by_role("link", name="Ghi", exact=True).click()
    page.locator("#result").get_by_text("Hẹn quay lại").click()
    page.locator("#follow_up").get_by_text("Chưa rõ ngày", exact=True).click()
    page.get_by_role("button", name="Lưu").click()
    wait_for_heading(page, re.compile("Đã (lưu|gửi)"))
    page.goto("/field/households?q=son")
    page.get_by_role("link", name=re.compile("Son")).first.click()
    expect(page.get_by_role("link", name="Gọi 0912 345 678")).to_be_visible()
    wait_until(page, lambda: len(all_rows(database, HouseholdConsent)) == 1, 75)
    assert all_rows(database, HouseholdConsent)[0].kind == "slip"
