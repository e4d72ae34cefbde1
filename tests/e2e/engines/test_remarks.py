"""A leader's remark in every engine: written without a network, sent, and in the report."""

import pytest
from sqlmodel import select

from app.core.db import Database
from app.remarks.models import ReportRemark
from tests.e2e.engines.conftest import Browse
from tests.e2e.server import Server
from tests.remarks.leaders_remarks import let_lan_lead
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_remark_is_written_without_a_network_and_in_the_report(
    browse: Browse, server: Server, database: Database, world: World
) -> None:
    let_lan_lead(database, world)
    lan = browse()
    lan.sign_in()

    server.stop()
    lan.reload()
    lan.heading("Xin chào, Nguyễn Thị Lan")
    lan.press("Tháng này")
    lan.press("Viết ý kiến")
    lan.heading("Viết ý kiến cho báo cáo")
    lan.choose("Khó khăn, kiến nghị")
    lan.write("Nội dung", "Sóng yếu ở cuối thôn")
    lan.press("Lưu")
    lan.sees("Đã lưu trên máy. Sẽ tự gửi khi có mạng.")
    lan.sees("Sóng yếu ở cuối thôn")
    lan.step("Chưa gửi")

    server.start()
    lan.reload()
    lan.step("Đã gửi", seconds=75)
    (written,) = database.read(lambda session: list(session.exec(select(ReportRemark))))
    assert (written.kind, written.text, written.written_by) == (
        "difficulty", "Sóng yếu ở cuối thôn", world.lan,
    )  # fmt: skip
