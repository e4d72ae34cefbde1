"""Remarks in a phone's export file: another phone or the desk delivers them, and they are their author's."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from app.core.db import Database
from app.fieldwork.remarks.models import ReportRemark
from app.sync.export.importer import import_file
from tests.conftest import FakeClock
from tests.fieldwork.remarks.leaders_remarks import amend, let_lan_lead, record, withdraw
from tests.phone import Phone
from tests.sync.export.export_file import make_export_file
from tests.web.desk.desk_client import words
from tests.world import World

WEEK = "/desk/reports/2026-W48"
Op = dict[str, Any]


@pytest.fixture
def ops(lan: Phone) -> list[Op]:
    """Two remarks that Lan's phone has not sent: one amended, one withdrawn."""
    difficulty, practice = record(lan), record(lan, kind="practice", text="Đi cùng trưởng thôn")
    return [difficulty, practice, amend(lan, difficulty, text="Sóng khỏe hơn"), withdraw(lan, practice)]


def test_file_carried_by_another_phone_and_uploaded_is_in_the_report_once(
    lan: Phone,
    nam: Phone,
    ops: list[Op],
    world: World,
    database: Database,
    desk: TestClient,
    browser: Callable[[], TestClient],
) -> None:
    let_lan_lead(database, world)
    file = make_export_file(lan, *ops)
    for _ in range(2):
        assert nam.client.post("/api/v1/export-files", content=file).json()["delivered"] is True
    assert browser().post("/upload", files={"file": ("y-kien.tnha", file)}).status_code == 200
    page = words(desk.get(WEEK).text)
    assert page.count("Sóng khỏe hơn Nguyễn Thị Lan, 24/11/2026") == 1
    assert "Sóng yếu" not in page
    assert "Đi cùng trưởng thôn" not in page
    assert nam.exchange()["changes"]["remark"] == []
    assert lan.statuses(*ops) == ["duplicate"] * len(ops)
    lan.state = {}
    assert [row["text"] for row in lan.exchange()["changes"]["remark"]] == ["Sóng khỏe hơn"]


def test_remarks_of_somebody_who_leads_no_team_are_counted_as_refused(
    lan: Phone, ops: list[Op], database: Database, clock: FakeClock
) -> None:
    summary = import_file(database, make_export_file(lan, *ops[:2]), clock())
    assert (summary.applied, summary.rejected) == (0, 2)
    assert _standing(database) == []


def _standing(database: Database) -> list[ReportRemark]:
    rows = database.read(lambda session: list(session.exec(select(ReportRemark))))
    return [row for row in rows if row.withdrawn_at is None]
