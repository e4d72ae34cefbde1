"""The server is restored from a backup: the changes of two phones return, and their conflict stays one."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.households.models import Household
from app.maintenance import backup, restore
from app.sync.models import LedgerEntry, QuarantinedOperation
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import change_alley, desk_sign_in, log_says, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

CONFLICT = "Người khác cũng vừa sửa chỗ này. Cán bộ sẽ chọn."


@pytest.mark.parametrize("first_back", ["the applied change", "the one in conflict"])
def test_conflict_before_a_restore_is_one_after_it(
    open_browser: Opener, server: Server, database_url: str, world: World, tmp_path: Path, first_back: str
) -> None:
    applied, conflicting = open_browser().pages[0], open_browser().pages[0]
    for page in (applied, conflicting):
        sign_in(page)
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    backup.backup(settings, tmp_path / "backup")
    server.stop()
    change_alley(conflicting, world.duc, "Ngõ 8")
    conflicting.goto("about:blank")
    server.start()
    change_alley(applied, world.duc, "Ngõ 9")
    log_says(applied, "Sửa thông tin hộ", "Đã gửi")
    log_says(conflicting, CONFLICT)

    for page in (applied, conflicting):
        page.goto("about:blank")
    server.stop()
    restore.restore(settings, tmp_path / "backup", utc_now() + timedelta(seconds=1), replace=True)
    server.start()
    back = [applied, conflicting] if first_back == "the applied change" else [conflicting, applied]
    database = Database(database_url)
    for page, says, count in zip(back, ("Đã gửi", CONFLICT), (1, 2), strict=True):
        page.goto("/field/log")
        _wait_until(lambda count=count: len(_rows(database, LedgerEntry)) == count)  # type: ignore[misc]
        log_says(page, "Sửa thông tin hộ", says)
    quarantined, households = _rows(database, QuarantinedOperation), _rows(database, Household)
    database.close()
    assert [(one.state, one.reason) for one in quarantined] == [("open", "conflict")]
    (household,) = (household for household in households if household.id == world.duc)
    assert household.alley == ("Ngõ 9" if back[0] is applied else "Ngõ 8")
    desk = open_browser(DESKTOP).pages[0]
    desk_sign_in(desk)
    desk.goto("/desk/quarantine")
    expect(desk.get_by_role("rowheader")).to_have_count(1)


def _rows(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))


def _wait_until(condition: Callable[[], bool]) -> None:
    """Wait for the server. The phone shows the status from before the restore until it has sent again."""
    for _ in range(750):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("the phone did not send its records again")
