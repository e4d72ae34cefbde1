"""The server is restored from a backup: what two phones had written comes back, and a conflict stays one."""

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
from app.keeping import keeper
from app.sync.models import LedgerEntry, Quarantined
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import desk_sign_in, log_says, move_household, sign_in
from tests.world import World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

WAITS = "Người khác cũng vừa sửa chỗ này. Xã sẽ chọn."


@pytest.mark.parametrize("first_back", ["the one that stood", "the one in conflict"])
def test_a_conflict_before_a_restore_is_one_after_it(
    open_browser: Opener, server: Server, database_url: str, world: World, tmp_path: Path, first_back: str
) -> None:
    stood, beaten = open_browser("lan").pages[0], open_browser("lan-2").pages[0]
    for page in (stood, beaten):
        sign_in(page)
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    keeper.back_up(settings, tmp_path / "backup")
    server.stop()
    move_household(beaten, world.duc, "Ngõ 8")
    beaten.goto("about:blank")
    server.start()
    move_household(stood, world.duc, "Ngõ 9")
    log_says(stood, "Sửa thông tin hộ", "Đã gửi")
    log_says(beaten, WAITS)

    for page in (stood, beaten):
        page.goto("about:blank")
    server.stop()
    keeper.restore(settings, tmp_path / "backup", utc_now() + timedelta(seconds=1), replace=True)
    server.start()
    back = [stood, beaten] if first_back == "the one that stood" else [beaten, stood]
    database = Database(database_url)
    for page, says, count in zip(back, ("Đã gửi", WAITS), (1, 2), strict=True):
        page.goto("/field/log")
        _until(lambda count=count: len(_all(database, LedgerEntry)) == count)  # type: ignore[misc]
        log_says(page, "Sửa thông tin hộ", says)
    kept, homes = _all(database, Quarantined), _all(database, Household)
    database.close()
    assert [(one.state, one.reason) for one in kept] == [("open", "conflict")]
    (home,) = (home for home in homes if home.id == world.duc)
    assert home.alley == ("Ngõ 9" if back[0] is stood else "Ngõ 8")
    desk = open_browser("binh", DESKTOP).pages[0]
    desk_sign_in(desk)
    desk.goto("/desk/quarantine")
    expect(desk.get_by_role("rowheader")).to_have_count(1)


def _all(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))


def _until(holds: Callable[[], bool]) -> None:
    """What a phone says of a record is what it said before the restore, until it has sent it again."""
    for _ in range(750):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("the phone did not send its records again")
