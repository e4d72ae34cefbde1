"""A backup from before a volunteer was invited is restored: the records on the volunteer's phone return."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.fieldwork.visits.models import Visit
from app.upkeep.maintenance import backup, restore
from app.upkeep.maintenance.id_key.replacing import begin_new_key
from app.upkeep.maintenance.id_key.restored import place_restored
from tests.e2e.conftest import DATABASES, Opener
from tests.e2e.server import Server
from tests.e2e.steps import (
    fill_visit,
    find_household,
    save_visit,
    send_again,
    sign_in,
    submit_sign_in,
    wait_for_heading,
)
from tests.upkeep.maintenance.newcomers import SEN, import_list, invite, write_list
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", DATABASES, indirect=True)


@pytest.fixture
def settings(database_url: str, database: Database, world: World, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path)


def test_visits_of_a_newcomer_are_recorded_once_each_by_the_same_account_or_another(
    open_browser: Opener, server: Server, database: Database, settings: Settings, tmp_path: Path
) -> None:
    page = open_browser().pages[0]
    backup.backup(settings, tmp_path / "backup")
    sign_in(page, SEN, invite(settings))
    for name in ("Nguyễn Văn Đức", "Trần Thị Mai", "Đặng Thị Ước"):
        _record(page, name)
    _wait_for_sent(page, 3)
    _record_and_restore(page, server, settings, database, tmp_path / "backup")
    server.start()
    sign_in(page, SEN, invite(settings))
    _expect_once_each(page, database, 4)

    _record_and_restore(page, server, settings, database, tmp_path / "backup")
    # As if the id key of the lost database could not be read: the account is another.
    place_restored(database, settings, begin_new_key(database, utc_now()), utc_now())
    server.start()
    submit_sign_in(page, SEN, invite(settings))
    wait_for_heading(page, "Lượt đã ghi trước đây")
    expect(page.get_by_text("5 lượt")).to_be_visible()
    assert _visits(database) == []
    page.get_by_role("button", name="Đúng, gửi đi").click()
    wait_for_heading(page, re.compile("Xin chào"))
    _expect_once_each(page, database, 5)


def _record_and_restore(
    page: Page, server: Server, settings: Settings, database: Database, backup: Path
) -> None:
    server.stop()
    _record(page, "Nguyễn Văn Đức")
    _restore(settings, database, backup)


def _expect_once_each(page: Page, database: Database, count: int) -> None:
    _wait_for_visits(page, database, count)
    _wait_for_sent(page, count)
    visits = _visits(database)
    assert len(visits) == len({visit.id for visit in visits}) == count
    assert len({visit.recorded_by for visit in visits}) == 1


def test_visits_in_an_imported_hamlet_return_when_the_list_is_imported_again(
    open_browser: Opener, server: Server, database: Database, settings: Settings, tmp_path: Path
) -> None:
    page = open_browser().pages[0]
    file = write_list(tmp_path, ("Thôn Bắc", "Lý Văn Sơn", "1"), ("Thôn Bắc", "Vi Thị Lụa", "2"))
    backup.backup(settings, tmp_path / "backup")
    import_list(settings, file)
    sign_in(page, SEN, invite(settings, hamlet="Thôn Bắc"))
    for name in ("Lý Văn Sơn", "Vi Thị Lụa"):
        _record(page, name)
    _wait_for_sent(page, 2)
    before = {visit.id: visit.household_id for visit in _visits(database)}
    server.stop()
    _restore(settings, database, tmp_path / "backup")
    server.start()
    assert _visits(database) == []
    import_list(settings, file)
    sign_in(page, SEN, invite(settings, hamlet="Thôn Bắc"))
    _wait_for_visits(page, database, 2)
    _wait_for_sent(page, 2)
    assert {visit.id: visit.household_id for visit in _visits(database)} == before


def _record(page: Page, name: str) -> None:
    page.goto("/field/")
    find_household(page, name)
    page.get_by_role("link", name=re.compile(rf"^Ghi .*{name}")).first.click()
    fill_visit(page)
    save_visit(page)


def _wait_for_sent(page: Page, count: int) -> None:
    """Wait until so many visits are *Đã gửi*."""
    page.goto("/field/log")
    wait_for_heading(page, "Đã ghi")
    expect(page.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_have_count(count, timeout=75_000)


def _wait_for_visits(page: Page, database: Database, count: int) -> None:
    """Wait until the server has so many visits. Before that, the phone shows its state before the restore."""
    send_again(page, lambda: len(_visits(database)) >= count)


def _restore(settings: Settings, database: Database, backup: Path) -> None:
    database.close()
    restore.restore(settings, backup, utc_now(), replace=True)


def _visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))
