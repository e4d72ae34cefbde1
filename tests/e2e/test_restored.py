"""Two phones change one household, and the server is restored from a backup: the conflict stays one, and the
commune decides on it."""

from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.db import Database
from app.fieldwork.households.models import Household
from app.sync.wire.models import LedgerEntry, QuarantinedOperation
from app.upkeep.maintenance import backup, restore
from tests.e2e.conftest import DESKTOP, Opener
from tests.e2e.server import Server
from tests.e2e.steps import change_alley, desk_sign_in, log_says, send_again, sign_in
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
        # The phone shows the status from before the restore until it has sent again.
        send_again(page, partial(_has_ledger, database, count))
        log_says(page, "Sửa thông tin hộ", says)
    quarantined, households = _rows(database, QuarantinedOperation), _rows(database, Household)
    database.close()
    assert [(one.state, one.reason) for one in quarantined] == [("open", "conflict")]
    (household,) = (household for household in households if household.id == world.duc)
    assert household.alley == ("Ngõ 9" if back[0] is applied else "Ngõ 8")
    if first_back == "the applied change":
        _decide(open_browser(DESKTOP).pages[0], conflicting, world)


def _decide(desk: Page, phone: Page, world: World) -> None:
    """Until the commune has decided, the phone shows the household as it is, and that its change waits."""
    log_says(phone, "Chờ xã xử lý", CONFLICT)
    phone.goto(f"/field/households/{world.duc}")
    expect(phone.get_by_text("Ngõ 9")).to_be_visible()
    expect(phone.get_by_text(CONFLICT)).to_be_visible()
    desk_sign_in(desk)
    desk.goto("/desk/quarantine")
    expect(desk.get_by_role("rowheader")).to_have_count(1)
    desk.get_by_role("rowheader").get_by_role("link").click()
    desk.get_by_label("Giữ như trong sổ: Ngõ 9").check()
    desk.get_by_role("button", name="Giữ giá trị đã chọn").click()
    expect(desk.get_by_role("status")).to_contain_text("Đã bỏ.")
    log_says(phone, "Không được nhận", "Cán bộ không nhận lần sửa này.")


def _has_ledger(database: Database, count: int) -> bool:
    return len(_rows(database, LedgerEntry)) == count


def _rows(database: Database, model: Any) -> list[Any]:
    return database.read(lambda session: list(session.exec(select(model))))
