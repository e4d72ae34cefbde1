"""The core of the main job in every engine: sign in, record without a network, send."""

import pytest
from sqlmodel import select

from app.core.db import Database
from app.visits.models import Visit
from tests.e2e.engines.conftest import Browse
from tests.e2e.server import Server
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_recorded_without_a_network_and_seen_by_the_desk(
    browse: Browse, server: Server, world: World, database: Database
) -> None:
    lan = browse()
    lan.sign_in()

    server.stop()
    lan.reload()
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.press("Hộ dân")
    lan.write("Tên hoặc số nhà", "nguyen duc 12")
    lan.sees("Tất cả 1")
    lan.press("Ghi 12 · Nguyễn Văn Đức")
    lan.fill_visit()
    lan.press("Lưu")
    lan.heading("Đã lưu trên máy")
    lan.sees("Sẽ tự gửi khi có mạng.")
    lan.reload()
    lan.heading("Đã lưu trên máy")
    lan.press("Xong")
    lan.press("Đã ghi")
    lan.sees("1 lượt đang lưu trên máy, chưa gửi.")
    lan.step("Chưa gửi")

    server.start()
    lan.reload()
    lan.step("Đã gửi", seconds=75)
    recorded = database.read(lambda session: [row.household_id for row in session.exec(select(Visit))])
    assert recorded == [world.duc]

    desk = lan.tab()
    desk.desk_sign_in()
    desk.sees("Nguyễn Văn Đức")
