"""A restore of a backup from before somebody came, seen on their phone: what they recorded returns."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from app.core import ids
from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.keeping import keeper
from app.visits.models import Visit
from tests.e2e.conftest import Opener
from tests.e2e.server import Server
from tests.e2e.steps import ask_to_sign_in, fill_visit, find_household, heading, sign_in
from tests.keeping.newcomers import SEN, import_list, invite, list_of
from tests.world import World


@pytest.fixture
def settings(database_url: str, database: Database, world: World, tmp_path: Path) -> Settings:
    return Settings(database_url=database_url, data_dir=tmp_path)


@pytest.mark.parametrize("account", ["the same", "another"])
def test_newcomers_four_visits_are_at_the_desk_once_each(
    open_browser: Opener, server: Server, database: Database, settings: Settings, tmp_path: Path, account: str
) -> None:
    """Another account: nobody could read the key of the database that was lost."""
    page = open_browser("sen").pages[0]
    keeper.back_up(settings, tmp_path / "backup")
    sign_in(page, SEN, invite(settings))
    for name in ("Nguyễn Văn Đức", "Trần Thị Mai", "Đặng Thị Ước"):
        _record(page, name)
    _sent(page, 3)
    server.stop()
    _record(page, "Nguyễn Văn Đức")
    _restore(settings, database, tmp_path / "backup")
    if account == "another":
        database.write(_forget_the_key)
    server.start()
    code = invite(settings)
    if account == "the same":
        sign_in(page, SEN, code)
    else:
        ask_to_sign_in(page, SEN, code)
        heading(page, "Lượt đã ghi trước đây")
        expect(page.get_by_text("4 lượt")).to_be_visible()
        assert _visits(database) == []
        page.get_by_role("button", name="Đúng, gửi cho xã").click()
        heading(page, re.compile("Xin chào"))
    _arrived(page, database, 4)
    _sent(page, 4)
    visits = _visits(database)
    assert len(visits) == len({visit.id for visit in visits}) == 4
    assert len({visit.recorded_by for visit in visits}) == 1


def test_visit_in_a_hamlet_that_was_imported_since_is_back_with_its_list(
    open_browser: Opener, server: Server, database: Database, settings: Settings, tmp_path: Path
) -> None:
    page = open_browser("sen").pages[0]
    file = list_of(tmp_path, ("Thôn Bắc", "Lý Văn Sơn", "1"), ("Thôn Bắc", "Vi Thị Lụa", "2"))
    keeper.back_up(settings, tmp_path / "backup")
    import_list(settings, file)
    sign_in(page, SEN, invite(settings, hamlet="Thôn Bắc"))
    for name in ("Lý Văn Sơn", "Vi Thị Lụa"):
        _record(page, name)
    _sent(page, 2)
    before = {visit.id: visit.household_id for visit in _visits(database)}
    server.stop()
    _restore(settings, database, tmp_path / "backup")
    server.start()
    assert _visits(database) == []
    import_list(settings, file)
    sign_in(page, SEN, invite(settings, hamlet="Thôn Bắc"))
    _arrived(page, database, 2)
    _sent(page, 2)
    assert {visit.id: visit.household_id for visit in _visits(database)} == before


def _record(page: Page, name: str) -> None:
    page.goto("/field/")
    find_household(page, name)
    page.get_by_role("link", name=re.compile(rf"^Ghi .*{name}")).first.click()
    fill_visit(page)
    page.get_by_role("button", name="Lưu").click()
    heading(page, "Đã lưu trên máy")


def _sent(page: Page, count: int) -> None:
    """Wait until so many are *Đã gửi* and none waits."""
    page.goto("/field/log")
    heading(page, "Đã ghi")
    expect(page.get_by_text(re.compile(r"^Đã gửi \d\d:\d\d"))).to_have_count(count, timeout=75_000)


def _arrived(page: Page, database: Database, count: int) -> None:
    """Wait until the server has so many visits; till then the phone shows what it knew before the restore."""
    for _ in range(300):
        if len(_visits(database)) >= count:
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{len(_visits(database))} of {count} visits are at the server")


def _restore(settings: Settings, database: Database, backup: Path) -> None:
    database.close()
    keeper.restore(settings, backup, utc_now(), replace=True)


def _forget_the_key(session: Session) -> None:
    key = ids.key_of(session)
    key.key = "5e" * 32
    session.add(key)


def _visits(database: Database) -> list[Visit]:
    return database.read(lambda session: list(session.exec(select(Visit))))
