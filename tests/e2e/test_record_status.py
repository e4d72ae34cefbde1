"""Two phones change one household: each shows the status of its change until the commune has decided."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import change_alley, desk_sign_in, log_says, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_change_in_conflict_waits_for_the_commune_and_then_shows_its_decision(
    open_browser: Opener, server: Server, world: World
) -> None:
    first, second = open_browser().pages[0], open_browser().pages[0]
    sign_in(first)
    sign_in(second)
    server.stop()
    change_alley(first, world.duc, "Ngõ 8")
    first.goto("about:blank")  # it sends after the second phone
    server.start()
    change_alley(second, world.duc, "Ngõ 9")
    log_says(second, "Sửa thông tin hộ", "Đã gửi")

    log_says(first, "Chờ xã xử lý", "Người khác cũng vừa sửa chỗ này. Cán bộ sẽ chọn.")
    first.goto(f"/field/households/{world.duc}")
    expect(first.get_by_text("Ngõ 9")).to_be_visible()
    expect(first.get_by_text("Người khác cũng vừa sửa chỗ này. Cán bộ sẽ chọn.")).to_be_visible()

    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    desk.goto("/desk/quarantine")
    desk.get_by_role("rowheader").get_by_role("link").click()
    desk.get_by_label("Giữ như trong sổ: Ngõ 9").check()
    desk.get_by_role("button", name="Giữ giá trị đã chọn").click()
    expect(desk.get_by_role("status")).to_contain_text("Đã bỏ.")

    log_says(first, "Không được nhận", "Cán bộ không nhận lần sửa này.")
