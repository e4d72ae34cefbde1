"""An outreach session in every engine: recorded without a network, then sent."""

import time

import pytest
from sqlmodel import select

from app.core.db import Database
from app.outreach.models import OutreachSession
from tests.e2e.engines.conftest import Browse
from tests.e2e.engines.test_drafts import FLUSH
from tests.e2e.server import Server

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_session_is_recorded_without_a_network_and_sent(
    browse: Browse, server: Server, database: Database
) -> None:
    lan = browse()
    lan.sign_in()

    server.stop()
    lan.reload()
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.press("Ghi buổi tuyên truyền")
    lan.heading("Ghi buổi tuyên truyền")
    lan.write("Nơi tổ chức", "Nhà văn hóa thôn")
    time.sleep(FLUSH)
    lan.reload()
    lan.sees("Tiếp tục phần đang ghi dở.")
    lan.has("Nơi tổ chức", "Nhà văn hóa thôn")
    lan.choose("Cài VNeID")
    lan.press("+10")
    lan.press("+10")
    lan.press("Bớt một")
    lan.press("Lưu")
    lan.heading("Đã ghi")
    lan.sees("Đã lưu trên máy. Sẽ tự gửi khi có mạng.")
    lan.sees("Nhà văn hóa thôn")
    lan.step("Chưa gửi")

    server.start()
    lan.reload()
    lan.step("Đã gửi", seconds=75)
    (recorded,) = database.read(lambda session: list(session.exec(select(OutreachSession))))
    assert (recorded.place, recorded.people) == ("Nhà văn hóa thôn", 19)
