"""One page says what needs an operator: backups, silent communes, failures of phones."""

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, delete, select, update

from app.commune.accounts.models import Device
from app.commune.areas import Commune
from app.commune.credentials.silence import silent_communes
from app.commune.settings import DayOff
from app.core.clock import local_date
from app.core.config import Settings
from app.core.db import Database
from app.province.models import CommuneStatus
from app.upkeep.maintenance import record
from app.upkeep.maintenance.status import read_status
from app.upkeep.replica import Replica
from tests.conftest import NOW, FakeClock
from tests.phone import Phone
from tests.reports.papers.drafts import texts
from tests.web.desk.desk_client import words
from tests.web.operator import test_operator
from tests.world import World

link, an = test_operator.link, test_operator.an  # fixtures
CODE = "0.1.0 TypeError field-e02dc8882b.js:1:2047"


@pytest.fixture
def database(app: FastAPI) -> Database:
    found: Database = app.state.database
    return found


def page(an: TestClient) -> str:
    answer = an.get("/operator/status")
    assert answer.status_code == 200
    return words(answer.text)


def silent(database: Database, clock: FakeClock) -> list[tuple[str, int]]:
    found = database.read(lambda session: silent_communes(session, clock()))
    return [(one.commune.id, one.phones) for one in found]


@pytest.mark.both_databases
def test_commune_is_silent_after_three_working_days_until_a_phone_is_heard(
    lan: Phone, an: TestClient, world: World, database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    lan.exchange()
    settings = Settings(database_url=str(database.engine.url), data_dir=tmp_path)
    assert (world.commune_id, 1) not in silent(database, clock)
    assert read_status(database, settings, clock()).silent_communes == 0
    clock.forward(days=5)  # with a Sunday at the most
    assert (world.commune_id, 1) in silent(database, clock)
    assert read_status(database, settings, clock()).silent_communes == 1
    lan.now = clock()
    lan.exchange()
    assert (world.commune_id, 1) not in silent(database, clock)


def test_days_off_are_no_silence(lan: Phone, world: World, database: Database, clock: FakeClock) -> None:
    lan.exchange()
    clock.forward(days=5)
    today = local_date(clock())
    database.write(
        lambda session: session.add_all(
            DayOff(commune_id=world.commune_id, day=today - timedelta(days=back), name="Lụt")
            for back in range(6)
        )
    )
    assert (world.commune_id, 1) not in silent(database, clock)


def test_commune_without_a_phone_is_on_the_page_and_not_in_the_alert(
    lan: Phone, an: TestClient, world: World, database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    clock.forward(days=5)
    assert (world.neighbour_id, 0) in silent(database, clock)
    database.write(lambda session: session.exec(delete(Device)))
    settings = Settings(database_url=str(database.engine.url), data_dir=tmp_path)
    assert read_status(database, settings, clock()).silent_communes == 0


def test_page_has_backups_silent_communes_and_failures(
    lan: Phone, an: TestClient, world: World, database: Database, clock: FakeClock
) -> None:
    lan.exchange()
    database.write(lambda session: record.record_good(session, clock(), "night.age", 1234))
    text = page(an)
    assert "Bản sao lưu mới nhất: " in text
    assert "Chưa máy nào báo lỗi." in text
    lan.client.headers["User-Agent"] = "Mozilla/5.0 (Android 13) Chrome/126.0.0.0 Safari/537.36"
    lan.send(failures={CODE: 3})
    an.headers["User-Agent"] = "x"
    text = page(an)
    assert "TypeError field-e02dc8882b.js:1:2047 0.1.0 Chrome 126 3" in text
    assert "Nguyễn Thị Lan" not in text
    assert "Nơi nào cũng có máy liên lạc" in text
    days_ago = clock() - timedelta(days=5)
    database.write(lambda session: session.exec(update(Device).values(last_contact_at=days_ago)))
    assert "Xã Yên Bình 1 " in page(an)
    late = clock() - timedelta(hours=37)
    database.write(lambda session: record.record_good(session, late, "night.age", 1234))
    assert "Đêm qua không sao lưu" in page(an)


def test_page_says_of_archives_only_where_one_was_tried(
    an: TestClient, database: Database, clock: FakeClock
) -> None:
    archived = partial(record.record_good, file="gone-by-2026-12-24", size=1, kind=record.ARCHIVE)
    assert "ưu trữ" not in page(an)
    late = clock() - timedelta(hours=37)
    database.write(lambda session: archived(session, late))
    assert "Đêm qua không lưu trữ." in page(an)
    database.write(lambda session: record.record_failure(session, clock(), "x", record.ARCHIVE))
    assert "Lần lưu trữ 16:40 24/11/2026 không thành công" in page(an)
    clock.forward(hours=1)
    database.write(lambda session: archived(session, clock()))
    assert "Bản lưu trữ của PostgreSQL: đến 17:40 24/11/2026, đã khôi phục và kiểm tra." in page(an)
    assert "thành công" not in page(an)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_replica_that_is_not_read_is_on_the_page(an: TestClient, app: FastAPI, clock: FakeClock) -> None:
    assert "Bản sao để đọc" not in page(an)
    url = app.state.settings.database
    for read_url, sentence in (
        (url, "TUNGNHA_READ_URL dẫn tới một cơ sở dữ liệu ghi được, không phải bản sao."),
        (f"{url}-nowhere", "Không tới được bản sao: trang xem và tệp đọc từ cơ sở dữ liệu chính."),
    ):
        replica = app.state.replica = Replica(url, read_url, 1, clock)
        replica.look_at_primary()
        replica.look_at_replica()
        assert f"Bản sao để đọc {sentence}" in page(an)
        replica.close()


@pytest.mark.both_databases
def test_dossier_of_the_level_has_the_sums_of_the_server(an: TestClient, database: Database) -> None:
    assert "Mã hóa trên đĩa: chưa khai." in page(an)
    rows = [
        CommuneStatus(province_code="20", commune_id=one, as_of=NOW, head=1, households=1200, met=0, phones=7)
        for one in database.read(lambda session: session.exec(select(Commune.id)).all())
    ]

    def write(session: Session) -> None:
        session.execute(delete(CommuneStatus))
        session.add_all(rows)

    database.write(write)
    shown = texts(an.get("/operator/level.docx").content)
    assert "Số hộ trong danh sách | 2.400" in shown
    assert "Điện thoại của các tổ | 14" in shown
    assert "cấp độ 3: máy chủ dùng chung cho 2 xã, phường" in shown
    assert "Yên Bình" not in shown


def test_page_is_the_operators_alone(desk: TestClient, lan: Phone) -> None:
    assert desk.get("/operator/status").status_code in (303, 404)
    assert lan.client.get("/operator/status").status_code in (303, 404)
    assert desk.get("/operator/level.docx").status_code == 404
