"""Two phones change one household: what became of each change is told on its phone, to the end."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, log_says, move_household, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_change_that_meets_another_waits_for_the_commune_and_says_what_it_decided(
    open_browser: Opener, server: Server, world: World
) -> None:
    first, second = open_browser("lan").pages[0], open_browser("lan-2").pages[0]
    sign_in(first)
    sign_in(second)
    server.stop()
    move_household(first, world.duc, "Ngõ 8")
    server.start()
    move_household(second, world.duc, "Ngõ 9")
    log_says(second, "Sửa thông tin hộ", "Đã gửi")

    log_says(first, "Chờ xã xử lý", "Người khác cũng vừa sửa chỗ này. Xã sẽ chọn.")
    first.goto(f"/field/households/{world.duc}")
    expect(first.get_by_text("Ngõ 9")).to_be_visible()
    expect(first.get_by_text("Người khác cũng vừa sửa chỗ này. Xã sẽ chọn.")).to_be_visible()

    desk = open_browser("binh", DESKTOP).pages[0]
    desk_sign_in(desk)
    desk.goto("/desk/quarantine")
    desk.get_by_role("rowheader").get_by_role("link").click()
    desk.get_by_label("Giữ như ở xã: Ngõ 9").check()
    desk.get_by_role("button", name="Giữ giá trị đã chọn").click()
    expect(desk.get_by_role("status")).to_contain_text("Đã bỏ.")

    log_says(first, "Xã không nhận", "Xã không nhận lần sửa này.")
