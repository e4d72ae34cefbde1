"""Each form of the phone says a fault once, at its place, with the focus there; it goes when it is mended."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Opener
from tests.e2e.screens_remarks import remark_screens
from tests.e2e.server import Server
from tests.e2e.steps import expect_only_fault, sign_in, wait_for_heading
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_household_a_session_and_a_remark(open_browser: Opener, server: Server, world: World) -> None:
    page = open_browser().pages[0]
    sign_in(page)
    page.goto("/field/households/new")
    wait_for_heading(page, "Thêm hộ mới")
    _press(page, "Lưu")
    expect_only_fault(page, "#head_name-error", "Nhập tên chủ hộ.")
    page.get_by_label("Tên chủ hộ").fill("Lò Thị Hoa")
    expect(page.locator(".error")).to_have_count(0)

    page.goto("/field/sessions/new")
    wait_for_heading(page, "Ghi buổi tuyên truyền")
    _press(page, "Lưu")
    expect_only_fault(page, "#place-error", "Ghi nơi tổ chức.")
    expect(page.locator("#services-error")).to_have_text("Chọn ít nhất một việc đã hướng dẫn.")
    page.get_by_label("Nơi tổ chức").fill("Nhà văn hóa")
    expect(page.locator("#place-error")).to_have_count(0)
    _press(page, "Lưu")
    expect_only_fault(page, "#services-error", "Chọn ít nhất một việc đã hướng dẫn.")
    page.locator("#services label").first.click()
    expect(page.locator(".error")).to_have_count(0)

    for name in remark_screens(page, world):
        if name == "remark-refused":
            expect_only_fault(page, "#kind-error", "Chọn một loại.")
            expect(page.locator("#text-error")).to_have_text("Ghi nội dung.")


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
