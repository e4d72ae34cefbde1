"""Text that is typed and not saved is still there after the browser was killed, without a network."""

import time

import pytest

from tests.e2e.engines.conftest import Browse
from tests.e2e.engines.person import Person
from tests.e2e.server import Server
from tests.world import World

FLUSH = 0.5
"""Seconds within which the phone stores what is typed."""
NOTE = "Bà Đức hỏi về VNeID mức 2, hẹn mang căn cước"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_drafts_are_restored_after_the_browser_was_killed(
    browse: Browse, server: Server, world: World
) -> None:
    lan = browse()
    lan.sign_in()
    server.stop()

    visit = f"/field/households/{world.duc}/visit"
    lan.open(visit)
    lan.heading("Hộ Nguyễn Văn Đức")
    lan.fill_visit()
    lan.press("Thêm một")
    lan.press("Thêm ghi chú")
    lan.write("Ghi chú", NOTE)
    lan = _kill_and_reopen(lan, browse)
    lan.open(visit)
    lan.sees("Tiếp tục phần đang ghi dở.")
    assert lan.value("Ghi chú") == NOTE
    assert lan.value("Số người") == "2"
    assert lan.chosen() == ["Đã hỗ trợ", "Cài VNeID", "Tự làm được"]

    lan.open("/field/households/new")
    lan.write("Tên chủ hộ", "Vũ Thị Thắm")
    lan.write("Ngõ, xóm hoặc mốc dễ thấy", "Sau đình làng")
    lan.press("Số điện thoại")
    lan.write("Số điện thoại của hộ", "0912")
    lan = _kill_and_reopen(lan, browse)
    lan.open("/field/households/new")
    lan.sees("Tiếp tục phần đang ghi dở.")
    assert lan.value("Tên chủ hộ") == "Vũ Thị Thắm"
    assert lan.value("Ngõ, xóm hoặc mốc dễ thấy") == "Sau đình làng"
    assert lan.value("Số điện thoại của hộ") == "0912"


def _kill_and_reopen(person: Person, browse: Browse) -> Person:
    time.sleep(FLUSH)
    person.client.kill()
    return browse()
