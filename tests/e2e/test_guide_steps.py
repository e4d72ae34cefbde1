"""A guide's steps are shown at a household, from the form and back to it, without a network."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import box_of, sign_in, wait_for_heading, wait_until
from tests.e2e.test_guides import VIETNAMESE_VOICE, open_guides
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
_SWIPE = """([from, to]) => {
  const main = document.getElementById("main");
  const touch = (x) => [new Touch({identifier: 1, target: main, clientX: x, clientY: 300})];
  const send = (type, touches, changedTouches) =>
    main.dispatchEvent(new TouchEvent(type, {bubbles: true, touches, changedTouches}));
  send("touchstart", touch(from), touch(from));
  send("touchend", [], touch(to));
}"""


def test_steps_are_shown_from_the_form_and_nothing_of_it_is_lost(
    open_browser: Opener, server: Server, world: World
) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    open_guides(page)
    server.stop()
    page.add_init_script(VIETNAMESE_VOICE)
    _begin_a_visit(page, f"/field/households/{world.duc}/visit")
    link = page.locator('form.record a[href^="/field/guides/vietqr?"]')
    link.tap()
    wait_for_heading(page, "Bấm Quét QR")
    _is_large(page)

    page.get_by_role("button", name="Nghe").tap()
    assert page.evaluate("window.spoken")[0] == ["vi-VN", "Bấm Quét QR"]
    page.get_by_role("link", name="Bước sau").tap()
    wait_for_heading(page, "Đọc to tên người nhận")
    wait_until(page, "window.spoken[0]?.[1] === 'Đọc to tên người nhận'")  # it reads along
    page.get_by_role("button", name="Dừng").tap()
    page.evaluate(_SWIPE, [300, 60])
    wait_for_heading(page, "Nhập số tiền")
    assert page.evaluate("window.spoken") == []
    page.evaluate(_SWIPE, [60, 300])
    wait_for_heading(page, "Đọc to tên người nhận")
    page.evaluate(_SWIPE, [60, 90])  # too short to mean anything
    page.keyboard.press("ArrowRight")
    wait_for_heading(page, "Nhập số tiền")

    page.go_back()  # one Back, however many steps were shown
    _is_as_it_was_left(page)
    expect(link).to_be_focused()
    link.tap()
    for step in range(1, 5):
        page.get_by_text(f"{step} / 5", exact=True).wait_for()
        page.keyboard.press("ArrowRight")  # a second tap at once would count as a double tap
    wait_for_heading(page, "Chờ báo thành công")
    page.get_by_role("link", name="Xong").tap()
    _is_as_it_was_left(page)


def _begin_a_visit(page: Page, form: str) -> None:
    page.goto(form)
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    page.locator("#services").get_by_text("Chuyển khoản, quét VietQR", exact=True).tap()
    page.locator("#outcome-vietqr").get_by_text("Tự làm được", exact=True).tap()
    page.get_by_text("Thêm ghi chú").tap()
    page.get_by_label("Ghi chú").fill("Bác mắt kém")


def _is_as_it_was_left(page: Page) -> None:
    wait_for_heading(page, "Hộ Nguyễn Văn Đức")
    expect(page.locator('[name="service"][value="vietqr"]')).to_be_checked()
    expect(page.locator('[name="outcome-vietqr"][value="did_it"]')).to_be_checked()
    expect(page.get_by_label("Ghi chú")).to_have_value("Bác mắt kém")


def _is_large(page: Page) -> None:
    """Letters, drawing and buttons; nothing of the app around them."""
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert page.locator("#step > p").evaluate(size) >= 24
    assert page.locator("#step > h1").evaluate(size) >= 32
    assert box_of(page.locator("#step > .picture"))["width"] >= 120
    for button in page.locator(".step-moves > .button, .step-tools > *").all():
        assert box_of(button)["height"] >= 56
    expect(page.locator(".bar")).to_be_hidden()
    expect(page.locator(".head")).to_be_hidden()
    assert page.evaluate("main.scrollHeight <= main.clientHeight"), "one step fits one screen"
