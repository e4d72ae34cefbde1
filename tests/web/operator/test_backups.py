"""The operators' first page says how old the newest backup is, and when somebody has to look."""

from datetime import timedelta

from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.core.db import Database
from app.upkeep.maintenance import record
from tests.conftest import FakeClock
from tests.web.desk.desk_client import words
from tests.web.operator import test_operator
from tests.world import World

link, an = test_operator.link, test_operator.an  # fixtures


def test_page_says_how_old_the_newest_backup_is(
    app: FastAPI, an: TestClient, clock: FakeClock, world: World
) -> None:
    database: Database = app.state.database

    def page() -> str:
        answer = an.get("/operator/")
        assert answer.status_code == 200
        return words(answer.text)

    def good(hours: int) -> None:
        at = clock() - timedelta(hours=hours)
        database.write(lambda session: record.record_good(session, at, "night.age", 1234))

    assert "Chưa có bản sao lưu nào" in page()
    good(hours=37)
    assert "Bản sao lưu mới nhất: " in page()
    assert "đã thử khôi phục" in page()
    assert "Chưa có bản sao lưu" not in page()
    assert "Đêm qua không sao lưu" in page()
    good(hours=35)
    assert "Đêm qua không sao lưu" not in page()
    database.write(lambda session: record.record_failure(session, clock(), "/var/backups/x is missing."))
    assert "không thành công" in page()
    assert "/var/backups/x" not in page()


def test_supervisors_do_not_see_it(desk: TestClient) -> None:
    assert desk.get("/operator/").status_code in (303, 404)
    assert "Bản sao lưu" not in desk.get("/desk/").text
